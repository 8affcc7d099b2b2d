//! `status` at a terminal: one line a campaign, or one a batch, in the project's zone. Fits 80 columns.

use std::fmt::Write as _;

use super::rows::{StatusLine, StatusRow, StatusState};
use crate::cli::wall_clock::WallClock;
use crate::model::{Estimate, Instant, counted, grouped};
use crate::provider::StatusCounts;
use crate::report::{amounts, estimate_view, in_columns};

/// One line a campaign.
pub(super) fn campaigns(lines: &[StatusLine], clock: &WallClock) -> String {
    let mut rows = vec![head()];
    for line in lines {
        let test = if line.is_test { " (test)" } else { "" };
        let estimate = line.estimate.as_ref();
        rows.push([
            format!("{}{test}", line.campaign),
            states(line),
            opens(line.opens, clock),
            told(line.messages),
            money(Some(&line.cost).filter(|cost| cost.amounts().next().is_some())),
            money(estimate),
        ]);
    }
    let replaced: u64 = lines.iter().map(|line| line.replaced).sum();
    let more = if replaced > 0 {
        format!(
            "; {} not shown: see `--batches`",
            counted(replaced, "replaced batch", "replaced batches")
        )
    } else {
        String::new()
    };
    format!("{}times are {}{more}\n", in_columns(&rows), clock.zone())
}

/// `planned`; `1 ongoing, 3 planned` where occurrences differ.
fn states(line: &StatusLine) -> String {
    let all: u64 = line.occurrences.values().sum();
    let each = line.occurrences.iter();
    let states: Vec<String> = each
        .map(|(state, count)| match all {
            1 => state.as_str().to_owned(),
            _ => format!("{} {}", grouped(*count), state.as_str()),
        })
        .collect();
    let mut text = states.join(", ");
    if line.partly_canceled > 0 {
        let canceled = counted(line.partly_canceled, "batch", "batches");
        let _ = write!(text, " ({canceled} canceled)");
    }
    text
}

/// One line a batch.
pub(super) fn batches(rows: &[StatusRow], clock: &WallClock, now: Instant) -> String {
    let mut lines = vec![head()];
    for row in rows {
        let progress = row.progress.as_ref();
        let state = match (row.state(now), &row.replaced_by) {
            (StatusState::Canceled, Some(_)) => "replaced",
            (state, _) => state.as_str(),
        };
        let mut cost = Estimate::default();
        if let Some(money) = progress.and_then(|progress| progress.cost) {
            cost.add(money);
        }
        lines.push([
            name(row),
            state.to_owned(),
            opens(row.batch.opens(), clock),
            told(progress.map(|progress| progress.messages).unwrap_or_default()),
            money(Some(&cost).filter(|cost| cost.amounts().next().is_some())),
            money(row.estimate.as_ref()),
        ]);
    }
    format!("{}times are {}\n", in_columns(&lines), clock.zone())
}

fn name(row: &StatusRow) -> String {
    let part = row.slot.part;
    let part = if part.n() > 1 {
        format!(" {}/{}", u32::from(part.k()) + 1, part.n())
    } else {
        String::new()
    };
    let occurrence = (row.slot.occurrence.as_nominal()).map_or_else(String::new, |time| format!(" @ {time}"));
    let test = if row.is_test() { " (test)" } else { "" };
    format!("{}{occurrence}{part}{test}", row.slot.campaign)
}

fn head() -> [String; 6] {
    ["CAMPAIGN", "STATE", "OPENS", "MESSAGES", "COST", "ESTIMATE"].map(str::to_owned)
}

fn opens(opens: Option<Instant>, clock: &WallClock) -> String {
    opens.map_or_else(|| "?".to_owned(), |opens| clock.minute(opens))
}

fn money(sum: Option<&Estimate>) -> String {
    sum.map_or_else(|| "-".to_owned(), |sum| amounts(&estimate_view(sum)))
}

/// What became of the messages: only counts that say something.
fn told(counts: StatusCounts) -> String {
    let StatusCounts {
        pending,
        delivered,
        failed,
        canceled,
    } = counts;
    let counts = [
        (pending, "pending"),
        (delivered, "delivered"),
        (failed, "failed"),
        (canceled, "canceled"),
    ];
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
    if told.is_empty() {
        "-".to_owned()
    } else {
        told.join(", ")
    }
}

/// Messages that the account could not pay for.
pub(super) fn unpaid(rows: &[StatusRow]) -> Option<String> {
    let progress = rows.iter().filter_map(|row| row.progress.as_ref());
    let unpaid: u64 = progress.map(|progress| progress.unpaid).sum();
    (unpaid > 0).then(|| {
        let messages = counted(unpaid, "message", "messages");
        format!("! the account could not pay for {messages}\n")
    })
}
