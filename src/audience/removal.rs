//! Rows taken out again whose person an earlier row has.
//!
//! In: such rows, and the visitors to which they were added. Out: which of them would have got another text than the row
//! that is sent.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::entry::IndexEntry;
use super::index::Index;
use super::repeats::Repeats;
use super::reread::each_row_of;
use super::settings::ListSettings;
use super::table::Table;
use super::visitor::Visitor;
use crate::model::Diagnostic;

/// Takes rows out again whose person an earlier row has; those with another text than that row are reported.
pub(super) fn remove<V: Visitor>(
    tables: &[Table],
    settings: &ListSettings,
    index: &Index,
    duplicates: &[IndexEntry],
    visitors: Vec<&mut V>,
) -> Result<Repeats, Diagnostic> {
    if duplicates.is_empty() {
        return Ok(Repeats::default());
    }
    let share = duplicates.len().div_ceil(visitors.len().max(1));
    visitors
        .into_par_iter()
        .zip(duplicates.par_chunks(share.max(1)))
        .map(|(visitor, duplicates)| remove_some(tables, settings, index, duplicates, visitor))
        .try_reduce(Repeats::default, |all, more| Ok(all.merge(&more)))
}

fn remove_some<V: Visitor>(
    tables: &[Table],
    settings: &ListSettings,
    index: &Index,
    duplicates: &[IndexEntry],
    visitor: &mut V,
) -> Result<Repeats, Diagnostic> {
    let mut texts = Vec::new();
    each_row_of(tables, duplicates.iter().copied(), settings, |row| {
        visitor.remove(row);
        texts.push(visitor.text_digest(row));
    })?;
    let mut repeats = Repeats::default();
    let pairs =
        (duplicates.iter().zip(texts)).filter_map(|(later, text)| Some((*later, index.find(later.person())?, text?)));
    let pairs: Vec<(IndexEntry, IndexEntry, u128)> = pairs.collect();
    let mut rest = pairs.iter();
    each_row_of(tables, pairs.iter().map(|(_, first, _)| *first), settings, |row| {
        let Some((later, first, text)) = rest.next() else {
            return;
        };
        if visitor.text_digest(row).is_some_and(|first| first != *text) {
            repeats.add(*later, *first);
        }
    })?;
    Ok(repeats)
}
