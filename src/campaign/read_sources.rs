//! `recipients` to [`Source`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::at::At;
use super::campaign_file::{NumbersFile, SourceFile};
use super::diagnostics;
use super::on_invalid_file::on_invalid;
use super::origin::Origin;
use super::origin_keys::{OriginKeys, Surroundings};
use super::project::Project;
use super::read_cells::{column_head, country, delimiter, encoding};
use super::read_origin::{expected_rows, freshness, origin, refuse_for_converted};
use super::read_vars::{template_name, vars};
use super::reading::Reading;
use super::source::{NumberForm, Source};
use super::tree::NodeId;
use super::wording::clip;
use super::written_texts::written;
use crate::model::{Diagnostic, Text};

pub(super) fn sources(
    reading: &mut Reading<'_>,
    root: NodeId,
    field: &At<Vec<At<SourceFile>>>,
    folder: &Path,
    project: &Project,
) -> Vec<Source> {
    if field.is_absent() {
        let fault = reading.missing_fault(root, "recipients");
        reading.push(
            root,
            fault.hint("name a CSV file: `recipients: [{ csv: ../recipients/all.csv }]`"),
        );
    }
    if let At::Given(id, items) = field
        && items.is_empty()
    {
        reading.error(*id, &diagnostics::MISSING_KEY, "`recipients` names no source");
    }
    let mut sources: Vec<Source> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut reads_stdin = false;
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let Some(source) = source(reading, *id, typed, folder, project) else {
            continue;
        };
        let condition = source.condition.as_ref().map(|text| text.text.clone());
        let is_new = seen.insert((source.origin.clone(), source.number.clone(), condition));
        if source.origin == Origin::StandardInput {
            if reads_stdin {
                reading.error(*id, &diagnostics::CONFLICT, "standard input can be read only once");
            }
            reads_stdin = true;
        } else if !is_new {
            let message = format!(
                "this source repeats an earlier one (`{}`): all its rows are duplicates",
                clip(&source.origin.name().display().to_string())
            );
            reading.push(*id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
        }
        sources.push(source);
    }
    sources
}

fn source(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &SourceFile,
    folder: &Path,
    project: &Project,
) -> Option<Source> {
    let keys = OriginKeys::from(typed);
    let origin = origin(reading, id, &keys, &Surroundings::new(folder, project));
    let freshness = freshness(reading, &typed.freshness);
    let number = reading.parse(&typed.number, &diagnostics::CSV_OPTION, |text| column_head(text));
    let condition = condition(reading, &typed.condition);
    let body = written(reading, &typed.body);
    let vars = vars(reading, &typed.vars);
    let columns = columns(reading, &typed.columns);
    let country = country(reading, &typed.country);
    let country_column = reading.parse(&typed.country_column, &diagnostics::CSV_OPTION, |text| {
        column_head(text)
    });
    let encoding = encoding(reading, &typed.encoding);
    let delimiter = reading.parse(&typed.delimiter, &diagnostics::CSV_OPTION, |text| delimiter(text));
    let null_values = null_values(reading, &typed.null_values);
    let on_invalid = on_invalid(reading, &typed.on_invalid, project.guards.number_types.is_some());
    let expected_rows = expected_rows(reading, &typed.expect);
    let origin = origin?;
    let of_bytes = [("encoding", typed.encoding.id()), ("delimiter", typed.delimiter.id())];
    refuse_for_converted(reading, &origin, of_bytes);
    let mut source = Source {
        origin,
        place: reading.place(keys.id().or(Some(id))),
        number,
        country,
        country_column,
        form: match typed.numbers.given() {
            Some(NumbersFile::National) => NumberForm::National,
            Some(NumbersFile::International) => NumberForm::International,
            Some(NumbersFile::Auto) | None => NumberForm::Auto,
        },
        condition,
        body: None,
        translations: BTreeMap::new(),
        vars,
        columns,
        encoding,
        delimiter,
        null_values,
        on_invalid,
        expected_rows,
        freshness,
    };
    if let Some(body) = body {
        body.put_into(&mut source);
    }
    Some(source)
}

fn condition(reading: &mut Reading<'_>, field: &At<String>) -> Option<Text> {
    let text = reading.text(field)?;
    let fault = if text.text.trim().is_empty() {
        "the condition is blank"
    } else if text.text.contains("{{") || text.text.contains("{%") {
        "the condition is an expression: write it without `{{ }}`"
    } else {
        return Some(text);
    };
    if let Some(id) = field.id() {
        reading.error(id, &diagnostics::BODY, fault);
    }
    None
}

/// Template name to column head; two names for one column are allowed.
fn columns(reading: &mut Reading<'_>, field: &At<BTreeMap<String, At<String>>>) -> BTreeMap<String, String> {
    let mut columns = BTreeMap::new();
    for (name, head) in field.given().into_iter().flatten() {
        let is_usable = head.id().is_none_or(|id| template_name(reading, id, name));
        let head = reading.parse(head, &diagnostics::CSV_OPTION, |text| column_head(text));
        if let (Some(head), true) = (head, is_usable) {
            columns.insert(name.clone(), head);
        }
    }
    columns
}

/// Words are compared with cells without the blanks around them; an empty cell is empty anyway.
fn null_values(reading: &mut Reading<'_>, field: &At<Vec<At<String>>>) -> Vec<String> {
    let mut words = Vec::new();
    for word in field.given().into_iter().flatten() {
        let word = reading.parse(word, &diagnostics::CSV_OPTION, |text| match text.trim() {
            "" => Err("an empty cell is empty already"),
            word => Ok(word.to_owned()),
        });
        words.extend(word);
    }
    words
}
