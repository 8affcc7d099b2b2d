//! Cells as they come, row by row, to a copy: heads first.

use std::path::Path;

use calamine::Data;

use super::super::row_names::letters;
use super::super::spool::Spool;
use super::super::{OpenError, Trouble};
use super::cell::shown;
use crate::project::diagnostics;

/// `B17`, for row and column from 0.
pub(super) fn cell_name((row, column): (u32, u32)) -> String {
    let column = usize::try_from(column).unwrap_or(usize::MAX);
    format!("{}{}", letters(column), u64::from(row) + 1)
}

/// A sheet that is being copied.
pub(super) struct Copying<'a> {
    path: &'a Path,
    sheet: String,
    spool: Spool<'a>,
    /// From 0; `None`: the first that is not empty.
    header_row: Option<u32>,
    /// The first column with a head, and how many there are.
    heads: Option<(u32, usize)>,
    /// The row that is being gathered, from 0.
    row: u32,
    cells: Vec<(u32, String)>,
}

impl<'a> Copying<'a> {
    pub(super) fn new(path: &'a Path, sheet: &str, header_row: Option<u32>) -> Result<Self, OpenError> {
        Ok(Self {
            path,
            sheet: sheet.to_owned(),
            spool: Spool::new(path, u64::MAX)?,
            header_row: header_row.map(|row| row.saturating_sub(1)),
            heads: None,
            row: 0,
            cells: Vec::new(),
        })
    }

    /// The next cell that is not empty, by row and column from 0.
    pub(super) fn cell(&mut self, at: (u32, u32), value: &Data) -> Result<(), OpenError> {
        let (row, column) = at;
        if self.header_row.is_some_and(|header| row < header) {
            return Ok(());
        }
        if row != self.row {
            self.end_row()?;
            self.row = row;
        }
        let text = shown(value).map_err(|why| {
            let why = format!("has a cell that {why}: sheet `{}`, cell {}", self.sheet, cell_name(at));
            Trouble::new(self.path, &diagnostics::CELLS, why)
                .hint("store numbers of people as text; correct cells with errors")
        })?;
        if !text.is_empty() {
            self.cells.push((column, text));
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), OpenError> {
        let cells = std::mem::take(&mut self.cells);
        let Some((first, _)) = cells.first() else {
            return Ok(());
        };
        let Some((start, width)) = self.heads else {
            let end = cells.last().map_or(*first, |(column, _)| *column);
            let width = usize::try_from(end - first).unwrap_or(0) + 1;
            self.heads = Some((*first, width));
            self.spool.name_cells(&self.sheet, usize::try_from(*first).unwrap_or(0));
            return self.spool.header(laid_out(&cells, *first, width).into_iter());
        };
        if width == 1 && cells.len() > 1 && self.spool.rows() == 0 && self.header_row.is_none() {
            let why = format!(
                "has one head in sheet `{}`, and more cells in the rows below",
                self.sheet
            );
            return Err(Trouble::new(self.path, &diagnostics::CELLS, why)
                .hint(format!(
                    "is that a title? name the row of the heads: `header_row: {}`",
                    self.row + 1
                ))
                .into());
        }
        if *first < start {
            let why = format!(
                "has a cell without a head: sheet `{}`, cell {}",
                self.sheet,
                cell_name((self.row, *first))
            );
            return Err(Trouble::new(self.path, &diagnostics::CELLS, why).into());
        }
        let end = cells.last().map_or(start, |(column, _)| *column);
        let width = width.max(usize::try_from(end - start).unwrap_or(0) + 1);
        self.spool
            .row(u64::from(self.row) + 1, laid_out(&cells, start, width).into_iter())
    }

    pub(super) fn finish(mut self) -> Result<Spool<'a>, OpenError> {
        self.end_row()?;
        if self.heads.is_some() {
            return Ok(self.spool);
        }
        let why = format!("has no heads in sheet `{}`", self.sheet);
        Err(Trouble::new(self.path, &diagnostics::CELLS, why).into())
    }
}

/// With empty cells where there are none.
fn laid_out(cells: &[(u32, String)], start: u32, width: usize) -> Vec<&str> {
    let mut row = vec![""; width];
    for (column, text) in cells {
        let at = usize::try_from(column.saturating_sub(start)).unwrap_or(usize::MAX);
        if let Some(cell) = row.get_mut(at) {
            *cell = text;
        }
    }
    row
}
