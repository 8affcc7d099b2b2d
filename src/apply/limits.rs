//! Until when a run goes on: signals, and the plan's own end.

use super::outcome::Halt;
use super::run_context::{RunClock, RunContext};
use crate::model::Instant;
use crate::plan::Operation;
use crate::provider::Provider;

/// The operation, with nothing left to be sent once the plan has expired: the clock is read again before each call.
pub(super) fn within(operation: &Operation, expires_at: Option<Instant>) -> Operation {
    let mut operation = operation.clone();
    if let Some(expires) = expires_at {
        let deadline = &mut operation.deadline;
        deadline.begin_by = deadline.begin_by.min(expires);
        deadline.create_by = deadline.create_by.map(|by| by.min(expires));
    }
    operation
}

/// Why nothing more is begun, by the signals and the clock.
pub(super) fn halt<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, expires_at: Option<Instant>) -> Option<Halt> {
    if run.clock.is_interrupted() {
        return Some(Halt::Interrupted);
    }
    expires_at
        .filter(|expires| run.clock.now() >= *expires)
        .map(|_| Halt::Expired)
}
