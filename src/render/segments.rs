//! How a text travels: its encoding, its billed units and its segments, exactly.
//!
//! In: one message. Out: GSM-7 if every code point is in the basic or the extension table, else UCS-2 (all or nothing);
//! septets or UTF-16 code units; segments of 160/153 septets or 70/67 code units (3GPP TS 23.038 and TS 23.040). Filling
//! is greedy, and neither an escape pair nor a surrogate pair straddles segments, so that the count can exceed the
//! ceiling division. Never: shorten, replace or normalize anything.

use super::gsm7;
use super::measure::Measure;
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
    segment_measured(Measure::of(text), || text)
}

/// The same for a text that is measured already; it is asked for only where a pair may straddle segments.
pub(super) fn segment_measured<T: AsRef<str>>(measure: Measure, text: impl FnOnce() -> T) -> Segmented {
    let (encoding, capacity, units, pairs) = if measure.outside == 0 {
        (Encoding::Gsm7, GSM7, measure.septets, measure.escapes)
    } else {
        (Encoding::Ucs2, UCS2, measure.units(), measure.pairs)
    };
    let segments = if units <= capacity.single {
        1
    } else if pairs > 0 {
        let mut count = 0_u32;
        fill(text().as_ref(), encoding, capacity, |_| count = count.saturating_add(1));
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
