//! The one view of a plan: what `plan -o json` prints, what `--save` keeps, and what every other format is made from.
//!
//! In: a plan. Out: plain values, instants as `...Z`, money as decimal strings. Never: a phone number or a rendered
//! body. Fields may be added in any release; none is renamed or dropped (`docs/contract.md`). Readers ignore fields
//! they do not know.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::AmountView;
use super::batch_view::{HeldView, KeptView, LaterView, OperationView};
use super::campaign_view::CampaignView;
use super::change_view::ChangeView;
use super::source_view::SourceView;

/// The format of saved plans and of all JSON output.
pub const FORMAT_VERSION: &str = "1.0";

/// A plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PlanView {
    /// `1.0`; a reader refuses another major version.
    pub format_version: String,
    /// `campanile 0.1.0`.
    pub tool: String,
    /// Version of the time zone data.
    pub tzdb: String,
    /// The instant planned by.
    pub now: String,
    /// The same on the project's clock, where it has one: for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now_local: Option<String>,
    /// When it was made, by the machine's clock.
    pub created_at: String,
    /// After this instant it is not applied.
    pub expires_at: String,
    /// The same on the project's clock, where it has one: for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_local: Option<String>,
    /// Over all operations and accounts: two plans with one digest do the same.
    pub digest: String,
    /// Over all that this document says: one that was edited by hand is no approval.
    pub seal: String,
    /// The project's namespace.
    pub namespace: String,
    /// Whether every provider was read completely.
    pub complete: bool,
    /// Made without asking any provider: never applicable.
    pub offline: bool,
    /// Narrowed by `--campaign`.
    pub partial: bool,
    /// The campaigns it was narrowed to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selected: Vec<String>,
    /// Overrides it was made with, as `RULE=REF`: an approval of them too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// Made with `--at`: not applicable to a real provider.
    pub pretended: bool,
    /// By when an apply must run so that no occurrence is missed.
    pub next_apply_by: Option<String>,
    /// The same on the project's clock, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_apply_by_local: Option<String>,
    /// Per campaign, codes of the people whom suppressions and opt-outs left out: with them `apply FILE` finds who came
    /// later. A code is shared by hundreds of numbers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, String>,
    /// What the change of the files does, when there were others to compare with (`plan --base`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeView>,
    /// Sums over all operations.
    pub summary: Summary,
    /// What would be done, in order.
    pub operations: Vec<OperationView>,
    /// What would be logical and is refused for safety.
    pub held: Vec<HeldView>,
    /// What stays as it is.
    pub kept: Vec<KeptView>,
    /// Occurrences beyond the horizon.
    pub later: Vec<LaterView>,
    /// One entry per campaign and occurrence.
    pub campaigns: Vec<CampaignView>,
    /// What was read elsewhere than in plain files, or is held to expectations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceView>,
    /// What must be read first of all: what goes out although the files say otherwise.
    pub alarms: Vec<String>,
    /// Limits and what they were compared with.
    pub guards: Vec<GuardView>,
    /// Lines for `prices` of `campanile.yaml` that would give a price to what a guard holds for want of one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub price_lines: Vec<String>,
    /// Faults and warnings.
    pub diagnostics: Vec<DiagnosticView>,
}

/// Sums: `recipients`, `segments` and `estimate` are what the operations would send; the others count batches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Summary {
    /// Batches to create.
    pub create: u64,
    /// Batches to replace.
    pub replace: u64,
    /// Batches to change in place.
    pub update: u64,
    /// Batches to cancel.
    pub cancel: u64,
    /// Batches that stay.
    pub keep: u64,
    /// Batches held.
    pub held: u64,
    /// Batches that wait for a later apply.
    pub later: u64,
    /// Batches of others.
    pub foreign: u64,
    /// Messages, one for each person of each batch.
    pub recipients: u64,
    /// People, each once.
    pub people: u64,
    /// Billed units.
    pub segments: u64,
    /// One amount per currency.
    pub estimate: Vec<AmountView>,
    /// People whom what is held would text, each once.
    pub held_people: u64,
}

/// A limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GuardView {
    /// As `--allow` names it.
    pub rule: String,
    /// What it looks at (a campaign, an occurrence; empty for the run).
    pub subject: String,
    /// What was found.
    pub actual: String,
    /// What is allowed.
    pub limit: String,
    /// Whether it stops something.
    pub tripped: bool,
    /// Whether it was explicitly allowed.
    pub allowed: bool,
}

/// A fault, a warning or a note.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DiagnosticView {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// `C014`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Where, if in a file.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// What can be done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}
