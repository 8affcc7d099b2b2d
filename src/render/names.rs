//! What names a template of one (campaign, source) may use, and what they are.

use std::collections::BTreeMap;

use super::codes;
use crate::campaign::{Campaign, Source, VarValue};
use crate::model::{Diagnostic, Place};

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

/// Names that Tera or we keep for ourselves.
pub(super) const RESERVED: [&str; 3] = ["recipient", "occurrence", "loop"];

impl Names<'_> {
    /// The field of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Every name that can be written in a template, sorted: columns, constants, reserved.
    pub(super) fn known(&self) -> Vec<&str> {
        let columns = self.columns.iter().map(String::as_str).filter(|name| is_writable(name));
        let mut known: Vec<&str> = columns.chain(self.vars.keys().map(String::as_str)).collect();
        known.sort_unstable();
        known.dedup();
        known.push("recipient");
        if self.recurring {
            known.push("occurrence");
        }
        known
    }

    /// Names that would mean two things.
    pub(super) fn collisions(&self, place: &Place) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for name in self.vars.keys() {
            if RESERVED.contains(&name.as_str()) {
                diagnostics.push(
                    Diagnostic::error(&codes::NAME_TWICE, format!("the variable `{name}` has a reserved name"))
                        .at(place.clone())
                        .hint("rename it under `vars`"),
                );
            } else if self.column(name).is_some() {
                diagnostics.push(
                    Diagnostic::error(
                        &codes::NAME_TWICE,
                        format!("`{name}` is a column of the CSV and a variable under `vars`"),
                    )
                    .at(place.clone())
                    .hint(format!(
                        "rename the variable, or the column with `columns: {{ other_name: \"{name}\" }}`"
                    )),
                );
            }
        }
        diagnostics
    }
}

/// Whether a column's name can be written in a template at all.
pub(super) fn is_writable(name: &str) -> bool {
    name.bytes()
        .next()
        .is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// The known name that somebody most likely meant.
pub(super) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let wanted = plain(name);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.len().min(name.len()) / 3))
        .min()
        .map(|(_, candidate)| candidate)
}
