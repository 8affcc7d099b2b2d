//! A list whose header is understood: which delimiter, which columns, and where the rows begin.
//!
//! In: bytes and what the source says about them. Out: a [`Table`], or what is wrong with its head. Never: a row taken
//! for a header, or a name that could mean two things.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::blocks::{BLOCK, Cutter, count_lines, line_of, scan};
use super::diagnostics::{EMPTY_FILE, ENCODING, HEADER, MISSING_COLUMN, STRUCTURE, TAKEN_NAME};
use super::national_plan::NationalPlan;
use super::rows::each_row;
use super::same_names::same_names;
use super::source::{Bytes, Input, encoding_named};
use crate::campaign::{Campaign, OnInvalid, Source, clip, did_you_mean};
use crate::model::{Diagnostic, Place, snake_case};

/// Names that a number column has where the source does not say.
const NUMBER_COLUMNS: [&str; 6] = ["msisdn", "phone", "phone_number", "number", "mobile", "tel"];
/// Names that every template has.
const RESERVED: [&str; 2] = ["occurrence", "recipient"];
/// Delimiters that are detected, in order of preference.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The longest header row, in bytes.
const MAX_HEADER: usize = 256 << 10;

/// What a source says about its list.
#[derive(Debug, Clone, Default)]
pub struct Expect<'a> {
    /// Column of numbers; `None`: the first of the usual names.
    pub number: Option<&'a str>,
    /// Template name to column head.
    pub columns: Option<&'a BTreeMap<String, String>>,
    /// As declared.
    pub encoding: Option<&'a str>,
    /// As declared.
    pub delimiter: Option<u8>,
    /// Names of constants: no column may have them.
    pub constants: BTreeSet<&'a str>,
    /// Where the source stands in the campaign file.
    pub place: Option<&'a Place>,
    /// Whether rows with faults are left out and listed.
    pub skips_invalid: bool,
    /// Whether this is a list of numbers alone, without templates.
    pub is_list: bool,
}

impl<'a> Expect<'a> {
    /// A source of a campaign.
    pub fn source(campaign: &'a Campaign, source: &'a Source) -> Self {
        Self {
            number: source.number.as_deref(),
            columns: Some(&source.columns),
            encoding: source.encoding.as_deref(),
            delimiter: source.delimiter,
            constants: campaign
                .vars
                .keys()
                .chain(source.vars.keys())
                .map(String::as_str)
                .collect(),
            place: Some(&source.place),
            skips_invalid: match source.on_invalid {
                OnInvalid::Fail => false,
                OnInvalid::Skip => true,
            },
            is_list: false,
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
    pub(super) delimiter: u8,
    /// Which cell holds the number.
    pub(super) number: usize,
    pub(super) columns: Vec<String>,
    /// Byte and line of the first row after the header.
    pub(super) rows_at: u64,
    pub(super) rows_line: u64,
    pub(super) skips_invalid: bool,
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
            each_row(&block, self.delimiter, &mut |_| rows += 1);
            memory = block.bytes;
        }
        rows
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
    let head = Head::read(&bytes, expect.delimiter).map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    let mut columns: Vec<String> = head.names.clone();
    rename(&mut columns, &head, expect, &bytes, &mut faults);
    name_clashes(&head, &columns, expect, &bytes.file, &mut faults);
    let number = number_column(&head, expect, &bytes.file);
    match number {
        Ok(number) if faults.is_empty() => Ok(Table {
            delimiter: head.delimiter,
            number,
            columns,
            rows_at: head.rows_at,
            rows_line: head.rows_line,
            skips_invalid: expect.skips_invalid,
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

/// A header as written.
struct Head {
    delimiter: u8,
    names: Vec<String>,
    line: u64,
    rows_at: u64,
    rows_line: u64,
}

impl Head {
    fn read(bytes: &Bytes, declared: Option<u8>) -> Result<Self, Diagnostic> {
        let count = usize::try_from((bytes.size() - bytes.start).min(MAX_HEADER as u64)).unwrap_or(MAX_HEADER);
        let mut head = vec![0; count];
        bytes.read_exact_at(bytes.start, &mut head)?;
        let is_whole = bytes.start + count as u64 == bytes.size();
        let mut at = head.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let mut line = 1 + count_lines(head.get(..at).unwrap_or_default());
        let mut delimiter = declared;
        if let Some((separator, length)) = separator_line(head.get(at..).unwrap_or_default()) {
            delimiter = declared.or(Some(separator));
            at += length;
            line += 1;
        }
        let rest = head.get(at..).unwrap_or_default();
        if rest.iter().all(u8::is_ascii_whitespace) && is_whole {
            return Err(bytes
                .fault(&EMPTY_FILE, "the list is empty".to_owned())
                .hint("a list with nobody in it still has its header row"));
        }
        let delimiter = delimiter.unwrap_or_else(|| detect(rest));
        let end = header_end(rest, delimiter, is_whole).ok_or_else(|| {
            bytes
                .fault(&HEADER, "its first row does not end".to_owned())
                .hint("is a quote opened there and never closed, or is this no CSV file?")
        })?;
        let row = rest.get(..end).unwrap_or_default();
        if row.contains(&0) {
            return Err(Diagnostic::error(
                &ENCODING,
                "the list has NUL bytes: this looks like UTF-16 without a byte order mark",
            )
            .at(line_of(&bytes.file, line))
            .hint("save it as UTF-8, or declare `encoding: utf-16le` for the source"));
        }
        if row.strip_suffix(b"\n").is_none() && row.contains(&b'\r') && !is_single_row(row) {
            return Err(bytes
                .fault(&STRUCTURE, "has bare carriage returns for line ends".to_owned())
                .hint("save it with line ends of Windows (CRLF) or Unix (LF)"));
        }
        let names = split_header(row, delimiter).ok_or_else(|| {
            Diagnostic::error(&ENCODING, "the list is not UTF-8")
                .at(line_of(&bytes.file, line))
                .hint("save it as UTF-8, or declare the encoding: `encoding: windows-1252`")
        })?;
        let rows_line = line + count_lines(row);
        Ok(Self {
            delimiter,
            names,
            line,
            rows_at: bytes.start + (at + end) as u64,
            rows_line,
        })
    }
}

/// A lone carriage return at the very end is part of a line end that was cut.
fn is_single_row(row: &[u8]) -> bool {
    row.strip_suffix(b"\r").is_some_and(|row| !row.contains(&b'\r'))
}

/// `sep=;` as the first line, which spreadsheets write and read: the delimiter, and the line's length.
fn separator_line(head: &[u8]) -> Option<(u8, usize)> {
    let line_end = head
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(head.len(), |at| at + 1);
    let line = head.get(..line_end)?;
    let text = std::str::from_utf8(line)
        .ok()?
        .trim_end_matches(['\r', '\n'])
        .trim_matches('"');
    let separator = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))?;
    match separator.as_bytes() {
        [separator] => Some((*separator, line_end)),
        [b'\\', b't'] => Some((b'\t', line_end)),
        _ => None,
    }
}

/// The delimiter that stands most often outside quotes in the first line.
fn detect(head: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut is_quoted = false;
    for byte in head {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            _ => {
                for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
                    *count += usize::from(*byte == delimiter);
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let first = counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most);
    first.map_or(b',', |(_, delimiter)| delimiter)
}

/// Just after the header row.
fn header_end(rest: &[u8], delimiter: u8, is_whole: bool) -> Option<usize> {
    let mut from = 0;
    while let Some(line) = rest
        .get(from..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
    {
        let end = from + line + 1;
        if scan(rest.get(..end)?, delimiter).open_quote.is_none() {
            return Some(end);
        }
        from = end;
    }
    (is_whole && scan(rest, delimiter).open_quote.is_none()).then_some(rest.len())
}

fn split_header(row: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(row);
    let mut record = csv::ByteRecord::new();
    reader.read_byte_record(&mut record).ok()?;
    record
        .iter()
        .map(|name| {
            std::str::from_utf8(name)
                .ok()
                .map(|name| name.trim().trim_matches('\u{feff}').to_owned())
        })
        .collect()
}

fn rename(columns: &mut [String], head: &Head, expect: &Expect<'_>, bytes: &Bytes, faults: &mut Vec<Diagnostic>) {
    for (name, column) in expect.columns.into_iter().flatten() {
        let at = head.names.iter().position(|head| head == column);
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

fn number_column(head: &Head, expect: &Expect<'_>, file: &Path) -> Result<usize, Diagnostic> {
    let position = |wanted: &str| head.names.iter().position(|name| name == wanted);
    if let Some(wanted) = expect.number {
        return position(wanted).ok_or_else(|| {
            no_header(head, file).unwrap_or_else(|| {
                missing(wanted, &format!("number: {wanted}"), &head.names, file).at(place(head, expect, file))
            })
        });
    }
    let usual = NUMBER_COLUMNS
        .iter()
        .find_map(|usual| head.names.iter().position(|name| name.eq_ignore_ascii_case(usual)));
    if let Some(at) = usual {
        return Ok(at);
    }
    if let Some(fault) = no_header(head, file) {
        return Err(fault);
    }
    if expect.is_list && head.names.len() == 1 {
        return Ok(0);
    }
    let known = known_columns(&head.names);
    let fault = Diagnostic::error(
        &MISSING_COLUMN,
        format!("no column has a usual name for numbers; there is {known}"),
    )
    .at(line_of(file, head.line));
    Err(if expect.is_list {
        fault.hint(format!("name it one of: {}", NUMBER_COLUMNS.join(", ")))
    } else {
        fault.hint("say which one it is in the source: `number: NAME`")
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
            listed_rows: 10,
            block_bytes: BLOCK,
            may_be_empty: false,
        }
    }
}
