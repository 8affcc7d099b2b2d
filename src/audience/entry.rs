//! A row in the index: whose it is and where it is, in 128 bits that sort as parts do.

use crate::model::Person;

pub(super) const PERSON_BITS: u32 = 50;

pub(super) const SOURCE_BITS: u32 = 16;

pub(super) const OFFSET_BITS: u32 = 47;

/// The most sources of one audience.
pub(super) const MAX_SOURCES: usize = 1 << SOURCE_BITS;

/// Bucket, person, source and offset, from the highest bit down (15 + 50 + 16 + 47 bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IndexEntry(pub(super) u128);

impl IndexEntry {
    pub(super) fn new(bucket: u16, person: Person, source: usize, offset: u64) -> Self {
        Self(Self::head(bucket, person) | (source as u128) << OFFSET_BITS | u128::from(offset))
    }

    /// The smallest entry of a person.
    pub(super) fn head(bucket: u16, person: Person) -> u128 {
        let person = u128::from(person.as_u64());
        u128::from(reversed(bucket)) << (PERSON_BITS + SOURCE_BITS + OFFSET_BITS)
            | person << (SOURCE_BITS + OFFSET_BITS)
    }

    fn field(self, from: u32, count: u32) -> u64 {
        let mask = (1_u128 << count) - 1;
        u64::try_from(self.0 >> from & mask).unwrap_or(0)
    }

    /// The bits of the bucket in reverse order, as entries are sorted by.
    pub(super) fn bucket(self) -> usize {
        usize::try_from(self.0 >> (PERSON_BITS + SOURCE_BITS + OFFSET_BITS)).unwrap_or(0)
    }

    pub(super) fn person(self) -> Person {
        Person::from_canonical(self.field(SOURCE_BITS + OFFSET_BITS, PERSON_BITS))
    }

    pub(super) fn source(self) -> usize {
        usize::try_from(self.field(OFFSET_BITS, SOURCE_BITS)).unwrap_or(usize::MAX)
    }

    pub(super) fn offset(self) -> u64 {
        self.field(0, OFFSET_BITS)
    }

    /// In order of sources and rows.
    pub(super) fn place(self) -> (usize, u64) {
        (self.source(), self.offset())
    }

    /// The same in one number.
    pub(super) fn place_bits(self) -> u64 {
        self.field(0, SOURCE_BITS + OFFSET_BITS)
    }

    pub(super) fn bits(self) -> u128 {
        self.0
    }

    pub(super) fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    pub(super) fn same_person(self, other: Self) -> bool {
        self.0 >> (SOURCE_BITS + OFFSET_BITS) == other.0 >> (SOURCE_BITS + OFFSET_BITS)
    }
}

pub(super) fn reversed(bucket: u16) -> u16 {
    bucket.reverse_bits() >> 1
}
