//! A short digest of everything a batch says (`docs/design.md` section 3).
//!
//! One 128-bit hash per (number, rendered body), summed, so that order never matters and the sum streams; then one
//! SHA-256 over the header, the sum, the count and the windows, windows last. A release that moved any of this would
//! send everybody's campaigns again: the vectors below are committed.

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use super::{Api, Datacoding, MessageType, Msisdn, Sender, Windows};

/// 35 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

/// More than 35 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 35 bits")]
pub struct InvalidFingerprint;

impl Fingerprint {
    const BITS: u32 = 35;

    /// From its 35 bits.
    pub fn from_bits(bits: u64) -> Result<Self, InvalidFingerprint> {
        if bits < 1 << Self::BITS {
            Ok(Self(bits))
        } else {
            Err(InvalidFingerprint)
        }
    }

    /// The 35 bits.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Digest of a batch: what all share, who gets what, and when.
    pub fn of(header: &Header<'_>, audience: &AudienceDigest, windows: &Windows) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"campanile batch 1\n");
        for field in [
            header.api.as_str(),
            header.sender.as_str(),
            header.message_type.as_str(),
            header.datacoding.as_str(),
            if header.priority >= 2 { "2" } else { "1" },
            header.report_url.unwrap_or_default(),
            header.extra,
        ] {
            hasher.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(field.as_bytes());
        }
        hasher.update(audience.sum.to_le_bytes());
        hasher.update(audience.count.to_le_bytes());
        for window in windows.as_slice() {
            hasher.update(window.opens().unix_seconds().to_le_bytes());
            hasher.update(window.closes().unix_seconds().to_le_bytes());
        }
        let digest = hasher.finalize();
        let head = digest
            .iter()
            .take(8)
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(head >> (64 - Self::BITS))
    }
}

/// What all messages of a batch share. Left out on purpose: the reference, the revision, tags, the clock, the price, the
/// tool's version.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// Which API it is sent through.
    pub api: Api,
    /// Whom recipients see.
    pub sender: &'a Sender,
    /// `sms` or `flash`.
    pub message_type: MessageType,
    /// As sent to the provider.
    pub datacoding: Datacoding,
    /// 1 or 2.
    pub priority: u8,
    /// Where delivery reports go.
    pub report_url: Option<&'a str>,
    /// Further settings that one API alone has, in that adapter's canonical text; empty when all are default.
    pub extra: &'a str,
}

/// Order-independent digest of the set of (number, rendered body).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AudienceDigest {
    sum: u128,
    count: u64,
}

impl AudienceDigest {
    /// The wrapping sum of so many rows' digests.
    pub fn of(sum: u128, count: u64) -> Self {
        Self { sum, count }
    }

    /// Adds one row's digest.
    pub fn add(&mut self, row: u128) {
        self.sum = self.sum.wrapping_add(row);
        self.count = self.count.wrapping_add(1);
    }

    /// Takes one row's digest out again.
    pub fn remove(&mut self, row: u128) {
        self.sum = self.sum.wrapping_sub(row);
        self.count = self.count.wrapping_sub(1);
    }

    /// Adds another digest over other rows.
    pub fn merge(&mut self, other: Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        self.count = self.count.wrapping_add(other.count);
    }

    /// How many rows.
    pub fn count(self) -> u64 {
        self.count
    }
}

/// Digest of one message: xxh3-128 over the number (eight bytes, little endian) and the body in UTF-8. `scratch` is
/// cleared and reused, so that a million rows cost no allocation.
pub fn row_digest(number: Msisdn, body: &str, scratch: &mut Vec<u8>) -> u128 {
    scratch.clear();
    scratch.extend_from_slice(&number.as_u64().to_le_bytes());
    scratch.extend_from_slice(body.as_bytes());
    xxh3_128(scratch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Instant, Window};
    use proptest::prelude::*;

    fn windows(opens: i64) -> Windows {
        let at = Instant::from_unix_seconds;
        Windows::one(Window::new(at(opens), at(opens + 3600)).unwrap())
    }

    fn digest(rows: &[(&str, &str)]) -> AudienceDigest {
        let mut digest = AudienceDigest::default();
        for (number, body) in rows {
            digest.add(row_digest(Msisdn::parse(number).unwrap(), body, &mut Vec::new()));
        }
        digest
    }

    fn fingerprint(edit: impl FnOnce(&mut Header<'static>), opens: i64, rows: &[(&str, &str)]) -> u64 {
        let mut header = Header {
            api: Api::Ip1,
            sender: Box::leak(Box::new(Sender::parse("ACME").unwrap())),
            message_type: MessageType::Sms,
            datacoding: Datacoding::Gsm,
            priority: 1,
            report_url: None,
            extra: "",
        };
        edit(&mut header);
        Fingerprint::of(&header, &digest(rows), &windows(opens)).bits()
    }

    const ROWS: [(&str, &str); 2] = [("46701234567", "Hi Ada"), ("46701234568", "Hi Bo")];
    const OPENS: i64 = 1_795_766_400;

    #[test]
    fn fingerprints_are_what_they_were_when_first_released() {
        let row = row_digest(Msisdn::parse("46701234567").unwrap(), "Hi Ada", &mut Vec::new());
        assert_eq!(row, 237_097_906_419_084_515_940_846_044_541_963_381_885);
        let sinch = fingerprint(
            |h| (h.api, h.datacoding) = (Api::Sinch, Datacoding::PerMessage),
            OPENS,
            &ROWS,
        );
        assert_eq!(
            [fingerprint(|_| (), OPENS, &ROWS), sinch],
            [25_076_738_267, 4_876_054_807]
        );
    }

    #[test]
    fn every_part_of_a_batch_moves_its_fingerprint() {
        let base = fingerprint(|_| (), OPENS, &ROWS);
        let sender: &'static Sender = Box::leak(Box::new(Sender::parse("OTHER").unwrap()));
        let others = [
            fingerprint(|h| h.api = Api::Sinch, OPENS, &ROWS),
            fingerprint(|h| h.sender = sender, OPENS, &ROWS),
            fingerprint(|h| h.message_type = MessageType::Flash, OPENS, &ROWS),
            fingerprint(|h| h.datacoding = Datacoding::Ucs, OPENS, &ROWS),
            fingerprint(|h| h.priority = 2, OPENS, &ROWS),
            fingerprint(|h| h.report_url = Some("https://example.com/dlr"), OPENS, &ROWS),
            fingerprint(|h| h.extra = "feedback", OPENS, &ROWS),
            fingerprint(|_| (), OPENS + 1, &ROWS),
            fingerprint(|_| (), OPENS, &ROWS[..1]),
            fingerprint(|_| (), OPENS, &[("46701234567", "Hi Bo"), ("46701234568", "Hi Ada")]),
        ];
        for (i, other) in others.iter().enumerate() {
            assert_ne!(*other, base, "case {i}");
        }
    }

    proptest! {
        #[test]
        fn order_never_matters_and_removing_undoes_adding(mut rows in prop::collection::vec(any::<u128>(), 0..20), extra in any::<u128>()) {
            let sum = |rows: &[u128]| { let mut d = AudienceDigest::default(); for r in rows { d.add(*r); } d };
            let before = sum(&rows);
            rows.reverse();
            prop_assert_eq!(sum(&rows), before);
            let mut more = before;
            more.add(extra);
            more.remove(extra);
            prop_assert_eq!(more, before);
        }
    }
}
