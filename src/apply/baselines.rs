//! What earlier runs found in the suppression lists, as the journal keeps it.

use std::collections::BTreeMap;

use super::journal::{Event, Line};
use super::run_context::{JournalFailed, RunClock, RunContext};
use crate::desired::{ListBaseline, WatchedList};
use crate::model::CampaignRef;
use crate::plan::Plan;
use crate::provider::Provider;

/// What the journal remembers of each list, by the file's name.
pub fn baselines(lines: &[Line]) -> BTreeMap<String, ListBaseline> {
    let mut all = BTreeMap::new();
    for line in lines {
        if let Event::List {
            file,
            rows,
            digest,
            took_out,
        } = &line.event
        {
            let took_out = (took_out.iter())
                .filter_map(|(campaign, rows)| Some((CampaignRef::parse(campaign).ok()?, *rows)))
                .collect();
            let baseline = ListBaseline {
                rows: *rows,
                digest: digest.clone(),
                took_out,
            };
            all.insert(file.clone(), baseline);
        }
    }
    all
}

/// Remembers every list whose guard did not trip in this plan. One that did keeps what was remembered of it.
pub fn note_lists<P: Provider, C: RunClock>(desk: &RunContext<'_, P, C>, plan: &Plan) -> Result<(), JournalFailed> {
    for list in &desk.policy.suppressions.lists {
        let now = found(desk, list);
        if plan.trips_on_list(&list.file) || list.before.as_ref() == Some(&now) {
            continue;
        }
        let line = Line {
            at_ms: desk.clock.now().unix_millis(),
            provider: String::new(),
            account: None,
            reference: String::new(),
            event: Event::List {
                file: list.file.clone(),
                rows: now.rows,
                digest: now.digest,
                took_out: (now.took_out.into_iter())
                    .map(|(campaign, rows)| (campaign.to_string(), rows))
                    .collect(),
            },
        };
        desk.journal.borrow_mut().append(&line)?;
    }
    Ok(())
}

/// What this run found. A list that is no longer named took nobody out.
fn found<P: Provider, C: RunClock>(desk: &RunContext<'_, P, C>, list: &WatchedList) -> ListBaseline {
    let campaigns = desk.desired.campaigns.iter();
    ListBaseline {
        rows: list.rows,
        digest: list.digest.clone(),
        took_out: campaigns
            .filter(|campaign| list.rows > 0 && list.campaigns.contains(&campaign.reference))
            .map(|campaign| (campaign.reference.clone(), campaign.suppressed))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_line_of_each_list_counts() {
        let line = |file: &str, rows| Line {
            at_ms: 1,
            provider: String::new(),
            account: None,
            reference: String::new(),
            event: Event::List {
                file: file.to_owned(),
                rows,
                digest: "d".to_owned(),
                took_out: [("spring".to_owned(), 2), ("No Campaign!".to_owned(), 1)].into(),
            },
        };
        let all = baselines(&[line("a.csv", 1), line("b.csv", 2), line("a.csv", 3)]);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["a.csv", "b.csv"]);
        assert_eq!((all["a.csv"].rows, all["a.csv"].took_out.len()), (3, 1));
    }
}
