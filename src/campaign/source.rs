//! One list of recipients as a campaign reads it: from where, which columns, which rows.

use std::collections::BTreeMap;

use super::on_invalid::OnInvalid;
use super::origin::{Freshness, Origin};
use super::var_value::VarValue;
use crate::model::{Country, Language, Place, Text};

/// One source of recipients.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Where its rows are.
    pub origin: Origin,
    /// Where the source begins in the campaign file.
    pub place: Place,
    /// Column of numbers; `None`: the first of the usual names.
    pub number: Option<String>,
    /// Whose national numbers the list has; `None`: the project's `default_country`.
    pub country: Option<Country>,
    /// Column with each row's own country.
    pub country_column: Option<String>,
    /// How numbers without `+` are written.
    pub form: NumberForm,
    /// Tera expression; only rows for which it holds are recipients.
    pub condition: Option<Text>,
    /// Instead of the campaign's body.
    pub body: Option<Text>,
    /// Its texts by language, where there are several.
    pub translations: BTreeMap<Language, Text>,
    /// Win over the campaign's.
    pub vars: BTreeMap<String, VarValue>,
    /// Template name to column head.
    pub columns: BTreeMap<String, String>,
    /// As declared (a WHATWG label); `None`: UTF-8, or UTF-16 with a BOM.
    pub encoding: Option<String>,
    /// As declared; `None`: detected.
    pub delimiter: Option<u8>,
    /// Words for nothing: cells that are read as empty.
    pub null_values: Vec<String>,
    /// What a row with a faulty number does.
    pub on_invalid: OnInvalid,
    /// How many rows there must be.
    pub expected_rows: Option<RowRange>,
    /// How new the newest row must be.
    pub freshness: Option<Freshness>,
}

/// `900..`, `..2000` or `900..2000`, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    /// At least; `None` is no limit.
    pub least: Option<u64>,
    /// At most; `None` is no limit.
    pub most: Option<u64>,
}

impl RowRange {
    /// Reads `900..`, `..2000` or `900..2000`.
    pub fn parse(text: &str) -> Option<Self> {
        let (least, most) = text.split_once("..")?;
        let end = |text: &str| match text.trim() {
            "" => Some(None),
            digits => digits.parse().ok().map(Some),
        };
        let range = Self {
            least: end(least)?,
            most: end(most)?,
        };
        let is_empty = range.least.zip(range.most).is_some_and(|(least, most)| least > most);
        (!is_empty && (range.least.is_some() || range.most.is_some())).then_some(range)
    }

    /// Whether so many rows are as expected.
    pub fn contains(&self, rows: u64) -> bool {
        self.least.is_none_or(|least| rows >= least) && self.most.is_none_or(|most| rows <= most)
    }
}

impl std::fmt::Display for RowRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: Option<u64>| end.map_or_else(String::new, |rows| rows.to_string());
        write!(f, "{}..{}", end(self.least), end(self.most))
    }
}

/// How the numbers of a list are written, where no `+` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberForm {
    /// Each as it can be read; where both ways exist, as the rows that can be read in one way alone.
    #[default]
    Auto,
    /// Without country code.
    National,
    /// With country code.
    International,
}
