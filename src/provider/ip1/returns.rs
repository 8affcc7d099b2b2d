//! The blacklist and what became of each message (vendor's pages "Blacklist" and "Read SMS", read 2026-11-30).
//!
//! A blacklist may hold a million numbers: they are kept at 8 bytes each, and pages are as large as the account allows.

use std::hash::{DefaultHasher, Hasher as _};

use crate::model::{BatchId, Msisdn, NumberSet};

use super::super::scalar::JsonScalar;
use super::super::{Failure, FailureKind, MessageOutcome, MessageResult};
use super::calls::Ip1;
use super::paging::{Identified, LIMIT, Paging};
use super::{convert, wire};

/// Asked for first: 200, the largest limit in the vendor's examples, would take 5,000 requests for a million numbers.
const LARGE_LIMIT: u64 = 1_000;

/// One entry at 8 bytes: a number, or what can be none, told apart from others by a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blocked(u64);

/// Beyond every MSISDN.
const NO_NUMBER: u64 = 1 << 63;
/// May be somebody's number, and cannot be read as one.
const DOUBTFUL: u64 = 1 << 62;

impl Blocked {
    /// Spaces and signs are taken off; letters beside digits are a doubt, and what has no digit can be nobody's number.
    pub(super) fn read(text: &str) -> Self {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let has_letter = text.chars().any(char::is_alphabetic);
        let bare = digits.strip_prefix("00").unwrap_or(&digits);
        match Msisdn::parse(bare) {
            Ok(number) if !has_letter => Self(number.as_u64()),
            _ => {
                let mut hasher = DefaultHasher::new();
                hasher.write(text.as_bytes());
                let digest = hasher.finish() & (DOUBTFUL - 1);
                let is_short = bare.len() < 5 && !has_letter;
                let is_doubtful = !digits.is_empty() && !is_short;
                Self(NO_NUMBER | digest | if is_doubtful { DOUBTFUL } else { 0 })
            }
        }
    }

    fn number(self) -> Option<Msisdn> {
        Msisdn::from_u64(self.0).ok()
    }

    fn is_doubtful(self) -> bool {
        self.0 & (NO_NUMBER | DOUBTFUL) == NO_NUMBER | DOUBTFUL
    }
}

impl Identified for Blocked {
    fn id(&self) -> Option<String> {
        Some(self.0.to_string())
    }
}

impl Ip1 {
    /// The whole blacklist.
    pub(super) async fn read_blacklist(&self) -> Result<NumberSet, Failure> {
        let large = self.read_blacklist_by(LARGE_LIMIT).await;
        let blocked = match large {
            // The largest limit is not documented: a refusal may mean nothing else.
            Err(failure) if failure.kind == FailureKind::Refused && failure.status == Some(400) => {
                self.read_blacklist_by(LIMIT).await?
            }
            other => other?,
        };
        let doubtful = blocked.iter().filter(|entry| entry.is_doubtful()).count();
        if doubtful > 0 {
            let message = format!("`GET /v2/blacklist`: {doubtful} entries cannot be read as numbers");
            return Err(Failure::new(FailureKind::Garbled, message));
        }
        Ok(NumberSet::new(blocked.into_iter().filter_map(Blocked::number)))
    }

    async fn read_blacklist_by(&self, limit: u64) -> Result<Vec<Blocked>, Failure> {
        let paging = || Paging::compact().by(limit);
        let entry = |entry: wire::Blocked| entry.msisdn.text().map(|text| Blocked::read(&text));
        self.read_by("/v2/blacklist", paging, |page: Vec<wire::Blocked>| {
            page.into_iter().map(entry).collect::<Option<_>>()
        })
        .await
    }

    /// What became of every message of a batch.
    pub(super) async fn read_results(&self, id: &BatchId) -> Result<Vec<MessageResult>, Failure> {
        let path = super::calls::messages_path(id)?;
        let messages: Vec<wire::Message> = self.read_all(&path).await?;
        let unreadable = || Failure::new(FailureKind::Garbled, format!("`GET {path}`: a message has no status"));
        messages
            .iter()
            .map(|message| result(message).ok_or_else(unreadable))
            .collect()
    }
}

/// Of its latest status: the list shows only that, a later code beats an earlier one all the same.
fn result(message: &wire::Message) -> Option<MessageResult> {
    let statuses: Vec<wire::MessageStatus> = convert::lenient(message.statuses.as_ref()?)?;
    let latest = statuses
        .iter()
        .max_by_key(|status| status.created.as_ref().and_then(JsonScalar::instant))?;
    let code = u16::try_from(latest.code.as_ref()?.integer()?).ok()?;
    let fate = convert::fate(code);
    Some(MessageResult {
        recipient: message.recipient.as_ref().and_then(convert::number),
        fate,
        code,
        reason: if fate == MessageOutcome::Failed {
            reason(code)
        } else {
            String::new()
        },
        is_hard: (500..=599).contains(&code),
        segments: message.segments.as_ref().and_then(JsonScalar::count),
        cost: convert::money(message.price.as_ref(), message.currency.as_ref()),
        ended_at: (fate == MessageOutcome::Delivered)
            .then(|| latest.created.as_ref().and_then(JsonScalar::instant))
            .flatten(),
    })
}

/// A failure in words (vendor's page of status codes, read 2026-11-22). Group 5 alone says that the number is why:
/// "undeliverable, or outside the service's control".
fn reason(code: u16) -> String {
    match code {
        104 => "refunded".to_owned(),
        202 => "expired".to_owned(),
        402 => "the account could not pay".to_owned(),
        403 => "sender rejected".to_owned(),
        404 => "content rejected".to_owned(),
        500..=599 => format!("undeliverable (code {code})"),
        code => format!("rejected (code {code})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_numbers_or_nobodys_or_a_doubt() {
        for (text, number, is_doubtful) in [
            ("46701234567", Some("46701234567"), false),
            ("+46 70-123 45 67", Some("46701234567"), false),
            ("0046701234567", Some("46701234567"), false),
            ("ACME", None, false),
            ("1234", None, false),
            ("4670123x567", None, true),
            ("0701234567", None, true),
            ("1234567890123456", None, true),
        ] {
            let entry = Blocked::read(text);
            assert_eq!(entry.number().map(Msisdn::digits).as_deref(), number, "{text}");
            assert_eq!(entry.is_doubtful(), is_doubtful, "{text}");
        }
        assert_eq!(size_of::<Blocked>(), 8);
    }

    proptest::proptest! {
        /// Whatever the portal took in, an entry is a number, nobody's, or a doubt; never two of them.
        #[test]
        fn any_entry_is_read(text in "\\PC{0,40}") {
            let entry = Blocked::read(&text);
            proptest::prop_assert!(!(entry.is_doubtful() && entry.number().is_some()));
            let has_letter = text.chars().any(char::is_alphabetic);
            proptest::prop_assert!(!has_letter || entry.number().is_none());
        }
    }
}
