//! What a comment opens with: the headline, what needs a person, what is held and why.

use std::fmt::Write as _;

use super::escape::{escaped, money, word};
use crate::model::counted;
use crate::report::bundles::{HeldBundle, held_bundles};
use crate::report::diagnostics::{place_in_view, view_kinds};
use crate::report::headline::{headline, held_line};
use crate::report::numbers::shortened;
use crate::report::said::messages_to_people;
use crate::report::view::PlanView;

/// The headline, and what is sent in one line.
pub(super) fn head(plan: &PlanView, out: &mut String) {
    for alarm in &plan.alarms {
        let _ = writeln!(out, "**⚠ {}**\n", escaped(alarm));
    }
    let summary = &plan.summary;
    let _ = writeln!(out, "### Campanile {}: {}\n", escaped(&plan.namespace), headline(plan));
    if let Some(held) = held_line(plan).filter(|_| !plan.operations.is_empty()) {
        let _ = writeln!(out, "**{held}**\n");
    }
    if summary.recipients > 0 {
        let _ = writeln!(
            out,
            "**{}, {}, {}**{}\n",
            messages_to_people(summary).trim_start_matches("to "),
            counted(summary.segments, "segment", "segments"),
            money(&summary.estimate),
            first_send(plan).map_or_else(String::new, |opens| format!("; first send {}", escaped(opens)))
        );
    }
    if plan.offline {
        out.push_str("> offline: assumes that nothing exists at the provider yet; not applicable\n\n");
    }
    if !plan.complete && !plan.offline {
        out.push_str("> a provider could not be read completely: nothing would be done\n\n");
    }
}

/// Local time where it is known.
fn first_send(plan: &PlanView) -> Option<&str> {
    let sends = plan
        .operations
        .iter()
        .filter(|operation| operation.recipients.is_some());
    sends
        .flat_map(|operation| &operation.windows)
        .min_by_key(|window| &window.opens)
        .map(|window| window.local.as_deref().unwrap_or(&window.opens))
}

/// Faults and warnings, what is held, guards.
pub(super) fn attention(plan: &PlanView, out: &mut String) {
    diagnostics(plan, out);
    held(plan, out);
    out.push_str(&guards(plan));
}

fn diagnostics(plan: &PlanView, out: &mut String) {
    const SHOWN: usize = 20;
    let kinds = view_kinds(
        plan.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity != "note"),
    );
    for kind in kinds.iter().take(SHOWN) {
        let diagnostic = kind.first;
        let place = match place_in_view(diagnostic) {
            place if place.is_empty() => place,
            place => format!(" ({})", escaped(&place)),
        };
        let more = kind
            .more(place_in_view)
            .map_or_else(String::new, |more| format!(": {}", escaped(&more)));
        let _ = writeln!(
            out,
            "- **{}** {} {}{place}{more}",
            word(&diagnostic.severity),
            word(&diagnostic.code),
            escaped(&shortened(&diagnostic.message, LONGEST))
        );
    }
    if kinds.len() > SHOWN {
        let _ = writeln!(out, "- and {} more", kinds.len() - SHOWN);
    }
    if !kinds.is_empty() {
        out.push('\n');
    }
}

fn held(plan: &PlanView, out: &mut String) {
    const SHOWN: usize = 20;
    let bundles = held_bundles(plan);
    for bundle in bundles.iter().take(SHOWN) {
        let held = bundle.held;
        let occurrence = held
            .occurrence
            .as_ref()
            .map_or_else(String::new, |occurrence| format!(" {}", escaped(occurrence)));
        let allow = bundle.untold_allow().map_or_else(String::new, |allow| {
            format!("; to allow it: {}", escaped(&format!("--allow {allow}")))
        });
        let _ = writeln!(
            out,
            "- **{}** {}{occurrence}{}{} ({}): {}{allow}",
            bundle.what().trim_end_matches(':'),
            escaped(&held.campaign),
            bundle.count(),
            whom(bundle),
            word(&held.reason),
            escaped(&shortened(&held.message, LONGEST))
        );
    }
    if bundles.len() > SHOWN {
        let _ = writeln!(out, "- and {} more held", bundles.len() - SHOWN);
    }
    if !bundles.is_empty() {
        out.push('\n');
    }
}

/// `, 15 people, 5.24 SEK, Fri 27 Nov 2026 ...`, as far as it is known.
fn whom(bundle: &HeldBundle<'_>) -> String {
    let Some(people) = bundle.recipients() else {
        return String::new();
    };
    let money_of = |bundle: &HeldBundle<'_>| format!(", {}", money(&bundle.estimate()));
    let cost = bundle.segments().map_or_else(String::new, |_| money_of(bundle));
    let first = bundle.windows().into_iter().min_by_key(|window| &window.opens);
    let opens = first.map_or_else(String::new, |window| {
        format!(", {}", escaped(window.local.as_deref().unwrap_or(&window.opens)))
    });
    format!(", {}{cost}{opens}", counted(people, "person", "people"))
}

fn guards(plan: &PlanView) -> String {
    let mut out = String::new();
    for guard in plan
        .guards
        .iter()
        .filter(|guard| guard.tripped || guard.allowed)
        .take(20)
    {
        let verdict = if guard.allowed { "allowed" } else { "**stops**" };
        let subject = if guard.subject.is_empty() {
            String::new()
        } else {
            format!(" {}", escaped(&guard.subject))
        };
        let _ = writeln!(
            out,
            "- guard **{}**{subject}: {} against a limit of {} ({verdict})",
            word(&guard.rule),
            escaped(&guard.actual),
            escaped(&guard.limit)
        );
    }
    if !plan.price_lines.is_empty() {
        let _ = writeln!(
            out,
            "\nadd to {} of {}, with your price:\n",
            escaped("prices"),
            escaped("campanile.yaml")
        );
        let lines = plan.price_lines.iter().take(20);
        lines.for_each(|line| {
            let _ = writeln!(out, "{}\n", escaped(line));
        });
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// No single message takes more than this many characters.
pub(super) const LONGEST: usize = 400;
