//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 V17, section 6.2.1): which characters travel
//! as septets, and how many each takes. In: a character. Out: 1, 2, or nothing. Never a national shift table: handsets
//! and providers differ in which they know.

/// Septets of each ASCII byte: 1 basic, 2 behind an escape, 0 not in either table.
const ASCII_SEPTETS: [u8; 128] = ascii_septets();

/// The same for U+0000 to U+03FF, all that UTF-8 writes in two bytes beginning with C2 to CF.
const TWO_BYTES: [u8; 0x400] = two_byte_septets();

/// Septets of an ASCII byte; 0 when it needs UCS-2.
pub(super) fn ascii(byte: u8) -> u8 {
    ASCII_SEPTETS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Septets of the character in these two bytes of UTF-8.
pub(super) fn two_bytes(lead: u8, follow: u8) -> u8 {
    let point = usize::from(lead & 0x1f) << 6 | usize::from(follow & 0x3f);
    TWO_BYTES.get(point).copied().unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "below 0x400")]
const fn two_byte_septets() -> [u8; 0x400] {
    let mut table = [0; 0x400];
    let mut point = 0x80;
    while point < 0x400 {
        if let Some(character) = char::from_u32(point as u32) {
            table[point] = beyond_ascii(character);
        }
        point += 1;
    }
    table
}

const fn ascii_septets() -> [u8; 128] {
    let mut table = [0; 128];
    let mut byte = 0x20;
    while byte < 0x7f {
        table[byte] = 1;
        byte += 1;
    }
    table[b'\n' as usize] = 1;
    table[b'\r' as usize] = 1;
    table[b'`' as usize] = 0;
    let extension = b"\x0c[\\]^{|}~";
    let mut at = 0;
    while at < extension.len() {
        table[extension[at] as usize] = 2;
        at += 1;
    }
    table
}

/// Septets of one character; 0 when it needs UCS-2.
pub(super) fn septets(character: char) -> u8 {
    match u8::try_from(character) {
        Ok(byte) if byte < 128 => ascii(byte),
        _ => beyond_ascii(character),
    }
}

/// The same for characters outside ASCII.
const fn beyond_ascii(character: char) -> u8 {
    match character {
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π'
        | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö'
        | 'ñ' | 'ü' | 'à' => 1,
        '€' => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_127_basic_characters_and_10_behind_the_escape() {
        // 128 positions less the escape itself; the extension table has 10 entries besides its own reserved ones.
        let counts = |n: u8| ('\0'..=char::MAX).filter(|c| septets(*c) == n).count();
        assert_eq!((counts(1), counts(2)), (127, 10));
    }
}
