//! Results as CSV: a row for each occurrence, and for each of its countries and senders.

use super::view::{CampaignResultView, OutcomeView, ResultsView};
use crate::model::csv_cell;

const HEADER: &str = "campaign,occurrence,provider,opens,by,value,sent,delivered,pending,canceled,failed,opted_out,segments_estimated,segments_billed,cost,currency,estimate\n";

/// The rows.
pub fn results_to_csv(view: &ResultsView) -> String {
    let mut text = HEADER.to_owned();
    for one in &view.campaigns {
        text += &row(one, "all", "", &one.all, true);
        for (by, outcomes) in [
            ("country", &one.by_country),
            ("sender", &one.by_sender),
            ("variant", &one.by_variant),
        ] {
            for (value, outcome) in outcomes {
                text += &row(one, by, value, outcome, false);
            }
        }
    }
    text
}

fn row(one: &CampaignResultView, by: &str, value: &str, outcome: &OutcomeView, is_whole: bool) -> String {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let (cost, currency) = outcome.cost.first().map_or((String::new(), String::new()), |money| {
        (money.amount.clone(), money.currency.clone())
    });
    let estimate = one
        .estimate
        .iter()
        .find(|money| is_whole && (money.currency == currency || currency.is_empty()));
    let cells = [
        one.campaign.clone(),
        one.occurrence.clone().unwrap_or_default(),
        one.provider.clone(),
        one.opens.clone().unwrap_or_default(),
        by.to_owned(),
        value.to_owned(),
        outcome.sent.to_string(),
        outcome.delivered.to_string(),
        outcome.pending.to_string(),
        outcome.canceled.to_string(),
        outcome.all_failed().to_string(),
        outcome.opted_out.to_string(),
        number(one.segments.estimated.filter(|_| is_whole)),
        number(outcome.segments_billed),
        cost,
        currency,
        estimate.map(|money| money.amount.clone()).unwrap_or_default(),
    ];
    format!("{}\n", cells.map(|cell| csv_cell(&cell)).join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_as_many_cells_as_the_head() {
        let outcome = OutcomeView {
            sent: 3,
            ..OutcomeView::default()
        };
        let one = CampaignResultView {
            campaign: "bf".to_owned(),
            by_country: [("SE".to_owned(), outcome.clone())].into(),
            by_sender: [("A, B".to_owned(), outcome.clone())].into(),
            all: outcome,
            ..CampaignResultView::default()
        };
        let view = ResultsView {
            campaigns: vec![one],
            ..ResultsView::default()
        };
        let text = results_to_csv(&view);
        let commas = |line: &str| {
            line.split('"')
                .step_by(2)
                .map(|part| part.matches(',').count())
                .sum::<usize>()
        };
        assert_eq!(text.lines().count(), 4);
        assert!(text.lines().all(|line| commas(line) == commas(HEADER)), "{text}");
    }
}
