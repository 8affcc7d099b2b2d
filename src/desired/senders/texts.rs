//! What a template says about answering and links. Placeholders stay as they are: what a column holds is not looked at.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::SHORTENERS;

/// Words that ask for an answer, in the languages of the countries that have rules here.
const ASKS: &str = r"(?i)\b(repl(y|ies)|respond|text back|svara|svar|antworten?|r[ée]pond(ez|re|s)|responda?|contest[ae]|vastaa|rispondi)\b";
/// A word that stops, and what may be a number it is to be sent to.
const STOP: &str = r"(?i)\b(stopp?|unsubscribe|opt.?out|avsluta|afmeld|arr[êe]t)\b";
const TO_A_NUMBER: &str = r"(?i)\b(to|till?|an|au|al|a)\s+\+?\d[\d ]{3,}";
const LINK: &str = r"(?i)(https?://|www\.|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/|\b))";

/// A pattern of this file, compiled once.
struct Pattern(LazyLock<Option<Regex>>);

macro_rules! pattern {
    ($text:expr) => {
        Pattern(LazyLock::new(|| Regex::new($text).ok()))
    };
}

impl Pattern {
    fn is_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

static ASKING: Pattern = pattern!(ASKS);
static STOPPING: Pattern = pattern!(STOP);
static ELSEWHERE: Pattern = pattern!(TO_A_NUMBER);
static LINKED: Pattern = pattern!(LINK);

/// Whether the text asks people to answer: in words, or by a stop word that leads nowhere else.
pub(super) fn asks_for_reply(text: &str) -> bool {
    if ELSEWHERE.is_in(text) {
        return false;
    }
    ASKING.is_in(text) || (STOPPING.is_in(text) && !LINKED.is_in(text))
}

/// A public shortener that the text links to.
pub(super) fn shortener(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let is_linked = |name: &&&'static str| {
        lower.match_indices(**name).any(|(at, _)| {
            let before = lower.get(..at).and_then(|before| before.chars().next_back());
            let after = lower.get(at + name.len()..).and_then(|after| after.chars().next());
            before.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '.') && after == Some('/')
        })
    };
    SHORTENERS.iter().find(is_linked).copied()
}

/// Whether a link travels unprotected.
pub(super) fn has_bare_http(text: &str) -> bool {
    text.to_lowercase().contains("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_asks_for_a_reply_in_words_or_by_a_stop_that_leads_nowhere() {
        for text in [
            "Reply STOP to opt out",
            "Sale! STOP: svara STOPP",
            "Opt out: STOP",
            "Antworten Sie mit JA",
            "Répondez STOP",
            "Reply YES, info at acme.example/sale",
        ] {
            assert!(asks_for_reply(text), "{text}");
        }
        for text in [
            "Stop texts: acme.example/stop",
            "STOP to 46101606060",
            "Avsluta: skicka STOPP till 71234",
            "STOP au 36180",
            "Nonstop sale",
            "Hi {{ first_name }}!",
        ] {
            assert!(!asks_for_reply(text), "{text}");
        }
    }

    #[test]
    fn shorteners_are_found_as_links_and_not_within_other_names() {
        assert_eq!(shortener("See https://Bit.ly/x"), Some("bit.ly"));
        assert_eq!(shortener("go t.co/abc"), Some("t.co"));
        for text in ["reddit.co/x", "acme.t.co/x", "bit.ly is a company", "spirit.ly/x"] {
            assert_eq!(shortener(text), None, "{text}");
        }
        assert!(has_bare_http("HTTP://acme.example") && !has_bare_http("https://acme.example"));
    }
}
