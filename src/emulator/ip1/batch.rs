//! A batch with its messages: what has happened to each, and what status follows from that.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use super::expand::expand;
use super::record::{Coding, Recipients, Record, Window};
use crate::emulator::{clock::Instant, outbox::Origin, segments::count, settings::Money};

/// Message status codes of the vendor's table, and two of group 4 that the visible part of it does not name: the
/// vendor tells clients to treat unknown codes by their first digit.
pub(super) mod code {
    pub(crate) const ACCEPTED: u16 = 101;
    pub(crate) const SENDING: u16 = 110;
    pub(crate) const AT_GATEWAY: u16 = 111;
    pub(crate) const DELIVERED: u16 = 201;
    pub(crate) const EXPIRED: u16 = 202;
    pub(crate) const CANCELED: u16 = 203;
    pub(crate) const NO_FUNDS: u16 = 402;
    pub(crate) const SENDER_REJECTED: u16 = 403;
    pub(crate) const CONTENT_REJECTED: u16 = 404;
    /// Not in the visible table: the recipient is on the account's blacklist.
    pub(crate) const BLACKLISTED: u16 = 450;
    /// Not in the visible table: the number is no number.
    pub(crate) const INVALID_NUMBER: u16 = 451;
}

/// Batch status codes.
pub(super) mod status {
    pub(crate) const PLANNED: u16 = 101;
    pub(crate) const ONGOING: u16 = 111;
    pub(crate) const SENT: u16 = 112;
    pub(crate) const INCOMING: u16 = 201;
    pub(crate) const CANCELED: u16 = 203;
}

/// A batch.
#[derive(Debug)]
pub(super) struct Batch {
    /// The order, without its recipients: they have become messages.
    pub(super) record: Record,
    pub(super) is_templated: bool,
    pub(super) messages: Vec<Message>,
    /// Messages before this one were handled.
    pub(super) next: usize,
    /// The next message goes no earlier.
    pub(super) ready: Instant,
    pub(super) is_canceled: bool,
    pub(super) origin: Arc<Origin>,
    body: Arc<str>,
    id_hash: u64,
}

/// One message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) recipient: Arc<str>,
    /// Its own text; none where it is the batch's.
    pub(super) text: Option<Arc<str>>,
    pub(super) coding: Coding,
    pub(super) segments: usize,
    pub(super) state: State,
}

/// What has become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Sent {
        at: Instant,
        delivered: Instant,
    },
    /// Ended without being sent, with a message status code.
    Ended {
        code: u16,
        at: Instant,
    },
    /// Canceled; a code that it had before stays in its history.
    Canceled {
        at: Instant,
        after: Option<(u16, Instant)>,
    },
    /// Came from a handset.
    Received {
        at: Instant,
    },
}

impl Batch {
    /// The batch right after its POST: numbers are analyzed and texts checked, the rest waits for its window.
    pub(super) fn new(mut record: Record) -> Batch {
        let created = record.created;
        let recipients = std::mem::replace(&mut record.recipients, Recipients::Plain(Vec::new()));
        let texts = expand(&record.body, &recipients);
        let body_count = count(&record.body);
        let messages = texts.into_iter().map(|(recipient, text)| {
            let counted = text.as_deref().map_or(body_count, count);
            let refusal = match () {
                () if record.is_incoming => None,
                () if !is_number(&recipient) => Some(code::INVALID_NUMBER),
                () if counted.ucs2 && record.coding == Coding::Gsm => Some(code::CONTENT_REJECTED),
                () if text.as_ref().is_some_and(|text| is_unfit(text)) => Some(code::CONTENT_REJECTED),
                () => None,
            };
            let state = match refusal {
                Some(code) => State::Ended { code, at: created },
                None if record.is_incoming => State::Received { at: created },
                None => State::Waiting,
            };
            let coding = if counted.ucs2 { Coding::Ucs } else { Coding::Gsm };
            Message {
                recipient: Arc::from(recipient),
                text: text.map(Arc::from),
                coding,
                segments: counted.segments,
                state,
            }
        });
        let messages: Vec<Message> = messages.collect();
        let mut hasher = DefaultHasher::new();
        hasher.write(record.id.as_bytes());
        Batch {
            next: if record.is_incoming { messages.len() } else { 0 },
            messages,
            ready: created,
            is_canceled: false,
            origin: Arc::new(Origin {
                provider: "ip1",
                batch: record.id.clone(),
                reference: record.reference.clone(),
                sender: record.sender.clone(),
            }),
            body: Arc::from(record.body.as_str()),
            is_templated: matches!(recipients, Recipients::Templated { .. }),
            id_hash: hasher.finish(),
            record,
        }
    }

    /// The batch's status code.
    pub(super) fn status(&self) -> u16 {
        match self.next {
            _ if self.record.is_incoming => status::INCOMING,
            _ if self.is_canceled => status::CANCELED,
            0 => status::PLANNED,
            next if next < self.messages.len() => status::ONGOING,
            _ => status::SENT,
        }
    }

    /// Whether nothing more will happen by itself.
    pub(super) fn is_finished(&self) -> bool {
        self.is_canceled || self.next >= self.messages.len()
    }

    /// The body of a message after templating.
    pub(super) fn text<'a>(&'a self, message: &'a Message) -> &'a Arc<str> {
        message.text.as_ref().unwrap_or(&self.body)
    }

    /// What a message costs: nothing once it cannot be sent any more.
    pub(super) fn price(&self, message: &Message) -> Money {
        match message.state {
            State::Waiting | State::Sent { .. } => self.record.tariff.price(&message.recipient, message.segments),
            State::Ended { .. } | State::Canceled { .. } | State::Received { .. } => Money::default(),
        }
    }

    /// Where the next message may go: a window and an instant in it, or none when all are over.
    pub(super) fn next_chance(&self) -> Option<(Instant, Window)> {
        let mut windows = self.record.windows.clone();
        windows.sort();
        let chances = windows.into_iter().map(|window| (window.opens.max(self.ready), window));
        chances.into_iter().find(|(at, window)| *at < window.closes)
    }

    /// When the last window closes.
    pub(super) fn last_closes(&self) -> Instant {
        self.record
            .windows
            .iter()
            .map(|window| window.closes)
            .max()
            .unwrap_or(self.record.created)
    }

    /// Id of the n-th message: 24 hexadecimal digits that name the batch and the place.
    pub(super) fn message_id(&self, place: usize) -> String {
        let seconds = self.record.created.unix_millis().div_euclid(1000);
        format!(
            "{:08x}{:010x}{place:06x}",
            seconds & 0xffff_ffff,
            self.id_hash & 0xff_ffff_ffff
        )
    }

    /// The place of a message by its id.
    pub(super) fn place_of(&self, message_id: &str) -> Option<usize> {
        let (_, tail) = message_id.split_at_checked(18)?;
        let place = usize::from_str_radix(tail, 16).ok()?;
        (place < self.messages.len() && self.message_id(place).eq_ignore_ascii_case(message_id)).then_some(place)
    }

    /// Messages and segments under each latest status.
    pub(super) fn summary(&self, now: Instant) -> BTreeMap<u16, (usize, usize)> {
        let mut summary = BTreeMap::new();
        for message in &self.messages {
            let (messages, segments) = summary.entry(message.latest(now)).or_insert((0, 0));
            *messages += 1;
            *segments += message.segments;
        }
        summary
    }
}

impl Message {
    /// Every status by now, oldest first; the first is the acceptance of the batch.
    pub(super) fn history(&self, created: Instant, now: Instant) -> Vec<(u16, Instant)> {
        let mut history = vec![(code::ACCEPTED, created)];
        match self.state {
            State::Waiting => {}
            State::Sent { at, delivered } => {
                history.extend([(code::SENDING, at), (code::AT_GATEWAY, at)]);
                if delivered <= now.max(at) {
                    history.push((code::DELIVERED, delivered));
                }
            }
            State::Ended { code, at } => history.push((code, at)),
            State::Canceled { at, after } => {
                history.extend(after);
                history.push((code::CANCELED, at));
            }
            State::Received { at } => history = vec![(code::DELIVERED, at)],
        }
        history
    }

    /// The code of the latest status.
    pub(super) fn latest(&self, now: Instant) -> u16 {
        match self.state {
            State::Waiting => code::ACCEPTED,
            State::Sent { at, delivered } if delivered <= now.max(at) => code::DELIVERED,
            State::Sent { .. } => code::AT_GATEWAY,
            State::Ended { code, .. } => code,
            State::Canceled { .. } => code::CANCELED,
            State::Received { .. } => code::DELIVERED,
        }
    }
}

/// Whether no more status will follow: groups 2, 4 and 5.
pub(super) const fn is_final(code: u16) -> bool {
    matches!(code / 100, 2 | 4 | 5)
}

/// Whether a string of digits can be a number: E.164 knows none that begins with 0, and none this short is textable.
fn is_number(digits: &str) -> bool {
    digits.len() >= 8 && !digits.starts_with('0')
}

/// Whether an expanded text breaks the rules of a body.
fn is_unfit(text: &str) -> bool {
    text.trim().is_empty() || text.encode_utf16().count() > 2000
}
