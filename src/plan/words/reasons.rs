//! Why an operation is in the plan, in words.

use super::page::WordPage;
use crate::plan::operation::Reason;

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 17] = [
        Self::New,
        Self::Resumed,
        Self::Renamed,
        Self::Changed,
        Self::Drift,
        Self::Repartitioned,
        Self::Regrouped,
        Self::ProviderMoved,
        Self::Emptied,
        Self::Duplicate,
        Self::WindowPassed,
        Self::Postponed,
        Self::FileRemoved,
        Self::StateCanceled,
        Self::Unscheduled,
        Self::RevisionRaised,
        Self::Suppressed,
    ];
}

pub(super) fn page(reason: Reason) -> WordPage {
    match reason {
        Reason::New => (
            "nothing of it exists at the provider yet",
            "A campaign file, or an occurrence of a schedule that is now within the horizon,\nhas no batch at the provider: one is created.",
        ),
        Reason::Resumed => (
            "somebody stopped it, and an override resumes it",
            "A batch of this occurrence was canceled at the provider or by `campanile stop`.\n`--allow resume=REF`, or `allow:` in the campaign's file, says that it is to be\nsent all the same.",
        ),
        Reason::Renamed => (
            "the campaign has a new name",
            "A batch under the old name holds the same messages or people. It is canceled\nand proved silent first; then the batch under the new name is created.",
        ),
        Reason::Changed => (
            "the files were edited",
            "The sender, a text, a list, a window or another setting differs from what the\nbatch at the provider says. `changed:` below the operation names what differs.",
        ),
        Reason::Drift => (
            "the batch was changed at the provider",
            "The batch carries the fingerprint of what the files want, and the provider\nshows other settings or people for it. The batch is put right. See\n`campanile explain C403`.",
        ),
        Reason::Repartitioned => (
            "the people are divided into other parts",
            "A provider takes only so many recipients in one batch, so a large campaign is\ndivided into parts. One part outgrew the limit and becomes two: its batch is\ncanceled, and two batches with the same people are created. All other parts\nstay as they are. Nobody gets more or fewer messages by it.",
        ),
        Reason::Regrouped => (
            "the people are in other groups of delivery windows",
            "With `timezone: recipient` the people of one UTC offset share a batch. A time\nzone in a list or a setting was changed, so that some people belong to another\nbatch now.",
        ),
        Reason::ProviderMoved => (
            "the campaign goes to another provider",
            "The batch at the old provider is canceled and proved silent; then the batch at\nthe new one is created.",
        ),
        Reason::Emptied => (
            "nobody is left in this part or group",
            "Everybody who was in this batch is out of the lists, suppressed, or in another\nbatch: it is canceled, and nothing takes its place.",
        ),
        Reason::Duplicate => (
            "another batch holds the same people",
            "Two live batches of one occurrence have the same place or a person in common.\nSomebody would be texted twice, so all but one are canceled, whatever the files\nsay. This repairs two applies that ran at the same time.",
        ),
        Reason::WindowPassed => (
            "by the files all its windows have passed",
            "The batch is planned for later, and the files were edited so that its windows\nare in the past: that edit means to stop it. It is canceled.",
        ),
        Reason::Postponed => (
            "it was moved to a time that is too far ahead",
            "The files give a time beyond the horizon, or later than the provider takes\nbatches for. The batch at the old time is canceled; a later apply creates the\nnew one (`later` in the plan).",
        ),
        Reason::FileRemoved => (
            "the campaign has no file any more",
            "The file was removed or its reference was changed: what is planned of it is\ncanceled. The guard on cancels counts it (`--allow mass-cancel=REF`).",
        ),
        Reason::StateCanceled => (
            "the campaign's file says `state: canceled`",
            "What is planned of the campaign is canceled. No guard counts it.",
        ),
        Reason::Unscheduled => (
            "the schedule does not contain this occurrence any more",
            "`cron`, `from` or `until` was edited, or the campaign became a one-off: the\nbatch of the old occurrence is canceled.",
        ),
        Reason::RevisionRaised => (
            "the one-off has a higher revision",
            "`revision` was raised, which means \"send again\": the planned batch of the older\nrevision is canceled.",
        ),
        Reason::Suppressed => (
            "somebody in it must not be texted",
            "A number in the batch is on a suppression list or has opted out. Sinch takes\npeople out of a batch; at iP.1 the batch is canceled. The plan says how many\nothers in it are no longer reached.",
        ),
    }
}
