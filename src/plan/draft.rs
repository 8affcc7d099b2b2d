//! A decision in the making: what becomes of every wanted batch and of every planned one, before it is written down as
//! operations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::campaign::Rule;
use crate::model::{CampaignRef, Diagnostic, Group, NumberSet, OccurrenceKey, Part, Reference, Slot};

use super::held::HeldReason;
use super::operation::{Changed, Reason};
use super::parts::Want;
use super::plan::GuardLine;

/// What becomes of a wanted batch.
#[derive(Debug, Clone)]
pub(super) enum Status {
    /// The planned batch stays; a visible setting may differ that cannot be corrected.
    Keep { batch: usize, drift: Vec<Changed> },
    /// It is created.
    Create { starts_now: bool, resumed: bool },
    /// It takes a planned batch's place.
    Replace(Replacement),
    /// It waits for its time; a batch at another time is canceled meanwhile.
    Later { cancel: Option<usize> },
    /// All its windows are closed, and a batch at another time is canceled.
    Passed { cancel: usize },
    /// It is refused.
    Held(Hold),
    /// It has been sent as wanted.
    Done,
    /// `--campaign` leaves it out.
    Narrowed,
}

/// A planned batch and what comes in its place.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    pub batch: usize,
    pub starts_now: bool,
    /// By one PUT.
    pub in_place: bool,
    pub reason: Reason,
    pub changed: Vec<Changed>,
}

/// A refusal.
#[derive(Debug, Clone)]
pub(super) struct Hold {
    pub reason: HeldReason,
    /// The batch in the way.
    pub batch: Option<usize>,
    pub allow: Option<Rule>,
    /// What the override must name, where that is not the campaign or its occurrence.
    pub scope: Option<String>,
    pub message: String,
    pub needs_person: bool,
}

/// What becomes of a planned batch of ours.
#[derive(Debug, Clone)]
pub(super) enum Disposition {
    /// It is as wanted.
    Kept,
    /// A wanted batch takes its place.
    Replaced(usize),
    /// It is canceled.
    Cancel(Cancellation),
    /// It stays although nobody wants it so.
    Stay,
}

/// A cancel.
#[derive(Debug, Clone)]
pub(super) struct Cancellation {
    pub reason: Reason,
    /// Row 10 without a tombstone: the cancel guards count it.
    pub is_guarded: bool,
    /// Wanted batches that take its people over: it stays while one of them is held.
    pub successors: Vec<usize>,
    /// Others in it who are no longer reached (suppressed only).
    pub silenced: Option<u64>,
}

impl Cancellation {
    pub(super) fn of(reason: Reason) -> Self {
        Self {
            reason,
            is_guarded: false,
            successors: Vec::new(),
            silenced: None,
        }
    }
}

/// A planned batch that must be gone, and proved silent, before a wanted one is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wait {
    pub batch: usize,
    pub why: WaitReason,
}

/// Why a wanted batch waits for another to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WaitReason {
    /// The same occurrence, people in common.
    SameOccurrence,
    /// A campaign without a file, or another namespace.
    Renamed,
    /// An occurrence that the schedule no longer names.
    Unscheduled,
    /// An older revision.
    OlderRevision,
}

/// What is known while a decision is made.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub wants: Vec<Want<'a>>,
    /// One for each of `wants`.
    pub statuses: Vec<Status>,
    /// One for each of `wants`.
    pub waits: Vec<BTreeSet<Wait>>,
    pub wanted: BTreeMap<Slot, usize>,
    /// Planned batches of ours that count.
    pub dispositions: BTreeMap<usize, Disposition>,
    /// Repairs and suppressions: gone whatever else is decided.
    pub cleared: BTreeMap<usize, Cancellation>,
    /// Wanted batches that would gain from each other in place: canceled, proved, created instead.
    pub not_in_place: BTreeSet<usize>,
    /// Batches that lose people in place.
    pub removals: BTreeMap<usize, Removal>,
    /// Refusals that concern a batch and no wanted one.
    pub batch_holds: BTreeMap<usize, Hold>,
    pub guards: Vec<GuardLine>,
    /// Lines that would give a price to what has none.
    pub price_lines: Vec<String>,
    /// What must be read first of all.
    pub alarms: Vec<String>,
    pub diagnostics: Vec<Diagnostic>,
}

/// People who are taken out in place.
#[derive(Debug, Clone)]
pub(super) struct Removal {
    pub people: Arc<NumberSet>,
    pub reason: Reason,
}

impl<'a> Draft<'a> {
    /// Wanted batches with their status, by index.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &Want<'a>, &Status)> {
        (self.wants.iter().zip(&self.statuses).enumerate()).map(|(w, (want, status))| (w, want, status))
    }

    pub(super) fn want(&self, w: usize) -> &Want<'a> {
        #[expect(clippy::indexing_slicing, reason = "indices are made from this vector alone")]
        &self.wants[w]
    }

    pub(super) fn status(&self, w: usize) -> &Status {
        #[expect(clippy::indexing_slicing, reason = "as long as `wants`, by construction")]
        &self.statuses[w]
    }

    /// Wanted batches of one occurrence.
    pub(super) fn wants_of(
        &self,
        campaign: &CampaignRef,
        occurrence: OccurrenceKey,
    ) -> impl Iterator<Item = usize> + '_ {
        let first = Slot {
            campaign: campaign.clone(),
            occurrence,
            group: Group::Single,
            part: Part::WHOLE,
        };
        (self.wanted.range(first.clone()..))
            .take_while(move |(slot, _)| slot.campaign == first.campaign && slot.occurrence == first.occurrence)
            .map(|(_, w)| *w)
    }

    /// Refuses a wanted batch that would be created or replaced; returns whether that is new.
    pub(super) fn hold(&mut self, w: usize, hold: Hold) -> bool {
        match self.statuses.get_mut(w) {
            Some(status) if status.sends() => {
                *status = Status::Held(hold);
                true
            }
            _ => false,
        }
    }

    /// Whether a planned batch leaves by this plan: canceled, or replaced by a batch that is not held.
    pub(super) fn leaves(&self, batch: usize) -> bool {
        match self.dispositions.get(&batch) {
            Some(Disposition::Cancel(_)) => true,
            Some(Disposition::Replaced(w)) => self.status(*w).sends(),
            Some(Disposition::Kept | Disposition::Stay) | None => false,
        }
    }

    /// Whether a batch is wanted exactly as it is, fingerprint included: then it shares nobody with any other wanted
    /// one.
    pub(super) fn is_wanted_exactly(&self, reference: &Reference) -> bool {
        (self.wanted.get(&reference.slot)).is_some_and(|w| self.want(*w).reference.fingerprint == reference.fingerprint)
    }
}

impl Status {
    /// Whether people of an older batch would be left without any if it went. What has passed takes nobody over.
    pub(super) fn withholds_people(&self) -> bool {
        match self {
            Self::Held(hold) => hold.reason != HeldReason::WindowPassed,
            Self::Narrowed => true,
            Self::Keep { .. }
            | Self::Create { .. }
            | Self::Replace(_)
            | Self::Later { .. }
            | Self::Passed { .. }
            | Self::Done => false,
        }
    }

    /// Whether something would be sent.
    pub(super) fn sends(&self) -> bool {
        match self {
            Self::Create { .. } | Self::Replace(_) => true,
            Self::Keep { .. }
            | Self::Later { .. }
            | Self::Passed { .. }
            | Self::Held(_)
            | Self::Done
            | Self::Narrowed => false,
        }
    }
}
