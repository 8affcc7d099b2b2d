//! What must still be read of a provider before a decision can be made: requested while deciding.

use super::facts::{Need, NeedKind};
use super::world::{Urgency, World};
use crate::model::{ExistingBatch, Headcount, NumberSet, Proof, Recipients, ReportedState};

impl<'a> World<'a> {
    /// Runs with another reason for what is asked meanwhile.
    pub(super) fn asking_for<T>(&self, urgency: Urgency, run: impl FnOnce() -> T) -> T {
        let before = self.urgency.replace(urgency);
        let result = run();
        self.urgency.set(before);
        result
    }

    pub(super) fn ask(&self, urgency: Urgency, batch: &ExistingBatch, what: NeedKind) {
        let need = Need {
            provider: batch.provider.clone(),
            id: batch.id.clone(),
            what,
        };
        self.asked.borrow_mut().insert((urgency, need));
    }

    /// The people of a batch; `None` when they cannot be known (not read yet, not readable, not listed).
    pub(super) fn people(&self, i: usize) -> Option<&'a NumberSet> {
        let batch = self.batch(i).listed()?;
        match &batch.recipients {
            Recipients::Read(numbers) => Some(numbers),
            Recipients::Unreadable => None,
            Recipients::NotRead => {
                self.ask(self.urgency.get(), batch, NeedKind::Recipients);
                None
            }
        }
    }

    /// Whether the silence of a planned batch could be proved after a cancel, as far as a read shows it.
    pub(super) fn is_provable(&self, i: usize) -> bool {
        let Some(batch) = self.batch(i).listed() else {
            return true;
        };
        let may_lack = (self.facts(&batch.provider)).is_some_and(|facts| facts.can().silence_may_be_unprovable);
        if !may_lack || batch.state != ReportedState::Planned {
            return true;
        }
        match batch.proof {
            Proof::Provable | Proof::NothingLeft => true,
            Proof::Unprovable | Proof::Doubt => false,
            Proof::NotRead => {
                self.ask(self.urgency.get(), batch, NeedKind::Proof);
                true
            }
        }
    }

    /// The people of a batch if somebody asked already.
    pub(super) fn people_if_read(&self, i: usize) -> Option<&'a NumberSet> {
        match &self.batch(i).listed()?.recipients {
            Recipients::Read(numbers) => Some(numbers),
            Recipients::Unreadable | Recipients::NotRead => None,
        }
    }

    /// How many people a batch has; `None` when the provider does not show it (or has not been asked yet).
    pub(super) fn headcount(&self, i: usize) -> Option<u64> {
        let batch = self.batch(i).listed()?;
        if let Recipients::Read(people) = &batch.recipients {
            return u64::try_from(people.len()).ok();
        }
        match batch.headcount {
            Headcount::Told(messages) => Some(messages),
            Headcount::Untold => None,
            Headcount::NotRead => {
                self.ask(Urgency::Headcount, batch, NeedKind::Headcount);
                None
            }
        }
    }

    /// What must be read next: only the most urgent kind, because its answers may make the rest needless.
    pub(super) fn needs(self) -> Vec<Need> {
        let asked = self.asked.into_inner();
        let first = asked.first().map(|(urgency, _)| *urgency);
        asked
            .into_iter()
            .filter(|(urgency, _)| Some(*urgency) == first)
            .map(|(_, need)| need)
            .collect()
    }
}
