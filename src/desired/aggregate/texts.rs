//! The texts of one list, compiled, and who of its rows gets which.
//!
//! In: a campaign, a source and its opened list; then a row and its person's variant. Out: a text for the row, by the
//! column of languages, else by the country, else the fallback. Never: a text in a language that nothing names for the
//! row, or one of another variant.

use std::ops::Range;

use crate::audience::{ListRow, Table};
use crate::campaign::{Campaign, LanguageRule, Source};
use crate::model::{Country, Diagnostic, Language, Place, Text};
use crate::render::{Names, Program};

/// The compiled texts of a list.
#[derive(Debug, Clone)]
pub struct ListTexts {
    texts: Vec<ListText>,
    /// By variant; one where there are none.
    choices: Vec<TextsOfVariant>,
    rule: Option<TextRule>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct ListText {
    /// Which of the campaign's variants, where there are some.
    pub variant: Option<usize>,
    /// Where there are several.
    pub language: Option<Language>,
    /// As written.
    pub body: Text,
    /// The compiled template.
    pub program: Program,
}

#[derive(Debug, Clone)]
struct TextRule {
    column: Option<usize>,
    place: Place,
}

/// The texts of one variant; places are among all.
#[derive(Debug, Clone, Default)]
struct TextsOfVariant {
    texts: Range<usize>,
    has_languages: bool,
    countries: Vec<(Country, usize)>,
    fallback: Option<usize>,
}

/// Why a row has no text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoText {
    /// Its cell is no tag of a language; what it holds is not repeated.
    NoTag,
    /// No text is in its language, nor in a fallback of it.
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
    /// Compiles all, or reports every fault of each.
    pub fn compile(
        campaign: &Campaign,
        source: &Source,
        table: &Table,
        names: &Names<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let mut texts = Vec::new();
        for text in campaign.texts(source) {
            let variant = text.variant.and_then(|at| campaign.variants.get(at));
            let names = Names {
                variant: variant.map(|variant| variant.name.as_str()),
                ..*names
            };
            match Program::compile(text.text, &names) {
                Ok(program) => texts.push(ListText {
                    variant: text.variant,
                    language: text.language.cloned(),
                    body: text.text.clone(),
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
        let variants = campaign.variants.len();
        let all = if variants == 0 {
            vec![None]
        } else {
            (0..variants).map(Some).collect()
        };
        let choices = all
            .into_iter()
            .map(|variant| TextsOfVariant::new(&texts, variant, declared))
            .collect();
        let Some(declared) = declared else {
            return Ok(Self {
                texts,
                choices,
                rule: None,
            });
        };
        let column = declared.column.as_ref().map(|column| {
            table
                .column(column, &format!("language: {{ column: {column} }}"), &declared.place)
                .map_err(|fault| vec![*fault])
        });
        let rule = TextRule {
            column: column.transpose()?,
            place: declared.place.clone(),
        };
        Ok(Self {
            texts,
            choices,
            rule: Some(rule),
        })
    }

    /// All, in the order of variants and languages.
    pub fn all(&self) -> &[ListText] {
        &self.texts
    }

    /// Whether rows may get different texts.
    pub fn has_languages(&self) -> bool {
        self.rule.is_some()
    }

    /// The rule's place in the file.
    pub(super) fn rule_place(&self) -> Option<&Place> {
        self.rule.as_ref().map(|rule| &rule.place)
    }

    /// The text of a row whose person falls to this variant.
    pub fn choose(&self, row: &ListRow<'_>, variant: Option<usize>) -> Result<Chosen, NoText> {
        let chosen = |text| Chosen {
            text,
            is_stand_in: false,
        };
        let choice = self.choices.get(variant.unwrap_or(0)).ok_or(NoText::Nowhere)?;
        let Some(rule) = self.rule.as_ref().filter(|_| choice.has_languages) else {
            return Ok(chosen(choice.texts.start));
        };
        let cell = rule.column.and_then(|at| row.cells.get(at)).map(|cell| cell.trim());
        if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
            let is_exact = |at: &usize| {
                let language = self.texts.get(*at).and_then(|text| text.language.as_ref());
                language.is_some_and(|language| language.as_str().eq_ignore_ascii_case(cell))
            };
            if let Some(text) = choice.texts.clone().find(is_exact) {
                return Ok(chosen(text));
            }
            let language = Language::parse(cell).map_err(|_| NoText::NoTag)?;
            return match (position(&self.texts, &choice.texts, &language), choice.fallback) {
                (Some(text), _) => Ok(chosen(text)),
                (None, Some(text)) => Ok(Chosen {
                    text,
                    is_stand_in: true,
                }),
                (None, None) => Err(NoText::Missing(language)),
            };
        }
        let of_country = choice
            .countries
            .iter()
            .find(|(known, _)| Some(known) == row.country)
            .map(|(_, text)| *text);
        of_country.or(choice.fallback).map(chosen).ok_or(NoText::Nowhere)
    }
}

impl TextsOfVariant {
    fn new(texts: &[ListText], variant: Option<usize>, declared: Option<&LanguageRule>) -> Self {
        let is_of_it = |text: &ListText| text.variant == variant;
        let start = texts.iter().position(is_of_it).unwrap_or(0);
        let range = start..start + texts.iter().filter(|text| is_of_it(text)).count();
        let find = |language: &Language| position(texts, &range, language);
        let own = texts.get(range.clone()).unwrap_or_default();
        Self {
            has_languages: own.iter().any(|text| text.language.is_some()),
            countries: declared
                .iter()
                .flat_map(|rule| &rule.by_country)
                .filter_map(|(country, language)| Some((country.clone(), find(language)?)))
                .collect(),
            fallback: declared.and_then(|rule| rule.fallback.as_ref()).and_then(find),
            texts: range,
        }
    }
}

/// The text in a language, or in what is nearest to it.
fn position(texts: &[ListText], among: &Range<usize>, language: &Language) -> Option<usize> {
    let is_in = |at: usize, language: &Language| {
        texts
            .get(at)
            .is_some_and(|text| text.language.as_ref() == Some(language))
    };
    let chain = language.chain();
    chain
        .iter()
        .find_map(|language| among.clone().find(|at| is_in(*at, language)))
}
