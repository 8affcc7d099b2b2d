//! How the cells of a list are separated, and which of them count as empty.

/// How the cells of a list are separated, and which of them count as empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Cells that are empty: `NULL`, `\\N`.
    pub(super) null_values: Vec<String>,
}

impl Dialect {
    /// Without words for nothing.
    pub(super) fn of(delimiter: u8) -> Self {
        Self {
            delimiter,
            null_values: Vec::new(),
        }
    }

    pub(super) fn empty_nulls(&self, cells: &mut [&str]) {
        if self.null_values.is_empty() {
            return;
        }
        for cell in cells {
            if self.null_values.iter().any(|null| null == cell.trim()) {
                *cell = "";
            }
        }
    }
}
