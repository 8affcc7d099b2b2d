//! A plan at a terminal: what needs a person first, then what would be done, grouped so that a thousand parts are a line,
//! then what it costs and why. Fits 80 columns; the legend names only the glyphs that occur.

mod campaigns;
mod held;
mod layout;
mod operations;

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};

use self::campaigns::campaigns;
use self::held::held;
use self::layout::{TextPage, glyph};
use self::operations::operations;
use super::batch_view::LaterView;
use super::campaign_view::CampaignView;
use super::headline::{headline as what_it_does, held_line};
use super::said::messages_to_people;
use super::view::PlanView;
use super::visible::all_visible;
use crate::model::{counted, grouped};
use crate::report::numbers::amounts;

pub use self::layout::Layout;

/// The whole plan, styled with ANSI codes.
pub fn plan_to_text(plan: &PlanView, layout: Layout) -> String {
    let plan = &all_visible(plan);
    let mut page = TextPage::new(layout);
    alarms(plan, &mut page);
    headline(plan, &mut page);
    held(plan, &mut page);
    operations(plan, &mut page);
    later(plan, &mut page);
    finished(plan, &mut page);
    campaigns(plan, &mut page);
    guards(plan, &mut page);
    totals(plan, &mut page);
    page.into_text()
}

/// What must be read first of all comes first of all, each on one line of its own.
fn alarms(plan: &PlanView, page: &mut TextPage) {
    let style = AnsiColor::Red.on_default().bold();
    for alarm in &plan.alarms {
        page.line(format_args!("{style}! {alarm}{style:#}"));
    }
}

fn headline(plan: &PlanView, page: &mut TextPage) {
    let bold = Style::new().bold();
    let mode = match (plan.offline, plan.partial) {
        (true, _) => ", offline: assumes that nothing exists yet",
        (false, true) => ", some campaigns only",
        (false, false) => "",
    };
    page.line(format_args!(
        "{bold}Plan for `{}` at {}{mode}{bold:#}",
        plan.namespace,
        plan.now_local.as_ref().unwrap_or(&plan.now)
    ));
    if let Some(held) = held_line(plan) {
        page.line(format_args!("{bold}{held}{bold:#}"));
    } else if plan.operations.is_empty() {
        page.line(format_args!("\n{}{}", what_it_does(plan), why_nothing(plan)));
    }
}

/// Why there is nothing to do.
fn why_nothing(plan: &PlanView) -> &'static str {
    if plan.complete || plan.offline {
        ": the providers hold what the files say"
    } else {
        ": a provider could not be read completely"
    }
}

fn later(plan: &PlanView, page: &mut TextPage) {
    let mut bundles: BTreeMap<&str, (u64, &LaterView)> = BTreeMap::new();
    for later in &plan.later {
        let entry = bundles.entry(&later.campaign).or_insert((0, later));
        entry.0 += 1;
        if later.apply_by < entry.1.apply_by {
            entry.1 = later;
        }
    }
    if bundles.is_empty() {
        return;
    }
    page.blank();
    for (campaign, (count, first)) in bundles {
        let apply_by = first.apply_by_local.as_ref().unwrap_or(&first.apply_by);
        page.line(format_args!(
            "… later {campaign}: {} beyond the horizon",
            counted(count, "occurrence", "occurrences")
        ));
        page.indented(&format!("apply again by {apply_by}"));
    }
}

/// One-offs that were sent: what looks forgotten fires once, and is over.
fn finished(plan: &PlanView, page: &mut TextPage) {
    const SHOWN: usize = 5;
    let over: Vec<&CampaignView> = plan
        .campaigns
        .iter()
        .filter(|campaign| campaign.finished && campaign.occurrence.is_none())
        .collect();
    if over.is_empty() {
        return;
    }
    page.blank();
    for campaign in over.iter().take(SHOWN) {
        page.line(format_args!("✓ sent {}", campaign.campaign));
        let cure = format!("it fires once; to send it again, raise `revision` in {}", campaign.file);
        page.indented(&cure);
    }
    if over.len() > SHOWN {
        page.line(format_args!("✓ and {} more that were sent", over.len() - SHOWN));
    }
}

fn guards(plan: &PlanView, page: &mut TextPage) {
    let tripped: Vec<_> = plan
        .guards
        .iter()
        .filter(|guard| guard.tripped || guard.allowed)
        .collect();
    if tripped.is_empty() {
        return;
    }
    page.blank();
    let (mark, style) = glyph("held");
    for guard in tripped {
        let subject = if guard.subject.is_empty() {
            String::new()
        } else {
            format!(" {}", guard.subject)
        };
        let verdict = if guard.allowed { "allowed" } else { "stops" };
        page.line(format_args!(
            "{style}{mark} guard{style:#} {}{subject} ({verdict})",
            guard.rule
        ));
        page.indented(&format!("{} against a limit of {}", guard.actual, guard.limit));
    }
    if !plan.price_lines.is_empty() {
        page.line(format_args!("  add to `prices` of campanile.yaml, with your price:"));
    }
    for line in &plan.price_lines {
        page.line(format_args!("  {line}"));
    }
}

fn totals(plan: &PlanView, page: &mut TextPage) {
    let summary = &plan.summary;
    let bold = Style::new().bold();
    let counts = [
        (summary.create, "to create"),
        (summary.replace, "to replace"),
        (summary.update, "to update"),
        (summary.cancel, "to cancel"),
        (summary.keep, "kept"),
        (summary.held, "held"),
        (summary.later, "later"),
        (summary.foreign, "foreign"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    let counts = if counts.is_empty() {
        "no batches".to_owned()
    } else {
        counts.join(", ")
    };
    page.line(format_args!("\n{bold}{counts}{bold:#}"));
    if summary.recipients > 0 {
        page.line(format_args!(
            "{bold}would send {}: {}, {}{bold:#}",
            messages_to_people(summary),
            counted(summary.segments, "segment", "segments"),
            amounts(&summary.estimate)
        ));
    }
    if let Some(instant) = plan.next_apply_by_local.as_ref().or(plan.next_apply_by.as_ref()) {
        page.line(format_args!("next apply needed by {instant}"));
    }
}
