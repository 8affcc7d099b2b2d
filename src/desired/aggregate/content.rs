//! The sums of a group's people as the plan gets them.

use std::sync::Arc;

use super::super::buckets::Buckets;
use super::super::group_content::{GroupContent, UcsCause};
use super::aggregated::Spoken;
use super::aggregator::{SpokenLanguage as CountedSpoken, SumsByGroup};
use super::compiled::CompiledCampaign;
use super::finest::CountedRows;
use super::group_sums::GroupSums;
use super::row_sums::GroupKey;
use crate::model::{Language, NumberSet};
use crate::render::{Cause, Causes};

impl CompiledCampaign {
    pub(super) fn spoken(&self, language: &Language, counted: CountedSpoken) -> Spoken {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Spoken {
            template: self.template_in(language),
            people: count(counted.people),
            segments: count(counted.segments),
        }
    }

    /// The first text in a language.
    fn template_in(&self, language: &Language) -> String {
        let texts = self.lines.iter().flat_map(|line| line.texts.all());
        let mut found = texts.filter(|text| text.language.as_ref() == Some(language));
        found.next().map(|text| text.body.text.clone()).unwrap_or_default()
    }

    pub(super) fn content(
        &self,
        sums_by_group: &SumsByGroup,
        keys: &[GroupKey],
        numbers: Arc<NumberSet>,
        rows: CountedRows,
    ) -> GroupContent {
        let prices = &self.settings.prices;
        let sums_by_group: Vec<(GroupKey, &GroupSums)> = keys
            .iter()
            .filter_map(|key| sums_by_group.find(*key).map(|sums| (*key, sums)))
            .collect();
        let mut causes = Causes::default();
        let people = sums_by_group.iter().map(|(_, sums)| sums.people()).sum();
        let totals = sums_by_group.iter().flat_map(|(_, sums)| sums.totals(prices));
        let all_keys = keys.to_vec();
        let bits = self.settings.bits(people).min(self.bits);
        let buckets = Buckets::coarse(bits, totals, move || rows.finest(&all_keys));
        let mut content = GroupContent {
            buckets,
            numbers,
            ..GroupContent::default()
        };
        for (_, sums) in &sums_by_group {
            causes.merge(&sums.causes);
            for (segments, messages) in sums.segments_per_message() {
                *content.segments_per_message.entry(segments).or_default() += messages;
            }
            for (country, people) in sums.countries() {
                *content.countries.entry(country.cloned()).or_default() += people;
            }
            for (state, people) in sums.us_states() {
                *content.us_states.entry(state).or_default() += people;
            }
            for (country, segments, estimate) in sums.country_costs(prices) {
                let cost = content.country_costs.entry(country.cloned()).or_default();
                cost.0 += segments;
                cost.1.merge(&estimate);
            }
        }
        content.ucs2_causes = causes.list(prices).into_iter().map(ucs_cause).collect();
        content.ucs2_together = causes.together(prices).map(|saving| (saving.segments, saving.saves));
        content
    }
}

fn ucs_cause(cause: Cause) -> UcsCause {
    UcsCause {
        character: cause.character,
        messages: cause.messages,
        extra_segments: cause.extra_segments,
        replacement: cause.replacement.map(str::to_owned),
        saves: cause.saves,
    }
}
