//! The visitor that makes messages of rows and counts them. One for each thread; nothing of a message is kept.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_128;

use super::branches::BranchTally;
use super::compiled::CompiledCampaign;
use super::doubts::Doubts;
use super::group_sums::GroupSums;
use super::row_problems::{RowProblem, RowProblems};
use super::row_sums::{GroupKey, RowSums};
use super::texts::Chosen;
use crate::audience::{ListRow, RowFault, Visitor};
use crate::model::{Country, Encoding, Language, row_digest};
use crate::render::{
    Causes, Counted, Matcher, Occurring, Predicate, PriceClass, RenderFault, Renderer, Row as RenderRow,
    UnsendableRow as RenderRowFault, outside_gsm, wire_fault,
};
use crate::schedule::{Level, ZoneId};

/// Counts the messages of some renditions.
pub(super) struct Aggregator<'r> {
    compiled: &'r CompiledCampaign,
    renditions: std::ops::Range<usize>,
    pub(super) lines: Vec<SourceState>,
    pub(super) sums_by_group: SumsByGroup,
    /// Rows that were added, here or elsewhere, and must leave.
    pub(super) gone: Vec<RowSums>,
    pub(super) gone_causes: SumsByGroup,
    pub(super) problems: RowProblems,
    pub(super) doubts: Doubts,
    /// Texts that do not match what every text must; negative while rows added elsewhere are removed here.
    pub(super) without_opt_out: i64,
    /// By language, where there are several; like it, negative in between.
    pub(super) languages: BTreeMap<Language, SpokenLanguage>,
    pub(super) branches: BranchTally,
    body: String,
    /// Of `body`.
    counted: Counted,
    scratch: Vec<u8>,
    /// The country of the row before and its price, where that is all a price depends on.
    last_price: Option<(&'static Country, PriceClass)>,
}

pub(super) struct SourceState {
    /// In the order of the list's texts.
    renderers: Vec<Renderer>,
    matcher: Option<Matcher>,
    /// Values of the columns that `where` compares.
    pub(super) occurring: Occurring,
}

/// Who gets the texts of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct SpokenLanguage {
    pub(super) people: i64,
    pub(super) segments: i64,
    /// People whose cell names another language.
    pub(super) stand_ins: i64,
}

impl SpokenLanguage {
    pub(super) fn subtract(&mut self, less: Self) {
        self.people -= less.people;
        self.segments -= less.segments;
        self.stand_ins -= less.stand_ins;
    }
}

/// Sums by key; rows mostly come in the key of the one before.
#[derive(Default)]
pub(super) struct SumsByGroup {
    sums_by_group: Vec<(GroupKey, GroupSums)>,
    last: usize,
}

impl SumsByGroup {
    pub(super) fn of(&mut self, key: GroupKey) -> &mut GroupSums {
        if self.sums_by_group.get(self.last).is_none_or(|(known, _)| *known != key) {
            self.last = self
                .sums_by_group
                .iter()
                .position(|(known, _)| *known == key)
                .unwrap_or_else(|| {
                    self.sums_by_group.push((key, GroupSums::default()));
                    self.sums_by_group.len() - 1
                });
        }
        // Found, or just pushed.
        &mut self.sums_by_group[self.last].1
    }

    pub(super) fn find(&self, key: GroupKey) -> Option<&GroupSums> {
        self.sums_by_group
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, sums)| sums)
    }

    /// A copy of some of them.
    pub(super) fn of_keys(&self, keys: &[GroupKey]) -> Self {
        let sums_by_group = self.sums_by_group.iter().filter(|(key, _)| keys.contains(key));
        Self {
            sums_by_group: sums_by_group.cloned().collect(),
            last: 0,
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = GroupKey> {
        self.sums_by_group.iter().map(|(key, _)| *key)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &(GroupKey, GroupSums)> {
        self.sums_by_group.iter()
    }

    fn merge(&mut self, other: Self) {
        for (key, sums) in other.sums_by_group {
            self.of(key).merge(sums);
        }
    }

    /// To be called once all is added.
    pub(super) fn settle(&mut self) {
        self.sums_by_group.iter_mut().for_each(|(_, sums)| sums.settle());
    }
}

impl<'r> Aggregator<'r> {
    pub(super) fn new(compiled: &'r CompiledCampaign, renditions: std::ops::Range<usize>) -> Self {
        let lines = compiled.lines.iter().map(|line| SourceState {
            renderers: line.texts.all().iter().map(|text| text.program.renderer()).collect(),
            matcher: line.predicate.as_ref().map(Predicate::matcher),
            occurring: line.predicate.as_ref().map(Predicate::occurring).unwrap_or_default(),
        });
        Self {
            renditions,
            lines: lines.collect(),
            compiled,
            sums_by_group: SumsByGroup::default(),
            gone: Vec::new(),
            gone_causes: SumsByGroup::default(),
            problems: RowProblems::default(),
            doubts: Doubts::new(compiled),
            without_opt_out: 0,
            languages: BTreeMap::new(),
            branches: BranchTally::default(),
            body: String::new(),
            counted: Counted::default(),
            scratch: Vec::new(),
            last_price: None,
        }
    }

    /// The zone of a row, when each recipient has their own.
    fn zone(&self, row: &ListRow<'_>) -> Result<Option<(ZoneId, Level)>, RowProblem> {
        let Some(own) = &self.compiled.settings.own_zones else {
            return Ok(None);
        };
        let column = self.compiled.lines.get(row.source).and_then(|line| line.zone);
        let cell = column.and_then(|at| row.cells.get(at)).copied();
        let country = row.country.map(Country::as_str);
        own.zones
            .place(cell, country, row.number)
            .map(Some)
            .map_err(RowProblem::Zone)
    }

    /// The same, where faults were reported before.
    pub(super) fn zone_of(&self, row: &ListRow<'_>) -> Option<ZoneId> {
        self.zone(row).ok().flatten().map(|(zone, _)| zone)
    }

    /// Which of the list's texts a row gets.
    fn text(&mut self, row: &ListRow<'_>) -> Result<Chosen, RowProblem> {
        let whole = Chosen {
            text: 0,
            is_stand_in: false,
        };
        let line = self.compiled.lines.get(row.source);
        let branch = self.branches.branch(&self.compiled.branches, row.person);
        line.map_or(Ok(whole), |line| line.texts.choose(row, branch.variant()))
            .map_err(RowProblem::Text)
    }

    /// The variant of a text, where there are some.
    fn variant(&self, row: &ListRow<'_>, chosen: Chosen) -> Option<usize> {
        let line = self.compiled.lines.get(row.source)?;
        line.texts.all().get(chosen.text)?.variant
    }

    /// What a row counts for, again.
    pub(super) fn row_sums(&mut self, row: &ListRow<'_>) -> Vec<RowSums> {
        let (Ok(zone), Ok(text)) = (self.zone(row), self.text(row)) else {
            return Vec::new();
        };
        self.renditions
            .clone()
            .filter_map(|rendition| self.count(row, rendition, zone, text.text).ok())
            .collect()
    }

    /// Most rows are of the country of the one before.
    fn price(&mut self, row: &ListRow<'_>) -> PriceClass {
        let prices = &self.compiled.settings.prices;
        match (row.country, self.last_price) {
            (Some(country), Some((last, class))) if std::ptr::eq(country, last) => class,
            (country, _) => {
                let class = prices.class(row.number, country);
                self.last_price = country
                    .filter(|_| prices.is_by_country())
                    .map(|country| (country, class));
                class
            }
        }
    }

    /// Renders and counts a rendition of a row; the text is left in `self.body`.
    fn count(
        &mut self,
        row: &ListRow<'_>,
        rendition: usize,
        zone: Option<(ZoneId, Level)>,
        text: usize,
    ) -> Result<RowSums, RenderFault> {
        let compiled = self.compiled;
        let line = self.lines.get_mut(row.source);
        let Some(renderer) = line.and_then(|line| line.renderers.get_mut(text)) else {
            return Err(RenderFault::Blank);
        };
        let text = compiled.row(row, compiled.occurrence(rendition));
        renderer.render_counted(compiled.transliterate, &text, &mut self.body, &mut self.counted)?;
        Ok(RowSums {
            key: (rendition, zone.map(|(zone, _)| zone)),
            level: zone.map(|(_, level)| level),
            number: row.number,
            bucket: compiled.bucket(row),
            country: row.country,
            class: self.price(row),
            counted: self.counted.segmented,
            digest: row_digest(row.number, &self.body, &mut self.scratch),
        })
    }

    fn judge(&mut self, row: &ListRow<'_>) {
        let compiled = self.compiled;
        let mut add = |fault| self.problems.add(RowProblem::Message(fault), row);
        // Every mark has a brace in it.
        if let Some(fault) = wire_fault(compiled.settings.api, self.counted.is_extended(), &self.body) {
            add(RenderRowFault::Wire(fault));
        }
        if compiled.needs_gsm && self.counted.segmented.encoding == Encoding::Ucs2 {
            outside_gsm(&self.body).for_each(|character| add(RenderRowFault::OutsideGsm(character)));
        }
        self.without_opt_out += i64::from(self.lacks_opt_out());
    }

    /// Counts the first rendition by its language: those of all occurrences go to the same people.
    fn note_language(&mut self, row: &ListRow<'_>, rendition: usize, chosen: Chosen, sign: i64) {
        let line = self.compiled.lines.get(row.source);
        let texts = line.map(|line| &line.texts).filter(|texts| texts.has_languages());
        let text = texts.and_then(|texts| texts.all().get(chosen.text));
        let Some(language) = text
            .and_then(|text| text.language.as_ref())
            .filter(|_| rendition == self.renditions.start)
        else {
            return;
        };
        if !self.languages.contains_key(language) {
            self.languages.insert(language.clone(), SpokenLanguage::default());
        }
        if let Some(spoken) = self.languages.get_mut(language) {
            spoken.people += sign;
            spoken.segments += sign * i64::from(self.counted.segmented.segments);
            spoken.stand_ins += sign * i64::from(chosen.is_stand_in);
        }
    }

    fn lacks_opt_out(&self) -> bool {
        let pattern = self.compiled.settings.opt_out.as_ref();
        pattern.is_some_and(|pattern| !pattern.is_match(&self.body))
    }
}

impl Visitor for Aggregator<'_> {
    fn admits(&mut self, row: &ListRow<'_>) -> Result<bool, RowFault> {
        let compiled = self.compiled;
        let Some(line) = self.lines.get_mut(row.source) else {
            return Ok(true);
        };
        let Some(matcher) = line.matcher.as_mut() else {
            return Ok(true);
        };
        let row = compiled.row(row, compiled.occurrence(self.renditions.start));
        line.occurring.note(&row);
        matcher
            .matches(&row)
            .map_err(|fault| RowFault::Visitor(Box::new(matcher.refused(&row, &fault))))
    }

    fn leaves_out(&mut self, source: usize, cells: &[&str]) -> bool {
        let compiled = self.compiled;
        let Some(matcher) = self.lines.get_mut(source).and_then(|line| line.matcher.as_mut()) else {
            return false;
        };
        let occurrence = compiled.occurrence(self.renditions.start);
        matcher.leaves_out(&RenderRow::without_number(cells, occurrence, compiled.salt))
    }

    fn sets_apart(&mut self, row: &ListRow<'_>) -> bool {
        self.branches.leaves_out(&self.compiled.branches, row.person)
    }

    fn add(&mut self, row: &ListRow<'_>) {
        let zone = match self.zone(row) {
            Ok(zone) => zone,
            Err(trouble) => return self.problems.add(trouble, row),
        };
        let text = match self.text(row) {
            Ok(text) => text,
            Err(trouble) => return self.problems.add(trouble, row),
        };
        if let Some(line) = self.compiled.lines.get(row.source) {
            self.doubts.add(line, text.text, row);
        }
        let variant = self.variant(row, text);
        for rendition in self.renditions.clone() {
            match self.count(row, rendition, zone, text.text) {
                Ok(row_sum) => {
                    self.note_language(row, rendition, text, 1);
                    self.branches.add(variant, &row_sum);
                    self.judge(row);
                    let sums = self.sums_by_group.of(row_sum.key);
                    sums.add(&row_sum, || xxh3_128(self.body.as_bytes()));
                    sums.causes.add(&self.body, &self.counted, row_sum.class);
                }
                Err(fault) => self
                    .problems
                    .add(RowProblem::Message(RenderRowFault::Render(fault)), row),
            }
        }
    }

    fn remove(&mut self, row: &ListRow<'_>) {
        self.problems.forget(row);
        let (Ok(zone), Ok(text)) = (self.zone(row), self.text(row)) else {
            return;
        };
        if let Some(line) = self.compiled.lines.get(row.source) {
            self.doubts.remove(line, text.text, row);
        }
        let variant = self.variant(row, text);
        for rendition in self.renditions.clone() {
            if let Ok(row_sum) = self.count(row, rendition, zone, text.text) {
                self.note_language(row, rendition, text, -1);
                self.branches.remove(variant, &row_sum);
                let causes: &mut Causes = &mut self.gone_causes.of(row_sum.key).causes;
                causes.add(&self.body, &self.counted, row_sum.class);
                self.without_opt_out -= i64::from(self.lacks_opt_out());
                self.gone.push(row_sum);
            }
        }
    }

    fn text_digest(&mut self, row: &ListRow<'_>) -> Option<u128> {
        let chosen = Self::text(self, row).ok()?;
        let mut digest = 0_u128;
        for rendition in self.renditions.clone() {
            self.count(row, rendition, None, chosen.text).ok()?;
            digest = digest.rotate_left(1) ^ xxh3_128(self.body.as_bytes());
        }
        Some(digest)
    }

    fn merge(&mut self, mut other: Self) {
        self.sums_by_group.merge(other.sums_by_group);
        self.gone.append(&mut other.gone);
        self.gone_causes.merge(other.gone_causes);
        self.problems.merge(other.problems);
        self.doubts.merge(other.doubts);
        self.branches.merge(other.branches);
        self.without_opt_out += other.without_opt_out;
        for (language, more) in other.languages {
            let spoken = self.languages.entry(language).or_default();
            spoken.people += more.people;
            spoken.segments += more.segments;
            spoken.stand_ins += more.stand_ins;
        }
        for (line, more) in self.lines.iter_mut().zip(&other.lines) {
            line.occurring.merge(&more.occurring);
        }
    }

    fn why_nobody(&self) -> Vec<String> {
        self.lines.iter().flat_map(|line| line.occurring.hints()).collect()
    }
}
