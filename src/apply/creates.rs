//! Creates in the journal, and the outcome of each by the lists.

use std::collections::{BTreeMap, BTreeSet};

use super::journal::CallOutcome;
use super::listed::ListedBatches;
use super::whose::{KnownAccounts, Whose};
use crate::model::{BatchId, Instant, ProviderName, Reference, Window};
use crate::plan::{ElsewhereBatch, JournalFacts, KnownBatch, OurCancel, Policy, UnknownCreate};

/// A create in the journal.
pub(super) struct Create {
    pub whose: Whose,
    pub reference: Reference,
    pub windows: Vec<Window>,
    pub at: Instant,
    /// When its answer was given up: it may have left only just before.
    pub given_up: Option<Instant>,
    pub outcome: Option<CallOutcome>,
    /// The lists did not show it while `list_lag` passed.
    pub outlasted_lag: bool,
    pub batch_id: Option<BatchId>,
}

/// Creates in the order of their lines, found by reference.
#[derive(Default)]
pub(super) struct Creates {
    pub all: Vec<Create>,
    by_reference: BTreeMap<Reference, Vec<usize>>,
}

impl Creates {
    pub(super) fn push(&mut self, create: Create) {
        let place = self.all.len();
        (self.by_reference.entry(create.reference.clone()).or_default()).push(place);
        self.all.push(create);
    }

    /// The newest create of this reference at this account.
    pub(super) fn newest(&mut self, reference: &Reference, by_account: &Whose) -> Option<&mut Create> {
        let places = self.by_reference.get(reference)?;
        let all = &self.all;
        let is_there = |place: &&usize| all.get(**place).is_some_and(|create| create.whose.is_with(by_account));
        let place = *places.iter().rev().find(is_there)?;
        self.all.get_mut(place)
    }
}

/// Cancels by the provider as far as it is known, and id.
pub(super) type Cancels = BTreeMap<(Whose, BatchId), OurCancel>;
/// When a batch was missing for the first time.
pub(super) type Missed = BTreeMap<(ProviderName, BatchId), Instant>;

/// Known ones (an id was answered, or the list shows it), unknown ones, those that certainly never were, and those at
/// accounts that are no longer configured.
pub(super) fn sort_creates(
    creates: Vec<Create>,
    cancels: &Cancels,
    missed: &Missed,
    accounts: &KnownAccounts<'_>,
    listed: &ListedBatches<'_>,
    policy: &Policy,
    facts: &mut JournalFacts,
) {
    let mut known: BTreeMap<(ProviderName, BatchId), KnownBatch> = BTreeMap::new();
    let mut elsewhere: BTreeMap<(ProviderName, Reference), ElsewhereBatch> = BTreeMap::new();
    let mut answered: BTreeSet<(ProviderName, BatchId)> = BTreeSet::new();
    let creates_by_id: BTreeSet<BatchId> = creates.iter().filter_map(|create| create.batch_id.clone()).collect();
    for create in creates {
        let was_in_place = create.batch_id.is_some() && create.outcome != Some(CallOutcome::Done);
        // A change in place has no second batch to fear: its target is known by other lines.
        if create.outcome == Some(CallOutcome::NotSent) || was_in_place {
            continue;
        }
        let whose = accounts.with_id(create.whose.clone(), create.batch_id.as_ref());
        // What a line in doubt created, and a line in the same doubt canceled, is gone wherever that was.
        if !matches!(whose, Whose::Surely(_)) && is_canceled(cancels, &whose, create.batch_id.as_ref()) {
            continue;
        }
        let Create {
            whose: _,
            reference,
            windows,
            at,
            given_up,
            outcome,
            outlasted_lag,
            batch_id,
        } = create;
        let (name, facts_of) = match &whose {
            Whose::Surely(name) | Whose::Perhaps(name) => match policy.providers.get(name) {
                Some(facts_of) => (name.clone(), facts_of),
                None => continue,
            },
            Whose::Elsewhere(provider) => {
                let batch = ElsewhereBatch {
                    provider: provider.clone(),
                    id: batch_id,
                    reference: reference.clone(),
                    windows,
                };
                elsewhere.insert((provider.clone(), reference), batch);
                continue;
            }
        };
        let id = match outcome {
            Some(CallOutcome::Done) => batch_id,
            Some(CallOutcome::Unknown | CallOutcome::NotSent) | None => listed.live(&name, &reference),
        };
        let is_shown = id.is_some() || listed.canceled(&name, &reference).is_some();
        if id.is_none() || outlasted_lag {
            let lookalike = if id.is_none() {
                listed.lookalike(&creates_by_id, &name, &windows)
            } else {
                None
            };
            // A machine may sleep between the journal's line and the POST: what was given up later left later, perhaps.
            let settled = given_up.map_or(at, |given_up| at.max(given_up)) + facts_of.unknown_hold;
            let closes = windows
                .last()
                .filter(|_| lookalike.is_some())
                .map(|window| window.closes());
            facts.unknown.push(UnknownCreate {
                provider: name.clone(),
                sandbox: facts_of.sandbox,
                reference: reference.clone(),
                windows: windows.clone(),
                hold_until: closes.map_or(settled, |closes| settled.max(closes)),
                found_late: is_shown,
                lookalike,
            });
        }
        if let Some(id) = id {
            let missed_at = missed.get(&(name.clone(), id.clone())).copied();
            let batch = KnownBatch {
                provider: name.clone(),
                sandbox: facts_of.sandbox,
                id: id.clone(),
                reference,
                windows,
                missed_at,
            };
            if is_shown_as_sent(listed, &batch) {
                facts.keeps_references.insert(name.clone());
            }
            let key = (name, id);
            // What was answered says more than what a list shows under the same reference, whichever line is newer.
            if outcome == Some(CallOutcome::Done) {
                answered.insert(key.clone());
                known.insert(key, batch);
            } else if !answered.contains(&key) {
                known.insert(key, batch);
            }
        }
    }
    facts.known = known.into_values().collect();
    facts.elsewhere = elsewhere.into_values().collect();
}

/// Whether a list shows a batch that we know by id with the reference that was sent.
fn is_shown_as_sent(listed: &ListedBatches<'_>, batch: &KnownBatch) -> bool {
    let mut under = listed.under(&batch.provider, &batch.reference).iter();
    under.any(|shown| shown.id == batch.id)
}

/// Whether an apply of ours canceled it, proved silent. A brake is none: it stays one.
fn is_canceled(cancels: &Cancels, whose: &Whose, id: Option<&BatchId>) -> bool {
    let cancel = id.and_then(|id| cancels.get(&(whose.clone(), id.clone())));
    cancel.is_some_and(|cancel| cancel.proved_silent && !cancel.by_stop)
}
