//! Writes a decision as operations: what `apply` carries out, and nothing that it would have to decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{CampaignRef, Instant, OccurrenceKey, Window};

use super::classify::DELETE_GROUND;
use super::digest;
use super::draft::{Cancellation, Disposition, Draft, Replacement, Status, WaitReason};
use super::operation::{
    Action, Content, Deadline, How, Operation, OperationDigest, Peers, Reason, Target, windows_still_ahead,
};
use super::order::ordered;
use super::parts::Want;
use super::previous::before;
use super::table::{MOVE_AWAY, lead};
use super::world::World;

/// All operations, in order.
pub(super) fn operations(world: &World<'_>, draft: &Draft<'_>) -> Vec<Operation> {
    let mut writer = PlanWriter {
        world,
        draft,
        peers: BTreeMap::new(),
        cleared_by: BTreeMap::new(),
        operations: Vec::new(),
    };
    writer.cancels();
    writer.removals();
    writer.in_place();
    writer.sends();
    ordered(writer.operations)
}

struct PlanWriter<'w, 'a> {
    world: &'w World<'a>,
    draft: &'w Draft<'a>,
    peers: BTreeMap<(CampaignRef, OccurrenceKey), Arc<Peers>>,
    /// Which operation takes a planned batch away, or changes it in place.
    cleared_by: BTreeMap<usize, OperationDigest>,
    operations: Vec<Operation>,
}

impl PlanWriter<'_, '_> {
    fn cancels(&mut self) {
        let draft = self.draft;
        for (i, disposition) in &draft.dispositions {
            if let Disposition::Cancel(cancellation) = disposition {
                self.cancel(*i, cancellation);
            }
        }
        // A batch whose replacement others wait for is canceled on its own, with all other cancels: two replacements
        // that share people would otherwise wait for each other.
        let waited_for: BTreeSet<usize> = (draft.each())
            .filter(|(_, _, status)| status.sends())
            .filter_map(|(w, _, _)| draft.waits.get(w))
            .flatten()
            .map(|wait| wait.batch)
            .collect();
        for (_, _, status) in draft.each() {
            if let Status::Replace(replacement) = status
                && !replacement.in_place
                && waited_for.contains(&replacement.batch)
            {
                self.cancel(replacement.batch, &Cancellation::of(replacement.reason));
            }
        }
    }

    fn cancel(&mut self, i: usize, cancellation: &Cancellation) {
        let Some(target) = target(self.world, i) else {
            return;
        };
        let operation = Operation {
            silenced: cancellation.silenced,
            before: Some(before(self.world, i, None)),
            ..self.on_target(Action::Cancel, How::Cancel, target, cancellation.reason)
        };
        let digest = self.push(operation);
        self.cleared_by.insert(i, digest);
    }

    fn removals(&mut self) {
        for (i, removal) in &self.draft.removals {
            if let Some(target) = target(self.world, *i) {
                let how = How::RemoveInPlace(Arc::clone(&removal.people));
                let operation = Operation {
                    before: Some(before(self.world, *i, None)),
                    ..self.on_target(Action::Update, how, target, removal.reason)
                };
                self.push(operation);
            }
        }
    }

    /// A cancel or removal: nothing is sent.
    fn on_target(&mut self, action: Action, how: How, target: Target, reason: Reason) -> Operation {
        let begin_by = target.opens().unwrap_or(self.world.now) - DELETE_GROUND;
        let slot = &target.reference.slot;
        let peers = self.peers_of(&slot.campaign.clone(), slot.occurrence);
        Operation {
            action,
            how,
            provider: target.provider.clone(),
            reference: target.reference.clone(),
            windows: target.windows.clone(),
            target: Some(target),
            after: Vec::new(),
            reason,
            changed: Vec::new(),
            before: None,
            digest: OperationDigest(String::new()),
            starts_now: false,
            content: None,
            silenced: None,
            deadline: Deadline {
                begin_by,
                create_by: None,
                settle: self.world.policy.settle,
            },
            peers,
        }
    }

    /// Changes in place come first, because others may wait for them; they wait for each other in no circle.
    fn in_place(&mut self) {
        let draft = self.draft;
        for (w, want, status) in draft.each() {
            if let Status::Replace(replacement) = status
                && replacement.in_place
            {
                let operation = self.replacement(w, want, replacement, How::PutInPlace);
                let digest = digest::of_operation(self.world.policy, &operation);
                self.cleared_by.insert(replacement.batch, digest);
            }
        }
    }

    fn sends(&mut self) {
        let draft = self.draft;
        for (w, want, status) in draft.each() {
            let operation = match status {
                Status::Create { starts_now, resumed } => {
                    let reason = if *resumed {
                        Reason::Resumed
                    } else {
                        self.reason_to_create(w)
                    };
                    self.sending(w, want, Action::Create, How::Create, *starts_now, reason)
                }
                Status::Replace(replacement) => {
                    let how = if replacement.in_place {
                        How::PutInPlace
                    } else if self.cleared_by.contains_key(&replacement.batch) {
                        How::Create
                    } else {
                        How::CancelThenCreate
                    };
                    self.replacement(w, want, replacement, how)
                }
                Status::Keep { .. }
                | Status::Later { .. }
                | Status::Passed { .. }
                | Status::Held(_)
                | Status::Done
                | Status::Narrowed => continue,
            };
            self.push(operation);
        }
    }

    fn replacement(&mut self, w: usize, want: &Want<'_>, replacement: &Replacement, how: How) -> Operation {
        let world = self.world;
        let is_split = how == How::Create;
        let is_put = how == How::PutInPlace;
        let action = if is_split { Action::Create } else { Action::Replace };
        let mut operation = self.sending(w, want, action, how, replacement.starts_now, replacement.reason);
        operation.changed.clone_from(&replacement.changed);
        operation.before = Some(before(world, replacement.batch, Some(want)));
        let old_opens = world.batch(replacement.batch).opens().unwrap_or(world.now);
        if is_split {
            operation.after.extend(self.cleared_by.get(&replacement.batch).cloned());
            operation.after.sort();
            operation.after.dedup();
            operation.deadline = self.deadline(want, replacement.starts_now, true);
        } else {
            operation.target = target(world, replacement.batch);
            let move_away_by = old_opens - MOVE_AWAY;
            let in_time = self.deadline(want, replacement.starts_now, false);
            let after_cancel = self.deadline(want, replacement.starts_now, true);
            operation.deadline = Deadline {
                begin_by: if is_put {
                    in_time.begin_by
                } else {
                    in_time.begin_by.min(move_away_by)
                },
                create_by: if is_put {
                    in_time.create_by
                } else {
                    after_cancel.create_by
                },
                settle: in_time.settle,
            };
        }
        operation
    }

    fn sending(
        &mut self,
        w: usize,
        want: &Want<'_>,
        action: Action,
        how: How,
        starts_now: bool,
        reason: Reason,
    ) -> Operation {
        let draft = self.draft;
        let waits = draft.waits.get(w).into_iter().flatten();
        let mut after: Vec<OperationDigest> = waits
            .filter_map(|wait| self.cleared_by.get(&wait.batch).cloned())
            .collect();
        after.sort();
        after.dedup();
        let deadline = self.deadline(want, starts_now, !after.is_empty());
        Operation {
            action,
            how,
            provider: want.campaign.provider.clone(),
            reference: want.reference.clone(),
            target: None,
            after,
            reason,
            changed: Vec::new(),
            before: None,
            digest: OperationDigest(String::new()),
            windows: self.windows(want, starts_now),
            starts_now,
            content: Some(content(want)),
            silenced: None,
            deadline,
            peers: self.peers_of(&want.campaign.reference, want.key()),
        }
    }

    fn windows(&self, want: &Want<'_>, starts_now: bool) -> Vec<Window> {
        let declared = &*want.windows;
        let cut = (starts_now)
            .then(|| windows_still_ahead(declared, self.world.now, self.world.policy.settle))
            .flatten();
        cut.as_ref().unwrap_or(declared).as_slice().to_vec()
    }

    /// A create in time leaves out of the freeze; one that follows a cancel of this plan may leave up to `settle`
    /// before it opens, because the silence has begun already; one that starts at once while enough time is left to
    /// send.
    fn deadline(&self, want: &Want<'_>, starts_now: bool, follows_cancel: bool) -> Deadline {
        let policy = self.world.policy;
        let late = want.closes() - policy.freeze_before;
        let by = if starts_now {
            late
        } else if follows_cancel {
            want.opens() - policy.settle
        } else {
            want.opens() - lead(self.world)
        };
        Deadline {
            begin_by: by,
            create_by: Some(by),
            settle: policy.settle,
        }
    }

    fn reason_to_create(&self, w: usize) -> Reason {
        let waits = self.draft.waits.get(w).into_iter().flatten();
        let group = self.draft.want(w).reference.slot.group;
        let mut reason = Reason::New;
        for wait in waits {
            let theirs = &self.world.batch(wait.batch).reference.slot;
            match wait.why {
                WaitReason::Renamed => return Reason::Renamed,
                WaitReason::SameOccurrence if theirs.group != group => reason = Reason::Regrouped,
                WaitReason::SameOccurrence if theirs.part == self.draft.want(w).part() => reason = Reason::Changed,
                WaitReason::SameOccurrence => reason = Reason::Repartitioned,
                WaitReason::Unscheduled | WaitReason::OlderRevision => {}
            }
        }
        reason
    }

    fn peers_of(&mut self, campaign: &CampaignRef, key: OccurrenceKey) -> Arc<Peers> {
        let (world, draft) = (self.world, self.draft);
        let peers = self.peers.entry((campaign.clone(), key)).or_insert_with(|| {
            let batches = world.by_occurrence.get(&(campaign, key)).into_iter().flatten();
            let known = batches.filter_map(|i| {
                let theirs = world.batch(*i);
                Some((theirs.provider.clone(), theirs.id()?.clone()))
            });
            Arc::new(Peers {
                known: known.collect(),
                wanted: draft
                    .wants_of(campaign, key)
                    .map(|w| draft.want(w).reference.clone())
                    .collect(),
            })
        });
        Arc::clone(peers)
    }

    fn push(&mut self, mut operation: Operation) -> OperationDigest {
        operation.digest = digest::of_operation(self.world.policy, &operation);
        let digest = operation.digest.clone();
        self.operations.push(operation);
        digest
    }
}

fn target(world: &World<'_>, i: usize) -> Option<Target> {
    let theirs = world.batch(i);
    Some(Target {
        provider: theirs.provider.clone(),
        id: theirs.id()?.clone(),
        reference: theirs.reference.clone(),
        by_id: theirs.by_id,
        windows: theirs.windows.to_vec(),
    })
}

fn content(want: &Want<'_>) -> Content {
    let totals = &want.totals;
    Content {
        recipients: totals.recipients,
        segments: totals.segments,
        messages_gsm7: totals.messages_gsm7,
        messages_ucs2: totals.messages_ucs2,
        max_segments_per_message: totals.max_segments_per_message,
        estimate: totals.estimate.clone(),
        datacoding: want.campaign.settings.datacoding_of(want.campaign.api, totals),
        declared: want.windows.clone().into_owned(),
        left_out: want.group.content.left_out.clone(),
    }
}

/// By when an apply must have run for something that waits.
pub(super) fn apply_by(world: &World<'_>, want: &Want<'_>) -> Instant {
    want.opens() - lead(world)
}
