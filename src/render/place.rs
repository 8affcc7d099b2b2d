//! From byte offsets in a template to places in the file it was written in.

use crate::model::{Place, Text};

/// Where these bytes of a text stand. Lines after the first of a flow scalar cannot be placed: those get the text's own
/// place.
pub(super) fn place_of(text: &Text, span: &std::ops::Range<usize>) -> Place {
    let before = text.text.get(..span.start.min(text.text.len())).unwrap_or_default();
    let line = before.matches('\n').count();
    let column = before.chars().rev().take_while(|character| *character != '\n').count();
    let inside = text.text.get(span.clone()).unwrap_or_default();
    let length = inside.chars().take_while(|character| *character != '\n').count();
    let Place {
        file,
        line: first,
        column: indent,
        ..
    } = &text.place;
    let whole_file = (*first, *indent) == (1, 1);
    let (line, column) = match line {
        0 if *indent == 0 => return text.place.clone(),
        0 => (*first, indent + column),
        _ if text.indent > 0 || whole_file => (first + line, text.indent + column + 1),
        _ => return text.place.clone(),
    };
    Place {
        file: file.clone(),
        line,
        column,
        length,
    }
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
