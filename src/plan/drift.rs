//! Drift: a planned batch that says what is wanted, by its fingerprint, and shows something else. And change: what of a
//! batch with another fingerprint differs, as far as it is visible.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::{Visible, Window, Windows};

use super::operation::Changed;
use super::parts::Want;
use super::world::World;

/// A difference below this is a provider's way to write a window's end, and nobody's edit.
const ROUNDING: Duration = Duration::from_mins(1);

/// What the provider shows otherwise than wanted. Texts are not compared: the fingerprint covers them, and the provider
/// shows them before placeholders are expanded.
pub(super) fn drift(world: &World<'_>, want: &Want<'_>, batch: usize) -> Vec<Changed> {
    let theirs = world.batch(batch);
    let mut changed = visible_differences(world, want, batch);
    if !is_cut_from(theirs.windows, want.windows.as_slice()) {
        changed.push(Changed::Windows);
    }
    changed
}

/// What a replacement changes.
pub(super) fn changes(world: &World<'_>, want: &Want<'_>, batch: usize) -> Vec<Changed> {
    let theirs = world.batch(batch);
    let mut changed = Vec::new();
    if *theirs.provider != want.campaign.provider {
        changed.push(Changed::Provider);
    }
    changed.extend(visible_differences(world, want, batch));
    if !is_cut_from(theirs.windows, want.windows.as_slice()) {
        changed.push(Changed::Windows);
    }
    // The same fingerprint but for the windows: texts and people have not moved.
    let is_same_but_for_windows = Windows::new(theirs.windows.to_vec()).is_ok_and(|windows| {
        let fingerprint = (want.campaign.settings).fingerprint(want.campaign.api, &want.totals, &windows);
        fingerprint == theirs.reference.fingerprint
    });
    if !is_same_but_for_windows {
        let is_explained = changed.iter().any(|c| !matches!(c, Changed::Windows));
        changed.extend(content_change(world, want, batch, is_explained));
    }
    changed
}

/// Texts and people: the fingerprint shows that something changed; which of them is known only when the people are
/// known and nothing else explains it.
fn content_change(world: &World<'_>, want: &Want<'_>, batch: usize, is_explained: bool) -> Option<Changed> {
    match world.people_if_read(batch) {
        Some(people) => {
            let is_same = u64::try_from(people.len()) == Ok(want.totals.recipients)
                && people.iter().all(|number| want.holds(number));
            if is_same {
                (!is_explained).then_some(Changed::Body)
            } else {
                Some(Changed::Recipients)
            }
        }
        None => (!is_explained).then_some(Changed::Content),
    }
}

fn visible_differences(world: &World<'_>, want: &Want<'_>, batch: usize) -> Vec<Changed> {
    let Some(listed) = world.batch(batch).listed() else {
        return Vec::new();
    };
    // Destructured without `..`: a new field does not compile until somebody decides.
    let Visible {
        sender,
        message_type,
        datacoding,
        priority,
        report_url,
        body: _,
        tags,
    } = &listed.visible;
    let settings = &want.campaign.settings;
    let keeps_tags = world
        .facts(&listed.provider)
        .is_some_and(|facts| facts.can().keeps_tags);
    let wanted_datacoding = settings.datacoding_of(want.campaign.api, &want.totals);
    let has_other_sender =
        // A provider may write a sender in other letters: handsets show what was sent, and no call would change it.
        (sender.as_deref())
            .is_some_and(|sender| !sender.trim_start_matches('+').eq_ignore_ascii_case(settings.sender.as_str()));
    let differences = [
        (Changed::Sender, has_other_sender),
        (Changed::Type, message_type.is_some_and(|t| t != settings.message_type)),
        (Changed::Datacoding, datacoding.is_some_and(|d| d != wanted_datacoding)),
        (Changed::Priority, priority.is_some_and(|p| p != settings.priority)),
        (
            Changed::ReportUrl,
            report_url.is_some() && report_url.as_deref() != settings.report_url.as_deref(),
        ),
        (
            Changed::Tags,
            keeps_tags && (tags.as_ref()).is_some_and(|tags| sorted(tags) != sorted(&settings.tags)),
        ),
    ];
    (differences.into_iter())
        .filter(|(_, differs)| *differs)
        .map(|(changed, _)| changed)
        .collect()
}

fn sorted(tags: &[String]) -> BTreeSet<&str> {
    tags.iter().map(String::as_str).collect()
}

/// Whether these windows are the declared ones, or what is left of them when a batch was sent late by an override: the
/// last few, none opening earlier than declared.
fn is_cut_from(sent: &[Window], declared: &[Window]) -> bool {
    !sent.is_empty()
        && sent.len() <= declared.len()
        && (sent.iter().rev().zip(declared.iter().rev())).all(|(sent, declared)| {
            // A provider may round its end to a minute.
            sent.closes().distance(declared.closes()) < ROUNDING
                && sent.opens() >= declared.opens()
                && sent.opens() < declared.closes()
        })
}
