//! Batches in the view of a plan: what is done, held and kept, and what comes later.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::AmountView;

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
    /// neither shows it.
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
    /// With recipients' own zones: whose clocks these are, by the countries of their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
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
    /// People, by the files as they are now.
    pub recipients: u64,
}
