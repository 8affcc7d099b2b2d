//! Deliberately broken variants of planner and apply: each is one rule taken away. The simulation must catch every one
//! of them. Built only for tests (feature `mutants`); elsewhere [`mutant`] is a constant `false`.

/// One broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mutant {
    /// Row 1, 2: `freeze_before` is not looked at.
    FreezeIgnored,
    /// Row 2: sends what opens soon without an override.
    StartsNowWithoutOverride,
    /// Row 2: windows that have passed are sent too.
    PastWindowsSent,
    /// Row 2: may open at once.
    SettleIgnored,
    /// Row 3: a moved batch is kept as it is.
    DriftIgnored,
    /// Row 4: replaces however near the new window is.
    TooLateIgnored,
    /// Row 4: replaces a batch that is about to open.
    MoveAwayIgnored,
    /// Row 5: nothing is repaired.
    DuplicatesKept,
    /// Repair: people in common are not looked at.
    RepairsOnlyEqualSlots,
    /// Repair: the oldest is canceled instead of the younger ones.
    RepairKeepsYoungest,
    /// Repair: a planned batch beside a begun one stays.
    RepairIgnoresBegun,
    /// Row 6: a begun batch with another fingerprint is sent again.
    BegunIsReplaced,
    /// Row 7: a batch canceled by somebody is created again.
    BrakeIgnored,
    /// Row 7: only a stopped batch of the same fingerprint holds.
    BrakeReleasedByEdit,
    /// Row 7: a cancel by `stop` counts as ours.
    StopIsOurs,
    /// Row 7: without a journal every silent batch counts as canceled by us.
    JournallessCancelsAreOurs,
    /// Row 8: moving the date back cancels nothing.
    PassedStaysPlanned,
    /// Row 8: creates what has passed.
    PassedIsCreated,
    /// Row 9: beyond the horizon is an orphan.
    HorizonOrphans,
    /// Row 10: a removed campaign goes on.
    OrphansKept,
    /// Row 10: an unreadable campaign counts as removed.
    UnreadableIsRemoved,
    /// Row 11: slots that are no longer wanted go on.
    SupersededKept,
    /// Row 11: canceled although the successor is held.
    SupersededDespiteHold,
    /// Row 13: another namespace's batches count as ours.
    ForeignTouched,
    /// Classification: what the provider calls planned is planned, whatever the clock says.
    ClockIgnored,
    /// Classification: canceled is silent without proof.
    UnprovedIsSilent,
    /// Classification: doubtful proof is proof.
    DoubtIsSilent,
    /// Classification: what the list has lost was never there.
    LostIsNothing,
    /// Classification: a create without an answer did not happen.
    UnknownIsNothing,
    /// Classification: our DELETE counts as proof however late it was.
    LateDeleteIsSilent,
    /// Sharing: parts share only when n and k are equal.
    MayShareIgnoresLowBits,
    /// Sharing: groups never share.
    MayShareSameGroupOnly,
    /// Sharing: nothing stops a create.
    SharingIgnored,
    /// Sharing: what cannot be read is empty.
    UnreadableSharesNobody,
    /// Sharing: creates do not wait for the cancels.
    NoWaitForProof,
    /// Sharing: a replace whose create is held cancels.
    HeldReplaceCancels,
    /// Sharing: batches at other providers do not count.
    ProviderMoveIsNew,
    /// Sharing: PUT may gain anybody at once.
    InPlaceGainsUnchecked,
    /// Renames: never looked at.
    RenamesIgnored,
    /// Renames: people are not looked at.
    RenamesByFingerprintOnly,
    /// Renames: other namespaces are not looked at.
    RenamesInNamespaceOnly,
    /// Renames: however far apart in time.
    RenamesOfOneOccurrenceOnly,
    /// Renames: two schedules are never compared.
    RenamedScheduleIsNew,
    /// Edited schedules: never looked at.
    EditedSchedulesIgnored,
    /// Edited schedules: distances are not looked at.
    NearIsSameDateOnly,
    /// Edited schedules: a raised revision does not wait.
    RevisionSendsAtOnce,
    /// Edited schedules: the same date does not count.
    NearIsDistanceOnly,
    /// `--campaign`: everybody's operations are carried out.
    SelectionIgnored,
    /// Suppressed: held batches are not looked at.
    SuppressedWaits,
    /// Paused: creates all the same.
    PausedCreates,
    /// Parts: n in use is not kept.
    PartsInUseForgotten,
    /// Lists: an incomplete list is good enough.
    IncompleteListPlanned,
    /// Apply: a replace creates before it cancels.
    ApplyCreatesBeforeCancel,
    /// Apply: POST is repeated after an unknown answer.
    ApplyRetriesPost,
    /// Apply: DELETE is sent without a fresh read.
    ApplySkipsFreshRead,
    /// Apply: windows are not checked again before a call.
    ApplySkipsClock,
    /// Apply: an answered DELETE is taken for silence.
    ApplySkipsProof,
    /// Apply: creates do not wait for failed cancels.
    ApplyIgnoresAfter,
    /// Apply: the newest end of the list is not read before a create.
    ApplySkipsNewest,
    /// Apply: an unknown outcome is not polled and not held.
    ApplyTakesUnknownForDone,
    /// Apply: nothing is read and repaired at the end.
    ApplySkipsReadBack,
    /// Apply: nothing is journaled before a call.
    ApplyForgetsJournal,
    /// Apply: an expired plan is carried out.
    ApplyIgnoresExpiry,
    /// Apply: operations that nobody reviewed are carried out.
    ApplyApprovesEverything,
    /// Apply: a batch that is gone after a late DELETE is taken for silent.
    ApplyTakesGoneForSilent,
    /// Apply: a provider's clock that disagrees before a call is not looked at.
    ApplyIgnoresOtherClock,
    /// Apply: whose batch a fresh read shows is not looked at.
    ApplyIgnoresReference,
    /// Apply: a PUT without an answer is taken for done.
    ApplyTakesLostPutForDone,
    /// Apply: a lost DELETE stays ours although the batch was seen planned afterwards.
    ApplyClaimsLostDelete,
    /// Provider: 409 means that nothing was carried out.
    ConflictIsRefusal,
    /// Provider: a 5xx answer means that nothing was carried out.
    ServerErrorIsRefusal,
    /// Provider: a short page ends the list.
    ListEndsAtShortPage,
    /// Provider: pages need not overlap.
    ListIgnoresOverlap,
    /// Identity: nothing is read back before a second create at an account nobody knows.
    EchoUnchecked,
    /// Identity: an id that the journal knows makes no batch ours.
    IdsIgnored,
    /// Identity: a reference that is almost ours is foreign.
    NearMatchesIgnored,
    /// Identity: only a reference settles a create without an answer.
    LookalikesIgnored,
    /// Identity: batches at accounts that are configured no more do not count.
    ElsewhereIgnored,
    /// Identity: planned batches that nobody knows are taken for ours at first contact.
    FirstContactIgnored,
    /// Silence: replaces what could not be proved silent.
    UnprovableReplaced,
    /// Lists: people whom a suppression list has lost are texted.
    LostListsIgnored,
    /// Brakes: the missing parts of an occurrence are sent beside a stopped one.
    RestIsSent,
    /// Sandbox: what was sent there counts for campaigns at real accounts.
    SandboxCounts,
    /// Lists: a list that lost most of its people replaces the longer one.
    ShrinkIgnored,
    /// Opt-outs: sends although nobody knows who has opted out.
    UnreadOptOutsIgnored,
    /// Brakes: a run goes on although somebody cancels what it creates.
    BrakeBesideIgnored,
    /// Silence: a batch that a lost DELETE erased counts as silent, however late.
    ErasedIsInTime,
    /// Provider: what is new in a busy list is read to its first page.
    NewEndIsOnePage,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 88] = [
        Self::FreezeIgnored,
        Self::StartsNowWithoutOverride,
        Self::PastWindowsSent,
        Self::SettleIgnored,
        Self::DriftIgnored,
        Self::TooLateIgnored,
        Self::MoveAwayIgnored,
        Self::DuplicatesKept,
        Self::RepairsOnlyEqualSlots,
        Self::RepairKeepsYoungest,
        Self::RepairIgnoresBegun,
        Self::BegunIsReplaced,
        Self::BrakeIgnored,
        Self::BrakeReleasedByEdit,
        Self::StopIsOurs,
        Self::JournallessCancelsAreOurs,
        Self::PassedStaysPlanned,
        Self::PassedIsCreated,
        Self::HorizonOrphans,
        Self::OrphansKept,
        Self::UnreadableIsRemoved,
        Self::SupersededKept,
        Self::SupersededDespiteHold,
        Self::ForeignTouched,
        Self::ClockIgnored,
        Self::UnprovedIsSilent,
        Self::DoubtIsSilent,
        Self::LostIsNothing,
        Self::UnknownIsNothing,
        Self::LateDeleteIsSilent,
        Self::MayShareIgnoresLowBits,
        Self::MayShareSameGroupOnly,
        Self::SharingIgnored,
        Self::UnreadableSharesNobody,
        Self::NoWaitForProof,
        Self::HeldReplaceCancels,
        Self::ProviderMoveIsNew,
        Self::InPlaceGainsUnchecked,
        Self::RenamesIgnored,
        Self::RenamesByFingerprintOnly,
        Self::RenamesInNamespaceOnly,
        Self::RenamesOfOneOccurrenceOnly,
        Self::RenamedScheduleIsNew,
        Self::EditedSchedulesIgnored,
        Self::NearIsSameDateOnly,
        Self::RevisionSendsAtOnce,
        Self::NearIsDistanceOnly,
        Self::SelectionIgnored,
        Self::SuppressedWaits,
        Self::PausedCreates,
        Self::PartsInUseForgotten,
        Self::IncompleteListPlanned,
        Self::ApplyCreatesBeforeCancel,
        Self::ApplyRetriesPost,
        Self::ApplySkipsFreshRead,
        Self::ApplySkipsClock,
        Self::ApplySkipsProof,
        Self::ApplyIgnoresAfter,
        Self::ApplySkipsNewest,
        Self::ApplyTakesUnknownForDone,
        Self::ApplySkipsReadBack,
        Self::ApplyForgetsJournal,
        Self::ApplyIgnoresExpiry,
        Self::ApplyApprovesEverything,
        Self::ApplyTakesGoneForSilent,
        Self::ApplyIgnoresOtherClock,
        Self::ApplyIgnoresReference,
        Self::ApplyTakesLostPutForDone,
        Self::ApplyClaimsLostDelete,
        Self::ConflictIsRefusal,
        Self::ServerErrorIsRefusal,
        Self::ListEndsAtShortPage,
        Self::ListIgnoresOverlap,
        Self::EchoUnchecked,
        Self::IdsIgnored,
        Self::NearMatchesIgnored,
        Self::LookalikesIgnored,
        Self::ElsewhereIgnored,
        Self::FirstContactIgnored,
        Self::UnprovableReplaced,
        Self::LostListsIgnored,
        Self::RestIsSent,
        Self::SandboxCounts,
        Self::ShrinkIgnored,
        Self::UnreadOptOutsIgnored,
        Self::BrakeBesideIgnored,
        Self::ErasedIsInTime,
        Self::NewEndIsOnePage,
    ];
}

#[cfg(any(test, feature = "mutants"))]
mod active {
    use std::cell::Cell;

    use super::Mutant;

    thread_local! {
        static ACTIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Whether this thread runs this broken variant.
    pub fn mutant(mutant: Mutant) -> bool {
        ACTIVE.get() == Some(mutant)
    }

    /// Breaks (or mends) everything that this thread does from now on; tells what was broken before.
    pub fn set_mutant(mutant: Option<Mutant>) -> Option<Mutant> {
        ACTIVE.replace(mutant)
    }
}

#[cfg(any(test, feature = "mutants"))]
pub use active::{mutant, set_mutant};

/// Whether this broken variant runs: never, in a build without the feature.
#[cfg(not(any(test, feature = "mutants")))]
pub const fn mutant(_: Mutant) -> bool {
    false
}
