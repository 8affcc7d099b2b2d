//! The fault of a column that a list does not have, with those that it has.

use std::path::Path;

use super::diagnostics::MISSING_COLUMN;
use crate::campaign::{clip, did_you_mean};
use crate::model::Diagnostic;

pub(super) fn missing(wanted: &str, key: &str, names: &[String], file: &Path) -> Diagnostic {
    let known = known_columns(names);
    let message = format!(
        "`{key}`: `{}` has no column `{wanted}`; there is {known}",
        file.display()
    );
    let fault = Diagnostic::error(&MISSING_COLUMN, message);
    match did_you_mean(wanted, names.iter().map(String::as_str)) {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

pub(super) fn known_columns(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = names
        .iter()
        .filter(|name| !name.is_empty())
        .take(SHOWN)
        .map(|name| format!("`{}`", clip(name)))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
