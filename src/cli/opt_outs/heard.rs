//! What people have texted to the accounts: who has opted out, what is new for the file, what a person should read.

use std::time::Duration;

use crate::audience::{Asked, Ledger, OptOut, What, Wish, asked};
use crate::model::{Diagnostic, Instant, Msisdn, NumberSet, ProviderName};
use crate::plan::Unread;
use crate::provider::IncomingText;

/// How often it is worth a row that an account was asked.
pub(super) const DAY: Duration = Duration::from_hours(24);

/// What every account received.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// In the order of the project's providers; those without opt-outs are left out.
    pub accounts: Vec<HeardAccount>,
    /// Whose opt-outs could not be read.
    pub unread: Vec<Unread>,
    /// Warnings about what was read.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one account received.
#[derive(Debug)]
pub(crate) struct HeardAccount {
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// How it was asked.
    pub way: Way,
    /// Who has opted out.
    pub numbers: NumberSet,
    /// Rows for the file: wishes that are not in it, and that it was asked now.
    pub news: Vec<OptOut>,
    /// Texts that a person should read.
    pub for_people: Vec<ForPerson>,
    /// What is written down and what is new together.
    pub ledger: Ledger,
    /// When it was asked before.
    pub last_pull: Option<Instant>,
}

/// How an account's opt-outs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The provider's own list, which it enforces.
    Blacklist,
    /// Incoming texts.
    Incoming,
    /// A group that fills itself.
    Group,
}

impl Way {
    /// In words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Blacklist => "its blacklist",
            Self::Incoming => "by text",
            Self::Group => "its group",
        }
    }

    /// As in the JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Blacklist => "blacklist",
            Self::Incoming => "incoming",
            Self::Group => "group",
        }
    }
}

/// Why a person should read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WhyPerson {
    /// It holds an opt-out word among others.
    AmongOthers,
    /// It is an opt-out word, and its sender is not on the provider's list.
    NotOnList,
    /// It asks for texts again, and its sender is on the provider's list.
    WantsBack,
}

impl WhyPerson {
    /// In words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::AmongOthers => "an opt-out word among others",
            Self::NotOnList => "an opt-out word, and the number is not on the blacklist",
            Self::WantsBack => "texts are wanted again, and the number is on the blacklist",
        }
    }

    /// As in the JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AmongOthers => "among_others",
            Self::NotOnList => "not_on_list",
            Self::WantsBack => "wants_back",
        }
    }
}

/// A text that a person should read.
#[derive(Debug)]
pub(crate) struct ForPerson {
    /// What is wrong with it.
    pub why: WhyPerson,
    /// The number, masked.
    pub number: String,
    /// When it came in.
    pub received_at: Instant,
    /// The provider's id of it.
    pub id: String,
}

impl ForPerson {
    fn of(text: &IncomingText, why: WhyPerson) -> Self {
        let number = text.from.map(Msisdn::masked);
        Self {
            why,
            number: number.unwrap_or_else(|| "a sender that is no number".to_owned()),
            received_at: text.received_at,
            id: text.id.clone(),
        }
    }
}

impl HeardAccount {
    /// An account whose people text, with what is written down.
    pub(crate) fn by_text(provider: &ProviderName, ledger: Ledger, last_pull: Option<Instant>) -> Self {
        Self {
            provider: provider.clone(),
            way: Way::Incoming,
            numbers: ledger.opted_out(),
            news: Vec::new(),
            for_people: Vec::new(),
            ledger,
            last_pull,
        }
    }

    /// Whether it is worth a row that it was asked: each would be a commit, so one a day must do.
    pub(crate) fn is_marker_due(&self, now: Instant) -> bool {
        !self.news.is_empty() || self.last_pull.is_none_or(|last| now.since(last) >= DAY)
    }

    /// Sorts texts into wishes, texts for a person, and others.
    pub(crate) fn take(&mut self, texts: &[IncomingText]) {
        for text in texts {
            let Some(body) = &text.body else { continue };
            match (asked(body), text.from) {
                (Asked::For(word), Some(number)) => {
                    let entry = OptOut {
                        instant: Some(text.received_at),
                        provider: self.provider.to_string(),
                        what: What::Wish {
                            number,
                            word: word.text.to_owned(),
                            id: Some(text.id.clone()),
                        },
                    };
                    if self.ledger.add(entry.clone()) {
                        self.news.push(entry);
                    }
                }
                (Asked::For(_) | Asked::NeedsPerson, _) => {
                    self.for_people.push(ForPerson::of(text, WhyPerson::AmongOthers));
                }
                (Asked::Nothing, _) => {}
            }
        }
        self.numbers = self.ledger.opted_out();
    }

    /// Of texts to an account that keeps its own list: those that the list does not answer. Nobody joins or leaves it here.
    pub(crate) fn compare(&mut self, texts: &[IncomingText]) {
        for text in texts {
            let Some(body) = &text.body else { continue };
            let is_listed = text.from.is_some_and(|number| self.numbers.contains(number));
            let why = match asked(body) {
                Asked::For(word) if word.wish == Wish::Stop && !is_listed => Some(WhyPerson::NotOnList),
                Asked::For(word) if word.wish == Wish::Start && is_listed => Some(WhyPerson::WantsBack),
                Asked::NeedsPerson => Some(WhyPerson::AmongOthers),
                Asked::For(_) | Asked::Nothing => None,
            };
            self.for_people.extend(why.map(|why| ForPerson::of(text, why)));
        }
    }
}
