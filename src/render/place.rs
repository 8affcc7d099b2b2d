//! From byte offsets in a template to places in the file it was written in.

use crate::model::{Place, Text};

/// The place of these bytes of a text.
pub(super) fn place_of(text: &Text, span: &std::ops::Range<usize>) -> Place {
    text.place_of(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: usize, column: usize, indent: usize) -> Text {
        Text {
            text: "Hé {{ a }}\nund {{ b }}".into(),
            place: Place {
                line,
                column,
                ..Place::file("c.yaml")
            },
            indent,
            pieces: Vec::new(),
        }
    }

    fn at(text: &Text, name: &str) -> (usize, usize, usize) {
        let start = text.text.find(name).unwrap();
        let place = place_of(text, &(start..start + name.len()));
        (place.line, place.column, place.length)
    }

    #[test]
    fn block_scalars_files_and_flow_scalars_are_placed() {
        let block = text(7, 3, 2);
        assert_eq!([at(&block, "a }}"), at(&block, "b }}")], [(7, 9, 4), (8, 10, 4)]);
        let file = text(1, 1, 0);
        assert_eq!([at(&file, "a }}"), at(&file, "b }}")], [(1, 7, 4), (2, 8, 4)]);
        let flow = text(7, 8, 0);
        assert_eq!([at(&flow, "a }}"), at(&flow, "b }}")], [(7, 14, 4), (7, 8, 0)]);
    }
}
