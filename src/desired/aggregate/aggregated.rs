//! What a campaign would send: its groups on each occasion, its languages and variants, and what a reviewer should
//! know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::super::desired::VariantSums;
use super::super::group_content::GroupContent;
use super::compiled::CompiledCampaign;
use super::kept::Kept;
use super::texts::ListText;
use crate::audience::{Audience, ListRow};
use crate::campaign::{Branch, Transliterate};
use crate::model::{Diagnostic, Group, Language, NumberSet, Person};
use crate::render::{Causes, Saving};
use crate::schedule::{Level, RecipientGroup};

/// What a campaign would send, and the means to make it.
pub struct Aggregate {
    pub(super) compiled: Arc<CompiledCampaign>,
    /// One for all occasions, or one for each.
    pub(super) audiences: Vec<Arc<Audience>>,
    /// In the order of the settings' occasions.
    pub(super) occasions: Vec<Vec<AggregatedGroup>>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) levels: BTreeMap<Level, u64>,
    pub(super) causes: Causes,
    pub(super) without_opt_out: u64,
    pub(super) languages: BTreeMap<Language, Spoken>,
    /// By rendition: who is held out, and the totals of each variant.
    pub(super) branches: Vec<(u64, Vec<VariantSums>)>,
    /// One for each audience: who gets no text.
    pub(super) silent: Vec<Vec<(u64, Branch)>>,
    /// One for each audience, where people may be left out afterwards.
    pub(super) kept: Vec<Arc<OnceLock<Kept>>>,
    pub(super) named_zones: BTreeMap<String, u64>,
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

impl Aggregate {
    /// Who gets which language, where there are several.
    pub fn languages(&self) -> &BTreeMap<Language, Spoken> {
        &self.languages
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

    /// The totals of each variant on an occasion, in the campaign's order; empty without variants.
    pub fn variants(&self, occasion: usize) -> &[VariantSums] {
        let branches = self.branches.get(self.compiled.rendition_of(occasion));
        branches.map_or(&[], |(_, variants)| variants)
    }

    /// Whom the holdout and control groups leave without a text on an occasion, by canonical number and branch.
    pub fn without_a_text(&self, occasion: usize) -> &[(u64, Branch)] {
        let silent = self.silent.get(occasion).or_else(|| self.silent.first());
        silent.map_or(&[], Vec::as_slice)
    }

    /// The totals of each variant and language on an occasion without people who are left out of it; `None` where that
    /// is no longer known.
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
    pub fn text_of(&self, row: &ListRow<'_>) -> Option<&ListText> {
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

    /// How many texts there are, over all renditions.
    pub fn texts(&self) -> u64 {
        let renditions = self.compiled.renditions.len();
        let each = if self.audiences.len() == renditions {
            1
        } else {
            renditions
        };
        let people = self.audiences.iter().map(|audience| audience.len() * each);
        people.sum::<usize>() as u64
    }

    /// Texts that do not match what every text must.
    pub fn without_opt_out(&self) -> u64 {
        self.without_opt_out
    }

    /// What a mode of `transliterate` would save, over all texts.
    pub fn saving(&self, mode: Transliterate) -> Saving {
        self.causes.saving(mode, &self.compiled.settings.prices)
    }
}
