//! Texts asked about eight bytes at a time.

/// Whether a test holds for words (little endian) that hold all of these bytes between them, some of them twice, and no
/// others. Most cells of a list are one or two such words.
#[inline]
pub fn all_eights(bytes: &[u8], test: impl Fn(u64) -> bool) -> bool {
    if let Some(last) = bytes.last_chunk::<8>() {
        let (words, _) = bytes.as_chunks::<8>();
        return test(u64::from_le_bytes(*last)) && words.iter().all(|word| test(u64::from_le_bytes(*word)));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
        return test(first | last << 32);
    }
    match *bytes {
        [] => true,
        [one] => test(u64::from_le_bytes([one; 8])),
        [one, two] => test(u64::from_le_bytes([one, two, one, two, one, two, one, two])),
        [one, .., two, three] => test(u64::from_le_bytes([one, two, three, one, two, three, one, two])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_is_asked_about_and_no_other(bytes in prop::collection::vec(any::<u8>(), 0..40), wanted in any::<u8>()) {
            for byte in bytes.iter().copied().chain([wanted]) {
                let without = |word: u64| !word.to_le_bytes().contains(&byte);
                prop_assert_eq!(all_eights(&bytes, without), !bytes.contains(&byte));
            }
        }
    }
}
