//! The visitor that makes messages of rows and counts them. One for each thread; nothing of a message is kept.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_128;

use super::crowd::{Crowd, Fact, Key};
use super::recipe::Recipe;
use super::texts::Chosen;
use super::troubles::{Trouble, Troubles};
use crate::audience::{Row, RowFault, Visitor};
use crate::model::{Country, Encoding, Language, row_digest};
use crate::render::{
    Causes, Counted, Matcher, Occurring, Predicate, RenderFault, Renderer, RowFault as RenderRowFault, outside_gsm,
    wire_fault,
};
use crate::schedule::{Level, ZoneId};

/// Counts the messages of some variants.
pub(super) struct Counter<'r> {
    recipe: &'r Recipe,
    variants: std::ops::Range<usize>,
    pub(super) lines: Vec<LineState>,
    pub(super) crowds: Crowds,
    /// Rows that were added, here or elsewhere, and must leave.
    pub(super) gone: Vec<Fact>,
    pub(super) gone_causes: Crowds,
    pub(super) troubles: Troubles,
    /// Texts that do not match what every text must; negative while rows added elsewhere are removed here.
    pub(super) without_opt_out: i64,
    /// By language, where there are several; like it, negative in between.
    pub(super) languages: BTreeMap<Language, Spoken>,
    body: String,
    /// Of `body`.
    counted: Counted,
    scratch: Vec<u8>,
}

pub(super) struct LineState {
    /// In the order of the list's texts.
    renderers: Vec<Renderer>,
    matcher: Option<Matcher>,
    /// Values of the columns that `where` compares.
    pub(super) occurring: Occurring,
}

/// Who gets the texts of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spoken {
    pub(super) people: i64,
    pub(super) segments: i64,
    /// People whose cell names another language.
    pub(super) stand_ins: i64,
}

/// Crowds by key; rows mostly come in the key of the one before.
#[derive(Default)]
pub(super) struct Crowds {
    crowds: Vec<(Key, Crowd)>,
    last: usize,
}

impl Crowds {
    pub(super) fn of(&mut self, key: Key) -> &mut Crowd {
        if self.crowds.get(self.last).is_none_or(|(known, _)| *known != key) {
            self.last = self
                .crowds
                .iter()
                .position(|(known, _)| *known == key)
                .unwrap_or_else(|| {
                    self.crowds.push((key, Crowd::default()));
                    self.crowds.len() - 1
                });
        }
        // Found, or just pushed.
        &mut self.crowds[self.last].1
    }

    pub(super) fn find(&self, key: Key) -> Option<&Crowd> {
        self.crowds
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, crowd)| crowd)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.crowds.iter().map(|(key, _)| *key)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &(Key, Crowd)> {
        self.crowds.iter()
    }

    fn merge(&mut self, other: Self) {
        for (key, crowd) in other.crowds {
            self.of(key).merge(crowd);
        }
    }

    /// To be called once all is added.
    pub(super) fn settle(&mut self) {
        self.crowds.iter_mut().for_each(|(_, crowd)| crowd.settle());
    }
}

impl<'r> Counter<'r> {
    pub(super) fn new(recipe: &'r Recipe, variants: std::ops::Range<usize>) -> Self {
        let lines = recipe.lines.iter().map(|line| LineState {
            renderers: line.texts.all().iter().map(|text| text.program.renderer()).collect(),
            matcher: line.predicate.as_ref().map(Predicate::matcher),
            occurring: line.predicate.as_ref().map(Predicate::occurring).unwrap_or_default(),
        });
        Self {
            variants,
            lines: lines.collect(),
            recipe,
            crowds: Crowds::default(),
            gone: Vec::new(),
            gone_causes: Crowds::default(),
            troubles: Troubles::default(),
            without_opt_out: 0,
            languages: BTreeMap::new(),
            body: String::new(),
            counted: Counted::default(),
            scratch: Vec::new(),
        }
    }

    /// The zone of a row, when each recipient has their own.
    fn zone(&self, row: &Row<'_>) -> Result<Option<(ZoneId, Level)>, Trouble> {
        let Some(own) = &self.recipe.settings.own_zones else {
            return Ok(None);
        };
        let column = self.recipe.lines.get(row.source).and_then(|line| line.zone);
        let cell = column.and_then(|at| row.cells.get(at)).copied();
        let country = row.country.map(Country::as_str);
        own.zones
            .place(cell, country, row.number)
            .map(Some)
            .map_err(Trouble::Zone)
    }

    /// The same, where faults were told before.
    pub(super) fn zone_of(&self, row: &Row<'_>) -> Option<ZoneId> {
        self.zone(row).ok().flatten().map(|(zone, _)| zone)
    }

    /// Which of the list's texts a row gets.
    fn text(&self, row: &Row<'_>) -> Result<Chosen, Trouble> {
        let whole = Chosen {
            text: 0,
            is_stand_in: false,
        };
        let line = self.recipe.lines.get(row.source);
        line.map_or(Ok(whole), |line| line.texts.choose(row.cells, row.country))
            .map_err(Trouble::Text)
    }

    /// What a row counts for, again.
    pub(super) fn facts(&mut self, row: &Row<'_>) -> Vec<Fact> {
        let (Ok(zone), Ok(text)) = (self.zone(row), self.text(row)) else {
            return Vec::new();
        };
        self.variants
            .clone()
            .filter_map(|variant| self.count(row, variant, zone, text.text).ok())
            .collect()
    }

    /// Renders and counts a variant of a row; the text is left in `self.body`.
    fn count(
        &mut self,
        row: &Row<'_>,
        variant: usize,
        zone: Option<(ZoneId, Level)>,
        text: usize,
    ) -> Result<Fact, RenderFault> {
        let recipe = self.recipe;
        let line = self.lines.get_mut(row.source);
        let Some(renderer) = line.and_then(|line| line.renderers.get_mut(text)) else {
            return Err(RenderFault::Blank);
        };
        let text = recipe.row(row, recipe.occurrence(variant));
        renderer.render_counted(recipe.transliterate, &text, &mut self.body, &mut self.counted)?;
        Ok(Fact {
            key: (variant, zone.map(|(zone, _)| zone)),
            level: zone.map(|(_, level)| level),
            number: row.number,
            bucket: row.bucket,
            country: row.country,
            class: recipe.settings.prices.class(row.number, row.country),
            counted: self.counted.segmented,
            digest: row_digest(row.number, &self.body, &mut self.scratch),
        })
    }

    fn judge(&mut self, row: &Row<'_>) {
        let recipe = self.recipe;
        let mut add = |fault| self.troubles.add(Trouble::Message(fault), row);
        // Every mark has a brace in it.
        if let Some(fault) = wire_fault(recipe.settings.api, self.counted.is_extended(), &self.body) {
            add(RenderRowFault::Wire(fault));
        }
        if recipe.needs_gsm && self.counted.segmented.encoding == Encoding::Ucs2 {
            outside_gsm(&self.body).for_each(|character| add(RenderRowFault::OutsideGsm(character)));
        }
        self.without_opt_out += i64::from(self.lacks_opt_out());
    }

    /// Counts the first variant by its language: those of all occurrences go to the same people.
    fn note_language(&mut self, row: &Row<'_>, variant: usize, chosen: Chosen, sign: i64) {
        let line = self.recipe.lines.get(row.source);
        let texts = line.map(|line| &line.texts).filter(|texts| texts.has_languages());
        let text = texts.and_then(|texts| texts.all().get(chosen.text));
        let Some(language) = text
            .and_then(|text| text.language.as_ref())
            .filter(|_| variant == self.variants.start)
        else {
            return;
        };
        if !self.languages.contains_key(language) {
            self.languages.insert(language.clone(), Spoken::default());
        }
        if let Some(spoken) = self.languages.get_mut(language) {
            spoken.people += sign;
            spoken.segments += sign * i64::from(self.counted.segmented.segments);
            spoken.stand_ins += sign * i64::from(chosen.is_stand_in);
        }
    }

    fn lacks_opt_out(&self) -> bool {
        let pattern = self.recipe.settings.opt_out.as_ref();
        pattern.is_some_and(|pattern| !pattern.is_match(&self.body))
    }
}

impl Visitor for Counter<'_> {
    fn admits(&mut self, row: &Row<'_>) -> Result<bool, RowFault> {
        let recipe = self.recipe;
        let Some(line) = self.lines.get_mut(row.source) else {
            return Ok(true);
        };
        let Some(matcher) = line.matcher.as_mut() else {
            return Ok(true);
        };
        let row = recipe.row(row, recipe.occurrence(self.variants.start));
        line.occurring.note(&row);
        matcher
            .matches(&row)
            .map_err(|fault| RowFault::Visitor(Box::new(matcher.refused(&row, &fault))))
    }

    fn add(&mut self, row: &Row<'_>) {
        let zone = match self.zone(row) {
            Ok(zone) => zone,
            Err(trouble) => return self.troubles.add(trouble, row),
        };
        let text = match self.text(row) {
            Ok(text) => text,
            Err(trouble) => return self.troubles.add(trouble, row),
        };
        for variant in self.variants.clone() {
            match self.count(row, variant, zone, text.text) {
                Ok(fact) => {
                    self.note_language(row, variant, text, 1);
                    self.judge(row);
                    let crowd = self.crowds.of(fact.key);
                    crowd.add(&fact, || xxh3_128(self.body.as_bytes()));
                    crowd.causes.add(&self.body, &self.counted, fact.class);
                }
                Err(fault) => self.troubles.add(Trouble::Message(RenderRowFault::Render(fault)), row),
            }
        }
    }

    fn remove(&mut self, row: &Row<'_>) {
        self.troubles.forget(row);
        let (Ok(zone), Ok(text)) = (self.zone(row), self.text(row)) else {
            return;
        };
        for variant in self.variants.clone() {
            if let Ok(fact) = self.count(row, variant, zone, text.text) {
                self.note_language(row, variant, text, -1);
                let causes: &mut Causes = &mut self.gone_causes.of(fact.key).causes;
                causes.add(&self.body, &self.counted, fact.class);
                self.without_opt_out -= i64::from(self.lacks_opt_out());
                self.gone.push(fact);
            }
        }
    }

    fn merge(&mut self, mut other: Self) {
        self.crowds.merge(other.crowds);
        self.gone.append(&mut other.gone);
        self.gone_causes.merge(other.gone_causes);
        self.troubles.merge(other.troubles);
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
