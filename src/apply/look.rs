//! The read of the newest end of the list before a create; and the same for the next group, made while the last of a group
//! are waited for. Whoever cancels what this run has created pulls a brake, unless he repairs a double.

use std::collections::BTreeSet;
use std::time::Duration;

use super::run_context::{RunClock, RunContext};
use crate::model::{BatchId, ExistingBatch, ProviderName, ReportedState};
use crate::provider::{Provider, ReadError};

/// What a run has created, and where.
pub(super) type OwnBatches = BTreeSet<(ProviderName, BatchId)>;

/// A look that was made ahead is used within this.
const AHEAD: Duration = Duration::from_secs(2);

/// What the newest end of a list showed, and when it was asked for.
pub(super) struct Look {
    pub asked: Duration,
    pub newest: Result<Vec<ExistingBatch>, ReadError>,
    /// A batch of this run that somebody else has stopped.
    pub braked: Option<BatchId>,
}

impl Look {
    /// Looks now.
    pub(super) async fn now<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, provider: &P) -> Self {
        let asked = run.clock.watch();
        Self {
            asked,
            newest: provider.newest().await,
            braked: None,
        }
    }

    /// The same, once it is known what the cancels that it shows mean. Another run of the same commit that has created the
    /// same takes one of the two away: as long as the other stands, that is no brake. A look need not reach back to it, so
    /// then the whole list is asked, and the newest end again.
    pub(super) async fn judged<P: Provider, C: RunClock>(
        mut self,
        run: &RunContext<'_, P, C>,
        provider: &P,
        own: &OwnBatches,
    ) -> Self {
        let mut doubles: BTreeSet<BatchId> = BTreeSet::new();
        loop {
            let newest = self.newest.as_deref().unwrap_or_default();
            let is_own = |batch: &&ExistingBatch| own.contains(&(provider.name().clone(), batch.id.clone()));
            let mut canceled = newest.iter().filter(|batch| batch.state == ReportedState::Canceled);
            let Some(one) = canceled.find(|batch| is_own(batch) && !doubles.contains(&batch.id)) else {
                return self;
            };
            let id = one.id.clone();
            if !has_twin(newest, one) {
                let list = provider.list_on().await;
                if !list.is_ok_and(|list| has_twin(&list.batches, one)) {
                    self.braked = Some(id);
                    return self;
                }
                self = Self::now(run, provider).await;
            }
            doubles.insert(id);
        }
    }

    /// Looks for the next group; `None` where that failed, or the clocks do not agree: then it looks for itself.
    pub(super) async fn ahead<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, provider: &P) -> Option<Self> {
        let look = Self::now(run, provider).await;
        let can_be_used = look.newest.is_ok() && run.disagreement(provider).is_none();
        can_be_used.then_some(look)
    }

    /// Whether it was made so short ago that creates may rely on it.
    pub(super) fn is_recent<P: Provider, C: RunClock>(&self, run: &RunContext<'_, P, C>) -> bool {
        run.clock.watch().saturating_sub(self.asked) <= AHEAD
    }
}

/// Whether another batch with the reference of a canceled one stands.
fn has_twin(batches: &[ExistingBatch], canceled: &ExistingBatch) -> bool {
    canceled.reference.is_some()
        && (batches.iter()).any(|batch| batch.reference == canceled.reference && batch.state != ReportedState::Canceled)
}
