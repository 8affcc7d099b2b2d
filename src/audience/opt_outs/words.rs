//! The words with which people opt out, and opt in again, by language and with their sources.
//!
//! The whole text counts, in any case, without accents and signs; never a part of a text. A text that holds one of the
//! words among others is for a person to read: "please stop this" means it, "no need to stop" does not.

/// What a word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// No more texts.
    Stop,
    /// Texts again.
    Start,
}

/// One word or phrase, folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// In lower case, without accents, words separated by one space.
    pub text: &'static str,
    /// What it asks for.
    pub wish: Wish,
    /// Languages in which it is documented (ISO 639-1).
    pub languages: &'static [&'static str],
    /// Where it is documented.
    pub source: &'static str,
}

const CFR: &str = "47 CFR 64.1200(a)(10)";
const TWILIO: &str = "Twilio, Advanced Opt-Out";
const TELNYX: &str = "Telnyx, Advanced opt-in-out";
const SINCH: &str = "Sinch community, ta-p/14159 and ta-p/18980";
const TOLL_FREE: &str = "Sinch community, ta-p/15313";
const COUNTRIES: &str = "country guides of sent.dm (SE, DK) and Clickatell (NO)";

const fn stop(text: &'static str, languages: &'static [&'static str], source: &'static str) -> Word {
    Word {
        text,
        wish: Wish::Stop,
        languages,
        source,
    }
}

const fn start(text: &'static str, source: &'static str) -> Word {
    Word {
        text,
        wish: Wish::Start,
        languages: &["en"],
        source,
    }
}

/// All words; collected 2026-11-30. YES is not among them: it answers other questions too.
pub const WORDS: [Word; 21] = [
    stop("stop", &["en", "sv", "no", "da", "fr"], CFR),
    stop("quit", &["en"], CFR),
    stop("end", &["en"], CFR),
    stop("revoke", &["en"], CFR),
    stop("opt out", &["en"], CFR),
    stop("cancel", &["en"], CFR),
    stop("unsubscribe", &["en"], CFR),
    stop("optout", &["en"], SINCH),
    stop("stopall", &["en"], TWILIO),
    stop("stop all", &["en"], TELNYX),
    stop("stopp", &["sv", "no"], COUNTRIES),
    stop("avsluta", &["sv"], COUNTRIES),
    stop("afmeld", &["da"], COUNTRIES),
    stop("detener", &["es"], TELNYX),
    stop("salir", &["es"], TELNYX),
    stop("parar", &["pt"], TELNYX),
    stop("cancelar", &["pt"], TELNYX),
    stop("arret", &["fr"], TOLL_FREE),
    start("start", TWILIO),
    start("unstop", TWILIO),
    start("subscribe", TWILIO),
];

/// What a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is one of the words, and nothing else.
    For(&'static Word),
    /// It holds a word that asks to stop, among others.
    NeedsPerson,
    /// Nothing of the kind.
    Nothing,
}

/// What a text asks for.
pub fn asked(text: &str) -> Asked {
    let folded = fold(text);
    if let Some(word) = WORDS.iter().find(|word| word.text == folded) {
        return Asked::For(word);
    }
    let padded = format!(" {folded} ");
    let holds = |word: &Word| word.wish == Wish::Stop && padded.contains(&format!(" {} ", word.text));
    if WORDS.iter().any(holds) {
        Asked::NeedsPerson
    } else {
        Asked::Nothing
    }
}

/// Longer texts are compared by their beginning: no word is this long.
const LONGEST: usize = 2_000;

/// Lower case, no accents, no signs, single spaces.
fn fold(text: &str) -> String {
    let mut folded = String::new();
    for c in text.chars().take(LONGEST).flat_map(char::to_lowercase).map(bare) {
        match c {
            // Accents written as characters of their own, and signs that show nothing.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// A letter without its accent, and full-width letters as usual ones.
fn bare(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'į' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ａ'..='ｚ' => u8::try_from(u32::from(c) - 0xff41).map_or(c, |offset| char::from(b'a' + offset)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_counts_in_any_case_without_accents_and_signs() {
        for text in [
            "STOP",
            "stop",
            " Stop.\n",
            "\"STOP\"",
            "Stop!!!",
            "STOP 🙏",
            "ＳＴＯＰ",
            "Arrêt",
            "ARRE\u{302}T",
            "opt-out",
            "Opt out",
            "OptOut",
            "STOP ALL",
            "Stopp",
            "avsluta",
            "Afmeld",
            "\u{feff}stop",
        ] {
            let Asked::For(word) = asked(text) else {
                panic!("{text:?}")
            };
            assert_eq!(word.wish, Wish::Stop, "{text:?}");
        }
        for text in ["start", "UNSTOP", "Subscribe!"] {
            assert!(
                matches!(asked(text), Asked::For(word) if word.wish == Wish::Start),
                "{text}"
            );
        }
    }

    #[test]
    fn a_word_among_others_is_for_a_person_and_a_part_of_a_word_is_nothing() {
        for text in [
            "please stop this",
            "STOP it",
            "no need to stop",
            "Don't cancel!",
            "at the end",
        ] {
            assert_eq!(asked(text), Asked::NeedsPerson, "{text}");
        }
        for text in [
            "",
            "   ",
            "yes",
            "weekend",
            "nonstop",
            "unstoppable",
            "start over",
            "Thanks!",
            "s t o p",
        ] {
            assert_eq!(asked(text), Asked::Nothing, "{text}");
        }
    }

    #[test]
    fn every_word_stands_folded_once_and_with_a_source() {
        let mut seen = std::collections::BTreeSet::new();
        for word in WORDS {
            assert_eq!(fold(word.text), word.text);
            assert!(seen.insert(word.text), "{}", word.text);
            assert!(!word.source.is_empty() && !word.languages.is_empty());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_and_folding_twice_changes_nothing(text in "\\PC{0,200}") {
            let folded = fold(&text);
            proptest::prop_assert_eq!(fold(&folded), folded.clone());
            let is_word = matches!(asked(&text), Asked::For(_));
            proptest::prop_assert_eq!(is_word, WORDS.iter().any(|word| word.text == folded));
        }
    }
}
