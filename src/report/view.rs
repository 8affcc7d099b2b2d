//! The one view of a plan: what `plan -o json` prints, what `--save` keeps, and what every other format is made from.
//!
//! In: a plan. Out: plain values, instants as `...Z`, money as decimal strings. Never: a phone number or a rendered body.
//! Fields may be added in any release; none is renamed or dropped (`docs/contract.md`). Readers ignore fields they do not know.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::AmountView;
use super::change_view::ChangeView;
use super::source_view::SourceView;
use crate::model::{InvalidRows, counted, grouped};

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
    /// Per campaign, codes of the people whom suppressions and opt-outs left out: `apply FILE` tells by them who came later. A
    /// code is shared by hundreds of numbers.
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

/// One operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OperationView {
    /// `create`, `replace`, `update` or `cancel`.
    pub action: String,
    /// The campaign's reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// The account, by the provider's name.
    pub provider: String,
    /// The new reference; of a cancel, the one canceled.
    pub reference: String,
    /// The batch replaced, changed or canceled.
    pub batch_id: Option<String>,
    /// Digests of operations that must be done and proved first.
    pub after: Vec<String>,
    /// Closed enum.
    pub reason: String,
    /// Closed enum: what differs.
    pub changed: Vec<String>,
    /// What the batch says that it replaces, changes or cancels; null for a create of something new.
    pub before: Option<BeforeView>,
    /// Of this operation.
    pub digest: String,
    /// As sent to the provider.
    pub windows: Vec<WindowView>,
    /// Its window is open or nearer than `freeze_before`.
    pub starts_now: bool,
    /// With recipients' own zones: whose clocks these are, by the countries of their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// k (from 1) of n.
    pub part: [u32; 2],
    /// People; null for a cancel.
    pub recipients: Option<u64>,
    /// Billed units; null for a cancel.
    pub segments: Option<u64>,
    /// Messages by encoding.
    pub encodings: Option<EncodingsView>,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
}

/// What a batch says at its provider, as far as it is shown there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BeforeView {
    /// Whom recipients would have seen.
    pub sender: Option<String>,
    /// The template as the journal remembers it, else the provider's text with fields in the place of cells; null where
    /// neither tells.
    pub text: Option<String>,
    /// Further templates of its campaign.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// In order of opening.
    pub windows: Vec<WindowView>,
    /// People, when they were read.
    pub recipients: Option<u64>,
    /// Billed units, when the journal remembers them.
    pub segments: Option<u64>,
    /// What it would have cost, when the journal remembers it.
    pub estimate: Vec<AmountView>,
    /// People of the new batch who are not in it, when they were read.
    pub joined: Option<u64>,
    /// People in it who are not in the new batch, when they were read.
    pub left: Option<u64>,
}

/// Messages by encoding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EncodingsView {
    /// GSM-7.
    pub gsm7: u64,
    /// UCS-2.
    pub ucs2: u64,
}

/// A delivery window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WindowView {
    /// First instant inside.
    pub opens: String,
    /// First instant after.
    pub closes: String,
    /// In words: local time, zone, offset and UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The zone (`calendar` and campaigns).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Clocks change between now and then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clock_changes: Vec<String>,
    /// `calendar` only: those whose window it is. With recipients' own zones each zone has its own people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleView>,
}

/// How many get a text in a window, and what that would cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PeopleView {
    /// People, one message each.
    pub recipients: u64,
    /// Billed units.
    pub segments: u64,
    /// Price before sending.
    pub estimate: Vec<AmountView>,
}

/// Something held.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HeldView {
    /// The campaign's reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// The account, by the provider's name.
    pub provider: String,
    /// The reference it would have, or has.
    pub reference: String,
    /// The batch in the way.
    pub batch_id: Option<String>,
    /// Closed enum.
    pub reason: String,
    /// What happened and why it is held.
    pub message: String,
    /// The option that allows it, when one does: `starts-now=black-friday`.
    pub allow: Option<String>,
    /// Whether a person has to do something.
    pub needs_person: bool,
    /// What is held: `send`, or `cancel` of a batch that should leave; null in plans of early versions.
    pub action: Option<String>,
    /// People concerned, when known: of what would be sent, or of the batch that stays.
    pub recipients: Option<u64>,
    /// Billed units of what would be sent.
    pub segments: Option<u64>,
    /// What that would cost.
    pub estimate: Vec<AmountView>,
    /// When it would be sent, or when the batch that stays opens.
    pub windows: Vec<WindowView>,
}

/// A batch that stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KeptView {
    /// The campaign's reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// The account, by the provider's name.
    pub provider: String,
    /// As stored.
    pub reference: String,
    /// The provider's id.
    pub batch_id: String,
    /// When its first window opens.
    pub opens: Option<String>,
    /// People; null when its content could not be judged.
    pub recipients: Option<u64>,
}

/// A batch that waits for its time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LaterView {
    /// The campaign's reference.
    pub campaign: String,
    /// Nominal local time; null for a one-off.
    pub occurrence: Option<String>,
    /// Where it will go.
    pub provider: String,
    /// When it opens.
    pub opens: String,
    /// From then on an apply creates it.
    pub apply_from: String,
    /// By then an apply must have run.
    pub apply_by: String,
    /// The same on the project's clock, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apply_by_local: Option<String>,
    /// People, as the files stand.
    pub recipients: u64,
}

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
    /// People in what was planned of it before this plan; null when nothing was, or the provider does not tell.
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
}

impl PaceView {
    /// `at most 20,000 messages in 1h: 5 steps, the last opens at 2026-11-27T12:00:00Z`.
    pub fn sentence(&self) -> String {
        let (messages, per) = (counted(self.messages, "message", "messages"), &self.per);
        let steps = counted(self.steps, "step", "steps");
        format!(
            "at most {messages} in {per}: {steps}, the last opens at {}",
            self.last_opens
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
    /// What could stand in its place.
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
    /// The smallest difference between its share (of buyers, of clicks) and the first variant's that their sizes can show,
    /// in percentage points; `null` for the first, and where no difference would do.
    pub smallest_difference: Option<String>,
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
