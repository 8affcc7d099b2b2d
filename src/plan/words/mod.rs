//! What each word of a plan means, for `campanile explain`: the reasons in brackets, the reasons for which something is
//! held, what differs from the batch that is replaced, and the rules of `--allow`.
//!
//! In: a word as it was printed (`window passed`, `window_passed`). Out: every meaning that it has, because some words are
//! a reason and a rule. Each page is chosen by a `match`, so that a word without a page does not compile.

mod actions;
mod changes;
mod held;
mod page;
mod reasons;
mod rules;

use self::page::WordPage;
use super::held::HeldReason;
use super::operation::{Action, Changed, Reason};
use crate::campaign::Rule;

/// One meaning of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Where the word is seen.
    pub kind: WordKind,
    /// As it is written in the JSON of a plan, or after `--allow`.
    pub word: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What it means and what can be done, in lines of at most 80 characters.
    pub page: String,
}

/// Where a word is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordKind {
    /// What an operation does.
    Action,
    /// Why an operation is in the plan.
    Reason,
    /// Why something is held.
    Held,
    /// What differs between a batch and its replacement.
    Changed,
    /// A rule of `--allow`.
    Rule,
}

impl WordKind {
    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Reason => "reason",
            Self::Held => "held",
            Self::Changed => "changed",
            Self::Rule => "rule",
        }
    }

    /// As a heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Action => "what an operation does",
            Self::Reason => "why an operation is in the plan",
            Self::Held => "why something is held",
            Self::Changed => "what differs from the batch at the provider",
            Self::Rule => "a rule of `--allow`",
        }
    }
}

/// Every meaning of every word.
pub fn all_meanings() -> Vec<Meaning> {
    let meaning = |kind, word, (title, page): WordPage| Meaning {
        kind,
        word,
        title,
        page: page.to_owned(),
    };
    let actions = Action::ALL.map(|action| meaning(WordKind::Action, action.as_str(), actions::page(action)));
    let reasons = Reason::ALL.map(|reason| meaning(WordKind::Reason, reason.as_str(), reasons::page(reason)));
    let held = HeldReason::ALL.map(|reason| {
        let (title, page) = held::page(reason);
        let page = format!("{page}\n\n{}", ending(reason));
        Meaning {
            page,
            ..meaning(WordKind::Held, reason.as_str(), (title, ""))
        }
    });
    let changed = Changed::ALL.map(|changed| meaning(WordKind::Changed, changed.as_str(), changes::page(changed)));
    let rules = Rule::ALL.map(|rule| {
        let (title, page) = rules::page(rule);
        let page = format!("{page}\n\n{}", rules::usage(rule));
        Meaning {
            page,
            ..meaning(WordKind::Rule, rule.as_str(), (title, ""))
        }
    });
    let mut all = Vec::new();
    all.extend(actions);
    all.extend(reasons);
    all.extend(held);
    all.extend(changed);
    all.extend(rules);
    all
}

/// Every meaning of one word, whether its parts are joined by spaces, hyphens or underscores.
pub fn meanings(word: &str) -> Vec<Meaning> {
    let word = plain(word);
    let mut all = all_meanings();
    all.retain(|meaning| plain(meaning.word) == word);
    all
}

fn plain(word: &str) -> String {
    word.trim().to_ascii_lowercase().replace(['_', '-'], " ")
}

/// How a hold ends, as the table of `docs/contract.md` says it.
fn ending(reason: HeldReason) -> String {
    let exit = if reason.needs_person() {
        "yes: `apply` exits with 3 while something wanted is held"
    } else {
        "no"
    };
    format!(
        "needs a person: {exit}\nends by itself: {}\nwhat to do: {}",
        reason.ends_by_itself(),
        reason.way_on()
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_that_a_plan_prints_has_a_page() {
        let words = [
            Action::ALL.map(Action::as_str).to_vec(),
            Reason::ALL.map(Reason::as_str).to_vec(),
            HeldReason::ALL.map(HeldReason::as_str).to_vec(),
            Changed::ALL.map(Changed::as_str).to_vec(),
            Rule::ALL.map(Rule::as_str).to_vec(),
        ];
        for word in words.concat() {
            let found = meanings(&word.replace('_', " "));
            assert!(!found.is_empty(), "{word}");
            for meaning in found {
                assert!(meaning.page.len() > 40, "{word}: {}", meaning.page);
                assert!(!meaning.title.is_empty() && !meaning.title.ends_with('.'), "{word}");
            }
        }
    }

    #[test]
    fn no_list_of_words_misses_one_or_has_one_twice() {
        fn distinct<const N: usize>(words: [&str; N]) -> usize {
            words.into_iter().collect::<BTreeSet<_>>().len()
        }
        // A new variant does not compile in `page` until it has a page, and these numbers say that `ALL` has it too.
        assert_eq!(distinct(Action::ALL.map(Action::as_str)), 4);
        assert_eq!(distinct(Reason::ALL.map(Reason::as_str)), 17);
        assert_eq!(distinct(Changed::ALL.map(Changed::as_str)), 11);
        assert_eq!(distinct(Rule::ALL.map(Rule::as_str)), Rule::ALL.len());
    }

    #[test]
    fn a_word_that_is_a_reason_and_a_rule_has_two_pages() {
        let kinds = |word| meanings(word).iter().map(|meaning| meaning.kind).collect::<Vec<_>>();
        assert_eq!(kinds("window passed"), [WordKind::Reason, WordKind::Held]);
        assert_eq!(kinds("Renamed"), [WordKind::Reason, WordKind::Rule]);
        assert_eq!(kinds("opt-outs"), [WordKind::Rule]);
        assert_eq!(kinds("no such word"), []);
    }
}
