//! The facts of an API on which settings, texts, payloads, estimates and decisions depend.

use rust_decimal::Decimal;

use super::Capabilities;
use crate::model::{Currency, Money};

/// An API, as far as anything outside its adapter depends on it.
#[derive(Debug)]
pub(crate) struct Profile {
    /// The date on which its facts were last compared with the vendor's pages.
    #[cfg_attr(not(test), expect(dead_code, reason = "a date for readers, which a test requires"))]
    pub verified: &'static str,
    /// The vendor, as messages name it.
    pub vendor: &'static str,
    /// What it can do with batches.
    pub can: Capabilities,
    /// Whether the vendor keeps opt-outs itself, else they come as texts.
    pub keeps_opt_outs: bool,
    /// Whether a batch may have priority 2.
    pub takes_priority: bool,
    /// Whether a batch chooses which delivery reports are posted, else there is one for each recipient and status.
    pub chooses_reports: bool,
    /// Whether confirmed deliveries can be reported.
    pub takes_feedback: bool,
    /// Longest text, in UTF-16 code units (the stricter reading of "characters"), before and after placeholders are
    /// filled.
    pub longest_body: usize,
    /// Longest value of a placeholder, in UTF-16 code units.
    pub longest_value: Option<usize>,
    /// The delimiters before and after the key of a placeholder.
    pub placeholder: [&'static str; 2],
    /// What a personalized text must not hold, because no document says how to write it literally.
    pub reserved: &'static [&'static str],
    /// The same in words.
    pub reserved_in_words: &'static str,
    /// A character that may escape the placeholder behind it.
    pub escape: Option<char>,
    /// Whether a batch has one data coding for all its messages, else each message has its own.
    pub codes_whole_batches: bool,
    /// What a segment costs more at priority 2.
    pub surcharge: Option<Surcharge>,
    /// The setting of a batch that bounds the segments of each message.
    pub segment_guard: Option<&'static str>,
}

/// A surcharge by segment in the currencies in which the vendor states it; elsewhere the last counts.
#[derive(Debug)]
pub(crate) struct Surcharge(pub(super) &'static [(&'static str, i64, u32)]);

impl Profile {
    /// A placeholder as the provider reads it.
    pub(crate) fn placeholder(&self, key: &str) -> String {
        let [before, after] = self.placeholder;
        format!("{before}{key}{after}")
    }
}

impl Surcharge {
    /// For an account that is billed in this currency.
    pub(crate) fn by_segment(&self, currency: Currency) -> Money {
        let amounts = (self.0.iter())
            .filter_map(|(code, amount, scale)| Some((Currency::parse(code).ok()?, Decimal::new(*amount, *scale))));
        let stated: Vec<(Currency, Decimal)> = amounts.collect();
        let own = stated.iter().find(|(stated, _)| *stated == currency);
        let (currency, amount) = own.or(stated.last()).copied().unwrap_or((currency, Decimal::ZERO));
        Money { amount, currency }
    }
}
