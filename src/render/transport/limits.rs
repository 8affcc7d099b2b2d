//! What the vendors' documents allow a text to be, each by the strictest reading.

use crate::model::Api;
use crate::profile::Profile;

/// Why a text cannot be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum WireFault {
    /// Personalized text with `{` or `}` at iP.1, `${` at Sinch: no document says how to write it literally.
    #[error("personalized text holds {0}, which the provider may take for a placeholder")]
    PlaceholderMark(&'static str),
    /// Longer than the provider takes.
    #[error("the text has {units} characters; the provider takes {limit}")]
    TooLong {
        /// UTF-16 code units, since no document says whether those or characters count.
        units: usize,
        /// What is taken.
        limit: usize,
    },
}

/// Whether a message can be carried; `personalized` when somebody else of its batch gets another text.
pub fn wire_fault(api: Api, personalized: bool, body: &str) -> Option<WireFault> {
    let profile = Profile::of(api);
    let limit = profile.longest_body;
    // A text of so many bytes has at most as many units: most texts end here.
    if body.len() > limit {
        let units = units(body);
        if units > limit {
            return Some(WireFault::TooLong { units, limit });
        }
    }
    if !personalized {
        return None;
    }
    let is_reserved = profile.reserved.iter().any(|mark| body.contains(mark));
    is_reserved.then_some(WireFault::PlaceholderMark(profile.reserved_in_words))
}

/// UTF-16 code units of a text.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Pieces of at most so many UTF-16 code units, no character cut; none for an empty text.
pub(super) fn cut(text: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut filled) = (0, 0);
    for (at, character) in text.char_indices() {
        let width = character.len_utf16();
        if filled + width > room {
            pieces.extend(text.get(start..at));
            start = at;
            filled = 0;
        }
        filled += width;
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}
