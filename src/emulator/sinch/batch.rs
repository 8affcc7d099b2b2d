//! One batch: its content, its state, and its document.
//!
//! A batch waits until it is due, is then dispatched once (its groups and texts are resolved at that instant), and from
//! then on only the clock moves it. The vendor has no field for that state, so neither has the document.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::clock::Instant;
use super::super::segments;
use super::super::settings::Settings;
use super::address::is_group;
use super::delivery::{Message, RecipientReport, Standing};
use super::parameters::{Parameters, Table};
use super::terms::{Kind, Terms};

/// A batch; what the state file keeps of it is everything but its messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Batch {
    pub(super) id: String,
    pub(super) terms: Terms,
    pub(super) created_at: Instant,
    pub(super) modified_at: Instant,
    /// When it starts being sent.
    pub(super) due_at: Instant,
    pub(super) canceled_at: Option<Instant>,
    /// The numbers it went to, once its groups have been resolved; none without groups.
    pub(super) resolved: Option<Vec<String>>,
    /// Its messages, once it has been dispatched.
    #[serde(skip)]
    pub(super) messages: Option<Vec<Message>>,
    /// Whether its one report has been queued.
    #[serde(skip)]
    pub(super) is_told: bool,
    /// Whether nothing can happen to it any more.
    #[serde(skip)]
    pub(super) is_settled: bool,
    /// Whether this process took the request: a process that reads it from a shared file posts no reports.
    #[serde(skip)]
    pub(super) is_ours: bool,
}

impl Batch {
    /// A new batch.
    pub(super) fn new(id: String, terms: Terms, now: Instant) -> Batch {
        let due_at = terms.due_at(now);
        Batch {
            id,
            terms,
            created_at: now,
            modified_at: now,
            due_at,
            canceled_at: None,
            resolved: None,
            messages: None,
            is_told: false,
            is_settled: false,
            is_ours: true,
        }
    }

    /// The same batch saying something else; id and time of creation stay.
    pub(super) fn restate(&mut self, terms: Terms, now: Instant) {
        self.due_at = terms.due_at(now);
        self.terms = terms;
        self.modified_at = now;
        self.is_ours = true;
    }

    /// Whether it has begun to be sent or has been canceled: too late for changes.
    pub(super) fn is_closed(&self) -> bool {
        self.messages.is_some() || self.canceled_at.is_some()
    }

    /// Whether it is to be dispatched now.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        !self.is_closed() && self.due_at <= now
    }

    /// Cancels what has not left yet. A batch that was canceled before stays as it was.
    pub(super) fn cancel(&mut self, now: Instant) {
        if self.canceled_at.is_some() {
            return;
        }
        self.canceled_at = Some(now);
        self.modified_at = now;
        for message in self.messages.iter_mut().flatten() {
            message.cancel(now);
        }
        self.is_settled = self.messages.is_none();
    }

    /// Makes the messages. `recipients` are its numbers, groups resolved.
    pub(super) fn dispatch(&mut self, recipients: &[String], settings: &Settings) {
        let expires_at = self.terms.expires_at(self.due_at);
        let none = Parameters::default();
        let table = self.terms.parameters.as_ref().unwrap_or(&none).table();
        let mut left = 0;
        let mut messages = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            let prepared = prepare(&self.terms, &table, recipient);
            let leaves = self.due_at.plus_millis(wait_millis(left, settings));
            let (way, end) = match prepared.refused {
                Some(standing) => (None, (self.due_at, standing)),
                None if leaves >= expires_at => (None, (expires_at.max(self.due_at), Standing::Expired)),
                None => {
                    left += 1;
                    let arrives = leaves.plus_millis(i64::from(settings.delivery_ms));
                    (Some((leaves, arrives)), (arrives, Standing::Delivered))
                }
            };
            messages.push(Message {
                recipient: recipient.clone(),
                body: prepared.body.into(),
                parts: prepared.parts,
                way,
                end,
                has_left: false,
                told: None,
            });
        }
        self.messages = Some(messages);
    }

    /// The state of each message; a batch canceled before its time has none.
    pub(super) fn standings(&self, recipients: &[String], now: Instant) -> Vec<(Standing, String)> {
        match &self.messages {
            Some(messages) => messages
                .iter()
                .map(|message| (message.standing(now, self.due_at).0, message.recipient.clone()))
                .collect(),
            None if self.canceled_at.is_some() => Vec::new(),
            None => recipients
                .iter()
                .map(|recipient| (Standing::Queued, recipient.clone()))
                .collect(),
        }
    }

    /// The report about one of its recipients; none for a number that is not one of them.
    pub(super) fn report_of(&self, number: &str, recipients: &[String], now: Instant) -> Option<Value> {
        let message = self
            .messages
            .iter()
            .flatten()
            .find(|message| message.recipient == number);
        let (parts, (standing, at)) = match message {
            Some(message) => (message.parts, message.standing(now, self.due_at)),
            None if !recipients.iter().any(|recipient| recipient == number) => return None,
            None => (
                1,
                self.canceled_at
                    .map_or((Standing::Queued, self.modified_at), |at| (Standing::Canceled, at)),
            ),
        };
        Some(recipient_report(self, number, parts, standing, at))
    }

    /// Whether a group is among its recipients.
    pub(super) fn has_group(&self) -> bool {
        self.terms.to.iter().any(|entry| is_group(entry))
    }

    /// The `type` of its batch report and of its recipients' reports.
    pub(super) const fn report_types(&self) -> (&'static str, &'static str) {
        match self.terms.kind {
            Kind::Text | Kind::Binary => ("delivery_report_sms", "recipient_delivery_report_sms"),
            Kind::Media => ("delivery_report_mms", "recipient_delivery_report_mms"),
        }
    }

    /// The document of a batch; fields without a value are left out.
    pub(super) fn to_json(&self) -> Value {
        let terms = &self.terms;
        let mut document = Map::new();
        document.insert("id".into(), json!(self.id));
        if let Ok(Value::Object(fields)) = serde_json::to_value(terms) {
            document.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let expires_at = terms.expires_at(self.due_at);
        let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
        put("canceled", json!(self.canceled_at.is_some()));
        put("created_at", json!(self.created_at.with_millis()));
        put("modified_at", json!(self.modified_at.with_millis()));
        put("expire_at", json!(expires_at.with_millis()));
        if let Some(send_at) = terms.send_at {
            put("send_at", json!(send_at.with_millis()));
        }
        if terms.kind != Kind::Media {
            put("flash_message", json!(terms.flash_message.unwrap_or(false)));
        }
        document.into()
    }
}

/// A text for one recipient, or why it does not leave.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) body: String,
    pub(super) parts: usize,
    pub(super) is_unicode: bool,
    pub(super) refused: Option<Standing>,
}

/// Expands, shortens and counts one recipient's text.
pub(super) fn prepare(terms: &Terms, table: &Table<'_>, recipient: &str) -> Prepared {
    let expanded = table.expand(terms.body.text(), recipient);
    if terms.kind != Kind::Text {
        let refused = terms.from.is_none().then_some(Standing::NoOriginator);
        return Prepared {
            body: expanded.text,
            parts: 1,
            is_unicode: false,
            refused,
        };
    }
    let mut body = expanded.text;
    let mut count = segments::count(&body);
    if terms.truncate_concat == Some(true) && count.segments > 1 {
        shorten(&mut body);
        count = segments::count(&body);
    }
    let limit = terms
        .max_number_of_message_parts
        .and_then(|limit| usize::try_from(limit).ok());
    let refused = if terms.from.is_none() {
        Some(Standing::NoOriginator)
    } else if !expanded.matched {
        Some(Standing::UnmatchedParameter)
    } else if limit.is_some_and(|limit| count.segments > limit) {
        Some(Standing::TooManyParts)
    } else {
        None
    };
    Prepared {
        body,
        parts: count.segments,
        is_unicode: count.ucs2,
        refused,
    }
}

/// Cuts a text to what fits one part.
fn shorten(body: &mut String) {
    while segments::count(body).segments > 1 {
        // 160 characters are the most that one part can hold.
        match body.char_indices().nth(160) {
            Some((at, _)) => body.truncate(at),
            None => drop(body.pop()),
        }
    }
}

/// How long the message after `before` others waits.
fn wait_millis(before: i64, settings: &Settings) -> i64 {
    settings
        .messages_per_second
        .map_or(0, |rate| before.saturating_mul(1000) / i64::from(rate.max(1)))
}

/// One recipient's report about a batch.
pub(super) fn recipient_report(batch: &Batch, recipient: &str, parts: usize, standing: Standing, at: Instant) -> Value {
    let report = RecipientReport {
        kind: batch.report_types().1,
        batch_id: &batch.id,
        client_reference: batch.terms.client_reference.as_deref(),
        recipient,
        standing,
        at,
        parts: batch.terms.max_number_of_message_parts.map(|_| parts),
    };
    report.to_json()
}

#[cfg(test)]
mod tests {
    use super::super::terms::Limits;
    use super::*;

    fn batch(request: &Value, now: Instant) -> Batch {
        let limits = Limits {
            body: 2000,
            client_reference: 2048,
        };
        let terms = Terms::read(request.to_string().as_bytes(), limits).unwrap();
        terms.check(now, None).unwrap();
        Batch::new("01FC66621VHDBN119Z8PMV1QPQ".into(), terms, now)
    }

    fn now() -> Instant {
        Instant::parse("2026-11-27T08:00:00Z").unwrap()
    }

    fn ends(request: &Value, settings: &Settings) -> Vec<(Standing, usize)> {
        let mut batch = batch(request, now());
        batch.dispatch(&batch.terms.to.clone(), settings);
        batch
            .messages
            .unwrap()
            .iter()
            .map(|message| (message.end.1, message.parts))
            .collect()
    }

    #[test]
    fn the_document_shows_numbers_without_plus_and_defaults() {
        let request = json!({
            "to": ["+46701234567", "0046 70-123 45 68"], "from": "+15551231234", "body": "Hi ${name}",
            "parameters": { "name": { "+46701234567": "Joe", "default": "there" } },
        });
        assert_eq!(
            batch(&request, now()).to_json(),
            json!({
                "id": "01FC66621VHDBN119Z8PMV1QPQ", "to": ["46701234567", "46701234568"], "from": "15551231234",
                "canceled": false, "parameters": { "name": { "+46701234567": "Joe", "default": "there" } },
                "body": "Hi ${name}", "type": "mt_text", "created_at": "2026-11-27T08:00:00.000Z",
                "modified_at": "2026-11-27T08:00:00.000Z", "delivery_report": "none",
                "expire_at": "2026-11-30T08:00:00.000Z", "flash_message": false,
            })
        );
    }

    #[test]
    fn messages_end_as_the_vendor_says() {
        let settings = Settings::default();
        let mut request = json!({
            "to": ["46701234567", "46701234568"], "from": "ACME", "body": "Hi ${name}",
            "parameters": { "name": { "46701234567": "Joe" } },
        });
        assert_eq!(
            ends(&request, &settings),
            [(Standing::Delivered, 1), (Standing::UnmatchedParameter, 1)]
        );
        request["from"] = Value::Null;
        assert_eq!(
            ends(&request, &settings),
            [(Standing::NoOriginator, 1), (Standing::NoOriginator, 1)]
        );
        let long =
            json!({ "to": ["46701234567"], "from": "ACME", "body": "x".repeat(161), "max_number_of_message_parts": 1 });
        assert_eq!(ends(&long, &settings), [(Standing::TooManyParts, 2)]);
        let mut short = long.clone();
        short["truncate_concat"] = json!(true);
        assert_eq!(ends(&short, &settings), [(Standing::Delivered, 1)]);
        let slow = Settings {
            messages_per_second: Some(1),
            ..Settings::default()
        };
        let brief = json!({
            "to": ["46701234567", "46701234568"], "from": "ACME", "body": "", "expire_at": "2026-11-27T08:00:01Z",
        });
        assert_eq!(ends(&brief, &slow), [(Standing::Delivered, 1), (Standing::Expired, 1)]);
    }

    #[test]
    fn shortening_fills_one_part() {
        let cut = |text: &str| {
            let mut text = text.to_owned();
            shorten(&mut text);
            text.chars().count()
        };
        assert_eq!(cut(&"x".repeat(500)), 160);
        assert_eq!(cut(&"ж".repeat(500)), 70);
        assert_eq!(cut(&"€".repeat(500)), 80);
    }
}
