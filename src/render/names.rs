//! What names a template of one (campaign, source) may use, and what they are.

use std::collections::BTreeMap;

use crate::campaign::{Campaign, Source, VarValue};

/// The names that a template may use.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Template names of the CSV's columns, in the order of its fields.
    pub columns: &'a [String],
    /// Constants of campaign and source, merged (see [`merged_vars`]).
    pub vars: &'a BTreeMap<String, VarValue>,
    /// Whether there is an `occurrence` (campaigns with a schedule).
    pub recurring: bool,
}

/// The constants of a source: the source's own win over the campaign's.
pub fn merged_vars(campaign: &Campaign, source: &Source) -> BTreeMap<String, VarValue> {
    let mut vars = campaign.vars.clone();
    vars.extend(source.vars.clone());
    vars
}
