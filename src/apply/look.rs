//! The read of the newest end of the list before a create; and the same for the next group, made while the last of a group
//! are waited for.

use std::time::Duration;

use super::run_context::{RunClock, RunContext};
use crate::model::ExistingBatch;
use crate::provider::{Provider, ReadError};

/// A look that was made ahead is used within this.
const AHEAD: Duration = Duration::from_secs(2);

/// What the newest end of a list showed, and when it was asked for.
pub(super) struct Look {
    pub asked: Duration,
    pub newest: Result<Vec<ExistingBatch>, ReadError>,
}

impl Look {
    /// Looks now.
    pub(super) async fn now<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, provider: &P) -> Self {
        let asked = run.clock.watch();
        Self {
            asked,
            newest: provider.newest().await,
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
