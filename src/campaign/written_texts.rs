//! Texts as a file has them: one, or one for each language.

use std::collections::BTreeMap;
use std::path::Path;

use super::at::At;
use super::files::FileReader;
use super::forms_file::TextFile;
use super::reading::Reading;
use super::snippets::with_snippets;
use super::source::Source;
use super::tree::{NodeId, NodeKind};
use super::variants::VariantTexts;
use super::wording::clip;
use super::{diagnostics, paths};
use crate::model::{Diagnostic, Language, Piece, Place, Text};

/// One text, or several.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WrittenTexts {
    One(Text),
    Several(BTreeMap<Language, Text>),
}

/// The text of the fallback, else the first.
pub(super) fn first_of(several: &BTreeMap<Language, Text>, fallback: Option<&Language>) -> Option<Text> {
    let of_fallback = fallback.and_then(|language| several.get(language));
    of_fallback.or_else(|| several.values().next()).cloned()
}

impl WrittenTexts {
    /// The texts of a source itself.
    pub(super) fn of(source: &Source) -> Option<Self> {
        if source.translations.is_empty() {
            source.body.clone().map(Self::One)
        } else {
            Some(Self::Several(source.translations.clone()))
        }
    }

    pub(super) fn of_variant(texts: &VariantTexts) -> Self {
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

    pub(super) fn with_snippets(self, reading: &mut Reading<'_>, files: FileReader<'_>) -> Self {
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

/// A text or several, as the file has them.
pub(super) fn written(reading: &mut Reading<'_>, field: &At<TextFile>) -> Option<WrittenTexts> {
    several(reading, field, template)
}

pub(super) fn several(
    reading: &mut Reading<'_>,
    field: &At<TextFile>,
    mut read: impl FnMut(&mut Reading<'_>, NodeId) -> Option<Text>,
) -> Option<WrittenTexts> {
    let At::Given(id, typed) = field else {
        return None;
    };
    let TextFile::ByLanguage(typed) = typed else {
        return read(reading, *id).map(WrittenTexts::One);
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
    (!texts.is_empty()).then_some(WrittenTexts::Several(texts))
}

/// The text of a `body`, or of the file that `body_file` names.
pub(super) fn text_of(
    reading: &mut Reading<'_>,
    (body, body_file): (&At<TextFile>, &At<TextFile>),
    folder: &Path,
    files: FileReader<'_>,
) -> Option<WrittenTexts> {
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
    if let Some(NodeKind::Scalar(scalar)) = reading.tree.node(id).map(|node| &node.kind)
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

fn file(reading: &mut Reading<'_>, id: NodeId, folder: &Path, files: FileReader<'_>) -> Option<Text> {
    let name = &reading.tree.text(id).text;
    let path = match paths::resolve(folder, name, &[]) {
        Ok(path) => path,
        Err(fault) => {
            reading.error(id, &diagnostics::PATH, fault.0);
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
            let message = format!("`{}` cannot be read: {}", clip(name), clip(&why.0));
            reading.error(id, &diagnostics::BODY, message);
            None
        }
    }
}
