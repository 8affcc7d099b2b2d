//! Which cells the texts of a list use, and how.

use std::collections::{BTreeMap, BTreeSet};

use super::texts::ListTexts;
use crate::render::Cell;

/// A cell that texts of a list use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UsedCell {
    /// Its column's name.
    pub(super) name: String,
    /// Which of a row's fields.
    pub(super) at: usize,
    /// Whether a text prints it without a question about what is in it.
    pub(super) is_bare: bool,
    /// Which texts use it.
    pub(super) texts: BTreeSet<usize>,
}

impl UsedCell {
    /// By the names of their columns.
    pub(super) fn of(texts: &ListTexts) -> Vec<Self> {
        let mut cells: BTreeMap<String, Self> = BTreeMap::new();
        for (text, compiled) in texts.all().iter().enumerate() {
            for Cell { name, at, is_bare } in compiled.program.cells() {
                let cell = cells.entry(name.clone()).or_insert_with(|| Self {
                    name,
                    at,
                    is_bare: false,
                    texts: BTreeSet::new(),
                });
                cell.is_bare |= is_bare;
                cell.texts.insert(text);
            }
        }
        cells.into_values().collect()
    }
}
