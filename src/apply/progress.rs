//! What a run is doing at the moment, for who watches it; never personal data.

use std::fmt;

use crate::model::{ProviderName, grouped};
use crate::plan::{Action, Operation};

/// A step of a run, told when it begins.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// Reading a provider's list of batches.
    Listing(&'a ProviderName),
    /// Reading one batch more closely.
    Reading {
        /// Which of them, from 1.
        number: usize,
        /// Of so many in this round.
        all: usize,
    },
    /// Waiting until lists must show what was created.
    Waiting,
    /// Carrying out an operation of the plan.
    Operating {
        /// Which of them, from 1.
        number: usize,
        /// Of so many.
        all: usize,
        /// The operation.
        operation: &'a Operation,
    },
    /// Canceling batches without a plan.
    Canceling {
        /// Which of them, from 1.
        number: usize,
        /// Of so many in this round.
        all: usize,
    },
    /// Every operation was handled.
    Operated,
    /// Canceling what reading back showed to be too much.
    Repairing,
}

impl Progress<'_> {
    /// How many people are to be texted by the operation that begins.
    pub fn people(&self) -> u64 {
        match self {
            Self::Operating { operation, .. } if operation.action != Action::Cancel => {
                operation.content.as_ref().map_or(0, |content| content.recipients)
            }
            Self::Operating { .. }
            | Self::Listing(_)
            | Self::Reading { .. }
            | Self::Waiting
            | Self::Canceling { .. }
            | Self::Operated
            | Self::Repairing => 0,
        }
    }
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listing(provider) => write!(out, "reading the batches of {provider}"),
            Self::Reading { number, all } => write!(out, "reading batch {}", of(*number, *all)),
            Self::Waiting => out.write_str("waiting for the lists to show everything"),
            Self::Operating { number, all, operation } => {
                let (action, campaign) = (operation.action.as_str(), operation.campaign());
                write!(out, "{}: {action} {campaign}", of(*number, *all))
            }
            Self::Canceling { number, all } => write!(out, "canceling batch {}", of(*number, *all)),
            Self::Operated => out.write_str("every operation was handled"),
            Self::Repairing => out.write_str("canceling what is there twice"),
        }
    }
}

/// `1,200 of 5,000`.
fn of(number: usize, all: usize) -> String {
    format!("{} of {}", grouped(number as u64), grouped(all as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_as_numbers_are_written_everywhere() {
        let reading = Progress::Reading {
            number: 1200,
            all: 32_768,
        };
        assert_eq!(reading.to_string(), "reading batch 1,200 of 32,768");
    }
}
