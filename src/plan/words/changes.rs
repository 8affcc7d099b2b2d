//! What differs between a batch at the provider and what the files want, in words.

use super::page::WordPage;
use crate::plan::operation::Changed;

impl Changed {
    /// Everything that can differ.
    pub const ALL: [Self; 11] = [
        Self::Provider,
        Self::Sender,
        Self::Type,
        Self::Datacoding,
        Self::Priority,
        Self::ReportUrl,
        Self::Windows,
        Self::Recipients,
        Self::Body,
        Self::Content,
        Self::Tags,
    ];
}

pub(super) fn page(changed: Changed) -> WordPage {
    match changed {
        Changed::Provider => (
            "the provider or the account",
            "The campaign's `provider`, or the account behind it, is another one than that\nof the batch.",
        ),
        Changed::Sender => ("the sender", "The campaign's `sender` differs from the batch's."),
        Changed::Type => ("`sms` or `flash`", "The campaign's `type` differs from the batch's."),
        Changed::Datacoding => (
            "the data coding",
            "The batch was created as `gsm` or `ucs` and would be created as the other now:\n`datacoding` was edited, or a text has another alphabet than before.",
        ),
        Changed::Priority => ("the priority", "The campaign's `priority` differs from the batch's."),
        Changed::ReportUrl => (
            "where delivery reports go",
            "The campaign's `delivery_report_url` differs from the batch's.",
        ),
        Changed::Windows => (
            "the delivery windows",
            "The files give other delivery windows than the batch has: `delivery`, a time\nzone, or the clock rules of a zone were changed.",
        ),
        Changed::Recipients => (
            "who gets it",
            "The batch's recipients were read from the provider, and the lists give others.",
        ),
        Changed::Body => (
            "the text",
            "The batch's recipients were read from the provider and are the same people as\nbefore; what they would get differs.",
        ),
        Changed::Content => (
            "texts or people",
            "The batch's fingerprint differs, and the provider does not show enough to tell\nwhether the texts or the people changed. iP.1 shows neither in its list.",
        ),
        Changed::Tags => (
            "the tags",
            "The campaign's `tags` differ from the batch's. Tags change nothing that people\nget.",
        ),
    }
}
