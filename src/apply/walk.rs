//! The walk: operations in the plan's order, each when what it waits for has ended well, until something systemic is
//! wrong, the plan has expired, or somebody asks to stop. The report is always whole.

use std::collections::{BTreeMap, BTreeSet};

use super::breaker::{Breaker, Gate};
use super::came::Came;
use super::cancel::{CancelEnding, Taking, cancel, take_away};
use super::changes::{put_together, take_together};
use super::create::{CreateEnding, create};
use super::echo::{Echo, check_echo};
use super::group::{OperationGroup, OperationKind, group_of, kind_at};
use super::in_place::{is_refused_as_such, put, remove};
use super::journal::Call;
use super::limits::{halt, within};
use super::look::{Look, OwnBatches};
use super::outcome::{Halt, Outcome, Step};
use super::run_context::{JournalFailed, RunClock, RunContext};
use super::together::{Circumstances, Ended, create_together};
use crate::model::{Instant, ProviderName};
use crate::plan::{How, Operation, OperationDigest, Target};
use crate::provider::Provider;

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
    created: OwnBatches,
    /// A look that was made for the next group of creates at a provider.
    ahead: Option<(ProviderName, Look)>,
    /// Why nothing more is begun.
    pub(super) halt: Option<Halt>,
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
            created: OwnBatches::new(),
            ahead: None,
            halt: None,
        }
    }

    /// What comes next: one operation, or several that may be under way side by side.
    pub(super) fn next_group<P: Provider, C: RunClock>(
        &self,
        run: &RunContext<'_, P, C>,
        operations: &[Operation],
        expires_at: Option<Instant>,
    ) -> Option<OperationGroup> {
        let first = operations.first()?;
        let provider = run.provider(&first.provider)?;
        let kind = kind_at(first, provider.name())?;
        // What is sent first to an account that may not keep references goes alone.
        if halt(run, expires_at).is_some() || (kind != OperationKind::TakesAway && !self.is_checked(provider)) {
            return None;
        }
        let may_begin = |one: &Operation| self.reason_not_to_begin(run, one).is_none();
        Some(group_of(run, provider, kind, operations, &may_begin)).filter(|group| group.size > 1)
    }

    /// Carries out a group, after which `next` comes. What has not left is looked at again, by itself.
    pub(super) async fn group<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        kind: OperationKind,
        (operations, next): (&[Operation], Option<&Operation>),
        expires_at: Option<Instant>,
    ) -> Vec<Step> {
        let Some(provider) = operations.first().and_then(|first| run.provider(&first.provider)) else {
            return Vec::new();
        };
        let in_time: Vec<Operation> = operations.iter().map(|one| within(one, expires_at)).collect();
        let is_interrupted = || run.clock.is_interrupted();
        let gate = Gate::new(
            self.breakers.remove(provider.name()).unwrap_or_default(),
            &is_interrupted,
        );
        let ended = match kind {
            OperationKind::TakesAway => take_together(run, provider, &in_time, &self.awaited, &gate)
                .await
                .map(|all| all.into_iter().map(GroupEnded::Taken).collect()),
            OperationKind::Puts => put_together(run, provider, &in_time, &gate)
                .await
                .map(|all| all.into_iter().map(GroupEnded::Put).collect()),
            OperationKind::Creates => {
                let is_like = |next: &Operation| kind_at(next, provider.name()) == Some(kind);
                let ahead = self.ahead.take().filter(|(name, _)| name == provider.name());
                let circumstances = Circumstances {
                    own: &self.created,
                    gate: &gate,
                    look: ahead.map(|(_, look)| look),
                    looks_ahead: next.is_some_and(is_like) && !provider.capabilities().lists_people,
                };
                let sent = create_together(run, provider, &in_time, circumstances).await;
                sent.map(|(all, ahead)| {
                    self.ahead = ahead.map(|look| (provider.name().clone(), look));
                    all.into_iter().map(GroupEnded::Sent).collect()
                })
            }
        };
        self.breakers.insert(provider.name().clone(), gate.into_breaker());
        let ended: Vec<GroupEnded> = match ended {
            Ok(ended) => ended,
            Err(failed) => {
                self.halt = Some(Halt::Journal(failed.to_string()));
                let unknown = || Came::not(Outcome::Unknown, failed.to_string(), None);
                return operations.iter().map(|one| unknown().step_of(one)).collect();
            }
        };
        let mut steps = Vec::new();
        for ((operation, in_time), ended) in operations.iter().zip(&in_time).zip(ended) {
            let came = match ended {
                GroupEnded::Taken(Some(came)) => Ok(came),
                GroupEnded::Put(ending) if is_refused_as_such(&ending) => {
                    let came = match &in_time.target {
                        Some(target) => self.replace(run, (provider, provider), in_time, target).await,
                        None => Ok(Came::of_create(ending)),
                    };
                    steps.push(self.end(operation, came));
                    continue;
                }
                GroupEnded::Sent(Ended::NotCreated) => {
                    let came = self.create(run, provider, in_time).await;
                    steps.push(self.end(operation, came.map(Came::of_replace_after_silence)));
                    continue;
                }
                GroupEnded::Sent(Ended::Created(ending)) => {
                    let is_replace = operation.target.is_some();
                    let came = self.checked(run, provider, operation, ending).await;
                    came.map(|came| {
                        if is_replace {
                            came.of_replace_after_silence()
                        } else {
                            came
                        }
                    })
                }
                GroupEnded::Sent(Ended::NotSilent(ending)) => Ok(match &operation.target {
                    Some(target) => Came::of_cancel(ending, &target.id).of_replace_without_silence(),
                    None => Came::of_create(CreateEnding::NotBegun),
                }),
                GroupEnded::Taken(None)
                | GroupEnded::Put(CreateEnding::NotBegun)
                | GroupEnded::Sent(Ended::NotBegun) => {
                    steps.push(self.step(run, operation, expires_at).await);
                    continue;
                }
                GroupEnded::Put(ending) | GroupEnded::Sent(Ended::NotRendered(ending)) => Ok(Came::of_create(ending)),
            };
            steps.push(self.remember(operation, came));
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
        self.ahead = None;
        let in_time = &within(operation, expires_at);
        let came = match self.reason_not_to_begin(run, operation) {
            Some(why) => Ok(Came::not(Outcome::Skipped, why, None)),
            None => self.act(run, in_time).await,
        };
        self.end(operation, came)
    }

    /// Counts and remembers the outcome of an operation.
    fn end(&mut self, operation: &Operation, came: Result<Came, JournalFailed>) -> Step {
        if let Ok(came) = &came {
            let breaker = self.breakers.entry(operation.provider.clone()).or_default();
            breaker.count(came.outcome == Outcome::Done, came.failure.as_ref());
        }
        self.remember(operation, came)
    }

    fn remember(&mut self, operation: &Operation, came: Result<Came, JournalFailed>) -> Step {
        let came = came.unwrap_or_else(|failed| {
            self.halt = Some(Halt::Journal(failed.to_string()));
            Came::not(Outcome::Unknown, failed.to_string(), None)
        });
        if let (Some(why), None) = (&came.braked, &self.halt) {
            self.halt = Some(Halt::Braked(why.clone()));
        }
        if let (Some(id), Outcome::Done, true) = (&came.batch_id, came.outcome, operation.sends()) {
            self.created.insert((operation.provider.clone(), id.clone()));
        }
        if came.well {
            self.ended_well.insert(operation.digest.clone());
        }
        came.step_of(operation)
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
        if let Some(why) = self.breakers.get(&operation.provider).and_then(Breaker::open) {
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
                let ending = put(run, provider, operation, target, &|| true).await?;
                if is_refused_as_such(&ending) {
                    return self.replace(run, (provider, provider), operation, target).await;
                }
                Ok(Came::of_create(ending))
            }
            (How::RemoveInPlace(_), Some(target), _) => {
                let ending = remove(run, provider, operation, target, &|| true).await?;
                Ok(Came::of_create(ending))
            }
            (How::Cancel, Some(target), Some(there)) => {
                let kind = Taking {
                    call: Call::Cancel,
                    reason: operation.reason.as_str(),
                    has_successor: self.awaited.contains(&operation.digest),
                };
                let ending = take_away(run, there, target, &kind, &|| true).await?;
                Ok(Came::of_cancel(ending, &target.id))
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
        // A text that cannot be made must not cost the planned batch.
        let windows = operation.windows_at(run.clock.now());
        if let Some(Err(why)) = windows.map(|windows| run.payloads.batch(operation, windows)) {
            return Ok(Came::not(Outcome::Failed, why.to_string(), None));
        }
        let kind = Taking {
            call: Call::Cancel,
            reason: operation.reason.as_str(),
            has_successor: true,
        };
        let ending = take_away(run, there, target, &kind, &|| true).await?;
        if ending != CancelEnding::Silent {
            return Ok(Came::of_cancel(ending, &target.id).of_replace_without_silence());
        }
        let came = self.create(run, provider, operation).await?;
        Ok(came.of_replace_after_silence())
    }

    /// Creates; the first time at an account that is not known to keep references, reads back before anything else is
    /// sent.
    async fn create<P: Provider, C: RunClock>(
        &mut self,
        run: &RunContext<'_, P, C>,
        provider: &P,
        operation: &Operation,
    ) -> Result<Came, JournalFailed> {
        let ending = create(run, provider, operation, &self.created).await?;
        self.checked(run, provider, operation, ending).await
    }

    /// The outcome of a create, once the account is known to keep references.
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
            CreateEnding::Done(_)
            | CreateEnding::NotSent(..)
            | CreateEnding::Braked(_)
            | CreateEnding::NotBegun
            | CreateEnding::Unknown(_) => {
                return Ok(Came::of_create(ending));
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
                    CancelEnding::NotBegun => "it was not canceled: look at it in the provider's portal".to_owned(),
                    CancelEnding::NotCanceled(why, _) | CancelEnding::Unproved(why) => {
                        format!("it could not be canceled for certain ({why}): look at it in the provider's portal")
                    }
                };
                format!(
                    "the provider does not keep our reference letter by letter: batch `{id}` could not be recognized later; {silenced}"
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
}

/// What became of a member of a group.
enum GroupEnded {
    Taken(Option<Came>),
    Put(CreateEnding),
    Sent(Ended),
}
