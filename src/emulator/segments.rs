//! Billed segments of a text, counted by the emulator on its own: 3GPP TS 23.038 (alphabet) and TS 23.040 (segments).
//!
//! Written without a look at the renderer's counter, so that both can be compared.

/// The basic GSM 7-bit alphabet, one septet each (3GPP TS 23.038, 6.2.1), without the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table, escape plus septet (6.2.1.1); form feed is its page break.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How a text is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Whether it needs UCS-2.
    pub ucs2: bool,
    /// Segments; an empty text is one.
    pub segments: usize,
}

/// Counts with the smallest encoding that holds the whole text.
pub fn count(text: &str) -> Count {
    if fits_gsm(text) {
        Count {
            ucs2: false,
            segments: fill(text.chars().map(septets), 160, 153),
        }
    } else {
        Count {
            ucs2: true,
            segments: fill(text.chars().map(char::len_utf16), 70, 67),
        }
    }
}

/// Whether every character is in the GSM 7-bit alphabet or its extension.
pub fn fits_gsm(text: &str) -> bool {
    text.chars().all(|c| septets(c) > 0)
}

/// Septets of a character; 0 when the alphabet does not have it.
fn septets(c: char) -> usize {
    let plain = matches!(c, ' '..='?' | 'A'..='Z' | 'a'..='z');
    if plain || BASIC.contains(c) {
        1
    } else if EXTENDED.contains(c) {
        2
    } else {
        0
    }
}

/// Segments when characters of these widths are filled in greedily and none is split.
fn fill(widths: impl Iterator<Item = usize> + Clone, alone: usize, joined: usize) -> usize {
    if widths.clone().sum::<usize>() <= alone {
        return 1;
    }
    let (mut segments, mut used) = (1, 0);
    for width in widths {
        if used + width > joined {
            segments += 1;
            used = 0;
        }
        used += width;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_follow_the_standard() {
        let table: [(String, bool, usize); 10] = [
            (String::new(), false, 1),
            ("a".repeat(160), false, 1),
            ("a".repeat(161), false, 2),
            ("a".repeat(306), false, 2),
            ("a".repeat(307), false, 3),
            ("€".repeat(80), false, 1),
            // An escape pair does not straddle: 152 + 2 leaves one septet of the first segment empty.
            (format!("{}€{}", "a".repeat(152), "a".repeat(152)), false, 3),
            ("å".repeat(70) + "’", true, 2),
            ("ж".repeat(70), true, 1),
            ("😀".repeat(35), true, 1),
        ];
        for (text, ucs2, segments) in table {
            assert_eq!(
                count(&text),
                Count { ucs2, segments },
                "{} characters",
                text.chars().count()
            );
        }
        // A surrogate pair does not straddle: 33 pairs in a segment, not 33.5.
        assert_eq!(count(&"😀".repeat(67)).segments, 3);
    }

    #[test]
    fn the_alphabet_has_its_127_characters_and_ten_extensions() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENDED.chars().count(), 10);
        assert!(BASIC.chars().all(|c| septets(c) == 1) && EXTENDED.chars().all(|c| septets(c) == 2));
    }
}
