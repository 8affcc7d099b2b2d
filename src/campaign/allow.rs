//! Rules that a campaign may override, with a reason that a reviewer reads.

use crate::model::Place;

/// An override in a campaign file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// Which rule.
    pub rule: Rule,
    /// Last date on which it holds (`2026-11-27`, in UTC to the end of that day).
    pub until: Option<String>,
    /// `resume` only: the provider's name of the stopped batch that may be sent after all.
    pub batch: Option<String>,
    /// Why, for the reviewer.
    pub reason: String,
    /// Its place in the file.
    pub place: Place,
}

/// Rules that `--allow RULE=REF` and `allow:` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Row 2.
    StartsNow,
    /// Row 4.
    TooLate,
    /// Row 7.
    Resume,
    /// Row 6.
    Begun,
    /// Creates what looks like a batch under another name (`looks_renamed`).
    Renamed,
    /// Creates what may be a second batch of the same content (`possible_duplicate`).
    Duplicate,
    /// People per occurrence.
    Recipients,
    /// Segments per message.
    Segments,
    /// The limit on cost.
    Cost,
    /// Segments without a price.
    Unpriced,
    /// People planned after and before.
    Growth,
    /// People of a campaign planned before and after.
    Shrink,
    /// People whom a suppression list no longer holds.
    SuppressionShrink,
    /// Share or count of cancels.
    MassCancel,
    /// No campaign file at all.
    EmptyProject,
    /// Quiet hours, blocked days, holidays.
    QuietHours,
    /// `first_contact`: the namespace is this project's.
    Adopt,
    /// `other_account`: the batch there is gone.
    Moved,
    /// Opt-outs that cannot be read.
    OptOuts,
    /// Marketing texts that one person gets.
    Pressure,
    /// Numbers of other kinds than `guards.number_types` names.
    NumberTypes,
}

impl Rule {
    /// All, in the order of `docs/contract.md`.
    pub const ALL: [Self; 21] = [
        Self::StartsNow,
        Self::TooLate,
        Self::Resume,
        Self::Begun,
        Self::Renamed,
        Self::Duplicate,
        Self::Recipients,
        Self::Segments,
        Self::Cost,
        Self::Unpriced,
        Self::Growth,
        Self::Shrink,
        Self::SuppressionShrink,
        Self::MassCancel,
        Self::EmptyProject,
        Self::QuietHours,
        Self::Adopt,
        Self::Moved,
        Self::OptOuts,
        Self::Pressure,
        Self::NumberTypes,
    ];

    /// Whether lifting it can text somebody: then an `allow:` that stays in a file must end.
    pub fn sends(self) -> bool {
        match self {
            Self::MassCancel | Self::EmptyProject => false,
            Self::Adopt | Self::Moved | Self::OptOuts | Self::Pressure => true,
            Self::StartsNow
            | Self::TooLate
            | Self::Resume
            | Self::Begun
            | Self::Renamed
            | Self::Duplicate
            | Self::Recipients
            | Self::Segments
            | Self::Cost
            | Self::Unpriced
            | Self::Growth
            | Self::Shrink
            | Self::SuppressionShrink
            | Self::QuietHours
            | Self::NumberTypes => true,
        }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StartsNow => "starts-now",
            Self::TooLate => "too-late",
            Self::Resume => "resume",
            Self::Begun => "begun",
            Self::Renamed => "renamed",
            Self::Duplicate => "duplicate",
            Self::Recipients => "recipients",
            Self::Segments => "segments",
            Self::Cost => "cost",
            Self::Unpriced => "unpriced",
            Self::Growth => "growth",
            Self::Shrink => "shrink",
            Self::SuppressionShrink => "suppression-shrink",
            Self::MassCancel => "mass-cancel",
            Self::EmptyProject => "empty-project",
            Self::QuietHours => "quiet-hours",
            Self::Adopt => "adopt",
            Self::Moved => "moved",
            Self::OptOuts => "opt-outs",
            Self::Pressure => "pressure",
            Self::NumberTypes => "number-types",
        }
    }

    /// The inverse of [`Rule::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}
