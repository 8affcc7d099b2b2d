//! What one of our batches is for a decision: planned, silent, stopped or begun, by the clock, the provider's word, the
//! proof of silence and the journal. Any doubt is `Begun`.

use std::time::Duration;

use super::facts::{KnownBatch, NeedKind};
use super::world::{CancelFacts, Existing, KnownBy, Urgency, World};
use crate::campaign::Rule;
use crate::model::{Instant, Proof, ReportedState};

/// A DELETE answered this long before the first window opens is known to have come in time; later ones are not, and
/// none is sent later.
pub(super) const DELETE_GROUND: Duration = Duration::from_mins(1);

/// What a batch is for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// It will be sent, and can still be canceled.
    Planned,
    /// It was sent, is being sent, or may be.
    Begun,
    /// It may or may not exist: a create without an answer.
    Unsettled,
    /// Silent, and not by our doing: somebody pulled the brake.
    Stopped,
    /// Proved silent, by our own cancel.
    Silent,
}

impl<'a> World<'a> {
    pub(super) fn role(&self, i: usize) -> Role {
        let batch = self.batch(i);
        match batch.origin {
            // Somebody has looked, and says that it is not there.
            KnownBy::Unsettled(create)
                if create.lookalike.is_some() && self.is_allowed(Rule::Resume, batch.reference) =>
            {
                Role::Silent
            }
            KnownBy::Unsettled(_) => Role::Unsettled,
            KnownBy::Lost(known) => self.role_of_lost(batch, known),
            KnownBy::Listed(listed) => match listed.state {
                ReportedState::Planned if is_ahead(batch.opens(), self.now) => Role::Planned,
                ReportedState::Canceled => {
                    let cancel = self.cancel_of(batch);
                    let is_proved = cancel.is_some_and(|c| c.proved_silent);
                    let proof = if is_proved { Proof::NothingLeft } else { listed.proof };
                    let is_silent = match proof {
                        Proof::NothingLeft => true,
                        Proof::Doubt | Proof::Provable | Proof::Unprovable => false,
                        Proof::NotRead => {
                            self.ask(Urgency::Role, listed, NeedKind::Proof);
                            false
                        }
                    };
                    match is_silent {
                        true if is_our_doing(cancel) => Role::Silent,
                        true => Role::Stopped,
                        false => Role::Begun,
                    }
                }
                ReportedState::Planned | ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => {
                    Role::Begun
                }
            },
        }
    }

    /// Begun; stopped if it vanished before it opened; neither if our own DELETE came in time.
    fn role_of_lost(&self, batch: &Existing<'a>, known: &KnownBatch) -> Role {
        let opens = batch.opens();
        let cancel = self.cancel_of(batch);
        let came_in_time = cancel
            .and_then(|c| c.answered_at)
            .is_some_and(|answered| opens.is_some_and(|opens| answered + DELETE_GROUND <= opens));
        if came_in_time {
            return if is_our_doing(cancel) {
                Role::Silent
            } else {
                Role::Stopped
            };
        }
        let missed = known.missed_at.unwrap_or(self.now);
        // Two complete lists, `list_lag` apart, lacked it before it could have begun, and a DELETE of ours was on its way.
        if is_our_doing(cancel) && opens.is_some_and(|opens| missed + DELETE_GROUND <= opens) {
            return Role::Silent;
        }
        if is_ahead(opens, missed) {
            Role::Stopped
        } else {
            Role::Begun
        }
    }

    /// Canceled by an apply of ours, or by anybody before it opens, and nobody can prove that no message left.
    pub(super) fn is_unproved(&self, i: usize) -> bool {
        let is_early = is_ahead(self.batch(i).opens(), self.now);
        (self.is_canceled_by_apply(i) || is_early) && self.is_reported_canceled(i) && self.role(i) == Role::Begun
    }

    /// Whether an apply of ours asked for its cancel.
    pub(super) fn is_canceled_by_apply(&self, i: usize) -> bool {
        self.cancel_of(self.batch(i)).is_some_and(|cancel| !cancel.by_stop)
    }

    /// Whether DELETE may be sent, by the clock.
    pub(super) fn has_delete_ground(&self, i: usize) -> bool {
        self.opens_in(i, DELETE_GROUND)
    }

    /// Whether a batch opens at least this far ahead.
    pub(super) fn opens_in(&self, i: usize, lead: Duration) -> bool {
        self.batch(i).opens().is_some_and(|opens| opens >= self.now + lead)
    }

    /// Whether a begun batch may still be going out.
    pub(super) fn is_still_sending(&self, i: usize) -> bool {
        let batch = self.batch(i);
        let is_over = match batch.origin {
            KnownBy::Listed(listed) => matches!(listed.state, ReportedState::Sent | ReportedState::Canceled),
            KnownBy::Lost(_) | KnownBy::Unsettled(_) => false,
        };
        !is_over && batch.closes().is_none_or(|closes| closes > self.now)
    }
}

fn is_our_doing(cancel: Option<&CancelFacts>) -> bool {
    cancel.is_some_and(|c| !c.by_stop)
}

fn is_ahead(opens: Option<Instant>, now: Instant) -> bool {
    opens.is_some_and(|opens| opens > now)
}

/// Planned batches of ours that count for their campaign; those of campaigns without a file all do.
pub(super) fn planned(world: &World<'_>) -> Vec<usize> {
    (world.by_occurrence.iter())
        .flat_map(|((campaign, _), batches)| batches.iter().map(move |i| (world.campaign(campaign), *i)))
        .filter(|(campaign, i)| campaign.is_none_or(|campaign| world.counts_for(*i, campaign)))
        .map(|(_, i)| i)
        .filter(|i| !world.is_reported_canceled(*i) && world.role(*i) == Role::Planned)
        .collect()
}
