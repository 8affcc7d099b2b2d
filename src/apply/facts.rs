//! What the journal's lines amount to, in the words of `plan`.

use std::collections::{BTreeMap, BTreeSet};

use super::journal::{Call, Event, Line, Outcome};
use super::whose::{Accounts, Whose};
use crate::model::{BatchId, ExistingBatch, Instant, ProviderName, Reference, ReportedState, Window};
use crate::plan::{ElsewhereBatch, JournalFacts, KnownBatch, Observed, OurCancel, Policy, UnknownCreate};

/// A create as the journal tells it.
struct Create {
    whose: Whose,
    reference: Reference,
    windows: Vec<Window>,
    at: Instant,
    /// When its answer was given up: it may have left only just before.
    given_up: Option<Instant>,
    outcome: Option<Outcome>,
    /// The lists did not show it while `list_lag` passed.
    outlasted_lag: bool,
    batch_id: Option<BatchId>,
}

/// Cancels by the provider as far as it is known, and id.
type Cancels = BTreeMap<(Whose, BatchId), OurCancel>;
/// When a batch was missing for the first time.
type Missed = BTreeMap<(ProviderName, BatchId), Instant>;

/// Folds lines into facts. `None` is no journal at all. Creates without a known outcome that a list shows are known.
/// Lines of another account are no facts about this one; what was created there is elsewhere. Lines whose account is in
/// doubt hold what they would hold, and free nothing.
pub fn facts(lines: Option<&[Line]>, observed: &Observed, policy: &Policy) -> JournalFacts {
    let Some(lines) = lines else {
        return JournalFacts::default();
    };
    let accounts = Accounts::new(observed, policy);
    let mut facts = JournalFacts {
        exists: true,
        ..JournalFacts::default()
    };
    let mut creates: Vec<Create> = Vec::new();
    let mut cancels = Cancels::new();
    let mut missed = Missed::new();
    for line in lines {
        let Some(by_account) = accounts.of(line) else { continue };
        let id = batch_of(&line.event);
        let whose = accounts.with_id(by_account.clone(), id.as_ref());
        if let Whose::Surely(provider) = &whose
            && is_of_namespace(line, policy)
        {
            facts.accounts.insert(provider.clone());
        }
        if let (Whose::Surely(provider), Event::ReferenceKept { .. }) = (&whose, &line.event) {
            facts.keeps_references.insert(provider.clone());
        }
        match answer_to_create(&line.event) {
            Some(outcome) => answer(line, &by_account, outcome, id, &mut creates),
            None => fold(
                line,
                if is_create(&line.event) { by_account } else { whose },
                id,
                &mut creates,
                &mut cancels,
                &mut missed,
            ),
        }
    }
    sort_creates(creates, &cancels, &missed, &accounts, observed, policy, &mut facts);
    facts.cancels = (cancels.into_iter())
        .filter(|((whose, _), cancel)| match whose {
            Whose::Surely(_) => true,
            // A brake frees nothing.
            Whose::Perhaps(_) => cancel.by_stop,
            Whose::Elsewhere(_) => false,
        })
        .map(|(_, cancel)| cancel)
        .collect();
    facts
}

/// The batch that an event names.
fn batch_of(event: &Event) -> Option<BatchId> {
    match event {
        Event::Intent { batch_id, .. } | Event::Answer { batch_id, .. } => batch_id.clone().map(BatchId),
        Event::ProvedSilent { batch_id } | Event::Missing { batch_id } | Event::ReferenceKept { batch_id } => {
            Some(BatchId(batch_id.clone()))
        }
        Event::Recognized | Event::List { .. } => None,
    }
}

/// Whether a line tells that this project was at its account, under the namespace of now.
fn is_of_namespace(line: &Line, policy: &Policy) -> bool {
    let namespace = line.reference.split('.').next().unwrap_or_default();
    namespace == policy.namespace.as_str()
}

fn is_create(event: &Event) -> bool {
    matches!(
        event,
        Event::Intent {
            call: Call::Create | Call::Update,
            ..
        }
    )
}

fn answer_to_create(event: &Event) -> Option<Outcome> {
    match event {
        Event::Answer {
            call: Call::Create | Call::Update,
            outcome,
            ..
        } => Some(*outcome),
        Event::Answer {
            call: Call::Cancel | Call::Stop,
            ..
        }
        | Event::Intent { .. }
        | Event::ProvedSilent { .. }
        | Event::Missing { .. }
        | Event::ReferenceKept { .. }
        | Event::Recognized
        | Event::List { .. } => None,
    }
}

/// What came of the newest create of this reference at this account: the line before it did not know its id.
fn answer(line: &Line, by_account: &Whose, outcome: Outcome, id: Option<BatchId>, creates: &mut [Create]) {
    let at = Instant::from_unix_millis(line.at_ms);
    let reference = Reference::parse(&line.reference);
    let is_asked = |c: &&mut Create| c.whose.is_with(by_account) && reference.as_ref() == Ok(&c.reference);
    if let Some(create) = creates.iter_mut().rev().find(is_asked) {
        create.outcome = Some(outcome);
        if outcome == Outcome::Unknown {
            create.given_up = create.given_up.or(Some(at));
        }
        create.outlasted_lag |= outcome == Outcome::Unknown && create.batch_id.is_none();
        create.batch_id = id.or(create.batch_id.take());
    }
}

fn fold(
    line: &Line,
    whose: Whose,
    id: Option<BatchId>,
    creates: &mut Vec<Create>,
    cancels: &mut Cancels,
    missed: &mut Missed,
) {
    let at = Instant::from_unix_millis(line.at_ms);
    match (&line.event, id) {
        (
            Event::Intent {
                call: Call::Create | Call::Update,
                windows,
                ..
            },
            batch_id,
        ) => {
            let Ok(reference) = Reference::parse(&line.reference) else {
                return;
            };
            let windows = windows
                .iter()
                .filter_map(|(opens, closes)| window(*opens, *closes))
                .collect();
            creates.push(Create {
                whose,
                reference,
                windows,
                at,
                given_up: None,
                outcome: None,
                outlasted_lag: false,
                batch_id,
            });
        }
        (
            Event::Intent {
                call: call @ (Call::Cancel | Call::Stop),
                ..
            },
            Some(id),
        ) => {
            let cancel = OurCancel {
                provider: whose.name().clone(),
                id: id.clone(),
                by_stop: matches!(call, Call::Stop),
                answered_at: None,
                proved_silent: false,
            };
            cancels.insert((whose, id), cancel);
        }
        (
            Event::Answer {
                call: Call::Cancel | Call::Stop,
                outcome,
                ..
            },
            Some(id),
        ) => match outcome {
            Outcome::Done | Outcome::Unknown => {
                if let Some(cancel) = cancels.get_mut(&(whose, id)) {
                    cancel.answered_at = matches!(outcome, Outcome::Done).then_some(at);
                }
            }
            // Refused: whoever cancels it later, it was not this.
            Outcome::NotSent => {
                cancels.remove(&(whose, id));
            }
        },
        (Event::ProvedSilent { .. }, Some(id)) => {
            if let Some(cancel) = cancels.get_mut(&(whose, id)) {
                cancel.proved_silent = true;
                cancel.answered_at = cancel.answered_at.or(Some(at));
            }
        }
        (Event::Missing { .. }, Some(id)) => {
            missed.entry((whose.name().clone(), id)).or_insert(at);
        }
        (Event::Answer { .. } | Event::ReferenceKept { .. } | Event::Recognized | Event::List { .. }, _)
        | (Event::Intent { .. } | Event::ProvedSilent { .. } | Event::Missing { .. }, None) => {}
    }
}

/// Cancels of ours without any answer: where, of what, and when they were asked.
pub fn unanswered_cancels(
    lines: &[Line],
    observed: &Observed,
    policy: &Policy,
) -> Vec<(ProviderName, BatchId, Reference, Instant)> {
    let accounts = Accounts::new(observed, policy);
    let mut open: BTreeMap<(ProviderName, BatchId), (Reference, Instant)> = BTreeMap::new();
    for line in lines {
        let (Some(whose), Ok(reference), Some(id)) = (
            accounts.of(line),
            Reference::parse(&line.reference),
            batch_of(&line.event),
        ) else {
            continue;
        };
        let Whose::Surely(provider) = accounts.with_id(whose, Some(&id)) else {
            continue;
        };
        match &line.event {
            Event::Intent { call: Call::Cancel, .. } => {
                let asked = (reference, Instant::from_unix_millis(line.at_ms));
                open.insert((provider, id), asked);
            }
            Event::Answer {
                call: Call::Cancel,
                outcome: Outcome::Done | Outcome::NotSent,
                ..
            }
            | Event::ProvedSilent { .. } => {
                open.remove(&(provider, id));
            }
            Event::Intent { .. }
            | Event::Answer { .. }
            | Event::Missing { .. }
            | Event::ReferenceKept { .. }
            | Event::Recognized
            | Event::List { .. } => {}
        }
    }
    (open.into_iter())
        .map(|((provider, id), (reference, asked))| (provider, id, reference, asked))
        .collect()
}

fn window(opens: i64, closes: i64) -> Option<Window> {
    Window::new(Instant::from_unix_seconds(opens), Instant::from_unix_seconds(closes)).ok()
}

/// Known ones (an id was told, or the list shows it), unknown ones, those that certainly never were, and those at accounts
/// that are configured no more.
fn sort_creates(
    creates: Vec<Create>,
    cancels: &Cancels,
    missed: &Missed,
    accounts: &Accounts<'_>,
    observed: &Observed,
    policy: &Policy,
    facts: &mut JournalFacts,
) {
    let mut known: BTreeMap<(ProviderName, BatchId), KnownBatch> = BTreeMap::new();
    let mut elsewhere: BTreeMap<(ProviderName, Reference), ElsewhereBatch> = BTreeMap::new();
    let creates_by_id: BTreeSet<BatchId> = creates.iter().filter_map(|create| create.batch_id.clone()).collect();
    for create in creates {
        let was_in_place = create.batch_id.is_some() && create.outcome != Some(Outcome::Done);
        // A change in place has no second batch to fear: its target is known by other lines.
        if create.outcome == Some(Outcome::NotSent) || was_in_place {
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
            Some(Outcome::Done) => batch_id,
            Some(Outcome::Unknown | Outcome::NotSent) | None => listed(observed, &name, &reference),
        };
        let is_shown = id.is_some() || listed_canceled(observed, &name, &reference).is_some();
        if id.is_none() || outlasted_lag {
            let lookalike = if id.is_none() {
                lookalike(observed, &creates_by_id, &name, &windows)
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
            if is_shown_as_sent(observed, &batch) {
                facts.keeps_references.insert(name.clone());
            }
            known.insert((name, id), batch);
        }
    }
    facts.known = known.into_values().collect();
    facts.elsewhere = elsewhere.into_values().collect();
}

/// Whether a list shows a batch that we know by id with the reference that was sent.
fn is_shown_as_sent(observed: &Observed, batch: &KnownBatch) -> bool {
    under(observed, &batch.provider, &batch.reference).any(|shown| shown.id == batch.id)
}

/// Whether an apply of ours canceled it, proved silent. A brake is none: it stays one.
fn is_canceled(cancels: &Cancels, whose: &Whose, id: Option<&BatchId>) -> bool {
    let cancel = id.and_then(|id| cancels.get(&(whose.clone(), id.clone())));
    cancel.is_some_and(|cancel| cancel.proved_silent && !cancel.by_stop)
}

/// The batch that a list shows under this reference. What is canceled may be what this create was to replace, or what
/// somebody stopped before it was resumed: that settles nothing.
pub fn listed(observed: &Observed, provider: &ProviderName, reference: &Reference) -> Option<BatchId> {
    under(observed, provider, reference)
        .find(|batch| batch.state != ReportedState::Canceled)
        .map(|batch| batch.id.clone())
}

/// A canceled one under this reference.
pub fn listed_canceled(observed: &Observed, provider: &ProviderName, reference: &Reference) -> Option<BatchId> {
    under(observed, provider, reference)
        .find(|batch| batch.state == ReportedState::Canceled)
        .map(|batch| batch.id.clone())
}

/// A batch that nobody's reference names and no line knows by its id, opening when a create without an answer would: an
/// account that does not keep references shows that create so. Whatever its state: somebody may have stopped it.
fn lookalike(
    observed: &Observed,
    known: &BTreeSet<BatchId>,
    provider: &ProviderName,
    windows: &[Window],
) -> Option<BatchId> {
    let opens = windows.first()?.opens();
    (observed.batches.iter())
        .filter(|batch| batch.provider == *provider && batch.reference.is_none() && !known.contains(&batch.id))
        .find(|batch| batch.opens() == Some(opens))
        .map(|batch| batch.id.clone())
}

fn under<'a>(
    observed: &'a Observed,
    provider: &ProviderName,
    reference: &Reference,
) -> impl Iterator<Item = &'a ExistingBatch> {
    (observed.batches.iter())
        .filter(move |batch| batch.provider == *provider && batch.reference.as_ref() == Some(reference))
}

#[cfg(test)]
mod tests;
