//! A list whose header is understood: which delimiter, which columns, and where the rows begin.
//!
//! In: bytes and what the source says about them. Out: a [`Table`], or what is wrong with its head. Never: a row taken
//! for a header, or a name that could mean two things.

use std::path::Path;

use super::dialect::Dialect;
use super::missing_column::missing;
use super::national_plan::{NationalPlan, plan_of};
use super::numbers::NumberFault;
use super::settings::ListSettings;
use super::source::Bytes;
use crate::campaign::{NumberForm, OnInvalid};
use crate::model::{Diagnostic, Place, snake_case};

/// A list with its header read.
#[derive(Clone)]
pub struct Table {
    pub(super) bytes: Bytes,
    pub(super) dialect: Dialect,
    /// Which cell holds the number.
    pub(super) number: usize,
    /// All that do: several in lists of numbers alone.
    pub(super) numbers: Vec<usize>,
    /// Whose national numbers it has, where it says so.
    pub(super) home: Option<NationalPlan>,
    /// Which cell holds the row's own country.
    pub(super) country: Option<usize>,
    pub(super) form: NumberForm,
    pub(super) columns: Vec<String>,
    /// Byte and line of the first row after the header.
    pub(super) rows_at: u64,
    pub(super) rows_line: u64,
    pub(super) on_invalid: OnInvalid,
    pub(super) is_list: bool,
    pub(super) place: Option<Place>,
}

impl Table {
    /// Names that templates use for the cells of a row, in the order of the cells; empty where a cell has none.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Which of them is the number.
    pub fn number_column(&self) -> usize {
        self.number
    }

    /// The cell of a column, or the fault of who named it as `key` at `place`.
    pub fn column(&self, name: &str, key: &str, place: &Place) -> Result<usize, Box<Diagnostic>> {
        let exact = self.columns.iter().position(|column| column == name);
        let found = exact.or_else(|| {
            let mut columns = self.columns.iter();
            columns.position(|column| snake_case(column).as_deref() == Some(name))
        });
        found.ok_or_else(|| Box::new(missing(name, key, &self.columns, self.file()).at(place.clone())))
    }

    /// Whose national numbers a row has.
    pub(super) fn home<'h>(
        &'h self,
        cells: &[&str],
        settings: &'h ListSettings,
    ) -> Result<Option<&'h NationalPlan>, NumberFault> {
        let cell = self.country.and_then(|at| cells.get(at)).map(|cell| cell.trim());
        match cell.filter(|cell| !cell.is_empty()) {
            Some(code) => plan_of(code).map(Some).ok_or(NumberFault::NoCountry),
            None => Ok(self.home.as_ref().or(settings.national_plan.as_ref())),
        }
    }

    /// Whether both give the same rows to every reader: the same bytes, opened once, and cells and numbers found in
    /// the same way. What columns are called, and what becomes of rows that cannot be read, may differ.
    pub fn is_like(&self, other: &Self) -> bool {
        let Self {
            bytes,
            dialect,
            number,
            numbers,
            home,
            country,
            form,
            columns,
            rows_at,
            rows_line,
            on_invalid: _,
            is_list,
            place: _,
        } = self;
        let home_of = |home: &Option<NationalPlan>| home.as_ref().map(|plan| plan.country().clone());
        let is_same_list = bytes.is_same(&other.bytes) && (rows_at, rows_line) == (&other.rows_at, &other.rows_line);
        is_same_list
            && *dialect == other.dialect
            && (number, numbers, country, form) == (&other.number, &other.numbers, &other.country, &other.form)
            && home_of(home) == home_of(&other.home)
            && columns.len() == other.columns.len()
            && !is_list
            && !other.is_list
    }

    /// No fewer rows than it has.
    pub fn most_rows(&self) -> u64 {
        // The shortest number and a line end.
        const SHORTEST: u64 = 8;
        self.bytes.size().div_ceil(SHORTEST)
    }

    /// The file, for messages.
    pub fn file(&self) -> &Path {
        &self.bytes.file
    }
}
