//! Reads the keys that say how a list is written: heads of columns, country, delimiter, character set.

use super::at::At;
use super::diagnostics;
use super::invalid_value::InvalidValue;
use super::reading::Reading;
use super::wording::clip;
use crate::model::Country;

pub(super) fn country(reading: &mut Reading<'_>, field: &At<String>) -> Option<Country> {
    reading.parse(field, &diagnostics::NAME, |text| Country::parse(text))
}

pub(super) fn encoding(reading: &mut Reading<'_>, field: &At<String>) -> Option<String> {
    reading.parse(field, &diagnostics::CSV_OPTION, |text| {
        let shaped = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'));
        if shaped {
            Ok(text.clone())
        } else {
            Err(format!(
                "`{}` is not the name of an encoding like `utf-8` or `windows-1252`",
                clip(text)
            ))
        }
    })
}

pub(super) fn column_head(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        Err("the name of a column is blank")
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn delimiter(text: &str) -> Result<u8, InvalidValue> {
    let named = match text {
        "tab" | "\\t" => "\t",
        other => other,
    };
    match named.as_bytes() {
        [byte @ (b',' | b';' | b'\t' | b'|' | b':' | b'^' | b'~')] => Ok(*byte),
        _ => Err(InvalidValue(format!(
            "`{}` is not a delimiter: `,` `;` `|` `:` `^` `~` or `tab`",
            clip(text)
        ))),
    }
}
