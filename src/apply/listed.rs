//! What the lists show, found by name: by reference, by id, and what nobody's reference names, by when it opens.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BatchId, ExistingBatch, Instant, ProviderName, Reference, ReportedState, Window};
use crate::plan::Observed;

/// An index of complete lists, made once.
pub(super) struct ListedBatches<'a> {
    by_reference: BTreeMap<(&'a ProviderName, &'a Reference), Vec<&'a ExistingBatch>>,
    /// Those without a reference of ours, by when they open.
    nameless: BTreeMap<(&'a ProviderName, Instant), Vec<&'a ExistingBatch>>,
}

impl<'a> ListedBatches<'a> {
    /// Of these lists.
    pub(super) fn of(observed: &'a Observed) -> Self {
        let mut listed = Self {
            by_reference: BTreeMap::new(),
            nameless: BTreeMap::new(),
        };
        for batch in &observed.batches {
            match (&batch.reference, batch.opens()) {
                (Some(reference), _) => {
                    let key = (&batch.provider, reference);
                    listed.by_reference.entry(key).or_default().push(batch);
                }
                (None, Some(opens)) => (listed.nameless.entry((&batch.provider, opens)).or_default()).push(batch),
                (None, None) => {}
            }
        }
        listed
    }

    /// The batches under this reference, in the order of the lists.
    pub(super) fn under<'s>(&'s self, provider: &'s ProviderName, reference: &'s Reference) -> &'s [&'a ExistingBatch] {
        self.by_reference.get(&(provider, reference)).map_or(&[], Vec::as_slice)
    }

    /// The batch that a list shows under this reference. What is canceled may be what this create was to replace, or what
    /// somebody stopped before it was resumed: that settles nothing.
    pub(super) fn live(&self, provider: &ProviderName, reference: &Reference) -> Option<BatchId> {
        (self.under(provider, reference).iter())
            .find(|batch| batch.state != ReportedState::Canceled)
            .map(|batch| batch.id.clone())
    }

    /// A canceled one under this reference.
    pub(super) fn canceled(&self, provider: &ProviderName, reference: &Reference) -> Option<BatchId> {
        (self.under(provider, reference).iter())
            .find(|batch| batch.state == ReportedState::Canceled)
            .map(|batch| batch.id.clone())
    }

    /// A batch that nobody's reference names and no line knows by its id, opening when a create without an answer would: an
    /// account that does not keep references shows that create so. Whatever its state: somebody may have stopped it.
    pub(super) fn lookalike(
        &self,
        known: &BTreeSet<BatchId>,
        provider: &ProviderName,
        windows: &[Window],
    ) -> Option<BatchId> {
        let opens = windows.first()?.opens();
        (self.nameless.get(&(provider, opens))?.iter())
            .find(|batch| !known.contains(&batch.id))
            .map(|batch| batch.id.clone())
    }
}
