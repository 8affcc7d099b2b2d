//! A message as the page draws it: pieces of text, characters outside GSM-7, and where each segment begins.

use serde::Serialize;

use crate::campaign::Transliterate;
use crate::model::Encoding;
use crate::render::{outside_gsm, replacement, segment, units_per_segment};
use crate::report::before_word;

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Drawn {
    /// In order.
    pub pieces: Vec<DrawnPiece>,
    /// `GSM-7` or `UCS-2`.
    pub encoding: &'static str,
    /// `septets` or `code units`.
    pub unit: &'static str,
    /// Units in all.
    pub units: u32,
    /// Billed units.
    pub segments: u32,
    /// Units that still fit without another segment.
    pub left: u32,
    /// Characters that force UCS-2.
    pub forcing: Vec<Forcing>,
}

/// A run of the same kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DrawnPiece {
    /// `text`, `odd` (outside GSM-7) or `break`.
    pub kind: &'static str,
    /// The text of the piece; for a break the number of the segment that begins.
    pub text: String,
}

/// A character that forces UCS-2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Forcing {
    /// The character.
    pub character: String,
    /// `U+2019`.
    pub code_point: String,
    /// What would not.
    pub instead: Option<&'static str>,
}

/// Draws one.
pub(super) fn drawn(body: &str) -> Drawn {
    let counted = segment(body);
    let per_segment = units_per_segment(body);
    let is_ucs2 = counted.encoding == Encoding::Ucs2;
    let (single, concatenated) = if is_ucs2 { (70, 67) } else { (160, 153) };
    let capacity = if counted.segments > 1 { concatenated } else { single };
    let characters: Vec<char> = body.chars().collect();
    let marks = marks(&characters, &per_segment, is_ucs2);
    let mut pieces: Vec<DrawnPiece> = Vec::new();
    for (at, character) in characters.iter().enumerate() {
        if let Some(segment) = marks.iter().position(|mark| *mark == at) {
            pieces.push(DrawnPiece {
                kind: "break",
                text: (segment + 2).to_string(),
            });
        }
        let mut buffer = [0; 4];
        let text: &str = character.encode_utf8(&mut buffer);
        let kind = if outside_gsm(text).next().is_some() {
            "odd"
        } else {
            "text"
        };
        match pieces.last_mut() {
            Some(last) if last.kind == kind => last.text.push(*character),
            _ => pieces.push(DrawnPiece {
                kind,
                text: text.to_owned(),
            }),
        }
    }
    let mut odd: Vec<char> = outside_gsm(body).collect();
    odd.sort_unstable();
    odd.dedup();
    Drawn {
        pieces,
        encoding: if is_ucs2 { "UCS-2" } else { "GSM-7" },
        unit: if is_ucs2 { "code units" } else { "septets" },
        units: counted.units,
        segments: counted.segments,
        left: capacity - per_segment.last().copied().unwrap_or(0).min(capacity),
        forcing: odd
            .into_iter()
            .take(20)
            .map(|character| Forcing {
                character: character.to_string(),
                code_point: format!("U+{:04X}", u32::from(character)),
                instead: replacement(character, Transliterate::Latin),
            })
            .collect(),
    }
}

/// Before which characters the marks of the second and all further segments are.
fn marks(characters: &[char], per_segment: &[u32], is_ucs2: bool) -> Vec<usize> {
    let mut marks: Vec<usize> = Vec::new();
    let (mut filled, mut index) = (0, 0);
    for (at, character) in characters.iter().enumerate() {
        let cost = match (is_ucs2, *character > '\u{ffff}') {
            (true, true) => 2,
            (true, false) => 1,
            (false, _) => segment(character.encode_utf8(&mut [0; 4])).units,
        };
        if filled + cost > per_segment.get(index).copied().unwrap_or(u32::MAX) {
            index += 1;
            filled = 0;
            let last = marks.last().copied().unwrap_or(0);
            marks.push(before_word(characters, at, last));
        }
        filled += cost;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn breaks_stand_where_segments_begin_and_no_letter_is_lost(text in "([ -z]|[åé€’😀]){0,400}") {
            let drawn = drawn(&text);
            let breaks = drawn.pieces.iter().filter(|piece| piece.kind == "break").count();
            prop_assert_eq!(breaks + 1, drawn.segments as usize);
            let back: String = drawn
                .pieces
                .iter()
                .filter(|piece| piece.kind != "break")
                .map(|piece| piece.text.as_str())
                .collect();
            prop_assert_eq!(back, text);
        }
    }

    #[test]
    fn a_mark_is_not_within_a_word() {
        let drawn = drawn(&"seven77 ".repeat(25));
        let pieces: Vec<&str> = drawn.pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(pieces.len(), 3);
        assert!(
            pieces[0].ends_with(' ') && pieces[2].starts_with("seven77"),
            "{pieces:?}"
        );
    }

    #[test]
    fn what_still_fits_is_told() {
        assert_eq!(drawn(&"a".repeat(150)).left, 10);
        assert_eq!(drawn(&"a".repeat(161)).left, 145);
        assert_eq!(drawn("it’s").forcing[0].instead, Some("'"));
    }
}
