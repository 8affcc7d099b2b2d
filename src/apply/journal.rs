//! What was asked of a provider and what it answered, one JSON line each, on disk before the call leaves.
//!
//! The journal is a second safeguard: it tells the next run which cancels were ours and which creates have no known
//! outcome. Losing it may cost silence, never a second text. It holds references, batch ids and templates as the files
//! have them; no number, no rendered body, no token.

use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// Where lines go. `apply` stops when a line cannot be kept: what is not written down is not sent.
pub trait Journal {
    /// Keeps a line; durable when it returns.
    fn append(&mut self, line: &Line) -> io::Result<()>;
    /// Keeps several lines; all are durable when it returns.
    fn append_all(&mut self, lines: &[Line]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.append(line))
    }
    /// Every line kept, oldest first; `None` when there is no journal at all. What was read before is not read again.
    fn lines(&self) -> Option<Rc<Vec<Line>>>;
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// At which provider (its name in `campanile.yaml`).
    pub provider: String,
    /// Which account that was (`AccountId`); early versions did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The reference concerned; for [`Event::Recognized`] the namespace.
    pub reference: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A call is about to leave.
    Intent {
        /// The call that was asked for.
        call: Call,
        /// Why, in the plan's words.
        reason: String,
        /// The batch it concerns; none for a create.
        batch_id: Option<String>,
        /// The batch's windows as (opens, closes) in seconds since the Unix epoch.
        windows: Vec<(i64, i64)>,
        /// Of a create or a change of content: its texts and totals. For showing, never for a decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        says: Option<Says>,
    },
    /// The newest call of its kind on this reference has an answer, or is known to have none.
    Answer {
        /// Which call.
        call: Call,
        /// What is known.
        outcome: CallOutcome,
        /// The batch.
        batch_id: Option<String>,
    },
    /// A batch that we canceled was read afterwards, and no message of it left.
    ProvedSilent {
        /// The batch's id at the provider.
        batch_id: String,
    },
    /// What a run found in a suppression list whose guard did not trip. Its line names no provider and no reference.
    List {
        /// As the project names it.
        file: String,
        /// Numbers, each once.
        rows: u64,
        /// Over all of them, in their order.
        digest: String,
        /// Rows that suppression lists took out, by campaign.
        took_out: BTreeMap<String, u64>,
    },
    /// A batch that we had created was missing from a complete list for the first time.
    Missing {
        /// The batch's id at the provider.
        batch_id: String,
    },
    /// The answer to a create or a change of this batch showed other people than were sent.
    OtherPeople {
        /// The batch's id at the provider.
        batch_id: String,
        /// People whom nobody sent.
        added: u64,
        /// People who were sent, and were not there.
        missing: u64,
    },
    /// The account has shown this batch with its reference as it was sent, by itself and in the list.
    ReferenceKept {
        /// The batch's id at the provider.
        batch_id: String,
    },
    /// The batches of the namespace at this account are this project's: by what they say, or because somebody said so.
    Recognized,
    /// Batches whose story is over, in short, in the place of their own lines (see `compaction`). The line's reference
    /// is their namespace.
    Finished {
        /// Each with its own reference.
        batches: Vec<Finished>,
    },
}

/// A batch that was created and answered, and of which nothing more is to come: what a decision still asks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FinishedRow", into = "FinishedRow")]
pub struct Finished {
    /// As sent.
    pub reference: String,
    /// As answered.
    pub batch_id: String,
    /// As (opens, closes) in seconds since the Unix epoch.
    pub windows: Vec<(i64, i64)>,
    /// Our own cancel of it.
    pub cancel: Option<FinishedCancel>,
    /// When it was missing from a complete list for the first time, in milliseconds since the Unix epoch.
    pub missed_at_ms: Option<i64>,
}

/// A cancel of ours that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedCancel {
    /// By `stop`.
    pub by_stop: bool,
    /// When, in milliseconds since the Unix epoch.
    pub answered_at_ms: i64,
    /// Whether a read proved that no message left.
    pub proved_silent: bool,
}

/// In the file a row without names: there are many.
type FinishedRow = (String, String, Vec<(i64, i64)>, Option<(bool, i64, bool)>, Option<i64>);

impl From<FinishedRow> for Finished {
    fn from((reference, batch_id, windows, cancel, missed_at_ms): FinishedRow) -> Self {
        let cancel = cancel.map(|(by_stop, answered_at_ms, proved_silent)| FinishedCancel {
            by_stop,
            answered_at_ms,
            proved_silent,
        });
        Self {
            reference,
            batch_id,
            windows,
            cancel,
            missed_at_ms,
        }
    }
}

impl From<Finished> for FinishedRow {
    fn from(finished: Finished) -> Self {
        let cancel = finished.cancel;
        (
            finished.reference,
            finished.batch_id,
            finished.windows,
            cancel.map(|cancel| (cancel.by_stop, cancel.answered_at_ms, cancel.proved_silent)),
            finished.missed_at_ms,
        )
    }
}

/// Texts and totals of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Says {
    /// The templates of its campaign; empty: those of the occurrence's line before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// Billed units.
    pub segments: u64,
    /// `5.24 SEK`, one for each currency.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub estimate: Vec<String>,
    /// Segments without a price.
    #[serde(skip_serializing_if = "is_zero")]
    pub unpriced: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A call that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// POST of a batch.
    Create,
    /// PUT or POST into a batch.
    Update,
    /// DELETE decided by a plan or a repair.
    Cancel,
    /// DELETE by `stop`: a brake, never undone by a later plan.
    Stop,
}

/// What is known of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Carried out.
    Done,
    /// Certainly not carried out.
    NotSent,
    /// Not known.
    Unknown,
}

/// Reads the lines of a journal file; a torn line (the machine stopped while writing it) is passed over.
pub fn parse_lines(text: &str) -> Vec<Line> {
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_loses_nothing_else() {
        let line = Line {
            at_ms: 1,
            provider: "ip1".to_owned(),
            account: None,
            reference: "acme.black-friday.000010000000000000".to_owned(),
            event: Event::Missing {
                batch_id: "a".to_owned(),
            },
        };
        let whole = serde_json::to_string(&line).unwrap();
        let torn = format!("{whole}\n{}", &whole[..whole.len() / 2]);
        assert_eq!(parse_lines(&torn), [line]);
    }
}
