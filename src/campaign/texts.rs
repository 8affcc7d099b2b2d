//! Which texts a source has, and which of them a person gets.

use std::collections::BTreeMap;

use super::campaign::Campaign;
use super::source::Source;
use crate::model::{Language, Text};

/// One of the texts of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignText<'a> {
    /// Which of the campaign's variants, from 0, where there are some.
    pub variant: Option<usize>,
    /// Where there are several.
    pub language: Option<&'a Language>,
    /// As written.
    pub text: &'a Text,
}

impl Campaign {
    /// The texts that rows of a source get: its own before the campaign's; by variant and by language where there are
    /// several.
    pub fn texts<'a>(&'a self, source: &'a Source) -> Vec<CampaignText<'a>> {
        if self.variants.is_empty() {
            return match &source.body {
                Some(body) => by_language(None, body, &source.translations),
                None => by_language(None, &self.body, &self.translations),
            };
        }
        let variants = self.variants.iter().enumerate();
        variants
            .filter_map(|(at, variant)| Some((at, variant.texts.as_ref()?)))
            .flat_map(|(at, texts)| by_language(Some(at), &texts.body, &texts.translations))
            .collect()
    }

    /// All texts of the campaign, each once: its own before those of its sources.
    pub fn all_texts(&self) -> Vec<CampaignText<'_>> {
        let mut all: Vec<CampaignText<'_>> = Vec::new();
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

fn by_language<'a>(
    variant: Option<usize>,
    one: &'a Text,
    several: &'a BTreeMap<Language, Text>,
) -> Vec<CampaignText<'a>> {
    if several.is_empty() {
        return vec![CampaignText {
            variant,
            language: None,
            text: one,
        }];
    }
    let text = |(language, text)| CampaignText {
        variant,
        language: Some(language),
        text,
    };
    several.iter().map(text).collect()
}
