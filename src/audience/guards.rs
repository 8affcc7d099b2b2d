//! What programs put around a value without being part of it: spreadsheet guards, invisible characters, link schemes.
//!
//! In: the text of a cell, a head, or a name in a source. Out: the same without what nobody sees or means. Never: a
//! character taken out of the middle of a text that somebody will read.

/// `="46701740605"`, which exports write so that a spreadsheet keeps the digits: the text between the quotes.
pub(super) fn unguarded(cell: &str) -> &str {
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inside.filter(|inside| !inside.contains('"')).unwrap_or(cell)
}

/// The same with quotes inside, doubled once more: `="Ann ""Nan"" Berg"`.
pub(super) fn unguarded_twice(cell: &str) -> Option<String> {
    let inside = cell.strip_prefix("=\"")?.strip_suffix('"')?;
    let single = inside.replace("\"\"", "\u{0}");
    let is_guard = inside.contains('"') && !inside.contains('\0') && !single.contains('"');
    is_guard.then(|| single.replace('\0', "\""))
}

/// The number of a cell: without a guard, a spreadsheet's apostrophe, or the `tel:` of a link.
pub(super) fn number_in(cell: &str) -> &str {
    // Nearly every number begins and ends as itself.
    if let [b'+' | b'0'..=b'9' | b'(', .., b'0'..=b'9'] = cell.as_bytes() {
        return cell;
    }
    let text = trimmed(unguarded(trimmed(cell)));
    let text = text.strip_prefix('\'').unwrap_or(text);
    match text.split_at_checked(4) {
        Some((scheme, number)) if scheme.eq_ignore_ascii_case("tel:") => number,
        _ => text,
    }
}

/// A column's head, or a name that should be one: no guard, nothing invisible, every space a plain one.
pub(super) fn head(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|char| !is_invisible(*char))
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .collect();
    let text = unguarded(visible.trim()).trim();
    text.strip_prefix('\'').unwrap_or(text).trim().to_owned()
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|char: char| char.is_whitespace() || is_invisible(char))
}

/// Characters of the Unicode category Cf that come along when text is copied: soft hyphen, marks of direction and
/// joining, zero-width spaces, byte order marks.
pub(super) fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_taken_off() {
        for (cell, inside) in [
            ("=\"46701740605\"", "46701740605"),
            ("=\"\"", ""),
            ("=\"Li, Bo\"", "Li, Bo"),
            ("=1+1", "=1+1"),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("=\"", "=\""),
            ("\"a\"", "\"a\""),
        ] {
            assert_eq!(unguarded(cell), inside, "{cell}");
        }
        assert_eq!(
            unguarded_twice("=\"Ann \"\"Nan\"\" Berg\"").as_deref(),
            Some("Ann \"Nan\" Berg")
        );
        for cell in ["=\"Ann\"", "=\"a\"&\"b\"", "=\"\"\"", "Ann \"\"Nan\"\""] {
            assert_eq!(unguarded_twice(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_number_stands_alone() {
        for cell in [
            "+46701740605",
            "=\"+46701740605\"",
            "'+46701740605",
            "tel:+46701740605",
            "TEL:+46701740605",
            "\u{61c}+46701740605\u{200f}",
            " =\"tel:+46701740605\"\u{a0}",
        ] {
            assert_eq!(number_in(cell), "+46701740605", "{cell}");
        }
        assert_eq!(number_in("tel"), "tel");
        assert_eq!(number_in("ååå"), "ååå");
    }

    #[test]
    fn heads_are_what_is_seen() {
        for (text, seen) in [
            ("\u{200b}first_name", "first_name"),
            ("first_name\u{200e}", "first_name"),
            ("First\u{a0}name ", "First name"),
            ("=\"msisdn\"", "msisdn"),
            ("'msisdn", "msisdn"),
            ("\u{feff}msisdn", "msisdn"),
            ("\u{202a}Mobil\u{202c}", "Mobil"),
        ] {
            assert_eq!(head(text), seen, "{text:?}");
        }
    }
}
