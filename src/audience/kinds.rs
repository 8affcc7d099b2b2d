//! Files that are not lists, recognized by their first bytes.
//!
//! In: how a file begins. Out: what it is and what to do about it, where it is certainly no CSV. Never: a guess about
//! text that may be a list.

/// What a file is instead of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileKind {
    /// With its article, as in "this is ...".
    pub(super) name: &'static str,
    pub(super) hint: &'static str,
}

const SAVE_SHEET: &str = "open it and save the sheet as CSV (UTF-8)";
const UNPACK: &str = "unpack it, and name the file that was inside";
const EXPORT: &str = "export the list as CSV";

/// Beginnings that no list has.
const BEGINNINGS: [(&[u8], &str, &str); 20] = [
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a workbook of an old Excel (.xls)",
        SAVE_SHEET,
    ),
    (b"%PDF-", "a PDF document", EXPORT),
    (
        b"\x1f\x8b",
        "a gzip file",
        "give it a name that ends in `.gz`: then it is unpacked",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "a Zstandard file",
        "give it a name that ends in `.zst`: then it is unpacked",
    ),
    (b"\xfd7zXZ\0", "an xz file", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"BZh91AY&SY", "a bzip2 file", UNPACK),
    (b"\x04\x22\x4d\x18", "an LZ4 file", UNPACK),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"ARROW1\0\0", "an Arrow file", EXPORT),
    (b"Obj\x01", "an Avro file", EXPORT),
    (b"ORC", "an ORC file", EXPORT),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (
        b"PGDMP",
        "a dump of PostgreSQL",
        "write it with `COPY ... TO ... CSV HEADER`",
    ),
    (
        b"PGCOPY\n",
        "a binary COPY of PostgreSQL",
        "write it with `COPY ... TO ... CSV HEADER`",
    ),
    (b"{\\rtf", "an RTF document", EXPORT),
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer, not the list itself",
        "run `git lfs pull` first; in CI check out with LFS (`lfs: true` in actions/checkout)",
    ),
    (
        b"<<<<<<< ",
        "a file with an unsettled merge conflict",
        "settle the conflict and commit",
    ),
    (b"diff --git ", "a patch", "name the list itself"),
];

/// What a file is that begins so, where it is no list.
pub(super) fn other_than_a_list(first: &[u8]) -> Option<FileKind> {
    let fixed = BEGINNINGS.iter().find(|(beginning, ..)| match *beginning {
        // Three letters that a column could be called.
        b"ORC" => first.starts_with(beginning) && first.iter().take(32).any(|byte| *byte == 0),
        _ => first.starts_with(beginning),
    });
    if let Some((_, name, hint)) = fixed {
        return Some(FileKind { name, hint });
    }
    if first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06") {
        return Some(zip(first));
    }
    if first.get(257..262) == Some(b"ustar") {
        return Some(FileKind {
            name: "a tar archive",
            hint: UNPACK,
        });
    }
    text(first)
}

/// Office documents are zip archives; the first member shows which kind.
fn zip(first: &[u8]) -> FileKind {
    let has = |word: &[u8]| first.windows(word.len()).any(|window| window == word);
    let (name, hint) = if has(b"opendocument.spreadsheet") {
        ("a workbook of LibreOffice (.ods)", SAVE_SHEET)
    } else if has(b"[Content_Types].xml") || has(b"xl/") || has(b"_rels/") {
        ("a workbook of Excel (.xlsx)", SAVE_SHEET)
    } else if has(b"Index/Document.iwa") || has(b".iwa") {
        ("a spreadsheet of Numbers", SAVE_SHEET)
    } else {
        ("a zip archive", UNPACK)
    };
    FileKind { name, hint }
}

/// Text in a form that no list has, a byte order mark and blanks before it or not.
fn text(first: &[u8]) -> Option<FileKind> {
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    let begins = |word: &str| {
        first
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    let is_json = match first.split_first() {
        Some((b'{', rest)) => matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')),
        Some((b'[', rest)) => matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[' | b'"' | b']')),
        Some(_) | None => false,
    };
    let (name, hint) = if is_json {
        ("JSON", EXPORT)
    } else if begins("BEGIN:VCARD") {
        ("contacts (vCard)", "export the contacts as CSV")
    } else if begins("<!doctype html") || begins("<html") || begins("<table") || begins("<head") {
        (
            "a web page (HTML)",
            "a download that needs a login often saves its login page; some programs name a table so: save it as CSV",
        )
    } else if begins("<?xml") {
        ("XML", EXPORT)
    } else {
        return None;
    };
    Some(FileKind { name, hint })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(first: &[u8]) -> Option<&'static str> {
        other_than_a_list(first).map(|kind| kind.name)
    }

    #[test]
    fn files_are_told_by_how_they_begin() {
        let mut tar = vec![b'a'; 257];
        tar.extend(b"ustar\x0000");
        for (first, kind) in [
            (
                b"PK\x03\x04\x14\0\x06\0\x08\0\0\0[Content_Types].xml".as_slice(),
                "a workbook of Excel (.xlsx)",
            ),
            (
                b"PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                "a workbook of LibreOffice (.ods)",
            ),
            (b"PK\x03\x04\x14\0\0\0list.csv", "a zip archive"),
            (b"\x1f\x8b\x08\0", "a gzip file"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"ORC\x08\0\x01", "an ORC file"),
            (tar.as_slice(), "a tar archive"),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:",
                "a Git LFS pointer, not the list itself",
            ),
            (b"[\n  {\"msisdn\": 1}]", "JSON"),
            (b"{\"msisdn\": 1}\n", "JSON"),
            (b"\xef\xbb\xbf<!DOCTYPE html>", "a web page (HTML)"),
            (b"BEGIN:VCARD\r\nVERSION:3.0", "contacts (vCard)"),
        ] {
            assert_eq!(name(first), Some(kind));
        }
    }

    #[test]
    fn what_may_be_a_list_is_none_of_these() {
        for first in [
            "msisdn,name\n",
            "ORC,msisdn\n",
            "[msisdn],[name]\n",
            "{msisdn};{name}\n",
            "<msisdn>,<name>\n",
            "version,msisdn\n",
            "BZ,PK\n",
            "",
        ] {
            assert_eq!(name(first.as_bytes()), None, "{first}");
        }
    }
}
