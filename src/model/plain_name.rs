//! Names for templates and files, made of what people call things.
//!
//! In: a column's head or a file's name, in any Latin spelling. Out: the same in `a-z`, `0-9` and `_`, the same on
//! every machine for ever, since templates are written with it. Never: a name for a head in another script, of which
//! only the Latin part would be left.

/// Latin letters by what they are without their marks. Swedish `å ä ö` are `a a o` here, as in domain names.
const LETTERS: &[(&str, &str)] = &[
    ("a", "àáâãäåāăąǎǟǡǻȁȃȧạảấầẩẫậắằẳẵặª"),
    ("ae", "æǣǽ"),
    ("b", "ḃḅɓ"),
    ("c", "çćĉċčƈ"),
    ("d", "ďđðḋḍɗ"),
    ("e", "èéêëēĕėęěȅȇȩẹẻẽếềểễệə"),
    ("f", "ḟƒ"),
    ("g", "ĝğġģǧǵ"),
    ("h", "ĥħḣḥȟ"),
    ("i", "ìíîïĩīĭįıǐȉȋỉị"),
    ("ij", "ĳ"),
    ("j", "ĵǰ"),
    ("k", "ķĸǩḱ"),
    ("l", "ĺļľŀłḷ"),
    ("m", "ṁṃ"),
    ("n", "ñńņňŉǹŋṅṇ"),
    ("o", "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱọỏốồổỗộớờởỡợº"),
    ("oe", "œ"),
    ("p", "ṗṕ"),
    ("r", "ŕŗřȑȓṙṛ"),
    ("s", "śŝşšſșṡṣ"),
    ("ss", "ß"),
    ("t", "ţťŧțṫṭ"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗụủứừửữự"),
    ("w", "ŵẁẃẅẇ"),
    ("x", "ẋẍ"),
    ("y", "ýÿŷȳẏẙỳỵỷỹ"),
    ("z", "źżžƶẓ"),
];

/// Words of the template language: no column can have one as its name.
const WORDS: [&str; 16] = [
    "and", "or", "not", "in", "is", "if", "elif", "else", "endif", "for", "endfor", "true", "false", "none", "null",
    "loop",
];

/// A letter or digit in lower case and without its marks: `Å` is `a`, `ß` is `ss`. Nothing for a letter of another
/// script and for what is no letter.
pub fn without_diacritics(character: char) -> Option<String> {
    if character.is_ascii_alphanumeric() {
        return Some(character.to_ascii_lowercase().to_string());
    }
    let lower: String = character.to_lowercase().filter(|c| !is_mark(*c)).collect();
    if lower.len() == 1 && lower.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Some(lower);
    }
    let mut letters = lower.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    let found = LETTERS.iter().find(|(_, marked)| marked.contains(letter));
    found.map(|(plain, _)| (*plain).to_owned())
}

/// Combining marks, which follow their letter.
fn is_mark(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// Characters within a word that are not written: apostrophes, soft hyphens, invisible marks.
fn is_silent(character: char) -> bool {
    is_mark(character)
        || matches!(
            character,
            '\'' | '’' | '´' | '`' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

/// The name that a template may always use for what is called so: `First Name` and `firstName` are `first_name`,
/// `Förnamn` is `fornamn`. Nothing where no letter of it is Latin, where one is of another script, and for words of the
/// language.
pub fn snake_case(called: &str) -> Option<String> {
    let characters: Vec<char> = called.chars().filter(|c| !is_silent(*c)).collect();
    let mut name = String::with_capacity(called.len());
    for (at, character) in characters.iter().enumerate() {
        let Some(plain) = without_diacritics(*character) else {
            if character.is_alphanumeric() {
                return None;
            }
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            continue;
        };
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let begins_a_word = character.is_uppercase()
            && before.is_some_and(|before| {
                let in_an_acronym =
                    before.is_uppercase() && characters.get(at + 1).is_some_and(|next| next.is_lowercase());
                before.is_lowercase() || before.is_numeric() || in_an_acronym
            });
        if begins_a_word && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        name.push_str(&plain);
    }
    name.truncate(name.trim_end_matches('_').len());
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    (!name.is_empty() && !WORDS.contains(&name.as_str())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn heads_get_the_names_that_people_expect() {
        let cases = [
            ("First Name", "first_name"),
            ("Förnamn", "fornamn"),
            ("Fo\u{308}rnamn", "fornamn"),
            ("first_name", "first_name"),
            ("firstName", "first_name"),
            ("SMS Consent", "sms_consent"),
            ("SMSConsent", "sms_consent"),
            ("Ort/Stad", "ort_stad"),
            ("E-mail (work)", "e_mail_work"),
            ("Customer's name", "customers_name"),
            ("2nd phone", "_2nd_phone"),
            ("Größe", "grosse"),
            ("Łódź", "lodz"),
            ("İl", "il"),
            ("  Name  ", "name"),
            ("__name__", "name"),
            ("\u{200b}Name", "name"),
        ];
        for (head, name) in cases {
            assert_eq!(snake_case(head).as_deref(), Some(name), "{head}");
        }
        for head in ["", "%", "Имя", "Имя name", "名前", "not", "In", "---", "loop"] {
            assert_eq!(snake_case(head), None, "{head}");
        }
    }

    proptest! {
        #[test]
        fn a_name_can_be_written_and_is_its_own_name(head in "[\\PC]{0,30}|[A-Za-zåÄö0-9 _/-]{0,30}") {
            if let Some(name) = snake_case(&head) {
                prop_assert!(name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit()), "{}", name);
                prop_assert!(!name.starts_with(|first: char| first.is_ascii_digit()));
                // What begins with a digit keeps the mark that makes it a name.
                prop_assert_eq!(snake_case(&name), Some(name));
            }
        }
    }
}
