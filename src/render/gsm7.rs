//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 V17, section 6.2.1): which characters travel
//! as septets, and how many each takes. In: a character. Out: 1, 2, or nothing. Never a national shift table: handsets
//! and providers differ in which they know.

/// Septets of each character below U+0400: 1 basic, 2 behind an escape, 0 in neither table. Beyond, the tables hold the
/// euro sign alone.
pub(super) const SEPTETS: [u8; 0x400] = table();

#[expect(clippy::cast_possible_truncation, reason = "below 0x400")]
const fn table() -> [u8; 0x400] {
    let mut table = [0; 0x400];
    let ascii = ascii_septets();
    let mut point = 0;
    while point < 0x400 {
        if point < 0x80 {
            table[point] = ascii[point];
        } else if let Some(character) = char::from_u32(point as u32) {
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
    match SEPTETS.get(usize::try_from(u32::from(character)).unwrap_or(usize::MAX)) {
        Some(septets) => *septets,
        None => beyond_ascii(character),
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
