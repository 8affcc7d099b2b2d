//! Rows of lists that were left out because of their number, counted by what is wrong with it.

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidRow {
    /// It has no number.
    Empty,
    /// Its number cannot be read, or it has not the header's number of cells.
    Unreadable,
    /// Its number is of a kind that `guards.number_types` does not name.
    WrongType,
}

/// How many rows were left out, by what is wrong with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InvalidRows {
    /// Rows without a number.
    pub empty: u64,
    /// Rows whose number cannot be read.
    pub unreadable: u64,
    /// Rows with a number of another kind than is wanted.
    pub wrong_type: u64,
}

impl InvalidRows {
    /// All of them.
    pub fn total(self) -> u64 {
        self.empty + self.unreadable + self.wrong_type
    }

    /// Counts rows.
    pub fn add(&mut self, what: InvalidRow, rows: u64) {
        match what {
            InvalidRow::Empty => self.empty += rows,
            InvalidRow::Unreadable => self.unreadable += rows,
            InvalidRow::WrongType => self.wrong_type += rows,
        }
    }

    /// Adds those of another list.
    pub fn merge(&mut self, other: Self) {
        let Self {
            empty,
            unreadable,
            wrong_type,
        } = other;
        self.empty += empty;
        self.unreadable += unreadable;
        self.wrong_type += wrong_type;
    }

    /// What people read after the total: `invalid (1 empty, 2 unreadable)`.
    pub fn word(self) -> String {
        let parts = [
            (self.empty, "empty"),
            (self.unreadable, "unreadable"),
            (self.wrong_type, "of another type"),
        ];
        let parts: Vec<String> = (parts.into_iter())
            .filter(|(rows, _)| *rows > 0)
            .map(|(rows, what)| format!("{} {what}", super::grouped(rows)))
            .collect();
        if parts.is_empty() {
            "invalid".to_owned()
        } else {
            format!("invalid ({})", parts.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_apart() {
        let mut rows = InvalidRows::default();
        assert_eq!((rows.total(), rows.word()), (0, "invalid".to_owned()));
        rows.add(InvalidRow::Empty, 1);
        rows.add(InvalidRow::WrongType, 1200);
        rows.merge(InvalidRows {
            unreadable: 2,
            ..InvalidRows::default()
        });
        assert_eq!(rows.total(), 1203);
        assert_eq!(rows.word(), "invalid (1 empty, 2 unreadable, 1,200 of another type)");
    }
}
