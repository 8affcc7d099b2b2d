//! The state behind the calls: service plans with their batches and groups, kept by events.
//!
//! Every change is an event that says what became true; carrying it out and reading it back from the state file is the
//! same code, so that a restarted emulator is the one it was. Messages are not kept: they follow from batch and clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::clock::Instant;
use super::super::desk::Desk;
use super::super::outbox::{Origin, Sent};
use super::super::settings::Settings;
use super::address::is_group;
use super::batch::Batch;
use super::groups::Group;
use super::inbound::Inbound;
use super::reports;

/// The name of this API in the state file.
pub(super) const API: &str = "sinch";
/// How deep groups in groups are followed.
const GROUP_DEPTH: u32 = 10;

/// One service plan.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) batches: BTreeMap<String, Batch>,
    pub(super) groups: BTreeMap<String, Group>,
    /// In the order of coming in.
    pub(super) inbounds: Vec<Inbound>,
}

/// What became true of a service plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    /// A batch is there, or says something new.
    Batch(Box<Batch>),
    /// A batch was canceled.
    Canceled { id: String, at: Instant },
    /// A batch with groups went to these numbers.
    Resolved { id: String, recipients: Vec<String> },
    /// A batch was deleted by hand.
    Erased { id: String },
    /// Feedback came; the vendor gives no way to read it.
    Feedback { id: String, recipients: Vec<String> },
    /// A group is there, or has changed.
    Group(Group),
    /// A group was deleted.
    GroupDeleted { id: String },
    /// A text came from a handset.
    Inbound(Box<Inbound>),
}

/// An event with the plan it happened to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) plan: String,
    pub(super) event: Event,
}

impl Plan {
    /// Carries an event out.
    pub(super) fn apply(&mut self, event: Event, settings: &Settings) {
        match event {
            Event::Batch(batch) => {
                self.batches.insert(batch.id.clone(), *batch);
            }
            Event::Canceled { id, at } => {
                // Read back from a file, the batch may not have been followed to this instant yet.
                self.begin(&id, at, settings);
                if let Some(batch) = self.batches.get_mut(&id) {
                    batch.cancel(at);
                }
            }
            Event::Resolved { id, recipients } => {
                if let Some(batch) = self.batches.get_mut(&id) {
                    batch.resolved = Some(recipients);
                }
            }
            Event::Erased { id } => drop(self.batches.remove(&id)),
            Event::Feedback { .. } => {}
            Event::Group(group) => drop(self.groups.insert(group.id.clone(), group)),
            Event::GroupDeleted { id } => drop(self.groups.remove(&id)),
            Event::Inbound(inbound) => self.inbounds.push(*inbound),
        }
    }

    /// The numbers of a list of entries, groups resolved as they are now; a deleted group is empty.
    pub(super) fn resolve(&self, entries: &[String]) -> Vec<String> {
        let mut numbers = Vec::with_capacity(entries.len());
        for entry in entries {
            if is_group(entry) {
                numbers.extend(self.members(entry));
            } else {
                numbers.push(entry.clone());
            }
        }
        numbers
    }

    /// A batch's numbers.
    pub(super) fn recipients(&self, batch: &Batch) -> Vec<String> {
        batch.resolved.clone().unwrap_or_else(|| self.resolve(&batch.terms.to))
    }

    /// A group's members and those of its children, each once.
    pub(super) fn members(&self, id: &str) -> Vec<String> {
        let mut members = Vec::new();
        self.collect(id, GROUP_DEPTH, &mut members);
        let mut seen = std::collections::HashSet::new();
        members.retain(|member| seen.insert(member.clone()));
        members
    }

    fn collect(&self, id: &str, depth: u32, members: &mut Vec<String>) {
        let Some(group) = self.groups.get(id) else { return };
        members.extend(group.members.iter().cloned());
        for child in group.child_groups.iter().filter(|_| depth > 0) {
            self.collect(child, depth - 1, members);
        }
    }

    /// Lets everything happen that is due: dispatches batches, sends messages, queues reports.
    pub(super) fn advance(&mut self, plan: &str, desk: &mut Desk) {
        let now = desk.now;
        let moves = |batch: &&Batch| !batch.is_settled && (batch.messages.is_some() || batch.is_due(now));
        let open: Vec<String> = self
            .batches
            .values()
            .filter(moves)
            .map(|batch| batch.id.clone())
            .collect();
        let mut sent: Vec<Sent> = open.iter().flat_map(|id| self.follow(plan, id, desk)).collect();
        sent.sort_by_key(|message| message.instant);
        for message in sent {
            desk.outbox.push(message);
        }
    }

    /// Takes one batch to now; what is returned are the messages that have left meanwhile.
    fn follow(&mut self, plan: &str, id: &str, desk: &mut Desk) -> Vec<Sent> {
        let resolved = self.begin(id, desk.now, &desk.settings);
        if let Some(recipients) = resolved {
            let event = Event::Resolved {
                id: id.to_owned(),
                recipients,
            };
            desk.commit(
                API,
                &Entry {
                    plan: plan.to_owned(),
                    event,
                },
            );
        }
        let Some(batch) = self.batches.get_mut(id).filter(|batch| batch.messages.is_some()) else {
            return Vec::new();
        };
        let sent = leave(batch, desk.now);
        let own_url = batch.terms.callback_url.clone();
        let url = own_url.or_else(|| desk.settings.sinch_callback_url.clone());
        if let (true, Some(url)) = (batch.is_ours, url) {
            reports::queue(batch, &url, desk);
        }
        let now = desk.now;
        batch.is_settled = batch.messages.iter().flatten().all(|message| message.end.0 <= now);
        sent
    }

    /// Dispatches a batch that is due. What is returned are the numbers that its groups have just been resolved to.
    fn begin(&mut self, id: &str, now: Instant, settings: &Settings) -> Option<Vec<String>> {
        let batch = self.batches.get(id).filter(|batch| batch.is_due(now))?;
        let recipients = self.recipients(batch);
        let batch = self.batches.get_mut(id)?;
        batch.dispatch(&recipients, settings);
        if !batch.has_group() || batch.resolved.is_some() {
            return None;
        }
        batch.resolved = Some(recipients.clone());
        Some(recipients)
    }
}

/// The messages of a batch that have left by now and had not before.
fn leave(batch: &mut Batch, now: Instant) -> Vec<Sent> {
    let origin = Arc::new(Origin {
        provider: API,
        batch: batch.id.clone(),
        reference: batch.terms.client_reference.clone(),
        sender: batch.terms.from.clone().unwrap_or_default(),
    });
    let mut sent = Vec::new();
    for message in batch.messages.iter_mut().flatten().filter(|message| !message.has_left) {
        let Some((leaves, _)) = message.way.filter(|(leaves, _)| *leaves <= now) else {
            continue;
        };
        message.has_left = true;
        sent.push(Sent {
            origin: Arc::clone(&origin),
            recipient: message.recipient.as_str().into(),
            body: Arc::clone(&message.body),
            instant: leaves,
            segments: message.parts,
        });
    }
    sent
}
