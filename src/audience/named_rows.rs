//! The name of a row in messages: its line, or its name in the file that it came from.

use super::quotes::line_of;
use super::table::Table;
use crate::model::{Diagnostic, Place};

impl Table {
    /// What a row is called where it came from; `None`: it is a line there too.
    pub fn row_name(&self, line: u64) -> Option<String> {
        self.bytes.row_name(line, None)
    }

    /// `line 4`, or what the row is called where it came from.
    pub fn row_at(&self, line: u64) -> String {
        self.row_name(line).unwrap_or_else(|| format!("line {line}"))
    }

    /// The number by which somebody asks for the row: its line, or its row where it came from.
    pub fn row_number(&self, line: u64) -> u64 {
        self.bytes.row_number(line).unwrap_or(line)
    }

    /// At the row: at its line, or with the row's name in the message, because nobody sees the lines of a copy.
    pub fn told_at(&self, told: Diagnostic, line: u64) -> Diagnostic {
        match self.row_name(line) {
            None => told.at(line_of(self.file(), line)),
            Some(name) => Diagnostic {
                message: format!("{} ({name})", told.message),
                ..told
            }
            .at(Place::file(self.file())),
        }
    }
}
