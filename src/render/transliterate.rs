//! `transliterate`: characters outside GSM-7 replaced by ones inside, so that a message costs fewer segments.
//!
//! In: a text and the mode. Out: the text with each such character replaced, character by character and whatever stands
//! beside it, so that a template and its values can be treated apart. Never: touch a character that GSM-7 carries
//! (`å`, `é`, `€` stay), nor one without an entry below (emoji, Cyrillic, Chinese stay, and the message stays UCS-2).
//!
//! | mode | replaces |
//! |---|---|
//! | `punctuation` | quotes, primes and accents standing alone by `'` and `"`; dashes and minus by `-`; `…` by `...`; bullets by `*`; spaces of any width and tabs by a space; line and paragraph separators by a line break; invisible marks by nothing; `×` by `x`, `™ © ®` by `TM (C) (R)`, fractions by `1/2` and the like |
//! | `latin` | that, and accented Latin letters by the letter without its accent (`á` a, `ç` c, `ł` l, `ș` s, Vietnamese too), ligatures by two letters (`œ` oe), `þ` th, `ð` d; combining accents by nothing |

use super::gsm7;
use crate::campaign::Transliterate;

/// What a mode puts in a character's place; nothing when the character stays.
pub fn replacement(character: char, mode: Transliterate) -> Option<&'static str> {
    match mode {
        Transliterate::Off => None,
        _ if gsm7::septets(character) > 0 => None,
        Transliterate::Punctuation => punctuation(character),
        Transliterate::Latin => punctuation(character).or_else(|| latin(character)),
    }
}

/// Appends a text, transliterated.
pub fn transliterate_into(text: &str, mode: Transliterate, out: &mut String) {
    // ASCII but for three characters is carried by GSM-7; most texts end here.
    let untouched = |byte: u8| byte < 0x80 && byte != b'`' && byte != b'\t';
    if mode == Transliterate::Off || text.bytes().all(untouched) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match replacement(character, mode) {
            Some(text) => out.push_str(text),
            None => out.push(character),
        }
    }
}

fn punctuation(character: char) -> Option<&'static str> {
    Some(match character {
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | '‹' | '›' | '`' | '´' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | '＇' => {
            "'"
        }
        '“' | '”' | '„' | '‟' | '″' | '‶' | '«' | '»' | '〝' | '〞' | '＂' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' | '⁃' => "-",
        '…' => "...",
        '•' | '‣' | '◦' | '∙' | '●' | '▪' => "*",
        '·' => ".",
        '⁄' | '∕' => "/",
        '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' => "",
        '×' => "x",
        '™' => "TM",
        '©' => "(C)",
        '®' => "(R)",
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        'º' => "o",
        'ª' => "a",
        '¢' => "c",
        '¸' | '‗' => "_",
        _ => return None,
    })
}

fn latin(character: char) -> Option<&'static str> {
    Some(match character {
        'Á' | 'À' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' | 'Ǎ' | 'Ǻ' | 'Ȁ' | 'Ȃ' | 'Ạ' | 'Ả' | 'Ấ' | 'Ầ' | 'Ẩ' | 'Ẫ' | 'Ậ'
        | 'Ắ' | 'Ằ' | 'Ẳ' | 'Ẵ' | 'Ặ' => "A",
        'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ǻ' | 'ȁ' | 'ȃ' | 'ạ' | 'ả' | 'ấ' | 'ầ' | 'ẩ' | 'ẫ' | 'ậ' | 'ắ'
        | 'ằ' | 'ẳ' | 'ẵ' | 'ặ' => "a",
        'Ǽ' => "Æ",
        'ǽ' => "æ",
        'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'Ď' | 'Đ' | 'Ð' | 'Ḍ' => "D",
        'ď' | 'đ' | 'ð' | 'ḍ' => "d",
        'È' | 'Ê' | 'Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' | 'Ȅ' | 'Ȇ' | 'Ẹ' | 'Ẻ' | 'Ẽ' | 'Ế' | 'Ề' | 'Ể' | 'Ễ' | 'Ệ' => {
            "E"
        }
        'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ȅ' | 'ȇ' | 'ẹ' | 'ẻ' | 'ẽ' | 'ế' | 'ề' | 'ể' | 'ễ' | 'ệ' => {
            "e"
        }
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' | 'Ǧ' => "G",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' => "g",
        'Ĥ' | 'Ħ' | 'Ḥ' => "H",
        'ĥ' | 'ħ' | 'ḥ' => "h",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' | 'Ǐ' | 'Ȉ' | 'Ȋ' | 'Ỉ' | 'Ị' => "I",
        'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | 'ȉ' | 'ȋ' | 'ỉ' | 'ị' => "i",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'Ĵ' => "J",
        'ĵ' => "j",
        'Ķ' | 'Ǩ' => "K",
        'ķ' | 'ĸ' | 'ǩ' => "k",
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ŀ' | 'Ł' => "L",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'Ń' | 'Ņ' | 'Ň' | 'Ǹ' => "N",
        'ń' | 'ņ' | 'ň' | 'ǹ' => "n",
        'ŉ' => "'n",
        'Ŋ' => "NG",
        'ŋ' => "ng",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ŏ' | 'Ő' | 'Ơ' | 'Ǒ' | 'Ǫ' | 'Ȍ' | 'Ȏ' | 'Ọ' | 'Ỏ' | 'Ố' | 'Ồ' | 'Ổ' | 'Ỗ'
        | 'Ộ' | 'Ớ' | 'Ờ' | 'Ở' | 'Ỡ' | 'Ợ' => "O",
        'ó' | 'ô' | 'õ' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ǒ' | 'ǫ' | 'ȍ' | 'ȏ' | 'ọ' | 'ỏ' | 'ố' | 'ồ' | 'ổ' | 'ỗ' | 'ộ'
        | 'ớ' | 'ờ' | 'ở' | 'ỡ' | 'ợ' => "o",
        'Œ' => "OE",
        'œ' => "oe",
        'Ŕ' | 'Ŗ' | 'Ř' | 'Ȑ' | 'Ȓ' => "R",
        'ŕ' | 'ŗ' | 'ř' | 'ȑ' | 'ȓ' => "r",
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' => "S",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ſ' => "s",
        'ẞ' => "SS",
        'Ţ' | 'Ť' | 'Ŧ' | 'Ț' => "T",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'Þ' => "TH",
        'þ' => "th",
        'Ù' | 'Ú' | 'Û' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' | 'Ư' | 'Ǔ' | 'Ȕ' | 'Ȗ' | 'Ụ' | 'Ủ' | 'Ứ' | 'Ừ' | 'Ử'
        | 'Ữ' | 'Ự' => "U",
        'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ȕ' | 'ȗ' | 'ụ' | 'ủ' | 'ứ' | 'ừ' | 'ử' | 'ữ'
        | 'ự' => "u",
        'Ŵ' | 'Ẁ' | 'Ẃ' | 'Ẅ' => "W",
        'ŵ' | 'ẁ' | 'ẃ' | 'ẅ' => "w",
        'Ý' | 'Ŷ' | 'Ÿ' | 'Ȳ' | 'Ỳ' | 'Ỵ' | 'Ỷ' | 'Ỹ' => "Y",
        'ý' | 'ŷ' | 'ÿ' | 'ȳ' | 'ỳ' | 'ỵ' | 'ỷ' | 'ỹ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{outside_gsm, segment};
    use super::*;

    fn shown(text: &str, mode: Transliterate) -> String {
        let mut out = String::new();
        transliterate_into(text, mode, &mut out);
        out
    }

    #[test]
    fn each_mode_replaces_what_its_table_says() {
        let text = "“Fiancée’s” café – 20 €… Łódź, çok `güzel`\u{a0}😀";
        assert_eq!(shown(text, Transliterate::Off), text);
        assert_eq!(
            shown(text, Transliterate::Punctuation),
            "\"Fiancée's\" café - 20 €... Łódź, çok 'güzel' 😀"
        );
        assert_eq!(
            shown(text, Transliterate::Latin),
            "\"Fiancée's\" café - 20 €... Lodz, cok 'güzel' 😀"
        );
        assert_eq!(
            shown("Bánh mì, Iaşi, œuvre, þing", Transliterate::Latin),
            "Banh mì, Iasi, oeuvre, thing"
        );
    }

    #[test]
    fn replacements_are_carried_by_gsm7_and_never_touch_what_it_carries() {
        let mut replaced = 0;
        for character in '\0'..=char::MAX {
            if let Some(text) = replacement(character, Transliterate::Latin) {
                assert_eq!(outside_gsm(text).count(), 0, "{character}");
                assert_eq!(gsm7::septets(character), 0, "{character}");
                replaced += 1;
            }
        }
        assert!(replaced > 400, "{replaced}");
    }

    #[test]
    fn counts_fall_from_ucs2_to_gsm7() {
        let text = "Don’t miss our sale – 20 % off everything in the shop, only today and only for you, dear friend!";
        let after = shown(text, Transliterate::Punctuation);
        assert_eq!((segment(text).segments, segment(&after).segments), (2, 1));
    }
}
