//! One step of a plan: what is sent, replaced or canceled, and why. `apply` needs nothing else to carry it out.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    BatchId, CampaignRef, Datacoding, Estimate, ExistingBatch, Group, Instant, LocalTime, Msisdn, NumberSet,
    OccurrenceKey, ProviderName, Reference, Window, Windows,
};

use super::previous::Previous;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A new batch.
    Create,
    /// A batch in the place of another.
    Replace,
    /// People taken out of a batch.
    Update,
    /// A batch is canceled.
    Cancel,
}

impl Action {
    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Update => "update",
            Self::Cancel => "cancel",
        }
    }

    /// `+ ~ ~ -`: for lists.
    pub fn glyph(self) -> char {
        match self {
            Self::Create => '+',
            Self::Replace | Self::Update => '~',
            Self::Cancel => '-',
        }
    }
}

/// How a provider is made to carry out an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// One POST.
    Create,
    /// Cancel the target, prove it silent, then POST.
    CancelThenCreate,
    /// One PUT on the target, settled by a GET that must show the new reference.
    PutInPlace,
    /// Take these people out of the target, which keeps its reference.
    RemoveInPlace(Arc<NumberSet>),
    /// One DELETE, then proof of silence.
    Cancel,
}

impl How {
    /// In words.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::CancelThenCreate => "cancel-then-create",
            Self::PutInPlace => "put-in-place",
            Self::RemoveInPlace(_) => "remove-in-place",
            Self::Cancel => "cancel",
        }
    }
}

/// Why an operation is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nothing of it exists.
    New,
    /// Canceled by somebody, and resumed by an override.
    Resumed,
    /// A renamed campaign's batch, in the place of the old name's.
    Renamed,
    /// The files moved.
    Changed,
    /// The provider moved.
    Drift,
    /// Another number of parts.
    Repartitioned,
    /// Other delivery groups (a zone was edited).
    Regrouped,
    /// The campaign goes to another provider.
    ProviderMoved,
    /// Nobody is left in this part or group.
    Emptied,
    /// Another live batch has the same slot or the same people.
    Duplicate,
    /// All its windows have passed, by the files.
    WindowPassed,
    /// Moved to a time that the provider cannot take yet.
    Postponed,
    /// The campaign has no file any more.
    FileRemoved,
    /// `state: canceled`.
    StateCanceled,
    /// The schedule does not name this occurrence any more.
    Unscheduled,
    /// The one-off has another revision.
    RevisionRaised,
    /// Somebody in it must not be texted.
    Suppressed,
}

impl Reason {
    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Resumed => "resumed",
            Self::Renamed => "renamed",
            Self::Changed => "changed",
            Self::Drift => "drift",
            Self::Repartitioned => "repartitioned",
            Self::Regrouped => "regrouped",
            Self::ProviderMoved => "provider_moved",
            Self::Emptied => "emptied",
            Self::Duplicate => "duplicate",
            Self::WindowPassed => "window_passed",
            Self::Postponed => "postponed",
            Self::FileRemoved => "file_removed",
            Self::StateCanceled => "state_canceled",
            Self::Unscheduled => "unscheduled",
            Self::RevisionRaised => "revision_raised",
            Self::Suppressed => "suppressed",
        }
    }
}

/// What differs between a batch and its replacement, as far as it is visible: iP.1 shows neither texts nor people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Changed {
    /// The provider, or the account.
    Provider,
    /// The sender.
    Sender,
    /// `sms` or `flash`.
    Type,
    /// `gsm` or `ucs`.
    Datacoding,
    /// 1 or 2.
    Priority,
    /// Where reports go.
    ReportUrl,
    /// The delivery windows.
    Windows,
    /// Who gets it (the people were read).
    Recipients,
    /// What they get (the people were read, and are the same).
    Body,
    /// Texts or people; which of them is not visible.
    Content,
    /// Other tags.
    Tags,
}

impl Changed {
    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Sender => "sender",
            Self::Type => "type",
            Self::Datacoding => "datacoding",
            Self::Priority => "priority",
            Self::ReportUrl => "report_url",
            Self::Windows => "windows",
            Self::Recipients => "recipients",
            Self::Body => "body",
            Self::Content => "content",
            Self::Tags => "tags",
        }
    }
}

/// Names an operation by what it does; the same in every run that decides the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationDigest(pub String);

impl std::fmt::Display for OperationDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// An existing batch that an operation touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where it is: not always where the operation's new batch goes.
    pub provider: ProviderName,
    /// Its name there.
    pub id: BatchId,
    /// As read: a fresh read must still show it.
    pub reference: Reference,
    /// It is ours by its id alone: what it shows as its reference says nothing.
    pub by_id: bool,
    /// As read, in order of opening.
    pub windows: Vec<Window>,
}

impl Target {
    /// When its first window opens.
    pub fn opens(&self) -> Option<Instant> {
        self.windows.first().map(|w| w.opens())
    }
}

/// What would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// People, one message each.
    pub recipients: u64,
    /// Billed units.
    pub segments: u64,
    /// Messages that fit GSM-7.
    pub messages_gsm7: u64,
    /// Messages that need UCS-2.
    pub messages_ucs2: u64,
    /// Segments of the longest message.
    pub max_segments_per_message: u32,
    /// What they would cost.
    pub estimate: Estimate,
    /// As sent to the provider.
    pub datacoding: Datacoding,
    /// All windows as declared: what the fingerprint covers.
    pub declared: Windows,
    /// People of the lists whom it leaves out, since they get other texts.
    pub left_out: NumberSet,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it does.
    pub action: Action,
    /// How it is taken out.
    pub how: How,
    /// Where it goes; for a cancel or update, where the target is.
    pub provider: ProviderName,
    /// Create, replace: the new batch's. Cancel, update: the target's.
    pub reference: Reference,
    /// What it replaces, takes people out of, or cancels.
    pub target: Option<Target>,
    /// Operations that must have ended well before this one *creates or puts*: cancels proved silent, changes in place
    /// confirmed. All of them come before this one in the plan.
    pub after: Vec<OperationDigest>,
    /// The reason.
    pub reason: Reason,
    /// What differs.
    pub changed: Vec<Changed>,
    /// What the batch says that it replaces, changes or cancels. No part of its name.
    pub before: Option<Previous>,
    /// Its name.
    pub digest: OperationDigest,
    /// What is sent when it is carried out at the plan's `now`; for a cancel, the target's windows.
    pub windows: Vec<Window>,
    /// It opens sooner than `freeze_before`, by an override: windows are cut when it is sent
    /// ([`Operation::windows_at`]).
    pub starts_now: bool,
    /// What would be sent; `None` for a cancel or update.
    pub content: Option<Content>,
    /// People of the target who would no longer be reached besides the suppressed ones, when they were counted.
    pub silenced: Option<u64>,
    /// When it must have begun, and by when a create must have left.
    pub deadline: Deadline,
    /// What must be known of the occurrence before something is created.
    pub peers: Arc<Peers>,
}

/// Until when an operation may be carried out, by a fresh clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Its first effect (DELETE, PUT, POST) leaves at this instant at the latest, else it is refused.
    pub begin_by: Instant,
    /// Its POST leaves at this instant at the latest; `None` when there is none.
    pub create_by: Option<Instant>,
    /// Nothing opens sooner than this after its POST.
    pub settle: Duration,
}

/// What the plan knew of an occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peers {
    /// Every batch of the occurrence that the plan looked at.
    pub known: Vec<(ProviderName, BatchId)>,
    /// Every batch that the files want of it; they share nobody.
    pub wanted: Vec<Reference>,
}

impl Operation {
    /// The campaign's reference.
    pub fn campaign(&self) -> &CampaignRef {
        &self.reference.slot.campaign
    }

    /// Which firing.
    pub fn occurrence(&self) -> OccurrenceKey {
        self.reference.slot.occurrence
    }

    /// Nominal local time, or `None` for a one-off.
    pub fn nominal(&self) -> Option<LocalTime> {
        self.occurrence().as_nominal()
    }

    /// k, counted from 1, and n.
    pub fn part(&self) -> (u32, u32) {
        let part = self.reference.slot.part;
        (u32::from(part.k()) + 1, part.n())
    }

    /// Whether it sends something.
    pub fn sends(&self) -> bool {
        match self.action {
            Action::Create | Action::Replace => true,
            Action::Update | Action::Cancel => false,
        }
    }

    /// People that are taken out in place.
    pub fn removals(&self) -> impl Iterator<Item = Msisdn> + '_ {
        match &self.how {
            How::RemoveInPlace(numbers) => Some(numbers.iter()),
            How::Create | How::CancelThenCreate | How::PutInPlace | How::Cancel => None,
        }
        .into_iter()
        .flatten()
    }

    /// The windows to send when the POST leaves at this instant; `None` when it is too late.
    pub fn windows_at(&self, clock: Instant) -> Option<Windows> {
        let content = self.content.as_ref()?;
        if self.deadline.create_by.is_some_and(|by| clock > by) {
            None
        } else if self.starts_now {
            windows_still_ahead(&content.declared, clock, self.deadline.settle)
        } else {
            Some(content.declared.clone())
        }
    }

    /// A batch at the newest end of the list that the plan did not know and that may hold the same people: it stops the
    /// create.
    pub fn stopped_by<'a>(&self, newest: &'a [ExistingBatch]) -> Option<&'a ExistingBatch> {
        newest.iter().find(|batch| {
            let Some(reference) = &batch.reference else {
                return false;
            };
            reference.namespace == self.reference.namespace
                && reference.slot.campaign == self.reference.slot.campaign
                && reference.slot.occurrence == self.reference.slot.occurrence
                && reference.slot.part.may_share(self.reference.slot.part)
                && reference.slot.group != Group::Test
                && !(self.peers.known.iter()).any(|(provider, id)| *provider == batch.provider && *id == batch.id)
                && (*reference == self.reference || !self.peers.wanted.contains(reference))
        })
    }
}

/// The declared windows that still have time ahead, none opening sooner than `settle` from `clock`.
pub fn windows_still_ahead(declared: &Windows, clock: Instant, settle: Duration) -> Option<Windows> {
    // Windows keep whole seconds: round up, never to the second before.
    let earliest = (clock + settle + Duration::from_millis(999)).truncated_to_seconds();
    let ahead = declared
        .as_slice()
        .iter()
        .filter_map(|window| Window::new(window.opens().max(earliest), window.closes()).ok())
        .collect();
    Windows::new(ahead).ok()
}
