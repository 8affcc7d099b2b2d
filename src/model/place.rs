//! Where something stands in a file the user wrote.

use std::path::PathBuf;

/// A position in a file: line and column count from 1, columns in characters. Zero means "the file as a whole".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Relative to the project root where it lies inside it.
    pub file: PathBuf,
    /// From 1; 0 for the whole file.
    pub line: usize,
    /// From 1, in characters; 0 for the whole line.
    pub column: usize,
    /// How many characters to underline; 0 when unknown.
    pub length: usize,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            ..Self::default()
        }
    }

    /// A line of a file.
    pub fn line(file: impl Into<PathBuf>, line: usize) -> Self {
        Self {
            file: file.into(),
            line,
            ..Self::default()
        }
    }
}

/// A text that the user wrote, with the place of its first character. For a YAML block scalar (`|`) that is the first
/// character of its first content line, and `indent` is how many columns each line is set in, so that line `n` column
/// `c` of the text is at `place.line + n - 1`, `c + indent` of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Where it begins.
    pub place: Place,
    /// Columns before each line of a block scalar; for a flow scalar 0 and only line 1 can be placed exactly.
    pub indent: usize,
}
