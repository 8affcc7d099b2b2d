//! `variants` and `holdout` to what they mean.
//!
//! In: the declared variants, each with a text or `send: false`. Out: [`Variant`]s with their opt-out lines, or every fault.
//! Never: two of one name, a split of fewer than two, one of which nobody would get a text.

use std::collections::BTreeSet;
use std::path::Path;

use super::at::At;
use super::campaign_file::{CampaignFile, VariantFile};
use super::diagnostics;
use super::files::FileReader;
use super::forms_file::TextFile;
use super::invalid_value::InvalidValue;
use super::project_file::HoldoutFile;
use super::reading::Reading;
use super::source::Source;
use super::tree::NodeId;
use super::variants::{Holdout, Variant};
use super::wording::clip;
use super::written_texts::{WrittenTexts, text_of};
use crate::model::Diagnostic;

/// Reads the variants; `line` is the opt-out line that each text is to have.
pub(super) fn variants(
    reading: &mut Reading<'_>,
    typed: &CampaignFile,
    sources: &[Source],
    line: Option<&WrittenTexts>,
    folder: &Path,
    files: FileReader<'_>,
) -> Vec<Variant> {
    let At::Given(id, list) = &typed.variants else {
        return Vec::new();
    };
    for (key, field) in [("body", &typed.body), ("body_file", &typed.body_file)] {
        if let Some(other) = field.id() {
            let message = format!("either `{key}` or `variants`, not both");
            let fault = Diagnostic::error(&diagnostics::VARIANTS, message);
            reading.push(other, fault.hint("make it the text of a variant"));
        }
    }
    for source in sources.iter().filter_map(|source| source.body.as_ref()) {
        let message = "a source has no text of its own where the campaign has `variants`";
        let fault = Diagnostic::error(&diagnostics::VARIANTS, message).at(source.place.clone());
        reading
            .found
            .push(fault.hint("tell its rows apart with `{% if %}` in the texts, or make it a campaign"));
    }
    if list.len() < 2 {
        let message = "there are at least two variants, and people are split among them";
        reading.error(*id, &diagnostics::VARIANTS, message);
    }
    let mut names = BTreeSet::new();
    let mut read = Vec::new();
    let mut is_whole = true;
    for item in list {
        let At::Given(at, one) = item else {
            is_whole = false;
            continue;
        };
        match variant(reading, *at, one, line, folder, files) {
            Some(variant) => {
                if !names.insert(variant.name.clone()) {
                    let message = format!("two variants have the name `{}`", clip(&variant.name));
                    reading.error(one.name.id().unwrap_or(*at), &diagnostics::VARIANTS, message);
                }
                read.push(variant);
            }
            None => is_whole = false,
        }
    }
    if is_whole && !read.iter().any(|variant| variant.texts.is_some() && variant.weight > 0) {
        reading.error(
            *id,
            &diagnostics::VARIANTS,
            "nobody would get a text: no variant that sends has a weight",
        );
    }
    read
}

fn variant(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &VariantFile,
    line: Option<&WrittenTexts>,
    folder: &Path,
    files: FileReader<'_>,
) -> Option<Variant> {
    let name = reading.require(id, "name", &typed.name, &diagnostics::VARIANTS, |text| name(text));
    let weight = reading.require(id, "weight", &typed.weight, &diagnostics::OUT_OF_RANGE, |value| {
        if *value <= 10_000 {
            Ok(*value)
        } else {
            Err(format!("`weight` is a whole number from 0 to 10000, not `{value}`"))
        }
    });
    let is_silent = typed.send.given() == Some(&false);
    let has_text = !typed.body.is_absent() || !typed.body_file.is_absent();
    let texts = match (is_silent, has_text) {
        (true, false) => None,
        (true, true) => {
            let message = "`send: false` and a text: nobody would read it";
            reading.error(typed.send.id().unwrap_or(id), &diagnostics::VARIANTS, message);
            return None;
        }
        (false, false) => {
            let fault = Diagnostic::error(&diagnostics::VARIANTS, "the variant has no text");
            reading.push(
                id,
                fault.hint("write `body:` or `body_file:`; `send: false` makes a control group of it"),
            );
            return None;
        }
        (false, true) => {
            let body: (&At<TextFile>, &At<TextFile>) = (&typed.body, &typed.body_file);
            let text = text_of(reading, body, folder, files)?.with_snippets(reading, files);
            let text = match line {
                Some(line) => text.with_line(reading, line)?,
                None => text,
            };
            Some(text.into_variant()?)
        }
    };
    Some(Variant {
        name: name?,
        weight: weight?,
        texts,
        place: reading.place(Some(id)),
    })
}

fn name(text: &str) -> Result<String, InvalidValue> {
    let shaped = (1..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if shaped {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue(format!(
            "`{}` is no name of a variant: 1 to 32 letters, digits, `-` and `_`",
            clip(text)
        )))
    }
}

/// The people whom no marketing text reaches.
pub(super) fn holdout(reading: &mut Reading<'_>, field: &At<HoldoutFile>) -> Option<Holdout> {
    let At::Given(id, typed) = field else { return None };
    let percent = reading.require(*id, "percent", &typed.percent, &diagnostics::OUT_OF_RANGE, |value| {
        if (1..=50).contains(value) {
            Ok(*value)
        } else {
            Err(format!("`percent` is a whole number from 1 to 50, not `{value}`"))
        }
    });
    let salt = reading.require(*id, "salt", &typed.salt, &diagnostics::OUT_OF_RANGE, |text| salt(text));
    Some(Holdout {
        percent: percent?,
        salt: salt?,
        place: reading.place(Some(*id)),
    })
}

/// What a split hashes beside the number.
pub(super) fn salt(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() || text.chars().count() > 64 {
        Err("a salt is 1 to 64 characters")
    } else {
        Ok(text.to_owned())
    }
}
