//! Text of others made harmless for showing: nothing moves a cursor, rings a bell, turns writing around or hides.
//!
//! In: text of a file, a cell or a provider. Out: the same text with every control character as a visible sign. Line
//! breaks and tabs stay: what is printed on one line replaces them itself. Never: a letter lost.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::ser::{CharEscape, Formatter};

/// Control characters as control pictures (`␛`), marks that reverse or hide text as `U+202E`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !has_hidden(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            show(character, &mut out);
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// The same on one line: breaks become ` ⏎ `, tabs spaces.
pub fn visible_line(text: &str) -> String {
    visible(text).trim_end().replace('\n', " ⏎ ").replace('\t', " ")
}

/// Every text of a view, whatever its field, so that none can be forgotten. A view with nothing hidden in it is not
/// copied: that of a plan of twenty thousand batches has tens of megabytes.
pub fn all_visible<T: Serialize + DeserializeOwned + Clone>(view: &T) -> Cow<'_, T> {
    if !hides_something(view) {
        return Cow::Borrowed(view);
    }
    let Ok(mut value) = serde_json::to_value(view) else {
        return Cow::Borrowed(view);
    };
    mend(&mut value);
    serde_json::from_value(value).map_or(Cow::Borrowed(view), Cow::Owned)
}

/// Whether any text of a view has something hidden in it: told while its document goes by, which nobody keeps.
fn hides_something<T: Serialize>(view: &T) -> bool {
    let mut search = Search::default();
    let mut document = serde_json::Serializer::with_formatter(io::sink(), &mut search);
    // A view that is no document has nothing that could be mended.
    let is_document = view.serialize(&mut document).is_ok();
    is_document && search.has_found
}

/// Looks at every text of a document.
#[derive(Default)]
struct Search {
    has_found: bool,
}

impl Formatter for &mut Search {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.has_found |= has_hidden(fragment);
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        self.has_found |= match escape {
            CharEscape::Backspace | CharEscape::FormFeed | CharEscape::CarriageReturn | CharEscape::AsciiControl(_) => {
                true
            }
            CharEscape::Quote
            | CharEscape::ReverseSolidus
            | CharEscape::Solidus
            | CharEscape::LineFeed
            | CharEscape::Tab => false,
        };
        Ok(())
    }
}

fn mend(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(shown) = visible(text) {
                *text = shown;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mend),
        Value::Object(fields) => {
            let hidden: Vec<String> = fields
                .keys()
                .filter(|key| key.chars().any(is_hidden))
                .cloned()
                .collect();
            for key in &hidden {
                if let Some(field) = fields.remove(key) {
                    fields.insert(visible(key).into_owned(), field);
                }
            }
            fields.values_mut().for_each(mend);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether any character of a text is a control or invisible character. Line by line; for most lines the bytes show it,
/// many at a time: the document of a plan of two thousand batches has two megabytes.
pub(super) fn has_hidden(text: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    let mut lines = text.split_inclusive('\n');
    lines.any(|line| {
        let all_plain = line.bytes().fold(true, |all, byte| all & is_plain(byte));
        !all_plain && line.chars().any(is_hidden)
    })
}

/// Whether a character acts or hides instead of being read; breaks and tabs do not.
pub(super) fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => true,
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

fn show(character: char, out: &mut String) {
    let code = u32::from(character);
    let picture = match code {
        0..0x20 => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    };
    match picture {
        Some(picture) => out.push(picture),
        None => {
            let _ = write!(out, "U+{code:04X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_act_is_shown_instead() {
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "␛[31mred␇");
        assert_eq!(visible("a\u{202e}b\u{9b}c"), "aU+202EbU+009Bc");
        assert_eq!(visible("åäö 👩‍👧 one\ntwo"), "åäö 👩‍👧 one\ntwo");
        assert_eq!(visible_line("one\ntwo\n"), "one ⏎ two");
    }

    proptest! {
        #[test]
        fn a_text_hides_something_when_one_of_its_characters_does(text in "([ -~åé\n\t]{0,40}|[\\PC\\n]|\\PC|[\u{0}-\u{a0}]|[\u{2028}-\u{202e}]){0,6}") {
            prop_assert_eq!(has_hidden(&text), text.chars().any(is_hidden));
        }

        #[test]
        fn nothing_hidden_is_left_in_any_field(key in any::<String>(), text in any::<String>()) {
            let view: std::collections::BTreeMap<String, Vec<String>> = [(key, vec![text])].into();
            for (key, texts) in all_visible(&view).into_owned() {
                prop_assert!(!key.chars().any(is_hidden));
                prop_assert!(!texts.concat().chars().any(is_hidden));
            }
        }
    }
}
