//! Where the mark of a segment is drawn: before the word in which the segment begins, never within it.

/// The place of a mark that belongs before `characters[at]`: moved to the beginning of its word, unless that word began at
/// or before `from`, where the last mark is: a word longer than a segment is cut.
pub fn before_word(characters: &[char], at: usize, from: usize) -> usize {
    let is_space = |index: usize| characters.get(index).is_none_or(|c| c.is_whitespace());
    if is_space(at) {
        return at;
    }
    let start = (from..at).rev().find(|index| is_space(*index)).map(|space| space + 1);
    start.unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_before_the_word_that_it_would_cut() {
        let text: Vec<char> = "one two threefour".chars().collect();
        for (at, from, expected) in [
            (5, 0, 4),
            (4, 0, 4),
            (3, 0, 3),
            (2, 0, 2),
            (12, 0, 8),
            (14, 8, 14),
            (17, 0, 17),
        ] {
            assert_eq!(before_word(&text, at, from), expected, "{at} {from}");
        }
    }
}
