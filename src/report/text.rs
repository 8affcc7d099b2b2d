//! A plan at a terminal: what needs a person first, then what would be done, grouped so that a thousand parts are a line,
//! then what it costs and why. Fits 80 columns; the legend names only the glyphs that occur.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::bundles::held_bundles;
use super::changes::{Change, Changed, changed};
use super::said::{languages, messages_to_people, together, variant};
use super::view::{AmountView, CampaignView, OperationView, PlanView, WindowView};
use super::visible::all_visible;
use crate::model::{counted, grouped};
use crate::report::numbers::{amounts, shortened, summed};

const WIDTH: usize = 80;

/// One glyph per action.
fn glyph(action: &str) -> (&'static str, Style) {
    let color = |color: AnsiColor| color.on_default();
    match action {
        "create" => ("+", color(AnsiColor::Green)),
        "replace" => ("±", color(AnsiColor::Yellow)),
        "update" => ("~", color(AnsiColor::Yellow)),
        "cancel" => ("-", color(AnsiColor::Red)),
        "held" => ("!", color(AnsiColor::Magenta)),
        "keep" => ("=", Style::new()),
        _ => ("…", Style::new()),
    }
}

/// The whole plan, styled with ANSI codes.
pub fn plan_to_text(plan: &PlanView) -> String {
    let plan = &all_visible(plan);
    let mut out = String::new();
    alarms(plan, &mut out);
    headline(plan, &mut out);
    held(plan, &mut out);
    operations(plan, &mut out);
    later(plan, &mut out);
    finished(plan, &mut out);
    campaigns(plan, &mut out);
    guards(plan, &mut out);
    totals(plan, &mut out);
    out
}

/// What must be read first of all comes first of all, each on one line of its own.
fn alarms(plan: &PlanView, out: &mut String) {
    let style = AnsiColor::Red.on_default().bold();
    for alarm in &plan.alarms {
        let _ = writeln!(out, "{style}! {alarm}{style:#}");
    }
}

fn headline(plan: &PlanView, out: &mut String) {
    let bold = Style::new().bold();
    let mode = match (plan.offline, plan.partial) {
        (true, _) => ", offline: assumes that nothing exists yet",
        (false, true) => ", some campaigns only",
        (false, false) => "",
    };
    let _ = writeln!(out, "{bold}Plan for `{}` at {}{mode}{bold:#}", plan.namespace, plan.now);
}

/// Operations of one campaign and occurrence that do the same for the same reason.
type Bundle<'a> = (&'a str, &'a str, Option<&'a str>, &'a str);

fn operations(plan: &PlanView, out: &mut String) {
    let mut order: Vec<Bundle<'_>> = Vec::new();
    let mut bundles: BTreeMap<Bundle<'_>, Vec<&OperationView>> = BTreeMap::new();
    for operation in &plan.operations {
        let key = (
            operation.action.as_str(),
            operation.campaign.as_str(),
            operation.occurrence.as_deref(),
            operation.reason.as_str(),
        );
        if !bundles.contains_key(&key) {
            order.push(key);
        }
        bundles.entry(key).or_default().push(operation);
    }
    if order.is_empty() {
        out.push_str(if plan.held.is_empty() {
            "\nnothing to do: the providers hold what the files say\n"
        } else {
            "\nnothing would be done\n"
        });
        return;
    }
    let all_changed = changed(plan);
    out.push('\n');
    for key in order {
        let (action, campaign, occurrence, reason) = key;
        let batches = bundles.get(&key).map(Vec::as_slice).unwrap_or_default();
        let (glyph, style) = glyph(action);
        let name = occurrence.map_or_else(
            || campaign.to_owned(),
            |occurrence| format!("{campaign} @ {occurrence}"),
        );
        let provider: BTreeSet<&str> = batches.iter().map(|operation| operation.provider.as_str()).collect();
        let provider = provider.into_iter().collect::<Vec<_>>().join(", ");
        let count = if batches.len() == 1 {
            String::new()
        } else {
            format!(", {} batches", batches.len())
        };
        let _ = writeln!(
            out,
            "{style}{glyph} {action}{style:#} {name} on {provider}{count} ({})",
            reason.replace('_', " ")
        );
        let people: Option<u64> = batches.iter().map(|operation| operation.recipients).sum();
        if let Some(people) = people {
            let segments: u64 = batches.iter().filter_map(|operation| operation.segments).sum();
            let money: Vec<&[AmountView]> = batches.iter().map(|operation| operation.estimate.as_slice()).collect();
            let _ = writeln!(
                out,
                "    {}{}, {}, {}",
                counted(people, "person", "people"),
                people_before(batches),
                counted(segments, "segment", "segments"),
                amounts(&summed(&money))
            );
        }
        let windows: BTreeSet<String> = batches
            .iter()
            .flat_map(|operation| operation.windows.iter().map(window))
            .collect();
        for window in windows.iter().take(4) {
            indented(window, out);
        }
        if windows.len() > 4 {
            let _ = writeln!(out, "    and {} more windows", windows.len() - 4);
        }
        if batches.iter().any(|operation| operation.starts_now) {
            out.push_str("    starts now: its window is open or about to\n");
        }
        let differs: BTreeSet<&str> = batches
            .iter()
            .flat_map(|operation| operation.changed.iter().map(String::as_str))
            .collect();
        if !differs.is_empty() {
            let differs = differs.into_iter().collect::<Vec<_>>().join(", ");
            indented(&format!("changed: {}", differs.replace('_', " ")), out);
        }
        stood(&all_changed, batches.first().copied(), out);
    }
    legend(plan, out);
}

/// `, was 100`: how many people the batches had that these take the place of.
fn people_before(batches: &[&OperationView]) -> String {
    let all = || batches.iter().filter_map(|operation| operation.before.as_ref());
    let known: Option<Vec<u64>> = all().map(|before| before.recipients).collect();
    match known {
        Some(counts) if !counts.is_empty() => format!(", was {}", grouped(counts.iter().sum())),
        Some(_) | None => String::new(),
    }
}

/// What stands at the provider in its place, as far as it is shown there.
fn stood(all: &[Changed<'_>], operation: Option<&OperationView>, out: &mut String) {
    let Some(operation) = operation.filter(|operation| operation.before.is_some() && operation.recipients.is_some())
    else {
        return;
    };
    let is_its =
        |one: &&Changed<'_>| one.campaign == operation.campaign && one.occurrence == operation.occurrence.as_deref();
    for Change { what, was, now: _ } in all.iter().find(is_its).iter().flat_map(|one| &one.changes) {
        // How many people there were stands beside how many there are.
        if let Some(was) = was.as_ref().filter(|_| *what != "people") {
            indented(&format!("{what} was: {}", shortened(was, 200)), out);
        }
    }
}

fn window(window: &WindowView) -> String {
    let changes = if window.clock_changes.is_empty() {
        String::new()
    } else {
        format!("; {}", window.clock_changes.join("; "))
    };
    match &window.local {
        Some(local) => format!("{local}{changes}"),
        None => format!("{} to {}{changes}", window.opens, window.closes),
    }
}

fn legend(plan: &PlanView, out: &mut String) {
    let actions: BTreeSet<&str> = plan
        .operations
        .iter()
        .map(|operation| operation.action.as_str())
        .collect();
    let explained = actions.into_iter().filter_map(|action| match action {
        "replace" => Some("± replace: cancel, prove nothing left, create; in place where Sinch allows it"),
        "update" => Some("~ update: changed in place"),
        "cancel" => Some("- cancel: before it is sent"),
        _ => None,
    });
    for line in explained {
        let _ = writeln!(out, "  {line}");
    }
}

fn held(plan: &PlanView, out: &mut String) {
    let bundles = held_bundles(plan);
    if bundles.is_empty() {
        return;
    }
    out.push('\n');
    let (glyph, style) = glyph("held");
    for bundle in bundles {
        let held = bundle.held;
        let name = held.occurrence.as_ref().map_or_else(
            || held.campaign.clone(),
            |occurrence| format!("{} @ {occurrence}", held.campaign),
        );
        let _ = writeln!(
            out,
            "{style}{glyph} held{style:#} {name}{} ({})",
            bundle.count(),
            held.reason.replace('_', " ")
        );
        indented(&held.message, out);
        if let Some(allow) = &held.allow {
            let _ = writeln!(out, "    to allow it: --allow {allow}");
        }
    }
}

fn later(plan: &PlanView, out: &mut String) {
    let mut bundles: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for later in &plan.later {
        let entry = bundles.entry(&later.campaign).or_insert((0, &later.apply_by));
        entry.0 += 1;
        entry.1 = entry.1.min(&later.apply_by);
    }
    if bundles.is_empty() {
        return;
    }
    out.push('\n');
    for (campaign, (count, apply_by)) in bundles {
        let _ = writeln!(
            out,
            "… later {campaign}: {} beyond the horizon",
            counted(count, "occurrence", "occurrences")
        );
        indented(&format!("apply again by {apply_by}"), out);
    }
}

/// One-offs that were sent: what looks forgotten fires once, and is over.
fn finished(plan: &PlanView, out: &mut String) {
    const SHOWN: usize = 5;
    let over: Vec<&CampaignView> = plan
        .campaigns
        .iter()
        .filter(|campaign| campaign.finished && campaign.occurrence.is_none())
        .collect();
    if over.is_empty() {
        return;
    }
    out.push('\n');
    for campaign in over.iter().take(SHOWN) {
        let _ = writeln!(out, "✓ sent {}", campaign.campaign);
        let cure = format!("it fires once; to send it again, raise `revision` in {}", campaign.file);
        indented(&cure, out);
    }
    if over.len() > SHOWN {
        let _ = writeln!(out, "✓ and {} more that were sent", over.len() - SHOWN);
    }
}

fn campaigns(plan: &PlanView, out: &mut String) {
    let mut seen = BTreeSet::new();
    for campaign in plan
        .campaigns
        .iter()
        .filter(|campaign| campaign.operations > 0 && seen.insert(&campaign.campaign))
    {
        let _ = writeln!(out, "\n{} ({})", campaign.campaign, campaign.file);
        let _ = writeln!(
            out,
            "    from {}: {}",
            campaign.sender,
            shortened(
                &campaign.template.replace('\n', " ⏎ "),
                WIDTH.saturating_sub(12 + campaign.sender.chars().count()).max(20)
            )
        );
        for template in &campaign.templates {
            let template = shortened(&template.replace('\n', " ⏎ "), WIDTH.saturating_sub(8));
            let _ = writeln!(out, "    or: {template}");
        }
        let invalid = campaign.invalid_word();
        let left_out = [
            (campaign.filtered, "left out by `where`"),
            (campaign.suppressed, "suppressed"),
            (campaign.holdout.unwrap_or(0), "held out"),
            (campaign.duplicates, "duplicate"),
            (campaign.invalid, invalid.as_str()),
        ];
        let left_out: Vec<String> = left_out
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect();
        if !left_out.is_empty() {
            indented(&format!("rows not sent to: {}", left_out.join(", ")), out);
        }
        if campaign.segments_per_message.len() > 1 || !campaign.segments_per_message.contains_key("1") {
            let histogram: Vec<String> = campaign
                .segments_per_message
                .iter()
                .map(|(segments, messages)| format!("{} of {segments}", grouped(*messages)))
                .collect();
            indented(&format!("messages by segments: {}", histogram.join(", ")), out);
        }
        for one in &campaign.variants {
            indented(&format!("variant {}", variant(one)), out);
        }
        if !campaign.languages.is_empty() {
            indented(&format!("languages: {}", languages(campaign)), out);
        }
        causes(campaign, out);
    }
}

/// Which characters force UCS-2, and what one replacement would save.
fn causes(campaign: &CampaignView, out: &mut String) {
    const SHOWN: usize = 5;
    for cause in campaign.ucs2_causes.iter().take(SHOWN) {
        let saving = match (&cause.replacement, cause.extra_segments) {
            (_, 0) => "replacing it alone would save nothing".to_owned(),
            (Some(replacement), segments) => {
                format!(
                    "`{replacement}` instead would save {} ({})",
                    counted(segments, "segment", "segments"),
                    amounts(&cause.saves)
                )
            }
            (None, segments) => format!("without it: {} fewer", counted(segments, "segment", "segments")),
        };
        let messages = counted(cause.messages, "message", "messages");
        let cause = format!(
            "`{}` {} forces UCS-2 in {messages}: {saving}",
            cause.character, cause.code_point
        );
        indented(&cause, out);
    }
    if campaign.ucs2_causes.len() > SHOWN {
        let _ = writeln!(out, "    and {} more characters", campaign.ucs2_causes.len() - SHOWN);
    }
    if let Some(saving) = &campaign.ucs2_together {
        indented(&together(campaign, saving), out);
    }
}

fn guards(plan: &PlanView, out: &mut String) {
    let tripped: Vec<_> = plan
        .guards
        .iter()
        .filter(|guard| guard.tripped || guard.allowed)
        .collect();
    if tripped.is_empty() {
        return;
    }
    out.push('\n');
    let (mark, style) = glyph("held");
    for guard in tripped {
        let subject = if guard.subject.is_empty() {
            String::new()
        } else {
            format!(" {}", guard.subject)
        };
        let verdict = if guard.allowed { "allowed" } else { "stops" };
        let _ = writeln!(out, "{style}{mark} guard{style:#} {}{subject} ({verdict})", guard.rule);
        indented(&format!("{} against a limit of {}", guard.actual, guard.limit), out);
    }
}

fn totals(plan: &PlanView, out: &mut String) {
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
    let _ = writeln!(out, "\n{bold}{counts}{bold:#}");
    if summary.recipients > 0 {
        let _ = writeln!(
            out,
            "{bold}would send {}: {}, {}{bold:#}",
            messages_to_people(summary),
            counted(summary.segments, "segment", "segments"),
            amounts(&summary.estimate)
        );
    }
    if let Some(instant) = &plan.next_apply_by {
        let _ = writeln!(out, "next apply needed by {instant}");
    }
}

/// On lines of their own, four columns in; what does not fit goes on two columns further.
fn indented(text: &str, out: &mut String) {
    for (index, line) in wrapped(text, WIDTH - 6).iter().enumerate() {
        let further = if index == 0 { "" } else { "  " };
        let _ = writeln!(out, "    {further}{line}");
    }
}

/// Broken at spaces into lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let is_full = lines
            .last()
            .is_some_and(|line| !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width);
        if is_full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
