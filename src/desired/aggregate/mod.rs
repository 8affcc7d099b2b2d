//! From lists and templates to what the plan needs to know: who gets what, in how many segments, for how much.
//!
//! In: a campaign, its opened lists, suppressed numbers, prices, the occasions that matter. One pass over the lists:
//! each row is rendered, counted, hashed and forgotten. Out: for each occasion its groups with their [`GroupContent`],
//! from which any part can be summed; or every fault of every list, template and message. Later, for the parts that are
//! sent: their rows are read again and become a [`Payload`]. Never: a message in a diagnostic, a rendered text kept, or
//! a sum that depends on the order of rows or on how the work was shared.

mod aggregated;
mod aggregator;
mod branches;
mod bucket_sums;
mod compiled;
mod content;
mod doubts;
mod finest;
mod group_sums;
mod kept;
mod leaving;
#[cfg(test)]
mod leaving_tests;
mod messages;
mod passes;
mod row_problems;
mod row_sums;
mod run;
#[cfg(test)]
mod tests;
mod texts;
mod used_cell;
#[cfg(test)]
mod variants_tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

pub use aggregated::{Aggregate, AggregatedGroup, Spoken};
use aggregator::Aggregator;
use compiled::CompiledCampaign;
pub use compiled::{AggregateSettings, Occasion, OwnZones, Unmade};
use doubts::Doubts;
use finest::CountedRows;
use group_sums::GroupSums;
use kept::{Kept, Tallies};
use leaving::Ways;
use passes::{SharedPass, shared_passes};
use row_sums::GroupKey;
use run::AggregateRun;
pub use texts::{Chosen, ListText, ListTexts, NoText};

use super::group_content::{GroupContent, Without};
use crate::audience::{Audience, ListReader, ListSettings, Table, read_together};
use crate::campaign::Campaign;
use crate::campaign::diagnostics::LANGUAGE;
use crate::model::{Diagnostic, Group, NumberSet, Severity};
use crate::render::{Causes, Predicate};
use crate::schedule::{Level, LocalSpan, RecipientGroup, Ungrouped, ZoneId, diagnostics as zone_diagnostics, group};

/// A campaign with its lists opened.
pub struct AggregateJob<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its lists, in the order of its sources.
    pub tables: Vec<Table>,
    /// Numbers that must not be texted.
    pub suppressed: Vec<&'a NumberSet>,
    /// What its messages are made of.
    pub settings: AggregateSettings,
}

/// Reads, renders and counts everything once: a list once for all campaigns that use it. In the order of the jobs.
pub fn aggregate_all(jobs: Vec<AggregateJob<'_>>, reading: &ListSettings) -> Vec<Result<Aggregate, Unmade>> {
    let compiled = jobs.into_iter().map(|job| {
        let compiled = CompiledCampaign::new(job.campaign, &job.tables, job.settings)?;
        Ok(AggregateState::new(compiled, job.tables, job.suppressed))
    });
    let mut states: Vec<Result<AggregateState<'_>, Unmade>> = compiled.collect();
    let readable = states.iter().enumerate().filter_map(|(job, state)| {
        let state = state.as_ref().ok()?;
        Some((job, &*state.aggregate.compiled, state.tables.as_slice()))
    });
    let ways = Ways::default();
    for passes in shared_passes(readable) {
        let campaigns = passes.iter().filter_map(|pass| {
            let state = states.get(pass.job)?.as_ref().ok()?;
            Some((pass, state, Arc::clone(&state.aggregate.compiled)))
        });
        let campaigns: Vec<(&SharedPass, &AggregateState<'_>, Arc<CompiledCampaign>)> = campaigns.collect();
        let compiled: Vec<Arc<CompiledCampaign>> =
            campaigns.iter().map(|(.., compiled)| Arc::clone(compiled)).collect();
        let readers = campaigns
            .iter()
            .zip(&compiled)
            .map(|((pass, state, _), compiled)| ListReader {
                tables: state.tables.clone(),
                suppressed: state.suppressed.clone(),
                // On some occasions there may be nobody: a day without a birthday is no fault.
                may_be_empty: compiled.people_differ(),
                make: || Aggregator::new(compiled, pass.renditions.clone()),
            });
        let readers: Vec<ListReader<'_, _>> = readers.collect();
        let found = read_together(&readers, reading);
        drop(readers);
        for ((pass, found), compiled) in passes.iter().zip(found).zip(&compiled) {
            if let Some(Ok(state)) = states.get_mut(pass.job) {
                state.take(compiled, found, pass.renditions.clone(), &ways);
            }
        }
    }
    states
        .into_iter()
        .map(|state| state.and_then(AggregateState::finish))
        .collect()
}

/// A campaign while it is read.
struct AggregateState<'a> {
    aggregate: Aggregate,
    tables: Vec<Table>,
    suppressed: Vec<&'a NumberSet>,
    faults: Vec<Diagnostic>,
    doubts: Doubts,
}

impl<'a> AggregateState<'a> {
    fn new(compiled: CompiledCampaign, tables: Vec<Table>, suppressed: Vec<&'a NumberSet>) -> Self {
        Self {
            aggregate: Aggregate {
                audiences: Vec::new(),
                occasions: vec![Vec::new(); compiled.settings.occasions.len()],
                warnings: compiled.warnings.clone(),
                levels: BTreeMap::new(),
                causes: Causes::default(),
                without_opt_out: 0,
                languages: BTreeMap::new(),
                branches: Vec::new(),
                silent: Vec::new(),
                kept: Vec::new(),
                named_zones: BTreeMap::new(),
                compiled: Arc::new(compiled),
            },
            tables,
            suppressed,
            faults: Vec::new(),
            doubts: Doubts::default(),
        }
    }

    fn take(
        &mut self,
        compiled: &CompiledCampaign,
        found: Result<(Audience, Aggregator<'_>), Vec<Diagnostic>>,
        renditions: Range<usize>,
        ways: &Ways,
    ) {
        let run = found.and_then(|found| AggregateRun::new(compiled, renditions, found));
        match run {
            Ok(mut run) => {
                self.aggregate.take(&mut run, ways, &mut self.faults);
                self.doubts.merge(std::mem::take(&mut run.doubts));
                self.aggregate.keep(run);
            }
            Err(more) => self.faults.extend(more),
        }
    }

    fn finish(mut self) -> Result<Aggregate, Unmade> {
        let compiled = Arc::clone(&self.aggregate.compiled);
        self.aggregate
            .warnings
            .extend(self.doubts.report(&compiled, &self.tables));
        if self.aggregate.audiences.iter().all(|audience| audience.is_empty()) {
            let nobody = nobody_at_all(&self.aggregate);
            self.aggregate.warnings.extend(nobody);
        }
        self.faults.dedup();
        if self.faults.is_empty() {
            Ok(self.aggregate)
        } else {
            Err(Unmade::Rows(self.faults))
        }
    }
}

impl Aggregate {
    fn take(&mut self, run: &mut AggregateRun<'_>, ways: &Ways, faults: &mut Vec<Diagnostic>) {
        for rendition in run.renditions.clone() {
            let (variants, prices) = (self.compiled.variants, &self.compiled.settings.prices);
            self.branches.push(run.branches.counts(rendition, variants, prices));
        }
        self.silent.push(run.branches.silent().to_vec());
        let run = &*run;
        self.warnings.extend_from_slice(run.audience.notes());
        self.warnings.extend(selections(run));
        self.audiences.push(Arc::clone(&run.audience));
        self.causes.merge(&run.causes());
        self.without_opt_out += run.without_opt_out;
        self.take_languages(run);
        for ((_, zone), sums) in run.sums_by_group.all() {
            for (level, count) in sums.levels() {
                if let (Level::Column, Some(zone)) = (level, zone) {
                    for name in zone.names() {
                        *self.named_zones.entry(name.to_owned()).or_default() += count;
                    }
                }
                *self.levels.entry(level).or_default() += count;
            }
        }
        let kept: Arc<OnceLock<Kept>> = Arc::default();
        let can_leave_out = self.compiled.settings.can_leave_out;
        let rows = CountedRows {
            compiled: Arc::clone(&self.compiled),
            audience: Arc::clone(&run.audience),
            without: None,
        };
        let mut made: BTreeMap<(usize, Vec<ZoneId>), Arc<GroupContent>> = BTreeMap::new();
        for (at, occasion) in self.compiled.settings.occasions.iter().enumerate() {
            let rendition = self.compiled.rendition_of(at);
            if !run.renditions.contains(&rendition) {
                continue;
            }
            let groups = match occasion.span.filter(|_| self.compiled.settings.own_zones.is_some()) {
                None => vec![(Group::Single, None)],
                Some(span) => self.grouped(run, rendition, &span, faults),
            };
            let aggregated = groups
                .into_iter()
                .map(|(group, windows): (Group, Option<RecipientGroup>)| {
                    let zones = windows.as_ref().map(|group| group.zones.clone()).unwrap_or_default();
                    let content = made.entry((rendition, zones.clone())).or_insert_with(|| {
                        let keys: Vec<GroupKey> = match &windows {
                            None => vec![(rendition, None)],
                            Some(_) => zones.iter().map(|zone| (rendition, Some(*zone))).collect(),
                        };
                        let numbers = run.numbers(&keys);
                        let sums = &run.sums_by_group;
                        let content = (self.compiled).content(sums, &keys, Arc::clone(&numbers), rows.clone());
                        let without = if can_leave_out {
                            ways.add(&kept, keys, numbers)
                        } else {
                            Without::default()
                        };
                        Arc::new(GroupContent { without, ..content })
                    });
                    AggregatedGroup {
                        group,
                        windows,
                        content: Arc::clone(content),
                    }
                });
            if let Some(place) = self.occasions.get_mut(at) {
                *place = aggregated.collect();
            }
        }
        self.kept.push(kept);
    }

    /// Keeps the sums of a pass that was taken, where people may be left out afterwards.
    fn keep(&self, run: AggregateRun<'_>) {
        let last = self.kept.last().filter(|_| self.compiled.settings.can_leave_out);
        if let Some(place) = last {
            let kept = Kept {
                compiled: Arc::clone(&self.compiled),
                audience: run.audience,
                sums_by_group: run.sums_by_group,
                tallies: Tallies {
                    languages: run.languages,
                    branches: run.branches,
                },
                without: Mutex::default(),
            };
            // Set once, here.
            let _ = place.set(kept);
        }
    }

    /// Languages of the first run: where people differ from day to day, its day is taken for all.
    fn take_languages(&mut self, run: &AggregateRun<'_>) {
        if !self.languages.is_empty() {
            return;
        }
        for (language, spoken) in run.languages.iter().filter(|(_, spoken)| spoken.people > 0) {
            self.languages
                .insert(language.clone(), run.compiled.spoken(language, *spoken));
            let place = run.compiled.lines.iter().find_map(|line| line.texts.rule_place());
            if let (1.., Some(place)) = (spoken.stand_ins, place) {
                let (people, get) = if spoken.stand_ins == 1 {
                    ("person whose language has no text", "gets")
                } else {
                    ("people whose language has no text", "get")
                };
                let message = format!(
                    "{} {people} {get} the one of `fallback`, `{language}`",
                    spoken.stand_ins
                );
                self.warnings
                    .push(Diagnostic::note(&LANGUAGE, message).at(place.clone()));
            }
        }
    }

    /// Recipients by the offset of their clocks; zones that the window does not suit are errors.
    fn grouped(
        &self,
        run: &AggregateRun<'_>,
        rendition: usize,
        span: &LocalSpan,
        faults: &mut Vec<Diagnostic>,
    ) -> Vec<(Group, Option<RecipientGroup>)> {
        let Some(own) = &self.compiled.settings.own_zones else {
            return Vec::new();
        };
        let people = |zone: ZoneId| {
            run.sums_by_group
                .find((rendition, Some(zone)))
                .map_or(0, GroupSums::people)
        };
        let ids: BTreeSet<ZoneId> = run
            .sums_by_group
            .keys()
            .filter(|(known, _)| *known == rendition)
            .filter_map(|(_, zone)| zone)
            .collect();
        let ids: BTreeSet<ZoneId> = ids.into_iter().filter(|zone| people(*zone) > 0).collect();
        let grouping = group(&ids, span, own.zones.fallback());
        for (zone, why) in &grouping.ungrouped {
            let message = format!("{}: {} recipients", ungrouped(why), people(*zone));
            faults.push(Diagnostic::error(&zone_diagnostics::NO_ZONE, message).at(own.place.clone()));
        }
        grouping
            .groups
            .into_iter()
            .map(|(group, windows)| (group, Some(windows)))
            .collect()
    }
}

/// Conditions that hold for every row or for none. Of those that look at the occasion it means nothing: on most days it
/// is nobody's birthday.
fn selections(run: &AggregateRun<'_>) -> Vec<Diagnostic> {
    let lines = run.compiled.lines.iter().zip(run.audience.counts()).zip(&run.occurring);
    lines
        .filter(|((line, _), _)| !line.predicate.as_ref().is_some_and(Predicate::uses_occurrence))
        .flat_map(|((line, counts), occurring)| {
            let Some(condition) = line.condition.as_ref() else {
                return Vec::new();
            };
            let judged = counts.rows - counts.invalid.total();
            let mut warning = Predicate::selection_warning(condition, judged - counts.filtered, judged);
            if let Some(warning) = &mut warning {
                warning.hints.extend(occurring.hints());
            }
            let values = occurring.warnings(condition).into_iter();
            warning.into_iter().chain(values).collect()
        })
        .collect()
}

/// A condition on the occasion that leaves nobody on any of them may be mistyped, or the list is short.
fn nobody_at_all(aggregate: &Aggregate) -> Option<Diagnostic> {
    let line = aggregate.compiled.lines.iter().find(|line| {
        let predicate = line.predicate.as_ref();
        predicate.is_some_and(Predicate::uses_occurrence)
    })?;
    let rows = aggregate.audiences.first()?.total().rows;
    let mut note = Predicate::selection_warning(line.condition.as_ref()?, 0, rows)?;
    note.severity = Severity::Note;
    note.message.push_str(", on any of the days ahead");
    Some(note)
}

fn ungrouped(why: &Ungrouped) -> String {
    match why {
        Ungrouped::Time { zone, local, .. } => {
            format!("`{local}` does not exist, or exists twice, on the clocks of `{zone}`")
        }
        Ungrouped::ClosesFirst { zone } => format!("the window closes before it opens on the clocks of `{zone}`"),
        Ungrouped::NothingInCommon => {
            "the numbers' prefix has several time zones, whose windows have no moment in common".to_owned()
        }
        Ungrouped::OddOffset { zone } => format!("the clocks of `{zone}` differ from UTC by no whole quarter hours"),
    }
}
