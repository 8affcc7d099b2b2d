//! Which of many rows are meant: a bit for each.

/// Which of many rows are meant; a row that was never set is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RowBits(Vec<u64>);

/// Rows of a word.
pub(super) const WORD: usize = u64::BITS as usize;

impl RowBits {
    pub(super) fn set(&mut self, row: usize) {
        let word = row / WORD;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (row % WORD);
        }
    }

    pub(super) fn has(&self, row: usize) -> bool {
        self.0.get(row / WORD).is_some_and(|bits| bits >> (row % WORD) & 1 == 1)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Adds those of the same rows.
    pub(super) fn join(&mut self, more: &Self) {
        self.0.resize(self.0.len().max(more.0.len()), 0);
        self.0.iter_mut().zip(&more.0).for_each(|(bits, more)| *bits |= more);
    }

    /// Appends those of another run of rows, which begins at `row`, a multiple of [`WORD`].
    pub(super) fn append(&mut self, row: usize, more: &Self) {
        self.0.resize(row / WORD, 0);
        self.0.extend_from_slice(&more.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_that_were_set_in_either_run() {
        let (mut first, mut second) = (RowBits::default(), RowBits::default());
        for row in [0, 63, 64] {
            first.set(row);
        }
        for row in [1, 70] {
            second.set(row);
        }
        first.append(128, &second);
        let all: Vec<usize> = (0..400).filter(|row| first.has(*row)).collect();
        assert_eq!(all, [0, 63, 64, 129, 198]);
        assert_eq!(first.count(), 5);
        let mut joined = RowBits::default();
        joined.set(1);
        joined.join(&first);
        let all: Vec<usize> = (0..400).filter(|row| joined.has(*row)).collect();
        assert_eq!(all, [0, 1, 63, 64, 129, 198]);
    }
}
