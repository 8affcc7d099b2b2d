//! The keys that say where a source's rows are, to an [`Origin`]; and how new the rows must be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::at::At;
use super::connection::ConnectionKind;
use super::expect_file::ExpectFile;
use super::invalid_value::InvalidValue;
use super::origin::{Download, Freshness, Origin, PartFiles, Query, QueryRows, RowFormat, Sheet};
use super::origin_file::{FreshnessFile, ParamsFile, RowFormatFile};
use super::origin_keys::{OriginKeys, Surroundings};
use super::read_cells::column_head;
use super::reading::Reading;
use super::source::RowRange;
use super::tree::NodeId;
use super::wording::{alternatives, clip, did_you_mean};
use super::{diagnostics, paths};
use crate::model::Diagnostic;

/// Exactly one of `csv`, `parquet`, `xlsx` and `source`, with the keys that belong to it.
pub(super) fn origin(
    reading: &mut Reading<'_>,
    id: NodeId,
    keys: &OriginKeys<'_>,
    around: &Surroundings<'_>,
) -> Option<Origin> {
    let given: Vec<&str> = keys
        .main()
        .iter()
        .filter(|(_, field)| !field.is_absent())
        .map(|(name, _)| *name)
        .collect();
    match given[..] {
        [] => {
            let fault = reading.missing_fault(id, "csv");
            reading.push(
                id,
                fault.hint("a source has one of `csv`, `parquet`, `xlsx` and `source`"),
            );
            return None;
        }
        [_] => {}
        [..] => {
            let message = format!(
                "a source has one of {}, not several",
                alternatives(given.iter().copied())
            );
            reading.error(id, &diagnostics::CONFLICT, message);
            return None;
        }
    }
    refuse_foreign_keys(reading, keys);
    let resolve = |text: &String| paths::resolve(around.folder, text, around.allow_paths);
    match given[..] {
        ["csv"] => reading.parse(keys.csv, &diagnostics::PATH, |text| {
            if text == paths::STDIN {
                Ok(Origin::StandardInput)
            } else {
                resolve(text).map(|path| csv(path, text))
            }
        }),
        ["parquet"] => reading.parse(keys.parquet, &diagnostics::PATH, |text| {
            resolve(text).map(|path| {
                Origin::Parts(PartFiles {
                    path,
                    format: RowFormat::Parquet,
                })
            })
        }),
        ["xlsx"] => workbook(reading, keys, &resolve),
        _ => connected(reading, id, keys, around, &resolve),
    }
}

/// A file, or what is written as a folder or a pattern.
pub(super) fn csv(path: PathBuf, written: &str) -> Origin {
    let has_pattern = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains('*'));
    if written.ends_with('/') || has_pattern {
        Origin::Parts(PartFiles {
            path,
            format: RowFormat::Csv,
        })
    } else {
        Origin::File(path)
    }
}

fn workbook(
    reading: &mut Reading<'_>,
    keys: &OriginKeys<'_>,
    resolve: &dyn Fn(&String) -> Result<PathBuf, InvalidValue>,
) -> Option<Origin> {
    let path = reading.parse(keys.xlsx, &diagnostics::PATH, |text| {
        let path = resolve(text)?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("xlsx" | "ods") => Ok(path),
            Some(_) | None => Err(InvalidValue(format!(
                "`{}` is no workbook that is read: .xlsx or .ods",
                clip(text)
            ))),
        }
    });
    let name = reading.parse(keys.sheet, &diagnostics::SOURCE, |text| {
        if text.trim().is_empty() {
            Err("the name of the sheet is blank")
        } else {
            Ok(text.clone())
        }
    });
    let header_row = reading.parse(keys.header_row, &diagnostics::OUT_OF_RANGE, |row| {
        if (1..=1000).contains(row) {
            Ok(*row)
        } else {
            Err(format!("this is a whole number from 1 to 1000, not `{row}`"))
        }
    });
    Some(Origin::Workbook(Sheet {
        path: path?,
        name,
        header_row,
    }))
}

fn connected(
    reading: &mut Reading<'_>,
    id: NodeId,
    keys: &OriginKeys<'_>,
    around: &Surroundings<'_>,
    resolve: &dyn Fn(&String) -> Result<PathBuf, InvalidValue>,
) -> Option<Origin> {
    let At::Given(at, name) = keys.source else { return None };
    let Some(connection) = around.connections.get(name) else {
        let message = format!("no source is named `{}`", clip(name));
        let fault = Diagnostic::error(&diagnostics::SOURCE, message);
        let names = || around.connections.keys().map(String::as_str);
        let fault = match did_you_mean(name, names()) {
            Some(hint) => fault.hint(hint),
            None if around.connections.is_empty() => fault.hint(
                "campanile.yaml has no `sources`: `sources: { warehouse: { kind: postgres, url_env: WAREHOUSE_URL } }`",
            ),
            None => fault.hint(format!("campanile.yaml has {}", alternatives(names()))),
        };
        reading.push(*at, fault);
        return None;
    };
    match connection.kind {
        ConnectionKind::Postgres { .. } => query(reading, id, name, keys, resolve),
        ConnectionKind::Https { .. } => download(reading, name, keys),
    }
}

fn query(
    reading: &mut Reading<'_>,
    id: NodeId,
    source: &str,
    keys: &OriginKeys<'_>,
    resolve: &dyn Fn(&String) -> Result<PathBuf, InvalidValue>,
) -> Option<Origin> {
    for (key, at) in [("path", keys.path.id()), ("format", keys.format.id())] {
        if let Some(at) = at {
            let message = format!("`{key}` is for sources of kind `https`; `{source}` is a database");
            reading.push(
                at,
                Diagnostic::error(&diagnostics::CONFLICT, message).hint("give `sql: FILE`, or `table: NAME`"),
            );
        }
    }
    let sql = reading.parse(keys.sql, &diagnostics::PATH, resolve);
    let table = reading.parse(keys.table, &diagnostics::SOURCE, |text| table_name(text));
    match (keys.sql.is_absent(), keys.table.is_absent()) {
        (true, true) => {
            let fault = reading.missing_fault(id, "sql");
            reading.push(
                id,
                fault.hint("give `sql: FILE`, or `table: NAME` for all of a table or view"),
            );
        }
        (false, false) => {
            reading.error(id, &diagnostics::CONFLICT, "either `sql` or `table`, not both");
        }
        (true, false) | (false, true) => {}
    }
    let params = params(reading, keys.params);
    let rows = sql.map(QueryRows::Sql).or(table.map(QueryRows::Table))?;
    let name = match &rows {
        QueryRows::Sql(path) => paths::path_in(Path::new(source), path),
        QueryRows::Table(table) => paths::path_in(Path::new(source), table),
    };
    Some(Origin::Query(Query {
        source: source.to_owned(),
        rows,
        params,
        is_current: false,
        name,
    }))
}

/// One to three parts of letters, digits and `_`: each is put in quotes, so that it is a name and nothing else.
fn table_name(text: &str) -> Result<String, InvalidValue> {
    let is_part = |part: &str| {
        (1..=63).contains(&part.len())
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$')
    };
    let parts: Vec<&str> = text.split('.').collect();
    if (1..=3).contains(&parts.len()) && parts.iter().all(|part| is_part(part)) {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue(format!(
            "`{}` is not the name of a table like `marts.sms_spring`; write a query for any other",
            clip(text)
        )))
    }
}

fn params(reading: &mut Reading<'_>, field: &At<ParamsFile>) -> BTreeMap<String, String> {
    let mut params = BTreeMap::new();
    for (name, value) in field.given().into_iter().flatten() {
        let is_name = (1..=40).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        let fault = if !is_name {
            format!("`{}` is not the name of a parameter: a-z, 0-9 and `_`", clip(name))
        } else if name == "as_of" {
            "`as_of` is given to every query: the instant of the reading".to_owned()
        } else {
            if let At::Given(_, value) = value {
                params.insert(name.clone(), value.0.clone());
            }
            continue;
        };
        let mut diagnostic = Diagnostic::error(&diagnostics::SOURCE, fault);
        diagnostic.place = value.id().map(|id| reading.tree.key_place(id));
        reading.found.push(diagnostic);
    }
    params
}

fn download(reading: &mut Reading<'_>, source: &str, keys: &OriginKeys<'_>) -> Option<Origin> {
    for (key, at) in [
        ("sql", keys.sql.id()),
        ("table", keys.table.id()),
        ("params", keys.params.id()),
    ] {
        if let Some(at) = at {
            let message = format!("`{key}` is for sources of kind `postgres`; `{source}` is a web server");
            reading.push(
                at,
                Diagnostic::error(&diagnostics::CONFLICT, message).hint("give `path: members.csv.gz`"),
            );
        }
    }
    let path = if keys.path.is_absent() {
        String::new()
    } else {
        reading.parse(keys.path, &diagnostics::PATH, |text| below(text))?
    };
    let format = match keys.format.given() {
        Some(RowFormatFile::Csv) => RowFormat::Csv,
        Some(RowFormatFile::Parquet) => RowFormat::Parquet,
        None if path.to_lowercase().ends_with(".parquet") => RowFormat::Parquet,
        None => RowFormat::Csv,
    };
    Some(Origin::Download(Download {
        source: source.to_owned(),
        name: paths::path_in(Path::new(source), &path),
        path,
        format,
    }))
}

/// A path of plain components below a base URL.
fn below(text: &str) -> Result<String, InvalidValue> {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'=' | b'+'))
    };
    if text.len() <= 512 && text.split('/').all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue(format!(
            "`{}` is not a path below a URL like `members/latest.csv.gz`",
            clip(text)
        )))
    }
}

/// A key that says nothing about this kind of source is refused.
fn refuse_foreign_keys(reading: &mut Reading<'_>, keys: &OriginKeys<'_>) {
    let is_workbook = !keys.xlsx.is_absent();
    let is_connected = !keys.source.is_absent();
    let fields = [
        ("sheet", keys.sheet.id(), is_workbook, "`xlsx`"),
        ("header_row", keys.header_row.id(), is_workbook, "`xlsx`"),
        ("sql", keys.sql.id(), is_connected, "`source`"),
        ("table", keys.table.id(), is_connected, "`source`"),
        ("path", keys.path.id(), is_connected, "`source`"),
        ("format", keys.format.id(), is_connected, "`source`"),
        ("params", keys.params.id(), is_connected, "`source`"),
    ];
    for (key, id, is_allowed, whose) in fields {
        if let (Some(id), false) = (id, is_allowed) {
            reading.error(
                id,
                &diagnostics::CONFLICT,
                format!("`{key}` has a meaning beside {whose} only"),
            );
        }
    }
}

/// How many rows there must be.
pub(super) fn expected_rows(reading: &mut Reading<'_>, field: &At<ExpectFile>) -> Option<RowRange> {
    let absent = At::Absent;
    let rows = field.given().map_or(&absent, |expect| &expect.rows);
    reading.parse(rows, &diagnostics::CSV_OPTION, |text| {
        RowRange::parse(text)
            .ok_or_else(|| format!("`{}` is not a range of rows like `900..` or `900..2000`", clip(text)))
    })
}

/// What is said of the bytes of a list has a meaning for CSV only.
pub(super) fn refuse_for_converted(reading: &mut Reading<'_>, origin: &Origin, keys: [(&str, Option<NodeId>); 2]) {
    if !origin.is_converted() {
        return;
    }
    for (key, id) in keys {
        if let Some(id) = id {
            let message = format!("`{key}` has a meaning for CSV only");
            reading.error(id, &diagnostics::CONFLICT, message);
        }
    }
}

/// How new the newest row must be.
pub(super) fn freshness(reading: &mut Reading<'_>, field: &At<FreshnessFile>) -> Option<Freshness> {
    let At::Given(id, typed) = field else { return None };
    let column = reading.require(*id, "column", &typed.column, &diagnostics::CSV_OPTION, |text| {
        column_head(text)
    });
    if typed.error_after.is_absent() {
        reading.missing(*id, "error_after");
    }
    let error_after = reading.duration(&typed.error_after, std::time::Duration::ZERO);
    column.map(|column| Freshness { column, error_after })
}
