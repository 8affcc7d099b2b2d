//! The result of one pass over all lists of a campaign.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::aggregator::{Aggregator, SpokenLanguage, SumsByGroup};
use super::branches::BranchTally;
use super::compiled::CompiledCampaign;
use super::doubts::Doubts;
use super::kept::{Leavers, let_go};
use super::row_sums::RowSums;
use crate::audience::Audience;
use crate::model::{Diagnostic, Language};
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
        let leavers = Leavers {
            gone: &run.gone,
            causes: &gone_causes,
            people: None,
        };
        let_go(compiled, renditions, &run.audience, &mut run.sums_by_group, &leavers).map_err(|fault| vec![fault])?;
        let causes = run.causes().list(&compiled.settings.prices);
        let faults = problems.report(compiled, run.audience.tables(), run.is_personalized(), &causes);
        if faults.is_empty() { Ok(run) } else { Err(faults) }
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
