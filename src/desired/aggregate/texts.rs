//! The texts of one list, compiled, and who of its rows gets which.
//!
//! In: a campaign, a source and its opened list; then cells and country of a row. Out: a text for the row, by the column of
//! languages, else by the country, else the fallback. Never: a text in a language that nothing names for the row.

use crate::audience::Table;
use crate::campaign::{Campaign, Source};
use crate::model::{Country, Diagnostic, Language, Place, Text};
use crate::render::{Names, Program};

/// The compiled texts of a list.
#[derive(Debug, Clone)]
pub struct ListTexts {
    texts: Vec<ListText>,
    rule: Option<Rule>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct ListText {
    /// Where there are several.
    pub language: Option<Language>,
    /// As written.
    pub body: Text,
    /// Compiled.
    pub program: Program,
}

#[derive(Debug, Clone)]
struct Rule {
    column: Option<usize>,
    countries: Vec<(Country, usize)>,
    fallback: Option<usize>,
    place: Place,
}

/// Why a row has no text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoText {
    /// Its cell is no tag of a language; what it holds is not repeated.
    NoTag,
    /// No text is in its language, nor in what stands in for it.
    Missing(Language),
    /// Nothing says its language.
    Nowhere,
}

/// Which text a row gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The place among the texts.
    pub text: usize,
    /// Whether its cell names a language that no text is in.
    pub is_stand_in: bool,
}

impl ListTexts {
    /// Compiles all, or tells every fault of each.
    pub fn compile(
        campaign: &Campaign,
        source: &Source,
        table: &Table,
        names: &Names<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let mut texts = Vec::new();
        for (language, body) in campaign.texts(source) {
            match Program::compile(body, names) {
                Ok(program) => texts.push(ListText {
                    language: language.cloned(),
                    body: body.clone(),
                    program,
                }),
                Err(more) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let declared = campaign
            .language
            .as_ref()
            .filter(|_| texts.iter().any(|text| text.language.is_some()));
        let Some(declared) = declared else {
            return Ok(Self { texts, rule: None });
        };
        let find = |language: &Language| position(&texts, language);
        let column = declared.column.as_ref().map(|column| {
            table
                .column(column, &format!("language: {{ column: {column} }}"), &declared.place)
                .map_err(|fault| vec![*fault])
        });
        let rule = Rule {
            column: column.transpose()?,
            countries: declared
                .by_country
                .iter()
                .filter_map(|(country, language)| Some((country.clone(), find(language)?)))
                .collect(),
            fallback: declared.fallback.as_ref().and_then(find),
            place: declared.place.clone(),
        };
        Ok(Self {
            texts,
            rule: Some(rule),
        })
    }

    /// All, in the order of their languages.
    pub fn all(&self) -> &[ListText] {
        &self.texts
    }

    /// Whether rows may get different texts.
    pub fn has_languages(&self) -> bool {
        self.rule.is_some()
    }

    /// Where the rule stands.
    pub(super) fn rule_place(&self) -> Option<&Place> {
        self.rule.as_ref().map(|rule| &rule.place)
    }

    /// The text of a row.
    pub fn choose(&self, cells: &[&str], country: Option<&Country>) -> Result<Chosen, NoText> {
        let chosen = |text| Chosen {
            text,
            is_stand_in: false,
        };
        let Some(rule) = &self.rule else {
            return Ok(chosen(0));
        };
        let cell = rule.column.and_then(|at| cells.get(at)).map(|cell| cell.trim());
        if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
            let is_exact = |text: &ListText| {
                let language = text.language.as_ref();
                language.is_some_and(|language| language.as_str().eq_ignore_ascii_case(cell))
            };
            if let Some(text) = self.texts.iter().position(is_exact) {
                return Ok(chosen(text));
            }
            let language = Language::parse(cell).map_err(|_| NoText::NoTag)?;
            return match (position(&self.texts, &language), rule.fallback) {
                (Some(text), _) => Ok(chosen(text)),
                (None, Some(text)) => Ok(Chosen {
                    text,
                    is_stand_in: true,
                }),
                (None, None) => Err(NoText::Missing(language)),
            };
        }
        let of_country = rule
            .countries
            .iter()
            .find(|(known, _)| Some(known) == country)
            .map(|(_, text)| *text);
        of_country.or(rule.fallback).map(chosen).ok_or(NoText::Nowhere)
    }
}

/// The text in a language, or in what is nearest to it.
fn position(texts: &[ListText], language: &Language) -> Option<usize> {
    let chain = language.chain();
    chain
        .iter()
        .find_map(|language| texts.iter().position(|text| text.language.as_ref() == Some(language)))
}
