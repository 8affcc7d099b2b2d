//! Campaigns in the view of a plan: an occurrence with its people, texts, segments and money.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::AmountView;
use super::batch_view::{EncodingsView, WindowView};
use crate::model::{InvalidRows, counted, grouped};

/// A campaign's occurrence: what it says and what it costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CampaignView {
    /// Its reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// Its file.
    pub file: String,
    /// Where it goes.
    pub provider: String,
    /// Whom recipients see.
    pub sender: String,
    /// Its templates, never rendered.
    pub template: String,
    /// Further templates of single sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<String>,
    /// Its lists, each with its people and its templates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListView>,
    /// Zone name, or `recipient`.
    pub timezone: String,
    /// As declared.
    pub windows: Vec<WindowView>,
    /// How many operations concern it.
    pub operations: u64,
    /// Everything of it has been sent, or is being sent, as wanted.
    pub finished: bool,
    /// People who get a message.
    pub recipients: u64,
    /// People in what was planned of it before this plan; null when nothing was, or the provider does not show it.
    pub recipients_before: Option<u64>,
    /// Rows left out by `where`.
    pub filtered: u64,
    /// Rows left out by suppression lists.
    pub suppressed: u64,
    /// Rows whose number came before.
    pub duplicates: u64,
    /// Rows left out by `on_invalid`.
    pub invalid: u64,
    /// The same by what is wrong with them, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invalid_by: Option<InvalidView>,
    /// Billed units.
    pub segments: u64,
    /// Messages by their number of segments.
    pub segments_per_message: BTreeMap<String, u64>,
    /// Messages by encoding.
    pub encodings: EncodingsView,
    /// What forces UCS-2, costliest first.
    pub ucs2_causes: Vec<CauseView>,
    /// What replacing all of them would save, where that is more than each alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ucs2_together: Option<SavingView>,
    /// People who are held out of all marketing; only where the project has a holdout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holdout: Option<u64>,
    /// People who are left out since they get other texts (`on_pressure: skip`), by rule and by what they get.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkippedView>,
    /// How its parts open one step after the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<PaceView>,
    /// Who falls to which variant, in the file's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantView>,
    /// Who gets which text, where there are several languages.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, LanguageView>,
    /// People by country of their number (`??` unknown).
    pub countries: BTreeMap<String, u64>,
    /// The same with what it costs, when known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub country_costs: BTreeMap<String, CountryCostView>,
    /// With recipients' own zones: people by the level their zone came from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub zone_levels: BTreeMap<String, u64>,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
}

/// How the parts of an occurrence open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PaceView {
    /// Messages of one step at most.
    pub messages: u64,
    /// From one step to the next.
    pub per: String,
    /// How many steps.
    pub steps: u64,
    /// When the last one opens.
    pub last_opens: String,
    /// The same on the project's clock, where it has one: for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_opens_local: Option<String>,
}

impl PaceView {
    /// `at most 20,000 messages in 1h: 5 steps, the last opens at 2026-11-27T12:00:00Z`.
    pub fn sentence(&self) -> String {
        let (messages, per) = (counted(self.messages, "message", "messages"), &self.per);
        let steps = counted(self.steps, "step", "steps");
        format!(
            "at most {messages} in {per}: {steps}, the last opens at {}",
            self.last_opens_local.as_ref().unwrap_or(&self.last_opens)
        )
    }
}

/// People whom an occurrence leaves out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SkippedView {
    /// The limit: `1 within 24h`.
    pub rule: String,
    /// Campaigns whose texts they get within its period instead.
    pub instead: Vec<String>,
    /// How many.
    pub people: u64,
}

impl SkippedView {
    /// `412 people left out by 1 within 24h, who get early`.
    pub fn sentence(&self) -> String {
        let (people, get) = if self.people == 1 {
            ("1 person".to_owned(), "gets")
        } else {
            (format!("{} people", grouped(self.people)), "get")
        };
        let instead = self.instead.join(", ");
        format!("{people} left out by `{}`, who {get} {instead}", self.rule)
    }
}

/// Rows left out, by what is wrong with their number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct InvalidView {
    /// There is none.
    pub empty: u64,
    /// It cannot be read, or the row has not the header's number of cells.
    pub unreadable: u64,
    /// It is of a kind that `guards.number_types` does not name.
    pub wrong_type: u64,
}

impl CampaignView {
    /// `invalid (1 empty, 2 unreadable)`.
    pub fn invalid_word(&self) -> String {
        let by = self.invalid_by.unwrap_or_default();
        let rows = InvalidRows {
            empty: by.empty,
            unreadable: by.unreadable,
            wrong_type: by.wrong_type,
        };
        rows.word()
    }
}

/// What messages to one country cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CountryCostView {
    /// Billed units.
    pub segments: u64,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
}

/// A character that forces UCS-2.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CauseView {
    /// The character.
    pub character: String,
    /// `U+2019`.
    pub code_point: String,
    /// In how many messages.
    pub messages: u64,
    /// Segments that replacing it alone would save.
    pub extra_segments: u64,
    /// What could replace it.
    pub replacement: Option<String>,
    /// What that would save.
    pub saves: Vec<AmountView>,
}

/// What replacing characters would save.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SavingView {
    /// Segments fewer.
    pub segments: u64,
    /// In money.
    pub saves: Vec<AmountView>,
}

/// A list of recipients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListView {
    /// Its file, or its name under `sources`.
    pub list: String,
    /// Who of it gets a message.
    pub people: u64,
    /// What they may get, never rendered.
    pub templates: Vec<String>,
}

/// The people of one language.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LanguageView {
    /// People who get a message.
    pub recipients: u64,
    /// Billed units.
    pub segments: u64,
    /// Their text, never rendered.
    pub template: String,
}

/// A variant of the text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VariantView {
    /// Its name.
    pub name: String,
    /// Its share, in proportion to the others'.
    pub weight: u32,
    /// `false`: its people get nothing.
    pub send: bool,
    /// Who falls to it.
    pub people: u64,
    /// Billed units.
    pub segments: u64,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
    /// Its text, never rendered; empty where it sends nothing.
    pub template: String,
    /// The smallest difference between its share (of buyers, of clicks) and the first variant's that their sizes can
    /// show, in percentage points; `null` for the first, and where no difference would do.
    pub smallest_difference: Option<String>,
}
