//! What the journal's lines amount to, in the words of `plan`.

use super::cancels::batch_of;
use super::creates::{Cancels, Create, Creates, Missed, sort_creates};
use super::journal::{Call, CallOutcome, Event, Finished, Line};
use super::listed::ListedBatches;
use super::run_context::read_windows;
use super::said::said;
use super::whose::{KnownAccounts, Whose};
use crate::model::{BatchId, Instant, Reference};
use crate::plan::{JournalFacts, Observed, OurCancel, Policy};

/// Folds lines into facts. `None` is no journal at all. Creates without a known outcome that a list shows are known.
/// Lines of another account are no facts about this one; what was created there is elsewhere. Lines whose account is in
/// doubt hold what they would hold, and free nothing.
pub fn facts(lines: Option<&[Line]>, observed: &Observed, policy: &Policy) -> JournalFacts {
    let Some(lines) = lines else {
        return JournalFacts::default();
    };
    let accounts = KnownAccounts::new(observed, policy);
    let mut facts = JournalFacts {
        exists: true,
        said: said(lines),
        ..JournalFacts::default()
    };
    let mut creates = Creates::default();
    let mut cancels = Cancels::new();
    let mut missed = Missed::new();
    for line in lines {
        let Some(by_account) = accounts.of(line) else { continue };
        if let Event::Finished { batches } = &line.event {
            for batch in batches {
                let whose = accounts.with_id(by_account.clone(), Some(&BatchId(batch.batch_id.clone())));
                for whose in [&by_account, &whose] {
                    if let Whose::Surely(provider) = whose
                        && is_of_namespace(line, policy)
                    {
                        facts.accounts.insert(provider.clone());
                    }
                }
                fold_finished(
                    line,
                    batch,
                    (by_account.clone(), whose),
                    &mut creates,
                    &mut cancels,
                    &mut missed,
                );
            }
            continue;
        }
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
    sort_creates(
        creates.all,
        &cancels,
        &missed,
        &accounts,
        &ListedBatches::of(observed),
        policy,
        &mut facts,
    );
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

/// Whether a line shows that this project was at its account, under its present namespace.
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

fn answer_to_create(event: &Event) -> Option<CallOutcome> {
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
        | Event::OtherPeople { .. }
        | Event::ReferenceKept { .. }
        | Event::Recognized
        | Event::Finished { .. }
        | Event::List { .. } => None,
    }
}

/// What came of the newest create of this reference at this account: the line before it did not know its id.
fn answer(line: &Line, by_account: &Whose, outcome: CallOutcome, id: Option<BatchId>, creates: &mut Creates) {
    let at = Instant::from_unix_millis(line.at_ms);
    let Ok(reference) = Reference::parse(&line.reference) else {
        return;
    };
    if let Some(create) = creates.newest(&reference, by_account) {
        create.outcome = Some(outcome);
        if outcome == CallOutcome::Unknown {
            create.given_up = create.given_up.or(Some(at));
        }
        create.outlasted_lag |= outcome == CallOutcome::Unknown && create.batch_id.is_none();
        create.batch_id = id.or(create.batch_id.take());
    }
}

fn fold(
    line: &Line,
    whose: Whose,
    id: Option<BatchId>,
    creates: &mut Creates,
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
            creates.push(Create {
                whose,
                reference,
                windows: read_windows(windows),
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
            CallOutcome::Done | CallOutcome::Unknown => {
                if let Some(cancel) = cancels.get_mut(&(whose, id)) {
                    cancel.answered_at = matches!(outcome, CallOutcome::Done).then_some(at);
                }
            }
            // Refused: if somebody cancels it later, it was not this request.
            CallOutcome::NotSent => {
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
        (
            Event::Answer { .. }
            | Event::OtherPeople { .. }
            | Event::ReferenceKept { .. }
            | Event::Recognized
            | Event::Finished { .. }
            | Event::List { .. },
            _,
        )
        | (Event::Intent { .. } | Event::ProvedSilent { .. } | Event::Missing { .. }, None) => {}
    }
}

/// What the lines of a batch would amount to, whose story is kept in short.
fn fold_finished(
    line: &Line,
    batch: &Finished,
    (by_account, whose): (Whose, Whose),
    creates: &mut Creates,
    cancels: &mut Cancels,
    missed: &mut Missed,
) {
    let Ok(reference) = Reference::parse(&batch.reference) else {
        return;
    };
    let id = BatchId(batch.batch_id.clone());
    creates.push(Create {
        whose: by_account,
        reference,
        windows: read_windows(&batch.windows),
        at: Instant::from_unix_millis(line.at_ms),
        given_up: None,
        outcome: Some(CallOutcome::Done),
        outlasted_lag: false,
        batch_id: Some(id.clone()),
    });
    if let Some(at) = batch.missed_at_ms.map(Instant::from_unix_millis) {
        missed.entry((whose.name().clone(), id.clone())).or_insert(at);
    }
    if let Some(cancel) = batch.cancel {
        let cancel = OurCancel {
            provider: whose.name().clone(),
            id: id.clone(),
            by_stop: cancel.by_stop,
            answered_at: Some(Instant::from_unix_millis(cancel.answered_at_ms)),
            proved_silent: cancel.proved_silent,
        };
        cancels.insert((whose, id), cancel);
    }
}

#[cfg(test)]
mod tests;
