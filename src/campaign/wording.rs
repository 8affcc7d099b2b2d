//! How messages quote a file: short, without control characters, with the nearest known word.

use std::fmt::Write as _;

/// At most 60 characters, control characters as `\u{..}`, invisible ones as `U+200F`, what may be a phone number
/// masked: a message may end up in a terminal, a log or a pull request.
pub fn clip(text: &str) -> String {
    const MAX: usize = 60;
    let mut shown = String::new();
    for (count, c) in masked(text).chars().enumerate() {
        if count == MAX {
            shown.push('…');
            break;
        }
        if is_invisible(c) {
            let _ = write!(shown, "U+{:04X}", u32::from(c));
        } else if c.is_control() {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(if c == '`' { '\'' } else { c });
        }
    }
    shown
}

/// Eight digits in a row, or a `+` with as many and what people put between them, keep their first and last two.
fn masked(text: &str) -> String {
    const PHONE: usize = 8;
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '+' || c.is_ascii_digit()) {
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
        shown.push_str(before);
        let is_between = |c: char| from.starts_with('+') && matches!(c, ' ' | '-' | '(' | ')' | '.' | '+');
        let length = from
            .find(|c: char| !c.is_ascii_digit() && !is_between(c))
            .unwrap_or(from.len());
        let (run, after) = from.split_at_checked(length.max(1)).unwrap_or((from, ""));
        let digits: Vec<char> = run.chars().filter(char::is_ascii_digit).collect();
        match digits.as_slice() {
            [a, b, hidden @ .., y, z] if hidden.len() + 4 >= PHONE => {
                shown.extend([*a, *b]);
                shown.push_str(&"•".repeat(hidden.len()));
                shown.extend([*y, *z]);
            }
            _ => shown.push_str(run),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Direction marks and the like could make a message read as something else.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// The nearest of the known words, if near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const MAX: usize = 40;
    if word.len() > MAX {
        return None;
    }
    let lower = word.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::osa_distance(&lower, &candidate.to_lowercase().replace('-', "_"));
            (distance, candidate)
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean ...?` for the nearest known word.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// `` `a`, `b` or `c` ``.
pub fn alternatives<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{}`", clip(word))).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let known = ["provider", "sender", "body_file", "open_for"];
        assert_eq!(nearest("sendr", known), Some("sender"));
        assert_eq!(nearest("body-file", known), Some("body_file"));
        assert_eq!(nearest("Provider", known), Some("provider"));
        assert_eq!(nearest("zzz", known), None);
    }

    #[test]
    fn what_may_be_a_phone_number_is_masked() {
        assert_eq!(clip("46701740605"), "46•••••••05");
        assert_eq!(clip("to +46 70-174 06 05, or"), "to 46•••••••05, or");
        for text in ["2031-11-28T09:00", "1234567", "+46", "+", "a+b", "1 000 000 000"] {
            assert_eq!(clip(text), text);
        }
    }

    #[test]
    fn nothing_written_in_a_file_can_steer_a_terminal() {
        assert_eq!(clip("a\u{1b}[31m`b`"), "a\\u{1b}[31m'b'");
        assert_eq!(clip(&"x".repeat(100)).chars().count(), 61);
        assert_eq!(clip("\u{202e}abc\u{61c}"), "U+202EabcU+061C");
    }
}
