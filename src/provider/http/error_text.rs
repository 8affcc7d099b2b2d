//! What a provider or the network said, made fit for a terminal and a log.
//!
//! In: an error body in any of the vendors' shapes, or a text, or a page of HTML. Out: one short line. Never: control
//! characters, a phone number, a token, or a piece of what we sent.

use serde_json::Value;

/// The longest text that is passed on, in characters.
const LONGEST: usize = 200;
/// This many digits together may be somebody's number.
const DIGITS_OF_A_NUMBER: usize = 5;

/// What an error body says, and its machine-readable code where it has one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::provider) struct ErrorText {
    /// Cleaned and cut; empty when the body says nothing.
    pub(in crate::provider) text: String,
    /// `batch_already_dispatched` and the like.
    pub(in crate::provider) code: Option<String>,
}

/// Reads an error body. `private` are texts that must not be repeated (token, body, values).
///
/// Shapes: problem details and their `errors` (iP.1: portal, third-party client), `{statusCode, message}` (its
/// gateway), `{code, text}` and Spring's `{status, error, path}` (Sinch), `{error: {code, message, status}}` (printed
/// in one edition of Sinch's page), text, HTML, nothing. Seen 2026-11-22, see `providers/*.md`.
pub(in crate::provider) fn read(body: &[u8], private: &[&str]) -> ErrorText {
    let (text, code) = match serde_json::from_slice::<Value>(body) {
        Ok(value) => (of_json(&value), code(&value)),
        Err(_) => (without_markup(&String::from_utf8_lossy(body)), None),
    };
    ErrorText {
        text: clean(&text, private),
        code,
    }
}

/// One line without control characters, phone numbers and private texts, at most 200 characters.
pub(super) fn clean(text: &str, private: &[&str]) -> String {
    let line: String = text.chars().map(|c| if is_printable(c) { c } else { ' ' }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = private.iter().fold(line, |line, secret| without(&line, secret));
    cut(&mask_numbers(&mask_quoted(&line)))
}

fn of_json(value: &Value) -> String {
    let Value::Object(fields) = value else {
        return value.as_str().unwrap_or_default().to_owned();
    };
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        _ => None,
    };
    let nested = || match fields.get("error") {
        Some(inner @ Value::Object(_)) => Some(of_json(inner)).filter(|text| !text.is_empty()),
        _ => None,
    };
    fields
        .get("errors")
        .and_then(of_errors)
        .or_else(|| ["detail", "text", "message"].iter().find_map(|name| text(name)))
        .or_else(nested)
        .or_else(|| {
            ["title", "error_description", "description", "error", "code"]
                .iter()
                .find_map(|name| text(name))
        })
        .unwrap_or_default()
}

/// `errors: {field: [messages]}`, or a list of messages.
fn of_errors(errors: &Value) -> Option<String> {
    let messages = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let all: Vec<String> = match errors {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(field, value)| {
                messages(value)
                    .into_iter()
                    .map(move |text| format!("`{field}`: {text}"))
            })
            .collect(),
        other => messages(other),
    };
    (!all.is_empty()).then(|| all.join("; "))
}

fn code(value: &Value) -> Option<String> {
    let code = value
        .get("code")
        .or_else(|| value.get("error")?.get("status"))?
        .as_str()?;
    let is_plain = code.len() <= 64
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    is_plain.then(|| code.to_owned())
}

fn without_markup(text: &str) -> String {
    if !text.trim_start().starts_with('<') {
        return text.to_owned();
    }
    let mut depth = 0_usize;
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '<' => depth += 1,
            '>' => {
                depth = depth.saturating_sub(1);
                plain.push(' ');
            }
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// Neither a control character nor one that reorders or hides text on a terminal.
fn is_printable(c: char) -> bool {
    let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !hides
}

/// Replaces a private text and, when only its beginning is repeated, everything from there on.
fn without(line: &str, private: &str) -> String {
    /// Shorter values ("a", "42") are everywhere and reveal nothing.
    const SHORTEST: usize = 3;
    /// A longer beginning than this is recognized when the rest was cut.
    const BEGINNING: usize = 16;
    let private = private.split_whitespace().collect::<Vec<_>>().join(" ");
    if private.chars().count() < SHORTEST {
        return line.to_owned();
    }
    let line = line.replace(&private, "…");
    let beginning: String = private.chars().take(BEGINNING).collect();
    match line.split_once(&beginning) {
        Some((before, _)) if beginning.chars().count() == BEGINNING => format!("{before}…"),
        _ => line,
    }
}

/// Quoted values are kept only where they look like a name: `'to[0]'` but not `'Hi Anna'`.
fn mask_quoted(line: &str) -> String {
    let is_name = |text: &str| {
        text.chars().count() <= 64
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.[]${}:/".contains(c))
    };
    let mut masked = String::new();
    let mut rest = line;
    while let Some((before, quote, after)) = opening_quote(rest) {
        masked.push_str(before);
        masked.push(quote);
        let Some((inside, tail)) = after.split_once(quote) else {
            masked.push('…');
            return masked;
        };
        masked.push_str(if is_name(inside) { inside } else { "…" });
        masked.push(quote);
        rest = tail;
    }
    masked.push_str(rest);
    masked
}

/// The next quote that opens something: an apostrophe within a word does not.
fn opening_quote(text: &str) -> Option<(&str, char, &str)> {
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        if (c == '"' || c == '`' || c == '\'') && !(c == '\'' && previous.is_alphanumeric()) {
            let (before, after) = text.split_at(at);
            return Some((before, c, after.strip_prefix(c)?));
        }
        previous = c;
    }
    None
}

/// Masks digits that may be a phone number, also when they are grouped.
fn mask_numbers(line: &str) -> String {
    let joins = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
    let mut masked = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, masked: &mut String| {
        let digits = run.chars().filter(|c| c.is_numeric()).count();
        let tail: String = run.chars().rev().take_while(|c| !c.is_numeric()).collect();
        if digits >= DIGITS_OF_A_NUMBER {
            masked.push_str("•••••");
            masked.extend(tail.chars().rev());
        } else {
            masked.push_str(run);
        }
        run.clear();
    };
    for c in line.chars() {
        if c.is_numeric() || (joins(c) && !run.is_empty()) {
            run.push(c);
        } else {
            flush(&mut run, &mut masked);
            masked.push(c);
        }
    }
    flush(&mut run, &mut masked);
    masked
}

fn cut(line: &str) -> String {
    let text = line.trim().trim_end_matches('.');
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> String {
        read(body.as_bytes(), &[]).text
    }

    #[test]
    fn every_known_shape_of_error_is_read() {
        let table = [
            (
                r#"{"type":"x","title":"Bad Request","status":400,"detail":"Pagination parameters invalid"}"#,
                "Pagination parameters invalid",
            ),
            (
                r#"{"title":"One or more errors","errors":{"Sender":["too long","unknown"],"Body":["is empty"]}}"#,
                "`Body`: is empty; `Sender`: too long; `Sender`: unknown",
            ),
            (
                r#"{"statusCode":404,"message":"Resource not found"}"#,
                "Resource not found",
            ),
            (
                r#"{"code":"syntax_invalid_json","text":"Malformed JSON"}"#,
                "Malformed JSON",
            ),
            (
                r#"{"timestamp":"2024-09-13T09:10:58Z","status":400,"error":"Bad Request","path":"/xms/v1/x"}"#,
                "Bad Request",
            ),
            (
                r#"{"error":{"code":400,"message":"Invalid argument","status":"INVALID_ARGUMENT","details":[]}}"#,
                "Invalid argument",
            ),
            (r#"{"title":"Forbidden"}"#, "Forbidden"),
            (r#""just text""#, "just text"),
            ("Service Unavailable", "Service Unavailable"),
            (
                "<html><head><title>502 Bad Gateway</title></head><body><h1>Oh</h1></body></html>",
                "502 Bad Gateway Oh",
            ),
            ("{}", ""),
            ("", ""),
            ("[1,2]", ""),
        ];
        for (body, expected) in table {
            assert_eq!(said(body), expected, "{body}");
        }
        let code = |body: &str| read(body.as_bytes(), &[]).code;
        assert_eq!(
            code(r#"{"code":"batch_already_dispatched","text":""}"#).as_deref(),
            Some("batch_already_dispatched")
        );
        assert_eq!(
            code(r#"{"error":{"status":"INVALID_ARGUMENT"}}"#).as_deref(),
            Some("INVALID_ARGUMENT")
        );
        assert_eq!(code(r#"{"code":"\u001b[31mred"}"#), None);
    }

    #[test]
    fn numbers_are_masked_however_they_are_grouped() {
        let table = [
            ("recipient 46701234567 is blocked", "recipient ••••• is blocked"),
            ("call +46 70-123 45 67 now", "call +••••• now"),
            (
                "at most 2000 characters, 1600 sent",
                "at most 2000 characters, 1600 sent",
            ),
            ("٤٦٧٠١٢٣٤٥٦٧", "•••••"),
        ];
        for (text, expected) in table {
            assert_eq!(clean(text, &[]), expected);
        }
    }

    #[test]
    fn what_was_sent_is_not_repeated() {
        let body = "Hi Anna Canary, 20 % off today only at Kungsgatan";
        for (text, expected) in [
            (
                "bad body: Hi Anna Canary, 20 % off today only at Kungsgatan!",
                "bad body: …!",
            ),
            ("bad body: Hi Anna Canary, 20 % o", "bad body: …"),
            ("token abcTOKENxyz refused", "token … refused"),
            (
                "The format of parameter 'to[0]' is invalid; value '+1' is not a valid MSISDN or group ID.",
                "The format of parameter 'to[0]' is invalid; value '…' is not a valid MSISDN or group ID",
            ),
            ("value \"Hello there\" isn't allowed", "value \"…\" isn't allowed"),
            ("value 'cut in the midd", "value '…"),
        ] {
            assert_eq!(clean(text, &[body, "abcTOKENxyz"]), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_said_comes_out_short_and_tame(body in ".{0,600}", private in ".{0,40}", field in "errors|detail|text|message|error|title") {
            let json = serde_json::json!({ field: body }).to_string();
            for bytes in [body.as_bytes(), json.as_bytes()] {
                let text = read(bytes, &[&private]).text;
                proptest::prop_assert!(text.chars().count() <= LONGEST + 1);
                proptest::prop_assert!(text.chars().all(is_printable));
                let digits = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max();
                proptest::prop_assert!(digits < Some(DIGITS_OF_A_NUMBER));
            }
        }

        #[test]
        fn any_bytes_are_read(body in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            proptest::prop_assert!(read(&body, &[]).text.chars().count() <= LONGEST + 1);
        }
    }

    #[test]
    fn nothing_that_moves_a_terminal_comes_through() {
        let text = clean("\u{1b}[2J\u{7}red\u{202e}gnp\u{0}\r\nnext\u{9b}31m", &[]);
        assert_eq!(text, "[2J red gnp next 31m");
        assert!(clean(&"x".repeat(10_000), &[]).chars().count() <= LONGEST + 1);
    }
}
