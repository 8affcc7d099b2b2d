//! The echo check: does this account keep our references letter by letter? The first create at an account of which the
//! journal knows no kept reference is read back, by itself and in the list, before a second one is sent. An account that
//! does not keep them would get every batch again with the next run.

use std::time::Duration;

use super::journal::Event;
use super::run_context::{JournalFailed, RunClock, RunContext};
use crate::model::{BatchId, ExistingBatch, Reference};
use crate::provider::Provider;

/// What a new batch shows as its reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Echo {
    /// Ours, letter by letter, by itself and in the list.
    Kept,
    /// Another, or none.
    NotKept,
    /// It could not be read within `list_lag`.
    NotShown(String),
}

/// Reads a new batch back; writes down that the account keeps references.
pub(super) async fn check_echo<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    reference: &Reference,
    id: &BatchId,
) -> Result<Echo, JournalFailed> {
    let patience = provider.settings().list_lag;
    let pause = (patience / 6).max(Duration::from_millis(200));
    let started = run.clock.watch();
    loop {
        let is_last_look = run.clock.watch() >= started + patience;
        let seen = look(provider, reference, id).await;
        match seen {
            Echo::Kept => {
                let event = Event::ReferenceKept { batch_id: id.0.clone() };
                run.note(provider.name(), reference, event)?;
                return Ok(Echo::Kept);
            }
            Echo::NotKept => return Ok(Echo::NotKept),
            Echo::NotShown(_) if is_last_look || run.clock.is_interrupted() => return Ok(seen),
            Echo::NotShown(_) => run.clock.sleep(pause).await,
        }
    }
}

async fn look<P: Provider>(provider: &P, reference: &Reference, id: &BatchId) -> Echo {
    // Another run may have put other content into it since: then it shows that run's reference, of the same slot.
    let shows = |batch: &ExistingBatch| {
        let shown = batch.reference.as_ref();
        shown.is_some_and(|shown| (&shown.namespace, &shown.slot) == (&reference.namespace, &reference.slot))
    };
    match provider.get(id).await {
        Ok(Some(fresh)) if !shows(&fresh) => return Echo::NotKept,
        Ok(Some(_)) => {}
        Ok(None) => return Echo::NotShown("the provider does not know it".to_owned()),
        Err(error) => return Echo::NotShown(error.to_string()),
    }
    match provider.list_on().await {
        Ok(list) => match list.batches.iter().find(|batch| batch.id == *id) {
            Some(listed) if shows(listed) => Echo::Kept,
            Some(_) => Echo::NotKept,
            None => Echo::NotShown("the list does not show it".to_owned()),
        },
        Err(error) => Echo::NotShown(error.to_string()),
    }
}
