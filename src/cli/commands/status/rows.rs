//! Batches of ours, and their totals by campaign: pure.
//!
//! In: batches as listed, with what was read and expected of each. Out: the state of each, which of the canceled ones
//! were replaced, and one line a campaign with sums. A batch that was replaced does not make its campaign look
//! canceled.

use std::collections::BTreeMap;

use crate::model::{BatchId, CampaignRef, Estimate, ExistingBatch, Group, Instant, OccurrenceKey, ReportedState, Slot};
use crate::provider::{BatchProgress, StatusCounts};

/// One batch of ours.
pub(super) struct StatusRow {
    pub batch: ExistingBatch,
    /// Its place: every row has a reference.
    pub slot: Slot,
    pub progress: Option<BatchProgress>,
    /// By the files, while they say what it says.
    pub estimate: Option<Estimate>,
    /// Canceled, and this batch has its place.
    pub replaced_by: Option<BatchId>,
}

/// Where a batch or an occurrence is, in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StatusState {
    Ongoing,
    Planned,
    Sent,
    Canceled,
}

impl StatusState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ongoing => "ongoing",
            Self::Planned => "planned",
            Self::Sent => "sent",
            Self::Canceled => "canceled",
        }
    }
}

impl StatusRow {
    pub(super) fn is_test(&self) -> bool {
        self.slot.group == Group::Test
    }

    /// Sinch shows no state: a batch that is planned by its document and open by the clock is under way.
    pub(super) fn state(&self, now: Instant) -> StatusState {
        match self.batch.state {
            ReportedState::Planned if self.batch.opens().is_some_and(|opens| opens <= now) => {
                let pending = (self.progress.as_ref()).is_none_or(|progress| progress.messages.pending > 0);
                if pending {
                    StatusState::Ongoing
                } else {
                    StatusState::Sent
                }
            }
            ReportedState::Planned => StatusState::Planned,
            ReportedState::Ongoing | ReportedState::Unknown(_) => StatusState::Ongoing,
            ReportedState::Sent => StatusState::Sent,
            ReportedState::Canceled => StatusState::Canceled,
        }
    }

    fn is_canceled(&self) -> bool {
        self.batch.state == ReportedState::Canceled
    }

    /// Whether the other one has this one's place: the same people at the same time, and not canceled, or created
    /// later.
    fn is_replaced_by(&self, other: &Self) -> bool {
        let is_later = other.batch.provider == self.batch.provider && other.batch.position > self.batch.position;
        self.batch.id != other.batch.id
            && self.slot.group == other.slot.group
            && self.slot.part.may_share(other.slot.part)
            && (is_later || !other.is_canceled())
    }

    fn counts(&self) -> StatusCounts {
        self.progress
            .as_ref()
            .map(|progress| progress.messages)
            .unwrap_or_default()
    }
}

/// Finds for each canceled batch the one that has its place. Tests replace nothing.
pub(super) fn link(rows: &mut [StatusRow]) {
    let mut places: BTreeMap<(CampaignRef, OccurrenceKey), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_test()) {
        let place = (row.slot.campaign.clone(), row.slot.occurrence);
        places.entry(place).or_default().push(at);
    }
    let mut found: Vec<(usize, BatchId)> = Vec::new();
    for place in places.values() {
        for (at, row) in place.iter().filter_map(|at| Some((*at, rows.get(*at)?))) {
            let others = place.iter().filter_map(|other| rows.get(*other));
            let successor = others
                .filter(|other| row.is_replaced_by(other))
                .max_by_key(|other| !other.is_canceled());
            if let Some(successor) = successor.filter(|_| row.is_canceled()) {
                found.push((at, successor.batch.id.clone()));
            }
        }
    }
    for (at, id) in found {
        if let Some(row) = rows.get_mut(at) {
            row.replaced_by = Some(id);
        }
    }
}

/// One campaign, or its tests.
pub(super) struct StatusLine {
    pub campaign: CampaignRef,
    pub is_test: bool,
    /// Occurrences by their state.
    pub occurrences: BTreeMap<StatusState, u64>,
    /// Batches that were not replaced.
    pub batches: u64,
    /// Batches that were.
    pub replaced: u64,
    /// Canceled batches of occurrences of which others are not.
    pub partly_canceled: u64,
    /// When the next planned batch opens; without one, when the last one opened.
    pub opens: Option<Instant>,
    pub messages: StatusCounts,
    pub cost: Estimate,
    /// `None` when the files do not say what every batch says.
    pub estimate: Option<Estimate>,
}

/// One line a campaign, soonest first.
pub(super) fn lines(rows: &[StatusRow], now: Instant) -> Vec<StatusLine> {
    let mut campaigns: BTreeMap<(&CampaignRef, bool), Vec<&StatusRow>> = BTreeMap::new();
    for row in rows {
        campaigns
            .entry((&row.slot.campaign, row.is_test()))
            .or_default()
            .push(row);
    }
    let mut lines: Vec<StatusLine> = campaigns
        .into_iter()
        .map(|((campaign, is_test), rows)| line(campaign.clone(), is_test, &rows, now))
        .collect();
    lines.sort_by_key(|line| (line.opens, line.campaign.clone(), line.is_test));
    lines
}

fn line(campaign: CampaignRef, is_test: bool, rows: &[&StatusRow], now: Instant) -> StatusLine {
    let standing: Vec<&StatusRow> = rows.iter().copied().filter(|row| row.replaced_by.is_none()).collect();
    let mut occurrences: BTreeMap<OccurrenceKey, Vec<StatusState>> = BTreeMap::new();
    for row in &standing {
        occurrences.entry(row.slot.occurrence).or_default().push(row.state(now));
    }
    let mut line = StatusLine {
        campaign,
        is_test,
        occurrences: BTreeMap::new(),
        batches: standing.len() as u64,
        replaced: (rows.len() - standing.len()) as u64,
        partly_canceled: 0,
        opens: opens(&standing, now),
        messages: StatusCounts::default(),
        cost: Estimate::default(),
        estimate: estimate(&standing),
    };
    for states in occurrences.values() {
        let state = occurrence_state(states);
        *line.occurrences.entry(state).or_default() += 1;
        if state != StatusState::Canceled {
            line.partly_canceled += states.iter().filter(|state| **state == StatusState::Canceled).count() as u64;
        }
    }
    for row in rows {
        add(&mut line.messages, row);
        if let Some(cost) = row.progress.as_ref().and_then(|progress| progress.cost) {
            line.cost.add(cost);
        }
    }
    line
}

/// What its batches say together: between the first and the last, it is under way.
fn occurrence_state(states: &[StatusState]) -> StatusState {
    let has = |state| states.contains(&state);
    if has(StatusState::Ongoing) || (has(StatusState::Planned) && has(StatusState::Sent)) {
        StatusState::Ongoing
    } else if has(StatusState::Planned) {
        StatusState::Planned
    } else if has(StatusState::Sent) {
        StatusState::Sent
    } else {
        StatusState::Canceled
    }
}

fn opens(rows: &[&StatusRow], now: Instant) -> Option<Instant> {
    let planned = rows.iter().filter(|row| row.state(now) == StatusState::Planned);
    let next = planned.filter_map(|row| row.batch.opens()).min();
    next.or_else(|| rows.iter().filter_map(|row| row.batch.opens()).max())
}

/// Of what is or will be sent.
fn estimate(rows: &[&StatusRow]) -> Option<Estimate> {
    let sent: Vec<&&StatusRow> = rows.iter().filter(|row| !row.is_canceled()).collect();
    let mut sum = Estimate::default();
    for row in &sent {
        sum.merge(row.estimate.as_ref()?);
    }
    (!sent.is_empty()).then_some(sum)
}

/// The canceled messages of a batch that was replaced are in its successor.
fn add(sum: &mut StatusCounts, row: &StatusRow) {
    let StatusCounts {
        pending,
        delivered,
        failed,
        canceled,
    } = row.counts();
    sum.pending += pending;
    sum.delivered += delivered;
    sum.failed += failed;
    if row.replaced_by.is_none() {
        sum.canceled += canceled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Api, Headcount, Money, Proof, ProviderName, Recipients, Reference, Visible, Window};

    const NOW: &str = "2030-01-07T08:00:00Z";

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// A batch `id` of a reference, opening at an hour of the day, in the order of the list.
    fn row(id: u64, reference: &str, state: ReportedState, hour: u8, delivered: u64) -> StatusRow {
        let reference = Reference::parse(reference).unwrap();
        let window = Window::new(at(&format!("2030-01-07T{hour:02}:00:00Z")), at("2030-01-07T23:00:00Z")).unwrap();
        StatusRow {
            slot: reference.slot.clone(),
            batch: ExistingBatch {
                provider: ProviderName::parse("p").unwrap(),
                api: Api::Ip1,
                sandbox: true,
                id: BatchId(id.to_string()),
                reference_text: Some(reference.to_string()),
                reference: Some(reference),
                position: id,
                created_at: None,
                state,
                windows: vec![window],
                visible: Visible::default(),
                proof: Proof::NotRead,
                recipients: Recipients::NotRead,
                headcount: Headcount::NotRead,
            },
            progress: Some(BatchProgress {
                messages: StatusCounts {
                    pending: 0,
                    delivered,
                    failed: 0,
                    canceled: if state == ReportedState::Canceled { 3 } else { 0 },
                },
                cost: Some(Money::parse("1.5 SEK").unwrap()),
                unpaid: 0,
            }),
            estimate: None,
            replaced_by: None,
        }
    }

    const HELLO: &str = "acme.hello.000010000000000000";
    /// The same place with other content.
    const EDITED: &str = "acme.hello.000010000000000001";

    fn line_of(mut rows: Vec<StatusRow>) -> (Vec<(StatusState, u64)>, StatusLine) {
        link(&mut rows);
        let mut lines = lines(&rows, at(NOW));
        assert_eq!(lines.len(), 1);
        let line = lines.remove(0);
        (
            line.occurrences.iter().map(|(state, count)| (*state, *count)).collect(),
            line,
        )
    }

    #[test]
    fn a_batch_that_was_replaced_does_not_look_like_a_canceled_campaign() {
        let (occurrences, line) = line_of(vec![
            row(1, HELLO, ReportedState::Canceled, 10, 0),
            row(2, EDITED, ReportedState::Planned, 12, 0),
        ]);
        assert_eq!(occurrences, [(StatusState::Planned, 1)]);
        assert_eq!((line.batches, line.replaced, line.partly_canceled), (1, 1, 0));
        assert_eq!(line.messages.canceled, 0, "they are in its successor");
        assert_eq!(line.opens, Some(at("2030-01-07T12:00:00Z")));
        assert_eq!(line.cost.amounts().next(), Money::parse("3.0 SEK").ok());
    }

    #[test]
    fn a_campaign_whose_last_batch_was_canceled_is_canceled() {
        let (occurrences, line) = line_of(vec![
            row(1, HELLO, ReportedState::Canceled, 10, 0),
            row(2, EDITED, ReportedState::Canceled, 12, 0),
        ]);
        assert_eq!(occurrences, [(StatusState::Canceled, 1)]);
        assert_eq!((line.batches, line.replaced), (1, 1));
        assert_eq!(line.messages.canceled, 3);
    }

    #[test]
    fn a_double_that_was_canceled_after_the_batch_that_stays_is_replaced_too() {
        let (occurrences, line) = line_of(vec![
            row(1, HELLO, ReportedState::Planned, 10, 0),
            row(2, HELLO, ReportedState::Canceled, 10, 0),
        ]);
        assert_eq!(occurrences, [(StatusState::Planned, 1)]);
        assert_eq!(line.replaced, 1);
    }

    #[test]
    fn between_its_first_and_its_last_batch_an_occurrence_is_under_way() {
        // Parts 1 and 2 of 2.
        let (occurrences, line) = line_of(vec![
            row(1, "acme.hello.000010010000000000", ReportedState::Sent, 6, 3),
            row(2, "acme.hello.000010010010000000", ReportedState::Planned, 12, 0),
        ]);
        assert_eq!(occurrences, [(StatusState::Ongoing, 1)]);
        assert_eq!(line.messages.delivered, 3);
    }
}
