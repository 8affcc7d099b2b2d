//! Emoji as JSON writes them: `\\ud83d\\ude00`, two escapes for one character. YAML 1.2 holds JSON, but the reader
//! takes each escape for a character of its own and refuses it.
//!
//! In: a text with such pairs between double quotes. Out: the same with `\\U0001f600`. Never: a change outside of
//! double quotes, where a backslash is a backslash, or of half a pair.

use std::borrow::Cow;

/// All pairs of a file that is JSON, where a backslash is always between double quotes.
pub(super) fn joined_in_json(text: &str) -> Cow<'_, str> {
    if text.trim_start().starts_with(['{', '[']) {
        joined(text, false).map_or(Cow::Borrowed(text), |(joined, _)| Cow::Owned(joined))
    } else {
        Cow::Borrowed(text)
    }
}

/// The pairs of the double-quoted text that begins at a character; nothing where there is none.
pub(super) fn joined_in_quotes(text: &str, at: usize) -> Option<String> {
    let (offset, _) = text.char_indices().nth(at)?;
    let (before, quoted) = text.split_at_checked(offset)?;
    let inside = quoted.strip_prefix('"')?;
    let (joined, read) = joined(inside, true)?;
    Some(format!("{before}\"{joined}{}", inside.get(read..)?))
}

/// The text with its pairs joined, up to a closing quote where that ends it, and how many bytes were read. Nothing
/// without a pair.
fn joined(text: &str, until_quote: bool) -> Option<(String, usize)> {
    let mut out = String::with_capacity(text.len());
    let (mut at, mut found) = (0, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if until_quote && rest.starts_with('"') {
            break;
        }
        let (length, pair) = match (rest.starts_with('\\'), pair(rest)) {
            (_, Some(pair)) => (12, Some(pair)),
            (true, None) => (1 + rest.chars().nth(1).map_or(0, char::len_utf8), None),
            (false, None) => (rest.find(['\\', '"']).unwrap_or(rest.len()).max(1), None),
        };
        match pair {
            Some(character) => {
                found = true;
                out.push_str(&format!("\\U{:08x}", u32::from(character)));
            }
            None => out.push_str(rest.get(..length)?),
        }
        at += length;
    }
    found.then_some((out, at))
}

/// The character of two escapes that a text begins with.
fn pair(text: &str) -> Option<char> {
    let unit = |from: usize| {
        let digits = text.get(from..from + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let units = [unit(0)?, unit(6)?];
    let mut read = char::decode_utf16(units);
    let character = read.next()?.ok()?;
    read.next().is_none().then_some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_one_character_between_double_quotes_alone() {
        let json = r#"{"body": "Hi \ud83d\ude00 \\ud83d\ude00x"}"#;
        assert_eq!(joined_in_json(json), r#"{"body": "Hi \U0001f600 \\ud83d\ude00x"}"#);
        let yaml = r#"body: "å \"q\" \uD83D\uDE00" # "\ud83d\ude00""#;
        assert_eq!(joined_in_json(yaml), yaml);
        assert_eq!(
            joined_in_quotes(yaml, 6).as_deref(),
            Some(r#"body: "å \"q\" \U0001f600" # "\ud83d\ude00""#)
        );
        for (text, at) in [
            (r#""\ud83d x""#, 0),
            (r#""\u00e5\u00e4""#, 0),
            ("plain", 0),
            ("", 3),
            (r"'\ud83d\ude00'", 0),
        ] {
            assert_eq!(joined_in_quotes(text, at), None, "{text}");
        }
    }
}
