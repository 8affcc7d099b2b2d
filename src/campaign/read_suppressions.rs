//! `suppressions` to [`NumberList`]s.

use std::collections::BTreeSet;

use super::at::At;
use super::number_list::NumberList;
use super::origin::Origin;
use super::origin_keys::{OriginKeys, Surroundings};
use super::read_cells::{column_head, country, delimiter, encoding};
use super::read_origin::{csv, expected_rows, freshness, origin, refuse_for_converted};
use super::reading::Reading;
use super::suppression_file::{SuppressionFile, SuppressionListFile};
use super::tree::NodeId;
use super::wording::clip;
use super::{diagnostics, paths};
use crate::model::Diagnostic;

/// Suppression lists, each once.
pub(super) fn suppression_lists(
    reading: &mut Reading<'_>,
    field: &At<Vec<At<SuppressionFile>>>,
    around: &Surroundings<'_>,
) -> Vec<NumberList> {
    let mut found: Vec<NumberList> = Vec::new();
    let mut seen = BTreeSet::new();
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let list = match typed {
            SuppressionFile::Path(text) => path_alone(reading, *id, text, around),
            SuppressionFile::List(typed) => list(reading, *id, typed, around),
        };
        let Some(mut list) = list else { continue };
        match &mut list.origin {
            Origin::StandardInput => {
                let why = "suppressions cannot come from standard input: they must be there at every run";
                reading.error(*id, &diagnostics::PATH, why);
                continue;
            }
            Origin::Query(query) => query.is_current = true,
            Origin::File(_) | Origin::Parts(_) | Origin::Workbook(_) | Origin::Download(_) => {}
        }
        if seen.insert((list.origin.clone(), list.number.clone())) {
            found.push(list);
        } else {
            let name = clip(&list.origin.name().display().to_string());
            let message = format!("`{name}` is listed twice");
            reading.push(*id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
        }
    }
    found
}

/// The list of testers.
pub(super) fn testers(
    reading: &mut Reading<'_>,
    field: &At<SuppressionFile>,
    around: &Surroundings<'_>,
) -> Option<NumberList> {
    match field {
        At::Given(id, SuppressionFile::Path(text)) => path_alone(reading, *id, text, around),
        At::Given(id, SuppressionFile::List(typed)) => list(reading, *id, typed, around),
        At::Absent | At::Faulty(_) => None,
    }
}

fn path_alone(reading: &mut Reading<'_>, id: NodeId, text: &str, around: &Surroundings<'_>) -> Option<NumberList> {
    let given = At::Given(id, text.to_owned());
    let origin = reading.parse(&given, &diagnostics::PATH, |text| {
        if text == paths::STDIN {
            return Ok(Origin::StandardInput);
        }
        paths::resolve(around.folder, text, around.allow_paths).map(|path| csv(path, text))
    });
    Some(NumberList {
        origin: origin?,
        number: None,
        country: None,
        encoding: None,
        delimiter: None,
        expected_rows: None,
        freshness: None,
        place: reading.place(Some(id)),
    })
}

fn list(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &SuppressionListFile,
    around: &Surroundings<'_>,
) -> Option<NumberList> {
    let keys = OriginKeys::from(typed);
    let origin = origin(reading, id, &keys, around);
    let number = reading.parse(&typed.number, &diagnostics::CSV_OPTION, |text| column_head(text));
    let country = country(reading, &typed.country);
    let encoding = encoding(reading, &typed.encoding);
    let delimiter = reading.parse(&typed.delimiter, &diagnostics::CSV_OPTION, |text| delimiter(text));
    let expected_rows = expected_rows(reading, &typed.expect);
    let freshness = freshness(reading, &typed.freshness);
    let origin = origin?;
    let of_bytes = [("encoding", typed.encoding.id()), ("delimiter", typed.delimiter.id())];
    refuse_for_converted(reading, &origin, of_bytes);
    Some(NumberList {
        origin,
        number,
        country,
        encoding,
        delimiter,
        expected_rows,
        freshness,
        place: reading.place(Some(id)),
    })
}
