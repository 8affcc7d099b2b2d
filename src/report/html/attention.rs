//! What a reviewer should read first: alarms, errors, guards, what is held, warnings.

use serde::Serialize;

use super::prose::Prose;
use super::timeline::in_words;
use crate::model::counted;
use crate::report::bundles::{HeldBundle, held_bundles};
use crate::report::diagnostics::{place_in_view, view_kinds};
use crate::report::numbers::amounts;
use crate::report::view::PlanView;

/// Something that somebody should read.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Attention {
    /// `error`, `guard`, `held`, `warning`, `note`.
    pub(super) kind: &'static str,
    pub(super) title: Prose,
    /// Of what is held: people, money, time.
    pub(super) whom: String,
    pub(super) text: Prose,
    pub(super) place: String,
    pub(super) hints: Vec<Prose>,
    pub(super) allow: String,
}

const MAX_ATTENTION: usize = 200;

/// Errors, guards that stop something, what needs a person, warnings, what is held without needing anybody.
pub(super) fn attention(plan: &PlanView) -> Vec<Attention> {
    let mut all: Vec<Attention> = (plan.alarms.iter())
        .map(|alarm| Attention {
            kind: "guard",
            title: "read this first".into(),
            text: alarm.as_str().into(),
            ..Attention::default()
        })
        .collect();
    all.extend(diagnostics(plan, "error", "error"));
    for guard in plan.guards.iter().filter(|guard| guard.tripped) {
        all.push(Attention {
            kind: "guard",
            title: format!("{} {}", guard.rule, guard.subject).trim().into(),
            text: format!("{} against a limit of {}", guard.actual, guard.limit).into(),
            ..Attention::default()
        });
    }
    all.extend(held(plan, true));
    all.extend(diagnostics(plan, "warning", "warning"));
    all.extend(held(plan, false));
    let more = all.len().saturating_sub(MAX_ATTENTION);
    all.truncate(MAX_ATTENTION);
    if more > 0 {
        all.push(Attention {
            kind: "note",
            title: format!("and {more} more").into(),
            text: "see the JSON plan".into(),
            ..Attention::default()
        });
    }
    all
}

fn held(plan: &PlanView, needs_person: bool) -> Vec<Attention> {
    (held_bundles(plan).into_iter())
        .filter(|bundle| bundle.held.needs_person == needs_person)
        .map(|bundle| {
            let held = bundle.held;
            let name = named(&held.campaign, held.occurrence.as_deref());
            let cancel = if held.action.as_deref() == Some("cancel") {
                "cancel of "
            } else {
                ""
            };
            Attention {
                kind: "held",
                title: format!("{cancel}{name}{}: {}", bundle.count(), held.reason.replace('_', " ")).into(),
                whom: whom(&bundle),
                text: Prose::from(&held.message),
                allow: bundle.untold_allow().unwrap_or_default().to_owned(),
                ..Attention::default()
            }
        })
        .collect()
}

/// `15 people, 15 segments, 5.24 SEK; Fri 27 Nov 2026 ...`, as far as it is known.
fn whom(bundle: &HeldBundle<'_>) -> String {
    let Some(people) = bundle.recipients() else {
        return String::new();
    };
    let mut parts = vec![counted(people, "person", "people")];
    if let Some(segments) = bundle.segments() {
        parts.push(counted(segments, "segment", "segments"));
        parts.push(amounts(&bundle.estimate()));
    }
    let windows = bundle.windows();
    let first = windows.iter().min_by_key(|window| &window.opens);
    let opens = first.map_or_else(String::new, |window| format!("; {}", in_words(window)));
    format!("{}{opens}", parts.join(", "))
}

pub(super) fn diagnostics(plan: &PlanView, severity: &str, kind: &'static str) -> Vec<Attention> {
    let all = plan.diagnostics.iter();
    view_kinds(all.filter(|diagnostic| diagnostic.severity == severity))
        .iter()
        .take(MAX_ATTENTION)
        .map(|of_kind| {
            let diagnostic = of_kind.first;
            let place = match place_in_view(diagnostic) {
                place if place.is_empty() => diagnostic.code.clone(),
                place => format!("{place} · {}", diagnostic.code),
            };
            Attention {
                kind,
                title: Prose::from(&diagnostic.message),
                text: of_kind.more(place_in_view).map(Prose::from).unwrap_or_default(),
                place,
                hints: diagnostic.hints.iter().map(Prose::from).collect(),
                ..Attention::default()
            }
        })
        .collect()
}

fn named(campaign: &str, occurrence: Option<&str>) -> String {
    occurrence.map_or_else(
        || campaign.to_owned(),
        |occurrence| format!("{campaign}, {}", occurrence.replace('T', " ")),
    )
}
