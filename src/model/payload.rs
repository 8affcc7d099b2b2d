//! Texts and people as they go on the wire.

use super::Msisdn;

/// What a batch carries. Made by `render`, spelled out by `provider`; its `Debug` shows counts only.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    /// The text, with the provider's placeholders when personalized.
    pub body: String,
    /// Who gets it.
    pub recipients: PayloadRecipients,
}

/// Who gets a payload.
#[derive(Clone, PartialEq, Eq)]
pub enum PayloadRecipients {
    /// All the same text.
    Plain(Vec<Msisdn>),
    /// Each with values for the text's placeholders, as (key, value).
    Personalized(Vec<(Msisdn, Vec<(String, String)>)>),
}

impl Payload {
    /// How many people.
    pub fn len(&self) -> usize {
        match &self.recipients {
            PayloadRecipients::Plain(people) => people.len(),
            PayloadRecipients::Personalized(people) => people.len(),
        }
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The people.
    pub fn numbers(&self) -> Vec<Msisdn> {
        match &self.recipients {
            PayloadRecipients::Plain(people) => people.clone(),
            PayloadRecipients::Personalized(people) => people.iter().map(|(number, _)| *number).collect(),
        }
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Payload({} characters to {} people)",
            self.body.chars().count(),
            self.len()
        )
    }
}
