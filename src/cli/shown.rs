//! One message as it is shown: to whom, which text, what it costs.

use crate::model::{Country, Language, Msisdn};
use crate::render::Message;

/// A rendered message and how it is counted.
pub(super) struct Shown {
    /// Line of its row, when known.
    pub line: Option<u64>,
    /// For whom.
    pub recipient: Msisdn,
    /// Of the number.
    pub country: Option<&'static Country>,
    /// Which of the campaign's sources its row is in.
    pub source: usize,
    /// Name of the variant, where there are some.
    pub variant: Option<String>,
    /// Where there are several.
    pub language: Option<Language>,
    /// The text.
    pub body: String,
    /// Its cells, for the transport.
    pub message: Message,
}

impl Shown {
    /// Variant and language of its text, where there are several: `b, sv`.
    pub(super) fn label(&self) -> String {
        let language = self.language.as_ref().map(ToString::to_string);
        self.variant
            .iter()
            .chain(&language)
            .cloned()
            .collect::<Vec<String>>()
            .join(", ")
    }
}
