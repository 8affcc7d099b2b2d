//! A part file of CSV, after the ones before it: its header must be theirs.

use std::path::Path;

use super::super::spool::Spool;
use super::super::{OpenError, OpenedSource, Trouble};
use super::part::{ListPart, differs};
use super::part_name::is_of_spark;
use crate::project::diagnostics;

const CHUNK: usize = 1 << 16;
/// Bytes of a header.
const MOST_HEADER: usize = 256 << 10;

/// Copies the rows of a part; `heads` holds the header of the first one.
pub(super) fn copy(
    path: &Path,
    part: &ListPart,
    source: &OpenedSource,
    heads: &mut Option<Vec<String>>,
    spool: &mut Spool<'_>,
) -> Result<(), OpenError> {
    let mut chunk = vec![0; MOST_HEADER.max(CHUNK)];
    let count = read(path, part, source, 0, &mut chunk)?;
    let head = chunk.get(..count).unwrap_or_default();
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        let why = format!("has a part in UTF-16 (`{}`)", part.name);
        return Err(Trouble::new(path, &diagnostics::PARTS, why)
            .hint("write the parts in UTF-8, or name them one by one")
            .into());
    }
    let mark = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    let head = head.get(mark..).unwrap_or_default();
    // Engines write an empty file for a partition without rows.
    if head.iter().all(u8::is_ascii_whitespace) && source.size() <= count as u64 {
        return Ok(());
    }
    let length = head
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(head.len(), |at| at + 1);
    let header = String::from_utf8_lossy(head.get(..length).unwrap_or_default())
        .trim_end()
        .to_owned();
    let mut offset = mark as u64;
    match heads {
        None => *heads = Some(vec![header]),
        Some(first) if first.first() == Some(&header) => offset += length as u64,
        Some(_) => return Err(differs(path, part)),
    }
    let escapes = is_of_spark(&part.name);
    loop {
        let count = read(path, part, source, offset, &mut chunk)?;
        if count == 0 {
            return spool.end_part();
        }
        let bytes = chunk.get(..count).unwrap_or_default();
        if escapes && bytes.windows(2).any(|pair| pair == b"\\\"") {
            let why = format!(
                "has quotes with a backslash before them (`{}`), which is no CSV",
                part.name
            );
            return Err(Trouble::new(path, &diagnostics::PARTS, why)
                .hint("write with `.option(\"escape\", '\"')`: Spark's own default is a backslash")
                .into());
        }
        spool.stream(bytes)?;
        offset += count as u64;
    }
}

fn read(path: &Path, part: &ListPart, source: &OpenedSource, offset: u64, into: &mut [u8]) -> Result<usize, OpenError> {
    source.read_at(offset, into).map_err(|error| OpenError::Path {
        path: path.join(part.name.as_ref()),
        reason: error.into(),
        similar: None,
    })
}
