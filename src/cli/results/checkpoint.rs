//! What was read of finished batches, in `.campanile/results.jsonl`: counts alone, one line a batch. A cache: lost or
//! doubted, everything is read again.
#![expect(clippy::disallowed_methods, reason = "this file is the program's own")]

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::system::private_file;
use crate::audience::country_of;
use crate::model::{ExistingBatch, Instant, Money, Msisdn, NumberSet};
use crate::provider::{BatchProgress, MessageOutcome, MessageResult};

/// Counts of one batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CheckpointLine {
    /// Base URL and account, never a token.
    pub account: String,
    /// The batch.
    pub id: String,
    /// What it is called.
    pub reference: String,
    /// Whom recipients saw.
    pub sender: String,
    /// Messages by country, fate and reason.
    pub cells: Vec<MessageCount>,
    /// Delivered within so long from the opening.
    pub within: BTreeMap<String, u64>,
    /// Who had opted out when it was read.
    pub opt_outs: Vec<OptOutCount>,
}

/// People of a batch who have opted out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OptOutCount {
    /// Of the number; `unknown` where the number does not show it.
    pub country: String,
    /// The text that they got; `None` where it has no variants, or where nobody can tell any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// How many.
    pub people: u64,
}

/// Who got a text and has opted out, by country and variant: people who had opted out before were not reached.
pub(crate) fn opt_outs_of(
    results: &[MessageResult],
    opted_out: &NumberSet,
    variant_of: &dyn Fn(Msisdn) -> Option<String>,
) -> Vec<OptOutCount> {
    let mut counts: BTreeMap<(String, Option<String>), u64> = BTreeMap::new();
    let reached = results.iter().filter(|result| result.fate == MessageOutcome::Delivered);
    let people = reached.filter_map(|result| result.recipient);
    for number in people.filter(|number| opted_out.contains(*number)) {
        *counts
            .entry((country_name(Some(number)), variant_of(number)))
            .or_default() += 1;
    }
    let counted = counts.into_iter().map(|((country, variant), people)| OptOutCount {
        country,
        variant,
        people,
    });
    counted.collect()
}

fn country_name(number: Option<Msisdn>) -> String {
    let country = number.and_then(country_of);
    country.map_or("unknown", |country| country.as_str()).to_owned()
}

/// Messages that have everything in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MessageCount {
    /// Of the number; `unknown` where the number does not show it.
    pub country: String,
    /// Of the campaign's texts; `None` where it has no variants, or where it is no longer known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// `delivered`, `pending`, `failed` or `canceled`.
    pub fate: String,
    /// Why they failed.
    pub reason: String,
    /// How many.
    pub messages: u64,
    /// Their segments, where the provider shows them.
    pub segments: Option<u64>,
    /// What they cost, where the provider shows it: amount and currency as in `1.5 SEK`.
    pub cost: Option<String>,
}

impl CheckpointLine {
    /// The same as `status` shows it.
    pub(crate) fn progress(&self) -> BatchProgress {
        let mut progress = BatchProgress::default();
        for cell in &self.cells {
            let count = match cell.fate.as_str() {
                "delivered" => &mut progress.messages.delivered,
                "failed" => &mut progress.messages.failed,
                "canceled" => &mut progress.messages.canceled,
                _ => &mut progress.messages.pending,
            };
            *count += cell.messages;
            if cell.reason.contains("could not pay") {
                progress.unpaid += cell.messages;
            }
            if let Some(cost) = cell.cost.as_ref().and_then(|text| Money::parse(text).ok()) {
                progress.cost = Some(progress.cost.map_or(cost, |before| before.plus(cost)));
            }
        }
        progress
    }
}

/// Everything read before, by account and batch.
#[derive(Debug, Default)]
pub(crate) struct Checkpoint {
    path: PathBuf,
    lines: BTreeMap<(String, String), CheckpointLine>,
}

impl Checkpoint {
    /// Reads it; a line that is torn or of another version is left out.
    pub(crate) fn read(root: &Path) -> Self {
        let path = root.join(".campanile").join("results.jsonl");
        let is_own = !path.is_symlink();
        let text = is_own
            .then(|| std::fs::read_to_string(&path).ok())
            .flatten()
            .unwrap_or_default();
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str::<CheckpointLine>(line).ok());
        let lines = lines.map(|line| ((line.account.clone(), line.id.clone()), line));
        Self {
            lines: lines.collect(),
            path,
        }
    }

    /// What was read of a batch.
    pub(crate) fn find(&self, account: &str, id: &str, reference: &str) -> Option<&CheckpointLine> {
        let found = self.lines.get(&(account.to_owned(), id.to_owned()));
        found.filter(|line| line.reference == reference)
    }

    /// Keeps a line for later runs.
    pub(crate) fn keep(&mut self, line: CheckpointLine) -> io::Result<()> {
        if self.path.is_symlink() {
            return Err(io::Error::other("the file of results is a link, which is not followed"));
        }
        let mut file = private_file().create(true).append(true).open(&self.path)?;
        let text = serde_json::to_string(&line).map_err(io::Error::other)?;
        // A torn line before stays alone.
        file.write_all(format!("\n{text}\n").as_bytes())?;
        file.sync_data()?;
        self.lines.insert((line.account.clone(), line.id.clone()), line);
        Ok(())
    }
}

/// The names of the spans within which messages were delivered, with their seconds.
const WITHIN: [(&str, u64); 6] = [
    ("1m", 60),
    ("5m", 300),
    ("15m", 900),
    ("1h", 3_600),
    ("6h", 21_600),
    ("24h", 86_400),
];

/// Counts of a batch, from what became of each message, and which text each person got.
pub(crate) fn line_of(
    account: &str,
    batch: &ExistingBatch,
    results: &[MessageResult],
    opt_outs: Vec<OptOutCount>,
    variant_of: &dyn Fn(Msisdn) -> Option<String>,
) -> CheckpointLine {
    type Key<'r> = (String, Option<String>, &'r str, String, String);
    let mut cells: BTreeMap<Key<'_>, MessageCount> = BTreeMap::new();
    let mut within = BTreeMap::new();
    for result in results {
        let country = country_name(result.recipient);
        let fate = fate(result.fate);
        let currency = result.cost.map(|cost| cost.currency.to_string()).unwrap_or_default();
        let variant = result.recipient.and_then(variant_of);
        let key = (country.clone(), variant.clone(), fate, result.reason.clone(), currency);
        let cell = cells.entry(key).or_insert_with(|| MessageCount {
            country,
            variant,
            fate: fate.to_owned(),
            reason: result.reason.clone(),
            messages: 0,
            segments: None,
            cost: None,
        });
        cell.messages += 1;
        if let Some(segments) = result.segments {
            cell.segments = Some(cell.segments.unwrap_or(0) + segments);
        }
        if let Some(cost) = result.cost {
            let before = cell.cost.as_ref().and_then(|text| Money::parse(text).ok());
            cell.cost = Some(before.map_or(cost, |before| before.plus(cost)).to_string());
        }
        if let Some(name) = delivered_within(batch.opens(), result) {
            *within.entry(name.to_owned()).or_default() += 1;
        }
    }
    CheckpointLine {
        account: account.to_owned(),
        id: batch.id.0.clone(),
        reference: batch.reference_text.clone().unwrap_or_default(),
        sender: batch.visible.sender.clone().unwrap_or_else(|| "unknown".to_owned()),
        cells: cells.into_values().collect(),
        within,
        opt_outs,
    }
}

fn delivered_within(opens: Option<Instant>, result: &MessageResult) -> Option<&'static str> {
    let seconds = result.ended_at?.since(opens?).as_secs();
    let name = WITHIN.iter().find(|(_, most)| seconds <= *most).map(|(name, _)| *name);
    Some(name.unwrap_or("later"))
}

fn fate(fate: MessageOutcome) -> &'static str {
    match fate {
        MessageOutcome::Pending => "pending",
        MessageOutcome::Delivered => "delivered",
        MessageOutcome::Failed => "failed",
        MessageOutcome::Canceled => "canceled",
    }
}
