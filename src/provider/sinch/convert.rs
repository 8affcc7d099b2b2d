//! Between Sinch's JSON and the words of `model`. Pure; whatever cannot be read becomes an unknown, never a guess.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Api, BatchId, ExistingBatch, Headcount, Instant, MessageType, Msisdn, NumberSet, Payload, PayloadRecipients, Proof,
    ProviderName, Recipients, Reference, ReportedState, Visible, WhyNot, Window,
};

use super::super::scalar::JsonScalar;
use super::super::{
    BatchProgress, DryRun, DryRunMessage, IncomingText, MessageOutcome, MessageResult, NewBatch, StatusCounts,
};
use super::wire;
use crate::profile::sinch::LONGEST_WINDOW;

/// A batch has at most 1000 recipients; a count beyond every reason must not fill the memory.
const MOST_UNNAMED: usize = 10_000;
/// Batches of ours are always of this type; without it an update's fields may be misread.
pub(super) const TEXT: &str = "mt_text";

/// A batch of the list or a single one; `None` when it has no id.
pub(super) fn existing(batch: &wire::Batch, provider: &ProviderName, sandbox: bool) -> Option<ExistingBatch> {
    let text = batch.client_reference.as_ref().and_then(JsonScalar::text);
    let reference = text.as_deref().and_then(|text| Reference::parse(text).ok());
    Some(ExistingBatch {
        provider: provider.clone(),
        api: Api::Sinch,
        sandbox,
        id: BatchId(batch.id.text()?),
        position: 0,
        created_at: batch.created_at.as_ref().and_then(JsonScalar::instant),
        state: state(batch),
        windows: window(batch).into_iter().collect(),
        // Foreign texts are nobody's business here.
        visible: if reference.is_some() {
            visible(batch)
        } else {
            Visible::default()
        },
        proof: Proof::NotRead,
        // Every list and answer shows them; what is no number (a group) is read as doubt when it is asked for.
        recipients: people(batch)
            .filter(|_| reference.is_some())
            .map_or(Recipients::NotRead, |people| {
                Recipients::Read(Arc::new(NumberSet::new(people)))
            }),
        headcount: (batch.to.as_ref())
            .and_then(|to| u64::try_from(to.len()).ok())
            .map_or(Headcount::NotRead, Headcount::Told),
        reference_text: text,
        reference,
    })
}

fn state(batch: &wire::Batch) -> ReportedState {
    match batch.canceled.as_ref().map(JsonScalar::switch) {
        None | Some(Some(false)) => ReportedState::Planned,
        Some(Some(true)) => ReportedState::Canceled,
        Some(None) => ReportedState::Unknown(-1),
    }
}

/// Without `send_at` a batch was sent when it was created. Nothing when a part of it cannot be read.
fn window(batch: &wire::Batch) -> Option<Window> {
    let opens = batch.send_at.as_ref().or(batch.created_at.as_ref())?.instant()?;
    let closes = match &batch.expire_at {
        Some(expire_at) => expire_at.instant()?,
        None => opens + LONGEST_WINDOW,
    };
    // One of the vendor's fixtures shows an expiry that equals the creation.
    Window::new(opens, closes.max(opens + Duration::from_secs(1))).ok()
}

fn visible(batch: &wire::Batch) -> Visible {
    let flash = match batch.flash_message.as_ref().map(JsonScalar::switch) {
        None => Some(false),
        Some(switch) => switch,
    };
    Visible {
        sender: batch.from.as_ref().and_then(JsonScalar::text),
        message_type: flash.map(|flash| if flash { MessageType::Flash } else { MessageType::Sms }),
        datacoding: None,
        priority: None,
        report_url: batch.callback_url.as_ref().and_then(JsonScalar::text),
        body: batch.body.as_ref().and_then(JsonScalar::text),
        tags: None,
    }
}

/// The people of a batch; `None` when there are none or one of them is not a number (a group: evaluated when sending).
pub(super) fn people(batch: &wire::Batch) -> Option<Vec<Msisdn>> {
    numbers(batch.to.as_ref()?)
}

/// The numbers of a `to`, if it holds nothing else.
pub(super) fn numbers(to: &[JsonScalar]) -> Option<Vec<Msisdn>> {
    let people: Vec<Msisdn> = to.iter().map(number).collect::<Option<_>>()?;
    (!people.is_empty()).then_some(people)
}

/// A number as Sinch writes it: digits, in some examples with `+`.
pub(super) fn number(value: &JsonScalar) -> Option<Msisdn> {
    let text = value.text()?;
    let text = text.trim();
    let digits = text
        .strip_prefix('+')
        .or_else(|| text.strip_prefix("00"))
        .unwrap_or(text);
    Msisdn::parse(digits).ok()
}

/// By name; by code only where there is no name. What is not known is pending.
fn outcome(status: &wire::Status) -> MessageOutcome {
    let name = status.name.as_ref().and_then(JsonScalar::label);
    let code = status.code.as_ref().and_then(JsonScalar::integer);
    match (name.as_deref(), code) {
        (Some("delivered"), _) | (None, Some(0)) => MessageOutcome::Delivered,
        (Some("cancelled" | "canceled"), _) | (None, Some(407)) => MessageOutcome::Canceled,
        (Some("aborted" | "rejected" | "deleted" | "failed" | "expired" | "unknown"), _)
        | (None, Some(402..=406 | 408..=499)) => MessageOutcome::Failed,
        // Queued and Dispatched among them.
        _ => MessageOutcome::Pending,
    }
}

fn counts(report: &wire::Report) -> Option<Vec<(MessageOutcome, u64)>> {
    report
        .statuses
        .iter()
        .map(|status| Some((outcome(status), status.count.as_ref()?.count()?)))
        .collect()
}

/// How many messages the report speaks of in all; 0 when it does not say.
fn total(report: &wire::Report) -> u64 {
    report
        .total_message_count
        .as_ref()
        .and_then(JsonScalar::count)
        .unwrap_or(0)
}

/// Whether the report of a canceled batch proves that nothing left: it is empty, or shows nothing but Cancelled, and of
/// as many messages as it says there are.
pub(super) fn proof(report: &wire::Report) -> Proof {
    let Some(counts) = counts(report) else {
        return Proof::Doubt;
    };
    let sum = |wanted: bool| -> u64 {
        let chosen = counts
            .iter()
            .filter(|(outcome, _)| (*outcome == MessageOutcome::Canceled) == wanted);
        chosen.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count))
    };
    let (canceled, others) = (sum(true), sum(false));
    if others == 0 && (canceled == 0 || canceled >= total(report)) {
        Proof::NothingLeft
    } else {
        Proof::Doubt
    }
}

/// The progress of a batch by a report and, where the report says nothing yet, by the batch. Sinch shows no cost.
pub(super) fn progress(report: Option<&wire::Report>, batch: &wire::Batch) -> Option<BatchProgress> {
    let mut messages = StatusCounts::default();
    let mut unpaid = 0_u64;
    let mut told = 0_u64;
    for (status, (outcome, count)) in report.iter().flat_map(|report| &report.statuses).zip(match report {
        Some(report) => counts(report)?,
        None => Vec::new(),
    }) {
        let of = match outcome {
            MessageOutcome::Pending => &mut messages.pending,
            MessageOutcome::Delivered => &mut messages.delivered,
            MessageOutcome::Failed => &mut messages.failed,
            MessageOutcome::Canceled => &mut messages.canceled,
        };
        *of = of.saturating_add(count);
        told = told.saturating_add(count);
        if status.code.as_ref().and_then(JsonScalar::integer) == Some(413) {
            unpaid = unpaid.saturating_add(count);
        }
    }
    let people = batch
        .to
        .as_ref()
        .and_then(|to| u64::try_from(to.len()).ok())
        .unwrap_or(0);
    let untold = report.map_or(0, total).max(people).saturating_sub(told);
    let of = match state(batch) {
        ReportedState::Canceled => &mut messages.canceled,
        ReportedState::Planned | ReportedState::Ongoing | ReportedState::Sent | ReportedState::Unknown(_) => {
            &mut messages.pending
        }
    };
    *of = of.saturating_add(untold);
    Some(BatchProgress {
        messages,
        cost: None,
        unpaid,
    })
}

/// One line for each recipient of a full report; messages whose recipients it does not name are lines without one.
pub(super) fn results(report: &wire::Report) -> Option<Vec<MessageResult>> {
    let mut results = Vec::new();
    for status in &report.statuses {
        let (fate, code) = (outcome(status), u16::try_from(status.code.as_ref()?.integer()?).ok()?);
        let name = status
            .name
            .as_ref()
            .and_then(JsonScalar::label)
            .unwrap_or_else(|| "failed".to_owned());
        let line = MessageResult {
            recipient: None,
            fate,
            code,
            reason: if fate == MessageOutcome::Failed {
                reason(code, &name)
            } else {
                String::new()
            },
            is_hard: fate == MessageOutcome::Failed && code == UNROUTABLE,
            segments: None,
            cost: None,
            ended_at: None,
        };
        let named = status.recipients.as_deref().unwrap_or_default();
        results.extend(named.iter().map(|recipient| MessageResult {
            recipient: number(recipient),
            ..line.clone()
        }));
        let count = usize::try_from(status.count.as_ref()?.count()?).ok()?;
        let unnamed = count.saturating_sub(named.len()).min(MOST_UNNAMED);
        results.extend(std::iter::repeat_n(line, unnamed));
    }
    Some(results)
}

/// "Message unroutable: retrying is likely to cause the same error again" (Sinch's `DeliveryReceiptStatusCode`,
/// official Java client at d747cc3, read 2026-11-30): the one code that says that the number is why.
const UNROUTABLE: u16 = 402;

/// A failure in words, by the same source; 257 is a US network's own answer to STOP (community ta-p/15313).
fn reason(code: u16, name: &str) -> String {
    let told = match code {
        257 => "stopped by the recipient at the network",
        UNROUTABLE => "unroutable",
        403 => "internal error of the provider",
        404 => "temporary failure",
        405 => "unmatched parameter",
        406 => "expired",
        408 => "rejected",
        410 => "no sender",
        411 => "too many parts",
        412 => "region not provisioned",
        413 => "the account is blocked, or could not pay",
        _ => return format!("{name} (code {code})"),
    };
    told.to_owned()
}

/// An incoming text; `None` without an id or an instant.
pub(super) fn incoming(text: &wire::Inbound) -> Option<IncomingText> {
    let is_text = text
        .kind
        .as_ref()
        .and_then(JsonScalar::label)
        .is_none_or(|kind| kind == "mo_text");
    Some(IncomingText {
        id: text.id.text()?,
        from: text.from.as_ref().and_then(number),
        to: text.to.as_ref().and_then(JsonScalar::text).unwrap_or_default(),
        body: text.body.as_ref().and_then(JsonScalar::text).filter(|_| is_text),
        received_at: text.received_at.as_ref()?.instant()?,
    })
}

/// The provider's count; `None` when it cannot be read.
pub(super) fn dry_run(answer: &wire::DryRun) -> Option<DryRun> {
    let message = |message: &wire::DryRunMessage| {
        Some(DryRunMessage {
            recipient: number(&message.recipient)?,
            body: message.body.as_str()?.to_owned(),
            segments: u32::try_from(message.number_of_parts.integer()?).ok()?,
            is_unicode: match message.encoding.label()?.as_str() {
                "text" | "gsm" => false,
                "unicode" => true,
                _ => return None,
            },
        })
    };
    Some(DryRun {
        recipients: answer.number_of_recipients.count()?,
        segments: answer.number_of_messages.count()?,
        sample: answer.per_recipient.iter().map(message).collect::<Option<_>>()?,
    })
}

/// What goes on the wire, or which setting Sinch does not have.
pub(super) fn new_batch(batch: &NewBatch) -> Result<wire::NewBatch<'_>, WhyNot> {
    let mut wire = wire::NewBatch {
        batch_type: TEXT,
        from: batch.sender.as_str(),
        to: digits(&batch.payload.numbers()),
        body: &batch.payload.body,
        parameters: parameters(&batch.payload),
        send_at: time(batch.windows.opens()),
        expire_at: time(batch.windows.closes()),
        delivery_report: None,
        callback_url: batch.report_url.as_deref(),
        client_reference: batch.reference.to_string(),
        feedback_enabled: None,
        flash_message: (batch.message_type == MessageType::Flash).then_some(true),
        max_number_of_message_parts: None,
    };
    for (key, value) in &batch.extra {
        let strange = || WhyNot(format!("`{value}` is not a value of Sinch's `{key}`"));
        match key.as_str() {
            "delivery_report" => wire.delivery_report = Some(report_kind(value).ok_or_else(strange)?),
            "feedback_enabled" => {
                let is_on: bool = value.parse().map_err(|_| strange())?;
                wire.feedback_enabled = is_on.then_some(true);
            }
            "max_number_of_message_parts" => {
                let parts: u32 = value.parse().ok().filter(|parts| *parts >= 1).ok_or_else(strange)?;
                wire.max_number_of_message_parts = Some(parts);
            }
            _ => return Err(WhyNot(format!("Sinch has no setting `{key}`"))),
        }
    }
    if batch.report_url.is_some() && wire.delivery_report.is_none() {
        wire.delivery_report = Some("per_recipient");
    }
    Ok(wire)
}

fn report_kind(value: &str) -> Option<&str> {
    ["none", "summary", "full", "per_recipient", "per_recipient_final"]
        .contains(&value)
        .then_some(value)
}

/// The same batch without a time or reports.
pub(super) fn trial(batch: &NewBatch) -> wire::Trial<'_> {
    wire::Trial {
        batch_type: TEXT,
        from: batch.sender.as_str(),
        to: digits(&batch.payload.numbers()),
        body: &batch.payload.body,
        parameters: parameters(&batch.payload),
    }
}

/// Numbers as they are sent.
pub(super) fn digits(people: &[Msisdn]) -> Vec<String> {
    people.iter().map(|number| number.digits()).collect()
}

fn parameters(payload: &Payload) -> wire::Parameters<'_> {
    let mut parameters: wire::Parameters<'_> = BTreeMap::new();
    if let PayloadRecipients::Personalized(people) = &payload.recipients {
        for (number, values) in people {
            for (key, value) in values {
                parameters.entry(key).or_default().insert(number.digits(), value);
            }
        }
    }
    parameters
}

/// As the page writes it: `YYYY-MM-DDThh:mm:ss.SSSZ`.
pub(super) fn time(instant: Instant) -> String {
    let text = instant.to_string();
    match text.strip_suffix('Z') {
        Some(bare) if !bare.contains('.') => format!("{bare}.000Z"),
        _ => text,
    }
}
