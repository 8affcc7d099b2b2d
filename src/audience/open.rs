//! Reads the head of a list: which column is what, and every fault of its names.
//!
//! In: an opened file, and what is expected in it. Out: a [`Table`], or all faults of the head.

use std::collections::BTreeMap;
use std::path::Path;

use super::diagnostics::{HEADER, MISSING_COLUMN, TAKEN_NAME};
use super::dialect::Dialect;
use super::expect::Expect;
use super::guards;
use super::head::Head;
use super::missing_column::{known_columns, missing};
use super::national_plan::NationalPlan;
use super::number_columns::{is_usual, several, usual_columns};
use super::quotes::line_of;
use super::same_names::same_names;
use super::source::{Bytes, Input, encoding_named};
use super::table::Table;
use crate::campaign::clip;
use crate::model::{Diagnostic, Place};

/// Names that every template has.
const RESERVED: [&str; 2] = ["occurrence", "recipient"];

/// The text of a list, opened once for all who read it; cheap to clone.
#[derive(Clone)]
pub struct ListBytes(Bytes);

impl ListBytes {
    /// Whether the list is still what it was, as far as that is visible.
    pub fn is_unchanged(&self) -> bool {
        self.0.check_unchanged().is_ok()
    }

    /// Reads the head.
    pub fn table(self, expect: &Expect<'_>) -> Result<Table, Vec<Diagnostic>> {
        with_head(self.0, expect)
    }
}

/// Opens a list in the encoding that is expected.
pub fn open_bytes(input: Input, expect: &Expect<'_>) -> Result<ListBytes, Vec<Diagnostic>> {
    let encoding = expect.encoding.map(encoding_named).transpose().map_err(|fault| {
        let place = expect.place.cloned();
        vec![fault.at(place.unwrap_or_else(|| Place::file(&input.file)))]
    })?;
    Bytes::open(input, encoding).map(ListBytes).map_err(|fault| vec![fault])
}

/// Reads the head of a list.
pub fn open(input: Input, expect: &Expect<'_>) -> Result<Table, Vec<Diagnostic>> {
    open_bytes(input, expect)?.table(expect)
}

fn with_head(bytes: Bytes, expect: &Expect<'_>) -> Result<Table, Vec<Diagnostic>> {
    let head =
        Head::read(&bytes, expect.delimiter, |name| is_number_name(name, expect)).map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    let mut columns: Vec<String> = head.names.clone();
    rename(&mut columns, &head, expect, &bytes, &mut faults);
    name_clashes(&head, &columns, expect, &bytes.file, &mut faults);
    let numbers = number_columns(&head, expect, &bytes.file);
    let country = expect
        .country_column
        .map(|wanted| named(&head, wanted, "country_column", expect, &bytes.file));
    let country = country.transpose().unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    match numbers {
        Ok(numbers) if faults.is_empty() => Ok(Table {
            dialect: Dialect {
                delimiter: head.delimiter,
                null_values: expect.null_values.to_vec(),
            },
            number: numbers.first().copied().unwrap_or_default(),
            numbers,
            home: expect.country.and_then(NationalPlan::new),
            country,
            form: expect.form,
            columns,
            rows_at: head.rows_at,
            rows_line: head.rows_line,
            on_invalid: expect.on_invalid,
            is_list: expect.is_list,
            place: expect.place.cloned(),
            bytes,
        }),
        Ok(_) => Err(faults),
        Err(fault) => {
            // Without a header, every other name is missing too: one fault says it.
            if fault.code == HEADER.id {
                faults.clear();
            }
            faults.push(fault);
            Err(faults)
        }
    }
}

fn rename(columns: &mut [String], head: &Head, expect: &Expect<'_>, bytes: &Bytes, faults: &mut Vec<Diagnostic>) {
    for (name, column) in expect.columns.into_iter().flatten() {
        let at = position(head, column);
        if let Some(place) = at.and_then(|at| columns.get_mut(at)) {
            place.clone_from(name);
        } else {
            let fault = missing(column, &format!("columns: {{ {name}: ... }}"), &head.names, &bytes.file);
            faults.push(fault.at(place(head, expect, &bytes.file)));
        }
    }
}

fn name_clashes(head: &Head, columns: &[String], expect: &Expect<'_>, file: &Path, faults: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, name) in columns.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let place = line_of(file, head.line);
        if let Some(first) = seen.insert(name, at) {
            let message = format!(
                "two columns are named `{}`: the {} and the {}",
                clip(name),
                nth(first + 1),
                nth(at + 1)
            );
            faults.push(
                Diagnostic::error(&HEADER, message)
                    .at(place)
                    .hint("rename one of them in the file"),
            );
        } else if expect.is_list {
            // No template sees these names.
        } else if RESERVED.contains(&name.as_str()) {
            let message = format!("the column `{name}` has a reserved name");
            faults.push(Diagnostic::error(&TAKEN_NAME, message).at(place).hint(format!(
                "give it another one in the source: `columns: {{ my_{name}: {name} }}`"
            )));
        } else if expect.constants.contains(name.as_str()) {
            let message = format!("the column `{name}` has the name of a constant in `vars`");
            faults.push(Diagnostic::error(&TAKEN_NAME, message).at(place).hint(format!(
                "rename the constant, or the column: `columns: {{ {name}_2: {name} }}`"
            )));
        }
    }
    if !expect.is_list {
        faults.extend(same_names(columns, file, head.line));
    }
}

fn nth(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{number}th"),
    }
}

/// The column of a name, whatever invisible characters either has.
pub(super) fn position(head: &Head, wanted: &str) -> Option<usize> {
    let wanted = guards::head(wanted);
    head.names.iter().position(|name| *name == wanted)
}

/// Whether a column of this name is the one of numbers.
fn is_number_name(name: &str, expect: &Expect<'_>) -> bool {
    match expect.number {
        Some(wanted) => guards::head(wanted) == name,
        None => is_usual(name),
    }
}

/// What is said where another delimiter would give the column.
fn other_delimiter(fault: Diagnostic, head: &Head, expect: &Expect<'_>) -> Diagnostic {
    match head.better_delimiter(|name| is_number_name(name, expect)) {
        Some(delimiter) => fault.hint(format!(
            "the cells seem to be separated by another character: `delimiter: \"{delimiter}\"`"
        )),
        None => fault,
    }
}

/// The number columns: one, or of a list of numbers alone all of them.
fn number_columns(head: &Head, expect: &Expect<'_>, file: &Path) -> Result<Vec<usize>, Diagnostic> {
    if let Some(wanted) = expect.number {
        return named(head, wanted, "number", expect, file).map(|at| vec![at]);
    }
    let usual = usual_columns(&head.names);
    match usual[..] {
        [] => {}
        [_] => return Ok(usual),
        [_, ..] if expect.is_list => return Ok(usual),
        [_, ..] => return Err(several(&head.names, &usual, file).at(place(head, expect, file))),
    }
    if let Some(fault) = no_header(head, file) {
        return Err(fault);
    }
    if expect.is_list && head.names.len() == 1 {
        return Ok(vec![0]);
    }
    let known = known_columns(&head.names);
    let fault = Diagnostic::error(
        &MISSING_COLUMN,
        format!("no column has a usual name for numbers; there is {known}"),
    )
    .at(line_of(file, head.line));
    let fault = other_delimiter(fault, head, expect);
    Err(if !fault.hints.is_empty() {
        fault
    } else if expect.is_list {
        fault.hint("say which one it is: `suppressions: [{ csv: ..., number: NAME }]`, or name it `msisdn`")
    } else {
        fault.hint("say which one it is in the source, below its `csv`: `number: NAME`")
    })
}

/// The column of a head that a key names.
fn named(head: &Head, wanted: &str, key: &str, expect: &Expect<'_>, file: &Path) -> Result<usize, Diagnostic> {
    position(head, wanted).ok_or_else(|| {
        no_header(head, file).unwrap_or_else(|| {
            let fault = missing(wanted, &format!("{key}: {wanted}"), &head.names, file);
            other_delimiter(fault.at(place(head, expect, file)), head, expect)
        })
    })
}

/// A first row that looks like somebody's.
fn no_header(head: &Head, file: &Path) -> Option<Diagnostic> {
    let looks_like_a_number = |name: &String| {
        name.chars().filter(char::is_ascii_digit).count() >= 7 && !name.chars().any(char::is_alphabetic)
    };
    head.names.iter().any(looks_like_a_number).then(|| {
        Diagnostic::error(&HEADER, "the first row looks like a person, not like a header")
            .at(line_of(file, head.line))
            .hint("put the names of the columns above it, like `msisdn`")
    })
}

/// The source's place; without one, the header.
pub(super) fn place(head: &Head, expect: &Expect<'_>, file: &Path) -> Place {
    expect.place.cloned().unwrap_or_else(|| line_of(file, head.line))
}
