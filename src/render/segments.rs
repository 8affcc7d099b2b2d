//! How a text travels: its encoding, its billed units and its segments, exactly.
//!
//! In: one message. Out: GSM-7 if every code point is in the basic or the extension table, else UCS-2 (all or nothing);
//! septets or UTF-16 code units; segments of 160/153 septets or 70/67 code units (3GPP TS 23.038 and TS 23.040). Filling
//! is greedy, and neither an escape pair nor a surrogate pair straddles segments, so that the count can exceed the
//! ceiling division. Never: shorten, replace or normalize anything.

use super::gsm7;
use crate::model::Encoding;

/// Septets in a message of one segment, and in each segment of a longer one.
const GSM7: Capacity = Capacity {
    single: 160,
    concatenated: 153,
};
/// Code units in a message of one segment, and in each segment of a longer one.
const UCS2: Capacity = Capacity {
    single: 70,
    concatenated: 67,
};

/// What is counted for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segmented {
    /// GSM-7 or UCS-2.
    pub encoding: Encoding,
    /// Septets or UTF-16 code units, escapes included.
    pub units: u32,
    /// What is billed; 1 for an empty text.
    pub segments: u32,
}

#[derive(Clone, Copy)]
struct Capacity {
    single: u32,
    concatenated: u32,
}

/// Counts a text. About a nanosecond a character; allocates nothing.
pub fn segment(text: &str) -> Segmented {
    let (encoding, capacity, (units, pairs)) = if let Some(counted) = septets(text) {
        (Encoding::Gsm7, GSM7, counted)
    } else {
        (Encoding::Ucs2, UCS2, code_units(text))
    };
    let segments = if units <= capacity.single {
        1
    } else if pairs > 0 {
        let mut count = 0_u32;
        fill(text, encoding, capacity, |_| count = count.saturating_add(1));
        count
    } else {
        units.div_ceil(capacity.concatenated)
    };
    Segmented {
        encoding,
        units,
        segments,
    }
}

/// How many units each segment holds, in order; `[0]` for an empty text.
pub fn units_per_segment(text: &str) -> Vec<u32> {
    let total = segment(text);
    let capacity = match total.encoding {
        Encoding::Gsm7 => GSM7,
        Encoding::Ucs2 => UCS2,
    };
    if total.units <= capacity.single {
        return vec![total.units];
    }
    let mut segments = Vec::new();
    fill(text, total.encoding, capacity, |units| segments.push(units));
    segments
}

/// The characters that force a text to UCS-2, in order, repeated as they are.
pub fn outside_gsm(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|character| gsm7::septets(*character) == 0)
}

/// Septets and escapes, or `None` when a character is in neither table.
fn septets(text: &str) -> Option<(u32, u32)> {
    let (mut units, mut characters) = (0_u32, 0_u32);
    if text.is_ascii() {
        let mut faults = 0_u32;
        for byte in text.bytes() {
            let cost = gsm7::ascii(byte);
            units += u32::from(cost);
            faults += u32::from(cost == 0);
        }
        characters = u32::try_from(text.len()).unwrap_or(u32::MAX);
        return (faults == 0).then(|| (units, units - characters));
    }
    // The tables hold one character beyond U+03FF: the euro sign. All else of three bytes or more needs UCS-2.
    let mut rest = text.as_bytes();
    loop {
        let cost = match rest {
            [] => return Some((units, units - characters)),
            [byte, tail @ ..] if *byte < 0x80 => {
                rest = tail;
                gsm7::ascii(*byte)
            }
            [lead @ 0xc2..=0xcf, follow, tail @ ..] => {
                rest = tail;
                gsm7::two_bytes(*lead, *follow)
            }
            [0xe2, 0x82, 0xac, tail @ ..] => {
                rest = tail;
                2
            }
            _ => return None,
        };
        if cost == 0 {
            return None;
        }
        units += u32::from(cost);
        characters += 1;
    }
}

/// UTF-16 code units and surrogate pairs: every code point starts with one byte that is no continuation, and those of
/// four bytes are the ones outside the basic plane.
fn code_units(text: &str) -> (u32, u32) {
    let (mut points, mut pairs) = (0_u32, 0_u32);
    for byte in text.bytes() {
        points += u32::from(byte & 0xc0 != 0x80);
        pairs += u32::from(byte >= 0xf0);
    }
    (points + pairs, pairs)
}

fn fill(text: &str, encoding: Encoding, capacity: Capacity, mut full: impl FnMut(u32)) {
    let mut filled = 0;
    for character in text.chars() {
        let cost = match encoding {
            Encoding::Gsm7 => u32::from(gsm7::septets(character)),
            Encoding::Ucs2 => u32::from(character > '\u{ffff}') + 1,
        };
        if filled + cost > capacity.concatenated {
            full(filled);
            filled = 0;
        }
        filled += cost;
    }
    full(filled);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(serde::Deserialize)]
    struct Case {
        text: String,
        encoding: String,
        units_per_segment: Vec<u32>,
    }

    fn agree(cases: &str, expected: usize) {
        let mut count = 0;
        for line in cases.lines().filter(|line| !line.is_empty()) {
            let case: Case = serde_json::from_str(line).unwrap();
            let found = segment(&case.text);
            assert_eq!(found.encoding.as_str(), case.encoding, "{:?}", case.text);
            assert_eq!(units_per_segment(&case.text), case.units_per_segment, "{:?}", case.text);
            assert_eq!(found.segments as usize, case.units_per_segment.len(), "{:?}", case.text);
            assert_eq!(
                found.units,
                case.units_per_segment.iter().sum::<u32>(),
                "{:?}",
                case.text
            );
            count += 1;
        }
        assert_eq!(count, expected);
    }

    #[test]
    fn every_committed_case_agrees() {
        agree(include_str!("../../tests/data/segments.jsonl"), 485);
        agree(include_str!("../../tests/data/segments-tricky.jsonl"), 120);
    }

    #[test]
    fn an_escape_pair_never_straddles_segments() {
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(151));
        assert_eq!(units_per_segment(&text), [152, 153]);
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(152));
        assert_eq!(units_per_segment(&text), [152, 153, 1]);
        assert_eq!(segment(&text).segments, 3);
    }

    #[test]
    fn an_empty_text_is_one_segment_of_nothing() {
        assert_eq!(units_per_segment(""), [0]);
        assert_eq!(segment("").segments, 1);
    }

    #[test]
    fn the_characters_that_force_ucs2_are_named_in_order() {
        assert_eq!(outside_gsm("caffè ‘ò’ ç").collect::<String>(), "‘’ç");
        assert_eq!(outside_gsm("plain [text] €").count(), 0);
    }

    proptest! {
        #[test]
        fn the_fast_count_equals_the_filled_segments(text in "([ -~åäö€ \n]|[\\PC]|[😀-😄]){0,400}") {
            let found = segment(&text);
            let segments = units_per_segment(&text);
            prop_assert_eq!(found.segments as usize, segments.len());
            prop_assert_eq!(found.units, segments.iter().sum::<u32>());
            prop_assert_eq!(found.encoding == Encoding::Gsm7, outside_gsm(&text).next().is_none());
            if found.encoding == Encoding::Ucs2 {
                prop_assert_eq!(found.units as usize, text.encode_utf16().count());
            }
        }
    }
}
