//! Reads constants for templates, and the names that templates may use.

use std::collections::BTreeMap;

use super::at::At;
use super::diagnostics;
use super::forms_file::VarFile;
use super::reading::Reading;
use super::tree::NodeId;
use super::var_value::VarValue;
use super::wording::clip;
use crate::model::Diagnostic;

/// Constants with names that a template can use.
pub(super) fn vars(reading: &mut Reading<'_>, field: &At<BTreeMap<String, At<VarFile>>>) -> BTreeMap<String, VarValue> {
    let mut vars = BTreeMap::new();
    for (name, value) in field.given().into_iter().flatten() {
        let is_usable = value.id().is_none_or(|id| template_name(reading, id, name));
        let value = match value.given() {
            Some(VarFile::Text(text)) => VarValue::Text(text.clone()),
            Some(VarFile::Integer(value)) => VarValue::Integer(*value),
            Some(VarFile::Bool(value)) => VarValue::Bool(*value),
            None => continue,
        };
        if is_usable {
            vars.insert(name.clone(), value);
        }
    }
    vars
}

/// Whether a key can be a variable of a template; the fault is recorded at the key.
pub(super) fn template_name(reading: &mut Reading<'_>, id: NodeId, name: &str) -> bool {
    const WORDS: &[&str] = &[
        "and", "or", "not", "in", "is", "if", "elif", "else", "endif", "for", "endfor", "true", "false", "none",
        "null", "True", "False", "None",
    ];
    const MAX: usize = 64;
    let shaped = name.len() <= MAX
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let why = match name {
        "occurrence" | "recipient" => "it is reserved: Campanile fills it in",
        "loop" | "self" => "it is a word of the template language",
        _ if WORDS.contains(&name) => "it is a word of the template language",
        _ if !shaped => "letters, digits and `_`, not beginning with a digit, at most 64",
        _ => return true,
    };
    let message = format!("`{}` cannot be a name in templates: {why}", clip(name));
    let place = reading.tree.key_place(id);
    reading
        .found
        .push(Diagnostic::error(&diagnostics::VARIABLE, message).at(place));
    false
}
