//! The walk: operations in the plan's order, each when what it waits for has ended well, until something systemic is
//! wrong, the plan has expired, or somebody asks to stop. The report is always whole.

use std::collections::{BTreeMap, BTreeSet};

use super::cancel::{CancelEnding, cancel, cancel_for_successor};
use super::create::{CreateEnding, create};
use super::echo::{Echo, check_echo};
use super::in_place::{is_refused_as_such, put, remove};
use super::journal::Call;
use super::outcome::{Halt, Outcome, Step};
use super::run_context::{JournalFailed, RunClock, RunContext};
use super::together::create_together;
use crate::model::{BatchId, Instant, ProviderName};
use crate::plan::{How, Operation, OperationDigest, Target};
use crate::provider::{Failure, FailureKind, Provider};

/// After this many 5xx answers or lost connections in a row a provider is left alone.
const FAILURES_IN_A_ROW: u32 = 5;

/// What a walk remembers.
pub(super) struct Walk {
    /// Operations on which others may build.
    ended_well: BTreeSet<OperationDigest>,
    /// Operations that others of the same plan wait for.
    awaited: BTreeSet<OperationDigest>,
    breakers: BTreeMap<ProviderName, Breaker>,
    /// Providers whose account is known to keep references as they are sent.
    pub(super) keeps_references: BTreeSet<ProviderName>,
    /// Why nothing more is created at a provider.
    no_creates: BTreeMap<ProviderName, String>,
    /// What this run has created.
    created: BTreeSet<(ProviderName, BatchId)>,
    /// Why nothing more is begun.
    pub(super) halt: Option<Halt>,
}

#[derive(Default)]
struct Breaker {
    in_a_row: u32,
    open: Option<String>,
}

/// What one operation came to.
struct Came {
    outcome: Outcome,
    batch_id: Option<BatchId>,
    error: Option<String>,
    failure: Option<Failure>,
    /// Whether others may build on it.
    well: bool,
    /// Somebody else cancels what this run creates.
    braked: Option<String>,
}

impl Came {
    fn done(batch_id: Option<BatchId>) -> Self {
        Self {
            outcome: Outcome::Done,
            batch_id,
            error: None,
            failure: None,
            well: true,
            braked: None,
        }
    }

    fn not(outcome: Outcome, error: impl Into<String>, failure: Option<Failure>) -> Self {
        Self {
            outcome,
            batch_id: None,
            error: Some(error.into()),
            failure,
            well: false,
            braked: None,
        }
    }
}

impl Walk {
    /// Nothing done yet, nothing broken; these operations make up the plan.
    pub(super) fn among(plan: &[Operation]) -> Self {
        Self {
            ended_well: BTreeSet::new(),
            awaited: plan
                .iter()
                .flat_map(|operation| operation.after.iter().cloned())
                .collect(),
            breakers: BTreeMap::new(),
            keeps_references: BTreeSet::new(),
            no_creates: BTreeMap::new(),
            created: BTreeSet::new(),
            halt: None,
        }
    }

    /// How many of the next operations may go side by side: creates of one occurrence that share nobody, where nothing
    /// keeps any of them from being begun. Everything that takes people away comes before, one by one.
    pub(super) fn together<P: Provider, C: RunClock>(
        &self,
        run: &RunContext<'_, P, C>,
        operations: &[Operation],
        expires_at: Option<Instant>,
    ) -> usize {
        let [first, rest @ ..] = operations else { return 0 };
        let Some(provider) = run.provider(&first.provider) else {
            return 1;
        };
        let most = provider.capabilities().requests_in_flight;
        if most < 2 || !self.is_checked(provider) || halt(run, expires_at).is_some() {
            return 1;
        }
        let may_go = |one: &Operation| one.how == How::Create && self.reason_not_to_begin(run, one).is_none();
        let is_beside = |one: &Operation, other: &Operation| {
            one.provider == other.provider
                && (one.campaign(), one.occurrence()) == (other.campaign(), other.occurrence())
                && one.reference != other.reference
                && one.peers.wanted.contains(&other.reference)
                && !other.after.contains(&one.digest)
        };
        if !may_go(first) {
            return 1;
        }
        let others = rest.iter().take(most.saturating_sub(1)).enumerate();
        let beside = others.take_while(|(place, one)| {
            let before = operations.iter().take(place + 1);
            may_go(one) && before.into_iter().all(|other| is_beside(other, one))
        });
        1 + beside.count()
    }

    /// Carries out creates side by side.
    pub(super) async fn group<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        operations: &[Operation],
        expires_at: Option<Instant>,
    ) -> Vec<Step> {
        let in_time: Vec<Operation> = operations.iter().map(|one| within(one, expires_at)).collect();
        let provider = operations.first().and_then(|first| run.provider(&first.provider));
        let ended = match provider {
            Some(provider) => create_together(run, provider, &in_time, &self.created).await,
            None => Ok(Vec::new()),
        };
        let mut ended = match ended {
            Ok(ended) => ended.into_iter(),
            Err(failed) => {
                self.halt = Some(Halt::Journal(failed.to_string()));
                let unknown = |one: &Operation| {
                    let came = Came::not(Outcome::Unknown, failed.to_string(), None);
                    step_of(one, came)
                };
                return operations.iter().map(unknown).collect();
            }
        };
        let mut steps = Vec::new();
        for operation in operations {
            let step = match (ended.next().flatten(), provider) {
                (Some(ending), Some(provider)) => {
                    let came = self.checked(run, provider, operation, ending).await;
                    self.end(operation, came)
                }
                // It has not left: it is looked at again, by itself.
                (Some(_) | None, _) => self.step(run, operation, expires_at).await,
            };
            steps.push(step);
        }
        steps
    }

    /// Carries out one operation if it may be begun.
    pub(super) async fn step<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        operation: &Operation,
        expires_at: Option<Instant>,
    ) -> Step {
        if self.halt.is_none() {
            self.halt = halt(run, expires_at);
        }
        let in_time = &within(operation, expires_at);
        let came = match self.reason_not_to_begin(run, operation) {
            Some(why) => Ok(Came::not(Outcome::Skipped, why, None)),
            None => self.act(run, in_time).await,
        };
        self.end(operation, came)
    }

    /// Remembers what an operation came to.
    fn end(&mut self, operation: &Operation, came: Result<Came, JournalFailed>) -> Step {
        let came = came.unwrap_or_else(|failed| {
            self.halt = Some(Halt::Journal(failed.to_string()));
            Came::not(Outcome::Unknown, failed.to_string(), None)
        });
        self.count(operation, &came);
        if let (Some(why), None) = (&came.braked, &self.halt) {
            self.halt = Some(Halt::Braked(why.clone()));
        }
        if let (Some(id), Outcome::Done, true) = (&came.batch_id, came.outcome, operation.sends()) {
            self.created.insert((operation.provider.clone(), id.clone()));
        }
        if came.well {
            self.ended_well.insert(operation.digest.clone());
        }
        step_of(operation, came)
    }

    fn reason_not_to_begin<P: Provider, C: RunClock>(
        &self,
        run: &RunContext<'_, P, C>,
        operation: &Operation,
    ) -> Option<String> {
        match &self.halt {
            Some(Halt::Interrupted) => return Some("interrupted".to_owned()),
            Some(Halt::Expired) => return Some("the plan has expired".to_owned()),
            Some(Halt::Braked(why) | Halt::Journal(why)) => return Some(why.clone()),
            None => {}
        }
        if let Some(why) = self
            .breakers
            .get(&operation.provider)
            .and_then(|breaker| breaker.open.clone())
        {
            return Some(format!("`{}` was given up: {why}", operation.provider));
        }
        if let Some(why) = self.no_creates.get(&operation.provider).filter(|_| operation.sends()) {
            return Some(format!("nothing more is created at `{}`: {why}", operation.provider));
        }
        let waits = operation.after.iter().any(|digest| !self.ended_well.contains(digest));
        if waits {
            return Some("an operation that it builds on did not end well".to_owned());
        }
        if run.clock.now() > operation.deadline.begin_by {
            return Some("too late: it was planned to begin earlier".to_owned());
        }
        None
    }

    async fn act<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        operation: &Operation,
    ) -> Result<Came, JournalFailed> {
        let Some(provider) = run.provider(&operation.provider) else {
            return Ok(Came::not(Outcome::Skipped, "its provider is not configured", None));
        };
        let target = operation.target.as_ref();
        let target_provider = target.and_then(|target| run.provider(&target.provider));
        match (&operation.how, target, target_provider) {
            (How::Create, _, _) => self.create(run, provider, operation).await,
            (How::PutInPlace, Some(target), _) => {
                let ending = put(run, provider, operation, target).await?;
                if is_refused_as_such(&ending) {
                    return self.replace(run, (provider, provider), operation, target).await;
                }
                Ok(created(ending))
            }
            (How::RemoveInPlace(_), Some(target), _) => Ok(created(remove(run, provider, operation, target).await?)),
            (How::Cancel, Some(target), Some(there)) => {
                let reason = operation.reason.as_str();
                let ending = if self.awaited.contains(&operation.digest) {
                    cancel_for_successor(run, there, target, reason).await?
                } else {
                    cancel(run, there, target, Call::Cancel, reason).await?
                };
                Ok(canceled(ending, &target.id))
            }
            (How::CancelThenCreate, Some(target), Some(there)) => {
                self.replace(run, (provider, there), operation, target).await
            }
            (How::PutInPlace | How::RemoveInPlace(_) | How::Cancel | How::CancelThenCreate, _, _) => Ok(Came::not(
                Outcome::Skipped,
                "the batch it concerns is at a provider that is not configured",
                None,
            )),
        }
    }

    /// Cancels, proves, creates.
    async fn replace<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        (provider, there): (&P, &P),
        operation: &Operation,
        target: &Target,
    ) -> Result<Came, JournalFailed> {
        // A text that cannot be made must not cost the batch that stands.
        let windows = operation.windows_at(run.clock.now());
        if let Some(Err(why)) = windows.map(|windows| run.payloads.batch(operation, windows)) {
            return Ok(Came::not(Outcome::Failed, why.to_string(), None));
        }
        let reason = operation.reason.as_str();
        let ending = cancel_for_successor(run, there, target, reason).await?;
        let came = canceled(ending, &target.id);
        if !came.well {
            let outcome = if came.outcome == Outcome::Done {
                Outcome::Failed
            } else {
                came.outcome
            };
            let why = came
                .error
                .unwrap_or_else(|| "the batch was canceled by somebody else".to_owned());
            return Ok(Came::not(outcome, why, came.failure));
        }
        let came = self.create(run, provider, operation).await?;
        Ok(Came {
            error: came.error.map(|why| format!("canceled, but not created again: {why}")),
            ..came
        })
    }

    /// Creates; the first time at an account that is not known to keep references, reads back before anything else is sent.
    async fn create<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        provider: &P,
        operation: &Operation,
    ) -> Result<Came, JournalFailed> {
        let ending = create(run, provider, operation, &self.created).await?;
        self.checked(run, provider, operation, ending).await
    }

    /// What a create came to, once the account is known to keep references.
    async fn checked<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        provider: &P,
        operation: &Operation,
        ending: CreateEnding,
    ) -> Result<Came, JournalFailed> {
        let id = match &ending {
            CreateEnding::Done(id) if !self.is_checked(provider) => id.clone(),
            CreateEnding::OtherReference(id) => id.clone(),
            CreateEnding::Done(_) | CreateEnding::NotSent(..) | CreateEnding::Braked(_) | CreateEnding::Unknown(_) => {
                return Ok(created(ending));
            }
        };
        let why = match check_echo(run, provider, &operation.reference, &id).await? {
            Echo::Kept => {
                self.keeps_references.insert(provider.name().clone());
                return Ok(Came::done(Some(id)));
            }
            Echo::NotShown(why) => {
                format!("batch `{id}` was created, and cannot be read back to see whether its reference is kept: {why}")
            }
            Echo::NotKept => {
                let target = Target {
                    provider: provider.name().clone(),
                    id: id.clone(),
                    reference: operation.reference.clone(),
                    by_id: true,
                    windows: operation.windows.clone(),
                };
                let silenced = match cancel(run, provider, &target, Call::Cancel, "reference not kept").await? {
                    CancelEnding::Silent | CancelEnding::SilentByOthers => {
                        "it was canceled, and no message of it left".to_owned()
                    }
                    CancelEnding::NotCanceled(why, _) | CancelEnding::Unproved(why) => {
                        format!("it could not be canceled for certain ({why}): look at it in the provider's portal")
                    }
                };
                format!(
                    "the provider does not keep our reference letter by letter: batch `{id}` could not be told from others later; {silenced}"
                )
            }
        };
        self.no_creates.insert(provider.name().clone(), why.clone());
        Ok(Came {
            batch_id: Some(id),
            ..Came::not(Outcome::Unknown, why, None)
        })
    }

    fn is_checked<P: Provider>(&self, provider: &P) -> bool {
        provider.is_sandbox() || self.keeps_references.contains(provider.name())
    }

    /// Systemic failures break the circuit at once, transient ones when they come in a row.
    fn count(&mut self, operation: &Operation, came: &Came) {
        let breaker = self.breakers.entry(operation.provider.clone()).or_default();
        let Some(failure) = &came.failure else {
            if came.outcome == Outcome::Done {
                breaker.in_a_row = 0;
            }
            return;
        };
        match failure.kind {
            FailureKind::Systemic => breaker.open = Some(failure.message.clone()),
            FailureKind::Transient | FailureKind::Garbled | FailureKind::TooLarge => {
                breaker.in_a_row += 1;
                if breaker.in_a_row >= FAILURES_IN_A_ROW {
                    breaker.open = Some(format!(
                        "{FAILURES_IN_A_ROW} failures in a row, the last: {}",
                        failure.message
                    ));
                }
            }
            FailureKind::Refused | FailureKind::Unsupported => breaker.in_a_row = 0,
        }
    }
}

fn step_of(operation: &Operation, came: Came) -> Step {
    Step {
        operation: operation.clone(),
        outcome: came.outcome,
        batch_id: came.batch_id,
        error: came.error,
    }
}

/// The operation, with nothing left to be sent once the plan has expired: the clock is read again before each call.
fn within(operation: &Operation, expires_at: Option<Instant>) -> Operation {
    let mut operation = operation.clone();
    if let Some(expires) = expires_at {
        let deadline = &mut operation.deadline;
        deadline.begin_by = deadline.begin_by.min(expires);
        deadline.create_by = deadline.create_by.map(|by| by.min(expires));
    }
    operation
}

fn halt<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, expires_at: Option<Instant>) -> Option<Halt> {
    if run.clock.is_interrupted() {
        return Some(Halt::Interrupted);
    }
    expires_at
        .filter(|expires| run.clock.now() >= *expires)
        .map(|_| Halt::Expired)
}

fn created(ending: CreateEnding) -> Came {
    match ending {
        CreateEnding::Done(id) | CreateEnding::OtherReference(id) => Came::done(Some(id)),
        CreateEnding::NotSent(why, failure) => Came::not(Outcome::Failed, why, failure),
        CreateEnding::Braked(why) => Came {
            braked: Some(why.clone()),
            ..Came::not(Outcome::Skipped, why, None)
        },
        CreateEnding::Unknown(why) => Came::not(Outcome::Unknown, why, None),
    }
}

fn canceled(ending: CancelEnding, id: &BatchId) -> Came {
    match ending {
        CancelEnding::Silent => Came::done(Some(id.clone())),
        CancelEnding::SilentByOthers => Came {
            well: false,
            ..Came::done(Some(id.clone()))
        },
        CancelEnding::NotCanceled(why, failure) => Came::not(Outcome::Failed, why, failure),
        CancelEnding::Unproved(why) => Came::not(Outcome::Unknown, why, None),
    }
}
