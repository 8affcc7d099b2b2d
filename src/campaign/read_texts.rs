//! The texts of a campaign and of its sources: one each, or one for each language; with their snippets put in and their
//! opt-out line at the end.
//!
//! In: `body`, `body_file`, `language`, `opt_out_text` and the bodies of the sources. Out: templates with their places.
//! Never: a text without the opt-out line that the campaign declares, or a language that the rule names and no text has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::campaign::{Category, Source};
use super::campaign_file::{CampaignFile, CategoryFile, LanguageFile, TextFile};
use super::decode::At;
use super::read_campaign::Files;
use super::read_variants::variants;
use super::reading::Reading;
use super::snippets::with_snippets;
use super::texts::LanguageRule;
use super::variants::{Variant, VariantTexts};
use super::wording::clip;
use super::yaml::{Kind, NodeId};
use super::{diagnostics, paths};
use crate::model::{Diagnostic, Language, Piece, Place, Text};

/// What a campaign says.
pub(super) struct Texts {
    pub body: Text,
    pub translations: BTreeMap<Language, Text>,
    pub language: Option<LanguageRule>,
    pub variants: Vec<Variant>,
}

/// One text, or several.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Written {
    One(Text),
    Several(BTreeMap<Language, Text>),
}

/// Reads all of them; those of the sources are completed in place.
pub(super) fn texts(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &CampaignFile,
    sources: &mut [Source],
    folder: &Path,
    files: Files<'_>,
) -> Option<Texts> {
    let body = body(reading, root, typed, folder, files).map(|body| body.with_snippets(reading, files));
    for source in sources.iter_mut() {
        if let Some(own) = Written::of(source) {
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
        if let (Some(own), Some(line)) = (Written::of(source), &line)
            && let Some(own) = own.with_line(reading, line)
        {
            own.put_into(source);
        }
    }
    let mut variants = variants(reading, typed, sources, line.as_ref(), folder, files);
    let language = rule(reading, &typed.language);
    let used: Vec<&BTreeMap<Language, Text>> = match &body {
        Some(Written::Several(several)) => vec![several],
        Some(Written::One(_)) | None => Vec::new(),
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
    // Every source has a text of its own: the first stands for the campaign.
    let body = match body {
        None if is_absent => (variants.iter())
            .find_map(|variant| variant.texts.as_ref().map(Written::of_variant))
            .or_else(|| sources.iter().find_map(Written::of)),
        body => body,
    };
    for source in sources.iter_mut() {
        if let (Some(Written::Several(several)), Some(_)) = (Written::of(source), &fallback) {
            source.body = first_of(&several, fallback.as_ref());
        }
    }
    for texts in variants.iter_mut().filter_map(|variant| variant.texts.as_mut()) {
        if let Some(first) = first_of(&texts.translations, fallback.as_ref()) {
            texts.body = first;
        }
    }
    Some(match body? {
        Written::One(body) => Texts {
            body,
            translations: BTreeMap::new(),
            language,
            variants,
        },
        Written::Several(translations) => Texts {
            body: first_of(&translations, fallback.as_ref())?,
            translations,
            language,
            variants,
        },
    })
}

/// The text of the fallback, else the first.
fn first_of(several: &BTreeMap<Language, Text>, fallback: Option<&Language>) -> Option<Text> {
    let of_fallback = fallback.and_then(|language| several.get(language));
    of_fallback.or_else(|| several.values().next()).cloned()
}

impl Written {
    /// The texts of a source itself.
    fn of(source: &Source) -> Option<Self> {
        if source.translations.is_empty() {
            source.body.clone().map(Self::One)
        } else {
            Some(Self::Several(source.translations.clone()))
        }
    }

    fn of_variant(texts: &VariantTexts) -> Self {
        if texts.translations.is_empty() {
            Self::One(texts.body.clone())
        } else {
            Self::Several(texts.translations.clone())
        }
    }

    pub(super) fn into_variant(self) -> Option<VariantTexts> {
        Some(match self {
            Self::One(body) => VariantTexts {
                body,
                translations: BTreeMap::new(),
            },
            Self::Several(translations) => VariantTexts {
                body: first_of(&translations, None)?,
                translations,
            },
        })
    }

    pub(super) fn put_into(self, source: &mut Source) {
        match self {
            Self::One(text) => source.body = Some(text),
            Self::Several(several) => {
                source.body = first_of(&several, None);
                source.translations = several;
            }
        }
    }

    fn each(self, mut change: impl FnMut(Option<&Language>, Text) -> Option<Text>) -> Option<Self> {
        Some(match self {
            Self::One(text) => Self::One(change(None, text)?),
            Self::Several(several) => {
                let changed = several.into_iter().map(|(language, text)| {
                    let text = change(Some(&language), text)?;
                    Some((language, text))
                });
                Self::Several(changed.collect::<Option<_>>()?)
            }
        })
    }

    pub(super) fn with_snippets(self, reading: &mut Reading<'_>, files: Files<'_>) -> Self {
        match self {
            Self::One(text) => Self::One(with_snippets(reading, text, files)),
            Self::Several(several) => Self::Several(
                several
                    .into_iter()
                    .map(|(language, text)| (language, with_snippets(reading, text, files)))
                    .collect(),
            ),
        }
    }

    pub(super) fn with_line(self, reading: &mut Reading<'_>, line: &Self) -> Option<Self> {
        self.each(|language, text| {
            let fault = |reading: &mut Reading<'_>, message: String| {
                reading
                    .found
                    .push(Diagnostic::error(&diagnostics::LANGUAGE, message).at(text.place.clone()));
                None
            };
            let line = match (line, language) {
                (Self::One(line), _) => line,
                (Self::Several(lines), Some(language)) => {
                    match language.chain().iter().find_map(|language| lines.get(language)) {
                        Some(line) => line,
                        None => return fault(reading, format!("`opt_out_text` has no line for `{language}`")),
                    }
                }
                (Self::Several(_), None) => {
                    let message = "`opt_out_text` has a line for each language, and this text has no language";
                    return fault(reading, message.to_owned());
                }
            };
            Some(appended(text.clone(), line))
        })
    }
}

/// The text with a line at its end, unless it holds it.
fn appended(mut text: Text, line: &Text) -> Text {
    if text.text.contains(line.text.trim()) {
        return text;
    }
    if text.pieces.is_empty() {
        let whole_file = (text.place.line, text.place.column) == (1, 1);
        text.pieces.push(Piece {
            start: 0,
            place: text.place.clone(),
            indent: (text.indent > 0 || whole_file).then_some(text.indent),
        });
    }
    text.text.push('\n');
    text.pieces.push(Piece {
        start: text.text.len(),
        place: line.place.clone(),
        indent: (line.indent > 0).then_some(line.indent),
    });
    text.text.push_str(&line.text);
    text
}

fn opt_out_line(reading: &mut Reading<'_>, field: &At<TextFile>, category: Category) -> Option<Written> {
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

/// A text or several, as they stand in the file.
pub(super) fn written(reading: &mut Reading<'_>, field: &At<TextFile>) -> Option<Written> {
    several(reading, field, template)
}

fn several(
    reading: &mut Reading<'_>,
    field: &At<TextFile>,
    mut read: impl FnMut(&mut Reading<'_>, NodeId) -> Option<Text>,
) -> Option<Written> {
    let At::Given(id, typed) = field else {
        return None;
    };
    let TextFile::ByLanguage(typed) = typed else {
        return read(reading, *id).map(Written::One);
    };
    if typed.is_empty() {
        reading.error(*id, &diagnostics::BODY, "there is no text in it");
    }
    let mut texts = BTreeMap::new();
    for (key, value) in typed {
        let Some(at) = value.id() else { continue };
        let language = Language::parse(key).map_err(|fault| {
            let place = reading.tree.key_place(at);
            reading
                .found
                .push(Diagnostic::error(&diagnostics::LANGUAGE, fault.to_string()).at(place));
        });
        let text = value.given().and_then(|_| read(reading, at));
        if let (Ok(language), Some(text)) = (language, text)
            && texts.insert(language.clone(), text).is_some()
        {
            reading.error(at, &diagnostics::LANGUAGE, format!("`{language}` has two texts"));
        }
    }
    (!texts.is_empty()).then_some(Written::Several(texts))
}

fn body(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &CampaignFile,
    folder: &Path,
    files: Files<'_>,
) -> Option<Written> {
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

/// The text of a `body`, or of the file that `body_file` names.
pub(super) fn text_of(
    reading: &mut Reading<'_>,
    (body, body_file): (&At<TextFile>, &At<TextFile>),
    folder: &Path,
    files: Files<'_>,
) -> Option<Written> {
    if let (Some(_), Some(second)) = (body.id(), body_file.id()) {
        reading.error(second, &diagnostics::BODY, "either `body` or `body_file`, not both");
        return None;
    }
    if body_file.is_absent() {
        return written(reading, body);
    }
    several(reading, body_file, |reading, id| file(reading, id, folder, files))
}

/// A template with its place, without trailing line ends; blank ones are refused.
fn template(reading: &mut Reading<'_>, id: NodeId) -> Option<Text> {
    let mut text = reading.tree.text(id);
    text.text.truncate(text.text.trim_end_matches(['\n', '\r']).len());
    if text.text.trim().is_empty() {
        reading.error(id, &diagnostics::BODY, "the text is blank");
        return None;
    }
    if let Some(Kind::Scalar(scalar)) = reading.tree.node(id).map(|node| &node.kind)
        && scalar.before_comment
    {
        let message = "the text ends before ` #`: YAML takes what follows for a comment";
        let warning = Diagnostic::warning(&diagnostics::BODY, message);
        reading.push(
            id,
            warning.hint("put the whole text in quotes, or in lines of its own below `|`"),
        );
    }
    Some(text)
}

fn file(reading: &mut Reading<'_>, id: NodeId, folder: &Path, files: Files<'_>) -> Option<Text> {
    let name = &reading.tree.text(id).text;
    let path = match paths::resolve(folder, name, &[]) {
        Ok(path) => path,
        Err(fault) => {
            reading.error(id, &diagnostics::PATH, fault);
            return None;
        }
    };
    match files(&path) {
        Ok(text) => {
            let text = text
                .strip_prefix('\u{feff}')
                .unwrap_or(&text)
                .replace("\r\n", "\n")
                .replace('\r', "\n");
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            if text.trim().is_empty() {
                let message = format!("`{}` is blank", clip(name));
                reading.error(id, &diagnostics::BODY, message);
                return None;
            }
            let place = Place {
                column: 1,
                ..Place::line(path, 1)
            };
            Some(Text {
                text,
                place,
                ..Text::default()
            })
        }
        Err(why) => {
            let message = format!("`{}` cannot be read: {}", clip(name), clip(&why));
            reading.error(id, &diagnostics::BODY, message);
            None
        }
    }
}
