//! What an operation does, in words.

use super::page::WordPage;
use crate::plan::operation::Action;

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Create, Self::Replace, Self::Update, Self::Cancel];
}

pub(super) fn page(action: Action) -> WordPage {
    match action {
        Action::Create => (
            "a new batch is created at the provider",
            "Nothing of this occurrence, or of this part of it, exists at the provider yet.\nThe provider sends the batch in its delivery windows.",
        ),
        Action::Replace => (
            "a batch takes the place of another",
            "The old batch is canceled, the provider proves that none of its messages left,\nand only then the new batch is created. Where Sinch allows it, the batch is\nchanged in place with one call. Without proof the new batch is not created.",
        ),
        Action::Update => (
            "people are taken out of a planned batch",
            "The batch stays, with the same texts and windows; suppressed people are removed\nfrom it with one call.",
        ),
        Action::Cancel => (
            "a planned batch is canceled before it is sent",
            "Nobody in it gets a message from this batch. A cancel is sent only while the\nbatch opens at least a minute later.",
        ),
    }
}
