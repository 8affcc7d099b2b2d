//! Why something is held, in words. How each hold ends is said in `held_ends`.

use super::page::WordPage;
use crate::plan::held::HeldReason;

pub(super) fn page(reason: HeldReason) -> WordPage {
    match reason {
        HeldReason::AlreadySent => (
            "it has begun to be sent",
            "A batch of this occurrence has begun to be sent, or was sent, with other content\nthan the files give now. It is never sent again.",
        ),
        HeldReason::CanceledAtProvider => (
            "somebody canceled it",
            "A batch of this occurrence was canceled in the provider's portal, by\n`campanile stop`, or by a machine whose journal is not here. Somebody did not\nwant it to be sent.",
        ),
        HeldReason::StartsNow => (
            "it opens too soon, or is open already",
            "The first window opens sooner than `freeze_before` (10 minutes) from now, or is\nopen, and the provider shows no batch. It may have been sent and erased there.",
        ),
        HeldReason::TooLate => (
            "there is no time left to replace or cancel the planned batch",
            "A planned batch differs from the files and opens so soon that a cancel and its\nproof might come too late. The batch will be sent as it is.",
        ),
        HeldReason::WindowPassed => (
            "all its delivery windows have passed",
            "The last window of this occurrence has closed, and no batch of it was created.",
        ),
        HeldReason::OccurrenceBegun => (
            "another batch of the occurrence holds the same people, or may",
            "A batch of the same occurrence has begun to be sent, or is planned and not\ncanceled by this plan, and holds some of the same people or cannot be read.\nSending this one would text them twice.",
        ),
        HeldReason::LooksRenamed => (
            "it looks like a renamed campaign",
            "A batch of a campaign without a file, or of another namespace, holds the same\nmessages or the same people at about the same time. If the campaign was renamed,\nsending it under the new name would text people twice.",
        ),
        HeldReason::PossibleDuplicate => (
            "a batch of an occurrence that is not in the schedule is near",
            "The schedule was edited, and a batch of the old schedule is about to be sent or\nhas begun, close to this occurrence. The same people may be texted twice.",
        ),
        HeldReason::UnknownOutcome => (
            "the provider did not answer a create",
            "The batch may exist or not. Nothing is sent until the provider's list shows it,\nor has not shown it for `unknown_hold`.",
        ),
        HeldReason::Sending => (
            "it is being sent and cannot be called back",
            "A batch that the files no longer want has begun to be sent, or a newer revision\nwaits until the older one has been sent.",
        ),
        HeldReason::Guard => (
            "a limit of the project stops it",
            "A limit under `guards` of `campanile.yaml`, quiet hours, or a check that cannot\nbe lifted stops the plan. The message names the limit and the rule of `--allow`.",
        ),
        HeldReason::Paused => (
            "the project is paused",
            "Nothing is created or replaced. Cancels and repairs are still carried out.",
        ),
        HeldReason::OtherAccount => (
            "a batch of it is at an account that is no longer configured",
            "The journal says that a batch of this occurrence was created at an account that\n`campanile.yaml` does not name any more. Nobody can see whether people are texted\nfrom there. See `docs/identity.md`.",
        ),
        HeldReason::FirstContact => (
            "the namespace may be another project's",
            "The account holds planned batches under this project's namespace that neither\nthe journal nor the files know. If they are another project's, this one would\ncancel them.",
        ),
        HeldReason::UnreadableReference => (
            "a batch has almost one of our references",
            "A batch at the provider has a reference that differs a little from one of ours,\nor a create without an answer may be a batch under another reference. It may be\na batch of this campaign.",
        ),
        HeldReason::SilenceUnprovable => (
            "nobody could prove that the old batch sent nothing",
            "A replace cancels the old batch and proves that none of its messages left. The\nprovider does not show this batch's messages as planned, so the proof would fail\nafter the cancel, and nothing could be sent in its place.",
        ),
        HeldReason::SilenceUnproved => (
            "canceled, and not proved silent",
            "The batch was canceled by an apply, and the provider does not prove that none of\nits messages left. Sending the new one might text people twice.",
        ),
        HeldReason::OptOutsUnreadable => (
            "who has opted out cannot be read",
            "The provider's list of opt-outs could not be read, and somebody on it might be\ntexted. `opt_outs: off` at the provider turns reading off.",
        ),
        HeldReason::SourceUnreadable => (
            "its audience could not be read",
            "A source that is connected to failed, is stale, is empty, gives other rows than\n`expect` allows, or has rows that cannot be used. What is planned of the campaign\nstays, and other campaigns go on.",
        ),
        HeldReason::Pressure => (
            "somebody would get too many marketing texts",
            "`guards.max_per_person` limits how many marketing texts one person gets in a\ntime. The later occurrence, or the one with the lower `rank`, is held.",
        ),
    }
}
