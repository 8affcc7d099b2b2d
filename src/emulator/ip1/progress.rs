//! Time: which messages of a batch are due by now, whether each may go, and the delivery reports that follow.

use serde_json::json;

use super::batch::{Batch, State, code, is_final};
use super::event::{Event, Turn};
use super::state::Account;
use crate::emulator::{
    callbacks::{Report, Retry},
    clock::Instant,
    desk::Desk,
    settings::{Money, UnregisteredSender},
};

impl Account {
    /// Lets a batch do what is due; afterwards it waits in the queue for its next turn, or is finished.
    pub(super) fn progress(&mut self, id: &str, desk: &mut Desk) {
        while let Some(event) = self.next_event(id, desk) {
            self.happen(event, desk);
        }
        if let Some(batch) = self.batch(id)
            && !batch.is_finished()
        {
            let due = batch.next_chance().map_or(batch.last_closes(), |(at, _)| at);
            self.queue.insert((due, id.to_owned()));
        }
    }

    /// Writes an event down, lets it happen, and queues the reports it causes.
    pub(super) fn happen(&mut self, event: Event, desk: &mut Desk) {
        desk.commit("ip1", &event);
        let reported = self.reported(&event);
        self.apply(event, &mut desk.outbox);
        let Some((id, places)) = reported else { return };
        let Some(batch) = self.batch(&id) else { return };
        if let Some(url) = &batch.record.report_url {
            for place in places {
                queue_reports(batch, place, url, desk);
            }
        }
    }

    /// The messages whose status an event is about to change.
    fn reported(&self, event: &Event) -> Option<(String, Vec<usize>)> {
        let (id, end, with_refused) = match event {
            Event::Created(record) if record.report_url.is_some() => {
                // Numbers and texts refused at once; the others have no news yet.
                return Some((record.id.clone(), (0..record.recipients.count()).collect()));
            }
            Event::Sent(turn) => (&turn.batch, turn.to, false),
            Event::Expired { batch, .. } => (batch, usize::MAX, false),
            Event::Canceled { batch, .. } => (batch, usize::MAX, true),
            Event::Created(_) | Event::Erased { .. } | Event::Sender { .. } | Event::Blacklist { .. } => return None,
        };
        let batch = self.batch(id).filter(|batch| batch.record.report_url.is_some())?;
        let open = batch.messages.iter().enumerate().take(end).skip(batch.next);
        let open = open.filter(|(_, message)| with_refused || message.state == State::Waiting);
        Some((id.clone(), open.map(|(place, _)| place).collect()))
    }

    fn next_event(&self, id: &str, desk: &Desk) -> Option<Event> {
        let batch = self.batch(id).filter(|batch| !batch.is_finished())?;
        let Some((at, window)) = batch.next_chance() else {
            let at = batch.last_closes().max(batch.record.created);
            return (at <= desk.now).then(|| Event::Expired {
                batch: id.to_owned(),
                at,
                code: code::EXPIRED,
            });
        };
        if at > desk.now {
            return None;
        }
        let left = batch.messages.len() - batch.next;
        let (ready, micros_apart) = match desk.settings.messages_per_second.filter(|rate| *rate > 0) {
            None => (left, 0),
            Some(rate) => {
                let until = desk.now.min(window.closes.plus_millis(-1));
                let micros = (until.unix_millis() - at.unix_millis()).saturating_mul(1000);
                let apart = 1_000_000 / i64::from(rate);
                let ready = usize::try_from(micros / apart.max(1) + 1).unwrap_or(usize::MAX);
                (ready.min(left), apart.max(1))
            }
        };
        let (from, to) = (batch.next, batch.next.saturating_add(ready));
        let refused = self.refusals(batch, from, to, desk);
        let delivery_ms = desk.settings.delivery_ms;
        Some(Event::Sent(Turn {
            batch: id.to_owned(),
            from,
            to,
            at,
            micros_apart,
            delivery_ms,
            refused,
        }))
    }

    /// Messages that may not go, with the reason's code.
    fn refusals(&self, batch: &Batch, from: usize, to: usize, desk: &Desk) -> Vec<(usize, u16)> {
        let is_sender_refused = !self.may_send_as(&batch.record.sender, desk)
            && desk.settings.unregistered_sender == UnregisteredSender::RejectMessages;
        let mut left = desk.settings.balance.minus(self.spent);
        let mut refused = Vec::new();
        let waiting = batch.messages.iter().enumerate().take(to).skip(from);
        for (place, message) in waiting.filter(|(_, message)| message.state == State::Waiting) {
            let price = batch.price(message);
            if is_sender_refused {
                refused.push((place, code::SENDER_REJECTED));
            } else if self.blacklist.since(&message.recipient).is_some() {
                refused.push((place, code::BLACKLISTED));
            } else if desk.settings.prepaid && left < price {
                refused.push((place, code::NO_FUNDS));
            } else {
                left = left.minus(price);
            }
        }
        refused
    }

    /// Money left on the account.
    pub(super) fn balance(&self, desk: &Desk) -> Money {
        desk.settings.balance.minus(self.spent)
    }
}

/// Queues the report of each status that a message has got or is going to get; its acceptance was the call's answer.
fn queue_reports(batch: &Batch, place: usize, url: &str, desk: &mut Desk) {
    let Some(message) = batch.messages.get(place) else {
        return;
    };
    let end = Instant::from_unix_millis(i64::MAX);
    let mut history = message.history(batch.record.created, end);
    if matches!(message.state, State::Canceled { .. }) {
        // What came before was reported when it happened.
        history = history.split_off(history.len() - 1);
    } else {
        history.remove(0);
    }
    for (code, at) in history {
        let report = json!({
            "id": batch.message_id(place),
            "batchId": batch.record.id,
            "recipient": *message.recipient,
            "code": code,
            "duration": u8::from(is_final(code)),
            "created": at,
            "segments": message.segments,
            "price": batch.price(message).number(),
            "currency": batch.record.tariff.currency.code().to_lowercase(),
            "reference": batch.record.reference,
        });
        desk.callbacks.queue(
            at,
            Report {
                url: url.to_owned(),
                headers: vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())],
                body: report.to_string().into_bytes(),
                retry: Retry::TenTimesEveryTenMinutes,
            },
        );
    }
}
