//! Cancels in the journal: which have no answer, and who asked for them.

use std::collections::{BTreeMap, BTreeSet};

use super::journal::{Call, CallOutcome, Event, Line};
use super::run_context::read_windows;
use super::whose::{KnownAccounts, Whose};
use crate::model::{BatchId, ExistingBatch, Instant, ProviderName, Reference, Window};
use crate::plan::{Observed, Policy};

/// Cancels of ours without any answer: where, of what, and when they were asked.
pub(super) fn unanswered_cancels(
    lines: &[Line],
    observed: &Observed,
    policy: &Policy,
) -> Vec<(ProviderName, BatchId, Reference, Instant)> {
    let accounts = KnownAccounts::new(observed, policy);
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
                outcome: CallOutcome::Done | CallOutcome::NotSent,
                ..
            }
            | Event::ProvedSilent { .. } => {
                open.remove(&(provider, id));
            }
            Event::Intent { .. }
            | Event::Answer { .. }
            | Event::Missing { .. }
            | Event::OtherPeople { .. }
            | Event::ReferenceKept { .. }
            | Event::Recognized
            | Event::Finished { .. }
            | Event::List { .. } => {}
        }
    }
    (open.into_iter())
        .map(|((provider, id), (reference, asked))| (provider, id, reference, asked))
        .collect()
}

/// By batch, whether the newest cancel that was asked for it was an apply's, and not a brake. Whatever account it may
/// have been at: ids are a provider's own.
pub(super) fn canceled_by_apply(lines: &[Line]) -> BTreeSet<BatchId> {
    let mut by_apply = BTreeSet::new();
    let mut note = |id: &str, is_by_apply: bool| {
        let id = BatchId(id.to_owned());
        if is_by_apply {
            by_apply.insert(id);
        } else {
            by_apply.remove(&id);
        }
    };
    for line in lines {
        match &line.event {
            Event::Intent {
                call: call @ (Call::Cancel | Call::Stop),
                batch_id: Some(id),
                ..
            } => note(id, *call == Call::Cancel),
            Event::Finished { batches } => {
                for batch in batches {
                    if let Some(cancel) = batch.cancel {
                        note(&batch.batch_id, !cancel.by_stop);
                    }
                }
            }
            Event::Intent { .. }
            | Event::Answer { .. }
            | Event::ProvedSilent { .. }
            | Event::Missing { .. }
            | Event::OtherPeople { .. }
            | Event::ReferenceKept { .. }
            | Event::Recognized
            | Event::List { .. } => {}
        }
    }
    by_apply
}

/// What applies have canceled at a provider and its complete list does not show, with reference and windows: a DELETE may
/// erase.
pub(super) fn canceled_and_gone(
    lines: &[Line],
    policy: &Policy,
    provider: &ProviderName,
    list: &[ExistingBatch],
) -> BTreeMap<BatchId, (Reference, Vec<Window>)> {
    let observed = Observed::default();
    let accounts = KnownAccounts::new(&observed, policy);
    let mut gone = BTreeMap::new();
    for line in lines {
        let is_here = || match accounts.of(line) {
            Some(Whose::Surely(name) | Whose::Perhaps(name)) => name == *provider,
            Some(Whose::Elsewhere(_)) | None => false,
        };
        if let Event::Intent {
            call: Call::Cancel,
            batch_id: Some(id),
            windows,
            ..
        } = &line.event
            && let Ok(reference) = Reference::parse(&line.reference)
            && is_here()
        {
            gone.insert(BatchId(id.clone()), (reference, read_windows(windows)));
        }
    }
    let by_apply = canceled_by_apply(lines);
    let listed: BTreeSet<&BatchId> = list.iter().map(|batch| &batch.id).collect();
    gone.retain(|id, _| by_apply.contains(id) && !listed.contains(id));
    gone
}

/// The batch that an event names.
pub(super) fn batch_of(event: &Event) -> Option<BatchId> {
    match event {
        Event::Intent { batch_id, .. } | Event::Answer { batch_id, .. } => batch_id.clone().map(BatchId),
        Event::ProvedSilent { batch_id }
        | Event::Missing { batch_id }
        | Event::OtherPeople { batch_id, .. }
        | Event::ReferenceKept { batch_id } => Some(BatchId(batch_id.clone())),
        Event::Recognized | Event::List { .. } | Event::Finished { .. } => None,
    }
}
