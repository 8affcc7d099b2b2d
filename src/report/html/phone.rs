//! A template as a phone would show it: its fixed text, its fields as chips, its conditions as marks, and where each
//! segment begins. Never a rendered message: a plan holds nobody's data.
//!
//! Segments of a template are those of its fixed text, every field empty and the first branch of each `if` taken: a
//! message is never shorter than that unless another branch is, and the histogram beside it shows what really happens.

use serde::Serialize;

use crate::model::Encoding;
use crate::render::{outside_gsm, segment};
use crate::report::marks::before_word;

/// What a template looks like.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Phone {
    pub(super) pieces: Vec<PhonePiece>,
    /// `143 septets of GSM-7, 1 segment`.
    pub(super) counted: String,
    pub(super) has_fields: bool,
    pub(super) has_branches: bool,
    /// `Language sv, 1,200 people`; empty where there is one text for all.
    pub(super) whose: String,
}

/// A run of the same kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PhonePiece {
    /// `text`, `field`, `tag`, `odd` (outside GSM-7) or `break`.
    pub(super) kind: &'static str,
    /// The text of the piece; for a break the number of the segment that begins.
    pub(super) text: String,
    /// In a branch that was not taken for counting.
    pub(super) other: bool,
}

/// Longer templates are cut: nobody reads them here.
const MAX_CHARACTERS: usize = 2000;

/// Reads a template; `all_ucs2` when every message of it travels so, whatever the fixed text needs.
pub(super) fn phone(template: &str, all_ucs2: bool) -> Phone {
    let cut: String = template.trim_end().chars().take(MAX_CHARACTERS).collect();
    let parts = parts(&cut);
    let fixed: String = parts
        .iter()
        .filter(|part| part.kind == "text" && !part.other)
        .map(|part| part.text.as_str())
        .collect();
    let counted = segment(&fixed);
    let is_ucs2 = all_ucs2 || counted.encoding == Encoding::Ucs2;
    let cost = |c: char| {
        if is_ucs2 {
            c.len_utf16()
        } else {
            segment(c.encode_utf8(&mut [0; 4])).units as usize
        }
    };
    let (single, concatenated) = if is_ucs2 { (70, 67) } else { (160, 153) };
    let units: usize = fixed.chars().map(cost).sum();
    let mut pieces: Vec<PhonePiece> = Vec::new();
    let (mut filled, mut segments) = (0, 1_u32);
    for part in &parts {
        if part.kind != "text" {
            pieces.push(part.clone());
            continue;
        }
        let characters: Vec<char> = part.text.chars().collect();
        let mut marks: Vec<usize> = Vec::new();
        for (at, character) in characters.iter().enumerate() {
            if units > single && !part.other {
                let cost = cost(*character);
                if filled + cost > concatenated {
                    filled = 0;
                    let last = marks.last().copied().unwrap_or(0);
                    marks.push(before_word(&characters, at, last));
                }
                filled += cost;
            }
        }
        for (at, character) in characters.iter().enumerate() {
            if marks.contains(&at) {
                segments += 1;
                pieces.push(PhonePiece::new("break", &segments.to_string(), false));
            }
            let is_odd = outside_gsm(character.encode_utf8(&mut [0; 4])).next().is_some();
            let kind = if is_odd { "odd" } else { "text" };
            match pieces.last_mut() {
                Some(last) if last.kind == kind && last.other == part.other => last.text.push(*character),
                _ => pieces.push(PhonePiece::new(kind, character.encode_utf8(&mut [0; 4]), part.other)),
            }
        }
    }
    let (unit, encoding) = if is_ucs2 {
        ("code unit", "UCS-2")
    } else {
        ("septet", "GSM-7")
    };
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    Phone {
        counted: format!(
            "{units} {unit}{} of {encoding}, {segments} segment{}",
            plural(units),
            plural(segments as usize)
        ),
        has_fields: parts.iter().any(|part| part.kind == "field"),
        has_branches: parts.iter().any(|part| part.other),
        whose: String::new(),
        pieces,
    }
}

impl PhonePiece {
    fn new(kind: &'static str, text: &str, other: bool) -> Self {
        Self {
            kind,
            text: text.to_owned(),
            other,
        }
    }
}

/// Text, fields and tags in order. What is never closed is text.
fn parts(template: &str) -> Vec<PhonePiece> {
    let mut parts: Vec<PhonePiece> = Vec::new();
    // One entry per open block: whether its present branch is another than the first.
    let mut blocks: Vec<bool> = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let other = blocks.contains(&true);
        let next = ["{{", "{%", "{#"]
            .iter()
            .filter_map(|open| rest.find(open).map(|at| (at, *open)))
            .min();
        let closed = next.and_then(|(at, open)| {
            let close = match open {
                "{{" => "}}",
                "{%" => "%}",
                _ => "#}",
            };
            let (before, inner) = rest.split_at_checked(at)?;
            let (inside, after) = inner.get(2..)?.split_once(close)?;
            Some((before, open, inside, after))
        });
        let Some((before, open, inside, after)) = closed else {
            parts.push(PhonePiece::new("text", rest, other));
            break;
        };
        let before = if inside.starts_with('-') {
            before.trim_end()
        } else {
            before
        };
        if !before.is_empty() {
            parts.push(PhonePiece::new("text", before, other));
        }
        rest = if inside.ends_with('-') {
            after.trim_start()
        } else {
            after
        };
        let inside = inside.trim_matches('-').trim();
        match open {
            "{{" => parts.push(PhonePiece::new("field", inside, other)),
            "{%" => {
                match inside.split_whitespace().next() {
                    Some("if" | "for") => blocks.push(false),
                    Some("elif" | "else") => {
                        if let Some(block) = blocks.last_mut() {
                            *block = true;
                        }
                    }
                    Some("endif" | "endfor") => {
                        blocks.pop();
                    }
                    _ => {}
                }
                parts.push(PhonePiece::new("tag", inside, blocks.contains(&true)));
            }
            _ => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::units_per_segment;
    use proptest::prelude::*;

    fn shown(phone: &Phone) -> String {
        phone.pieces.iter().fold(String::new(), |text, piece| {
            text + &match piece.kind {
                "field" => format!("<{}>", piece.text),
                "tag" => format!("[{}]", piece.text),
                "break" => format!("|{}|", piece.text),
                "odd" => format!("!{}!", piece.text),
                _ if piece.other => format!("({})", piece.text),
                _ => piece.text.clone(),
            }
        })
    }

    #[test]
    fn fields_conditions_and_odd_characters_are_told_apart() {
        let phone = phone(
            "Hi {{ first_name }}’s! {% if a == 'x' %}one{% else %}two{% endif %}{# no #}\n",
            false,
        );
        assert_eq!(shown(&phone), "Hi <first_name>!’!s! [if a == 'x']one[else](two)[endif]");
        assert_eq!(phone.counted, "10 code units of UCS-2, 1 segment");
        assert!(phone.has_fields && phone.has_branches);
    }

    #[test]
    fn a_break_stands_where_the_next_segment_begins() {
        let text = format!("{}{}", "a".repeat(153), "b".repeat(20));
        assert_eq!(
            shown(&phone(&text, false)),
            format!("{}|2|{}", "a".repeat(153), "b".repeat(20))
        );
        assert!(shown(&phone(&text, true)).starts_with(&format!("{}|2|a", "a".repeat(67))));
    }

    #[test]
    fn what_is_never_closed_is_text() {
        assert_eq!(shown(&phone("a {{ b", false)), "a {{ b");
        assert_eq!(shown(&phone("a {%- if x -%} b", false)), "a[if x]b");
    }

    proptest! {
        #[test]
        fn fixed_text_breaks_where_messages_do(text in "([ -z]|[åé€’😀]){1,400}") {
            prop_assume!(!text.contains('{') && text.trim_end() == text);
            let phone = phone(&text, false);
            let breaks: Vec<usize> = phone
                .pieces
                .split(|piece| piece.kind == "break")
                .map(|pieces| pieces.iter().map(|piece| segment(&piece.text).units as usize).sum())
                .collect();
            let counted = units_per_segment(&text);
            prop_assert_eq!(breaks.len(), counted.len());
            if segment(&text).encoding == Encoding::Ucs2 {
                // Each mark is where its segment begins, or before the word in which it does.
                let all: Vec<u16> = text.encode_utf16().collect();
                let (mut shown, mut real) = (0, 0);
                let pieces = phone.pieces.split(|piece| piece.kind == "break");
                for (pieces, units) in pieces.zip(&counted) {
                    shown += pieces.iter().map(|piece| piece.text.encode_utf16().count()).sum::<usize>();
                    real += *units as usize;
                    prop_assert!(shown <= real);
                    let between = String::from_utf16_lossy(&all[shown..real]);
                    prop_assert!(!between.contains(' '), "{:?}", between);
                }
            }
        }

        #[test]
        fn no_template_breaks_the_page(text in any::<String>()) {
            phone(&text, true);
        }
    }
}
