//! Which texts a source has, and which of several somebody gets.

use std::collections::BTreeMap;

use super::campaign::{Campaign, Source};
use crate::model::{Country, Language, Place, Text};

/// Who gets which language: the first that is known, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageRule {
    /// Column of tags like `sv` or `pt-BR`; an empty cell says nothing.
    pub column: Option<String>,
    /// By the number's country.
    pub by_country: BTreeMap<Country, Language>,
    /// For all others; without it they are errors.
    pub fallback: Option<Language>,
    /// Where the rule stands.
    pub place: Place,
}

impl Campaign {
    /// The texts that rows of a source get: its own before the campaign's; by language where there are several.
    pub fn texts<'a>(&'a self, source: &'a Source) -> Vec<(Option<&'a Language>, &'a Text)> {
        let (one, several) = match &source.body {
            Some(body) => (body, &source.translations),
            None => (&self.body, &self.translations),
        };
        if several.is_empty() {
            return vec![(None, one)];
        }
        several.iter().map(|(language, text)| (Some(language), text)).collect()
    }

    /// All texts of the campaign, each once: its own before those of its sources.
    pub fn all_texts(&self) -> Vec<(Option<&Language>, &Text)> {
        let mut all: Vec<(Option<&Language>, &Text)> = Vec::new();
        let (without, with): (Vec<&Source>, Vec<&Source>) =
            self.sources.iter().partition(|source| source.body.is_none());
        for source in without.into_iter().chain(with) {
            for text in self.texts(source) {
                if !all.contains(&text) {
                    all.push(text);
                }
            }
        }
        all
    }
}
