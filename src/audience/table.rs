//! A list whose header is understood: which delimiter, which columns, and where the rows begin.
//!
//! In: bytes and what the source says about them. Out: a [`Table`], or what is wrong with its head. Never: a row taken
//! for a header, or a name that could mean two things.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::blocks::{BLOCK, Cutter, line_of};
use super::diagnostics::{HEADER, MISSING_COLUMN, TAKEN_NAME};
use super::guards;
use super::head::Head;
use super::national_plan::{NationalPlan, plan_of};
use super::number_columns::{is_usual, several, usual_columns};
use super::numbers::NumberFault;
use super::rows::{Dialect, each_row};
use super::same_names::same_names;
use super::source::{Bytes, Input, encoding_named};
use crate::campaign::{Campaign, NumberForm, NumberList, OnInvalid, Source, clip, did_you_mean};
use crate::model::{Country, Diagnostic, NumberKind, Place, snake_case};

/// Names that every template has.
const RESERVED: [&str; 2] = ["occurrence", "recipient"];

/// What a source says about its list.
#[derive(Debug, Clone, Default)]
pub struct Expect<'a> {
    /// Column of numbers; `None`: the one with a usual name, of a list of numbers alone all of those.
    pub number: Option<&'a str>,
    /// Whose national numbers it has.
    pub country: Option<&'a Country>,
    /// Column with each row's own country.
    pub country_column: Option<&'a str>,
    /// How numbers without `+` are written.
    pub form: NumberForm,
    /// Template name to column head.
    pub columns: Option<&'a BTreeMap<String, String>>,
    /// As declared.
    pub encoding: Option<&'a str>,
    /// As declared.
    pub delimiter: Option<u8>,
    /// Cells that are empty: `NULL`, `\\N`.
    pub null_values: &'a [String],
    /// Names of constants: no column may have them.
    pub constants: BTreeSet<&'a str>,
    /// Where the source stands in the campaign file.
    pub place: Option<&'a Place>,
    /// Which rows with faults are left out and listed.
    pub on_invalid: OnInvalid,
    /// Whether this is a list of numbers alone, without templates.
    pub is_list: bool,
}

impl<'a> Expect<'a> {
    /// A source of a campaign.
    pub fn source(campaign: &'a Campaign, source: &'a Source) -> Self {
        Self {
            number: source.number.as_deref(),
            country: source.country.as_ref(),
            country_column: source.country_column.as_deref(),
            form: source.form,
            columns: Some(&source.columns),
            encoding: source.encoding.as_deref(),
            delimiter: source.delimiter,
            null_values: &source.null_values,
            constants: campaign
                .vars
                .keys()
                .chain(source.vars.keys())
                .map(String::as_str)
                .collect(),
            place: Some(&source.place),
            on_invalid: source.on_invalid,
            is_list: false,
        }
    }

    /// A suppression list.
    pub fn suppressions(list: &'a NumberList) -> Self {
        Self {
            number: list.number.as_deref(),
            country: list.country.as_ref(),
            encoding: list.encoding.as_deref(),
            delimiter: list.delimiter,
            ..Self::list()
        }
    }

    /// Testers: one number a row.
    pub fn testers(list: &'a NumberList) -> Self {
        Self {
            is_list: false,
            ..Self::suppressions(list)
        }
    }

    /// A list of numbers: suppressions. A row without a usable number is always an error.
    pub fn list() -> Self {
        Self {
            is_list: true,
            ..Self::default()
        }
    }
}

/// A list with its header read.
#[derive(Clone)]
pub struct Table {
    pub(super) bytes: Bytes,
    pub(super) dialect: Dialect,
    /// Which cell holds the number.
    pub(super) number: usize,
    /// All that do: several in lists of numbers alone.
    pub(super) numbers: Vec<usize>,
    /// Whose national numbers it has, where it says so.
    pub(super) home: Option<NationalPlan>,
    /// Which cell holds the row's own country.
    pub(super) country: Option<usize>,
    pub(super) form: NumberForm,
    pub(super) columns: Vec<String>,
    /// Byte and line of the first row after the header.
    pub(super) rows_at: u64,
    pub(super) rows_line: u64,
    pub(super) on_invalid: OnInvalid,
    pub(super) is_list: bool,
    pub(super) place: Option<Place>,
}

impl Table {
    /// Names that templates use for the cells of a row, in the order of the cells; empty where a cell has none.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Which of them is the number.
    pub fn number_column(&self) -> usize {
        self.number
    }

    /// The cell of a column, or the fault of who named it as `key` at `place`.
    pub fn column(&self, name: &str, key: &str, place: &Place) -> Result<usize, Box<Diagnostic>> {
        let exact = self.columns.iter().position(|column| column == name);
        let found = exact.or_else(|| {
            let mut columns = self.columns.iter();
            columns.position(|column| snake_case(column).as_deref() == Some(name))
        });
        found.ok_or_else(|| Box::new(missing(name, key, &self.columns, self.file()).at(place.clone())))
    }

    /// Rows that are not blank; as far as the file can be read.
    pub fn count_rows(&self) -> u64 {
        let mut cutter = Cutter::new(std::slice::from_ref(self), BLOCK);
        let (mut rows, mut memory) = (0, Vec::new());
        while let Some(Ok(block)) = cutter.next(memory) {
            each_row(&block, &self.dialect, &mut |_| rows += 1);
            memory = block.bytes;
        }
        rows
    }

    /// Whose national numbers a row has.
    pub(super) fn home<'h>(
        &'h self,
        cells: &[&str],
        settings: &'h Settings,
    ) -> Result<Option<&'h NationalPlan>, NumberFault> {
        let cell = self.country.and_then(|at| cells.get(at)).map(|cell| cell.trim());
        match cell.filter(|cell| !cell.is_empty()) {
            Some(code) => plan_of(code).map(Some).ok_or(NumberFault::NoCountry),
            None => Ok(self.home.as_ref().or(settings.national_plan.as_ref())),
        }
    }

    /// The cells of the first row; none where there is no row.
    pub fn first_row(&self) -> Vec<String> {
        let mut cutter = Cutter::new(std::slice::from_ref(self), BLOCK);
        let mut first = Vec::new();
        if let Some(Ok(block)) = cutter.next(Vec::new()) {
            each_row(&block, &self.dialect, &mut |row| {
                if let (true, Some(cells)) = (first.is_empty(), row.cells) {
                    first = cells.iter().map(|cell| (*cell).to_owned()).collect();
                }
            });
        }
        first
    }

    /// The file, for messages.
    pub fn file(&self) -> &Path {
        &self.bytes.file
    }
}

/// Reads the head of a list.
pub fn open(input: Input, expect: &Expect<'_>) -> Result<Table, Vec<Diagnostic>> {
    let encoding = expect.encoding.map(encoding_named).transpose().map_err(|fault| {
        let place = expect.place.cloned();
        vec![fault.at(place.unwrap_or_else(|| Place::file(&input.file)))]
    })?;
    let bytes = Bytes::open(input, encoding).map_err(|fault| vec![fault])?;
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

/// The column of a name, whatever invisible characters stand in either.
fn position(head: &Head, wanted: &str) -> Option<usize> {
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

fn missing(wanted: &str, key: &str, names: &[String], file: &Path) -> Diagnostic {
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

/// Where the source stands; without one, the header.
fn place(head: &Head, expect: &Expect<'_>, file: &Path) -> Place {
    expect.place.cloned().unwrap_or_else(|| line_of(file, head.line))
}

fn known_columns(names: &[String]) -> String {
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

/// What applies to all lists of a read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Lets national numbers be read.
    pub national_plan: Option<NationalPlan>,
    /// Kinds of numbers that are texted; `None`: all.
    pub number_types: Option<Arc<BTreeSet<NumberKind>>>,
    /// At most this many rows of a list are named for the same kind of fault.
    pub listed_rows: usize,
    /// Bytes parsed at a time; results never depend on it.
    pub block_bytes: usize,
    /// Nobody is no fault: one morning of a birthday campaign.
    pub may_be_empty: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            national_plan: None,
            number_types: None,
            listed_rows: 10,
            block_bytes: BLOCK,
            may_be_empty: false,
        }
    }
}

impl Settings {
    /// Whether numbers of this kind are not texted.
    pub(super) fn refuses(&self, kind: NumberKind) -> bool {
        self.number_types.as_ref().is_some_and(|kinds| kind.is_none_of(kinds))
    }
}
