//! The shape of a template that is plain text and columns: what travels once, and what travels for each recipient.

use super::super::compiled::{TemplatePiece, Varying};
use super::super::program::Program;
use super::super::reserved::OccurrenceVariable;
use super::super::row::Row;
use super::super::transliterate::transliterate_into;
use crate::campaign::Transliterate;
use crate::model::Api;
use crate::profile::Profile;

/// Text and gaps; each gap is filled by a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Texts around the gaps: always one more than there are gaps.
    texts: Vec<String>,
    /// Where the value of each gap comes from; a column used twice is one value.
    gaps: Vec<usize>,
    sources: Vec<Varying>,
    mode: Transliterate,
}

impl Shape {
    /// The shape of a program, its texts transliterated; nothing when it decides anything.
    pub fn of(program: &Program, occurrence: Option<&OccurrenceVariable>, mode: Transliterate) -> Option<Self> {
        let mut shape = Self {
            texts: vec![String::new()],
            gaps: Vec::new(),
            sources: Vec::new(),
            mode,
        };
        for piece in program.fast()?.pieces(occurrence)? {
            match piece {
                TemplatePiece::Text(text) => transliterate_into(&text, mode, shape.texts.last_mut()?),
                TemplatePiece::Value(source) => {
                    let known = shape.sources.iter().position(|other| *other == source);
                    let gap = known.unwrap_or_else(|| {
                        shape.sources.push(source);
                        shape.sources.len() - 1
                    });
                    shape.gaps.push(gap);
                    shape.texts.push(String::new());
                }
            }
        }
        // The trailing line breaks that rendering removes.
        let last = shape.texts.last_mut()?;
        last.truncate(last.trim_end_matches(['\n', '\r']).len());
        Some(shape)
    }

    /// The values of one row, transliterated.
    pub fn values(&self, row: &Row<'_>) -> Vec<String> {
        let value = |source: &Varying| {
            let (mut cell, mut out) = (String::new(), String::new());
            source.write(row, &mut cell);
            transliterate_into(&cell, self.mode, &mut out);
            out
        };
        self.sources.iter().map(value).collect()
    }

    /// Whether the values, filled in, are exactly this text.
    pub(super) fn fills(&self, values: &[String], body: &str) -> bool {
        let mut rest = Some(body);
        let mut take = |part: &str| rest = rest.and_then(|rest| rest.strip_prefix(part));
        let gaps = self.gaps.iter().map(|gap| values.get(*gap).map_or("", String::as_str));
        for (text, value) in self.texts.iter().map(String::as_str).zip(gaps.chain([""])) {
            take(text);
            take(value);
        }
        rest == Some("") && values.len() == self.sources.len()
    }

    /// The text with the provider's placeholders; nothing where a text of ours could be read together with one.
    pub(super) fn body(&self, api: Api) -> Option<String> {
        let profile = Profile::of(api);
        let mut body = String::new();
        for (index, text) in self.texts.iter().enumerate() {
            body.push_str(text);
            if let Some(gap) = self.gaps.get(index) {
                if profile.escape.is_some_and(|escape| text.ends_with(escape)) {
                    return None;
                }
                body.push_str(&profile.placeholder(&value_key(gap + 1)));
            }
        }
        Some(body)
    }
}

/// Keys of cells: `v1`, `v2`, ... in order of first use. Not the columns' names: those may be anything, and `email` and
/// `default` mean something to one vendor or the other.
pub(super) fn value_key(number: usize) -> String {
    format!("v{number}")
}

/// Keys of whole messages: `m1`, `m2`, ...
pub(super) fn message_key(number: usize) -> String {
    format!("m{number}")
}
