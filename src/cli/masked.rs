//! Secrets in a file that is about to be quoted: a token pasted into campanile.yaml is a fault, and the excerpt that
//! shows it must not carry it into the log of a CI job.
//!
//! In: the text of a file. Out: the same text, the same number of characters on each line, with values of secret-like
//! keys, user names and queries of URLs as dots, what may be a phone number but for its first and last two digits, and
//! the control characters that some terminals obey (U+0080 to U+009F) as signs. Never: a changed place of anything
//! else.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A key that speaks of a secret and its value; a URL up to its user name; a URL up to its query; what may be a phone
/// number: a `+` with digits and what people put between them, or eight digits that do not go on a word or a path.
const SECRETS: &str = r#"(?im)(?P<key>[\w-]*(?:token|secret|passw|api[_-]?key|credential|bearer|authorization)[\w-]*["']?[ \t]*[:=][ \t]*["']?)(?P<value>[^\s,"'}\]]+)|(?P<url>https?://)(?P<user>[^\s"'/,]*@)|(?P<page>https?://[^\s"'?,]*\?)(?P<query>[^\s"',}\]]+)|(?P<edge>^|[\s"'`\[({,:=])(?P<phone>\+\d[\d ().-]{6,}\d|\d{8,})"#;

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(SECRETS).ok());

/// The text without what may be a secret.
pub(super) fn quotable(text: &str) -> Cow<'_, str> {
    let Some(pattern) = PATTERN.as_ref() else {
        return Cow::Borrowed("");
    };
    let shown = pattern.replace_all(text, |found: &Captures<'_>| {
        let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
        if let Some(phone) = found.name("phone") {
            return format!("{}{}", part("edge"), dotted(phone.as_str()));
        }
        let (before, secret) = (
            [part("key"), part("url"), part("page")].concat(),
            [part("value"), part("user"), part("query")].concat(),
        );
        let names_a_place = before.to_ascii_lowercase().contains("_file") || is_variable(&secret);
        if names_a_place && !part("key").is_empty() {
            format!("{before}{secret}")
        } else {
            format!("{before}{}", "•".repeat(secret.chars().count()))
        }
    });
    if shown.contains(is_c1) {
        Cow::Owned(shown.replace(is_c1, "\u{fffd}"))
    } else {
        shown
    }
}

/// A number of eight digits and more with all but the first and last two as dots.
fn dotted(number: &str) -> String {
    const PHONE: usize = 8;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    let dot = |c: char| {
        let place = if c.is_ascii_digit() { seen } else { 0 };
        seen += usize::from(c.is_ascii_digit());
        let is_inner = (2..digits.saturating_sub(2)).contains(&place);
        if is_inner && digits >= PHONE { '•' } else { c }
    };
    number.chars().map(dot).collect()
}

fn is_c1(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{9f}')
}

/// Whether it looks like the name of an environment variable.
fn is_variable(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_keys_are_dots_and_nothing_moves() {
        for (text, shown) in [
            ("token: abc-1, x: 2", "token: •••••, x: 2"),
            ("  \"api_key\": \"Abc\"", "  \"api_key\": \"•••\""),
            ("token_env: IP1_API_KEY # of ip1", "token_env: IP1_API_KEY # of ip1"),
            ("token_env: AbC9", "token_env: ••••"),
            ("token_file: secrets/ip1", "token_file: secrets/ip1"),
            ("u: https://a:ö@host/", "u: https://••••host/"),
            ("u: https://host/dlr?key=9", "u: https://host/dlr?•••••"),
            ("a\u{9b}31m", "a\u{fffd}31m"),
            ("recipients: [46701740605]", "recipients: [46•••••••05]"),
            ("- +46 70-174 06 05, x", "- +46 ••-••• •• 05, x"),
            ("{ csv: a-20261127.csv, x: +4670 }", "{ csv: a-20261127.csv, x: +4670 }"),
            ("opens: 2026-11-27T09:00+01:00", "opens: 2026-11-27T09:00+01:00"),
            ("sender: ACME\nbody: Hi!", "sender: ACME\nbody: Hi!"),
        ] {
            assert_eq!(quotable(text), shown);
            assert_eq!(text.chars().count(), shown.chars().count());
        }
    }
}
