//! The text that a provider stores for us: which batch this is, and a digest of what it says (`docs/design.md` section
//! 3).
//!
//! `{namespace}.{campaign}.{tail}`, at most 40 characters. The tail is 18 characters of lower-case Crockford base32:
//! occurrence (5), group (2), part (1 for log2 of n, 3 for k), fingerprint (7). Anything else is foreign.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

use super::{CampaignRef, Fingerprint, LocalTime, Namespace, Person};

/// Crockford's alphabet in lower case: no `i`, `l`, `o`, `u`.
pub(super) const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

pub(super) const OCCURRENCE_CHARS: usize = 5;
const GROUP_CHARS: usize = 2;
const PART_CHARS: usize = 4;
const FINGERPRINT_CHARS: usize = 7;
pub(super) const TAIL_CHARS: usize = OCCURRENCE_CHARS + GROUP_CHARS + PART_CHARS + FINGERPRINT_CHARS;

/// How often a one-off has been meant to be sent: from 1 to what a reference can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u32);

impl Revision {
    /// The first.
    pub const FIRST: Self = Self(1);
    /// The highest (as minutes of an occurrence, the end of the year 2021).
    pub const MAX: u32 = 999_999;

    /// `None` outside of 1 to [`Revision::MAX`].
    pub fn new(revision: u32) -> Option<Self> {
        (1..=Self::MAX).contains(&revision).then_some(Self(revision))
    }

    /// As it is written.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl From<Revision> for OccurrenceKey {
    fn from(revision: Revision) -> Self {
        Self(revision.0)
    }
}

/// Which firing of a campaign: a one-off's revision, or the nominal local time of a cron occurrence in minutes since
/// 2020-01-01T00:00. Both fit 25 bits; revisions end below the minutes of any date that can still be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OccurrenceKey(u32);

impl OccurrenceKey {
    const LIMIT: u32 = 1 << 25;

    /// A one-off's revision, from 1.
    pub fn revision(revision: u32) -> Option<Self> {
        Revision::new(revision).map(Self::from)
    }

    /// A nominal local time between 2021-11-25 and 2083-10-18.
    pub fn nominal(time: LocalTime) -> Option<Self> {
        let minutes = u32::try_from(time.reference_minutes()).ok()?;
        (Revision::MAX + 1..Self::LIMIT)
            .contains(&minutes)
            .then_some(Self(minutes))
    }

    /// From the bits that a reference keeps; `None` when they name nothing.
    pub(super) fn from_bits(bits: u32) -> Option<Self> {
        (1..Self::LIMIT).contains(&bits).then_some(Self(bits))
    }

    /// The revision, if this is a one-off's.
    pub fn as_revision(self) -> Option<u32> {
        (self.0 <= Revision::MAX).then_some(self.0)
    }

    /// The nominal local time, if this is a cron occurrence.
    pub fn as_nominal(self) -> Option<LocalTime> {
        if self.0 <= Revision::MAX {
            None
        } else {
            LocalTime::from_reference_minutes(self.0)
        }
    }
}

impl fmt::Display for OccurrenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.as_nominal(), self.as_revision()) {
            (Some(time), _) => write!(f, "{time}"),
            (None, Some(revision)) => write!(f, "revision {revision}"),
            (None, None) => write!(f, "{}", self.0),
        }
    }
}

/// Recipients of one occurrence that share the same resolved windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The campaign has one zone.
    Single,
    /// Recipients' own zones: UTC offset at the group's first `opens`, in quarter hours (-63..=63).
    Offset(i8),
    /// A `campanile test` send to the testers: never part of any decision about the campaign.
    Test,
}

impl Group {
    const TEST_CODE: u16 = 1023;

    /// From an offset in seconds, if it is a whole number of quarter hours.
    pub fn from_offset_seconds(seconds: i32) -> Option<Self> {
        let quarters = seconds / 900;
        (seconds % 900 == 0 && (-63..=63).contains(&quarters)).then(|| i8::try_from(quarters).ok().map(Self::Offset))?
    }

    fn code(self) -> u16 {
        match self {
            Self::Single => 0,
            Self::Offset(quarters) => u16::try_from(i16::from(quarters) + 64).unwrap_or(0),
            Self::Test => Self::TEST_CODE,
        }
    }

    fn from_code(code: u16) -> Option<Self> {
        match code {
            0 => Some(Self::Single),
            1..=127 => i8::try_from(i32::from(code) - 64).ok().map(Self::Offset),
            Self::TEST_CODE => Some(Self::Test),
            _ => None,
        }
    }
}

/// The k-th of n = 2^bits slices of a group, by the low bits of a stable hash of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    bits: u8,
    k: u16,
}

impl Part {
    /// 2^15 parts at most: 15 bits are what three characters hold.
    pub const MAX_BITS: u8 = 15;
    /// The whole group.
    pub const WHOLE: Self = Self { bits: 0, k: 0 };

    /// `k` must be below 2^bits.
    pub fn new(bits: u8, k: u16) -> Option<Self> {
        (bits <= Self::MAX_BITS && u32::from(k) < 1 << bits).then_some(Self { bits, k })
    }

    /// log2 of n.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// From 0.
    pub fn k(self) -> u16 {
        self.k
    }

    /// How many parts there are.
    pub fn n(self) -> u32 {
        1 << self.bits
    }

    /// The 15-bit bucket of a person, the same in every release: the low bits of xxh3-64 over the ASCII digits of the
    /// canonical number.
    pub fn bucket(person: impl Into<Person>) -> u16 {
        let number = person.into().as_u64();
        // A million times a plan: no allocation, eight digits at a time, and all of it in registers. (Digits written to
        // memory and read back from another place in it make the processor wait for longer than the hash takes.)
        let [first, last] = [number / 100_000_000, number].map(eight_digits);
        let count = number.checked_ilog10().map_or(0, |log| log + 1);
        let sixteen = u128::from(last) << 64 | u128::from(first);
        let digits = sixteen >> (8 * 16_u32.saturating_sub(count));
        let hash = if (9..=16).contains(&count) {
            let head = u64::try_from(digits & u128::from(u64::MAX)).unwrap_or(0);
            hash_of_few(head, last, count)
        } else {
            let digits = digits.to_le_bytes();
            xxh3_64(digits.get(..count as usize).unwrap_or_default())
        };
        u16::try_from(hash & 0x7fff).unwrap_or(0)
    }

    /// Whether a bucket belongs to this part.
    pub fn contains_bucket(self, bucket: u16) -> bool {
        bucket & mask(self.bits) == self.k
    }

    /// The first bucket of this part when the bits of buckets are read in reverse: then a part is one run of them, and
    /// the parts within it follow it.
    pub fn first_place(self) -> u16 {
        self.k.reverse_bits() >> 1
    }

    /// The last bucket of that run.
    pub fn last_place(self) -> u16 {
        self.first_place() | mask(Self::MAX_BITS - self.bits)
    }

    /// The parts that contain this one, the whole group first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        (0..self.bits).map(move |bits| Self {
            bits,
            k: self.k & mask(bits),
        })
    }

    /// The two parts that it splits into; `None` for the smallest.
    pub fn halves(self) -> Option<[Self; 2]> {
        let bits = self.bits + 1;
        (bits <= Self::MAX_BITS).then(|| [self.k, self.k | 1 << self.bits].map(|k| Self { bits, k }))
    }

    /// Whether the two can hold the same person: their k agree modulo the smaller n.
    pub fn may_share(self, other: Self) -> bool {
        let mask = mask(self.bits.min(other.bits));
        self.k & mask == other.k & mask
    }
}

/// The last eight decimal digits of a number in ASCII: pairs of digits, then digits, parted side by side in one word.
fn eight_digits(number: u64) -> u64 {
    let number = number % 100_000_000;
    let fours = (number / 10_000) | (number % 10_000) << 32;
    // Of each four: 10486 / 2^20 is a hundredth, 103 / 2^10 a tenth, exactly so for every value that is possible there.
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let pairs = hundreds | (fours - 100 * hundreds) << 16;
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | (pairs - 10 * tens) << 8;
    digits | 0x3030_3030_3030_3030
}

/// xxh3-64 of 9 to 16 bytes, without memory: from the first and the last eight of them (xxHash 0.8,
/// `XXH3_len_9to16_64b`; the constants come from its default secret). What it must be is what the crate says; a
/// property test holds it to that.
fn hash_of_few(first: u64, last: u64, length: u32) -> u64 {
    const FLIP_FIRST: u64 = 0x6782_737b_ea42_39b9;
    const FLIP_LAST: u64 = 0xaf56_bc3b_0996_523a;
    let (first, last) = (first ^ FLIP_FIRST, last ^ FLIP_LAST);
    let product = u128::from(first) * u128::from(last);
    let [low, high] = [0, 64].map(|shift| u64::try_from(product >> shift & u128::from(u64::MAX)).unwrap_or(0));
    let sum = u64::from(length)
        .wrapping_add(first.swap_bytes())
        .wrapping_add(last)
        .wrapping_add(low ^ high);
    let mixed = (sum ^ sum >> 37).wrapping_mul(0x1656_6791_9e37_79f9);
    mixed ^ mixed >> 32
}

fn mask(bits: u8) -> u16 {
    u16::try_from((1_u32 << bits) - 1).unwrap_or(u16::MAX)
}

/// Which batch: stable while content changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The campaign.
    pub campaign: CampaignRef,
    /// Its firing.
    pub occurrence: OccurrenceKey,
    /// The recipients who share windows.
    pub group: Group,
    /// Which slice of them.
    pub part: Part,
}

/// Slot and fingerprint under a namespace.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The project's namespace.
    pub namespace: Namespace,
    /// Which batch.
    pub slot: Slot,
    /// What it says.
    pub fingerprint: Fingerprint,
}

/// The text is not a reference of this grammar; at a provider that makes its batch foreign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Campanile reference (`namespace.campaign.tail` with a tail of 18 characters)")]
pub struct InvalidReference;

impl Reference {
    /// The longest text, in characters: iP.1's limit.
    pub const MAX_LENGTH: usize = 40;

    /// Reads exactly what `Display` writes, nothing looser: two texts never mean the same slot.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        let mut fields = text.split('.');
        let (Some(namespace), Some(campaign), Some(tail), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(InvalidReference);
        };
        let tail = tail.as_bytes();
        if tail.len() != TAIL_CHARS {
            return Err(InvalidReference);
        }
        let (occurrence, rest) = tail.split_at(OCCURRENCE_CHARS);
        let (group, rest) = rest.split_at(GROUP_CHARS);
        let (part, fingerprint) = rest.split_at(PART_CHARS);
        let occurrence = u32::try_from(decode(occurrence)?).map_err(|_| InvalidReference)?;
        if occurrence == 0 {
            return Err(InvalidReference);
        }
        let group = u16::try_from(decode(group)?).map_err(|_| InvalidReference)?;
        let part = decode(part)?;
        let bits = u8::try_from(part >> 15).map_err(|_| InvalidReference)?;
        let k = u16::try_from(part & 0x7fff).map_err(|_| InvalidReference)?;
        Ok(Self {
            namespace: Namespace::parse(namespace).map_err(|_| InvalidReference)?,
            slot: Slot {
                campaign: CampaignRef::parse(campaign).map_err(|_| InvalidReference)?,
                occurrence: OccurrenceKey(occurrence),
                group: Group::from_code(group).ok_or(InvalidReference)?,
                part: Part::new(bits, k).ok_or(InvalidReference)?,
            },
            fingerprint: Fingerprint::from_bits(decode(fingerprint)?).map_err(|_| InvalidReference)?,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = &self.slot;
        let part = u64::from(slot.part.bits) << 15 | u64::from(slot.part.k);
        let mut tail = String::with_capacity(TAIL_CHARS);
        encode(u64::from(slot.occurrence.0), OCCURRENCE_CHARS, &mut tail);
        encode(u64::from(slot.group.code()), GROUP_CHARS, &mut tail);
        encode(part, PART_CHARS, &mut tail);
        encode(self.fingerprint.bits(), FINGERPRINT_CHARS, &mut tail);
        f.pad(&format!("{}.{}.{tail}", self.namespace, slot.campaign))
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn encode(value: u64, chars: usize, out: &mut String) {
    for place in (0..chars).rev() {
        let digit = usize::try_from((value >> (5 * place)) & 31).unwrap_or(0);
        out.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
    }
}

pub(super) fn decode(chars: &[u8]) -> Result<u64, InvalidReference> {
    chars.iter().try_fold(0_u64, |value, char| {
        let digit = ALPHABET.iter().position(|a| a == char).ok_or(InvalidReference)?;
        Ok(value << 5 | u64::try_from(digit).map_err(|_| InvalidReference)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Msisdn;
    use proptest::prelude::*;

    fn reference(occurrence: u32, group: Group, part: Part, fingerprint: u64) -> Reference {
        Reference {
            namespace: Namespace::parse("acme").unwrap(),
            slot: Slot {
                campaign: CampaignRef::parse("black-friday").unwrap(),
                occurrence: OccurrenceKey(occurrence),
                group,
                part,
            },
            fingerprint: Fingerprint::from_bits(fingerprint).unwrap(),
        }
    }

    #[test]
    fn references_are_spelled_as_committed_here() {
        let vectors = [
            (
                reference(1, Group::Single, Part::WHOLE, 0),
                "acme.black-friday.000010000000000000",
            ),
            (
                reference(3_639_000, Group::Offset(4), Part::new(3, 5).unwrap(), (1 << 35) - 1),
                "acme.black-friday.3f1pr243005zzzzzzz",
            ),
            (
                reference(2, Group::Test, Part::new(15, 0x7fff).unwrap(), 42),
                "acme.black-friday.00002zzfzzz000001a",
            ),
        ];
        for (reference, text) in vectors {
            assert_eq!(reference.to_string(), text);
            assert_eq!(Reference::parse(text), Ok(reference));
        }
    }

    #[test]
    fn the_longest_reference_has_forty_characters() {
        let mut longest = reference(1, Group::Single, Part::WHOLE, 0);
        longest.slot.campaign = CampaignRef::parse("abcdefghijklmnop").unwrap();
        assert_eq!(longest.to_string().len(), Reference::MAX_LENGTH);
    }

    #[test]
    fn anything_looser_is_foreign() {
        for text in [
            "",
            "acme.black-friday",
            "acme.black-friday.00001000000000000",
            "acme.black-friday.0000100000000000000",
            "ACME.black-friday.000010000000000000",
            "acme.black-friday.00001000000000000O",
            "acme.black-friday.00001000000000000o",
            "acme.black-friday.000000000000000000",
            "acme.black-friday.000010000010000000",
            "acme.black-friday.00001400000000000z",
            "acme.black-friday.000010000000000000.x",
            " acme.black-friday.000010000000000000",
        ] {
            assert_eq!(Reference::parse(text), Err(InvalidReference), "{text}");
        }
    }

    #[test]
    fn buckets_of_people_never_move() {
        let buckets: Vec<u16> = [
            "46701234567",
            "4790000000",
            "12025550123",
            "5491123456789",
            "541123456789",
        ]
        .iter()
        .map(|digits| Part::bucket(Msisdn::parse(digits).unwrap()))
        .collect();
        assert_eq!(buckets, [15759, 13621, 19651, 14885, 14885]);
    }

    proptest! {
        #[test]
        fn eight_digits_are_those_of_the_number(number in 0_u64..100_000_000) {
            prop_assert_eq!(eight_digits(number).to_le_bytes().map(char::from).iter().collect::<String>(), format!("{number:08}"));
        }

        #[test]
        fn a_bucket_is_the_hash_of_the_canonical_digits(number in 10_000_u64..1_000_000_000_000_000) {
            let number = Msisdn::from_u64(number).unwrap();
            let slow = xxh3_64(Person::from(number).as_u64().to_string().as_bytes()) & 0x7fff;
            prop_assert_eq!(u64::from(Part::bucket(number)), slow);
        }

        #[test]
        fn every_reference_survives_its_text(
            occurrence in 1_u32..1 << 25, quarters in -63_i8..=63, bits in 0_u8..=15, k in 0_u16..0x7fff, fingerprint in 0_u64..1 << 35,
        ) {
            let part = Part::new(bits, k & mask(bits)).unwrap();
            let reference = reference(occurrence, Group::Offset(quarters), part, fingerprint);
            prop_assert_eq!(Reference::parse(&reference.to_string()), Ok(reference));
        }

        #[test]
        fn parts_share_people_exactly_when_some_bucket_is_in_both(a in 0_u8..=6, ka in 0_u16..64, b in 0_u8..=6, kb in 0_u16..64) {
            let (a, b) = (Part::new(a, ka & mask(a)).unwrap(), Part::new(b, kb & mask(b)).unwrap());
            let some = (0..64).any(|bucket| a.contains_bucket(bucket) && b.contains_bucket(bucket));
            prop_assert_eq!(a.may_share(b), some);
        }
    }
}
