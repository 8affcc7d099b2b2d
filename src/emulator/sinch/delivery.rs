//! What became of each message: its way from queued to final, read off the clock.
//!
//! A message's milestones are fixed when its batch is dispatched; status and reports are computed from them for any
//! instant, so that nothing has to be ticked along. Status names and codes are the vendor's.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::clock::Instant;

/// The state of a message, with the vendor's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Waiting for its time.
    Queued,
    /// With the operator.
    Dispatched,
    /// On the handset.
    Delivered,
    /// A placeholder had no value for this recipient.
    UnmatchedParameter,
    /// Its expiry came first.
    Expired,
    /// Canceled before it left.
    Canceled,
    /// The batch has no sender, and the account no default one.
    NoOriginator,
    /// It has more parts than the batch allows.
    TooManyParts,
}

impl Standing {
    /// The vendor's code.
    pub(super) const fn code(self) -> u32 {
        match self {
            Standing::Delivered => 0,
            Standing::Queued => 400,
            Standing::Dispatched => 401,
            Standing::UnmatchedParameter => 405,
            Standing::Expired => 406,
            Standing::Canceled => 407,
            Standing::NoOriginator => 410,
            Standing::TooManyParts => 411,
        }
    }

    /// The vendor's word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Standing::Queued => "Queued",
            Standing::Dispatched => "Dispatched",
            Standing::Delivered => "Delivered",
            Standing::Expired => "Expired",
            Standing::Canceled => "Cancelled",
            Standing::UnmatchedParameter | Standing::NoOriginator | Standing::TooManyParts => "Aborted",
        }
    }
}

/// One message of a dispatched batch.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) recipient: String,
    pub(super) body: Arc<str>,
    pub(super) parts: usize,
    /// When it leaves, and when it arrives; none if it never leaves.
    pub(super) way: Option<(Instant, Instant)>,
    /// How it ends.
    pub(super) end: (Instant, Standing),
    /// Whether it is in the outbox.
    pub(super) has_left: bool,
    /// The last state that was reported.
    pub(super) told: Option<Standing>,
}

impl Message {
    /// Its state at an instant, and since when.
    pub(super) fn standing(&self, now: Instant, since: Instant) -> (Standing, Instant) {
        match self.way {
            _ if self.end.0 <= now => (self.end.1, self.end.0),
            Some((leaves, _)) if leaves <= now => (Standing::Dispatched, leaves),
            _ => (Standing::Queued, since),
        }
    }

    /// Cuts its way short when it has not left yet.
    pub(super) fn cancel(&mut self, at: Instant) {
        if self.end.0 > at && self.way.is_none_or(|(leaves, _)| leaves > at) {
            self.way = None;
            self.end = (at, Standing::Canceled);
        }
    }
}

/// Which statuses and codes a report is to show; an empty set shows all.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) words: BTreeSet<String>,
    pub(super) codes: BTreeSet<u32>,
}

impl Wanted {
    /// Whether a state is asked for.
    pub(super) fn has(&self, standing: Standing) -> bool {
        let word = standing.word().to_ascii_lowercase();
        (self.words.is_empty() || self.words.contains(&word))
            && (self.codes.is_empty() || self.codes.contains(&standing.code()))
    }
}

/// A batch's report: counts, or with `is_full` the recipients too.
pub(super) fn batch_report(
    kind: &str,
    batch_id: &str,
    client_reference: Option<&str>,
    standings: &[(Standing, String)],
    is_full: bool,
    wanted: &Wanted,
) -> Value {
    let seen: BTreeSet<Standing> = standings.iter().map(|(standing, _)| *standing).collect();
    let statuses = seen
        .into_iter()
        .filter(|standing| wanted.has(*standing))
        .map(|standing| {
            let recipients: Vec<&str> = standings
                .iter()
                .filter(|(other, _)| *other == standing)
                .map(|(_, recipient)| recipient.as_str())
                .collect();
            let mut status = json!({ "code": standing.code(), "status": standing.word(), "count": recipients.len() });
            if is_full {
                status["recipients"] = json!(recipients);
            }
            status
        });
    let mut report = json!({
        "type": kind,
        "batch_id": batch_id,
        "total_message_count": standings.len(),
        "statuses": statuses.collect::<Vec<Value>>(),
    });
    if let Some(reference) = client_reference {
        report["client_reference"] = json!(reference);
    }
    report
}

/// One recipient's report.
#[derive(Debug)]
pub(super) struct RecipientReport<'a> {
    pub(super) kind: &'static str,
    pub(super) batch_id: &'a str,
    pub(super) client_reference: Option<&'a str>,
    pub(super) recipient: &'a str,
    pub(super) standing: Standing,
    pub(super) at: Instant,
    /// Shown only when the batch limits its parts.
    pub(super) parts: Option<usize>,
}

impl RecipientReport<'_> {
    /// The document, with the fields that do not apply left out.
    pub(super) fn to_json(&self) -> Value {
        let mut report = Map::new();
        let mut put = |name: &str, value: Value| report.insert(name.to_owned(), value);
        put("type", json!(self.kind));
        put("batch_id", json!(self.batch_id));
        put("recipient", json!(self.recipient));
        put("code", json!(self.standing.code()));
        put("status", json!(self.standing.word()));
        put("at", json!(self.at.with_millis()));
        if self.standing == Standing::Delivered {
            put("operator_status_at", json!(self.at.with_millis()));
        }
        if let Some(reference) = self.client_reference {
            put("client_reference", json!(reference));
        }
        if let Some(parts) = self.parts {
            put("number_of_message_parts", json!(parts));
        }
        report.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_unix_millis(seconds * 1000)
    }

    #[test]
    fn a_message_goes_from_queued_over_dispatched_to_delivered() {
        let message = Message {
            recipient: "46701234567".into(),
            body: Arc::default(),
            parts: 1,
            way: Some((at(10), at(15))),
            end: (at(15), Standing::Delivered),
            has_left: false,
            told: None,
        };
        assert_eq!(message.standing(at(9), at(1)), (Standing::Queued, at(1)));
        assert_eq!(message.standing(at(10), at(1)), (Standing::Dispatched, at(10)));
        assert_eq!(message.standing(at(15), at(1)), (Standing::Delivered, at(15)));
        let mut canceled = message.clone();
        canceled.cancel(at(9));
        assert_eq!(canceled.standing(at(20), at(1)), (Standing::Canceled, at(9)));
        let mut late = message;
        late.cancel(at(10));
        assert_eq!(late.standing(at(20), at(1)), (Standing::Delivered, at(15)));
    }

    #[test]
    fn a_report_counts_by_code_and_lists_recipients_only_when_full() {
        let standings = [
            (Standing::Delivered, "1".to_owned()),
            (Standing::Queued, "2".to_owned()),
            (Standing::Delivered, "3".to_owned()),
        ];
        let report = batch_report("delivery_report_sms", "B", None, &standings, true, &Wanted::default());
        assert_eq!(
            report,
            json!({
                "type": "delivery_report_sms", "batch_id": "B", "total_message_count": 3,
                "statuses": [
                    { "code": 400, "status": "Queued", "count": 1, "recipients": ["2"] },
                    { "code": 0, "status": "Delivered", "count": 2, "recipients": ["1", "3"] },
                ],
            })
        );
        let wanted = Wanted {
            codes: BTreeSet::from([0]),
            ..Wanted::default()
        };
        let summary = batch_report("delivery_report_sms", "B", Some("ref"), &standings, false, &wanted);
        assert_eq!(
            summary["statuses"],
            json!([{ "code": 0, "status": "Delivered", "count": 2 }])
        );
        assert_eq!(
            (&summary["total_message_count"], &summary["client_reference"]),
            (&json!(3), &json!("ref"))
        );
    }
}
