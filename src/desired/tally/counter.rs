//! The visitor that makes messages of rows and counts them. One for each thread; nothing of a message is kept.

use xxhash_rust::xxh3::xxh3_128;

use super::crowd::{Crowd, Fact, Key};
use super::recipe::Recipe;
use super::troubles::{Trouble, Troubles};
use crate::audience::{Row, RowFault, Visitor};
use crate::model::{Country, Diagnostic, Encoding, row_digest};
use crate::render::{
    Causes, Counted, Matcher, Predicate, RenderFault, Renderer, RowFault as RenderRowFault, codes, outside_gsm,
    wire_fault,
};
use crate::schedule::{Level, ZoneId};

/// Counts the messages of some variants.
pub(super) struct Counter<'r> {
    recipe: &'r Recipe,
    variants: std::ops::Range<usize>,
    lines: Vec<LineState>,
    pub(super) crowds: Crowds,
    /// Rows that were added, here or elsewhere, and must leave.
    pub(super) gone: Vec<Fact>,
    pub(super) gone_causes: Crowds,
    pub(super) troubles: Troubles,
    /// Texts that do not match what every text must; negative while rows added elsewhere are removed here.
    pub(super) without_opt_out: i64,
    body: String,
    /// Of `body`.
    counted: Counted,
    scratch: Vec<u8>,
}

struct LineState {
    renderer: Renderer,
    matcher: Option<Matcher>,
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
            renderer: line.program.renderer(),
            matcher: line.predicate.as_ref().map(Predicate::matcher),
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

    /// What a row counts for, again.
    pub(super) fn facts(&mut self, row: &Row<'_>) -> Vec<Fact> {
        let Ok(zone) = self.zone(row) else {
            return Vec::new();
        };
        self.variants
            .clone()
            .filter_map(|variant| self.count(row, variant, zone).ok())
            .collect()
    }

    /// Renders and counts a variant of a row; the text is left in `self.body`.
    fn count(&mut self, row: &Row<'_>, variant: usize, zone: Option<(ZoneId, Level)>) -> Result<Fact, RenderFault> {
        let recipe = self.recipe;
        let Some(line) = self.lines.get_mut(row.source) else {
            return Err(RenderFault::Blank);
        };
        let text = recipe.row(row, recipe.occurrence(variant));
        line.renderer
            .render_counted(recipe.transliterate, &text, &mut self.body, &mut self.counted)?;
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

    fn lacks_opt_out(&self) -> bool {
        let pattern = self.recipe.settings.opt_out.as_ref();
        pattern.is_some_and(|pattern| !pattern.is_match(&self.body))
    }
}

impl Visitor for Counter<'_> {
    fn admits(&mut self, row: &Row<'_>) -> Result<bool, RowFault> {
        let recipe = self.recipe;
        let Some(matcher) = self.lines.get_mut(row.source).and_then(|line| line.matcher.as_mut()) else {
            return Ok(true);
        };
        let occurrence = recipe.occurrence(self.variants.start);
        matcher.matches(&recipe.row(row, occurrence)).map_err(|fault| {
            let condition = recipe.lines.get(row.source).and_then(|line| line.condition.as_ref());
            let place = match &fault {
                RenderFault::Template { place, .. } => Some(place.clone()),
                RenderFault::Blank | RenderFault::TooLong => condition.map(|text| text.place.clone()),
            };
            let fault = Diagnostic::error(&codes::ROW_FAULT, format!("`where` cannot be computed: {fault}"));
            RowFault::Visitor(Box::new(match place {
                Some(place) => fault.at(place),
                None => fault,
            }))
        })
    }

    fn add(&mut self, row: &Row<'_>) {
        let zone = match self.zone(row) {
            Ok(zone) => zone,
            Err(trouble) => return self.troubles.add(trouble, row),
        };
        for variant in self.variants.clone() {
            match self.count(row, variant, zone) {
                Ok(fact) => {
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
        let Ok(zone) = self.zone(row) else { return };
        for variant in self.variants.clone() {
            if let Ok(fact) = self.count(row, variant, zone) {
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
    }
}
