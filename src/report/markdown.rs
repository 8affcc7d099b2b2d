//! A plan as a comment on a pull request: headline, what needs a person, one row per campaign and occurrence, details
//! folded last, so that what is cut at the host's limit matters least.
//!
//! All text of users is code in entities: no table break, mention, link, image or HTML gets through.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::numbers::{amounts, counted, grouped};
use super::view::{AmountView, CampaignView, OperationView, PlanView};

/// Hosts refuse comments of more than 65,536 characters; some room is left for a marker.
pub const MAX_CHARACTERS: usize = 60_000;

/// The plan.
pub fn plan_to_markdown(plan: &PlanView) -> String {
    let mut out = String::new();
    headline(plan, &mut out);
    diagnostics(plan, &mut out);
    held(plan, &mut out);
    let sections = [
        table(plan),
        guards(plan),
        templates(plan),
        operations(plan),
        footer(plan),
    ];
    for section in sections {
        append(&mut out, &section);
    }
    out
}

/// Appends whole lines while they fit; says so when they do not.
fn append(out: &mut String, section: &str) {
    const NOTE: &str = "\n\n*cut: the plan is longer than a comment may be; see the saved plan*\n";
    if out.ends_with(NOTE) {
        return;
    }
    let mut left = MAX_CHARACTERS.saturating_sub(out.chars().count() + NOTE.chars().count() + 20);
    let mut is_open = false;
    for line in section.split_inclusive('\n') {
        let length = line.chars().count();
        if length > left {
            if is_open {
                out.push_str("\n</details>\n");
            }
            out.push_str(NOTE);
            return;
        }
        left -= length;
        is_open = (is_open || line.starts_with("<details>")) && !line.starts_with("</details>");
        out.push_str(line);
    }
}

/// Text of a user: shown exactly, interpreted never.
pub fn escaped(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::from("<code>");
    for character in text.chars() {
        match character {
            '\n' => out.push('⏎'),
            '@' => out.push_str("&#64;&#8288;"),
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => out.push(character),
            c if c.is_control() => out.push('\u{fffd}'),
            c if c.is_ascii() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            // Marks that turn text around would make a reviewer read something else.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "U+{:04X}", u32::from(character));
            }
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

fn headline(plan: &PlanView, out: &mut String) {
    let summary = &plan.summary;
    let actions: Vec<String> = [
        (summary.create, "create"),
        (summary.replace, "replace"),
        (summary.update, "update"),
        (summary.cancel, "cancel"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, action)| format!("{} to {action}", grouped(*count)))
    .collect();
    let actions = if actions.is_empty() {
        "nothing to do".to_owned()
    } else {
        actions.join(", ")
    };
    let _ = writeln!(out, "### Campanile {}: {actions}\n", escaped(&plan.namespace));
    if summary.recipients > 0 {
        let _ = writeln!(
            out,
            "**{}, {}, {}**{}\n",
            counted(summary.recipients, "person", "people"),
            counted(summary.segments, "segment", "segments"),
            amounts(&summary.estimate),
            first_send(plan).map_or_else(String::new, |opens| format!("; first send {opens}"))
        );
    }
    if plan.offline {
        out.push_str("> offline: assumes that nothing exists at the provider yet; not applicable\n\n");
    }
    if !plan.complete && !plan.offline {
        out.push_str("> a provider could not be read completely: nothing would be done\n\n");
    }
}

fn first_send(plan: &PlanView) -> Option<&str> {
    let sends = plan
        .operations
        .iter()
        .filter(|operation| operation.recipients.is_some());
    sends
        .flat_map(|operation| operation.windows.iter().map(|window| window.opens.as_str()))
        .min()
}

fn diagnostics(plan: &PlanView, out: &mut String) {
    const SHOWN: usize = 20;
    for diagnostic in plan
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != "note")
        .take(SHOWN)
    {
        let place = match (&diagnostic.file, diagnostic.line) {
            (Some(file), Some(line)) => format!(" ({})", escaped(&format!("{file}:{line}"))),
            (Some(file), None) => format!(" ({})", escaped(file)),
            (None, _) => String::new(),
        };
        let _ = writeln!(
            out,
            "- **{}** {} {}{place}",
            diagnostic.severity,
            diagnostic.code,
            escaped(&diagnostic.message)
        );
    }
    if !plan.diagnostics.is_empty() {
        out.push('\n');
    }
}

fn held(plan: &PlanView, out: &mut String) {
    const SHOWN: usize = 20;
    let mut bundles: BTreeMap<(&str, Option<&str>, &str, &str, Option<&str>), usize> = BTreeMap::new();
    for held in &plan.held {
        let key = (
            held.campaign.as_str(),
            held.occurrence.as_deref(),
            held.reason.as_str(),
            held.message.as_str(),
            held.allow.as_deref(),
        );
        *bundles.entry(key).or_default() += 1;
    }
    for ((campaign, occurrence, reason, message, allow), batches) in bundles.iter().take(SHOWN) {
        let occurrence = occurrence.map_or_else(String::new, |occurrence| format!(" {}", escaped(occurrence)));
        let count = if *batches > 1 {
            format!(", {batches} batches")
        } else {
            String::new()
        };
        let allow = allow.map_or_else(String::new, |allow| {
            format!("; to allow it: {}", escaped(&format!("--allow {allow}")))
        });
        let _ = writeln!(
            out,
            "- **held** {}{occurrence}{count}: `{reason}`, {}{allow}",
            escaped(campaign),
            escaped(message)
        );
    }
    if bundles.len() > SHOWN {
        let _ = writeln!(out, "- and {} more held", bundles.len() - SHOWN);
    }
    if !bundles.is_empty() {
        out.push('\n');
    }
}

fn table(plan: &PlanView) -> String {
    if plan.campaigns.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "| campaign | occurrence | does | people | segments | estimate | opens |\n|---|---|---|--:|--:|--:|---|\n",
    );
    for campaign in &plan.campaigns {
        let operations: Vec<&OperationView> = plan
            .operations
            .iter()
            .filter(|operation| operation.campaign == campaign.campaign && operation.occurrence == campaign.occurrence)
            .collect();
        let does = does(&operations);
        let opens = operations
            .iter()
            .flat_map(|operation| &operation.windows)
            .map(|window| window.local.as_deref().unwrap_or(&window.opens))
            .min();
        let _ = writeln!(
            out,
            "| {} | {} | {does} | {} | {} | {} | {} |",
            escaped(&campaign.campaign),
            campaign.occurrence.as_deref().map_or_else(|| "-".to_owned(), escaped),
            grouped(campaign.recipients),
            grouped(campaign.segments),
            amounts(&campaign.estimate),
            opens.map_or_else(|| "-".to_owned(), escaped)
        );
    }
    out.push('\n');
    out
}

fn does(operations: &[&OperationView]) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for operation in operations {
        *counts.entry((&operation.action, &operation.reason)).or_default() += 1;
    }
    if counts.is_empty() {
        return "keep".to_owned();
    }
    let texts: Vec<String> = counts
        .iter()
        .map(|((action, reason), count)| {
            let count = if *count > 1 { format!(" {count}") } else { String::new() };
            format!("{action}{count} (`{reason}`)")
        })
        .collect();
    texts.join(", ")
}

fn guards(plan: &PlanView) -> String {
    let mut out = String::new();
    for guard in plan.guards.iter().filter(|guard| guard.tripped || guard.allowed) {
        let verdict = if guard.allowed { "allowed" } else { "**stops**" };
        let subject = if guard.subject.is_empty() {
            String::new()
        } else {
            format!(" {}", escaped(&guard.subject))
        };
        let _ = writeln!(
            out,
            "- guard `{}`{subject}: {} against {} ({verdict})",
            guard.rule,
            escaped(&guard.actual),
            escaped(&guard.limit)
        );
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn templates(plan: &PlanView) -> String {
    let mut out = String::new();
    let mut seen = std::collections::BTreeSet::new();
    for campaign in plan
        .campaigns
        .iter()
        .filter(|campaign| campaign.operations > 0 && seen.insert(&campaign.campaign))
    {
        let _ = writeln!(
            out,
            "<details><summary>{}: text, from {}</summary>\n",
            escaped(&campaign.campaign),
            escaped(&campaign.sender)
        );
        for template in std::iter::once(&campaign.template).chain(&campaign.templates) {
            let _ = writeln!(out, "{}\n", escaped(template));
        }
        let _ = writeln!(out, "{}\n", audience(campaign));
        causes(campaign, &mut out);
        out.push_str("</details>\n");
    }
    out
}

fn audience(campaign: &CampaignView) -> String {
    let segments: Vec<String> = campaign
        .segments_per_message
        .iter()
        .map(|(segments, messages)| format!("{} of {segments}", grouped(*messages)))
        .collect();
    format!(
        "messages by segments: {}; GSM-7 {}, UCS-2 {}; rows left out: {} filtered, {} suppressed, {} duplicate, {} invalid",
        segments.join(", "),
        grouped(campaign.encodings.gsm7),
        grouped(campaign.encodings.ucs2),
        grouped(campaign.filtered),
        grouped(campaign.suppressed),
        grouped(campaign.duplicates),
        grouped(campaign.invalid)
    )
}

fn causes(campaign: &CampaignView, out: &mut String) {
    for cause in campaign.ucs2_causes.iter().take(10) {
        let replacement = cause
            .replacement
            .as_deref()
            .map_or_else(|| "without it".to_owned(), |text| format!("{} instead", escaped(text)));
        let _ = writeln!(
            out,
            "- {} {} forces UCS-2 in {}: {replacement} would save {} ({})",
            escaped(&cause.character),
            cause.code_point,
            counted(cause.messages, "message", "messages"),
            counted(cause.extra_segments, "segment", "segments"),
            saved(&cause.saves)
        );
    }
    if !campaign.ucs2_causes.is_empty() {
        out.push('\n');
    }
}

fn saved(saves: &[AmountView]) -> String {
    if saves.is_empty() {
        "unpriced".to_owned()
    } else {
        amounts(saves)
    }
}

fn operations(plan: &PlanView) -> String {
    if plan.operations.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "<details><summary>{}</summary>\n\n",
        counted(plan.operations.len() as u64, "operation", "operations")
    );
    out.push_str("| action | reference | part | people | changed |\n|---|---|---|--:|---|\n");
    for operation in &plan.operations {
        let _ = writeln!(
            out,
            "| {} | {} | {}/{} | {} | {} |",
            operation.action,
            escaped(&operation.reference),
            operation.part[0],
            operation.part[1],
            operation.recipients.map_or_else(|| "-".to_owned(), grouped),
            operation.changed.join(", ")
        );
    }
    out.push_str("\n</details>\n");
    out
}

fn footer(plan: &PlanView) -> String {
    let next = plan
        .next_apply_by
        .as_ref()
        .map_or_else(String::new, |by| format!("; next apply needed by {by}"));
    format!(
        "\n<sub>planned at {}, expires {}, {}, tzdb {}{next}</sub>\n",
        plan.now, plan.expires_at, plan.tool, plan.tzdb
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_of_a_user_can_act(text in any::<String>()) {
            let shown = escaped(&text);
            let inside = shown.strip_prefix("<code>").and_then(|rest| rest.strip_suffix("</code>")).unwrap_or(&shown);
            let acting = |c: char| c.is_control() || "<>|*_`[]()!@~\\/:.".contains(c);
            prop_assert!(!inside.contains(acting), "{}", inside);
        }
    }

    #[test]
    fn a_long_plan_is_cut_at_the_least_important_end() {
        let operation = OperationView {
            action: "create".into(),
            campaign: "a".into(),
            reference: "acme.a.000010000000000000".into(),
            ..Default::default()
        };
        let campaign = CampaignView {
            campaign: "a".into(),
            ..CampaignView::default()
        };
        let plan = PlanView {
            operations: vec![operation; 5000],
            campaigns: vec![campaign],
            ..PlanView::default()
        };
        let text = plan_to_markdown(&plan);
        assert!(text.chars().count() <= MAX_CHARACTERS);
        assert!(text.contains("| campaign | occurrence |") && text.contains("*cut: "));
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}
