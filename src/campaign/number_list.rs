//! A list of numbers that a project or a campaign names: suppressions, testers.

use super::origin::{Freshness, Origin};
use super::source::RowRange;
use crate::model::{Country, Place};

/// A list of numbers alone: those that are never texted, or testers.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberList {
    /// Where its rows are.
    pub origin: Origin,
    /// The column of numbers; `None`: every column with a usual name.
    pub number: Option<String>,
    /// Whose national numbers it has; `None`: the project's `default_country`.
    pub country: Option<Country>,
    /// As declared.
    pub encoding: Option<String>,
    /// As declared; `None`: detected.
    pub delimiter: Option<u8>,
    /// Rows that it must have.
    pub expected_rows: Option<RowRange>,
    /// How new its rows must be.
    pub freshness: Option<Freshness>,
    /// Where it is named.
    pub place: Place,
}
