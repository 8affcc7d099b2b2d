//! The place of something in a file that the user wrote.

use std::ops::Range;
use std::path::PathBuf;

/// A position in a file: line and column count from 1, columns in characters. Zero means "the file as a whole".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Relative to the project root if it is inside.
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
    /// Of a text that is put together from several files, or from places of one: the place of each piece, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a [`Text`], to the beginning of the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its first byte in the text.
    pub start: usize,
    /// Where it begins.
    pub place: Place,
    /// Columns before each further line; `None` where those cannot be placed.
    pub indent: Option<usize>,
}

impl Text {
    /// The place of these bytes. Lines after the first of a flow scalar cannot be placed: those get the place of its
    /// beginning.
    pub fn place_of(&self, span: &Range<usize>) -> Place {
        let whole_file = (self.place.line, self.place.column) == (1, 1);
        let whole = Piece {
            start: 0,
            place: self.place.clone(),
            indent: (self.indent > 0 || whole_file).then_some(self.indent),
        };
        let piece = self.pieces.iter().rev().find(|piece| piece.start <= span.start);
        let Piece { start, place, indent } = piece.unwrap_or(&whole);
        let before = self
            .text
            .get(*start..span.start.min(self.text.len()))
            .unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.chars().rev().take_while(|character| *character != '\n').count();
        let inside = self.text.get(span.clone()).unwrap_or_default();
        let length = inside.chars().take_while(|character| *character != '\n').count();
        let (line, column) = match (line, indent) {
            (0, _) if place.column == 0 => return place.clone(),
            (0, _) => (place.line, place.column + column),
            (_, Some(indent)) => (place.line + line, indent + column + 1),
            (_, None) => return place.clone(),
        };
        Place {
            file: place.file.clone(),
            line,
            column,
            length,
        }
    }
}
