//! Who gets which variant, and who is left out: counted while rows stream by.
//!
//! In: a row's person; then the counts of its message. Out: people, segments and money of each variant, and the people
//! of the holdout and of control groups, each once. Never: a count that depends on the order of rows or on how the work
//! was shared.

use std::collections::BTreeMap;

use super::super::desired::VariantSums;
use super::row_sums::RowSums;
use crate::campaign::{Branch, Branches};
use crate::model::Person;
use crate::render::{PriceTable, SegmentsByClass};

/// The branches of one thread's rows.
#[derive(Clone, Default)]
pub(super) struct BranchTally {
    /// Asked twice in a row for most rows.
    last: Option<(Person, Branch)>,
    /// By rendition and variant.
    sums: BTreeMap<(usize, usize), BranchTotals>,
    /// People who are left out, with their branch; a person occurs once for each row.
    out: Vec<(u64, Branch)>,
}

/// What was added and what was removed, here or elsewhere.
#[derive(Debug, Clone, Default)]
struct BranchTotals {
    people: i64,
    added: SegmentsByClass,
    gone: SegmentsByClass,
}

impl BranchTally {
    pub(super) fn branch(&mut self, branches: &Branches, person: Person) -> Branch {
        if branches.are_one() {
            return Branch::Only;
        }
        match self.last {
            Some((last, branch)) if last == person => branch,
            Some(_) | None => {
                let branch = branches.of(person);
                self.last = Some((person, branch));
                branch
            }
        }
    }

    /// Whether the person gets nothing; noted if so.
    pub(super) fn leaves_out(&mut self, branches: &Branches, person: Person) -> bool {
        let branch = self.branch(branches, person);
        if branch.is_silent() {
            self.out.push((person.as_u64(), branch));
        }
        branch.is_silent()
    }

    pub(super) fn add(&mut self, variant: Option<usize>, row: &RowSums) {
        if let Some(variant) = variant {
            let tally = self.sums.entry((row.key.0, variant)).or_default();
            tally.people += 1;
            tally.added.add(row.class, u64::from(row.counted.segments));
        }
    }

    pub(super) fn remove(&mut self, variant: Option<usize>, row: &RowSums) {
        if let Some(variant) = variant {
            let tally = self.sums.entry((row.key.0, variant)).or_default();
            tally.people -= 1;
            tally.gone.add(row.class, u64::from(row.counted.segments));
        }
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        self.out.append(&mut other.out);
        for (key, more) in other.sums {
            let tally = self.sums.entry(key).or_default();
            tally.people += more.people;
            tally.added.merge(&more.added);
            tally.gone.merge(&more.gone);
        }
    }

    /// Takes people out who had a text.
    pub(super) fn subtract(&mut self, leaving: Self) {
        for (key, less) in leaving.sums {
            let tally = self.sums.entry(key).or_default();
            tally.people -= less.people;
            tally.gone.merge(&less.added);
        }
    }

    /// The same, of a reading that met nobody of those without a text.
    pub(super) fn beside_those_apart_of(self, whole: &Self) -> Self {
        let out = whole.out.clone();
        Self { out, ..self }
    }

    /// Whom the holdout and control groups leave out, each once, once they were counted.
    pub(super) fn silent(&self) -> &[(u64, Branch)] {
        &self.out
    }

    /// The people of the holdout, and of each variant of a rendition.
    pub(super) fn counts(&mut self, rendition: usize, variants: usize, prices: &PriceTable) -> (u64, Vec<VariantSums>) {
        self.out.sort_unstable();
        self.out.dedup();
        let out = |wanted: Branch| self.out.iter().filter(|(_, branch)| *branch == wanted).count() as u64;
        let sums = (0..variants).map(|variant| {
            let tally = self.sums.get(&(rendition, variant)).cloned().unwrap_or_default();
            let mut segments = tally.added;
            segments.remove(&tally.gone);
            VariantSums {
                people: u64::try_from(tally.people).unwrap_or(0) + out(Branch::Silent(variant)),
                segments: segments.total(),
                estimate: prices.estimate(&segments),
            }
        });
        let sums = sums.collect();
        (out(Branch::Holdout), sums)
    }
}
