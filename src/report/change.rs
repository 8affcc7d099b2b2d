//! What a change of the files does to messages, people and money: before, after, difference.

use super::amount::estimate_view;
use super::change_view::ComingView;
use crate::desired::{Desired, Presence};
use crate::model::{Estimate, Instant, Msisdn};

/// Sums over every occurrence whose last window is still ahead.
pub fn coming(desired: &Desired, now: Instant) -> ComingView {
    let mut view = ComingView::default();
    let mut estimate = Estimate::default();
    let mut people: Vec<Msisdn> = Vec::new();
    let active = desired
        .campaigns
        .iter()
        .filter(|campaign| campaign.presence == Presence::Active);
    let groups = active
        .flat_map(|campaign| &campaign.occurrences)
        .flat_map(|occurrence| &occurrence.groups)
        .filter(|group| group.windows.as_slice().last().is_some_and(|last| last.closes() > now));
    for group in groups {
        let totals = group.content.buckets.total();
        view.messages += totals.recipients;
        view.segments += totals.segments;
        estimate.merge(&totals.estimate);
        people.extend(group.content.numbers.iter());
        // Occurrences of one campaign have the same people: the list stays as long as there are people.
        if people.len() > 1 << 20 {
            people.sort_unstable();
            people.dedup();
        }
    }
    people.sort_unstable();
    people.dedup();
    view.people = people.len() as u64;
    view.estimate = estimate_view(&estimate);
    view
}
