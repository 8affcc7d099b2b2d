//! `suppressions` to [`SuppressionList`]s.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::decode::At;
use super::project::SuppressionList;
use super::read_sources::{column_head, country, delimiter, encoding};
use super::reading::Reading;
use super::suppression_file::SuppressionFile;
use super::wording::clip;
use super::{diagnostics, paths};
use crate::model::Diagnostic;

/// Suppression lists, each once.
pub(super) fn suppression_lists(
    reading: &mut Reading<'_>,
    field: &At<Vec<At<SuppressionFile>>>,
    folder: &Path,
    allow_paths: &[PathBuf],
) -> Vec<SuppressionList> {
    let mut found: Vec<SuppressionList> = Vec::new();
    let mut seen = BTreeSet::new();
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let path_of = |text: &String| {
            if text == paths::STDIN {
                Err("suppressions cannot come from standard input: they must be there at every run".to_owned())
            } else {
                paths::resolve(folder, text, allow_paths)
            }
        };
        let place = reading.place(Some(*id));
        let list = match typed {
            SuppressionFile::Path(text) => {
                let given = At::Given(*id, text.clone());
                let path = reading.parse(&given, &diagnostics::PATH, path_of);
                path.map(|path| SuppressionList {
                    path,
                    number: None,
                    country: None,
                    encoding: None,
                    delimiter: None,
                    place,
                })
            }
            SuppressionFile::List(typed) => {
                let path = reading.require(*id, "csv", &typed.csv, &diagnostics::PATH, path_of);
                let number = reading.parse(&typed.number, &diagnostics::CSV_OPTION, |text| column_head(text));
                let country = country(reading, &typed.country);
                let encoding = encoding(reading, &typed.encoding);
                let delimiter = reading.parse(&typed.delimiter, &diagnostics::CSV_OPTION, |text| delimiter(text));
                path.map(|path| SuppressionList {
                    path,
                    number,
                    country,
                    encoding,
                    delimiter,
                    place,
                })
            }
        };
        let Some(list) = list else { continue };
        if seen.insert((list.path.clone(), list.number.clone())) {
            found.push(list);
        } else {
            let message = format!("`{}` is listed twice", clip(&list.path.display().to_string()));
            reading.push(*id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
        }
    }
    found
}
