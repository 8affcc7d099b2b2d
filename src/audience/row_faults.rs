//! What is wrong with single rows: counted in full, named by line up to a limit, never repeated.

use super::diagnostics::{ENCODING, NUMBER, NUMBER_KIND, SKIPPED, STRUCTURE};
use super::numbers::NumberFault;
use super::quotes::line_of;
use super::table::Table;
use crate::model::{Diagnostic, InvalidRow, InvalidRows, NumberKind, Place};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFault {
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// NUL characters.
    Nul,
    /// More or fewer cells than the header has.
    Ragged {
        /// In the row.
        cells: usize,
        /// In the header.
        columns: usize,
    },
    /// A cell with what reads as further rows; in a list of recipients a warning, and the row is used.
    HoldsRows,
    /// A number that reads both ways, in a list whose other rows do not settle which.
    BothWays,
    /// No number that exists.
    Number(NumberFault),
    /// A number of a kind that `guards.number_types` does not name.
    WrongType(NumberKind),
    /// Something that only the visitor knows, at its own place; nothing of the row is in it.
    Visitor(Box<Diagnostic>),
}

impl RowFault {
    fn is_same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NotUtf8, Self::NotUtf8)
            | (Self::Nul, Self::Nul)
            | (Self::HoldsRows, Self::HoldsRows)
            | (Self::BothWays, Self::BothWays)
            | (Self::Ragged { .. }, Self::Ragged { .. }) => true,
            (Self::Number(fault), Self::Number(other)) => fault == other,
            (Self::WrongType(kind), Self::WrongType(other)) => kind == other,
            (Self::Visitor(fault), Self::Visitor(other)) => is_alike(fault, other),
            (
                Self::NotUtf8
                | Self::Nul
                | Self::HoldsRows
                | Self::BothWays
                | Self::Ragged { .. }
                | Self::Number(_)
                | Self::WrongType(_)
                | Self::Visitor(_),
                _,
            ) => false,
        }
    }

    /// What `on_invalid` calls it; `None`: it is an error always.
    fn what(&self) -> Option<InvalidRow> {
        match self {
            // Whom a spreadsheet has rounded away is nobody that a list means to leave out.
            Self::Number(NumberFault::Scientific) => None,
            Self::Number(NumberFault::Empty) => Some(InvalidRow::Empty),
            Self::Ragged { .. } | Self::Number(_) => Some(InvalidRow::Unreadable),
            Self::WrongType(_) => Some(InvalidRow::WrongType),
            Self::NotUtf8 | Self::Nul | Self::HoldsRows | Self::BothWays | Self::Visitor(_) => None,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NotUtf8 => "the row is not UTF-8".to_owned(),
            Self::Nul => "the row has NUL bytes".to_owned(),
            Self::Ragged { cells, columns } => {
                let plural = if *cells == 1 { "cell" } else { "cells" };
                format!("the row has {cells} {plural}, the header {columns}")
            }
            Self::HoldsRows => "a quoted cell of the row holds what reads as further rows of the list".to_owned(),
            Self::BothWays => {
                "the number can be read as international and as national, and other rows can only be the one or the other".to_owned()
            }
            Self::Number(fault) => fault.to_string(),
            Self::WrongType(kind) => format!("`guards.number_types` does not name `{}`", kind.as_str()),
            Self::Visitor(fault) => fault.message.clone(),
        }
    }

    /// At its line.
    fn placed(&self, table: &Table, line: u64) -> Diagnostic {
        self.diagnostic(table, line_of(&table.bytes.file, line))
    }

    /// The column whose cell is wrong, where it is one.
    fn column(&self, table: &Table) -> Option<usize> {
        match self {
            Self::Number(_) | Self::WrongType(_) => Some(table.number),
            Self::NotUtf8 | Self::Nul | Self::Ragged { .. } | Self::HoldsRows | Self::BothWays | Self::Visitor(_) => {
                None
            }
        }
    }

    fn diagnostic(&self, table: &Table, place: Place) -> Diagnostic {
        match self {
            Self::NotUtf8 => Diagnostic::error(&ENCODING, self.message())
                .at(place)
                .hint("save the file as UTF-8, or declare its encoding: `encoding: windows-1252`"),
            Self::Nul => Diagnostic::error(&ENCODING, self.message())
                .at(place)
                .hint("the file is damaged, or in another encoding: export it again, as UTF-8"),
            Self::Ragged { .. } => Diagnostic::error(&STRUCTURE, self.message())
                .at(place)
                .hint("a cell that contains the delimiter is written in quotes"),
            Self::HoldsRows => Diagnostic::error(&STRUCTURE, self.message())
                .at(place)
                .hint("is a quote missing there, or one too many? the numbers inside would not be left out"),
            Self::BothWays => Diagnostic::error(&NUMBER, self.message())
                .at(place)
                .hint(NumberFault::Ambiguous.hint()),
            Self::Number(fault) if table.is_list && !fault.is_about_form() => {
                Diagnostic::error(&NUMBER, self.message())
                    .at(place)
                    .hint("correct or remove the row: the person it means would not be left out")
            }
            Self::Number(fault) => Diagnostic::error(&NUMBER, self.message()).at(place).hint(fault.hint()),
            Self::WrongType(_) => Diagnostic::error(&NUMBER_KIND, self.message())
                .at(place)
                .hint("leave such rows out with `on_invalid: { wrong_type: skip }`"),
            Self::Visitor(fault) => (**fault).clone(),
        }
    }
}

/// Whether two rows are refused at one place for one reason; what their cells are like may differ.
fn is_alike(fault: &Diagnostic, other: &Diagnostic) -> bool {
    (fault.code, &fault.place, &fault.hints) == (other.code, &other.place, &other.hints)
}

/// Faults of one table.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults(Vec<RowFaultKind>);

#[derive(Debug, Clone)]
struct RowFaultKind {
    rows: u64,
    /// The first ones by line.
    listed: Vec<(u64, RowFault)>,
}

impl Faults {
    /// Lines come in ascending order.
    pub(super) fn add(&mut self, line: u64, fault: RowFault, limit: usize) {
        let limit = limit.max(1);
        match self.kind(&fault) {
            Some(kind) => {
                kind.rows += 1;
                if kind.listed.len() < limit {
                    kind.listed.push((line, fault));
                }
            }
            None => self.0.push(RowFaultKind {
                rows: 1,
                listed: vec![(line, fault)],
            }),
        }
    }

    fn kind(&mut self, fault: &RowFault) -> Option<&mut RowFaultKind> {
        self.0
            .iter_mut()
            .find(|kind| kind.listed.first().is_some_and(|(_, first)| first.is_same_kind(fault)))
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for more in &other.0 {
            let Some((_, fault)) = more.listed.first() else {
                continue;
            };
            match self.kind(fault) {
                Some(kind) => {
                    kind.rows += more.rows;
                    kind.listed.extend(more.listed.iter().cloned());
                    kind.listed.sort_by_key(|(line, _)| *line);
                }
                None => self.0.push(more.clone()),
            }
        }
    }

    /// Rows that `on_invalid` has left out.
    pub(super) fn skipped(&self, table: &Table) -> InvalidRows {
        let mut skipped = InvalidRows::default();
        for kind in &self.0 {
            if let Some(what) = kind.what().filter(|what| table.on_invalid.skips(*what)) {
                skipped.add(what, kind.rows);
            }
        }
        skipped
    }

    /// Errors, and notes of what was left out.
    pub(super) fn report(
        &self,
        table: &Table,
        limit: usize,
        errors: &mut Vec<Diagnostic>,
        notes: &mut Vec<Diagnostic>,
    ) {
        let limit = limit.max(1);
        for kind in &self.0 {
            if let Some(fault) = kind.of_the_visitor(table, limit) {
                errors.push(fault);
                continue;
            }
            if kind.is_doubt(table) {
                notes.push(kind.doubt(table, limit));
                continue;
            }
            if kind.is_skipped(table) {
                notes.push(kind.note(table, limit));
                continue;
            }
            if let Some(fault) = kind.of_a_copy(table, limit) {
                errors.push(fault);
                continue;
            }
            for (line, fault) in kind.listed.iter().take(limit) {
                errors.push(fault.placed(table, *line));
            }
            let more = kind.rows.saturating_sub(limit as u64);
            if let (true, Some((line, fault))) = (more > 0, kind.listed.get(limit - 1)) {
                let like = fault.placed(table, *line);
                let rows = if more == 1 { "row" } else { "rows" };
                // At the last place and with its words first, so that it comes after it in any order.
                errors.push(Diagnostic {
                    message: format!("{}, in {more} more {rows} after line {line}", fault.message()),
                    hints: Vec::new(),
                    ..like
                });
            }
        }
        notes.sort_by(|a, b| a.message.cmp(&b.message));
    }
}

impl RowFaultKind {
    fn what(&self) -> Option<InvalidRow> {
        self.listed.first().and_then(|(_, fault)| fault.what())
    }

    fn is_skipped(&self, table: &Table) -> bool {
        self.what().is_some_and(|what| table.on_invalid.skips(what))
    }

    /// One error for all rows that the visitor refuses alike, at its own place.
    fn of_the_visitor(&self, table: &Table, limit: usize) -> Option<Diagnostic> {
        let Some((_, RowFault::Visitor(first))) = self.listed.first() else {
            return None;
        };
        let rows = if self.rows == 1 { "row" } else { "rows" };
        let message = format!(
            "{}, in {} {rows} of `{}` ({})",
            first.message,
            self.rows,
            table.bytes.file.display(),
            self.lines(table, limit)
        );
        Some(Diagnostic {
            message,
            ..(**first).clone()
        })
    }

    /// One error for all rows, where they have no lines that one could go to.
    fn of_a_copy(&self, table: &Table, limit: usize) -> Option<Diagnostic> {
        let (line, first) = self.listed.first()?;
        table.bytes.row_name(*line, None)?;
        let (what, rows) = match (first, self.rows) {
            (_, 1) => (first.message(), "row"),
            (RowFault::Ragged { .. }, _) => ("rows have more or fewer cells than the header".to_owned(), "rows"),
            _ => (first.message(), "rows"),
        };
        let file = &table.bytes.file;
        let listed = self.lines(table, limit);
        let column = first.column(table).and_then(|at| table.columns.get(at));
        let column = column.filter(|name| !name.is_empty());
        let column = column.map_or_else(String::new, |name| format!(", column `{name}`"));
        Some(Diagnostic {
            message: format!(
                "{what}, in {} {rows} of `{}` ({listed}{column})",
                self.rows,
                file.display()
            ),
            ..first.diagnostic(table, Place::file(file))
        })
    }

    /// Whether the rows are used all the same.
    fn is_doubt(&self, table: &Table) -> bool {
        !table.is_list && matches!(self.listed.first(), Some((_, RowFault::HoldsRows)))
    }

    fn doubt(&self, table: &Table, limit: usize) -> Diagnostic {
        let (rows, have) = if self.rows == 1 {
            ("row", "has")
        } else {
            ("rows", "have")
        };
        let message = format!(
            "{} {rows} {have} a quoted cell that holds what reads as further rows of the list ({})",
            self.rows,
            self.lines(table, limit)
        );
        Diagnostic::warning(&STRUCTURE, message)
            .at(Place::file(&table.bytes.file))
            .hint("is a quote missing there, or one too many? nobody inside the cell gets a message of their own")
    }

    /// `line 2`, or `lines 2, 3 and 7 more`.
    fn lines(&self, table: &Table, limit: usize) -> String {
        let listed = self.listed.iter().take(limit);
        let column = self.listed.first().and_then(|(_, fault)| fault.column(table));
        let name = |line: u64| table.bytes.row_name(line, column);
        let lines: Vec<String> = listed
            .map(|(line, _)| name(*line).unwrap_or_else(|| line.to_string()))
            .collect();
        let word = match (name(1), self.rows) {
            (Some(_), _) => "",
            (None, 1) => "line ",
            (None, _) => "lines ",
        };
        match self.rows.saturating_sub(limit as u64) {
            0 => format!("{word}{}", lines.join(", ")),
            more => format!("{word}{} and {more} more", lines.join(", ")),
        }
    }

    fn note(&self, table: &Table, limit: usize) -> Diagnostic {
        let what = match self.listed.first() {
            Some((_, RowFault::Ragged { .. })) => "more or fewer cells than the header".to_owned(),
            Some((_, fault)) => fault.message(),
            None => String::new(),
        };
        let (rows, were) = if self.rows == 1 {
            ("row", "was")
        } else {
            ("rows", "were")
        };
        let message = format!(
            "{} {rows} {were} left out: {what} ({})",
            self.rows,
            self.lines(table, limit)
        );
        Diagnostic::note(&SKIPPED, message).at(Place::file(&table.bytes.file))
    }
}
