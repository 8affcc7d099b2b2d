//! From lists and templates to what the plan needs to know: who gets what, in how many segments, for how much.
//!
//! In: a campaign, its opened lists, suppressed numbers, prices, the occasions that matter. One pass over the lists: each
//! row is rendered, counted, hashed and forgotten. Out: for each occasion its groups with their [`GroupContent`], from
//! which any part can be summed; or every fault of every list, template and message. Later, for the parts that are sent:
//! their rows are read again and become a [`Payload`]. Never: a message in a diagnostic, a rendered text kept, or a sum
//! that depends on the order of rows or on how the work was shared.

mod aggregator;
mod branches;
mod compiled;
mod doubts;
mod group_sums;
mod kept;
mod row_problems;
#[cfg(test)]
mod tests;
mod texts;
#[cfg(test)]
mod variants_tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aggregator::{Aggregator, SumsByGroup};
use branches::BranchTally;
use compiled::CompiledCampaign;
pub use compiled::{AggregateSettings, Occasion, OwnZones};
use doubts::Doubts;
use group_sums::{GroupKey, GroupSums, RowSums};
use kept::{Kept, Leavers, let_go};
pub use texts::{Chosen, ListText, ListTexts, NoText};

use super::buckets::Buckets;
use super::desired::{GroupContent, UcsCause, VariantSums};
use super::without::Without;
use crate::audience::{Audience, Row, Settings, Table, read};
use crate::campaign::diagnostics::LANGUAGE;
use crate::campaign::{Branch, Campaign, Transliterate};
use crate::model::{
    AudienceDigest, Diagnostic, Group, Language, Msisdn, NumberSet, Part, Payload, Person, Severity, row_digest,
};
use crate::render::{Cause, Causes, Message, Occurring, Predicate, Saving, Shape, diagnostics, payload};
use crate::schedule::{Level, LocalSpan, RecipientGroup, Ungrouped, ZoneId, diagnostics as zone_diagnostics, group};

/// What a campaign would send, and the means to make it.
pub struct Aggregate {
    compiled: Arc<CompiledCampaign>,
    /// One for all occasions, or one for each.
    audiences: Vec<Arc<Audience>>,
    /// In the order of the settings' occasions.
    occasions: Vec<Vec<AggregatedGroup>>,
    warnings: Vec<Diagnostic>,
    levels: BTreeMap<Level, u64>,
    causes: Causes,
    without_opt_out: u64,
    languages: BTreeMap<Language, Spoken>,
    /// By rendition: who is held out, and what each variant comes to.
    branches: Vec<(u64, Vec<VariantSums>)>,
    /// One for each audience: who gets no text.
    silent: Vec<Vec<(u64, Branch)>>,
    /// One for each audience, where people may be left out afterwards.
    kept: Vec<Arc<OnceLock<Kept>>>,
    named_zones: BTreeMap<String, u64>,
}

/// People and segments of one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spoken {
    /// Its first text.
    pub template: String,
    /// Who gets its text.
    pub people: u64,
    /// Of their messages.
    pub segments: u64,
}

/// The recipients of one occasion who share windows.
#[derive(Debug, Clone)]
pub struct AggregatedGroup {
    /// The group of recipients.
    pub group: Group,
    /// Their windows, when each recipient has their own zone.
    pub windows: Option<RecipientGroup>,
    /// Who gets what.
    pub content: Arc<GroupContent>,
}

/// Reads, renders and counts everything once.
pub fn aggregate(
    campaign: &Campaign,
    tables: &[Table],
    suppressed: &[&NumberSet],
    reading: &Settings,
    settings: AggregateSettings,
) -> Result<Aggregate, Vec<Diagnostic>> {
    let compiled = CompiledCampaign::new(campaign, tables, settings)?;
    let occasions = compiled.settings.occasions.len();
    let renditions = compiled.renditions.len();
    // Where who is meant depends on the occasion, each has an audience of its own.
    let step = if compiled.people_differ() { 1 } else { renditions.max(1) };
    // And on some there may be nobody: a day without a birthday is no fault.
    let reading = &Settings {
        may_be_empty: compiled.people_differ(),
        ..reading.clone()
    };
    let mut aggregate = Aggregate {
        audiences: Vec::new(),
        occasions: vec![Vec::new(); occasions],
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
    };
    let mut faults = Vec::new();
    let mut doubts = Doubts::default();
    let compiled = Arc::clone(&aggregate.compiled);
    for first in (0..renditions).step_by(step) {
        match Run::new(&compiled, tables.to_vec(), suppressed, reading, first..first + step) {
            Ok(mut run) => {
                aggregate.take(&mut run, &mut faults);
                doubts.merge(std::mem::take(&mut run.doubts));
                aggregate.keep(run);
            }
            Err(more) => faults.extend(more),
        }
    }
    aggregate.warnings.extend(doubts.report(&compiled, tables));
    if aggregate.audiences.iter().all(|audience| audience.is_empty()) {
        aggregate.warnings.extend(nobody_at_all(&aggregate));
    }
    faults.dedup();
    if faults.is_empty() { Ok(aggregate) } else { Err(faults) }
}

/// One pass over all lists.
struct Run<'r> {
    compiled: &'r CompiledCampaign,
    renditions: Range<usize>,
    audience: Arc<Audience>,
    sums_by_group: SumsByGroup,
    gone: Vec<RowSums>,
    doubts: Doubts,
    without_opt_out: u64,
    languages: BTreeMap<Language, aggregator::Spoken>,
    branches: BranchTally,
    /// Of each list, the values of the columns that its `where` compares.
    occurring: Vec<Occurring>,
}

impl<'r> Run<'r> {
    fn new(
        compiled: &'r CompiledCampaign,
        tables: Vec<Table>,
        suppressed: &[&NumberSet],
        reading: &Settings,
        renditions: Range<usize>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let make = || Aggregator::new(compiled, renditions.clone());
        let (audience, aggregator) = read(tables, suppressed, reading, make)?;
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

    fn causes(&self) -> Causes {
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

impl Aggregate {
    fn take(&mut self, run: &mut Run<'_>, faults: &mut Vec<Diagnostic>) {
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
        let everybody = match self.compiled.settings.own_zones {
            None => {
                let audience = Arc::clone(&run.audience);
                Arc::new(NumberSet::later(move || audience.everybody()))
            }
            Some(_) => Arc::default(),
        };
        let kept: Arc<OnceLock<Kept>> = Arc::default();
        let can_leave_out = self.compiled.settings.can_leave_out;
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
                        let content = (self.compiled).content(&run.sums_by_group, &run.gone, &keys, &everybody);
                        let without = if can_leave_out {
                            without(&kept, keys)
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
    fn keep(&self, run: Run<'_>) {
        let last = self.kept.last().filter(|_| self.compiled.settings.can_leave_out);
        if let Some(place) = last {
            let kept = Kept {
                compiled: Arc::clone(&self.compiled),
                audience: run.audience,
                sums_by_group: run.sums_by_group,
                gone: run.gone,
                languages: run.languages,
                branches: run.branches,
            };
            // Set once, here.
            let _ = place.set(kept);
        }
    }

    /// Languages of the first run: where people differ from day to day, its day stands for all.
    fn take_languages(&mut self, run: &Run<'_>) {
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

    /// Who gets which language, where there are several.
    pub fn languages(&self) -> &BTreeMap<Language, Spoken> {
        &self.languages
    }

    /// Recipients by the offset of their clocks; zones that the window does not suit are errors.
    fn grouped(
        &self,
        run: &Run<'_>,
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

    /// Groups and contents of an occasion, in the order of the settings' occasions.
    pub fn groups(&self, occasion: usize) -> &[AggregatedGroup] {
        self.occasions.get(occasion).map_or(&[], Vec::as_slice)
    }

    /// The people of an occasion.
    pub fn audience(&self, occasion: usize) -> Option<&Arc<Audience>> {
        self.audiences.get(occasion).or_else(|| self.audiences.first())
    }

    /// The templates of each list, in the order of the lists.
    pub fn templates_by_list(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        let lines = self.compiled.lines.iter();
        lines.map(|line| line.texts.all().iter().map(|text| text.body.text.clone()).collect())
    }

    /// The people of an occasion who are held out of all marketing.
    pub fn held_out(&self, occasion: usize) -> u64 {
        let branches = self.branches.get(self.compiled.rendition_of(occasion));
        branches.map_or(0, |(held_out, _)| *held_out)
    }

    /// Whom the holdout and control groups leave without a text on an occasion, by canonical number and branch.
    pub fn without_a_text(&self, occasion: usize) -> &[(u64, Branch)] {
        let silent = self.silent.get(occasion).or_else(|| self.silent.first());
        silent.map_or(&[], Vec::as_slice)
    }

    /// What each variant comes to on an occasion, in the campaign's order; none where there are none.
    pub fn variants(&self, occasion: usize) -> &[VariantSums] {
        let branches = self.branches.get(self.compiled.rendition_of(occasion));
        branches.map_or(&[], |(_, variants)| variants)
    }

    /// What each variant and language comes to on an occasion without people who are left out of it; `None` where nobody
    /// can tell any more.
    pub fn tallies_without(
        &self,
        occasion: usize,
        people: &NumberSet,
    ) -> Option<(Vec<VariantSums>, BTreeMap<Language, Spoken>)> {
        let kept = self.kept.get(occasion).or_else(|| self.kept.first())?.get()?;
        let (variants, languages) = kept
            .tallies_without(self.compiled.rendition_of(occasion), people)
            .ok()?;
        let languages = languages.into_iter().filter(|(_, spoken)| spoken.people > 0);
        let languages = languages.map(|(language, spoken)| {
            let spoken = self.compiled.spoken(&language, spoken);
            (language, spoken)
        });
        Some((variants, languages.collect()))
    }

    /// Whom suppression lists leave out, on any occasion.
    pub fn left_out(&self) -> BTreeSet<Person> {
        let audiences = self.audiences.iter();
        audiences.flat_map(|audience| audience.left_out()).copied().collect()
    }

    /// The text that a row gets.
    pub fn text_of(&self, row: &Row<'_>) -> Option<&ListText> {
        let texts = &self.compiled.lines.get(row.source)?.texts;
        let chosen = texts
            .choose(row, self.compiled.branches.of(row.person).variant())
            .ok()?;
        texts.all().get(chosen.text)
    }

    /// Zones that rows name in their column, with the people of each.
    pub fn named_zones(&self) -> &BTreeMap<String, u64> {
        &self.named_zones
    }

    /// What the reviewer should know of lists and templates.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Where recipients' own zones came from.
    pub fn levels(&self) -> &BTreeMap<Level, u64> {
        &self.levels
    }

    /// Texts that do not match what every text must.
    pub fn without_opt_out(&self) -> u64 {
        self.without_opt_out
    }

    /// What a mode of `transliterate` would save, over all texts.
    pub fn saving(&self, mode: Transliterate) -> Saving {
        self.causes.saving(mode, &self.compiled.settings.prices)
    }

    /// The messages of one part of a group, their rows read again; in an order that depends on the numbers alone.
    pub fn messages(&self, occasion: usize, group: Group, part: Part) -> Result<Vec<Message>, Diagnostic> {
        self.messages_without(occasion, group, part, &NumberSet::default())
    }

    fn messages_without(
        &self,
        occasion: usize,
        group: Group,
        part: Part,
        left_out: &NumberSet,
    ) -> Result<Vec<Message>, Diagnostic> {
        let groups = self.groups(occasion).iter();
        let zones = groups
            .filter(|known| known.group == group)
            .find_map(|known| known.windows.as_ref());
        let zones: Option<BTreeSet<ZoneId>> = zones.map(|group| group.zones.iter().copied().collect());
        let Some(audience) = self.audience(occasion) else {
            return Ok(Vec::new());
        };
        let rendition = self.compiled.rendition_of(occasion);
        let lines = self.compiled.lines.iter();
        let mut renderers: Vec<Vec<_>> = lines
            .map(|line| line.texts.all().iter().map(|text| text.program.renderer()).collect())
            .collect();
        let shapes = self.shapes(rendition);
        let aggregator = Aggregator::new(&self.compiled, rendition..rendition + 1);
        let mut messages = Vec::new();
        let mut fault = None;
        audience.each_row_of_part(part, |row| {
            if left_out.contains(row.person) {
                return;
            }
            let is_meant = match (&zones, aggregator.zone_of(row)) {
                (None, _) => true,
                (Some(zones), Some(zone)) => zones.contains(&zone),
                (Some(_), None) => false,
            };
            let line = self.compiled.lines.get(row.source);
            // A row without a text was a fault of the plan.
            let Some(Ok(chosen)) =
                line.map(|line| line.texts.choose(row, self.compiled.branches.of(row.person).variant()))
            else {
                return;
            };
            let shape = shapes
                .get(row.source)
                .and_then(|shapes| shapes.get(chosen.text)?.as_ref());
            let renderer = renderers
                .get_mut(row.source)
                .and_then(|renderers| renderers.get_mut(chosen.text));
            if let (true, Some(renderer)) = (is_meant, renderer) {
                let row = self.compiled.row(row, self.compiled.occurrence(rendition));
                match renderer.message(self.compiled.transliterate, &row, shape) {
                    Ok(message) => messages.push(message),
                    Err(error) => fault = Some(error),
                }
            }
        })?;
        match fault {
            None => Ok(messages),
            Some(fault) => {
                Err(Diagnostic::error(&diagnostics::ROW_FAULT, fault.to_string()).at(self.compiled.body_place.clone()))
            }
        }
    }

    /// The same without the people who are left out, as it travels, with the digest that the plan's fingerprint was made
    /// from.
    pub fn payload(
        &self,
        occasion: usize,
        group: Group,
        part: Part,
        left_out: &NumberSet,
    ) -> Result<(Payload, AudienceDigest), Diagnostic> {
        let messages = self.messages_without(occasion, group, part, left_out)?;
        let mut digest = AudienceDigest::default();
        let mut scratch = Vec::new();
        for message in &messages {
            digest.add(row_digest(message.recipient, &message.body, &mut scratch));
        }
        // Sources and languages with the same text share its shape; where they do not, a message is not that shape filled in, and whole
        // messages travel.
        let shapes = self.shapes(self.compiled.rendition_of(occasion));
        let shape = shapes.first().and_then(|shapes| shapes.first()?.as_ref());
        let payload = payload(self.compiled.settings.api, shape, &messages).map_err(|refused| {
            let first = refused
                .first()
                .map(|refused| refused.fault.to_string())
                .unwrap_or_default();
            let message = format!("{first}, in {} messages", refused.len());
            Diagnostic::error(&diagnostics::PLACEHOLDER_MARK, message).at(self.compiled.body_place.clone())
        })?;
        Ok((payload, digest))
    }

    /// By list and text.
    fn shapes(&self, rendition: usize) -> Vec<Vec<Option<Shape>>> {
        let occurrence = self.compiled.occurrence(rendition);
        let of_line = |line: &compiled::CompiledSource| {
            let texts = line.texts.all().iter();
            texts
                .map(|text| Shape::of(&text.program, occurrence, self.compiled.transliterate))
                .collect()
        };
        self.compiled.lines.iter().map(of_line).collect()
    }
}

impl CompiledCampaign {
    fn spoken(&self, language: &Language, counted: aggregator::Spoken) -> Spoken {
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

    fn content(
        &self,
        sums_by_group: &SumsByGroup,
        gone: &[RowSums],
        keys: &[GroupKey],
        everybody: &Arc<NumberSet>,
    ) -> GroupContent {
        let prices = &self.settings.prices;
        let sums_by_group: Vec<(GroupKey, &GroupSums)> = keys
            .iter()
            .filter_map(|key| sums_by_group.find(*key).map(|sums| (*key, sums)))
            .collect();
        let mut causes = Causes::default();
        let mut content = GroupContent {
            buckets: Buckets::new(sums_by_group.iter().flat_map(|(_, sums)| sums.totals(prices))),
            numbers: Arc::clone(everybody),
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
        if self.settings.own_zones.is_some() {
            let numbers = sums_by_group.iter().flat_map(|(key, sums)| {
                let gone: Vec<Msisdn> = gone
                    .iter()
                    .filter(|row_sum| row_sum.key == *key)
                    .map(|row_sum| row_sum.number)
                    .collect();
                sums.numbers(&gone)
            });
            content.numbers = Arc::new(NumberSet::new(numbers));
        }
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

/// The way to the content of some keys without some of its people.
fn without(kept: &Arc<OnceLock<Kept>>, keys: Vec<GroupKey>) -> Without {
    let kept = Arc::clone(kept);
    Without::new(move |people| match kept.get() {
        Some(kept) => kept.content_without(&keys, people),
        // Kept before anybody can ask.
        None => Ok(GroupContent::default()),
    })
}

/// Conditions that hold for every row or for none. Of those that look at the occasion it means nothing: on most days it
/// is nobody's birthday.
fn selections(run: &Run<'_>) -> Vec<Diagnostic> {
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
