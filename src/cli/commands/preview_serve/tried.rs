//! A text that is tried out on the page before it is written down.

use crate::campaign::Campaign;
use crate::model::{Language, Place, Text};

/// Whose text is tried out.
#[derive(Debug, Default)]
pub(super) struct Tried {
    pub(super) source: usize,
    pub(super) variant: Option<usize>,
    pub(super) language: Option<Language>,
}

/// The campaign with another text in place of the one that this list uses; faults in it count lines from its first.
pub(super) fn tried(campaign: &Campaign, chosen: &Tried, body: &str) -> Campaign {
    let mut campaign = campaign.clone();
    let text = Text {
        text: body.trim_end_matches('\n').to_owned(),
        place: Place {
            line: 1,
            column: 1,
            ..Place::file("text tried out")
        },
        indent: 0,
        pieces: Vec::new(),
    };
    let own = campaign
        .sources
        .get_mut(chosen.source)
        .filter(|source| source.body.is_some());
    let variant = chosen
        .variant
        .and_then(|at| campaign.variants.get_mut(at)?.texts.as_mut());
    let (one, several) = match (variant, own) {
        (Some(texts), _) => (&mut texts.body, &mut texts.translations),
        (None, Some(own)) => (own.body.get_or_insert_default(), &mut own.translations),
        (None, None) => (&mut campaign.body, &mut campaign.translations),
    };
    match chosen.language.as_ref().and_then(|language| several.get_mut(language)) {
        Some(translation) => *translation = text,
        None => *one = text,
    }
    campaign
}
