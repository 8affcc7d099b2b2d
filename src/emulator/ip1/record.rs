//! A batch as it was ordered: what the state file keeps of a POST. Everything else follows from it and from the clock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::emulator::{
    clock::Instant,
    settings::{Currency, Money, PrefixPrice, Settings},
};

/// Placeholder keys and their values; keys are case-sensitive.
pub(super) type Values = BTreeMap<String, String>;

/// An accepted order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) created: Instant,
    pub(super) sender: String,
    pub(super) body: String,
    pub(super) kind: Kind,
    pub(super) coding: Coding,
    pub(super) priority: u8,
    /// As ordered, not sorted.
    pub(super) windows: Vec<Window>,
    pub(super) report_url: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) recipients: Recipients,
    pub(super) tariff: Tariff,
    /// Whether it holds a message from a handset (batch status 201).
    #[serde(default)]
    pub(super) is_incoming: bool,
}

/// A span in which messages may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Window {
    pub(super) opens: Instant,
    pub(super) closes: Instant,
}

/// Who gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Recipients {
    /// An array: the same text for all, duplicates kept.
    Plain(Vec<String>),
    /// A dictionary of dictionaries.
    Templated {
        numbers: BTreeMap<String, Values>,
        fallback: Values,
    },
}

impl Recipients {
    /// How many messages there will be.
    pub(super) fn count(&self) -> usize {
        match self {
            Recipients::Plain(numbers) => numbers.len(),
            Recipients::Templated { numbers, .. } => numbers.len(),
        }
    }
}

/// Type of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    #[serde(rename = "sms")]
    Sms,
    #[serde(rename = "flash")]
    Flash,
}

/// Character set that a batch allows or a message needs; written as the vendor's pages write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Coding {
    Gsm,
    Ucs,
}

/// Prices on the day of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tariff {
    pub(super) currency: Currency,
    per_segment: Money,
    prefixes: Vec<PrefixPrice>,
    surcharge: Money,
}

impl Tariff {
    /// The tariff for a new batch. Priority 2 costs 0.10 SEK or 0.01 EUR more a segment ("per SMS", S1 and S2).
    pub(super) fn new(settings: &Settings, priority: u8) -> Tariff {
        let surcharge = match (priority, settings.currency) {
            (2, Currency::Sek) => Money::from_micros(100_000),
            (2, Currency::Eur) => Money::from_micros(10_000),
            _ => Money::default(),
        };
        Tariff {
            currency: settings.currency,
            per_segment: settings.price_per_segment,
            prefixes: settings.prices.clone(),
            surcharge,
        }
    }

    /// Price of a whole message.
    pub(super) fn price(&self, msisdn: &str, segments: usize) -> Money {
        let prefixes = self.prefixes.iter().filter(|price| msisdn.starts_with(&price.prefix));
        let segment = prefixes
            .max_by_key(|price| price.prefix.len())
            .map_or(self.per_segment, |price| price.per_segment);
        segment.plus(self.surcharge).times(segments)
    }
}
