//! When texts are sent, and how many of them fall into one period.

use crate::campaign::ContactPeriod;
use crate::model::{Group, Instant};

/// When a text is sent, as far as limits count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    opens: Instant,
    /// The day on the clocks of the group, else of UTC.
    day: i64,
}

impl Moment {
    pub(super) fn new(opens: Instant, group: Group) -> Self {
        let shift = match group {
            Group::Offset(quarters) => i64::from(quarters) * 900,
            Group::Single | Group::Test => 0,
        };
        let day = (opens.unix_seconds() + shift).div_euclid(86_400);
        Self { opens, day }
    }

    /// Its position, and how long the period is, in the period's unit.
    fn place(self, period: ContactPeriod) -> (i64, i64) {
        match period {
            ContactPeriod::Days(days) => (self.day, i64::from(days)),
            ContactPeriod::Time(length) => {
                let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
                (self.opens.unix_seconds(), seconds)
            }
        }
    }

    pub(super) fn is_within(self, other: Self, period: ContactPeriod) -> bool {
        let ((one, length), (other, _)) = (self.place(period), other.place(period));
        one.abs_diff(other) < length.unsigned_abs()
    }
}

/// The most of these that are within one period together with this one, as indices.
pub(super) fn most_within(own: Moment, others: &[Moment], period: ContactPeriod) -> Vec<usize> {
    let (at, length) = own.place(period);
    let near = others.iter().enumerate().map(|(i, other)| (other.place(period).0, i));
    let mut near: Vec<(i64, usize)> = near
        .filter(|(other, _)| at.abs_diff(*other) < length.unsigned_abs())
        .collect();
    near.sort_unstable();
    // The busiest period begins with one of them, or with this one.
    let starts = near.iter().map(|(start, _)| *start).filter(|start| *start <= at);
    let run_from = |start: i64| {
        let from = near.partition_point(|(other, _)| *other < start);
        let to = near.partition_point(|(other, _)| *other - start < length);
        from..to
    };
    let busiest = starts.chain([at]).map(run_from).max_by_key(ExactSizeIterator::len);
    let busiest = busiest.and_then(|run| near.get(run)).unwrap_or_default();
    busiest.iter().map(|(_, i)| *i).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_the_busiest_period(own in 0_i64..40, others in prop::collection::vec(0_i64..40, 0..12), hours in 1_i64..30) {
            let moment = |hour: i64| Moment::new(Instant::from_unix_seconds(3600 * hour), Group::Single);
            let moments: Vec<Moment> = others.iter().map(|hour| moment(*hour)).collect();
            let period = ContactPeriod::Time(Duration::from_secs(u64::try_from(3600 * hours).unwrap()));
            let found = most_within(moment(own), &moments, period);
            let expected = (own - hours + 1..=own).map(|start| {
                others.iter().filter(|other| (start..start + hours).contains(*other)).count()
            });
            prop_assert_eq!(found.len(), expected.max().unwrap());
            prop_assert!(found.iter().all(|i| moments[*i].is_within(moment(own), period)));
        }
    }
}
