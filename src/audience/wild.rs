//! Lists as programs and people have really written them: each is read correctly, or refused with a way out.

use super::tests::{opened, rows};
use super::*;
use crate::model::{Diagnostic, Severity};

/// People and cells of a list.
fn read_text(text: &str) -> Result<(Vec<Vec<String>>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (audience, rows) = rows(vec![opened(text)?], 1 << 20)?;
    let cells = rows.into_iter().map(|(_, cells)| cells).collect();
    Ok((cells, audience.notes().to_vec()))
}

fn cells(text: &str) -> Vec<Vec<String>> {
    let (cells, notes) = read_text(text).unwrap_or_else(|faults| panic!("{text:?}: {faults:?}"));
    assert!(notes.is_empty(), "{text:?}: {notes:?}");
    cells
}

/// Code, line and words of the only fault.
fn fault(text: impl Into<Vec<u8>>) -> (String, String) {
    let faults = opened(text).and_then(|table| rows(vec![table], 1 << 20)).err().unwrap();
    assert_eq!(faults.len(), 1, "{faults:?}");
    let line = faults[0].place.as_ref().map_or(0, |place| place.line);
    (
        format!("{} {line}: {}", faults[0].code, faults[0].message),
        faults[0].hints.join("; "),
    )
}

fn numbers_of(text: &str) -> Result<usize, Vec<Diagnostic>> {
    let input = Input {
        file: "stop.csv".into(),
        bytes: std::sync::Arc::new(text.as_bytes().to_vec()),
    };
    let table = open(input, &Expect::list())?;
    read_numbers(vec![table], &ListSettings::default()).map(|numbers| numbers.len())
}

const SWALLOWED: &str = "46701234567,\"Ann\n46701234568,Bob\n46701234569,\"Cid\"\n46701234560,Dan\n";

#[test]
fn nothing_may_follow_a_closing_quote() {
    const GOES_ON: &str = "C104 2: the quoted cell that begins here has text after its closing quote";
    for row in [
        SWALLOWED,
        "46701234567,\"Nisse\" Berg\n",
        "46701234567,\"Bo\"x\"y\"\n",
        "46701234567,\"Nisse\" \n",
        "\"46701234567\" ,Nisse\n",
    ] {
        assert_eq!(fault(format!("msisdn,first_name\n{row}")).0, GOES_ON, "{row}");
    }
    for row in [
        "46701234567,\"Ann \\\"Nan\\\" Berg\"\n",
        "46701234567,\"5\\\" pipe\"\n",
        "46701234567,\"say \\\"hi\\\"\"\n",
    ] {
        let (message, hint) = fault(format!("msisdn,first_name\n{row}"));
        assert_eq!(message, format!("{GOES_ON}, with a backslash before it"), "{row}");
        assert!(hint.contains("doubled quotes"), "{hint}");
    }
    assert_eq!(
        fault("\"msisdn\" x,name\n46701234567,A\n").0,
        "C104 1: the quoted cell that begins here has text after its closing quote"
    );
}

#[test]
fn a_suppression_list_with_a_stray_quote_is_not_half_used() {
    let faults = numbers_of(&format!("msisdn,name\n{SWALLOWED}")).unwrap_err();
    assert_eq!(faults[0].code, "C104");
    let faults = numbers_of("msisdn,name\n46701234567,\"Ann\n46701234568,Bob\n46701234569,\"\n").unwrap_err();
    assert_eq!(
        (faults[0].code, faults[0].message.as_str()),
        (
            "C104",
            "a quoted cell of the row holds what reads as further rows of the list"
        )
    );
    assert_eq!(numbers_of("msisdn,why\n46701234567,\"asked\nin May\"\n").unwrap(), 1);
}

#[test]
fn rows_inside_a_quoted_cell_are_told() {
    for text in [
        "msisdn,name\n46701234567,\"Ann\n46701234568,Bob\n46701234569,\"\n",
        "msisdn,a,b\n46701234567,x,\"y\n46701234568\",,\n",
        "name,msisdn\n\"Ann\nBob,46701234568\",46701234567\n",
        "msisdn,name\n46701234567,\"Ann\r\n\"\"46701234568\"\",\"\"Bob\"\"\"\n",
        // A stray mark, or a delimiter too many, before the number.
        "msisdn,a,b\n46701234567,\"x\n\\46701234568,\",\"\"\n",
        "msisdn,a,b\n46701234567,\"x\n,46701234568,\",\"\"\n",
    ] {
        let (_, notes) = read_text(text).unwrap();
        assert_eq!(notes.len(), 1, "{text}");
        assert_eq!(
            (notes[0].severity, notes[0].message.as_str()),
            (
                Severity::Warning,
                "1 row has a quoted cell that holds what reads as further rows of the list (line 2)"
            )
        );
    }
    for text in [
        "msisdn,note\n46701234567,\"Call Ann\n0701234567\nbefore noon\"\n",
        "msisdn,note\n46701234567,\"Storgatan 1\n123 45 Umeå\"\n",
        "msisdn,note\n46701234567,\"46701234568,Bob\"\n",
    ] {
        cells(text);
    }
}

#[test]
fn a_quote_inside_an_unquoted_cell_is_kept() {
    for cell in ["5\" pipe", "Ann \"Nan\" Berg", "say\"hi\"", " \"x\"", "\\\"x\\\""] {
        assert_eq!(cells(&format!("msisdn,n\n46701234567,{cell}\n"))[0][1], cell);
    }
}

#[test]
fn line_ends_inside_cells_are_line_feeds() {
    for end in ["\n", "\r\n", "\r"] {
        for row_end in ["\n", "\r\n"] {
            let text = format!("msisdn,n{row_end}46701234567,\"a{end}{end}b\"{row_end}46701234568,c{row_end}");
            let cells = cells(&text);
            assert_eq!(
                (cells[0][1].as_str(), cells[1][1].as_str()),
                ("a\n\nb", "c"),
                "{text:?}"
            );
        }
    }
}

#[test]
fn spreadsheet_guards_and_links_are_read() {
    for text in [
        "msisdn,n\n=\"46701234567\",Ann\n",
        "=\"msisdn\",=\"n\"\n=\"46701234567\",=\"Ann\"\n",
        "\"=\"\"msisdn\"\"\",\"=\"\"n\"\"\"\n\"=\"\"46701234567\"\"\",\"=\"\"Ann\"\"\"\n",
        "'msisdn,'n\n'46701234567,Ann\n",
        "msisdn,n\ntel:+46701234567,Ann\n",
        "msisdn,n\n\u{61c}+46701234567\u{200f},Ann\n",
        "\u{200b}msisdn\u{feff},\u{200e}n\n46701234567,Ann\n",
        "msisdn\u{a0},\u{a0}n\n\u{a0}46701234567\u{a0},Ann\n",
    ] {
        let table = opened(text).unwrap();
        assert_eq!(table.columns(), ["msisdn", "n"], "{text}");
        let (audience, rows) = rows(vec![table], 1 << 20).unwrap();
        assert_eq!(audience.everybody()[0].digits(), "46701234567", "{text}");
        assert_eq!(rows[0].1[1], "Ann", "{text}");
    }
}

#[test]
fn columns_are_found_whatever_stands_around_their_heads() {
    let columns = std::collections::BTreeMap::from([("name".to_owned(), "First\u{a0}name\u{200e}".to_owned())]);
    let expect = Expect {
        number: Some("\u{200f}Cell"),
        columns: Some(&columns),
        ..Expect::default()
    };
    let input = Input {
        file: "a.csv".into(),
        bytes: std::sync::Arc::new("Cell\u{200e},\u{200b}First name\n".as_bytes().to_vec()),
    };
    assert_eq!(open(input, &expect).unwrap().columns(), ["Cell", "name"]);
}

#[test]
fn a_file_that_is_no_list_is_named() {
    for (bytes, what, hint) in [
        (
            b"PK\x03\x04\x14\0\0\0\x08\0[Content_Types].xml\0\0".as_slice(),
            "a workbook of Excel (.xlsx)",
            "as CSV",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
            "a workbook of an old Excel (.xls)",
            "as CSV",
        ),
        (b"\x1f\x8b\x08\0\0\0\0\0", "a gzip file", "`.gz`"),
        (b"\x28\xb5\x2f\xfd\0\0", "a Zstandard file", "`.zst`"),
        (b"\xfd7zXZ\0\0", "an xz file", "unpack"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n",
            "a Git LFS pointer, not the list itself",
            "`git lfs pull`",
        ),
        (b"{\"msisdn\": \"46701234567\"}\n", "JSON", "as CSV"),
        (
            b"<!DOCTYPE html><title>Sign in</title>",
            "a web page (HTML)",
            "login page",
        ),
        (b"BEGIN:VCARD\nTEL:+46701234567\n", "contacts (vCard)", "as CSV"),
    ] {
        let (message, hints) = fault(bytes);
        assert_eq!(message, format!("C112 0: this is {what}, not CSV"));
        assert!(hints.contains(hint), "{hints}");
    }
}

#[test]
fn another_delimiter_is_proposed_by_its_name() {
    let expect = Expect {
        delimiter: Some(b','),
        ..Expect::default()
    };
    let open_text = |text: &str| {
        let input = Input {
            file: "a.csv".into(),
            bytes: std::sync::Arc::new(text.as_bytes().to_vec()),
        };
        open(input, &expect).err().unwrap().remove(0).hints.join("; ")
    };
    assert!(open_text("msisdn;name\n46701234567;Ann\n").ends_with("`delimiter: \";\"`"));
    assert!(open_text("msisdn\tname\n46701234567\tAnn\n").ends_with("`delimiter: \"tab\"`"));
    assert!(
        fault("msisdn^name\n46701234567^Ann\n")
            .1
            .ends_with("`delimiter: \"^\"`")
    );
    assert_eq!(
        cells("msisdn;first_name;Notes (a, b, c, d)\n46701234567;Ann;x\n"),
        [["46701234567", "Ann", "x"]]
    );
}
