//! Exports of other programs (`tests/exports`, made once by the scripts there) are read correctly, or refused with a
//! reason. `docs/lists.md` is the same as a table for people.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::tests::{opened, rows};

/// Names and notes as they were in the programs.
const PEOPLE: [[&str; 2]; 6] = [
    ["Åsa", "plain"],
    ["Li, Bo", "a;b|c\td"],
    ["Ann \"Nan\" Berg", "C:\\new \"x\""],
    ["Eva", "line one\nline two"],
    ["", ""],
    ["", " padded "],
];

/// What a file says.
enum ExportSays {
    /// All of it, with this word where there was nothing.
    Everything(&'static str),
    /// The same, but notes in the text format of a database: what a reader must know.
    Escaped(&'static str),
    /// All of it, with a backslash before each quote and backslash.
    Backslashed,
    /// All but the blanks around a note.
    Trimmed,
    /// Numbers alone.
    Numbers(usize),
    /// Faults by code and line, the first of each.
    Faults(&'static [&'static str]),
}

use ExportSays::{Backslashed, Escaped, Everything, Faults, Numbers, Trimmed};

const EXPORTS: [(&str, ExportSays); 57] = [
    ("clickhouse.csv", Everything("\\N")),
    ("clickhouse.tsv", Escaped("\\N")),
    ("csv-stringify.csv", Everything("")),
    ("csvkit.csv", Everything("")),
    ("duckdb.csv", Everything("")),
    ("duckdb.tsv", Everything("")),
    ("fast-csv.csv", Everything("")),
    ("gnumeric.csv", Everything("")),
    ("jq.csv", Everything("")),
    ("jq.tsv", Escaped("")),
    ("json2csv-excel.csv", Everything("")),
    ("json2csv.csv", Everything("")),
    ("libreoffice-semicolons-all-quoted.csv", Everything("")),
    ("libreoffice.csv", Everything("")),
    ("mariadb-batch-raw.tsv", Faults(&[FOUR_3, ONE_6])),
    ("mariadb-batch.tsv", Escaped("NULL")),
    ("mariadb-outfile-escaped-by-nothing.csv", Faults(&[GOES_ON_4])),
    ("mariadb-outfile.csv", Faults(&[BACKSLASH_4])),
    ("mariadb-outfile.tsv", Faults(&[FOUR_3, ONE_6])),
    ("miller-quote-all.csv", Everything("null")),
    ("miller.csv", Everything("null")),
    ("miller.tsv", Escaped("null")),
    (
        "pandas-floats.csv",
        Faults(&[
            "C108 2: the number has a fraction: a spreadsheet has stored it as a decimal",
            "C108 3: the number is empty",
            "C108 4: the number has a fraction: a spreadsheet has stored it as a decimal",
        ]),
    ),
    ("pandas-index.csv", Everything("")),
    ("pandas-na-rep.csv", Everything("NULL")),
    ("pandas.csv", Everything("")),
    ("papaparse-escape-formulae.csv", Everything("")),
    ("papaparse.csv", Everything("")),
    ("perl-text-csv.csv", Everything("")),
    ("petl.csv", Everything("")),
    ("php-fputcsv-backslash.csv", Faults(&[BACKSLASH_2])),
    ("php-fputcsv-no-escape.csv", Everything("")),
    ("php-fputcsv.csv", Everything("")),
    ("polars.csv", Everything("")),
    ("postgresql-copy-force-quote.csv", Everything("")),
    ("postgresql-copy.csv", Everything("")),
    ("postgresql-copy.tsv", Escaped("\\N")),
    (
        "psql-unaligned.txt",
        Faults(&[FOUR_3, ONE_6, "C104 9: the row has 1 cell, the header 3"]),
    ),
    ("psql.csv", Everything("")),
    ("python-csv-escapechar.csv", Backslashed),
    ("python-csv.csv", Everything("")),
    (
        "r-numbers.csv",
        Faults(&[
            "C108 3: the number is in scientific notation: a spreadsheet has rounded it and its last digits are lost",
        ]),
    ),
    ("r-write-csv-na.csv", Everything("")),
    ("r-write-csv.csv", Everything("NA")),
    ("r-write-csv2.csv", Everything("NA")),
    ("r-write-table.tsv", Faults(&[FOUR_3, ONE_6])),
    (
        "r-write-table.txt",
        Faults(&["C104 1: the quoted cell that begins here has text after its closing quote"]),
    ),
    ("ruby.csv", Everything("")),
    ("sheetjs.csv", Everything("")),
    ("spark-escape-quote.csv", Trimmed),
    ("spark.csv", Faults(&[BACKSLASH_4])),
    ("sqlite-list.txt", Faults(&[FOUR_3, ONE_6])),
    (
        "sqlite-quote.csv",
        Faults(&["C106 1: no column has a usual name for numbers; there is `msisdn'`, `first_name'`, `note'`"]),
    ),
    ("sqlite-tabs.tsv", Faults(&[FOUR_3, ONE_6])),
    ("sqlite.csv", Everything("")),
    ("visidata.csv", Everything("")),
    ("r-numbers-as-text.csv", Numbers(3)),
];

const FOUR_3: &str = "C104 3: the row has 4 cells, the header 3";
const ONE_6: &str = "C104 6: the row has 1 cell, the header 3";
const GOES_ON_4: &str = "C104 4: the quoted cell that begins here has text after its closing quote";
const BACKSLASH_2: &str =
    "C104 2: the quoted cell that begins here has text after its closing quote, with a backslash before it";
const BACKSLASH_4: &str =
    "C104 4: the quoted cell that begins here has text after its closing quote, with a backslash before it";

/// Numbers, names and notes of a file, or its faults.
fn said(bytes: Vec<u8>) -> Result<Vec<[String; 3]>, Vec<String>> {
    let read = opened(bytes).and_then(|table| {
        let column = |name: &str| table.columns().iter().position(|column| column == name);
        let at = ["first_name", "note"].map(column);
        rows(vec![table], 1 << 20).map(|(_, rows)| (at, rows))
    });
    match read {
        Ok((at, rows)) => Ok(rows
            .into_iter()
            .map(|(number, cells)| {
                let [name, note] = at.map(|at| at.map_or_else(String::new, |at| cells[at].clone()));
                [number.digits(), name, note]
            })
            .collect()),
        Err(faults) => Err(faults
            .iter()
            .map(|fault| {
                let line = fault.place.as_ref().map_or(0, |place| place.line);
                format!("{} {line}: {}", fault.code, fault.message)
            })
            .collect()),
    }
}

fn expected(nothing: &str, note: impl Fn(&str) -> String) -> Vec<[String; 3]> {
    (5..)
        .zip(PEOPLE)
        .map(|(number, [name, text])| {
            let number = format!("467017406{number:02}");
            // The fifth person has nothing in either cell.
            if text.is_empty() {
                [number, nothing.to_owned(), nothing.to_owned()]
            } else {
                [number, name.to_owned(), note(text)]
            }
        })
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the files are the test's own")]
fn every_export_is_read_right_or_refused_with_its_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports");
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lists.md")).unwrap();
    let mut unread: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    for (file, says) in EXPORTS {
        assert!(unread.remove(file), "{file} is not there, or twice in the table");
        assert!(
            docs.contains(&format!("`{file}`")),
            "docs/lists.md says nothing about {file}"
        );
        let said = said(fs::read(folder.join(file)).unwrap());
        match says {
            Everything(nothing) => assert_eq!(said, Ok(expected(nothing, str::to_owned)), "{file}"),
            Trimmed => assert_eq!(said, Ok(expected("", |note| note.trim().to_owned())), "{file}"),
            Escaped(nothing) => {
                let escape = |note: &str| note.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
                assert_eq!(said, Ok(expected(nothing, escape)), "{file}");
            }
            Backslashed => {
                let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
                let mut people = expected("", escaped);
                for [_, name, _] in &mut people {
                    *name = escaped(name);
                }
                assert_eq!(said, Ok(people), "{file}");
            }
            Numbers(people) => assert_eq!(said.map(|rows| rows.len()), Ok(people), "{file}"),
            Faults(faults) => assert_eq!(
                said,
                Err(faults.iter().map(|&fault| fault.to_owned()).collect()),
                "{file}"
            ),
        }
    }
    assert!(unread.is_empty(), "no expectation for {unread:?}");
}
