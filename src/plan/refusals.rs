//! What cannot be sent as the files have it, whatever the provider holds: two equal batches, windows or people beyond
//! what a provider takes, a provider that is not configured.

use std::collections::BTreeMap;

use crate::campaign::Rule;
use crate::model::{Diagnostic, Fingerprint, Place, format_duration};

use super::draft::{Draft, Hold};
use super::guard_messages;
use super::held::HeldReason;
use super::parts::{Undivided, Want};
use super::world::World;
use super::{diagnostics, scope};
use crate::desired::Presence;
use crate::desired::diagnostics::NO_PROVIDER;

/// Holds what cannot be sent, and says why.
pub(super) fn refuse(world: &World<'_>, draft: &mut Draft<'_>, undivided: &Undivided<'_>) {
    draft.diagnostics.extend(undivided.paces.iter().cloned());
    for group in &undivided.too_many {
        let message = format!(
            "`{}` has {} recipients in one group of occurrence `{}`: more than 32768 parts of {} can hold",
            group.campaign.reference, group.people, group.key, group.campaign.max_recipients_per_batch
        );
        let place = Place::file(&group.campaign.file);
        draft
            .diagnostics
            .push(Diagnostic::error(&diagnostics::TOO_MANY, message).at(place));
    }
    for campaign in world
        .desired
        .campaigns
        .iter()
        .filter(|c| c.presence == Presence::Unreadable)
        .filter(|c| !world.desired.unread.iter().any(|unread| unread.campaign == c.reference))
    {
        let message = format!(
            "nothing of `{}` is created or canceled until its file can be read",
            campaign.reference
        );
        let place = Place::file(&campaign.file);
        draft
            .diagnostics
            .push(Diagnostic::warning(&diagnostics::UNREADABLE, message).at(place));
    }
    let equals = equals(draft);
    for w in 0..draft.wants.len() {
        let refusal = impossible(world, draft.want(w)).or_else(|| {
            let twin = draft.want(*equals.get(&w)?);
            Some(is_twin(draft.want(w), twin))
        });
        let Some((diagnostic, hold)) = refusal else {
            continue;
        };
        if draft.hold(w, hold) && !draft.diagnostics.contains(&diagnostic) {
            draft.diagnostics.push(diagnostic);
        }
    }
}

/// What a provider does not take.
fn impossible(world: &World<'_>, want: &Want<'_>) -> Option<(Diagnostic, Hold)> {
    let campaign = want.campaign;
    let place = Place::file(&campaign.file);
    let refused = |code, message: String| {
        let hold = guard_messages::refusal(None, message.clone());
        (Diagnostic::error(code, message).at(place), hold)
    };
    let Some(facts) = world.facts(&campaign.provider) else {
        let message = format!(
            "`{}` is sent through `{}`, which is not configured",
            campaign.reference, campaign.provider
        );
        return Some(refused(&NO_PROVIDER, message));
    };
    if let Some(fault) = &want.unfit {
        let hold = guard_messages::refusal(None, fault.message.clone());
        return Some(((**fault).clone(), hold));
    }
    let windows = want.windows.as_slice();
    if (facts.can().max_windows).is_some_and(|max| windows.len() > usize::try_from(max).unwrap_or(usize::MAX)) {
        let message = format!(
            "`{}` has {} delivery windows, and `{}` takes {}",
            campaign.reference,
            windows.len(),
            campaign.provider,
            facts.can().max_windows.unwrap_or_default()
        );
        return Some(refused(&diagnostics::WINDOWS, message));
    }
    let longest = windows
        .iter()
        .map(|w| w.closes().since(w.opens()))
        .max()
        .unwrap_or_default();
    if facts.can().max_window_span.is_some_and(|max| longest > max) {
        let message = format!(
            "`{}` has a delivery window of {}, and `{}` takes at most {}",
            campaign.reference,
            format_duration(longest),
            campaign.provider,
            format_duration(facts.can().max_window_span.unwrap_or_default())
        );
        return Some(refused(&diagnostics::WINDOWS, message));
    }
    None
}

/// Wanted batches that say the same to the same people at the same time, each with one of its twins. Short fingerprints
/// alone are not proof: at a million batches some are equal by chance.
fn equals(draft: &Draft<'_>) -> BTreeMap<usize, usize> {
    let mut by_fingerprint: BTreeMap<Fingerprint, Vec<usize>> = BTreeMap::new();
    for (w, want) in draft.wants.iter().enumerate() {
        by_fingerprint.entry(want.reference.fingerprint).or_default().push(w);
    }
    let mut equals = BTreeMap::new();
    for same in by_fingerprint.values().filter(|same| same.len() > 1) {
        for w in same {
            let ours = draft.want(*w);
            let twin = same.iter().find(|other| {
                let theirs = draft.want(**other);
                *other != w
                    && theirs.totals.digest == ours.totals.digest
                    && theirs.windows == ours.windows
                    && theirs.campaign.sandbox == ours.campaign.sandbox
            });
            equals.extend(twin.map(|twin| (*w, *twin)));
        }
    }
    equals
}

fn is_twin(want: &Want<'_>, twin: &Want<'_>) -> (Diagnostic, Hold) {
    let (a, b) = (scope::scope(want), scope::scope(twin));
    let (first, second) = if a <= b { (&a, &b) } else { (&b, &a) };
    let message = format!("`{first}` and `{second}` say the same to the same people at the same time");
    let diagnostic = Diagnostic::error(&diagnostics::EQUAL, message)
        .at(Place::file((&want.campaign.file).max(&twin.campaign.file)))
        .hint("remove one of the two, or give it another text, other recipients or another time");
    let hold = Hold {
        reason: HeldReason::PossibleDuplicate,
        batch: None,
        allow: None::<Rule>,
        scope: None,
        message: format!("`{b}` says the same to the same people at the same time: everybody would be texted twice"),
        needs_person: true,
    };
    (diagnostic, hold)
}
