//! Lists of numbers alone: suppressions, testers.

use super::read::read;
use super::row_faults::RowFault;
use super::settings::ListSettings;
use super::table::Table;
use super::visitor::{ListRow, Visitor};
use crate::model::{Diagnostic, Msisdn, NumberSet};

/// The numbers of suppression lists; every row must have one.
pub fn read_numbers(lists: Vec<Table>, settings: &ListSettings) -> Result<NumberSet, Vec<Diagnostic>> {
    read(lists, &[], settings, || NumbersAlone).map(|(audience, _)| NumberSet::clone(&audience.numbers()))
}

/// The same, each once and in the order of their rows.
pub fn read_numbers_in_order(lists: Vec<Table>, settings: &ListSettings) -> Result<Vec<Msisdn>, Vec<Diagnostic>> {
    read(lists, &[], settings, || NumbersAlone).map(|(audience, _)| audience.in_order())
}

struct NumbersAlone;

impl Visitor for NumbersAlone {
    fn admits(&mut self, _: &ListRow<'_>) -> Result<bool, RowFault> {
        Ok(true)
    }

    fn add(&mut self, _: &ListRow<'_>) {}

    fn remove(&mut self, _: &ListRow<'_>) {}

    fn merge(&mut self, _: Self) {}
}
