//! Columns whose names would be the same in a template: `First Name` and `first_name` both give `first_name`.
//!
//! In: the names of a list's columns, those that the source gives included. Out: an error for each two, naming both.

use std::collections::BTreeMap;
use std::path::Path;

use super::diagnostics::HEADER;
use super::quotes::line_of;
use crate::campaign::clip;
use crate::model::{Diagnostic, snake_case};

/// Those that are equal letter by letter are somebody else's fault.
pub(super) fn same_names(columns: &[String], file: &Path, line: u64) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &String> = BTreeMap::new();
    let mut faults = Vec::new();
    for column in columns {
        let Some(name) = snake_case(column) else { continue };
        let Some(other) = first.get(&name) else {
            first.insert(name, column);
            continue;
        };
        if *other != column {
            let (one, two) = (clip(other), clip(column));
            let message = format!("the columns `{one}` and `{two}` have the same name in templates: `{name}`");
            faults.push(
                Diagnostic::error(&HEADER, message)
                    .at(line_of(file, line))
                    .hint(format!(
                        "give one of them another in the source: `columns: {{ other_{name}: \"{two}\" }}`"
                    )),
            );
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_heads_with_one_name_are_named() {
        let told = |columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
            let faults = same_names(&columns, Path::new("a.csv"), 1);
            faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&["msisdn", "First Name", "first_name"]),
            ["the columns `First Name` and `first_name` have the same name in templates: `first_name`"]
        );
        assert_eq!(told(&["Ort", "Órt", "ÖRT"]).len(), 2);
        assert_eq!(
            told(&["First Name", "Last Name", "", "", "名", "前", "a", "a"]),
            [] as [&str; 0]
        );
    }
}
