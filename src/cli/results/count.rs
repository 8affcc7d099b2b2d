//! Lines of batches to occurrences: pure.

use std::collections::BTreeMap;

use super::checkpoint::{CheckpointLine, MessageCount, OptOutCount};
use crate::cli::wall_clock::WallClock;
use crate::model::{CampaignRef, Currency, Estimate, Instant, Money, OccurrenceKey, ProviderName};
use crate::report::{
    AccuracyView, AmountView, CampaignResultView, FORMAT_VERSION, OutcomeView, ResultsView, SegmentsView, estimate_view,
};

/// One batch with what is known about it.
#[derive(Debug, Clone)]
pub(crate) struct CountedBatch {
    /// The campaign's reference.
    pub campaign: CampaignRef,
    /// Which firing.
    pub occurrence: OccurrenceKey,
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// First instant of its windows.
    pub opens: Option<Instant>,
    /// Whether nothing more will happen.
    pub is_finished: bool,
    /// What became of its messages.
    pub line: CheckpointLine,
    /// Who has opted out by now.
    pub opt_outs: Vec<OptOutCount>,
    /// The same by what was known of their texts, where that is no longer known.
    pub opt_outs_by_variant: Vec<OptOutCount>,
    /// By the files, while they say what it says.
    pub expected: Option<(Estimate, u64)>,
}

/// Sums that become an [`OutcomeView`].
#[derive(Default)]
struct ResultSums {
    view: OutcomeView,
    cost: Estimate,
}

impl ResultSums {
    fn add(&mut self, cell: &MessageCount) {
        let messages = cell.messages;
        match cell.fate.as_str() {
            "delivered" => self.view.delivered += messages,
            "failed" => *self.view.failed.entry(cell.reason.clone()).or_default() += messages,
            "canceled" => self.view.canceled += messages,
            _ => self.view.pending += messages,
        }
        if cell.fate != "canceled" {
            self.view.sent += messages;
        }
        if let Some(cost) = cell.cost.as_ref().and_then(|text| Money::parse(text).ok()) {
            self.cost.add(cost);
            // Nobody is billed for what costs nothing.
            let billed = if cost.amount.is_zero() {
                0
            } else {
                cell.segments.unwrap_or(0)
            };
            self.view.segments_billed = Some(self.view.segments_billed.unwrap_or(0) + billed);
        }
    }

    fn into_view(self) -> OutcomeView {
        OutcomeView {
            // What was billed has a price.
            cost: (estimate_view(&self.cost).into_iter())
                .map(|amount| AmountView {
                    unpriced_segments: None,
                    ..amount
                })
                .collect(),
            ..self.view
        }
    }
}

/// The document.
pub(crate) fn view(now: Instant, clock: &WallClock, batches: &[CountedBatch], unread: Vec<String>) -> ResultsView {
    let mut by_occurrence: BTreeMap<_, Vec<&CountedBatch>> = BTreeMap::new();
    for batch in batches {
        let key = (&batch.campaign, batch.occurrence, &batch.provider);
        by_occurrence.entry(key).or_default().push(batch);
    }
    let mut campaigns: Vec<CampaignResultView> = by_occurrence
        .into_values()
        .filter_map(|group| occurrence(&group, clock))
        .collect();
    campaigns.sort_by(|one, other| (&one.opens, &one.campaign).cmp(&(&other.opens, &other.campaign)));
    ResultsView {
        format_version: FORMAT_VERSION.to_owned(),
        now: now.to_string(),
        timezone: clock.zone().to_owned(),
        read_at: clock.second(now),
        campaigns,
        accuracy: accuracy(batches),
        unread,
    }
}

fn occurrence(batches: &[&CountedBatch], clock: &WallClock) -> Option<CampaignResultView> {
    let first = batches.first()?;
    let mut all = ResultSums::default();
    let mut countries: BTreeMap<String, ResultSums> = BTreeMap::new();
    let mut senders: BTreeMap<String, ResultSums> = BTreeMap::new();
    let mut variants: BTreeMap<String, ResultSums> = BTreeMap::new();
    let mut within = BTreeMap::new();
    let mut estimate = Estimate::default();
    let mut segments = Some(0);
    for batch in batches {
        for cell in &batch.line.cells {
            all.add(cell);
            countries.entry(cell.country.clone()).or_default().add(cell);
            senders.entry(batch.line.sender.clone()).or_default().add(cell);
            if let Some(variant) = &cell.variant {
                variants.entry(variant.clone()).or_default().add(cell);
            }
        }
        for counted in &batch.opt_outs {
            all.view.opted_out += counted.people;
            countries.entry(counted.country.clone()).or_default().view.opted_out += counted.people;
            senders.entry(batch.line.sender.clone()).or_default().view.opted_out += counted.people;
        }
        for counted in &batch.opt_outs_by_variant {
            if let Some(variant) = &counted.variant {
                variants.entry(variant.clone()).or_default().view.opted_out += counted.people;
            }
        }
        for (name, count) in &batch.line.within {
            *within.entry(name.clone()).or_default() += count;
        }
        match &batch.expected {
            Some((expected, count)) => {
                estimate.merge(expected);
                segments = segments.map(|sum| sum + count);
            }
            None => segments = None,
        }
    }
    let all = all.into_view();
    let opens = batches.iter().filter_map(|batch| batch.opens).min();
    let views =
        |sums: BTreeMap<String, ResultSums>| sums.into_iter().map(|(name, sums)| (name, sums.into_view())).collect();
    Some(CampaignResultView {
        campaign: first.campaign.to_string(),
        occurrence: first.occurrence.as_nominal().map(|time| time.to_string()),
        provider: first.provider.to_string(),
        opens: opens.map(|opens| opens.to_string()),
        opens_local: opens.map(|opens| clock.minute(opens)),
        finished: batches.iter().all(|batch| batch.is_finished),
        segments: SegmentsView {
            estimated: segments,
            billed: all.segments_billed,
        },
        estimate: if segments.is_some() {
            estimate_view(&estimate)
        } else {
            Vec::new()
        },
        delivered_within: within,
        by_country: views(countries),
        by_sender: views(senders),
        by_variant: views(variants),
        all,
    })
}

/// Over finished batches whose estimate is known, currency by currency.
fn accuracy(batches: &[CountedBatch]) -> Vec<AccuracyView> {
    #[derive(Default)]
    struct Sum {
        estimate: Option<Money>,
        cost: Option<Money>,
        unbilled: Option<Money>,
        segments: Option<Money>,
    }
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for batch in batches.iter().filter(|batch| batch.is_finished) {
        let Some((expected, segments)) = &batch.expected else {
            continue;
        };
        let mut amounts = expected.amounts();
        let (Some(estimate), None, 0) = (amounts.next(), amounts.next(), expected.unpriced_segments()) else {
            continue;
        };
        let costs = batch.line.cells.iter().map(|cell| {
            let cost = cell.cost.as_ref().and_then(|text| Money::parse(text).ok());
            Some((cost?, cell.segments?))
        });
        let Some(costs) = costs.collect::<Option<Vec<(Money, u64)>>>() else {
            continue;
        };
        if costs.is_empty() || costs.iter().any(|(cost, _)| cost.currency != estimate.currency) {
            continue;
        }
        let unbilled: u64 = costs
            .iter()
            .filter(|(cost, _)| cost.amount.is_zero())
            .map(|(_, n)| n)
            .sum();
        let real: u64 = costs.iter().map(|(_, n)| n).sum();
        let zero = estimate.less(estimate);
        let sum = sums.entry(estimate.currency).or_default();
        let add = |sum: &mut Option<Money>, money: Money| *sum = Some(sum.map_or(money, |before| before.plus(money)));
        add(&mut sum.estimate, estimate);
        for (cost, _) in &costs {
            add(&mut sum.cost, *cost);
        }
        add(&mut sum.unbilled, zero.less(estimate.share(unbilled, *segments)));
        add(&mut sum.segments, estimate.share(real, *segments).less(estimate));
    }
    let told = sums.into_iter().filter_map(|(currency, sum)| {
        let (estimate, cost, unbilled, segments) = (sum.estimate?, sum.cost?, sum.unbilled?, sum.segments?);
        let price = cost.less(estimate).less(unbilled).less(segments);
        let text = |money: Money| money.amount.normalize().to_string();
        Some(AccuracyView {
            currency: currency.to_string(),
            estimate: text(estimate),
            cost: text(cost),
            rejected: text(unbilled),
            segments: text(segments),
            price: text(price),
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(fate: &str, messages: u64, segments: u64, cost: &str) -> MessageCount {
        MessageCount {
            country: "SE".to_owned(),
            variant: None,
            fate: fate.to_owned(),
            reason: if fate == "failed" {
                "expired".to_owned()
            } else {
                String::new()
            },
            messages,
            segments: Some(segments),
            cost: Some(cost.to_owned()),
        }
    }

    /// Two people in Sweden, one of whom got the text of `b`.
    fn opt_outs() -> Vec<OptOutCount> {
        let one = |variant: Option<&str>| OptOutCount {
            country: "SE".to_owned(),
            variant: variant.map(str::to_owned),
            people: 1,
        };
        vec![one(None), one(Some("b"))]
    }

    fn counted(cells: Vec<MessageCount>, estimate: &str, segments: u64) -> CountedBatch {
        let mut expected = Estimate::default();
        expected.add(Money::parse(estimate).unwrap());
        CountedBatch {
            campaign: CampaignRef::parse("bf").unwrap(),
            occurrence: OccurrenceKey::revision(1).unwrap(),
            provider: ProviderName::parse("ip1").unwrap(),
            opens: None,
            is_finished: true,
            line: CheckpointLine {
                account: "a".to_owned(),
                id: "1".to_owned(),
                reference: "acme.bf.000010000000000000".to_owned(),
                sender: "ACME".to_owned(),
                cells,
                within: BTreeMap::new(),
                opt_outs: Vec::new(),
            },
            opt_outs: opt_outs(),
            opt_outs_by_variant: opt_outs(),
            expected: Some((expected, segments)),
        }
    }

    #[test]
    fn what_was_canceled_was_not_sent_and_failures_have_reasons() {
        let cells = vec![
            cell("delivered", 6, 6, "3 SEK"),
            cell("failed", 2, 2, "0 SEK"),
            cell("canceled", 1, 1, "0 SEK"),
            cell("pending", 1, 1, "0.5 SEK"),
        ];
        let view = view(
            Instant::from_unix_seconds(0),
            &WallClock::of(None),
            &[counted(cells, "5 SEK", 10)],
            Vec::new(),
        );
        let all = &view.campaigns[0].all;
        assert_eq!((all.sent, all.delivered, all.pending, all.canceled), (9, 6, 1, 1));
        assert_eq!(all.failed, BTreeMap::from([("expired".to_owned(), 2)]));
        assert_eq!((all.opted_out, all.segments_billed), (2, Some(7)));
        let one = &view.campaigns[0];
        assert_eq!(one.by_country["SE"].sent, 9);
        let opted_out = [&one.by_country["SE"], &one.by_sender["ACME"], &one.by_variant["b"]].map(|of| of.opted_out);
        assert_eq!(opted_out, [2, 2, 1]);
    }

    #[test]
    fn variants_are_counted_apart_where_they_are_known() {
        let of = |variant: &str, cell: MessageCount| MessageCount {
            variant: Some(variant.to_owned()),
            ..cell
        };
        let cells = vec![
            of("a", cell("delivered", 6, 6, "3 SEK")),
            of("b", cell("failed", 2, 2, "0 SEK")),
            of("b", cell("delivered", 1, 1, "0.5 SEK")),
            cell("delivered", 5, 5, "2.5 SEK"),
        ];
        let view = view(
            Instant::from_unix_seconds(0),
            &WallClock::of(None),
            &[counted(cells, "6 SEK", 14)],
            Vec::new(),
        );
        let by_variant = &view.campaigns[0].by_variant;
        assert_eq!(
            (by_variant["a"].delivered, by_variant["b"].sent, by_variant.len()),
            (6, 3, 2)
        );
        assert_eq!(view.campaigns[0].all.sent, 14);
    }

    #[test]
    fn the_difference_between_cost_and_estimate_is_explained_whole() {
        // 10 segments at 0.50 were expected; 12 were needed, 3 of them of messages that nobody was billed for, at 0.60.
        let cells = vec![cell("delivered", 9, 9, "5.4 SEK"), cell("failed", 3, 3, "0 SEK")];
        let view = view(
            Instant::from_unix_seconds(0),
            &WallClock::of(None),
            &[counted(cells, "5 SEK", 10)],
            Vec::new(),
        );
        let [line] = &view.accuracy[..] else {
            panic!("one currency")
        };
        let parts = [&line.estimate, &line.cost, &line.rejected, &line.segments, &line.price];
        assert_eq!(parts, ["5", "5.4", "-1.5", "1", "0.9"]);
    }
}
