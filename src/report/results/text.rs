//! Results for a terminal.

use std::fmt::Write as _;

use super::view::{AccuracyView, CampaignResultView, OutcomeView, ResultsView};
use crate::model::grouped;
use crate::report::{AmountView, amounts, in_columns};

/// A table, reasons below, and how far off the estimates were.
pub fn results_to_text(view: &ResultsView) -> String {
    let mut text = String::new();
    if view.campaigns.is_empty() {
        text += "nothing of ours was sent yet\n";
    } else {
        let head = [
            "CAMPAIGN",
            "OPENS",
            "SENT",
            "DELIVERED",
            "PENDING",
            "FAILED",
            "OPTED OUT",
            "SEGMENTS",
            "COST",
            "ESTIMATE",
        ];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(view.campaigns.iter().map(row));
        text += &in_columns(&rows);
        let _ = writeln!(text, "times are {}", view.timezone);
    }
    for one in view.campaigns.iter().filter(|one| !one.all.failed.is_empty()) {
        let _ = writeln!(text, "{}: {}", name(one), reasons(&one.all));
    }
    for one in &view.campaigns {
        for (variant, outcome) in &one.by_variant {
            let _ = writeln!(text, "{}: {}", name(one), of_variant(variant, outcome));
        }
    }
    for line in &view.accuracy {
        let _ = writeln!(text, "{}", accuracy(line));
    }
    for unread in &view.unread {
        let _ = writeln!(text, "! {unread}");
    }
    text
}

/// The campaign, with its occurrence.
pub(super) fn name(one: &CampaignResultView) -> String {
    match &one.occurrence {
        Some(occurrence) => format!("{} @ {occurrence}", one.campaign),
        None => one.campaign.clone(),
    }
}

fn row(one: &CampaignResultView) -> [String; 10] {
    let segments = match (one.segments.billed, one.segments.estimated) {
        (Some(billed), Some(estimated)) => format!("{} of {}", grouped(billed), grouped(estimated)),
        (Some(billed), None) => grouped(billed),
        (None, _) => "-".to_owned(),
    };
    [
        name(one),
        one.opens_local.clone().unwrap_or_else(|| "?".to_owned()),
        grouped(one.all.sent),
        grouped(one.all.delivered),
        grouped(one.all.pending),
        grouped(one.all.all_failed()),
        grouped(one.all.opted_out),
        segments,
        money(&one.all.cost),
        money(&one.estimate),
    ]
}

/// A dash where it is unknown: no amount is not the same as nothing to pay.
pub(super) fn money(amounts_told: &[AmountView]) -> String {
    if amounts_told.is_empty() {
        "-".to_owned()
    } else {
        amounts(amounts_told)
    }
}

/// `variant a: 545 sent, 540 delivered, 5 failed, 2 opted out`.
fn of_variant(variant: &str, outcome: &OutcomeView) -> String {
    format!(
        "variant {variant}: {} sent, {} delivered, {} failed, {} opted out",
        grouped(outcome.sent),
        grouped(outcome.delivered),
        grouped(outcome.all_failed()),
        grouped(outcome.opted_out)
    )
}

/// Failures in words.
pub(super) fn reasons(outcome: &OutcomeView) -> String {
    let told = outcome
        .failed
        .iter()
        .map(|(reason, count)| format!("{} {reason}", grouped(*count)));
    told.collect::<Vec<_>>().join(", ")
}

/// By how much estimates were off, and why.
pub(super) fn accuracy(line: &AccuracyView) -> String {
    let AccuracyView {
        currency,
        estimate,
        cost,
        rejected,
        segments,
        price,
    } = line;
    format!(
        "finished batches cost {cost} {currency}, estimated {estimate}: {rejected} for messages that nobody was billed for, {segments} for other segments, {price} for other prices"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_nobody_tells_is_a_dash_and_not_nothing() {
        let one = CampaignResultView {
            campaign: "bf".to_owned(),
            all: OutcomeView {
                sent: 3,
                delivered: 3,
                ..OutcomeView::default()
            },
            ..CampaignResultView::default()
        };
        assert_eq!(row(&one)[7..], ["-", "-", "-"]);
    }
}
