//! How far finished batches had come when they were last read, in `.campanile/progress.jsonl`: counts alone, one line a
//! batch. A cache: lost or doubtful, the batch is read again.
#![expect(clippy::disallowed_methods, reason = "this file is the program's own")]

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::system::private_file;
use crate::model::{ExistingBatch, Instant, Money};
use crate::provider::{BatchProgress, StatusCounts};

/// So long after its last window what is said of a batch is final.
const SETTLED: Duration = Duration::from_hours(1);

/// Counts of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FinishedLine {
    account: String,
    id: String,
    reference: String,
    delivered: u64,
    failed: u64,
    canceled: u64,
    unpaid: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<String>,
}

/// What was read of finished batches, by account and batch.
#[derive(Debug)]
pub(super) struct FinishedBatches {
    path: PathBuf,
    lines: BTreeMap<(String, String), FinishedLine>,
}

impl FinishedBatches {
    /// Reads it; a line that is torn or of another version is left out.
    pub(super) fn read(root: &Path) -> Self {
        let path = root.join(".campanile").join("progress.jsonl");
        let text = (!path.is_symlink())
            .then(|| std::fs::read_to_string(&path).ok())
            .flatten()
            .unwrap_or_default();
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str::<FinishedLine>(line).ok());
        Self {
            lines: lines
                .map(|line| ((line.account.clone(), line.id.clone()), line))
                .collect(),
            path,
        }
    }

    /// What was read of a batch that is over.
    pub(super) fn find(&self, account: &str, batch: &ExistingBatch, now: Instant) -> Option<BatchProgress> {
        let line = self.lines.get(&(account.to_owned(), batch.id.0.clone()))?;
        if !is_over(batch, now) || Some(line.reference.as_str()) != batch.reference_text.as_deref() {
            return None;
        }
        let cost = line.cost.as_deref().map(Money::parse).transpose().ok()?;
        Some(BatchProgress {
            messages: StatusCounts {
                pending: 0,
                delivered: line.delivered,
                failed: line.failed,
                canceled: line.canceled,
            },
            cost,
            unpaid: line.unpaid,
        })
    }

    /// Keeps what was read, if nothing more is to come of the batch. Nothing is made where there is no `.campanile/`.
    pub(super) fn keep(
        &mut self,
        account: &str,
        batch: &ExistingBatch,
        read: &BatchProgress,
        now: Instant,
    ) -> io::Result<()> {
        let is_made = self.path.parent().is_some_and(Path::is_dir) && !self.path.is_symlink();
        if !is_made || !is_over(batch, now) || read.messages.pending > 0 {
            return Ok(());
        }
        let line = FinishedLine {
            account: account.to_owned(),
            id: batch.id.0.clone(),
            reference: batch.reference_text.clone().unwrap_or_default(),
            delivered: read.messages.delivered,
            failed: read.messages.failed,
            canceled: read.messages.canceled,
            unpaid: read.unpaid,
            cost: read.cost.map(|cost| cost.to_string()),
        };
        let text = serde_json::to_string(&line).map_err(io::Error::other)?;
        let mut file = private_file().create(true).append(true).open(&self.path)?;
        // A torn line before stays alone.
        file.write_all(format!("\n{text}\n").as_bytes())?;
        self.lines.insert((line.account.clone(), line.id.clone()), line);
        Ok(())
    }
}

fn is_over(batch: &ExistingBatch, now: Instant) -> bool {
    batch.closes().is_some_and(|closes| closes + SETTLED < now)
}
