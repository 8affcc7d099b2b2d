//! The texts of a campaign and of its sources: one each, or one for each language; with their snippets put in and their
//! opt-out line at the end.
//!
//! In: `body`, `body_file`, `language`, `opt_out_text` and the bodies of the sources. Out: templates with their places.
//! Never: a text without the opt-out line that the campaign declares, or a language that the rule names and no text
//! has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::at::At;
use super::campaign::Category;
use super::campaign_file::{CampaignFile, CategoryFile, LanguageFile};
use super::diagnostics;
use super::files::FileReader;
use super::forms_file::TextFile;
use super::language_rule::LanguageRule;
use super::read_variants::variants;
use super::reading::Reading;
use super::source::Source;
use super::tree::NodeId;
use super::variants::Variant;
use super::written_texts::{WrittenTexts, first_of, text_of, written};
use crate::model::{Diagnostic, Language, Text};

/// What a campaign says.
pub(super) struct Texts {
    pub body: Text,
    pub translations: BTreeMap<Language, Text>,
    pub language: Option<LanguageRule>,
    pub variants: Vec<Variant>,
}

/// Reads all of them; those of the sources are completed in place.
pub(super) fn texts(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &CampaignFile,
    sources: &mut [Source],
    folder: &Path,
    files: FileReader<'_>,
) -> Option<Texts> {
    let body = body(reading, root, typed, folder, files).map(|body| body.with_snippets(reading, files));
    for source in sources.iter_mut() {
        if let Some(own) = WrittenTexts::of(source) {
            own.with_snippets(reading, files).put_into(source);
        }
    }
    let category = match typed.category.given() {
        Some(CategoryFile::Service) => Category::Service,
        Some(CategoryFile::Marketing) | None => Category::Marketing,
    };
    let line = opt_out_line(reading, &typed.opt_out_text, category);
    let body = match (body, &line) {
        (Some(body), Some(line)) => body.with_line(reading, line),
        (body, _) => body,
    };
    for source in sources.iter_mut() {
        if let (Some(own), Some(line)) = (WrittenTexts::of(source), &line)
            && let Some(own) = own.with_line(reading, line)
        {
            own.put_into(source);
        }
    }
    let mut variants = variants(reading, typed, sources, line.as_ref(), folder, files);
    let language = rule(reading, &typed.language);
    let used: Vec<&BTreeMap<Language, Text>> = match &body {
        Some(WrittenTexts::Several(several)) => vec![several],
        Some(WrittenTexts::One(_)) | None => Vec::new(),
    };
    let own = sources
        .iter()
        .map(|source| &source.translations)
        .chain(
            variants
                .iter()
                .filter_map(|variant| Some(&variant.texts.as_ref()?.translations)),
        )
        .filter(|own| !own.is_empty());
    let used: Vec<&BTreeMap<Language, Text>> = used.into_iter().chain(own).collect();
    let is_absent = typed.body.is_absent() && typed.body_file.is_absent();
    if is_absent || body.is_some() {
        check_rule(reading, &typed.language, language.as_ref(), &used);
    }
    let fallback = language.as_ref().and_then(|rule| rule.fallback.clone());
    // Every source has a text of its own: the first is used as the campaign's.
    let body = match body {
        None if is_absent => (variants.iter())
            .find_map(|variant| variant.texts.as_ref().map(WrittenTexts::of_variant))
            .or_else(|| sources.iter().find_map(WrittenTexts::of)),
        body => body,
    };
    for source in sources.iter_mut() {
        if let (Some(WrittenTexts::Several(several)), Some(_)) = (WrittenTexts::of(source), &fallback) {
            source.body = first_of(&several, fallback.as_ref());
        }
    }
    for texts in variants.iter_mut().filter_map(|variant| variant.texts.as_mut()) {
        if let Some(first) = first_of(&texts.translations, fallback.as_ref()) {
            texts.body = first;
        }
    }
    Some(match body? {
        WrittenTexts::One(body) => Texts {
            body,
            translations: BTreeMap::new(),
            language,
            variants,
        },
        WrittenTexts::Several(translations) => Texts {
            body: first_of(&translations, fallback.as_ref())?,
            translations,
            language,
            variants,
        },
    })
}

fn opt_out_line(reading: &mut Reading<'_>, field: &At<TextFile>, category: Category) -> Option<WrittenTexts> {
    let line = written(reading, field);
    match (category, field.id()) {
        (Category::Service, Some(id)) => {
            let message = "`opt_out_text` has no effect with `category: service`";
            reading.push(id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
            None
        }
        _ => line,
    }
}

fn rule(reading: &mut Reading<'_>, field: &At<LanguageFile>) -> Option<LanguageRule> {
    let typed = field.given()?;
    let mut by_country = BTreeMap::new();
    for (key, value) in typed.by_country.given().into_iter().flatten() {
        let country = reading.country_key(key, value.id());
        let language = reading.parse(value, &diagnostics::LANGUAGE, |text| Language::parse(text));
        if let (Some(country), Some(language)) = (country, language) {
            by_country.insert(country, language);
        }
    }
    Some(LanguageRule {
        column: reading.parse(&typed.column, &diagnostics::LANGUAGE, |text| {
            let is_blank = text.trim().is_empty();
            if is_blank {
                Err("`column` is blank")
            } else {
                Ok(text.clone())
            }
        }),
        by_country,
        fallback: reading.parse(&typed.fallback, &diagnostics::LANGUAGE, |text| Language::parse(text)),
        place: reading.place(field.id()),
    })
}

/// Whether rule and texts go together.
fn check_rule(
    reading: &mut Reading<'_>,
    field: &At<LanguageFile>,
    rule: Option<&LanguageRule>,
    used: &[&BTreeMap<Language, Text>],
) {
    let place = reading.place(field.id());
    let mut push = |fault: Diagnostic| reading.found.push(fault);
    match (rule, used.first()) {
        (None, Some(several)) if field.is_absent() => {
            let at = several
                .values()
                .next()
                .map(|text| text.place.clone())
                .unwrap_or_default();
            let message = "there are several languages, and nothing says who gets which";
            push(
                Diagnostic::error(&diagnostics::LANGUAGE, message)
                    .at(at)
                    .hint("add `language: { column: NAME, by_country: { NO: nb }, fallback: en }`, with what you know"),
            );
        }
        (Some(_), None) => {
            let message = "`language` has no effect: no text has several languages";
            push(Diagnostic::warning(&diagnostics::NO_EFFECT, message).at(place));
        }
        (Some(rule), Some(_)) => {
            let named: BTreeSet<&Language> = rule.by_country.values().chain(&rule.fallback).collect();
            for language in named {
                let lacks = |several: &&&BTreeMap<Language, Text>| {
                    language.chain().iter().all(|language| !several.contains_key(language))
                };
                if let Some(several) = used.iter().find(lacks) {
                    let known: Vec<String> = several.keys().map(|known| format!("`{known}`")).collect();
                    let message = format!("there is no text for `{language}`");
                    push(
                        Diagnostic::error(&diagnostics::LANGUAGE, message)
                            .at(place.clone())
                            .hint(format!("texts are there for {}", known.join(", "))),
                    );
                }
            }
        }
        (None, _) => {}
    }
}

fn body(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &CampaignFile,
    folder: &Path,
    files: FileReader<'_>,
) -> Option<WrittenTexts> {
    if !typed.variants.is_absent() {
        return None;
    }
    if typed.body.is_absent() && typed.body_file.is_absent() {
        let sources = typed.recipients.given().into_iter().flatten();
        let all_have_one = sources.fold(None, |all, source| {
            let has_body = source.given().is_none_or(|source| !source.body.is_absent());
            Some(all.unwrap_or(true) && has_body)
        });
        if all_have_one != Some(true) {
            let fault = Diagnostic::error(&diagnostics::BODY, "`body` is missing: there is no text to send");
            reading.push(
                root,
                fault.hint("write `body: |` and the text on the next line, or `body_file: text.txt`"),
            );
        }
        return None;
    }
    text_of(reading, (&typed.body, &typed.body_file), folder, files)
}
