//! What can happen to the account: the lines of the state file, and how each changes it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batch::{Batch, State};
use super::record::Record;
use super::state::Account;
use crate::emulator::{
    clock::Instant,
    outbox::{Outbox, Sent},
    settings::Money,
};

/// Something that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    /// A batch was accepted.
    Created(Box<Record>),
    /// Messages were handled.
    Sent(Turn),
    /// The last window closed before all messages were handled.
    Expired { batch: String, at: Instant, code: u16 },
    /// What had not been sent was canceled.
    Canceled { batch: String, at: Instant },
    /// The batch and its history are gone.
    Erased { batch: String },
    /// A sender was registered or unregistered.
    Sender { sender: String, created: Option<Instant> },
    /// A number was blocked or released.
    Blacklist { msisdn: String, created: Option<Instant> },
}

/// A run of handled messages, evenly spaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Turn {
    pub(super) batch: String,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) at: Instant,
    pub(super) micros_apart: i64,
    pub(super) delivery_ms: u32,
    /// Place and code of those that were not sent.
    pub(super) refused: Vec<(usize, u16)>,
}

impl Turn {
    /// When the message at a place is handled.
    pub(super) fn instant(&self, place: usize) -> Instant {
        let steps = i64::try_from(place.saturating_sub(self.from)).unwrap_or(i64::MAX);
        self.at.plus_millis(self.micros_apart.saturating_mul(steps) / 1000)
    }
}

impl Account {
    /// Changes the account; the only place that does.
    pub(super) fn apply(&mut self, event: Event, outbox: &mut Outbox) {
        match event {
            Event::Created(record) => self.add(Batch::new(*record)),
            Event::Sent(turn) => self.sent(&turn, outbox),
            Event::Expired { batch, at, code } => {
                self.end(&batch, |state| {
                    if *state == State::Waiting {
                        *state = State::Ended { code, at };
                    }
                });
            }
            Event::Canceled { batch, at } => {
                // A message that was refused at once is canceled like the others: its batch "will not be sent".
                self.end(&batch, |state| match *state {
                    State::Waiting => *state = State::Canceled { at, after: None },
                    State::Ended { code, at: ended } => {
                        *state = State::Canceled {
                            at,
                            after: Some((code, ended)),
                        }
                    }
                    State::Sent { .. } | State::Canceled { .. } | State::Received { .. } => {}
                });
                if let Some(batch) = self.batch_mut(&batch) {
                    batch.is_canceled = true;
                }
            }
            Event::Erased { batch } => self.remove(&batch),
            Event::Sender {
                sender,
                created: Some(created),
            } => drop(self.senders.insert(sender, created)),
            Event::Sender { sender, created: None } => drop(self.senders.remove(&sender)),
            Event::Blacklist {
                msisdn,
                created: Some(created),
            } => self.blacklist.block(msisdn, created),
            Event::Blacklist { msisdn, created: None } => self.blacklist.release(&msisdn),
        }
    }

    /// Ends the messages that were not handled.
    fn end(&mut self, id: &str, change: impl Fn(&mut State)) {
        let Some(batch) = self.batch_mut(id) else { return };
        let waiting = batch.messages.iter_mut().skip(batch.next);
        waiting.for_each(|message| change(&mut message.state));
        batch.next = batch.messages.len();
    }

    fn sent(&mut self, turn: &Turn, outbox: &mut Outbox) {
        let mut spent = Money::default();
        if let Some(batch) = self.batch_mut(&turn.batch) {
            for &(place, code) in &turn.refused {
                if let Some(message) = batch.messages.get_mut(place) {
                    message.state = State::Ended {
                        code,
                        at: turn.instant(place),
                    };
                }
            }
            for place in turn.from..turn.to {
                let at = turn.instant(place);
                let Some(message) = batch.messages.get_mut(place) else {
                    continue;
                };
                if message.state != State::Waiting {
                    continue;
                }
                message.state = State::Sent {
                    at,
                    delivered: at.plus_millis(i64::from(turn.delivery_ms)),
                };
                let Some(message) = batch.messages.get(place) else {
                    continue;
                };
                spent = spent.plus(batch.price(message));
                outbox.push(Sent {
                    origin: Arc::clone(&batch.origin),
                    recipient: Arc::clone(&message.recipient),
                    body: Arc::clone(batch.text(message)),
                    instant: at,
                    segments: message.segments,
                });
            }
            batch.next = turn.to;
            batch.ready = turn.instant(turn.to);
        }
        self.spent = self.spent.plus(spent);
    }
}
