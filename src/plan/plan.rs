//! A plan: everything that a run would do, would not do, and why. All of it is data; nothing is decided later.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::campaign::Rule;
use crate::model::{
    BatchId, CampaignRef, Diagnostic, Estimate, Group, Instant, InvalidRows, Namespace, NumberSet, OccurrenceKey, Pace,
    ProviderName, Reference, Severity,
};

use super::held::{HeldItem, HeldReason};
use super::operation::{Action, Operation, OperationDigest};
use super::pressure::SkippedPeople;
use crate::desired::UcsCause;

/// Everything that a run would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Whose batches.
    pub namespace: Namespace,
    /// The clock, read once.
    pub now: Instant,
    /// Whether every list was read completely; if not, there are no operations.
    pub complete: bool,
    /// Made without reading any provider: never applicable.
    pub offline: bool,
    /// Narrowed by `--campaign`.
    pub partial: bool,
    /// In the order in which they are carried out.
    pub operations: Vec<Operation>,
    /// How many different people the operations would text.
    pub people: u64,
    /// How many different people what is wanted and held would text.
    pub held_people: u64,
    /// What is refused for safety.
    pub held: Vec<HeldItem>,
    /// Batches that are as wanted.
    pub kept: Vec<KeptItem>,
    /// What waits for its time.
    pub later: Vec<LaterItem>,
    /// Batches of others.
    pub foreign: u64,
    /// Our batches that are over, or silent.
    pub history: u64,
    /// One per occurrence that has anything in this plan.
    pub campaigns: Vec<CampaignSummary>,
    /// What must be read first of all: what goes out although the files say otherwise.
    pub alarms: Vec<String>,
    /// Limits that are set, with this plan's totals.
    pub guards: Vec<GuardLine>,
    /// Lines for `prices` of `campanile.yaml` that would give a price to what a guard holds for want of one.
    pub price_lines: Vec<String>,
    /// Overrides that were needed, as `RULE=REF`.
    pub overrides_used: Vec<String>,
    /// Providers at whose account this project is at home although its journal does not say so yet.
    pub recognized: Vec<ProviderName>,
    /// Warnings, notes, errors.
    pub diagnostics: Vec<Diagnostic>,
    /// When the next apply must have run for everything that waits; `None` when nothing waits.
    pub next_apply_by: Option<Instant>,
    /// Digest over all operations.
    pub digest: String,
}

/// A batch that is as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptItem {
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// What it is.
    pub reference: Reference,
    /// Its name there.
    pub batch_id: BatchId,
    /// When it opens.
    pub opens: Option<Instant>,
    /// How many people; `None` when its content could not be judged.
    pub recipients: Option<u64>,
}

/// A batch that waits for its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterItem {
    /// Where it will go.
    pub provider: ProviderName,
    /// What it would be, were it created now.
    pub reference: Reference,
    /// When it opens.
    pub opens: Instant,
    /// From then on an apply creates it.
    pub apply_from: Instant,
    /// By then an apply must have run.
    pub apply_by: Instant,
    /// How many people, by the files as they are now.
    pub recipients: u64,
}

/// A campaign's occurrence, for showing.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignSummary {
    /// The campaign's reference.
    pub campaign: CampaignRef,
    /// Which firing.
    pub occurrence: OccurrenceKey,
    /// Relative to the project root.
    pub file: PathBuf,
    /// Where it goes.
    pub provider: ProviderName,
    /// Whom recipients see.
    pub sender: String,
    /// Every template; never rendered.
    pub templates: Vec<String>,
    /// IANA name, or `recipient`.
    pub timezone: String,
    /// Operations of this plan.
    pub operations: u64,
    /// Everything of it has been sent, or is being sent, as wanted.
    pub finished: bool,
    /// People wanted, over all its batches.
    pub recipients: u64,
    /// People in what was planned of it before this plan; `None` when nothing was, or the provider does not show it.
    pub recipients_before: Option<u64>,
    /// People whom it leaves out, since they get other texts.
    pub skipped: Vec<SkippedPeople>,
    /// Who they are, by group.
    pub left_out: BTreeMap<Group, NumberSet>,
    /// How its parts open one step after the other.
    pub pace: Option<CampaignPace>,
    /// Rows left out by `where`.
    pub filtered: u64,
    /// Rows left out by suppression lists.
    pub suppressed: u64,
    /// Rows whose number an earlier row had.
    pub duplicates: u64,
    /// Rows left out by `on_invalid`.
    pub invalid: InvalidRows,
    /// Billed units, over all its batches.
    pub segments: u64,
    /// Messages by their number of segments.
    pub segments_per_message: BTreeMap<u32, u64>,
    /// What forces UCS-2, costliest first.
    pub ucs2_causes: Vec<UcsCause>,
    /// Segments and money that replacing all of them would save, where that is more than each alone.
    pub ucs2_together: Option<(u64, Estimate)>,
    /// What all its batches would cost.
    pub estimate: Estimate,
}

/// How the parts of an occurrence open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignPace {
    /// As declared.
    pub pace: Pace,
    /// How many steps.
    pub steps: u32,
    /// When the last step opens.
    pub last_opens: Instant,
}

/// A limit, and this plan's total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardLine {
    /// Which rule an override must name.
    pub rule: Rule,
    /// What it is about: a campaign, an occurrence; `None` is the whole run.
    pub scope: Option<String>,
    /// What is.
    pub actual: String,
    /// What may be.
    pub limit: String,
    /// Whether it holds something.
    pub tripped: bool,
    /// Whether it would, but for an override.
    pub allowed: bool,
}

/// Counts, as in the JSON: `recipients segments estimate` are what the operations would send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanSummary {
    /// New batches.
    pub create: u64,
    /// Batches in the place of others.
    pub replace: u64,
    /// Batches that lose people in place.
    pub update: u64,
    /// Batches canceled.
    pub cancel: u64,
    /// Batches that are as wanted.
    pub keep: u64,
    /// Refused for safety.
    pub held: u64,
    /// Waiting for their time.
    pub later: u64,
    /// Of others.
    pub foreign: u64,
    /// Messages, one for each person of each batch.
    pub recipients: u64,
    /// People who would be texted, each once.
    pub people: u64,
    /// Billed units.
    pub segments: u64,
    /// What it would cost.
    pub estimate: Estimate,
    /// People whom what is wanted and held would text, each once.
    pub held_people: u64,
}

impl Plan {
    /// Counts of what is in it.
    pub fn summary(&self) -> PlanSummary {
        let of = |action| count(self.operations.iter().filter(|o| o.action == action));
        let mut summary = PlanSummary {
            create: of(Action::Create),
            replace: of(Action::Replace),
            update: of(Action::Update),
            cancel: of(Action::Cancel),
            keep: count(self.kept.iter()),
            held: count(self.held.iter()),
            later: count(self.later.iter()),
            foreign: self.foreign,
            people: self.people,
            held_people: self.held_people,
            ..PlanSummary::default()
        };
        for content in self.operations.iter().filter_map(|o| o.content.as_ref()) {
            summary.recipients += content.recipients;
            summary.segments += content.segments;
            summary.estimate.merge(&content.estimate);
        }
        summary
    }

    /// Whether a limit holds something, or opt-outs that cannot be read (exit 3).
    pub fn is_refused_by_guard(&self) -> bool {
        let is_unread = |item: &HeldItem| item.reason == HeldReason::OptOutsUnreadable;
        self.guards.iter().any(|guard| guard.tripped) || self.held.iter().any(is_unread)
    }

    /// Whether the guard on a suppression list that lost somebody holds something.
    pub fn trips_on_list(&self, file: &str) -> bool {
        let is_it = |guard: &GuardLine| guard.rule == Rule::SuppressionShrink && guard.scope.as_deref() == Some(file);
        self.guards.iter().any(|guard| guard.tripped && is_it(guard))
    }

    /// Whether something wanted waits for a person: `apply` must not end as if everything were done (exit 3).
    pub fn is_waiting_for_a_person(&self) -> bool {
        self.held.iter().any(|item| item.is_wanted && item.needs_person)
    }

    /// Whether the input has an error (exit 65).
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Whether `--strict` refuses it: a warning, or something held that needs a person.
    pub fn is_refused_by_strict(&self) -> bool {
        self.held.iter().any(|item| item.needs_person)
            || (self.diagnostics.iter()).any(|d| d.severity <= Severity::Warning)
    }

    /// An operation by its name.
    pub fn operation(&self, digest: &OperationDigest) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.digest == *digest)
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}
