//! Sums by every bucket, for a part smaller than those that sums are kept for: the rows are read again and counted.
//!
//! In: the people of a pass. Out: the same sums, as fine as parts can be. Never: sums of a list that has changed since.

use std::sync::Arc;

use super::super::buckets::Buckets;
use super::aggregator::{Aggregator, SumsByGroup};
use super::compiled::CompiledCampaign;
use super::row_sums::GroupKey;
use crate::audience::Audience;
use crate::model::{Diagnostic, NumberSet};

/// Whose rows they are.
#[derive(Clone)]
pub(super) struct CountedRows {
    pub(super) compiled: Arc<CompiledCampaign>,
    pub(super) audience: Arc<Audience>,
    /// Who has been left out since.
    pub(super) without: Option<NumberSet>,
}

impl CountedRows {
    /// The sums of some keys, which are of one rendition.
    pub(super) fn finest(&self, keys: &[GroupKey]) -> Result<Buckets, Diagnostic> {
        let compiled = self.compiled.finest();
        let rendition = keys.first().map_or(0, |(rendition, _)| *rendition);
        let mut aggregator = Aggregator::new(&compiled, rendition..rendition + 1);
        let mut sums = SumsByGroup::default();
        self.audience.each_row(|row| {
            if self.without.as_ref().is_some_and(|people| people.contains(row.person)) {
                return;
            }
            for row_sum in aggregator.row_sums(row) {
                if keys.contains(&row_sum.key) {
                    // No text is compared with another here.
                    sums.of(row_sum.key).add(&row_sum, || 0);
                }
            }
        })?;
        sums.settle();
        let prices = &compiled.settings.prices;
        Ok(Buckets::new(sums.all().flat_map(|(_, sums)| sums.totals(prices))))
    }
}
