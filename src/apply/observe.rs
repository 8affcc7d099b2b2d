//! Reads everything that a decision needs: complete lists, then proofs and people of the batches that matter.
//!
//! A create in the journal that the lists do not show, or no journal at all, may mean a list that lags: then the lists
//! are read again after the longest `list_lag`, by this run's own watch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::cancels::unanswered_cancels;
use super::facts::facts;
use super::journal::{Call, CallOutcome, Event, Line};
use super::listed::ListedBatches;
use super::progress::Progress;
use super::run_context::{JournalFailed, MAX_SKEW, RunClock, RunContext};
use crate::model::{BatchId, ExistingBatch, Headcount, Instant, Proof, ProviderName, Recipients, ReportedState};
use crate::plan::{JournalFacts, Need, NeedKind, Observed, Plan, Policy, UnknownCreate, decide, needs, newly_lost};
use crate::provider::{Provider, ReadError};

/// What was read, and what follows from it.
pub struct Observation {
    /// Everything the providers hold.
    pub observed: Observed,
    /// What the journal knows.
    pub facts: JournalFacts,
    /// The decision.
    pub plan: Plan,
    /// Providers whose clock differs by more than [`MAX_SKEW`] from ours, with both clocks; none while ours is
    /// pretended.
    pub skewed: Vec<(ProviderName, Instant, Instant)>,
    /// Real providers whose answers carry no `Date`: nobody can compare the clocks; none while ours is pretended.
    pub dateless: Vec<ProviderName>,
}

/// Reads and decides; changes nothing, not even the journal.
pub async fn observe<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>) -> Result<Observation, ReadError> {
    let (mut observed, mut skewed) = list_all(run).await?;
    if let Some(lag) = lag_to_wait(run, &observed) {
        if !lag.is_zero() {
            (run.progress)(&Progress::Waiting);
            run.clock.sleep(lag).await;
        }
        (observed, skewed) = list_all(run).await?;
    }
    let lines = run.journal.borrow().lines();
    let facts = facts(lines.as_deref().map(Vec::as_slice), &observed, run.policy);
    let now = run.clock.now();
    let plan = decided(run, &mut observed, &facts, now).await;
    Ok(Observation {
        observed,
        facts,
        plan,
        skewed,
        dateless: dateless(run),
    })
}

/// What a run that desires something else would decide of the same lists, at the same instant.
pub async fn reconsider<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, seen: &Observation) -> Plan {
    decided(run, &mut seen.observed.clone(), &seen.facts, seen.plan.now).await
}

/// Reads proofs and people until nothing more is asked for.
async fn decided<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    observed: &mut Observed,
    facts: &JournalFacts,
    now: Instant,
) -> Plan {
    let mut asked: BTreeSet<Need> = BTreeSet::new();
    let names = observed
        .batches
        .iter()
        .map(|batch| (batch.provider.clone(), batch.id.clone()));
    let places: BTreeMap<(ProviderName, BatchId), usize> = names.zip(0..).collect();
    loop {
        let open: Vec<Need> = needs(run.desired, observed, facts, now, run.policy)
            .into_iter()
            .filter(|need| asked.insert(need.clone()))
            .collect();
        if open.is_empty() {
            break;
        }
        for (index, need) in open.iter().enumerate() {
            (run.progress)(&Progress::Reading {
                number: index + 1,
                all: open.len(),
            });
            let place = places.get(&(need.provider.clone(), need.id.clone()));
            if let Some(batch) = place.and_then(|place| observed.batches.get_mut(*place)) {
                fill(run, batch, need).await;
            }
        }
    }
    decide(run.desired, observed, facts, now, run.policy)
}

fn dateless<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>) -> Vec<ProviderName> {
    let is_dateless = |provider: &&P| !provider.is_sandbox() && provider.last_date().is_none();
    let real = run.providers.iter().filter(|_| !run.clock.is_pretended());
    real.filter(is_dateless)
        .map(|provider| provider.name().clone())
        .collect()
}

async fn list_all<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
) -> Result<(Observed, Vec<(ProviderName, Instant, Instant)>), ReadError> {
    let mut observed = Observed {
        batches: Vec::new(),
        complete: true,
    };
    let mut skewed = Vec::new();
    for provider in run.providers {
        (run.progress)(&Progress::Listing(provider.name()));
        observed.batches.extend(provider.list_on().await?.batches);
        let ours = run.clock.now();
        let theirs = provider.last_date().filter(|theirs| theirs.distance(ours) > MAX_SKEW);
        if let Some(theirs) = theirs.filter(|_| !run.clock.is_pretended()) {
            skewed.push((provider.name().clone(), theirs, ours));
        }
    }
    Ok((observed, skewed))
}

/// How long the lists may lag behind what the journal knows; `None` when they show all of it.
fn lag_to_wait<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, observed: &Observed) -> Option<Duration> {
    let lag_of = |name: &ProviderName| run.policy.providers.get(name).map(|facts| facts.list_lag);
    let lines = run.journal.borrow().lines().unwrap_or_default();
    let listed = ListedBatches::of(observed);
    // The sandbox keeps a journal of its own: its lines are none of a real account.
    if !lines.iter().any(|line| is_of_real_account(line, run.policy)) {
        return run.policy.providers.values().map(|facts| facts.list_lag).max();
    }
    let facts = facts(Some(&lines), observed, run.policy);
    let unknown = facts
        .unknown
        .iter()
        .filter(|create| listed.live(&create.provider, &create.reference).is_none());
    let lost = newly_lost(observed, &facts);
    unknown
        .map(|create| &create.provider)
        .chain(lost.map(|batch| &batch.provider))
        .filter_map(lag_of)
        .max()
}

/// Writes down by which batch an account was seen to keep references: the list may have lost it by the next run.
fn note_kept<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    seen: &Observation,
    provider: &ProviderName,
) -> Result<(), JournalFailed> {
    let listed = ListedBatches::of(&seen.observed);
    let shown = (seen.facts.known.iter())
        .filter(|known| known.provider == *provider)
        .find(|known| {
            let mut under = listed.under(provider, &known.reference).iter();
            under.any(|batch| batch.id == known.id)
        });
    match shown {
        Some(known) => {
            let event = Event::ReferenceKept {
                batch_id: known.id.0.clone(),
            };
            run.note_at(seen.plan.now, provider, &known.reference, event)
        }
        None => Ok(()),
    }
}

fn is_of_real_account(line: &Line, policy: &Policy) -> bool {
    let provider = ProviderName::parse(&line.provider).ok();
    let facts = provider.and_then(|name| policy.providers.get(&name));
    // What a suppression list held is no word about any account.
    !matches!(line.event, Event::List { .. }) && facts.is_none_or(|facts| !facts.sandbox)
}

/// Reads what is needed of one batch. What cannot be read is doubt, never an assumption.
async fn fill<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, batch: &mut ExistingBatch, need: &Need) {
    let Some(provider) = run.provider(&need.provider) else {
        return;
    };
    match need.what {
        NeedKind::Proof => {
            batch.proof = match provider.get(&need.id).await {
                Ok(Some(fresh)) if fresh.proof != Proof::NotRead => fresh.proof,
                Ok(_) | Err(_) => Proof::Doubt,
            };
        }
        NeedKind::Headcount => {
            batch.headcount = match provider.get(&need.id).await {
                Ok(Some(fresh)) if fresh.headcount != Headcount::NotRead => fresh.headcount,
                Ok(_) | Err(_) => Headcount::Untold,
            };
        }
        NeedKind::Recipients => {
            batch.recipients = match provider.recipients(&need.id).await {
                Ok(numbers) => Recipients::Read(Arc::new(numbers)),
                Err(_) => Recipients::Unreadable,
            };
        }
    }
}

/// Writes down what a read settled: unknown creates that the list shows or that time has settled, cancels without an
/// answer that had no effect, and batches that are missing for the first time. Called by runs that may change
/// something.
pub fn note_what_was_settled<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    seen: &Observation,
) -> Result<(), JournalFailed> {
    // By the clock of the decision, which was compared with the providers'.
    let now = seen.plan.now;
    let lines = run.journal.borrow().lines().unwrap_or_default();
    let before = facts(
        Some(&lines),
        &Observed {
            batches: Vec::new(),
            complete: true,
        },
        run.policy,
    );
    let listed = ListedBatches::of(&seen.observed);
    // What may be there under nobody's reference is for a person to settle.
    let may_be_there = |create: &UnknownCreate| {
        let is_same = |seen: &&UnknownCreate| {
            (&seen.provider, &seen.reference) == (&create.provider, &create.reference) && seen.lookalike.is_some()
        };
        seen.facts.unknown.iter().any(|seen| is_same(&seen))
    };
    let open = before
        .unknown
        .iter()
        .filter(|create| !create.found_late && !may_be_there(create));
    for create in open {
        match listed.live(&create.provider, &create.reference) {
            Some(id) => run.note_answer(
                &create.provider,
                &create.reference,
                Call::Create,
                CallOutcome::Done,
                Some(&id),
            )?,
            None if create.hold_until <= now => {
                let canceled = listed.canceled(&create.provider, &create.reference);
                let outcome = if canceled.is_some() {
                    CallOutcome::Done
                } else {
                    CallOutcome::NotSent
                };
                run.note_answer(
                    &create.provider,
                    &create.reference,
                    Call::Create,
                    outcome,
                    canceled.as_ref(),
                )?;
            }
            None => {}
        }
    }
    // A DELETE without an answer whose batch is still planned, once its effect would have to show, was not carried out:
    // if that batch is canceled later, it was not by us.
    for (provider, id, reference, asked) in unanswered_cancels(&lines, &seen.observed, run.policy) {
        let lag = run
            .policy
            .providers
            .get(&provider)
            .map_or(Duration::MAX, |facts| facts.list_lag);
        let batch = (seen.observed.batches.iter()).find(|batch| batch.provider == provider && batch.id == id);
        let stands = batch.is_some_and(|batch| batch.state == ReportedState::Planned);
        if stands && now.since(asked) > lag {
            run.note_answer(&provider, &reference, Call::Cancel, CallOutcome::NotSent, Some(&id))?;
        }
    }
    for provider in seen.facts.keeps_references.difference(&before.keeps_references) {
        note_kept(run, seen, provider)?;
    }
    for provider in &seen.plan.recognized {
        run.note_recognized(now, provider)?;
    }
    for lost in newly_lost(&seen.observed, &seen.facts) {
        run.note_at(
            now,
            &lost.provider,
            &lost.reference,
            Event::Missing {
                batch_id: lost.id.0.clone(),
            },
        )?;
    }
    Ok(())
}
