//! What the vendors' documents allow a text to be, each by the strictest reading.

use crate::model::Api;

/// Longest value of a Sinch placeholder (SMS REST guide of 2021 and its `OpenAPI` file; newer pages print no number).
pub(super) const SINCH_VALUE: usize = 160;

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

/// Longest text, in UTF-16 code units (the stricter reading of "characters"), before and after placeholders are filled.
pub fn body_limit(api: Api) -> usize {
    match api {
        // "Send SMS", read 2026-11-22; whether before or after templating is not said.
        Api::Ip1 => 2000,
        // POST says 2000, dry run, update and replace say 1600 (Batches page, read 2026-11-22).
        Api::Sinch => 1600,
    }
}

/// Whether a message can be carried; `personalized` when somebody else of its batch gets another text.
pub fn wire_fault(api: Api, personalized: bool, body: &str) -> Option<WireFault> {
    let limit = body_limit(api);
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
    let marked = match api {
        Api::Ip1 => body.contains(['{', '}']),
        Api::Sinch => body.contains("${"),
    };
    marked.then_some(WireFault::PlaceholderMark(match api {
        Api::Ip1 => "`{` or `}`",
        Api::Sinch => "`${`",
    }))
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
