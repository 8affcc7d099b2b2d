//! Coming occurrences as the calendar's entries: what the files want, whatever any provider holds.

use super::amount::estimate_view;
use super::batch_view::{PeopleView, WindowView};
use super::calendar::OccurrenceView;
use crate::desired::{Desired, DesiredCampaign, DesiredOccurrence, Presence, Totals};
use crate::model::{CampaignRef, Group, Instant, OccurrenceKey, Window};

/// What a calendar shows besides the files; the caller resolves zones.
pub struct CalendarFrame<'a> {
    /// Windows that are over by then are left out.
    pub from: Instant,
    /// Windows that open later are left out.
    pub until: Instant,
    /// A window in a campaign's local time.
    pub spell: &'a dyn Fn(&CampaignRef, Group, Window) -> SpelledWindow,
    /// Quiet hours, blocked days and short windows of an occurrence, in words.
    pub violations: &'a dyn Fn(&CampaignRef, OccurrenceKey) -> Vec<String>,
}

/// A window as its clock shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpelledWindow {
    /// The zone, or the offset of recipients' clocks.
    pub timezone: String,
    /// Local time, zone, offset and UTC together.
    pub local: String,
    /// The date on which it opens there: `2026-11-27`.
    pub date: String,
    /// Clocks that change between now and then.
    pub clock_changes: Vec<String>,
}

/// Every occurrence of an active campaign with a window in the frame; order is left to [`CalendarView::new`].
///
/// [`CalendarView::new`]: super::CalendarView::new
pub fn calendar_occurrences(desired: &Desired, frame: &CalendarFrame<'_>) -> Vec<OccurrenceView> {
    let active = desired
        .campaigns
        .iter()
        .filter(|campaign| campaign.presence == Presence::Active);
    active
        .flat_map(|campaign| campaign.occurrences.iter().filter_map(|o| entry(campaign, o, frame)))
        .collect()
}

fn entry(
    campaign: &DesiredCampaign,
    occurrence: &DesiredOccurrence,
    frame: &CalendarFrame<'_>,
) -> Option<OccurrenceView> {
    let mut windows: Vec<(Window, Group, usize)> = occurrence
        .groups
        .iter()
        .enumerate()
        .flat_map(|(at, group)| {
            group
                .windows
                .as_slice()
                .iter()
                .map(move |window| (*window, group.group, at))
        })
        .filter(|(window, _, _)| window.closes() > frame.from && window.opens() < frame.until)
        .collect();
    windows.sort();
    let of_groups: Vec<Totals> = occurrence
        .groups
        .iter()
        .map(|group| group.content.buckets.total())
        .collect();
    let spelled: Vec<(Window, SpelledWindow, Option<&Totals>)> = windows
        .into_iter()
        .map(|(window, group, at)| {
            let spelled = (frame.spell)(&campaign.reference, group, window);
            (window, spelled, of_groups.get(at))
        })
        .collect();
    let date = spelled.first()?.1.date.clone();
    let totals = of_groups.iter().fold(Totals::default(), |mut sum, group| {
        sum.merge(group);
        sum
    });
    Some(OccurrenceView {
        campaign: campaign.reference.to_string(),
        occurrence: occurrence.nominal.map(|nominal| nominal.to_string()),
        revision: occurrence.key.as_revision(),
        windows: spelled
            .into_iter()
            .map(|(window, spelled, people)| window_view(window, spelled, people))
            .collect(),
        date,
        provider: campaign.provider.to_string(),
        sender: campaign.settings.sender.to_string(),
        recipients: totals.recipients,
        segments: totals.segments,
        estimate: estimate_view(&totals.estimate),
        violations: (frame.violations)(&campaign.reference, occurrence.key),
    })
}

fn window_view(window: Window, spelled: SpelledWindow, people: Option<&Totals>) -> WindowView {
    WindowView {
        people: people.map(|totals| PeopleView {
            recipients: totals.recipients,
            segments: totals.segments,
            estimate: estimate_view(&totals.estimate),
        }),
        opens: window.opens().to_string(),
        closes: window.closes().to_string(),
        local: Some(spelled.local),
        timezone: Some(spelled.timezone),
        clock_changes: spelled.clock_changes,
    }
}
