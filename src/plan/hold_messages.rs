//! What a hold says: what happened, why it is held, and the exact edit or command that allows it.

use super::draft::{Hold, WaitReason};
use super::facts::ElsewhereBatch;
use super::held::HeldReason;
use super::parts::Want;
use super::policy::Unread;
use super::scope::scope;
use super::world::{KnownBy, World};
use crate::campaign::Rule;
use crate::model::{ExistingBatch, Instant, NearMatch, ReportedState, format_duration};

fn id(world: &World<'_>, batch: usize) -> String {
    let theirs = world.batch(batch);
    match theirs.id() {
        Some(id) => format!("batch `{id}` at `{}`", theirs.provider),
        None => format!("a batch at `{}` whose creation was never answered", theirs.provider),
    }
}

pub(super) fn opening(world: &World<'_>, opens: Option<Instant>) -> String {
    opens.map_or_else(
        || "at a time that the provider does not show".to_owned(),
        |opens| format!("at {}", world.spell(opens)),
    )
}

pub(super) fn hold(reason: HeldReason, batch: Option<usize>, allow: Option<Rule>, message: String) -> Hold {
    Hold {
        reason,
        batch,
        allow,
        scope: None,
        message,
        needs_person: reason.needs_person(),
    }
}

pub(super) fn already_sent(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let way_out = match want.occurrence.nominal {
        Some(_) => "the next occurrence sends the new content".to_owned(),
        None => format!(
            "to send the new content to everybody, raise `revision` in `{}`",
            want.campaign.file.display()
        ),
    };
    let message = format!(
        "{} has begun to be sent with other content, and is never sent again; {way_out}",
        id(world, batch)
    );
    hold(HeldReason::AlreadySent, Some(batch), None, message)
}

pub(super) fn window_passed(world: &World<'_>, want: &Want<'_>) -> Hold {
    let message = format!(
        "its last window closed at {}; nothing is sent afterwards; to send it, move `delivery` in `{}` ahead, or set `state: canceled`",
        world.spell(want.closes()),
        want.campaign.file.display()
    );
    hold(HeldReason::WindowPassed, None, None, message)
}

pub(super) fn unknown_outcome(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    if let KnownBy::Unsettled(create) = world.batch(batch).origin
        && let Some(id) = &create.lookalike
    {
        let campaign = &create.reference.slot.campaign;
        let message = format!(
            "a create of `{}` was not answered, and batch `{id}` at `{}` opens when it would, under a reference that is nobody's: it may be that one; look at it in the provider's portal; if it is another one, or was canceled there, `--allow {}={campaign}`",
            create.reference,
            create.provider,
            Rule::Resume.as_str(),
        );
        let allow = (*campaign == want.reference.slot.campaign).then_some(Rule::Resume);
        return hold(HeldReason::UnreadableReference, Some(batch), allow, message);
    }
    let until = world.spell(match world.batch(batch).origin {
        KnownBy::Unsettled(create) => create.hold_until,
        KnownBy::Listed(_) | KnownBy::Lost(_) => world.now,
    });
    let reference = world.batch(batch).reference;
    let message = match world.batch(batch).origin {
        KnownBy::Unsettled(create) if create.found_late => format!(
            "a create of `{reference}` was not answered, and the list did not show it in time; what it shows under that name may be another one, so this one may still come: run again after {until}"
        ),
        KnownBy::Unsettled(_) | KnownBy::Listed(_) | KnownBy::Lost(_) => format!(
            "a create of `{reference}` was not answered, so it may exist; run again after {until}: if the list does not show it by then, it was not created"
        ),
    };
    hold(HeldReason::UnknownOutcome, Some(batch), None, message)
}

pub(super) fn opens_too_soon(world: &World<'_>, want: &Want<'_>, rule: Rule) -> Hold {
    let opens = world.spell(want.opens());
    let when = if want.opens() <= world.now {
        format!("opened at {opens}")
    } else {
        let freeze = format_duration(world.policy.freeze_before.max(world.policy.settle));
        format!("opens at {opens}, less than {freeze} from now")
    };
    let (reason, why) = match rule {
        Rule::TooLate => (
            HeldReason::TooLate,
            "there is no time left to replace the planned batch safely",
        ),
        _ => (HeldReason::StartsNow, "it may have been sent already, and erased"),
    };
    let message = format!(
        "its first window {when}, so {why}; move `opens` in `{}` ahead, or `--allow {}={}`",
        want.campaign.file.display(),
        rule.as_str(),
        scope(want)
    );
    hold(reason, None, Some(rule), message)
}

pub(super) fn closes_too_soon(world: &World<'_>, want: &Want<'_>, rule: Rule) -> Hold {
    let reason = if rule == Rule::TooLate {
        HeldReason::TooLate
    } else {
        HeldReason::StartsNow
    };
    let message = format!(
        "its last window closes at {}, and at least {} must remain to send in; move `delivery` in `{}` ahead",
        world.spell(want.closes()),
        format_duration(world.policy.freeze_before),
        want.campaign.file.display()
    );
    hold(reason, None, None, message)
}

pub(super) fn opens_too_soon_to_move(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let message = format!(
        "{} opens {}, too soon to be canceled safely; it will be sent as it is: to stop people from getting it, run `campanile stop {}` at once",
        id(world, batch),
        opening(world, world.batch(batch).opens()),
        want.campaign.reference
    );
    hold(HeldReason::TooLate, Some(batch), None, message)
}

/// When a batch's last window closes, after these words; nothing where the provider does not show it.
fn closing(words: &str, world: &World<'_>, batch: usize) -> String {
    let closes = world.batch(batch).closes();
    closes.map_or_else(String::new, |closes| format!("{words}{}", world.spell(closes)))
}

/// A planned batch that nobody wants, and that opens too soon for DELETE.
pub(super) fn too_late_to_cancel(world: &World<'_>, batch: usize) -> Hold {
    let message = format!(
        "{} should be canceled and opens {}, less than a minute from now: it cannot be called back safely",
        id(world, batch),
        opening(world, world.batch(batch).opens())
    );
    hold(HeldReason::TooLate, Some(batch), None, message)
}

pub(super) fn sending(world: &World<'_>, batch: usize) -> Hold {
    let until = closing(" until ", world, batch);
    let message = format!(
        "{} is not wanted any more and is being sent{until}: it cannot be called back",
        id(world, batch)
    );
    hold(HeldReason::Sending, Some(batch), None, message)
}

pub(super) fn canceled_at_provider(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let revision = match (want.occurrence.nominal, want.key().as_revision()) {
        (None, Some(revision)) => format!(
            "set `revision: {}` in `{}`, or ",
            revision.saturating_add(1),
            want.campaign.file.display()
        ),
        _ => String::new(),
    };
    let message = format!(
        "{} was canceled, and not by an apply of this machine: somebody pulled the brake; to send all the same, {revision}`--allow {}={}`",
        id(world, batch),
        Rule::Resume.as_str(),
        scope(want)
    );
    hold(HeldReason::CanceledAtProvider, Some(batch), Some(Rule::Resume), message)
}

/// A part that was never created, of an occurrence of which another part was stopped.
pub(super) fn occurrence_stopped(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let message = format!(
        "{} of the same occurrence was canceled, and not by an apply of this machine: this part, which was never created, is held with it; to send it all the same, `--allow {}={}`",
        id(world, batch),
        Rule::Resume.as_str(),
        scope(want)
    );
    hold(HeldReason::CanceledAtProvider, Some(batch), Some(Rule::Resume), message)
}

/// A begun batch of the occurrence in another slot holds the same people, or may.
pub(super) fn occurrence_begun(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let known = match world.people_if_read(batch) {
        Some(_) => "has begun to be sent to some of the same people",
        None => "has begun to be sent, and who is in it cannot be read",
    };
    let message = format!(
        "{} of the same occurrence {known}; sending this would text them twice; to accept that, `--allow {}={}`",
        id(world, batch),
        Rule::Begun.as_str(),
        scope(want)
    );
    hold(HeldReason::OccurrenceBegun, Some(batch), Some(Rule::Begun), message)
}

pub(super) fn looks_renamed(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let theirs = world.batch(batch);
    let whose = if theirs.reference.namespace == world.policy.namespace {
        format!("campaign `{}`, which has no file any more,", theirs.campaign())
    } else {
        format!("the same campaign in namespace `{}`", theirs.reference.namespace)
    };
    let message = format!(
        "{} of {whose} holds the same messages or people and opens {}: this looks like the same send under a new name; if it is not, `--allow {}={}`",
        id(world, batch),
        opening(world, theirs.opens()),
        Rule::Renamed.as_str(),
        scope(want)
    );
    hold(HeldReason::LooksRenamed, Some(batch), Some(Rule::Renamed), message)
}

pub(super) fn possible_duplicate(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let theirs = world.batch(batch);
    let message = format!(
        "{} of this campaign (occurrence `{}`, opening {}) is near, and the schedule does not name it any more: the same people may be texted twice; if that is meant, `--allow {}={}`",
        id(world, batch),
        theirs.key(),
        opening(world, theirs.opens()),
        Rule::Duplicate.as_str(),
        scope(want)
    );
    hold(
        HeldReason::PossibleDuplicate,
        Some(batch),
        Some(Rule::Duplicate),
        message,
    )
}

/// A raised revision waits until the older one has been sent.
pub(super) fn older_revision(world: &World<'_>, _want: &Want<'_>, batch: usize) -> Hold {
    let until = closing("; run again after ", world, batch);
    let message = format!(
        "{} (`{}` of this campaign) is still being sent{until}",
        id(world, batch),
        world.batch(batch).key()
    );
    hold(HeldReason::Sending, Some(batch), None, message)
}

/// This plan does not cancel a planned batch of an older revision, so that one is sent first.
fn older_revision_stays(world: &World<'_>, batch: usize) -> Hold {
    let theirs = world.batch(batch);
    let until = closing("; run again after ", world, batch);
    let message = format!(
        "{} (`{}` of this campaign) opens {} and is not canceled by this plan (held, refused by a guard, or too near): the newer revision waits until it has been sent{until}",
        id(world, batch),
        theirs.key(),
        opening(world, theirs.opens()),
    );
    hold(HeldReason::Sending, Some(batch), None, message)
}

/// A planned batch is in the way, and this plan does not cancel it.
pub(super) fn obstacle_stays(world: &World<'_>, want: &Want<'_>, batch: usize, why: WaitReason) -> Hold {
    let mut refusal = match why {
        WaitReason::SameOccurrence => {
            let message = format!(
                "{} of the same occurrence may hold the same people, and is not canceled by this plan (held, refused by a guard, or too near); clear that first",
                id(world, batch)
            );
            return hold(HeldReason::OccurrenceBegun, Some(batch), None, message);
        }
        WaitReason::Renamed => looks_renamed(world, want, batch),
        WaitReason::Unscheduled => possible_duplicate(world, want, batch),
        WaitReason::OlderRevision => return older_revision_stays(world, batch),
    };
    refusal
        .message
        .push_str("; it is planned, and not canceled by this plan");
    refusal
}

/// A batch whose reference is almost one of ours.
pub(super) fn unreadable_reference(want: &Want<'_>, batch: &ExistingBatch, near: &NearMatch) -> Hold {
    let slot = &want.reference.slot;
    let what = match near {
        NearMatch::Occurrence(campaign, occurrence) if (campaign, *occurrence) == (&slot.campaign, slot.occurrence) => {
            "is of this occurrence"
        }
        NearMatch::Occurrence(campaign, _) | NearMatch::Campaign(campaign) if *campaign != slot.campaign => {
            "is of a campaign without a file, which may have been renamed"
        }
        NearMatch::Occurrence(..) => "is of an occurrence that the files no longer have, which may have been moved",
        NearMatch::Campaign(_) => "is of this campaign",
        NearMatch::Namespace => "may be any of this project's",
    };
    let way_on = match batch.state {
        ReportedState::Canceled => {
            "it was canceled, but its window had opened, so some may have it: look there who got it; to send again, raise `revision`, or move a schedule's occurrence"
        }
        ReportedState::Planned | ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => {
            "look at it in the provider's portal, and cancel it there if it is not to be sent"
        }
    };
    let message = format!(
        "batch `{}` at `{}` has a reference that is almost one of ours and {what}: nothing is sent beside it; {way_on}",
        batch.id, batch.provider
    );
    hold(HeldReason::UnreadableReference, None, None, message)
}

/// The old batch stays, because nobody could prove its silence.
pub(super) fn silence_unprovable(world: &World<'_>, want: &Want<'_>, batch: usize) -> Hold {
    let message = format!(
        "{} shows no messages, or others than a planned one has: after a cancel nobody could tell whether any of them left, so nothing could take its place, and it stays as it is, opening {}; plan again when it shows them, or set `state: canceled` in `{}` to cancel it without a successor",
        id(world, batch),
        opening(world, world.batch(batch).opens()),
        want.campaign.file.display()
    );
    hold(HeldReason::SilenceUnprovable, Some(batch), None, message)
}

/// Canceled by us, and not proved silent. Of the same slot nothing lifts it but another revision.
pub(super) fn silence_unproved(world: &World<'_>, want: &Want<'_>, batch: usize, rule: Option<Rule>) -> Hold {
    let way_out = match (rule, want.occurrence.nominal) {
        (Some(rule), _) => format!(
            "if you have seen there that nobody got it, `--allow {}={}`",
            rule.as_str(),
            scope(want)
        ),
        (None, None) => format!(
            "if you have seen there that nobody got it, raise `revision` in `{}`",
            want.campaign.file.display()
        ),
        (None, Some(_)) => "the next occurrence is sent as planned".to_owned(),
    };
    let by_whom = if world.is_canceled_by_apply(batch) {
        "by an apply"
    } else {
        "before it opened"
    };
    let message = format!(
        "{} was canceled {by_whom}, and nobody can prove that none of its messages left; nothing is sent in its place until the provider's counts show it; {way_out}",
        id(world, batch)
    );
    hold(HeldReason::SilenceUnproved, Some(batch), rule, message)
}

/// The namespace may be another project's at this account.
pub(super) fn first_contact(batch: Option<usize>, what: &str) -> Hold {
    hold(HeldReason::FirstContact, batch, Some(Rule::Adopt), what.to_owned())
}

/// A batch of the occurrence is at an account that is no longer configured.
pub(super) fn other_account(world: &World<'_>, want: &Want<'_>, there: &ElsewhereBatch) -> Hold {
    let which = match &there.id {
        Some(id) => format!("batch `{id}` was created"),
        None => "a batch was asked for, without an answer,".to_owned(),
    };
    let opens = opening(world, there.windows.first().map(|window| window.opens()));
    let message = format!(
        "by the journal {which} for this occurrence at provider `{}`, opening {opens}; that account is not configured now, so nobody can see whether its people are texted there; put `{}` back under `providers` as it was, and cancel the batch there with an apply; or, if nothing of it is sent there, `--allow {}={}`",
        there.provider,
        there.provider,
        Rule::Moved.as_str(),
        scope(want)
    );
    hold(HeldReason::OtherAccount, None, Some(Rule::Moved), message)
}

pub(super) fn paused(_want: &Want<'_>) -> Hold {
    let message = "the project is paused: only cancels and repairs are carried out; remove `paused: true` from `campanile.yaml`, or unset `CAMPANILE_PAUSED`".to_owned();
    hold(HeldReason::Paused, None, None, message)
}

pub(super) fn opt_outs_unreadable(want: &Want<'_>, unread: &Unread) -> Hold {
    let message = format!(
        "who has opted out at `{}` cannot be read, and one of them might be texted: {}; run again, say `opt_outs: off` at the provider, or `--allow opt-outs={}`",
        unread.provider,
        unread.why,
        scope(want)
    );
    hold(HeldReason::OptOutsUnreadable, None, Some(Rule::OptOuts), message)
}
