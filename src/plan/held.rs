//! What a plan holds for safety, each with its reason as a value.

use crate::campaign::Rule;
use crate::model::{BatchId, Estimate, LocalTime, ProviderName, Reference, Window};

/// Why something is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeldReason {
    /// It has begun to be sent: never again.
    AlreadySent,
    /// Somebody canceled it at the provider.
    CanceledAtProvider,
    /// It opens sooner than `freeze_before`, or is open: it may have been sent and erased.
    StartsNow,
    /// There is no time left to replace a batch safely.
    TooLate,
    /// All its windows have passed.
    WindowPassed,
    /// Another batch of the occurrence may hold the same people and cannot be canceled.
    OccurrenceBegun,
    /// A batch of a campaign without a file, or of another namespace, looks like the same thing.
    LooksRenamed,
    /// A batch that the schedule no longer names is too near.
    PossibleDuplicate,
    /// A create was not answered.
    UnknownOutcome,
    /// It is being sent and cannot be called back.
    Sending,
    /// A limit of the project.
    Guard,
    /// The project is paused.
    Paused,
    /// A batch of it is at an account that is no longer configured.
    OtherAccount,
    /// The namespace may be another project's.
    FirstContact,
    /// A batch has almost our reference, and it is unknown which batch it is.
    UnreadableReference,
    /// Nobody could prove that the batch to be canceled sent nothing.
    SilenceUnprovable,
    /// Canceled by us, and nobody can prove that no message left.
    SilenceUnproved,
    /// Who has opted out at a provider cannot be read.
    OptOutsUnreadable,
    /// Its audience could not be read.
    SourceUnreadable,
    /// Somebody would get too many marketing texts.
    Pressure,
}

impl HeldReason {
    /// Every reason, in the order of CONTRACT.
    pub const ALL: [Self; 20] = [
        Self::AlreadySent,
        Self::CanceledAtProvider,
        Self::StartsNow,
        Self::TooLate,
        Self::WindowPassed,
        Self::OccurrenceBegun,
        Self::LooksRenamed,
        Self::PossibleDuplicate,
        Self::UnknownOutcome,
        Self::Sending,
        Self::Guard,
        Self::Paused,
        Self::OtherAccount,
        Self::FirstContact,
        Self::UnreadableReference,
        Self::SilenceUnprovable,
        Self::SilenceUnproved,
        Self::OptOutsUnreadable,
        Self::SourceUnreadable,
        Self::Pressure,
    ];

    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlreadySent => "already_sent",
            Self::CanceledAtProvider => "canceled_at_provider",
            Self::StartsNow => "starts_now",
            Self::TooLate => "too_late",
            Self::WindowPassed => "window_passed",
            Self::OccurrenceBegun => "occurrence_begun",
            Self::LooksRenamed => "looks_renamed",
            Self::PossibleDuplicate => "possible_duplicate",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Sending => "sending",
            Self::Guard => "guard",
            Self::Paused => "paused",
            Self::OtherAccount => "other_account",
            Self::FirstContact => "first_contact",
            Self::UnreadableReference => "unreadable_reference",
            Self::SilenceUnprovable => "silence_unprovable",
            Self::SilenceUnproved => "silence_unproved",
            Self::OptOutsUnreadable => "opt_outs_unreadable",
            Self::SourceUnreadable => "source_unreadable",
            Self::Pressure => "pressure",
        }
    }
}

/// What a held operation would do, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldContent {
    /// People: of what would be sent, or of the batch that would be touched.
    pub recipients: Option<u64>,
    /// Billed units of what would be sent.
    pub segments: Option<u64>,
    /// What that would cost.
    pub estimate: Estimate,
    /// When it would be sent, or when the batch opens.
    pub windows: Vec<Window>,
}

/// One held operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldItem {
    /// Where it would go, or where the batch is.
    pub provider: ProviderName,
    /// What is wanted; for a held cancel, the batch's.
    pub reference: Reference,
    /// The batch in the way, or the one that would be touched.
    pub batch_id: Option<BatchId>,
    /// The reason.
    pub reason: HeldReason,
    /// What happened, why it is held, and the edit or command that allows it.
    pub message: String,
    /// The rule an override must name, and for what: `RULE=REF`; `None` when nothing allows it.
    pub allow: Option<(Rule, String)>,
    /// Whether it stays until a person does something (`--strict` refuses then).
    pub needs_person: bool,
    /// Whether it holds something that is wanted and selected, and not a batch that should leave.
    pub is_wanted: bool,
    /// Whether it would send something; else it would take a batch away.
    pub sends: bool,
    /// Whom it concerns, when, and for how much.
    pub content: HeldContent,
}

impl HeldItem {
    /// Nominal local time, or `None` for a one-off.
    pub fn nominal(&self) -> Option<LocalTime> {
        self.reference.slot.occurrence.as_nominal()
    }

    /// `RULE=REF` for `--allow`.
    pub fn allow_text(&self) -> Option<String> {
        (self.allow.as_ref()).map(|(rule, scope)| format!("{}={scope}", rule.as_str()))
    }
}
