//! The documented shape of `results -o json`; every other format is made from it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::AmountView;

/// The document.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ResultsView {
    /// `1.0`.
    pub format_version: String,
    /// When it was read.
    pub now: String,
    /// The project's zone.
    pub timezone: String,
    /// When it was read, in that zone: for people.
    #[serde(skip)]
    pub read_at: String,
    /// One for each occurrence, by opening.
    pub campaigns: Vec<CampaignResultView>,
    /// Over all finished batches whose estimate is known, by currency.
    pub accuracy: Vec<AccuracyView>,
    /// Accounts or batches that could not be read.
    pub unread: Vec<String>,
}

/// One occurrence of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CampaignResultView {
    /// The campaign's reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// The account, by the provider's name.
    pub provider: String,
    /// First instant of its windows.
    pub opens: Option<String>,
    /// The same in the project's zone: for people.
    #[serde(skip)]
    pub opens_local: Option<String>,
    /// Whether nothing more will happen.
    pub finished: bool,
    /// Everybody together.
    #[serde(flatten)]
    pub all: OutcomeView,
    /// What the files expected; empty when they say something else today.
    pub estimate: Vec<AmountView>,
    /// Billed and estimated.
    pub segments: SegmentsView,
    /// Messages delivered within so long from the opening of the window, where the provider shows it.
    pub delivered_within: BTreeMap<String, u64>,
    /// By the number's country; `unknown` where the number does not show it.
    pub by_country: BTreeMap<String, OutcomeView>,
    /// By sender.
    pub by_sender: BTreeMap<String, OutcomeView>,
    /// By variant; empty where the campaign has none.
    pub by_variant: BTreeMap<String, OutcomeView>,
}

/// What became of some messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct OutcomeView {
    /// Messages that left; canceled ones did not.
    pub sent: u64,
    /// On the handset.
    pub delivered: u64,
    /// Not final.
    pub pending: u64,
    /// Canceled before sending.
    pub canceled: u64,
    /// Final and not delivered, by reason in plain words.
    pub failed: BTreeMap<String, u64>,
    /// Who has opted out since.
    pub opted_out: u64,
    /// Billed segments, where the provider shows them.
    pub segments_billed: Option<u64>,
    /// What the provider billed, by currency.
    pub cost: Vec<AmountView>,
}

impl OutcomeView {
    /// All failures.
    pub fn all_failed(&self) -> u64 {
        self.failed.values().sum()
    }
}

/// Billed and estimated segments.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SegmentsView {
    /// By the files; null when they say something else today.
    pub estimated: Option<u64>,
    /// By the provider; null when it does not show it.
    pub billed: Option<u64>,
}

/// By how much estimates were off, and why.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AccuracyView {
    /// ISO 4217.
    pub currency: String,
    /// Of finished batches whose estimate is known.
    pub estimate: String,
    /// What the provider billed for them.
    pub cost: String,
    /// Part of the difference that messages explain which nobody was billed for.
    pub rejected: String,
    /// Part that other segment counts explain.
    pub segments: String,
    /// What is left: prices.
    pub price: String,
}
