//! Suppression lists that lost somebody: people who must not be texted would come back.
//!
//! The journal keeps what a list held when its guard last did not trip: how many numbers, a digest over them in their
//! order, and how many rows the lists took out of each campaign. A list that only grew begins as it did before; else it
//! must not have become shorter, nor take out fewer. Without that memory nothing can be compared, and the plan says so.

use crate::campaign::Rule;
use crate::desired::{ListBaseline, Presence, WatchedList};
use crate::model::{CampaignRef, Diagnostic, counted, grouped};

use super::diagnostics;
use super::draft::Draft;
use super::guard_messages;
use super::plan::GuardLine;
use super::world::World;

/// Holds every campaign that uses a list whose people come back.
pub(super) fn lists(world: &World<'_>, draft: &mut Draft<'_>) {
    let lists = &world.policy.suppressions.lists;
    for list in lists {
        if let Some((what, actual)) = loss(world, list) {
            hold(world, draft, list, &what, actual);
        }
    }
    let is_forgotten = !lists.is_empty() && lists.iter().all(|list| list.before.is_none());
    if is_forgotten && !world.journal.exists && !world.policy.offline {
        let message = "first run here: whether a suppression list lost people is not known";
        let note = Diagnostic::note(&diagnostics::NOTHING_TO_COMPARE, message);
        draft.diagnostics.push(note);
    }
}

/// What a list has lost, in words and for the list of guards.
fn loss(world: &World<'_>, list: &WatchedList) -> Option<(String, String)> {
    let before = list.before.as_ref()?;
    if list.rows >= before.rows && list.begins_as_before {
        return None;
    }
    let file = &list.file;
    let come_back = come_back(world, before);
    let fewer =
        come_back.map(|(campaign, count)| format!("{} fewer rows of `{campaign}` are suppressed", grouped(count)));
    let numbers = counted(list.rows, "number", "numbers");
    match (list.rows, fewer) {
        // No longer named: its people may be on another list now.
        (0, None) => None,
        (0, Some(fewer)) => Some((
            format!(
                "`{file}`, with {}, is no longer used, and {fewer}",
                counted(before.rows, "number", "numbers")
            ),
            format!("0 numbers, was {}", grouped(before.rows)),
        )),
        (rows, _) if rows < before.rows => Some((
            format!("`{file}` has {numbers}, was {}: people come back", grouped(before.rows)),
            format!("{numbers}, was {}", grouped(before.rows)),
        )),
        (_, Some(fewer)) => Some((format!("`{file}` holds other numbers than before, and {fewer}"), fewer)),
        (_, None) => None,
    }
}

/// The campaign that gets most people back.
fn come_back<'a>(world: &World<'a>, before: &ListBaseline) -> Option<(&'a CampaignRef, u64)> {
    (world.desired.campaigns.iter())
        .filter(|campaign| campaign.presence == Presence::Active)
        .filter_map(|campaign| {
            let was = before.took_out.get(&campaign.reference)?;
            let back = was.checked_sub(campaign.suppressed).filter(|back| *back > 0)?;
            Some((&campaign.reference, back))
        })
        .max_by_key(|(_, back)| *back)
}

fn hold(world: &World<'_>, draft: &mut Draft<'_>, list: &WatchedList, what: &str, actual: String) {
    let allowed = world.is_file_allowed(Rule::SuppressionShrink, &list.file);
    if !allowed {
        for w in 0..draft.wants.len() {
            let want = draft.want(w);
            let uses = list.campaigns.contains(&want.campaign.reference);
            if uses && draft.status(w).sends() && !world.is_allowed(Rule::SuppressionShrink, &want.reference) {
                draft.hold(
                    w,
                    guard_messages::guard_about(Rule::SuppressionShrink, &list.file, what),
                );
            }
        }
    }
    draft.guards.push(GuardLine {
        rule: Rule::SuppressionShrink,
        scope: Some(list.file.clone()),
        actual,
        limit: "nobody comes back".to_owned(),
        // Also where nothing would be sent today: the list stays as it was remembered until somebody has looked at it.
        tripped: !allowed,
        allowed,
    });
}
