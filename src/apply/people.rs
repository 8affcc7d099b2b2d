//! The people in the answer to a create or a change, where they are not those who were sent: written down and reported.
//! Whoever was added is taken out when the run looks back, by the rule for every kept batch; whoever is missing is never put
//! back, because a number that the provider blocks would be put back in every run.

use super::journal::Event;
use super::run_context::{JournalFailed, RunClock, RunContext};
use crate::model::{BatchId, Diagnostic, Reference, counted};
use crate::plan::diagnostics::OTHER_PEOPLE;
use crate::provider::{OtherPeople, Provider};

/// Notes it in the journal and for the report.
pub(super) fn note_other_people<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    reference: &Reference,
    id: &BatchId,
    other: OtherPeople,
) -> Result<(), JournalFailed> {
    let OtherPeople { added, missing, sent } = other;
    let mut differences = Vec::new();
    if missing > 0 {
        differences.push(format!(
            "{missing} of {} missing",
            counted(sent, "person is", "people are")
        ));
    }
    if added > 0 {
        let people = counted(added, "person whom", "people whom");
        differences.push(format!("{people} nobody sent in it"));
    }
    let message = format!(
        "`{}` answered for `{reference}` with other people than were sent: {}",
        provider.name(),
        differences.join(", ")
    );
    run.people_differ
        .borrow_mut()
        .push(Diagnostic::warning(&OTHER_PEOPLE, message));
    let event = Event::OtherPeople {
        batch_id: id.0.clone(),
        added,
        missing,
    };
    run.note(provider.name(), reference, event)
}
