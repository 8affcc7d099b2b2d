//! The result of one pass over all lists of a campaign.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::aggregator::{Aggregator, SpokenLanguage, SumsByGroup};
use super::branches::BranchTally;
use super::compiled::CompiledCampaign;
use super::doubts::Doubts;
use super::row_sums::{GroupKey, RowSums};
use crate::audience::Audience;
use crate::model::{Diagnostic, Language, NumberSet, Part};
use crate::render::{Causes, Occurring};

/// One pass over all lists.
pub(super) struct AggregateRun<'r> {
    pub(super) compiled: &'r CompiledCampaign,
    pub(super) renditions: Range<usize>,
    pub(super) audience: Arc<Audience>,
    pub(super) sums_by_group: SumsByGroup,
    pub(super) gone: Vec<RowSums>,
    pub(super) doubts: Doubts,
    pub(super) without_opt_out: u64,
    pub(super) languages: BTreeMap<Language, SpokenLanguage>,
    pub(super) branches: BranchTally,
    /// Of each list, the values of the columns that its `where` compares.
    pub(super) occurring: Vec<Occurring>,
}

impl<'r> AggregateRun<'r> {
    /// Sums what one pass has gathered.
    pub(super) fn new(
        compiled: &'r CompiledCampaign,
        renditions: Range<usize>,
        (audience, aggregator): (Audience, Aggregator<'_>),
    ) -> Result<Self, Vec<Diagnostic>> {
        let Aggregator {
            sums_by_group,
            gone,
            gone_causes,
            problems,
            doubts,
            without_opt_out,
            lines,
            languages,
            branches,
            ..
        } = aggregator;
        let mut run = Self {
            compiled,
            renditions: renditions.clone(),
            audience: Arc::new(audience),
            sums_by_group,
            gone,
            doubts,
            without_opt_out: u64::try_from(without_opt_out).unwrap_or(0),
            languages,
            branches,
            occurring: lines.into_iter().map(|line| line.occurring).collect(),
        };
        run.sums_by_group.settle();
        run.let_go(&gone_causes).map_err(|fault| vec![fault])?;
        let causes = run.causes().list(&compiled.settings.prices);
        let faults = problems.report(compiled, run.audience.tables(), run.is_personalized(), &causes);
        if faults.is_empty() { Ok(run) } else { Err(faults) }
    }

    /// Takes rows out of the sums again whose person has an earlier one.
    fn let_go(&mut self, gone_causes: &SumsByGroup) -> Result<(), Diagnostic> {
        let mut untold = BTreeSet::new();
        for row_sum in &self.gone {
            if self.sums_by_group.of(row_sum.key).remove(row_sum) {
                untold.insert((row_sum.bucket, row_sum.key, row_sum.class));
            }
        }
        for (key, gone) in gone_causes.all() {
            self.sums_by_group.of(*key).causes.remove(&gone.causes);
        }
        for (bucket, key, class) in &untold {
            self.sums_by_group.of(*key).forget_longest(*class, *bucket);
        }
        let buckets: BTreeSet<u16> = untold.iter().map(|(bucket, ..)| *bucket).collect();
        for part in buckets
            .into_iter()
            .filter_map(|bucket| Part::new(self.compiled.bits, bucket))
        {
            // The longest message of such a bucket has left: the others are asked again.
            let mut aggregator = Aggregator::new(self.compiled, self.renditions.clone());
            self.audience.each_row_of_part(part, |row| {
                for row_sum in aggregator.row_sums(row) {
                    if untold.contains(&(row_sum.bucket, row_sum.key, row_sum.class)) {
                        let sums = self.sums_by_group.of(row_sum.key);
                        sums.meet(row_sum.class, row_sum.bucket, row_sum.counted.segments);
                    }
                }
            })?;
        }
        Ok(())
    }

    /// The people of some keys.
    pub(super) fn numbers(&self, keys: &[GroupKey]) -> Arc<NumberSet> {
        if self.compiled.settings.own_zones.is_none() {
            return self.audience.numbers();
        }
        let numbers = keys
            .iter()
            .filter_map(|key| Some((key, self.sums_by_group.find(*key)?)));
        let numbers = numbers.flat_map(|(key, sums)| {
            let gone = self.gone.iter().filter(|row_sum| row_sum.key == *key);
            sums.numbers(&gone.map(|row_sum| row_sum.number).collect::<Vec<_>>())
        });
        Arc::new(NumberSet::new(numbers))
    }

    pub(super) fn causes(&self) -> Causes {
        let mut causes = Causes::default();
        self.sums_by_group
            .all()
            .for_each(|(_, sums)| causes.merge(&sums.causes));
        causes
    }

    fn is_personalized(&self) -> bool {
        let mut sums_by_group = self.sums_by_group.all().map(|(_, sums)| sums);
        let first = self.sums_by_group.all().find_map(|(_, sums)| sums.first_body());
        sums_by_group.any(|sums| sums.is_personalized() || sums.first_body().is_some_and(|body| Some(body) != first))
    }
}
