//! Totals of operations: people, segments and money of what is sent, or of what is canceled.

use super::amount::AmountView;
use super::batch_view::OperationView;
use super::numbers::{amounts, summed};
use crate::model::{counted, grouped};

/// Sums over some operations, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sums {
    pub people: Option<u64>,
    pub segments: Option<u64>,
    pub estimate: Vec<AmountView>,
}

impl Sums {
    /// Of what they send; of cancels, what the batches would have sent.
    pub(super) fn of(operations: &[&OperationView]) -> Self {
        let before = |operation: &OperationView| {
            let is_cancel = operation.action == "cancel";
            operation.before.clone().filter(|_| is_cancel).unwrap_or_default()
        };
        let people = operations.iter().map(|one| one.recipients.or(before(one).recipients));
        let segments = operations.iter().map(|one| one.segments.or(before(one).segments));
        let estimates: Vec<Vec<AmountView>> = operations
            .iter()
            .map(|one| match one.recipients {
                Some(_) => one.estimate.clone(),
                None => before(one).estimate,
            })
            .collect();
        let estimates: Vec<&[AmountView]> = estimates.iter().map(Vec::as_slice).collect();
        Self {
            people: people.sum(),
            segments: segments.sum(),
            estimate: summed(&estimates),
        }
    }

    /// `15 people, 15 segments, 5.24 SEK`, as far as it is known; `further` follows the people.
    pub(super) fn told(&self, further: &str) -> Option<String> {
        let people = counted(self.people?, "person", "people");
        Some(match self.segments {
            Some(segments) => format!(
                "{people}{further}, {}, {}",
                counted(segments, "segment", "segments"),
                amounts(&self.estimate)
            ),
            None => format!("{people}{further}"),
        })
    }

    /// Each for a cell of a table; `unknown` where it is not known.
    pub(super) fn cells(&self, unknown: &str) -> [String; 3] {
        let known = |count: Option<u64>| count.map_or_else(|| unknown.to_owned(), grouped);
        let estimate = self.segments.map(|_| amounts(&self.estimate));
        [
            known(self.people),
            known(self.segments),
            estimate.unwrap_or_else(|| unknown.to_owned()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::BeforeView;

    #[test]
    fn a_cancel_comes_to_what_its_batch_would_have_sent_as_far_as_that_is_known() {
        let cancel = |before: BeforeView| OperationView {
            action: "cancel".into(),
            before: Some(before),
            ..OperationView::default()
        };
        let known = BeforeView {
            recipients: Some(3),
            segments: Some(6),
            estimate: vec![AmountView {
                currency: "SEK".into(),
                amount: "2.10".into(),
                unpriced_segments: Some(0),
            }],
            ..BeforeView::default()
        };
        let told = |operations: &[&OperationView]| Sums::of(operations).told("");
        let full = cancel(known);
        assert_eq!(told(&[&full, &full]).unwrap(), "6 people, 12 segments, 4.20 SEK");
        let counted = cancel(BeforeView {
            recipients: Some(3),
            ..BeforeView::default()
        });
        assert_eq!(told(&[&counted]).unwrap(), "3 people");
        assert_eq!(told(&[&full, &cancel(BeforeView::default())]), None);
        assert_eq!(Sums::of(&[&counted]).cells("-"), ["3", "-", "-"]);
    }
}
