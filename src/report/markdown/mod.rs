//! A plan as a comment on a pull request: headline, what needs a person, one row per campaign and occurrence, details
//! folded last, so that what is cut at the host's limit matters least.
//!
//! All text of users is code in entities: no table break, mention, link, image or HTML gets through.

mod change;
mod escape;
mod head;
mod table;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use self::change::change_table;
use self::escape::{money, word};
use self::head::{LONGEST, attention, head};
use self::table::table;
use super::amount::AmountView;
use super::campaign_view::CampaignView;
use super::changes::{Change, SAME_TEXT, changed};
use super::said::{languages, together, told, variant};
use super::sums::Sums;
use super::view::PlanView;
use super::words::{self, Fate};
use crate::model::{counted, grouped};
use crate::report::numbers::shortened;

pub use self::escape::escaped;

/// Hosts refuse comments of more than 65,536 characters; some room is left for a marker.
pub(super) const MAX_CHARACTERS: usize = 60_000;

/// Marks where something was left out.
pub(super) const CUT: &str = "\n\n*cut: the plan is longer than fits here; see the saved plan*\n";

/// The plan as a comment.
pub fn plan_to_markdown(plan: &PlanView) -> String {
    limited(plan, MAX_CHARACTERS)
}

/// The plan in at most this many characters.
pub(super) fn limited(plan: &PlanView, limit: usize) -> String {
    let mut out = String::new();
    head(plan, &mut out);
    if let Some(change) = &plan.change {
        out.push_str(&change_table(change));
    }
    attention(plan, &mut out);
    // The table keeps to two thirds, so that the texts have room as well.
    let room = limit.saturating_sub(out.chars().count()) / 3 * 2;
    for section in [
        table(plan, room),
        since_last(plan),
        templates(plan),
        operations(plan),
        footer(plan),
    ] {
        append(&mut out, &section, limit);
    }
    out
}

/// Appends whole lines while they fit; says so when they do not.
fn append(out: &mut String, section: &str, limit: usize) {
    const CLOSE: &str = "\n</details>\n";
    if out.ends_with(CUT) {
        return;
    }
    let mut left = limit.saturating_sub(out.chars().count() + CUT.chars().count() + CLOSE.len());
    let mut is_open = false;
    for line in section.split_inclusive('\n') {
        let length = line.chars().count();
        if length > left {
            if is_open {
                out.push_str(CLOSE);
            }
            out.push_str(CUT);
            return;
        }
        left -= length;
        is_open = (is_open || line.starts_with("<details>")) && !line.starts_with("</details>");
        out.push_str(line);
    }
}

/// What changed since the last applied state, as far as the providers show it.
fn since_last(plan: &PlanView) -> String {
    const SHOWN: usize = 50;
    let all = changed(plan);
    if all.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n#### Changed since the last applied state\n\n");
    for one in all.iter().take(SHOWN) {
        let occurrence = one
            .occurrence
            .map_or_else(String::new, |occurrence| format!(" {}", escaped(occurrence)));
        let _ = writeln!(out, "- {}{occurrence}", escaped(one.campaign));
        for change in &one.changes {
            let _ = writeln!(out, "  - {}: {}", change.what, told_change(change));
        }
    }
    if all.len() > SHOWN {
        let _ = writeln!(out, "- and {} more", all.len() - SHOWN);
    }
    out.push('\n');
    out
}

/// A text word by word, anything else as it is and as it was.
fn told_change(change: &Change) -> String {
    if change.is_same_text() {
        return SAME_TEXT.to_owned();
    }
    if change.words.is_empty() {
        let unknown = || "what the provider does not show".to_owned();
        let was = change.was.as_deref().map_or_else(unknown, escaped_briefly);
        return format!("{} (was {was})", escaped_briefly(&change.now));
    }
    let mut left = 3 * LONGEST;
    let runs = words::shortened(&change.words);
    let shown = runs.iter().map(|run| {
        let text = escaped(&shortened(&run.text, left));
        left = left.saturating_sub(run.text.chars().count());
        match run.fate {
            Fate::Same => text,
            Fate::Gone => format!("<del>{text}</del>"),
            Fate::New => format!("<ins>{text}</ins>"),
        }
    });
    shown.collect()
}

fn escaped_briefly(text: &str) -> String {
    escaped(&shortened(text, LONGEST))
}

fn templates(plan: &PlanView) -> String {
    let mut out = String::new();
    let mut seen = BTreeSet::new();
    for campaign in told(plan).filter(|campaign| seen.insert(&campaign.campaign)) {
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
        for one in &campaign.variants {
            let _ = writeln!(out, "- variant {}", escaped(&variant(one)));
        }
        if let Some(people) = campaign.holdout {
            let _ = writeln!(
                out,
                "\nheld out of all marketing: {}\n",
                counted(people, "person", "people")
            );
        }
        if let Some(pace) = &campaign.pace {
            let _ = writeln!(out, "- {}", escaped(&pace.sentence()));
        }
        for skipped in &campaign.skipped {
            let _ = writeln!(out, "- {}", escaped(&skipped.sentence()));
        }
        if !campaign.languages.is_empty() {
            let _ = writeln!(out, "languages: {}\n", escaped(&languages(campaign)));
        }
        causes(campaign, &mut out);
        out.push_str("</details>\n");
    }
    out
}

fn audience(campaign: &CampaignView) -> String {
    let segments: Vec<String> = campaign
        .segments_per_message
        .iter()
        .map(|(segments, messages)| format!("{} of {}", grouped(*messages), word(segments)))
        .collect();
    format!(
        "messages by segments: {}; GSM-7 {}, UCS-2 {}; rows left out: {} filtered, {} suppressed, {} duplicate, {} {}",
        segments.join(", "),
        grouped(campaign.encodings.gsm7),
        grouped(campaign.encodings.ucs2),
        grouped(campaign.filtered),
        grouped(campaign.suppressed),
        grouped(campaign.duplicates),
        grouped(campaign.invalid),
        campaign.invalid_word()
    )
}

fn causes(campaign: &CampaignView, out: &mut String) {
    for cause in campaign.ucs2_causes.iter().take(10) {
        let replacement = cause
            .replacement
            .as_deref()
            .map_or_else(|| "without it".to_owned(), |text| format!("{} instead", escaped(text)));
        let saving = if cause.extra_segments == 0 {
            "replacing it alone would save nothing".to_owned()
        } else {
            let fewer = counted(cause.extra_segments, "segment", "segments");
            format!("{replacement} would save {fewer} ({})", saved(&cause.saves))
        };
        let _ = writeln!(
            out,
            "- {} {} forces UCS-2 in {}: {saving}",
            escaped(&cause.character),
            escaped(&cause.code_point),
            counted(cause.messages, "message", "messages")
        );
    }
    if let Some(saving) = &campaign.ucs2_together {
        let _ = writeln!(out, "- {}", escaped(&together(campaign, saving)));
    }
    if !campaign.ucs2_causes.is_empty() {
        out.push('\n');
    }
}

fn saved(saves: &[AmountView]) -> String {
    if saves.is_empty() {
        "unpriced".to_owned()
    } else {
        money(saves)
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
            word(&operation.action),
            escaped(&operation.reference),
            operation.part[0],
            operation.part[1],
            Sums::of(&[operation]).people.map_or_else(|| "-".to_owned(), grouped),
            word(&operation.changed.join(", "))
        );
    }
    out.push_str("\n</details>\n");
    out
}

fn footer(plan: &PlanView) -> String {
    let next = plan
        .next_apply_by_local
        .as_ref()
        .or(plan.next_apply_by.as_ref())
        .map_or_else(String::new, |by| format!("; next apply needed by {}", escaped(by)));
    format!(
        "\n<sub>planned at {}, expires {}, {}, tzdb {}{next}</sub>\n",
        escaped(plan.now_local.as_ref().unwrap_or(&plan.now)),
        escaped(&plan.expires_at),
        escaped(&plan.tool),
        escaped(&plan.tzdb)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        BeforeView, CauseView, DiagnosticView, GuardView, HeldView, OperationView, Summary, WindowView,
    };
    use proptest::prelude::*;

    /// Every text of a plan is somebody's.
    fn hostile(text: &str) -> PlanView {
        let text = text.to_owned();
        PlanView {
            namespace: text.clone(),
            now: text.clone(),
            expires_at: text.clone(),
            tool: text.clone(),
            tzdb: text.clone(),
            next_apply_by: Some(text.clone()),
            summary: Summary {
                recipients: 1,
                estimate: vec![amount(&text)],
                ..Summary::default()
            },
            operations: vec![OperationView {
                action: text.clone(),
                campaign: text.clone(),
                occurrence: Some(text.clone()),
                reason: text.clone(),
                reference: text.clone(),
                changed: vec![text.clone(), "body".to_owned()],
                recipients: Some(1),
                before: Some(BeforeView {
                    text: Some(format!("{text} was")),
                    sender: Some(text.clone()),
                    ..BeforeView::default()
                }),
                windows: vec![WindowView {
                    opens: text.clone(),
                    local: Some(text.clone()),
                    ..WindowView::default()
                }],
                ..OperationView::default()
            }],
            held: vec![HeldView {
                campaign: text.clone(),
                occurrence: Some(text.clone()),
                reason: text.clone(),
                message: text.clone(),
                allow: Some(text.clone()),
                ..HeldView::default()
            }],
            campaigns: vec![CampaignView {
                campaign: text.clone(),
                occurrence: Some(text.clone()),
                sender: text.clone(),
                template: text.clone(),
                templates: vec![text.clone()],
                operations: 1,
                segments_per_message: [(text.clone(), 1)].into(),
                ucs2_causes: vec![CauseView {
                    character: text.clone(),
                    code_point: text.clone(),
                    replacement: Some(text.clone()),
                    saves: vec![amount(&text)],
                    ..CauseView::default()
                }],
                estimate: vec![amount(&text)],
                ..CampaignView::default()
            }],
            guards: vec![GuardView {
                rule: text.clone(),
                subject: text.clone(),
                actual: text.clone(),
                limit: text.clone(),
                tripped: true,
                allowed: false,
            }],
            price_lines: vec![text.clone()],
            diagnostics: vec![DiagnosticView {
                severity: text.clone(),
                code: text.clone(),
                message: text.clone(),
                file: Some(text.clone()),
                line: Some(1),
                column: None,
                hints: vec![text],
            }],
            ..PlanView::default()
        }
    }

    fn amount(text: &str) -> AmountView {
        AmountView {
            currency: text.to_owned(),
            amount: text.to_owned(),
            unpriced_segments: None,
        }
    }

    proptest! {
        #[test]
        fn no_text_of_a_plan_breaks_a_table_mentions_links_or_becomes_html(
            text in prop_oneof![
                any::<String>(),
                "(@a|#1|https://x.y|www.x.y|<b>|<!--|]\\(|!\\[|\\||`|\\*|\n|\r|&lt;|\\\\|~~|_|x){1,12}",
            ],
        ) {
            let shown = plan_to_markdown(&hostile(&text));
            let mut bare = shown.clone();
            for tag in ["code", "details", "summary", "sub", "del", "ins"] {
                bare = bare.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
            }
            prop_assert!(!bare.contains(['<', '@', '[', ']', '!', '`', '~', '\\', '\r']), "{}", shown);
            prop_assert!(!bare.contains("www.") && !bare.contains("://"), "{}", shown);
            for line in shown.lines().filter(|line| line.starts_with("| ")) {
                prop_assert!([6, 8].contains(&line.matches('|').count()), "{}", line);
            }
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
