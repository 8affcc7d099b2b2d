//! Rows of a table looked at for their own sake: how many there are, and what the first says.

use super::blocks::Cutter;
use super::rows::each_row;
use super::settings::BLOCK;
use super::table::Table;

impl Table {
    /// Rows that are not blank; as far as the file can be read.
    pub fn count_rows(&self) -> u64 {
        let mut cutter = Cutter::new(std::slice::from_ref(self), BLOCK);
        let (mut rows, mut memory) = (0, Vec::new());
        while let Some(Ok(block)) = cutter.next(memory) {
            each_row(&block, &self.dialect, &mut |_| rows += 1);
            memory = block.bytes;
        }
        rows
    }

    /// The cells of the first row; none where there is no row.
    pub fn first_row(&self) -> Vec<String> {
        let mut cutter = Cutter::new(std::slice::from_ref(self), BLOCK);
        let mut first = Vec::new();
        if let Some(Ok(block)) = cutter.next(Vec::new()) {
            each_row(&block, &self.dialect, &mut |row| {
                if let (true, Some(cells)) = (first.is_empty(), row.cells) {
                    first = cells.iter().map(|cell| (*cell).to_owned()).collect();
                }
            });
        }
        first
    }
}
