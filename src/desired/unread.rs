//! Audiences that could not be read. Their campaigns are held: an unread list is neither a fault of a file nor an empty
//! list.

use crate::model::{CampaignRef, Diagnostic, OccurrenceKey, ProviderName, Severity};

/// Why a campaign has no lists.
#[derive(Debug, Clone)]
pub enum NoLists {
    /// Something is wrong with its files: nothing of the project is planned.
    Faults(Vec<Diagnostic>),
    /// A source, or a suppression list, gave nothing that can be trusted: this campaign is held.
    Held(Vec<Diagnostic>),
    /// The run connects to no source.
    NotConnected(Vec<Diagnostic>),
}

impl NoLists {
    /// All that is said about it.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        match self {
            Self::Faults(told) | Self::Held(told) | Self::NotConnected(told) => told,
        }
    }
}

/// A campaign whose audience could not be read.
#[derive(Debug, Clone)]
pub struct UnreadAudience {
    /// The campaign's reference.
    pub campaign: CampaignRef,
    /// Where it would go.
    pub provider: ProviderName,
    /// What it would send.
    pub occurrences: Vec<OccurrenceKey>,
    /// What came in the way.
    pub why: String,
    /// Whether that was expected: the run connects to nothing.
    pub is_offline: bool,
}

/// An error for a command that needs the rows is a warning beside a plan that goes on without them.
pub(super) fn softened(told: Vec<Diagnostic>, severity: Severity) -> Vec<Diagnostic> {
    let soften = |fault: Diagnostic| Diagnostic {
        severity: fault.severity.max(severity),
        ..fault
    };
    told.into_iter().map(soften).collect()
}
