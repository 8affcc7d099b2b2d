//! The last look at a batch before it leaves, the same for both adapters. The planner has seen to all of it; this is for
//! the day on which it has not.

use super::{Capabilities, Failure, FailureKind, NewBatch};

use crate::model::{BatchId, Instant, Payload, PayloadRecipients, Window};

/// Longest text (both vendors), in characters and in UTF-16 units: which of them is not documented, so the longer counts.
const LONGEST_BODY: usize = 2000;

/// Refuses what must never leave: a window in the past (it would be sent at once), nobody, too many.
pub(super) fn batch(batch: &NewBatch, can: &Capabilities, now: Instant) -> Result<(), Failure> {
    let windows = batch.windows.as_slice();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let too_long = |window: &Window| {
        can.max_window_span
            .is_some_and(|span| window.closes().since(window.opens()) > span)
    };
    let fault = if batch.windows.opens() <= now {
        "its first window has opened already, so it would be sent at once".to_owned()
    } else if batch.payload.is_empty() {
        "it has no recipients".to_owned()
    } else if count(batch.payload.len()) > can.max_recipients_per_batch {
        format!("it has more than {} recipients", can.max_recipients_per_batch)
    } else if can.max_windows.is_some_and(|max| count(windows.len()) > max) {
        "it has more windows than this provider takes".to_owned()
    } else if windows.iter().any(too_long) {
        "a window is longer than this provider takes".to_owned()
    } else if batch.payload.body.trim().is_empty() {
        "its text is blank".to_owned()
    } else if batch.payload.body.encode_utf16().count() > LONGEST_BODY {
        format!("its text is longer than {LONGEST_BODY} characters")
    } else {
        return Ok(());
    };
    Err(refused(batch, &fault))
}

/// A refusal of our own: no byte has left.
pub(super) fn refused(batch: &NewBatch, fault: &str) -> Failure {
    Failure::new(
        FailureKind::Refused,
        format!("`{}` is not sent: {fault}", batch.reference),
    )
}

/// A provider's id as a path segment. Ids are opaque, but no id of either vendor needs more than these characters, and
/// nothing that a provider says may choose another path for our token.
pub(super) fn segment(id: &BatchId) -> Result<&str, Failure> {
    let is_plain = (1..=128).contains(&id.0.len())
        && id
            .0
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_plain {
        Ok(&id.0)
    } else {
        Err(Failure::new(
            FailureKind::Refused,
            "a batch id with unusual characters is not asked for",
        ))
    }
}

/// What must not be repeated when a provider quotes what we sent: the text and the values of its placeholders.
pub(super) fn private(payload: &Payload) -> Vec<&str> {
    let values = match &payload.recipients {
        PayloadRecipients::Plain(_) => &[][..],
        PayloadRecipients::Personalized(people) => people,
    };
    let values = values
        .iter()
        .flat_map(|(_, values)| values)
        .map(|(_, value)| value.as_str());
    std::iter::once(payload.body.as_str()).chain(values).collect()
}
