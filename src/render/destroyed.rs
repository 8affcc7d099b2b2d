//! Text that a conversion has destroyed before it came here.
//!
//! In: a text. Out: the first place that no writer meant: U+FFFD, or UTF-8 that was once read as Windows-1252, Latin-1
//! or Mac Roman, with what it probably was. Never: a doubt about text that somebody may have written ("CAFÉ™", "NÃO").

use super::check::CheckFinding;
use super::diagnostics;
use crate::model::Diagnostic;

/// A destroyed place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destroyed {
    /// U+FFFD: the original character is lost.
    Lost,
    /// Several characters where there was one.
    Misread {
        /// As they are in the list.
        seen: String,
        /// What they probably were.
        was: char,
    },
}

impl std::fmt::Display for Destroyed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lost => f.write_str("U+FFFD, the sign for a lost character"),
            Self::Misread { seen, was } => {
                write!(
                    f,
                    "`{}`, which was probably `{was}`: UTF-8 once read as something else",
                    visible(seen)
                )
            }
        }
    }
}

/// No-break spaces and control characters by their numbers.
fn visible(seen: &str) -> String {
    let is_seen = |char: char| !char.is_control() && !char.is_whitespace() && char != '\u{ad}';
    seen.chars()
        .map(|char| {
            if is_seen(char) {
                char.to_string()
            } else {
                format!("U+{:04X}", u32::from(char))
            }
        })
        .collect()
}

/// The first destroyed place of a text.
pub fn destroyed(text: &str) -> Option<Destroyed> {
    find(text).map(|(_, destroyed)| destroyed)
}

fn find(text: &str) -> Option<(usize, Destroyed)> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let bytes = text.as_bytes();
    for (start, eight) in (0..).step_by(8).zip(bytes.chunks(8)) {
        let mut word = [0; 8];
        word.iter_mut().zip(eight).for_each(|(to, from)| *to = *from);
        let word = u64::from_le_bytes(word);
        // First bytes of characters of several bytes.
        let mut firsts = word & word << 1 & HIGH;
        while firsts != 0 {
            let at = start + (firsts.trailing_zeros() / 8) as usize;
            firsts &= firsts - 1;
            if may_begin(bytes.get(at..at + 2))
                && let Some((before, rest)) = text.split_at_checked(at)
                && let Some(destroyed) = destroyed_at(before, rest)
            {
                return Some((at, destroyed));
            }
        }
    }
    None
}

/// Whether a destroyed place may begin with these bytes: those of U+FFFD, `√` and `ÂÃÄÅâð`, which few letters share.
fn may_begin(bytes: Option<&[u8]>) -> bool {
    matches!(
        bytes,
        Some([0xef, 0xbf] | [0xe2, 0x88] | [0xc3, 0x82..=0x85 | 0xa2 | 0xb0])
    )
}

/// What is destroyed at the beginning of `rest`.
fn destroyed_at(before: &str, rest: &str) -> Option<Destroyed> {
    if rest.starts_with('\u{fffd}') {
        return Some(Destroyed::Lost);
    }
    let (seen, was) = misread(before, rest).or_else(|| mac_roman(rest))?;
    let seen = seen.to_owned();
    Some(Destroyed::Misread { seen, was })
}

/// A lint of a template's text.
pub(super) fn lint(source: &str) -> Option<CheckFinding> {
    let (at, destroyed) = find(source)?;
    let length = match &destroyed {
        Destroyed::Lost => '\u{fffd}'.len_utf8(),
        Destroyed::Misread { seen, .. } => seen.len(),
    };
    let fault = Diagnostic::warning(&diagnostics::DESTROYED, format!("the text has {destroyed}"))
        .hint("write the character itself, and save the file as UTF-8");
    Some((at..at + length, fault))
}

/// The characters at the beginning of `rest` as the bytes that they once were, if those are one character in UTF-8.
fn misread<'t>(before: &str, rest: &'t str) -> Option<(&'t str, char)> {
    let mut chars = rest.char_indices();
    let (_, lead) = chars.next()?;
    let length = match lead {
        'Â' | 'Ã' | 'Ä' | 'Å' => 2,
        'â' => 3,
        'ð' => 4,
        _ => return None,
    };
    let (mut bytes, mut followers) = ([u8::try_from(u32::from(lead)).ok()?, 0, 0, 0], ['\0'; 3]);
    let places = bytes.iter_mut().skip(1).zip(&mut followers).take(length - 1);
    let mut count = 0;
    for ((byte, follower), (_, char)) in places.zip(chars.by_ref()) {
        *byte = windows_1252(char).filter(|byte| (0x80..0xc0).contains(byte))?;
        *follower = char;
        count += 1;
    }
    let (bytes, followers) = (bytes.get(..=count)?, followers.get(..count)?);
    let end = chars.next().map_or(rest.len(), |(at, _)| at);
    let was = std::str::from_utf8(bytes).ok()?.chars().next()?;
    let next = rest.get(end..).and_then(|rest| rest.chars().next());
    let is_meant = match (lead, followers) {
        // A word that ends in such a letter, and what may follow a word.
        (_, [mark]) if is_punctuation(*mark) => {
            let is_lower = |char: Option<char>| char.is_some_and(char::is_lowercase);
            let is_capital = |char: Option<char>| char.is_some_and(char::is_uppercase);
            let is_inside =
                is_lower(next) || (lead == 'Ã' && (is_capital(next) || is_lower(before.chars().next_back())));
            !is_inside
        }
        (_, [_]) => false,
        // `â€™`: nobody writes it. Other followers of `â` are symbols after a letter.
        ('â', [second, _]) => *second != '€',
        (_, [second, ..]) => *second != 'Ÿ' && *second != '\u{9f}',
        (_, []) => true,
    };
    (!is_meant).then_some((rest.get(..end)?, was))
}

/// Quotes, dashes and the like, which also follow a word in capitals.
fn is_punctuation(char: char) -> bool {
    matches!(
        char,
        '“' | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '–'
            | '—'
            | '…'
            | '™'
            | '€'
            | '»'
            | '«'
            | '›'
            | '‹'
            | '\u{a0}'
            | '®'
            | '•'
    ) && char != '‚'
}

/// The byte of a character in Windows-1252, or in Latin-1, whose control characters nobody writes.
fn windows_1252(char: char) -> Option<u8> {
    /// From 0x80 on; a space where there is none.
    const HIGH: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
    match u32::from(char) {
        0..0x80 => return None,
        code @ 0x80..=0xff => return u8::try_from(code).ok(),
        _ => {}
    }
    let at = HIGH.chars().position(|known| known == char && known != ' ')?;
    u8::try_from(0x80 + at).ok()
}

/// Letters of Europe that went through Mac Roman.
fn mac_roman(rest: &str) -> Option<(&str, char)> {
    const PAIRS: [(&str, char); 10] = [
        ("√•", 'å'),
        ("√§", 'ä'),
        ("√∂", 'ö'),
        ("√Ö", 'Å'),
        ("√Ñ", 'Ä'),
        ("√ñ", 'Ö'),
        ("√©", 'é'),
        ("√º", 'ü'),
        ("√∏", 'ø'),
        ("√¶", 'æ'),
    ];
    PAIRS
        .iter()
        .find(|(seen, _)| rest.starts_with(seen))
        .map(|(seen, was)| (*seen, *was))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// UTF-8 read as Windows-1252 by a program that lets nothing stop it.
    fn read_wrongly(text: &str) -> String {
        text.bytes()
            .map(|byte| {
                let high = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
                match byte {
                    0x80..=0x9f => high.chars().nth(usize::from(byte - 0x80)).unwrap(),
                    byte => char::from(byte),
                }
            })
            .collect()
    }

    fn was(text: &str) -> Option<char> {
        match destroyed(text) {
            Some(Destroyed::Misread { was, .. }) => Some(was),
            Some(Destroyed::Lost) => Some('\u{fffd}'),
            None => None,
        }
    }

    #[test]
    fn what_was_destroyed_is_told() {
        for (text, expected) in [
            ("Ren\u{fffd}", '\u{fffd}'),
            ("HÃ¥kan", 'å'),
            ("BjÃ¶rn", 'ö'),
            ("Ã–rjan", 'Ö'),
            ("Ã…sa", 'Å'),
            ("MÃ¤rta", 'ä'),
            ("RenÃ©", 'é'),
            ("Â£5 off", '£'),
            ("Â¿CÃ³mo", '¿'),
            ("itâ€™s", '’'),
            ("â€œHej", '“'),
            ("Å‚ucja", 'ł'),
            ("ðŸ˜€", '😀'),
            ("H\u{c3}\u{a5}kan", 'å'),
            ("H√•kan", 'å'),
        ] {
            assert_eq!(was(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_somebody_may_have_written_is_left_alone() {
        for text in [
            "Håkan",
            "NÃO",
            "AMANHÃ…",
            "AMANHÃ”",
            "IRMû, “MÔ",
            "CAFÉ™",
            "ROSÉ”",
            "på Å”",
            "Ä–Ö",
            "20 € – 30 €",
            "château®",
            "Zoë’s",
            "½ pris",
            "crème brûlée",
            "ÃO",
            "Łódź",
            "Ærø",
            "Привет",
            "你好",
            "٤٦",
            "👩‍👩‍👧",
            "100 °C",
            "Å, Ä, Ö",
        ] {
            assert_eq!(was(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_character_may_begin_a_destroyed_place(text in "[aå√ÂÃÄÅâð\u{a0}¥¶•§€œŸ™\u{98}\u{fffd}\u{ffe0}∆😀]{0,12}") {
            let all = text.char_indices().find_map(|(at, _)| {
                let (before, rest) = text.split_at(at);
                Some((at, destroyed_at(before, rest)?))
            });
            prop_assert_eq!(find(&text), all);
        }

        #[test]
        fn words_of_europe_that_were_read_wrongly_are_found(before in "[a-z]{1,5}", letter in "[à-öø-ÿ]", after in "[a-z]{1,5}") {
            prop_assume!(letter != "÷");
            let text = format!("{before}{letter}{after}");
            prop_assert_eq!(was(&text), None);
            prop_assert_eq!(was(&read_wrongly(&text)), letter.chars().next());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = destroyed(&text);
        }
    }
}
