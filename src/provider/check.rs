//! The last look at a batch before it leaves, the same for both adapters. The planner has seen to all of it; this is for
//! the day on which it has not.

use super::{Failure, FailureKind, NewBatch, Provider};
use crate::model::{Api, BatchId, Instant, Payload, PayloadRecipients, Window};
use crate::profile::Profile;

/// Refuses what must never leave: a window in the past (it would be sent at once), nobody, too many.
pub(super) fn batch(batch: &NewBatch, provider: &impl Provider, now: Instant) -> Result<(), Failure> {
    judge(batch, provider.api(), provider.settings().max_recipients_per_batch, now)
}

fn judge(batch: &NewBatch, api: Api, most: u32, now: Instant) -> Result<(), Failure> {
    let Profile { can, longest_body, .. } = Profile::of(api);
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
    } else if count(batch.payload.len()) > most {
        format!("it has more than {most} recipients")
    } else if can.max_windows.is_some_and(|max| count(windows.len()) > max) {
        "it has more windows than this provider takes".to_owned()
    } else if windows.iter().any(too_long) {
        "a window is longer than this provider takes".to_owned()
    } else if batch.payload.body.trim().is_empty() {
        "its text is blank".to_owned()
    } else if batch.payload.body.encode_utf16().count() > *longest_body {
        format!("its text is longer than {longest_body} characters")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Datacoding, MessageType, Msisdn, Reference, Sender, Windows};

    fn at(seconds: i64) -> Instant {
        Instant::from_unix_seconds(seconds)
    }

    fn new_batch(windows: &[(i64, i64)], people: u64, body: &str) -> NewBatch {
        let windows = windows
            .iter()
            .map(|(opens, closes)| Window::new(at(*opens), at(*closes)).unwrap());
        NewBatch {
            reference: Reference::parse("acme.black-friday.00001000000abcdefg").unwrap(),
            sender: Sender::parse("ACME").unwrap(),
            payload: Payload {
                body: body.to_owned(),
                recipients: PayloadRecipients::Plain(
                    (0..people)
                        .map(|n| Msisdn::from_u64(46_701_234_000 + n).unwrap())
                        .collect(),
                ),
            },
            message_type: MessageType::Sms,
            datacoding: Datacoding::Gsm,
            priority: 1,
            windows: Windows::new(windows.collect()).unwrap(),
            report_url: None,
            tags: vec![],
            extra: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn what_must_never_leave_is_refused_before_it_does() {
        const SPAN: i64 = 3 * 24 * 3600;
        let judge = |new: &NewBatch| judge(new, Api::Sinch, 3, at(1000)).map_err(|failure| failure.kind);
        assert_eq!(judge(&new_batch(&[(1001, 1001 + SPAN)], 3, &"x".repeat(1600))), Ok(()));
        for (windows, people, body) in [
            (&[(1000, 1100)][..], 1, "Hi"),
            (&[(900, 1100)], 1, "Hi"),
            (&[(1001, 1002 + SPAN)], 1, "Hi"),
            (&[(1001, 1010), (1020, 1030)], 1, "Hi"),
            (&[(1001, 1101)], 0, "Hi"),
            (&[(1001, 1101)], 4, "Hi"),
            (&[(1001, 1101)], 1, " \n"),
            (&[(1001, 1101)], 1, &"x".repeat(1601)),
            (&[(1001, 1101)], 1, &"😀".repeat(801)),
        ] {
            assert_eq!(judge(&new_batch(windows, people, body)), Err(FailureKind::Refused));
        }
    }

    #[test]
    fn an_id_never_leads_elsewhere() {
        for id in [
            "5bc86b6e85c7209830f96936",
            "01FC66621XXXXX119Z8PMV1QPQ",
            "4nQCc1T6Dg-R-zHX",
        ] {
            assert!(segment(&BatchId(id.to_owned())).is_ok());
        }
        for id in ["", "..", "a/b", "a?b", "a#b", "a%2fb", "é", &"a".repeat(129)] {
            assert!(segment(&BatchId(id.to_owned())).is_err(), "{id}");
        }
    }
}
