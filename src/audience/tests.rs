//! Lists as programs export them, and what must not change when a list is rearranged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::campaign::OnInvalid;
use crate::model::{Country, Diagnostic, Msisdn, Part, Severity};

/// Keeps every row that is still in, by number.
#[derive(Default)]
pub(super) struct Keep {
    rows: BTreeMap<(usize, u64), (Msisdn, Vec<String>)>,
    removed: BTreeSet<(usize, u64)>,
}

impl Visitor for Keep {
    fn admits(&mut self, row: &ListRow<'_>) -> Result<bool, RowFault> {
        Ok(!row.cells.contains(&"filtered"))
    }

    fn add(&mut self, row: &ListRow<'_>) {
        let cells = row.cells.iter().map(|cell| (*cell).to_owned()).collect();
        assert!(
            self.rows
                .insert((row.source, row.offset), (row.number, cells))
                .is_none()
        );
    }

    fn remove(&mut self, row: &ListRow<'_>) {
        assert!(self.removed.insert((row.source, row.offset)));
    }

    fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.removed.extend(other.removed);
    }
}

impl Keep {
    /// What was added and not removed.
    pub(super) fn kept(mut self) -> Rows {
        for place in &self.removed {
            assert!(self.rows.remove(place).is_some(), "only what was added is removed");
        }
        self.rows.into_values().collect()
    }
}

pub(super) fn input(bytes: impl Into<Vec<u8>>) -> Input {
    Input {
        file: PathBuf::from("list.csv"),
        bytes: Arc::new(bytes.into()),
    }
}

pub(super) fn opened(bytes: impl Into<Vec<u8>>) -> Result<Table, Vec<Diagnostic>> {
    open(input(bytes), &Expect::default())
}

fn settings(block_bytes: usize) -> ListSettings {
    ListSettings {
        block_bytes,
        ..ListSettings::default()
    }
}

/// Number and cells of everybody, in order of their rows.
pub(super) type Rows = Vec<(Msisdn, Vec<String>)>;

pub(super) fn rows(tables: Vec<Table>, block_bytes: usize) -> Result<(Audience, Rows), Vec<Diagnostic>> {
    let (audience, keep) = read(tables, &[], &settings(block_bytes), Keep::default)?;
    Ok((audience, keep.kept()))
}

fn read_text(text: impl Into<Vec<u8>>) -> Result<Vec<Vec<String>>, Vec<String>> {
    opened(text)
        .and_then(|table| rows(vec![table], 1 << 20))
        .map(|(_, rows)| rows.into_iter().map(|(_, cells)| cells).collect())
        .map_err(|faults| faults.iter().map(wording).collect())
}

fn wording(fault: &Diagnostic) -> String {
    let line = fault.place.as_ref().map_or(0, |place| place.line);
    format!("{} {line}: {}", fault.code, fault.message)
}

fn one_fault(text: impl Into<Vec<u8>>) -> String {
    let faults = read_text(text).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

const ANN: &str = "46701234567";
const BO: &str = "46701234568";

#[test]
fn lists_are_read_however_programs_write_them() {
    let expected = vec![
        vec![ANN.to_owned(), "Åsa; B".to_owned()],
        vec![BO.to_owned(), "C".to_owned()],
    ];
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let plain = format!("msisdn,name\n{ANN},Åsa; B\n{BO},C\n");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("plain", plain.clone().into()),
        ("no last line end", plain.trim_end().into()),
        ("mark", format!("\u{feff}{plain}").into()),
        ("Windows line ends", plain.replace('\n', "\r\n").into()),
        (
            "quoted",
            format!("\"msisdn\",\"name\"\n\"{ANN}\",\"Åsa; B\"\n\"{BO}\",\"C\"").into(),
        ),
        ("semicolons", format!("msisdn;name\n{ANN};\"Åsa; B\"\n{BO};C\n").into()),
        ("tabs", plain.replace(',', "\t").into()),
        ("bars", plain.replace(',', "|").into()),
        (
            "sep",
            format!("sep=;\r\nmsisdn;name\r\n{ANN};\"Åsa; B\"\r\n{BO};C\r\n").into(),
        ),
        (
            "blank lines",
            format!("\n\nmsisdn,name\n\n{ANN},Åsa; B\n\r\n{BO},C\n,\n\n").into(),
        ),
        (
            "more empty cells",
            format!("msisdn,name\n{ANN},Åsa; B,,\n{BO},C\n").into(),
        ),
        ("UTF-16", utf16(&plain, true)),
        ("UTF-16 Windows", utf16(&plain.replace('\n', "\r\n"), true)),
    ];
    for (what, bytes) in cases {
        assert_eq!(read_text(bytes), Ok(expected.clone()), "{what}");
    }
    let latin: Vec<u8> = plain.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(one_fault(latin.clone()), "C103 2: the row is not UTF-8");
    let declared = Expect {
        encoding: Some("windows-1252"),
        ..Expect::default()
    };
    let table = open(input(latin), &declared).unwrap();
    let cells: Vec<Vec<String>> = rows(vec![table], 1 << 20)
        .unwrap()
        .1
        .into_iter()
        .map(|(_, cells)| cells)
        .collect();
    assert_eq!(cells, expected);
    assert!(one_fault(utf16(&plain, false)).starts_with("C103 1: the list has NUL bytes"));
}

#[test]
fn quoted_cells_hold_anything() {
    let text = format!("msisdn,name\n{ANN},\"two\nlines, and \"\"quotes\"\"\"\n{BO},5\" screen\n");
    let expected = vec![
        vec![ANN.to_owned(), "two\nlines, and \"quotes\"".to_owned()],
        vec![BO.to_owned(), "5\" screen".to_owned()],
    ];
    assert_eq!(read_text(text), Ok(expected));
}

#[test]
fn faults_stand_at_their_lines() {
    for (text, fault) in [
        (String::new(), "C102 0: the list is empty"),
        ("sep=;\n".to_owned(), "C102 0: the list is empty"),
        (" \n\n".to_owned(), "C102 0: the list is empty"),
        (
            "msisdn,name\n".to_owned(),
            "C110 0: nobody would get a message: the lists have no rows",
        ),
        (
            format!("{ANN},Ann\n{BO},Bo\n"),
            "C105 1: the first row looks like a person, not like a header",
        ),
        (
            format!("who,name\n{ANN},A\n"),
            "C106 1: no column has a usual name for numbers; there is `who`, `name`",
        ),
        (
            "msisdn,a,b,a\n".to_owned(),
            "C105 1: two columns are named `a`: the second and the 4th",
        ),
        (
            "msisdn,recipient\n".to_owned(),
            "C107 1: the column `recipient` has a reserved name",
        ),
        (
            format!("msisdn,name\n{ANN},A\n\n{BO},\"B\n\n"),
            "C104 4: a quote opens here and is never closed",
        ),
        (
            format!("msisdn,name\n{ANN},A,B\n"),
            "C104 2: the row has 3 cells, the header 2",
        ),
        (
            format!("msisdn,name\n{ANN},\"x\ny\"\n{BO}\n"),
            "C104 4: the row has 1 cell, the header 2",
        ),
        (format!("msisdn\n{ANN}\n4670\0\n"), "C103 3: the row has NUL bytes"),
        (
            format!("msisdn\n{ANN}\n4.67E+10\n"),
            "C108 3: the number is in scientific notation: a spreadsheet has rounded it and its last digits are lost",
        ),
        (
            format!("msisdn\r{ANN}\r{BO}\r"),
            "C104 0: has bare carriage returns for line ends",
        ),
        ("msisdn,\"name\n".to_owned(), "C105 0: its first row does not end"),
    ] {
        assert_eq!(one_fault(text.clone()), fault, "{text:?}");
    }
}

#[test]
fn no_fault_repeats_what_a_row_says() {
    let text = "msisdn,name\n0701234567,Secret\n,Secret\n46701234567,Secret,Secret\nSecret,Secret\n";
    for fault in read_text(text).unwrap_err() {
        assert!(!fault.contains("Secret") && !fault.contains("701234567"), "{fault}");
    }
}

#[test]
fn every_fault_is_counted_and_the_first_ones_are_listed() {
    let text: String = std::iter::once("msisdn\n".to_owned())
        .chain((0..500).map(|i| {
            if i % 2 == 0 {
                "call me\n".to_owned()
            } else {
                format!("467012{i:05}\n")
            }
        }))
        .collect();
    let table = opened(text.clone()).unwrap();
    let faults = rows(vec![table], 64).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.place.as_ref().unwrap().line).collect();
    assert_eq!(lines, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20]);
    assert_eq!(
        faults[10].message,
        "the number has letters, in 240 more rows after line 20"
    );

    let skipping = Expect {
        on_invalid: OnInvalid::SKIP,
        ..Expect::default()
    };
    let (audience, rows) = rows(vec![open(input(text), &skipping).unwrap()], 64).unwrap();
    assert_eq!((rows.len(), audience.total().invalid.unreadable), (250, 250));
    let notes: Vec<String> = audience.notes().iter().map(wording).collect();
    assert_eq!(
        notes,
        [
            "C109 0: 250 rows were left out: the number has letters (lines 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 240 more)"
        ]
    );
    assert_eq!(audience.notes()[0].severity, Severity::Note);
}

#[test]
fn names_that_are_meant_are_proposed() {
    let columns = BTreeMap::from([("name".to_owned(), "First nme".to_owned())]);
    let expect = Expect {
        number: Some("phne"),
        columns: Some(&columns),
        ..Expect::default()
    };
    let faults = open(input("Phone,First name\n"), &expect).err().unwrap();
    let hints: Vec<&str> = faults
        .iter()
        .flat_map(|fault| &fault.hints)
        .map(String::as_str)
        .collect();
    assert_eq!(hints, ["did you mean `First name`?", "did you mean `Phone`?"]);
    assert_eq!(
        faults.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        ["C106", "C106"]
    );
}

#[test]
fn columns_are_named_as_the_source_says() {
    let columns = BTreeMap::from([("first_name".to_owned(), "First name".to_owned())]);
    let constants = BTreeSet::from(["shop"]);
    let expect = Expect {
        columns: Some(&columns),
        constants,
        ..Expect::default()
    };
    let table = open(input("Tel;First name;\n"), &expect).unwrap();
    assert_eq!(table.columns(), ["Tel", "first_name", ""]);
    assert_eq!(table.number_column(), 0);
    let faults = open(input("msisdn,First name,shop\n"), &expect).err().unwrap();
    assert_eq!(
        wording(&faults[0]),
        "C107 1: the column `shop` has the name of a constant in `vars`"
    );
}

#[test]
fn the_first_row_that_is_a_recipient_wins_across_sources() {
    let first = opened(format!("msisdn,name\n{ANN},filtered\n{BO},Bo of the first\n")).unwrap();
    let second = opened(format!(
        "msisdn,name\n+46 70-123 45 68,Bo again\n{ANN},Ann\n{ANN},Ann again\n"
    ))
    .unwrap();
    let (audience, rows) = rows(vec![first, second], 16).unwrap();
    let names: Vec<&str> = rows.iter().map(|(_, cells)| cells[1].as_str()).collect();
    assert_eq!(names, ["Bo of the first", "Ann"]);
    let total = audience.total();
    assert_eq!(
        (total.rows, total.filtered, total.duplicates, total.kept()),
        (5, 1, 2, 2)
    );
    assert_eq!(audience.counts()[1].duplicates, 2);
}

#[test]
fn suppressed_numbers_are_left_out_however_they_are_written() {
    let stop = read_numbers(
        vec![open(input("stopped\n+46 (0)70-123 45 67\n"), &Expect::list()).unwrap()],
        &ListSettings::default(),
    );
    let stop = stop.unwrap();
    let list = |text: String| {
        read(
            vec![opened(text).unwrap()],
            &[&stop],
            &ListSettings::default(),
            Keep::default,
        )
    };
    let (audience, _) = list(format!("msisdn\n{ANN}\n{BO}\n")).unwrap();
    assert_eq!((audience.len(), audience.total().suppressed), (1, 1));
    assert!(!audience.contains(Msisdn::parse(ANN).unwrap()) && audience.contains(Msisdn::parse(BO).unwrap()));
    let (audience, _) = list(format!("msisdn\n{ANN}\n")).unwrap();
    assert!(audience.is_emptied_by_suppressions());
}

#[test]
fn one_person_in_two_spellings_is_one_recipient_and_suppressed_by_any_of_them() {
    // Argentina: the 9 and the 15 only say that a mobile is dialed.
    let spellings = ["+54 9 11 2345 6789", "+54 11 2345 6789", "+54 11 15 2345-6789"];
    let list = |stop: &[&str], rows: &[&str]| {
        let stop = read_numbers(
            vec![open(input(format!("msisdn\n{}\n", stop.join("\n"))), &Expect::list()).unwrap()],
            &ListSettings::default(),
        );
        let table = opened(format!("msisdn\n{}\n", rows.join("\n"))).unwrap();
        read(vec![table], &[&stop.unwrap()], &ListSettings::default(), Keep::default).unwrap()
    };
    for first in spellings {
        let (audience, keep) = list(&[], &[first, spellings[0], spellings[1], spellings[2]]);
        assert_eq!((audience.len(), audience.total().duplicates), (1, 3));
        let sent = keep.rows.values().next().unwrap().0.digits();
        let as_read = if first == spellings[1] {
            "541123456789"
        } else {
            "5491123456789"
        };
        assert_eq!(sent, as_read, "what is sent is the number as read");
        let mut again = Vec::new();
        audience
            .each_row_of_part(Part::WHOLE, |row| again.push(row.number.digits()))
            .unwrap();
        assert_eq!(again, [as_read]);
        for other in spellings {
            let (audience, _) = list(&[other], &[first]);
            assert!(audience.is_emptied_by_suppressions(), "{first} {other}");
        }
    }
}

#[test]
fn a_suppression_list_is_read_whole_or_not_at_all() {
    let list = |text: &str| {
        open(input(text), &Expect::list())
            .and_then(|table| read_numbers(vec![table], &ListSettings::default()))
            .map(|numbers| numbers.len())
            .map_err(|faults| faults.iter().map(wording).collect::<Vec<_>>())
    };
    assert_eq!(list("msisdn\n"), Ok(0));
    assert_eq!(list("msisdn,why\n46701234567,asked\n46701234567,again\n"), Ok(1));
    assert_eq!(list(""), Err(vec!["C102 0: the list is empty".to_owned()]));
    assert_eq!(
        list("46701234567\n46701234568\n").unwrap_err(),
        ["C105 1: the first row looks like a person, not like a header"]
    );
    assert_eq!(
        list("msisdn\n46701234567\n4670123\n").unwrap_err(),
        ["C108 3: the number does not exist in its country's numbering plan"]
    );
}

/// A file that is cut once a byte has been read.
struct Cut {
    bytes: Vec<u8>,
    size: AtomicU64,
    reads: AtomicU64,
    after: u64,
}

impl ReadAt for Cut {
    fn size(&self) -> u64 {
        self.size.load(Ordering::SeqCst)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.reads.fetch_add(1, Ordering::SeqCst) == self.after {
            self.size.store(offset, Ordering::SeqCst);
        }
        let end = usize::try_from(self.size()).unwrap();
        self.bytes[..end].to_vec().read_at(offset, buffer)
    }
}

#[test]
fn a_file_that_is_cut_while_it_is_read_is_never_half_an_audience() {
    let bytes: Vec<u8> = format!("msisdn\n{}", format!("{ANN}\n{BO}\n").repeat(100)).into();
    let mut refused = 0;
    for after in 0..8 {
        let size = AtomicU64::new(bytes.len() as u64);
        let cut = Cut {
            bytes: bytes.clone(),
            size,
            reads: AtomicU64::new(0),
            after,
        };
        let input = Input {
            file: PathBuf::from("list.csv"),
            bytes: Arc::new(cut),
        };
        let outcome = open(input, &Expect::default()).and_then(|table| rows(vec![table], 512));
        match outcome {
            Ok((_, rows)) => assert_eq!(rows.len(), 2),
            Err(faults) => {
                assert!(faults.iter().all(|fault| fault.code == "C111"), "{faults:?}");
                refused += 1;
            }
        }
    }
    assert!(refused >= 6);
}

#[test]
fn a_part_reads_exactly_its_people_again() {
    let text: String = std::iter::once("msisdn,n\n".to_owned())
        .chain((0..2000).map(|i| format!("4670{:07},\"row {i}\"\n", 1_000_000 + i * 37)))
        .collect();
    let (audience, all) = rows(vec![opened(text).unwrap()], 4096).unwrap();
    let mut seen = BTreeSet::new();
    for k in 0..8 {
        let part = Part::new(3, k).unwrap();
        audience
            .each_row_of_part(part, |row| {
                assert!(part.contains_bucket(Part::bucket(row.number)));
                assert!(seen.insert((
                    row.number,
                    row.cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()
                )));
            })
            .unwrap();
    }
    assert_eq!(seen, all.into_iter().collect());
    let ann = audience.numbers().iter().next().unwrap();
    assert_eq!(audience.row_of(ann, |row| assert_eq!(row.number, ann)), Ok(true));
    let mut first = Vec::new();
    audience
        .first_rows(3, |row| first.push(row.cells[1].to_owned()))
        .unwrap();
    assert_eq!(first, ["row 0", "row 1", "row 2"]);
}

#[test]
fn national_numbers_are_read_with_the_projects_country() {
    let national_plan = NationalPlan::new(&Country::parse("SE").unwrap());
    let settings = ListSettings {
        national_plan,
        ..ListSettings::default()
    };
    let table = opened("tel\n070-123 45 67\n").unwrap();
    let (audience, _) = read(vec![table], &[], &settings, Keep::default).unwrap();
    assert!(audience.contains(Msisdn::parse(ANN).unwrap()));
}

#[test]
fn a_quoted_number_within_a_row_of_too_many_cells_is_told() {
    let notes = |text: &str| {
        let (audience, _) = rows(vec![opened(text).unwrap()], 64).unwrap();
        audience.notes().iter().map(wording).collect::<Vec<_>>()
    };
    assert_eq!(
        notes("msisdn,a,b\n\"46701234500\",,ann\"46701234501\",,\n"),
        ["C104 0: 1 row has a quoted cell that holds what reads as further rows of the list (line 2)"]
    );
    assert!(notes("msisdn,a,b\n46701234500,5\" pipe,b,,\n").is_empty());
}
