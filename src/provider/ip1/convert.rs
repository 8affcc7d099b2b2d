//! Between iP.1's JSON and the words of `model`. Pure; whatever cannot be read becomes an unknown, never a guess.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::{
    Api, BatchId, Currency, Datacoding, ExistingBatch, Headcount, MessageType, Money, Msisdn, PayloadRecipients, Proof,
    ProviderName, Recipients, Reference, ReportedState, Visible, Window,
};

use super::super::scalar::JsonScalar;
use super::super::{BatchProgress, MessageOutcome, NewBatch, StatusCounts};
use super::wire;

/// What the vendor adds to a window without `closes` (its page; the sample's 7 days are not believed).
const DEFAULT_SPAN: Duration = Duration::from_hours(72);

/// A batch of the list or a single one; `None` when it has no id.
pub(super) fn existing(batch: &wire::Batch, provider: &ProviderName, sandbox: bool) -> Option<ExistingBatch> {
    let id = BatchId(batch.id.text()?);
    // Whatever the status of what came in: it is no batch of anybody's.
    let state = if is_incoming(batch) {
        ReportedState::Unknown(201)
    } else {
        state(&batch.status)
    };
    let text = batch.reference.as_ref().and_then(JsonScalar::text);
    // Incoming messages are foreign whatever they call themselves.
    let reference = text
        .as_deref()
        .filter(|_| !is_incoming(batch))
        .and_then(|text| Reference::parse(text).ok());
    Some(ExistingBatch {
        provider: provider.clone(),
        api: Api::Ip1,
        sandbox,
        id,
        position: 0,
        created_at: None,
        windows: windows(batch.delivery_windows.as_ref()),
        // Foreign texts are nobody's business here.
        visible: if reference.is_some() {
            visible(batch)
        } else {
            Visible::default()
        },
        proof: Proof::NotRead,
        recipients: Recipients::NotRead,
        headcount: headcount(batch),
        reference_text: text,
        reference,
        state,
    })
}

/// Whether people sent it to us.
pub(super) fn is_incoming(batch: &wire::Batch) -> bool {
    let direction = batch.direction.as_ref().and_then(JsonScalar::label);
    // A number is not believed: what it would mean for a batch, no page says.
    let says_incoming = direction.as_deref() == Some("mo");
    says_incoming || state(&batch.status) == ReportedState::Unknown(201)
}

fn state(status: &JsonScalar) -> ReportedState {
    match (status.integer(), status.label().as_deref()) {
        (Some(101), _) | (None, Some("planned")) => ReportedState::Planned,
        (Some(111), _) | (None, Some("ongoing")) => ReportedState::Ongoing,
        (Some(112), _) | (None, Some("sent")) => ReportedState::Sent,
        (Some(203), _) | (None, Some("canceled" | "cancelled")) => ReportedState::Canceled,
        (None, Some("incoming")) => ReportedState::Unknown(201),
        (Some(code), _) => ReportedState::Unknown(code),
        (None, _) => ReportedState::Unknown(-1),
    }
}

/// In order of opening; empty when a single one cannot be read, so that nobody takes the rest for all.
fn windows(value: Option<&Value>) -> Vec<Window> {
    let read: Vec<wire::ReadWindow> = value.and_then(lenient).unwrap_or_default();
    let window = |window: &wire::ReadWindow| {
        let opens = window.opens.as_ref()?.instant()?;
        let closes = match &window.closes {
            Some(closes) => closes.instant()?,
            None => opens + DEFAULT_SPAN,
        };
        Window::new(opens, closes).ok()
    };
    let mut windows: Vec<Window> = read.iter().map(window).collect::<Option<_>>().unwrap_or_default();
    windows.sort_unstable();
    windows
}

fn visible(batch: &wire::Batch) -> Visible {
    Visible {
        sender: batch.sender.as_ref().and_then(JsonScalar::text),
        message_type: batch
            .message_type
            .as_ref()
            .and_then(|value| match value.label()?.as_str() {
                "sms" | "1" => Some(MessageType::Sms),
                "flash" | "0" => Some(MessageType::Flash),
                _ => None,
            }),
        datacoding: batch
            .datacoding
            .as_ref()
            .and_then(|value| match value.label()?.as_str() {
                "gsm" | "0" => Some(Datacoding::Gsm),
                "ucs" | "2" => Some(Datacoding::Ucs),
                _ => None,
            }),
        priority: batch
            .priority
            .as_ref()
            .and_then(JsonScalar::integer)
            .and_then(|priority| u8::try_from(priority).ok()),
        report_url: batch.delivery_report_url.as_ref().and_then(JsonScalar::text),
        body: batch.body.as_ref().and_then(JsonScalar::text),
        tags: batch.tags.as_ref().and_then(tags),
    }
}

fn tags(value: &Value) -> Option<Vec<String>> {
    let read: Vec<JsonScalar> = lenient(value)?;
    read.iter().map(JsonScalar::text).collect()
}

/// Message codes of a batch that is planned: accepted, queued, funded (`docs/providers/ip1.md` A6).
const CODES_OF_PLANNED: [u16; 3] = [101, 102, 103];

/// Whether a single batch proves that nothing left: canceled, with messages, and all of them under 203. A planned one
/// shows whether it could be proved: it has messages, and none beyond planning.
///
/// An empty summary proves nothing: a batch of ours has people. Neither does 104 (refunded), which may hide an earlier
/// status (`docs/providers/ip1.md` C32).
pub(super) fn proof(batch: &wire::Batch) -> Proof {
    let counts = counts(batch);
    match state(&batch.status) {
        ReportedState::Canceled => {}
        ReportedState::Planned => return provable(counts.as_deref()),
        ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => return Proof::NotRead,
    }
    let Some(counts) = counts else {
        return Proof::Doubt;
    };
    let messages = |wanted: bool| counts.iter().filter(move |(code, _)| (*code == 203) == wanted);
    let canceled = messages(true).any(|(_, messages)| *messages > 0);
    let others = messages(false).any(|(_, messages)| *messages > 0);
    if canceled && !others {
        Proof::NothingLeft
    } else {
        Proof::Doubt
    }
}

fn provable(counts: Option<&[(u16, u64)]>) -> Proof {
    let with_messages = || counts.into_iter().flatten().filter(|(_, messages)| *messages > 0);
    let is_planned = with_messages().all(|(code, _)| CODES_OF_PLANNED.contains(code));
    if with_messages().next().is_some() && is_planned {
        Proof::Provable
    } else {
        Proof::Unprovable
    }
}

/// Messages by the code of their latest status; `None` when it is missing or a part of it cannot be read.
fn counts(batch: &wire::Batch) -> Option<Vec<(u16, u64)>> {
    let summary: wire::MessageSummary = lenient(batch.message_summary.as_ref()?)?;
    summary
        .iter()
        .map(|(code, count)| Some((code.trim().parse().ok()?, count.messages.as_ref()?.count()?)))
        .collect()
}

/// How many messages a single batch has; lists do not say.
fn headcount(batch: &wire::Batch) -> Headcount {
    let counts = counts(batch).unwrap_or_default();
    let all = counts
        .iter()
        .fold(0_u64, |all, (_, messages)| all.saturating_add(*messages));
    if all > 0 {
        Headcount::Told(all)
    } else {
        Headcount::NotRead
    }
}

/// Progress and cost; `None` when the summary cannot be read.
pub(super) fn progress(batch: &wire::Batch) -> Option<BatchProgress> {
    let mut messages = StatusCounts::default();
    let mut unpaid = 0_u64;
    for (code, count) in counts(batch)? {
        let of = match fate(code) {
            MessageOutcome::Delivered => &mut messages.delivered,
            MessageOutcome::Canceled => &mut messages.canceled,
            MessageOutcome::Failed => &mut messages.failed,
            MessageOutcome::Pending => &mut messages.pending,
        };
        *of = of.saturating_add(count);
        if code == 402 {
            unpaid = unpaid.saturating_add(count);
        }
    }
    Some(BatchProgress {
        messages,
        cost: cost(batch),
        unpaid,
    })
}

/// The state of a message with this code.
///
/// Success means "ended in a user defined way", expiry included: only 201 is delivered. Refunded (104) is an "info",
/// but nobody gets money back for a message that arrived.
pub(super) fn fate(code: u16) -> MessageOutcome {
    match code {
        201 => MessageOutcome::Delivered,
        203 => MessageOutcome::Canceled,
        104 | 200..=299 | 400..=599 => MessageOutcome::Failed,
        _ => MessageOutcome::Pending,
    }
}

fn cost(batch: &wire::Batch) -> Option<Money> {
    let price: wire::PriceSummary = lenient(batch.price_summary.as_ref()?)?;
    money(price.total.as_ref(), price.currency.as_ref())
}

/// An amount with its currency, which may be in lower case; negative for a balance.
pub(super) fn money(amount: Option<&JsonScalar>, currency: Option<&JsonScalar>) -> Option<Money> {
    Some(Money {
        amount: amount?.decimal()?,
        currency: Currency::parse(currency?.text()?.trim()).ok()?,
    })
}

/// A number as iP.1 writes it: digits; a `+` or `00` is not documented and taken off.
pub(super) fn number(value: &JsonScalar) -> Option<Msisdn> {
    let text = value.text()?;
    let text = text.trim();
    let digits = text
        .strip_prefix('+')
        .or_else(|| text.strip_prefix("00"))
        .unwrap_or(text);
    Msisdn::parse(digits).ok()
}

/// A registered sender: a bare text, or an object that holds it.
pub(super) fn sender(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => ["sender", "name", "id"]
            .iter()
            .find_map(|name| Some(fields.get(*name)?.as_str()?.to_owned())),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

/// What goes on the wire; `None` when the batch has no data coding of iP.1's, or a priority that it does not know.
pub(super) fn new_batch(batch: &NewBatch) -> Option<wire::NewBatch<'_>> {
    let datacoding = match batch.datacoding {
        Datacoding::Gsm => "gsm",
        Datacoding::Ucs => "ucs",
        Datacoding::PerMessage => return None,
    };
    let recipients = match &batch.payload.recipients {
        PayloadRecipients::Plain(people) => {
            wire::NewRecipients::Plain(people.iter().map(|number| number.digits()).collect())
        }
        PayloadRecipients::Personalized(people) => wire::NewRecipients::Personalized(
            people
                .iter()
                .map(|(number, values)| {
                    let values = values.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                    (number.digits(), values.collect())
                })
                .collect(),
        ),
    };
    (1..=2).contains(&batch.priority).then(|| wire::NewBatch {
        sender: batch.sender.as_str(),
        recipients,
        body: &batch.payload.body,
        message_type: batch.message_type.as_str(),
        datacoding,
        priority: batch.priority,
        delivery_windows: batch
            .windows
            .as_slice()
            .iter()
            .map(|window| wire::NewWindow {
                opens: window.opens().to_string(),
                closes: window.closes().to_string(),
            })
            .collect(),
        delivery_report_url: batch.report_url.as_deref(),
        reference: batch.reference.to_string(),
        tags: &batch.tags,
    })
}

pub(super) fn lenient<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}
