//! The columns of a list and how it is written, as a campaign, a project or a command says it.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::{Campaign, NumberForm, NumberList, OnInvalid, Source};
use crate::model::{Country, Place};

/// What a source says about its list.
#[derive(Debug, Clone, Default)]
pub struct Expect<'a> {
    /// Column of numbers; `None`: the one with a usual name, of a list of numbers alone all of those.
    pub number: Option<&'a str>,
    /// Whose national numbers it has.
    pub country: Option<&'a Country>,
    /// Column with each row's own country.
    pub country_column: Option<&'a str>,
    /// How numbers without `+` are written.
    pub form: NumberForm,
    /// Template name to column head.
    pub columns: Option<&'a BTreeMap<String, String>>,
    /// As declared.
    pub encoding: Option<&'a str>,
    /// As declared.
    pub delimiter: Option<u8>,
    /// Cells that are empty: `NULL`, `\\N`.
    pub null_values: &'a [String],
    /// Names of constants: no column may have them.
    pub constants: BTreeSet<&'a str>,
    /// The source's place in the campaign file.
    pub place: Option<&'a Place>,
    /// Which rows with faults are left out and listed.
    pub on_invalid: OnInvalid,
    /// Whether this is a list of numbers alone, without templates.
    pub is_list: bool,
}

impl<'a> Expect<'a> {
    /// A source of a campaign.
    pub fn source(campaign: &'a Campaign, source: &'a Source) -> Self {
        Self {
            number: source.number.as_deref(),
            country: source.country.as_ref(),
            country_column: source.country_column.as_deref(),
            form: source.form,
            columns: Some(&source.columns),
            encoding: source.encoding.as_deref(),
            delimiter: source.delimiter,
            null_values: &source.null_values,
            constants: campaign
                .vars
                .keys()
                .chain(source.vars.keys())
                .map(String::as_str)
                .collect(),
            place: Some(&source.place),
            on_invalid: source.on_invalid,
            is_list: false,
        }
    }

    /// A suppression list.
    pub fn suppressions(list: &'a NumberList) -> Self {
        Self {
            number: list.number.as_deref(),
            country: list.country.as_ref(),
            encoding: list.encoding.as_deref(),
            delimiter: list.delimiter,
            ..Self::list()
        }
    }

    /// Testers: one number a row.
    pub fn testers(list: &'a NumberList) -> Self {
        Self {
            is_list: false,
            ..Self::suppressions(list)
        }
    }

    /// A list of numbers: suppressions. A row without a usable number is always an error.
    pub fn list() -> Self {
        Self {
            is_list: true,
            ..Self::default()
        }
    }
}
