//! Rows 1-9 of the table: one wanted batch against the batches of its own slot and the clock. The effect of other slots
//! comes afterwards (`sharing`, `renamed`, `edited`).

use std::time::Duration;

use crate::campaign::Rule;
use crate::model::Instant;

use super::classify::Role;
use super::draft::{Draft, Hold, Replacement, Status};
use super::drift::{changes, drift};
use super::hold_messages;
use super::operation::{Reason, windows_still_ahead};
use super::parts::Want;
use super::world::World;

/// An existing batch may be moved away until this long before it opens.
pub(super) const MOVE_AWAY: Duration = Duration::from_mins(2);

/// What the rows say of a wanted batch. `draft.cleared` are planned batches that go whatever is decided here.
pub(super) fn judge(world: &World<'_>, draft: &Draft<'_>, want: &Want<'_>) -> Status {
    let own = world.of_slot(want.campaign, &want.reference.slot);
    let is_past = want.closes() <= world.now;
    // A canceled batch beside a closed window decides nothing: its proof is not asked for.
    let matters = |i: &usize| !(is_past && world.is_reported_canceled(*i));
    let roles: Vec<(usize, Role)> = own.into_iter().filter(matters).map(|i| (i, world.role(i))).collect();
    let of = |role: Role| roles.iter().filter(move |(_, r)| *r == role).map(|(i, _)| *i);

    if let Some(begun) = of(Role::Begun).next() {
        let is_same = |i: usize| world.batch(i).reference.fingerprint == want.reference.fingerprint;
        if of(Role::Begun).any(|i| is_same(i) && !world.is_unproved(i)) {
            return Status::Done;
        }
        // Canceled, and nobody knows whether a message left: that is not sent. Past its windows it is over.
        let all_unproved = of(Role::Begun).all(|i| world.is_unproved(i));
        if all_unproved && is_past {
            return Status::Held(hold_messages::window_passed(world, want));
        }
        if all_unproved {
            return Status::Held(hold_messages::silence_unproved(world, want, begun, None));
        }
        return Status::Held(hold_messages::already_sent(world, want, begun));
    }
    let planned = of(Role::Planned).find(|i| !draft.cleared.contains_key(i));
    if is_past {
        return match planned {
            Some(cancel) => Status::Passed { cancel },
            None => Status::Held(hold_messages::window_passed(world, want)),
        };
    }
    if let Some(batch) = planned {
        return match of(Role::Unsettled).next() {
            Some(unsettled) if !stands(world, want, batch) => {
                Status::Held(hold_messages::unknown_outcome(world, want, unsettled))
            }
            Some(_) | None => judge_planned(world, want, batch),
        };
    }
    if let Some(unsettled) = of(Role::Unsettled).next() {
        return Status::Held(hold_messages::unknown_outcome(world, want, unsettled));
    }
    if must_wait(world, want) {
        return Status::Later { cancel: None };
    }
    match timing(world, want, Rule::StartsNow) {
        Ok(starts_now) => Status::Create {
            starts_now,
            resumed: false,
        },
        Err(hold) => Status::Held(hold),
    }
}

/// Whether a planned batch says what is wanted, where it is wanted.
fn stands(world: &World<'_>, want: &Want<'_>, batch: usize) -> bool {
    let theirs = world.batch(batch);
    theirs.reference.fingerprint == want.reference.fingerprint && *theirs.provider == want.campaign.provider
}

/// Rows 3 and 4.
fn judge_planned(world: &World<'_>, want: &Want<'_>, batch: usize) -> Status {
    if stands(world, want, batch) {
        let drift = drift(world, want, batch);
        let is_repairable = (world.facts(&want.campaign.provider)).is_some_and(|f| f.can().repairs_drift);
        if drift.is_empty() || !is_repairable {
            return Status::Keep { batch, drift };
        }
        return match replace(world, want, batch, Reason::Drift) {
            Ok(replacement) => Status::Replace(Replacement {
                changed: drift,
                ..replacement
            }),
            // Too near to be corrected: it stays, with a warning.
            Err(_) => Status::Keep { batch, drift },
        };
    }
    if exceeds_provider_horizon(world, want) {
        return Status::Later { cancel: Some(batch) };
    }
    let reason = if *world.batch(batch).provider == want.campaign.provider {
        Reason::Changed
    } else {
        Reason::ProviderMoved
    };
    match replace(world, want, batch, reason) {
        Ok(replacement) => Status::Replace(replacement),
        Err(hold) => Status::Held(hold),
    }
}

fn replace(world: &World<'_>, want: &Want<'_>, batch: usize, reason: Reason) -> Result<Replacement, Hold> {
    if !world.opens_in(batch, MOVE_AWAY) {
        return Err(hold_messages::opens_too_soon_to_move(world, want, batch));
    }
    let starts_now = timing(world, want, Rule::TooLate)?;
    Ok(Replacement {
        batch,
        starts_now,
        in_place: fits_in_place(world, want, batch) && !starts_now,
        reason,
        changed: changes(world, want, batch),
    })
}

/// PUT: the same account, the same windows, and out of the freeze.
fn fits_in_place(world: &World<'_>, want: &Want<'_>, batch: usize) -> bool {
    let theirs = world.batch(batch);
    *theirs.provider == want.campaign.provider
        && (world.facts(theirs.provider)).is_some_and(|facts| facts.can().replaces_in_place)
        && theirs.windows == want.windows.as_slice()
        && world.opens_in(batch, lead(world))
}

/// Nothing is created that opens sooner than this.
pub(super) fn lead(world: &World<'_>) -> Duration {
    world.policy.freeze_before.max(world.policy.settle)
}

/// Rows 1, 2 and 4: whether it is in time (`false`), or sent at once by an override of `rule` (`true`), or held.
fn timing(world: &World<'_>, want: &Want<'_>, rule: Rule) -> Result<bool, Hold> {
    if want.opens() >= world.now + lead(world) {
        return Ok(false);
    }
    if want.closes() < world.now + world.policy.freeze_before {
        return Err(hold_messages::closes_too_soon(world, want, rule));
    }
    let is_allowed = world.is_allowed(rule, &want.reference);
    let has_windows = windows_still_ahead(&want.windows, world.now, world.policy.settle).is_some();
    if is_allowed && has_windows {
        Ok(true)
    } else {
        Err(hold_messages::opens_too_soon(world, want, rule))
    }
}

/// Row 9. An occurrence that has a planned batch already is past this question: it is kept up like any other.
fn must_wait(world: &World<'_>, want: &Want<'_>) -> bool {
    if exceeds_provider_horizon(world, want) {
        return true;
    }
    // All parts of an occurrence at once, however late a pace lets them open.
    let opens = want.group.windows.opens();
    let is_beyond = want.occurrence.nominal.is_some() && opens > world.now + world.policy.horizon;
    is_beyond
        && !(world.of_occurrence(want.campaign, want.key()).into_iter())
            .any(|i| !world.is_reported_canceled(i) && world.role(i) == Role::Planned)
}

fn exceeds_provider_horizon(world: &World<'_>, want: &Want<'_>) -> bool {
    (world.facts(&want.campaign.provider))
        .and_then(|facts| facts.can().max_horizon)
        .is_some_and(|horizon| want.opens() > world.now + horizon)
}

/// From when on an apply creates something that waits.
pub(super) fn apply_from(world: &World<'_>, want: &Want<'_>) -> Instant {
    let provider = (world.facts(&want.campaign.provider)).and_then(|facts| facts.can().max_horizon);
    let by_provider = want.opens() - provider.unwrap_or(Duration::ZERO);
    let by_project = want.group.windows.opens() - world.policy.horizon;
    match (want.occurrence.nominal, provider) {
        (Some(_), Some(_)) => by_provider.max(by_project),
        (Some(_), None) => by_project,
        (None, _) => by_provider,
    }
}
