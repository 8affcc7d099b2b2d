//! What names a template of one (campaign, source) may use, and what they are.

use std::collections::BTreeMap;

use super::diagnostics;
use crate::campaign::{Campaign, Source, VarValue};
use crate::model::{Diagnostic, Place, snake_case};

/// The names that a template may use.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Heads of the CSV's columns, or the names that the source gives them, in the order of its fields. A template may
    /// write one as it is, where it is a name, or in snake case without diacritics.
    pub columns: &'a [String],
    /// Constants of campaign and source, merged (see [`merged_vars`]).
    pub vars: &'a BTreeMap<String, VarValue>,
    /// Whether there is an `occurrence` (campaigns with a schedule).
    pub recurring: bool,
    /// The variant whose text it is, where the campaign has some; none in conditions.
    pub variant: Option<&'a str>,
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
    /// The field of a column, by its head or by the name in snake case that every head gives.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column == name);
        exact.or_else(|| {
            let is_free = !RESERVED.contains(&name) && is_writable(name);
            let mut columns = self.columns.iter();
            columns.position(|column| is_free && snake_case(column).as_deref() == Some(name))
        })
    }

    /// Every name that can be written in a template, sorted: columns, constants, reserved.
    pub(super) fn known(&self) -> Vec<String> {
        let columns = self.columns.iter().filter_map(|column| written(column));
        let mut known: Vec<String> = columns.chain(self.vars.keys().cloned()).collect();
        known.sort_unstable();
        known.dedup();
        known.push("recipient".to_owned());
        if self.recurring {
            known.push("occurrence".to_owned());
        }
        known
    }

    /// Names that would mean two things.
    pub(super) fn collisions(&self, place: &Place) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for name in self.vars.keys() {
            if RESERVED.contains(&name.as_str()) {
                diagnostics.push(
                    Diagnostic::error(
                        &diagnostics::NAME_TWICE,
                        format!("the variable `{name}` has a reserved name"),
                    )
                    .at(place.clone())
                    .hint("rename it under `vars`"),
                );
            } else if let Some(head) = self.column(name).and_then(|at| self.columns.get(at)) {
                let column = if head == name {
                    "a column of the CSV".to_owned()
                } else {
                    format!("the name of the CSV's column `{head}`")
                };
                let message = format!("`{name}` is {column} and a variable under `vars`");
                diagnostics.push(
                    Diagnostic::error(&diagnostics::NAME_TWICE, message)
                        .at(place.clone())
                        .hint(format!(
                            "rename the variable, or the column with `columns: {{ other_name: \"{head}\" }}`"
                        )),
                );
            }
        }
        diagnostics
    }
}

/// How a template names a column; nothing for a head that gives no name.
pub(super) fn written(column: &str) -> Option<String> {
    if is_writable(column) {
        Some(column.to_owned())
    } else {
        snake_case(column)
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
