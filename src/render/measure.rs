//! What a piece of text adds to the counts of its message.
//!
//! In: a message, or pieces of one. Out: sums from which its encoding, units and segments follow; those of two texts
//! add up to those of both together, so that a template's own text is counted once, when it is compiled, and of each
//! row only its cells. Counting whole messages was a fifth of a plan's work. Never: a guess where a pair may straddle
//! segments; there the text itself is asked (see `segments`).

use std::ops::AddAssign;

use super::gsm7;

/// Sums over the characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Measure {
    /// Septets of the characters that GSM-7 carries.
    pub(super) septets: u32,
    /// How many of them take two.
    pub(super) escapes: u32,
    /// Characters that GSM-7 does not carry.
    pub(super) outside: u32,
    /// How many characters take two UTF-16 code units.
    pub(super) pairs: u32,
}

/// What each character below U+0400 adds, in four numbers of 16 bits side by side: septets, escapes, outside, pairs.
const CHARACTERS: [u64; 0x400] = characters();
/// The four of a character outside GSM-7 that takes one code unit, and of one that takes two.
const OUTSIDE: u64 = 1 << 32;
const PAIR: u64 = 1 << 48 | OUTSIDE;
/// A text of so many bytes overflows none of them; messages have no more.
pub(super) const MOST: usize = 1 << 14;

const fn characters() -> [u64; 0x400] {
    let mut table = [OUTSIDE; 0x400];
    let mut point = 0;
    while point < 0x400 {
        table[point] = packed(gsm7::SEPTETS[point]);
        point += 1;
    }
    table
}

/// Those of ASCII, where a byte is a character.
const ASCII: &[u64; 0x80] = match CHARACTERS.first_chunk() {
    Some(ascii) => ascii,
    None => &[OUTSIDE; 0x80],
};

/// What any character adds.
fn of_character(character: char) -> u64 {
    let point = usize::try_from(u32::from(character)).unwrap_or(usize::MAX);
    match CHARACTERS.get(point) {
        Some(adds) => *adds,
        None if point > 0xffff => PAIR,
        None => packed(gsm7::septets(character)),
    }
}

const fn packed(septets: u8) -> u64 {
    match septets {
        0 => OUTSIDE,
        1 => 1,
        _ => 1 << 16 | 2,
    }
}

/// A measure in one word, for pieces that are at most `MOST` bytes together; of more it means nothing. Four numbers
/// written to memory and read back as one vector make the processor wait each time: of five cells a row that was a
/// twentieth of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Packed(u64);

impl Packed {
    /// Counts a text: of ASCII a byte is an addition, and only what is not is decoded.
    #[inline]
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut at, mut sum) = (0, Self::default());
        while let Some(byte) = bytes.get(at) {
            if let Some(adds) = ASCII.get(usize::from(*byte)) {
                sum += Self(*adds);
                at += 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            for character in rest.chars().take_while(|character| !character.is_ascii()) {
                sum += Self(of_character(character));
                at += character.len_utf8();
            }
        }
        sum
    }

    /// Whether there is a character that GSM-7 does not carry.
    pub(super) fn has_outside(self) -> bool {
        self.0 >> 32 & 0xffff != 0
    }

    pub(super) fn measure(self) -> Measure {
        let [septets, escapes, outside, pairs] =
            [0, 16, 32, 48].map(|shift| u32::try_from(self.0 >> shift & 0xffff).unwrap_or(0));
        Measure {
            septets,
            escapes,
            outside,
            pairs,
        }
    }
}

impl AddAssign for Packed {
    #[inline]
    fn add_assign(&mut self, more: Self) {
        self.0 = self.0.wrapping_add(more.0);
    }
}

impl Measure {
    /// Counts a text.
    pub(super) fn of(mut text: &str) -> Self {
        let mut sum = Self::default();
        while text.len() > MOST {
            let (head, tail) = text.split_at(text.floor_char_boundary(MOST));
            sum += Packed::of(head).measure();
            text = tail;
        }
        sum += Packed::of(text).measure();
        sum
    }

    /// UTF-16 code units.
    pub(super) fn units(self) -> u32 {
        self.septets - self.escapes + self.outside + self.pairs
    }

    /// Replaces a character outside GSM-7 by a text, wherever it occurs.
    pub(super) fn replace(&mut self, character: char, times: u32, instead: Self) {
        self.outside = self.outside - times + times * instead.outside;
        self.septets += times * instead.septets;
        self.escapes += times * instead.escapes;
        self.pairs -= times * u32::from(character > '\u{ffff}');
    }

    /// The same text without so many line breaks.
    pub(super) fn without_breaks(self, count: usize) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            septets: self.septets.saturating_sub(count),
            ..self
        }
    }
}

impl AddAssign for Measure {
    #[inline]
    fn add_assign(&mut self, more: Self) {
        self.septets += more.septets;
        self.escapes += more.escapes;
        self.outside += more.outside;
        self.pairs += more.pairs;
    }
}

#[cfg(test)]
mod tests {
    use super::super::counted::Counted;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_those_of_the_single_characters(text in "([ -~åäö€^ş߿ࠀ\n]|[\\PC]|[😀-😄]){0,200}") {
            let mut slow = Measure::default();
            for character in text.chars() {
                let septets = u32::from(gsm7::septets(character));
                slow += Measure {
                    septets,
                    escapes: u32::from(septets == 2),
                    outside: u32::from(septets == 0),
                    pairs: u32::from(character.len_utf16() == 2),
                };
            }
            prop_assert_eq!(Measure::of(&text), slow);
            prop_assert_eq!(slow.units() as usize, text.encode_utf16().count());
        }

        #[test]
        fn long_texts_are_counted_in_pieces(text in "[ -~å€ş😀]{90}", times in 1_usize..600) {
            let one = Measure::of(&text);
            let all = Measure::of(&text.repeat(times));
            let times = u32::try_from(times).unwrap();
            prop_assert_eq!((all.septets, all.escapes, all.outside, all.pairs), (one.septets * times, one.escapes * times, one.outside * times, one.pairs * times));
        }

        #[test]
        fn counts_of_two_texts_add_up(one in "[ -~å€ş😀]{0,90}", other in "[ -~å€ş😀]{0,90}") {
            let mut sum = Counted::of(&one);
            sum.add(&other);
            let both = one + &other;
            sum.segment(&both);
            prop_assert_eq!(sum, Counted::of(&both));
        }
    }
}
