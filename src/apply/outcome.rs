//! The outcome of a plan's operations: done, failed, skipped, unknown.

use crate::model::{BatchId, Diagnostic};
use crate::plan::{Operation, Plan};

/// What became of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Carried out and confirmed.
    Done,
    /// Tried, and certainly not carried out (or only its harmless half: see the error).
    Failed,
    /// Not tried.
    Skipped,
    /// Tried, with an outcome that is not known yet.
    Unknown,
}

impl Outcome {
    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of one operation, and why.
#[derive(Debug, Clone)]
pub struct Step {
    /// The operation of the plan.
    pub operation: Operation,
    /// What became of it.
    pub outcome: Outcome,
    /// The batch created or changed.
    pub batch_id: Option<BatchId>,
    /// Why it is not done; no number, body or token.
    pub error: Option<String>,
}

/// Why a run ended before its plan did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// Somebody asked to stop.
    Interrupted,
    /// The plan expired.
    Expired,
    /// Somebody canceled a batch that this run had just created: the brake is meant for the rest of it too.
    Braked(String),
    /// The journal cannot be written.
    Journal(String),
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct Report {
    /// Operations of the plan, in order, each with what became of it.
    pub steps: Vec<Step>,
    /// Repairs and cancels that reading back made necessary.
    pub repairs: Vec<Step>,
    /// Operations that another run would find, by the last look; `None` when nobody could look.
    pub remaining: Option<usize>,
    /// The last plan made when reading back.
    pub last_look: Option<Plan>,
    /// Why it ended early, if it did.
    pub halt: Option<Halt>,
    /// What happened besides.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Of a plan that somebody did not want carried out: nothing was begun.
    pub fn untouched(operations: Vec<Operation>, why: &str) -> Self {
        let step = |operation| Step {
            operation,
            outcome: Outcome::Skipped,
            batch_id: None,
            error: Some(why.to_owned()),
        };
        Self {
            steps: operations.into_iter().map(step).collect(),
            repairs: Vec::new(),
            remaining: None,
            last_look: None,
            halt: None,
            diagnostics: Vec::new(),
        }
    }

    /// How many operations of the plan and of the repairs ended so.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.steps
            .iter()
            .chain(&self.repairs)
            .filter(|step| step.outcome == outcome)
            .count()
    }
}
