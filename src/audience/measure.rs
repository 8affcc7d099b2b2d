//! All rows of a list at a glance, before any is left out: how many, their digest, the newest.

use std::sync::{Mutex, PoisonError};

use super::blocks::Cutter;
use super::rows::each_row;
use super::settings::BLOCK;
use super::table::Table;
use crate::model::{Diagnostic, Instant, RowSet};

/// What a list holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// Of every row that is not blank.
    pub rows: RowSet,
    /// The latest instant of the column that was asked for.
    pub newest: Option<Instant>,
    /// Rows whose cell of that column is no instant.
    pub undated: u64,
}

/// Reads all of it, on all cores. `dated` is the cell of a column of instants.
pub fn measure(table: &Table, dated: Option<usize>) -> Result<Measured, Diagnostic> {
    let cutter = Mutex::new(Cutter::new(std::slice::from_ref(table), BLOCK));
    let found = rayon::broadcast(|_| {
        let mut found = Measured::default();
        let (mut memory, mut bytes) = (Vec::new(), Vec::new());
        loop {
            let next = cutter.lock().unwrap_or_else(PoisonError::into_inner).next(bytes);
            let Some(block) = next.transpose()? else {
                return Ok(found);
            };
            each_row(&block, &table.dialect, &mut |row| {
                let cells = row.cells.unwrap_or_default();
                found.rows.add(cells, &mut memory);
                if let Some(dated) = dated {
                    match cells.get(dated).and_then(|cell| instant(cell)) {
                        Some(instant) => found.newest = found.newest.max(Some(instant)),
                        None => found.undated += 1,
                    }
                }
            });
            bytes = block.bytes;
        }
    });
    let mut all = Measured::default();
    for found in found {
        let Measured { rows, newest, undated } = found?;
        all.rows.merge(rows);
        all.newest = all.newest.max(newest);
        all.undated += undated;
    }
    Ok(all)
}

/// As databases write it too: `2026-11-30 09:30:00+00`.
fn instant(cell: &str) -> Option<Instant> {
    let cell = cell.trim();
    if let Some(instant) = Instant::parse_lenient(cell) {
        return Some(instant);
    }
    // An offset of hours alone.
    let (whole, hours) = cell.split_at_checked(cell.len().checked_sub(3)?)?;
    let is_offset = matches!(hours.as_bytes(), [b'+' | b'-', a, b] if a.is_ascii_digit() && b.is_ascii_digit());
    let whole = if is_offset {
        format!("{cell}:00")
    } else {
        whole.to_owned() + hours
    };
    Instant::parse(&whole.replacen(' ', "T", 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_databases_write_them() {
        let expected = Instant::parse("2026-11-30T09:30:00Z").ok();
        for text in [
            "2026-11-30 09:30:00+00",
            "2026-11-30 10:30:00+01:00",
            "2026-11-30T09:30:00Z",
            "2026-11-30 09:30:00",
            "2026-11-30 09:30:00.000000",
        ] {
            assert_eq!(instant(text), expected, "{text}");
        }
        assert_eq!(instant("2026-11-30"), Instant::parse("2026-11-30T00:00:00Z").ok());
        for text in ["", "now", "å+00", "30.11.2026"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
