//! What is known of the list from before: by this run, or by another one.

use std::ops::Range;

use super::super::ListStore;
use super::kept::KeptPages;
use crate::model::{ExistingBatch, Instant};

/// What is known of the list from before.
#[derive(Default)]
pub(super) struct Remembered {
    pub store: Option<Box<dyn ListStore>>,
    was_asked: bool,
    kept: Option<KeptPages>,
    /// `kept` is what this run has read.
    pub is_of_this_run: bool,
}

impl Remembered {
    /// What an earlier reading left, by this run or another one.
    pub(super) fn recall(&mut self) -> Option<KeptPages> {
        if !self.was_asked {
            self.was_asked = true;
            let text = self.store.as_ref().and_then(|store| store.read());
            self.kept = text.and_then(|text| KeptPages::parse(&text));
        }
        self.kept.clone()
    }

    /// Remembers a list that was proved complete, read in this time by the provider's clock.
    pub(super) fn remember(&mut self, batches: &[ExistingBatch], read: Range<Instant>, before: Option<&KeptPages>) {
        let kept = KeptPages::of(batches, read, before);
        if let (Some(store), Some(text)) = (&self.store, kept.to_text()) {
            store.write(&text);
        }
        (self.kept, self.is_of_this_run) = (Some(kept), true);
    }
}
