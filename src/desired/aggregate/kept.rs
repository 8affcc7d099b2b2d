//! The sums of one pass over the lists, kept so that people can be taken out of them afterwards.
//!
//! In: what a pass has counted. Out: variants and languages as if some people were in no list; the contents of groups
//! without them are made by `leaving`. Never: a sum that depends on whether somebody was taken out or never read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::aggregator::{Aggregator, SpokenLanguage, SumsByGroup};
use super::branches::BranchTally;
use super::compiled::CompiledCampaign;
use crate::audience::{Audience, ChosenRows, read_chosen};
use crate::desired::desired::VariantSums;
use crate::model::{Diagnostic, Language, NumberSet, Part};

/// What one pass left.
pub(super) struct Kept {
    pub(super) compiled: Arc<CompiledCampaign>,
    pub(super) audience: Arc<Audience>,
    pub(super) sums_by_group: SumsByGroup,
    pub(super) tallies: Tallies,
    /// By rendition and who left, since their rows were read for the contents.
    pub(super) without: Mutex<Vec<(usize, NumberSet, Tallies)>>,
}

/// Who gets which language and variant.
#[derive(Clone, Default)]
pub(super) struct Tallies {
    pub(super) languages: BTreeMap<Language, SpokenLanguage>,
    pub(super) branches: BranchTally,
}

impl Tallies {
    /// Takes others out. Who is set apart stays: nobody of those has left.
    fn subtract(&mut self, leaving: Self) {
        for (language, less) in leaving.languages {
            self.languages.entry(language).or_default().subtract(less);
        }
        self.branches.subtract(leaving.branches);
    }
}

impl Kept {
    /// Keeps the tallies without some people: of those who stay, or of those who leave.
    pub(super) fn note(&self, rendition: usize, people: &NumberSet, read: Tallies, are_those_who_stay: bool) {
        if !self.has_tallies() {
            return;
        }
        let tallies = if are_those_who_stay {
            let branches = read.branches.beside_those_apart_of(&self.tallies.branches);
            Tallies { branches, ..read }
        } else {
            let mut tallies = self.tallies.clone();
            tallies.subtract(read);
            tallies
        };
        let mut known = self.without.lock().unwrap_or_else(PoisonError::into_inner);
        known.push((rendition, people.clone(), tallies));
    }

    /// The totals of each variant and language without some people.
    pub(super) fn tallies_without(
        &self,
        rendition: usize,
        people: &NumberSet,
    ) -> Result<(Vec<VariantSums>, BTreeMap<Language, SpokenLanguage>), Diagnostic> {
        if self.has_tallies() && self.known(rendition, people).is_none() {
            let rows = ChosenRows {
                audience: &self.audience,
                people,
                are_theirs: true,
                parts: &[Part::WHOLE],
                make: || Aggregator::new(&self.compiled, rendition..rendition + 1),
            };
            for read in read_chosen(&[rows]) {
                let Aggregator {
                    languages, branches, ..
                } = read?;
                self.note(rendition, people, Tallies { languages, branches }, false);
            }
        }
        let Tallies {
            languages,
            mut branches,
        } = self.known(rendition, people).unwrap_or_default();
        let (variants, prices) = (self.compiled.variants, &self.compiled.settings.prices);
        Ok((branches.counts(rendition, variants, prices).1, languages))
    }

    fn has_tallies(&self) -> bool {
        self.compiled.variants > 0 || !self.tallies.languages.is_empty()
    }

    fn known(&self, rendition: usize, people: &NumberSet) -> Option<Tallies> {
        let known = self.without.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = known.iter();
        let found = known.find(|(of, who, _)| *of == rendition && who == people);
        found.map(|(.., tallies)| tallies.clone())
    }
}
