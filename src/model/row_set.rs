//! A digest over the set of rows that a source gave, whatever their order.

use std::fmt;

use xxhash_rust::xxh3::xxh3_128;

/// How many rows, and the wrapping sum of their digests: two sources with the same rows have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSet {
    sum: u128,
    rows: u64,
}

impl RowSet {
    /// Adds a row by its cells.
    pub fn add(&mut self, cells: &[&str], memory: &mut Vec<u8>) {
        memory.clear();
        for cell in cells {
            memory.extend_from_slice(&u64::try_from(cell.len()).unwrap_or(u64::MAX).to_le_bytes());
            memory.extend_from_slice(cell.as_bytes());
        }
        self.sum = self.sum.wrapping_add(xxh3_128(memory));
        self.rows += 1;
    }

    /// Takes over what another has gathered.
    pub fn merge(&mut self, other: Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        self.rows += other.rows;
    }

    /// How many rows.
    pub fn rows(self) -> u64 {
        self.rows
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for RowSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_rows_does_not_matter_and_the_order_of_cells_does() {
        let set = |rows: &[[&str; 2]]| {
            let mut set = RowSet::default();
            for row in rows {
                set.add(row, &mut Vec::new());
            }
            set
        };
        assert_eq!(set(&[["1", "a"], ["2", "b"]]), set(&[["2", "b"], ["1", "a"]]));
        assert_ne!(set(&[["1", "a"]]), set(&[["a", "1"]]));
        assert_ne!(set(&[["12", ""]]), set(&[["1", "2"]]));
        assert_eq!(set(&[]).to_string().len(), 32);
    }
}
