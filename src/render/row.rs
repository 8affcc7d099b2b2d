//! What a template is rendered for: one recipient, one row, one occurrence.

use super::reserved::OccurrenceVariable;
use crate::model::{Country, Msisdn, SplitSalt};

/// What varies from message to message.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The number that it goes to.
    pub recipient: Msisdn,
    /// Country of the number, when it is known.
    pub country: Option<&'a Country>,
    /// In the order of [`super::Names::columns`]; a missing one counts as empty.
    pub fields: &'a [&'a str],
    /// Of a recurring campaign.
    pub occurrence: Option<&'a OccurrenceVariable>,
    /// What keeps this campaign's buckets apart from another's.
    pub salt: SplitSalt,
}

impl<'a> Row<'a> {
    /// Cells whose number cannot be read: for conditions that do not ask for it.
    pub fn without_number(fields: &'a [&'a str], occurrence: Option<&'a OccurrenceVariable>, salt: SplitSalt) -> Self {
        Self {
            recipient: Msisdn::SMALLEST,
            country: None,
            fields,
            occurrence,
            salt,
        }
    }
}
