//! The rule that finds a recipient's language.

use std::collections::BTreeMap;

use crate::model::{Country, Language, Place};

/// Who gets which language: the first that is known, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageRule {
    /// Column of tags like `sv` or `pt-BR`; an empty cell says nothing.
    pub column: Option<String>,
    /// By the number's country.
    pub by_country: BTreeMap<Country, Language>,
    /// For all others; without it they are errors.
    pub fallback: Option<Language>,
    /// The rule's place in the file.
    pub place: Place,
}
