//! The sums of one pass over the lists, kept so that people can be taken out of them afterwards.
//!
//! In: people who get another text instead. Out: contents, variants and languages as if these people were in no list.
//! Never: all rows read again: only theirs, and those of a bucket whose longest text leaves with them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::aggregator::{self, Aggregator, SumsByGroup};
use super::branches::BranchTally;
use super::compiled::CompiledCampaign;
use super::finest::CountedRows;
use super::row_sums::{GroupKey, RowSums};
use crate::audience::Audience;
use crate::desired::desired::VariantSums;
use crate::desired::group_content::GroupContent;
use crate::model::{Diagnostic, Language, NumberSet, Part};

/// What one pass left.
pub(super) struct Kept {
    pub(super) compiled: Arc<CompiledCampaign>,
    pub(super) audience: Arc<Audience>,
    pub(super) sums_by_group: SumsByGroup,
    pub(super) gone: Vec<RowSums>,
    pub(super) languages: BTreeMap<Language, aggregator::SpokenLanguage>,
    pub(super) branches: BranchTally,
}

impl Kept {
    /// The content of these keys, which are of one rendition, without some people.
    pub(super) fn content_without(&self, keys: &[GroupKey], people: &NumberSet) -> Result<GroupContent, Diagnostic> {
        let rendition = keys.first().map_or(0, |(rendition, _)| *rendition);
        let leaving = self.leaving(rendition, people)?;
        let is_theirs = |row_sum: &&RowSums| keys.contains(&row_sum.key);
        let gone: Vec<RowSums> = leaving.gone.iter().filter(is_theirs).copied().collect();
        let mut sums_by_group = self.sums_by_group.of_keys(keys);
        let leavers = Leavers {
            gone: &gone,
            causes: &leaving.gone_causes,
            people: Some(people),
        };
        let_go(
            &self.compiled,
            rendition..rendition + 1,
            &self.audience,
            &mut sums_by_group,
            &leavers,
        )?;
        let all_gone: Vec<RowSums> = self.gone.iter().chain(&gone).copied().collect();
        let everybody = match self.compiled.settings.own_zones {
            None => {
                let (audience, people) = (Arc::clone(&self.audience), people.clone());
                Arc::new(NumberSet::later(move || {
                    let everybody = audience.everybody().into_iter();
                    everybody.filter(|number| !people.contains(*number)).collect::<Vec<_>>()
                }))
            }
            Some(_) => Arc::default(),
        };
        let rows = CountedRows {
            compiled: Arc::clone(&self.compiled),
            audience: Arc::clone(&self.audience),
            without: Some(people.clone()),
        };
        Ok(self.compiled.content(&sums_by_group, &all_gone, keys, &everybody, rows))
    }

    /// The totals of each variant and language without some people.
    pub(super) fn tallies_without(
        &self,
        rendition: usize,
        people: &NumberSet,
    ) -> Result<(Vec<VariantSums>, BTreeMap<Language, aggregator::SpokenLanguage>), Diagnostic> {
        let leaving = self.leaving(rendition, people)?;
        let mut branches = self.branches.clone();
        branches.merge(leaving.branches);
        let (variants, prices) = (self.compiled.variants, &self.compiled.settings.prices);
        let mut languages = self.languages.clone();
        for (language, less) in leaving.languages {
            let spoken = languages.entry(language).or_default();
            spoken.people += less.people;
            spoken.segments += less.segments;
        }
        Ok((branches.counts(rendition, variants, prices).1, languages))
    }

    /// The rows of some people, as if they were repeats of earlier ones.
    fn leaving(&self, rendition: usize, people: &NumberSet) -> Result<Aggregator<'_>, Diagnostic> {
        use crate::audience::Visitor as _;
        let mut aggregator = Aggregator::new(&self.compiled, rendition..rendition + 1);
        self.audience.each_row_of(people, |row| aggregator.remove(row))?;
        Ok(aggregator)
    }
}

/// Rows that leave sums to which they were added.
pub(super) struct Leavers<'a> {
    pub(super) gone: &'a [RowSums],
    pub(super) causes: &'a SumsByGroup,
    /// Whose they are, where the audience still has their rows.
    pub(super) people: Option<&'a NumberSet>,
}

/// Takes rows out of sums.
pub(super) fn let_go(
    compiled: &CompiledCampaign,
    renditions: Range<usize>,
    audience: &Audience,
    sums_by_group: &mut SumsByGroup,
    leavers: &Leavers<'_>,
) -> Result<(), Diagnostic> {
    let mut untold = BTreeSet::new();
    for row_sum in leavers.gone {
        if sums_by_group.of(row_sum.key).remove(row_sum) {
            untold.insert((row_sum.bucket, row_sum.key, row_sum.class));
        }
    }
    for (key, gone) in leavers.causes.all() {
        sums_by_group.of(*key).causes.remove(&gone.causes);
    }
    for (bucket, key, class) in &untold {
        sums_by_group.of(*key).forget_longest(*class, *bucket);
    }
    let buckets: BTreeSet<u16> = untold.iter().map(|(bucket, ..)| *bucket).collect();
    for part in buckets
        .into_iter()
        .filter_map(|bucket| Part::new(compiled.bits, bucket))
    {
        // The longest message of such a bucket has left: the others are asked again.
        let mut aggregator = Aggregator::new(compiled, renditions.clone());
        audience.each_row_of_part(part, |row| {
            if leavers.people.is_some_and(|people| people.contains(row.person)) {
                return;
            }
            for row_sum in aggregator.row_sums(row) {
                if untold.contains(&(row_sum.bucket, row_sum.key, row_sum.class)) {
                    let sums = sums_by_group.of(row_sum.key);
                    sums.meet(row_sum.class, row_sum.bucket, row_sum.counted.segments);
                }
            }
        })?;
    }
    Ok(())
}
