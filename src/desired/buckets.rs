//! What each part of a group amounts to, without its rows: sums per bucket of the recipients' numbers.
//!
//! In: the totals of buckets. Out: those of any part of any n. There are 2^15 buckets, so a campaign of some thousand
//! people would have one for nearly every one of them: a thousand such campaigns took more than a gigabyte. So buckets
//! are kept as fine as the provider's limit needs, with a way to the finest, which reads the rows again; hardly any
//! plan goes there. A bucket is kept in 80 bytes and money in it without a map.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::totals::Totals;
use crate::model::{AudienceDigest, Diagnostic, Money, Part};

/// Totals per bucket of the recipients' numbers, only buckets with people in them, so arranged (by the bucket's bits in
/// reverse) that every part is one run.
#[derive(Debug, Clone, Default)]
pub struct Buckets {
    sums: Vec<Bucket>,
    /// The way to all 15 bits, where these have fewer.
    finest: Option<Finest>,
}

type MakeBuckets = dyn Fn() -> Result<Buckets, Diagnostic> + Send + Sync;

/// The same people by all 15 bits; made once, when somebody asks.
#[derive(Clone)]
struct Finest {
    /// How many bits there are without it.
    bits: u8,
    way: Arc<(Box<MakeBuckets>, OnceLock<Result<Buckets, Diagnostic>>)>,
}

impl fmt::Debug for Finest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Finest(from {} bits)", self.bits)
    }
}

/// The totals of one bucket, or of one more currency in it. A bucket is the 32,768th part of a list that itself has a
/// bound in bytes: its counts fit 32 bits.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    digest: AudienceDigest,
    amount: Option<Money>,
    recipients: u32,
    messages_gsm7: u32,
    messages_ucs2: u32,
    segments: u32,
    unpriced_segments: u32,
    /// A text has a bound too.
    max_segments_per_message: u16,
    /// The bucket's bits in reverse.
    place: u16,
}

impl Bucket {
    /// The first holds the counts and one amount; there is one more for each further currency.
    fn of(place: u16, totals: &Totals) -> impl Iterator<Item = Self> {
        let Totals {
            recipients,
            messages_gsm7,
            messages_ucs2,
            segments,
            max_segments_per_message,
            estimate,
            digest,
        } = totals;
        let mut amounts = estimate.amounts();
        let first = Self {
            digest: *digest,
            amount: amounts.next(),
            recipients: counted(*recipients),
            messages_gsm7: counted(*messages_gsm7),
            messages_ucs2: counted(*messages_ucs2),
            segments: counted(*segments),
            unpriced_segments: counted(estimate.unpriced_segments()),
            max_segments_per_message: u16::try_from(*max_segments_per_message).unwrap_or(u16::MAX),
            place,
        };
        let further = amounts.map(move |money| Self {
            amount: Some(money),
            place,
            ..Self::default()
        });
        std::iter::once(first).chain(further)
    }

    fn add_to(&self, sum: &mut Totals) {
        let Self {
            digest,
            amount,
            recipients,
            messages_gsm7,
            messages_ucs2,
            segments,
            unpriced_segments,
            max_segments_per_message,
            place: _,
        } = self;
        sum.recipients += u64::from(*recipients);
        sum.messages_gsm7 += u64::from(*messages_gsm7);
        sum.messages_ucs2 += u64::from(*messages_ucs2);
        sum.segments += u64::from(*segments);
        sum.max_segments_per_message = sum.max_segments_per_message.max(u32::from(*max_segments_per_message));
        sum.estimate.add_unpriced(u64::from(*unpriced_segments));
        if let Some(money) = amount {
            sum.estimate.add(*money);
        }
        sum.digest.merge(*digest);
    }
}

fn counted(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The 15 bits of a bucket in reverse order.
fn reversed(bucket: u16) -> u16 {
    bucket.reverse_bits() >> 1
}

impl Buckets {
    /// Sorts; totals of the same bucket are merged.
    pub fn new(totals: impl IntoIterator<Item = (u16, Totals)>) -> Self {
        Self {
            sums: sums_by_place(Part::MAX_BITS, totals),
            finest: None,
        }
    }

    /// The same by the first `bits` of each bucket; `finest` makes those of all bits for a part that is smaller.
    pub fn coarse(
        bits: u8,
        totals: impl IntoIterator<Item = (u16, Totals)>,
        finest: impl Fn() -> Result<Self, Diagnostic> + Send + Sync + 'static,
    ) -> Self {
        Self {
            sums: sums_by_place(bits, totals),
            finest: (bits < Part::MAX_BITS).then(|| Finest {
                bits,
                way: Arc::new((Box::new(finest), OnceLock::new())),
            }),
        }
    }

    /// Why the finest buckets could not be made when they were asked for: what was said of parts then is worth nothing.
    pub fn fault(&self) -> Option<&Diagnostic> {
        self.finest.as_ref()?.way.1.get()?.as_ref().err()
    }

    /// The sums by parts of so many bits; none where they cannot be made.
    fn by_bits(&self, bits: u8) -> &[Bucket] {
        match self.finest.as_ref().filter(|finest| bits > finest.bits) {
            None => &self.sums,
            Some(finest) => {
                let (make, made) = &*finest.way;
                made.get_or_init(make).as_ref().map_or(&[], |finest| &finest.sums)
            }
        }
    }

    /// Sums of one part; all zero when nobody is in it.
    pub fn part(&self, part: Part) -> Totals {
        sum_of(self.run(part))
    }

    /// People in one part.
    pub fn people(&self, part: Part) -> u64 {
        self.run(part).iter().map(|bucket| u64::from(bucket.recipients)).sum()
    }

    /// People of each bucket, by its bits in reverse: the parts of a group follow each other in that order.
    pub fn people_by_place(&self) -> impl Iterator<Item = (u16, u64)> {
        let sums = self.by_bits(Part::MAX_BITS).iter();
        sums.map(|bucket| (bucket.place, u64::from(bucket.recipients)))
    }

    fn run(&self, part: Part) -> &[Bucket] {
        let sums = self.by_bits(part.bits());
        let from = sums.partition_point(|bucket| bucket.place < part.first_place());
        let to = sums.partition_point(|bucket| bucket.place <= part.last_place());
        sums.get(from..to).unwrap_or_default()
    }

    /// Sums of everybody.
    pub fn total(&self) -> Totals {
        sum_of(&self.sums)
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }
}

/// In the order of places; totals of the same bucket are merged.
fn sums_by_place(bits: u8, totals: impl IntoIterator<Item = (u16, Totals)>) -> Vec<Bucket> {
    let mask = u16::try_from((1_u32 << bits) - 1).unwrap_or(u16::MAX);
    let mut buckets: Vec<(u16, Totals)> = totals
        .into_iter()
        .filter(|(_, totals)| totals.recipients > 0)
        .map(|(bucket, totals)| (reversed(bucket & mask), totals))
        .collect();
    buckets.sort_by_key(|(bucket, _)| *bucket);
    buckets.dedup_by(|(bucket, more), (kept, sum)| {
        let is_same = bucket == kept;
        if is_same {
            sum.merge(more);
        }
        is_same
    });
    let mut kept = Vec::with_capacity(buckets.len());
    kept.extend(buckets.iter().flat_map(|(place, totals)| Bucket::of(*place, totals)));
    kept
}

fn sum_of(buckets: &[Bucket]) -> Totals {
    let mut sum = Totals::default();
    for bucket in buckets {
        bucket.add_to(&mut sum);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Msisdn;
    use proptest::prelude::*;

    fn buckets(numbers: &[u64]) -> Buckets {
        Buckets::new(numbers.iter().map(|n| {
            let bucket = Part::bucket(Msisdn::from_u64(*n).unwrap());
            (
                bucket,
                Totals {
                    recipients: 1,
                    segments: 2,
                    ..Totals::default()
                },
            )
        }))
    }

    proptest! {
        #[test]
        fn a_part_sums_exactly_the_people_whose_bucket_it_contains(
            numbers in prop::collection::vec(46_700_000_000_u64..46_799_999_999, 0..300), bits in 0_u8..=15, k in any::<u16>(),
        ) {
            let part = Part::new(bits, k & u16::try_from((1_u32 << bits) - 1).unwrap()).unwrap();
            let expected = numbers.iter().filter(|n| part.contains_bucket(Part::bucket(Msisdn::from_u64(**n).unwrap()))).count() as u64;
            let buckets = buckets(&numbers);
            prop_assert_eq!(buckets.part(part).recipients, expected);
            prop_assert_eq!(buckets.part(part).segments, 2 * expected);
            prop_assert_eq!(buckets.people(part), expected);
            prop_assert_eq!(buckets.total().recipients, numbers.len() as u64);
        }
    }

    #[test]
    fn a_bucket_is_small_and_loses_nothing_also_of_several_currencies() {
        assert_eq!(size_of::<Bucket>(), 80);
        let mut totals = Totals {
            recipients: 3,
            messages_gsm7: 1,
            messages_ucs2: 2,
            segments: 7,
            max_segments_per_message: 4,
            ..Totals::default()
        };
        totals.digest.add(5);
        totals.estimate.add_unpriced(2);
        for text in ["0.349 SEK", "0.04 EUR", "1 NOK"] {
            totals.estimate.add(Money::parse(text).unwrap());
        }
        let buckets = Buckets::new([(9, totals.clone()), (77, totals.clone())]);
        assert_eq!(buckets.part(Part::new(Part::MAX_BITS, 9).unwrap()), totals);
        assert_eq!(buckets.people(Part::WHOLE), 6);
        totals.merge(&totals.clone());
        assert_eq!(buckets.total(), totals);
    }
}
