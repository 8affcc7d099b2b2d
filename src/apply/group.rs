//! Which of the next operations may be under way side by side: of one kind, at one provider, where none builds on another
//! and nobody is texted by two of them.
//!
//! The plan's order stays: a group is what comes next, and ends before the first operation that does not fit. So every cancel
//! and removal is answered before the first create, because the plan has them in this order.

use std::collections::BTreeSet;
use std::time::Duration;

use super::run_context::{RunClock, RunContext};
use crate::model::{Person, ProviderName};
use crate::plan::{How, Operation};
use crate::provider::{AccountSettings, NewBatch, Provider};

/// The read of the newest end is at most so old when a POST leaves.
pub(super) const FRESH: Duration = Duration::from_secs(5);
/// All requests of a group must leave within this, so that the last of them finds its read fresh.
const LEAVES_WITHIN: Duration = Duration::from_secs(4);

/// What the operations of a group do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OperationKind {
    /// Cancels and removals.
    TakesAway,
    /// Changes in place.
    Puts,
    /// Creates, and replaces by a cancel and a create.
    Creates,
}

/// What may be under way side by side, from the first operation on.
#[derive(Debug, Clone, Copy)]
pub(super) struct OperationGroup {
    pub kind: OperationKind,
    /// At least one.
    pub size: usize,
}

/// What an operation does at this provider; `None`: it concerns another one too, and goes alone.
pub(super) fn kind_at(operation: &Operation, name: &ProviderName) -> Option<OperationKind> {
    let target = operation.target.as_ref();
    let is_here = operation.provider == *name && target.is_none_or(|target| target.provider == *name);
    is_here.then_some(match operation.how {
        How::Create | How::CancelThenCreate => OperationKind::Creates,
        How::PutInPlace => OperationKind::Puts,
        How::Cancel | How::RemoveInPlace(_) => OperationKind::TakesAway,
    })
}

/// The longest group that begins with the first of these operations, of those that `may_begin` lets begin now.
pub(super) fn group_of<P: Provider, C: RunClock>(
    run: &RunContext<'_, P, C>,
    provider: &P,
    kind: OperationKind,
    operations: &[Operation],
    may_begin: &dyn Fn(&Operation) -> bool,
) -> OperationGroup {
    let most = most_at_once(&provider.settings());
    let mut people = People::default();
    let mut size = 0;
    for one in operations.iter().take(most) {
        let before: Vec<&Operation> = operations.iter().take(size).collect();
        let fits = kind_at(one, provider.name()) == Some(kind)
            && may_begin(one)
            && before.iter().all(|other| depends_on_nothing_of(one, other));
        if !fits || (kind != OperationKind::TakesAway && people.shares(run, &before, one)) {
            break;
        }
        size += 1;
    }
    OperationGroup {
        kind,
        size: size.max(1),
    }
}

fn most_at_once(of: &AccountSettings) -> usize {
    let within = LEAVES_WITHIN.as_nanos().checked_div(of.spacing.as_nanos());
    let within = within.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
    of.requests_in_flight.min(within)
}

fn depends_on_nothing_of(one: &Operation, other: &Operation) -> bool {
    let id = |operation: &'_ Operation| operation.target.as_ref().map(|target| target.id.clone());
    let is_of_same_batch = id(one).is_some() && id(one) == id(other);
    one.reference != other.reference
        && !is_of_same_batch
        && !one.after.contains(&other.digest)
        && !other.after.contains(&one.digest)
}

/// Who is texted by a group, as far as it had to be listed.
#[derive(Default)]
struct People {
    listed: usize,
    all: BTreeSet<Person>,
}

impl People {
    /// Whether somebody is in this operation's batch and in one before it. Of one occurrence, and by the hash that parts them,
    /// nobody is; otherwise the people are compared.
    fn shares<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        before: &[&Operation],
        one: &Operation,
    ) -> bool {
        if before.iter().all(|other| are_apart(one, other)) {
            return false;
        }
        for other in before.iter().skip(self.listed) {
            self.all.extend(people_of(run, other).into_iter().flatten());
        }
        self.listed = before.len();
        people_of(run, one).is_none_or(|people| people.iter().any(|person| self.all.contains(person)))
    }
}

fn are_apart(one: &Operation, other: &Operation) -> bool {
    let is_of_occurrence = (one.campaign(), one.occurrence()) == (other.campaign(), other.occurrence());
    if is_of_occurrence && one.peers.wanted.contains(&one.reference) && one.peers.wanted.contains(&other.reference) {
        return true;
    }
    !one.reference.slot.part.may_share(other.reference.slot.part)
}

/// `None` where they cannot be listed.
fn people_of<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, operation: &Operation) -> Option<Vec<Person>> {
    let windows = operation.windows_at(run.clock.now())?;
    let batch: NewBatch = run.payloads.batch(operation, windows).ok()?;
    Some(batch.payload.numbers().into_iter().map(Person::from).collect())
}
