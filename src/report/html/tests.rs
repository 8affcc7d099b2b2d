//! The page as text; how it looks and behaves is tested in a browser (`tests/browser`).

use proptest::prelude::*;

use super::*;
use crate::report::{CampaignView, CauseView, DiagnosticView, HeldView, OperationView, Summary, WindowView};

fn operation(index: usize) -> OperationView {
    OperationView {
        action: "create".into(),
        campaign: format!("campaign-{index}"),
        occurrence: Some("2026-12-01T10:00".into()),
        provider: "ip1".into(),
        reference: "acme.campaign-000.000010000000000000".into(),
        reason: "new".into(),
        digest: "d".repeat(32),
        windows: vec![WindowView {
            opens: "2026-12-01T09:00:00Z".into(),
            closes: "2026-12-01T10:00:00Z".into(),
            local: Some("Tue 1 Dec 2026 10:00-11:00 Europe/Stockholm (+01:00, 09:00Z-10:00Z)".into()),
            ..WindowView::default()
        }],
        part: [1, 1],
        recipients: Some(10),
        segments: Some(10),
        ..OperationView::default()
    }
}

fn campaign(index: usize) -> CampaignView {
    CampaignView {
        campaign: format!("campaign-{index}"),
        occurrence: Some("2026-12-01T10:00".into()),
        file: format!("campaigns/campaign-{index}.yaml"),
        sender: "ACME".into(),
        template: "Hi {{ first_name }}! ".repeat(30),
        timezone: "Europe/Stockholm".into(),
        operations: 1,
        recipients: 10,
        segments: 10,
        segments_per_message: [("1".into(), 10)].into(),
        countries: [("SE".into(), 10)].into(),
        ..CampaignView::default()
    }
}

#[test]
fn a_plan_of_two_thousand_campaigns_stays_small() {
    let plan = PlanView {
        complete: true,
        operations: (0..2000).map(operation).collect(),
        campaigns: (0..2000).map(campaign).collect(),
        ..PlanView::default()
    };
    let html = plan_to_html(&plan);
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
    assert!(html.contains("campaign-1999"), "every operation is on the page");
}

#[test]
fn an_empty_plan_says_that_there_is_nothing_to_do() {
    let plan = PlanView {
        complete: true,
        ..PlanView::default()
    };
    let html = plan_to_html(&plan);
    assert!(html.contains("<h1 id=\"headline\">Nothing to do</h1>"), "{html}");
    assert!(html.ends_with("</html>\n"));
}

#[test]
fn a_stopped_plan_says_so_and_shows_people_money_windows_and_texts() {
    let plan = PlanView {
        complete: true,
        summary: Summary {
            held: 1,
            held_people: 10,
            ..Summary::default()
        },
        held: vec![HeldView {
            campaign: "campaign-1".into(),
            occurrence: Some("2026-12-01T10:00".into()),
            reason: "guard".into(),
            message: "too many".into(),
            needs_person: true,
            action: Some("send".into()),
            recipients: Some(10),
            segments: Some(12),
            windows: operation(1).windows,
            ..HeldView::default()
        }],
        campaigns: vec![CampaignView {
            operations: 0,
            ..campaign(1)
        }],
        ..PlanView::default()
    };
    let html = plan_to_html(&plan);
    assert!(!html.contains("Nothing to do"), "{html}");
    assert!(html.contains("<h1 id=\"headline\">Stopped by a guard: 1 campaign to 10 people held</h1>"));
    assert!(html.contains("10 people, 12 segments") && html.contains("Tue 1 Dec 2026 10:00-11:00"));
    assert!(html.contains("data-fact=\"held-recipients\"") && html.contains("class=\"bubble\""));
}

#[test]
fn a_thousand_parts_are_one_row() {
    let plan = PlanView {
        complete: true,
        operations: (0..1000).map(|_| operation(1)).collect(),
        ..PlanView::default()
    };
    let html = plan_to_html(&plan);
    assert_eq!(html.matches("<tr class=\"k-create\">").count(), 1);
    assert!(html.contains("1000 batches") && html.contains("10,000"));
}

/// A plan in which every text is the same.
fn hostile(text: &str) -> PlanView {
    let text = text.to_owned();
    let mut operation = operation(1);
    operation.campaign.clone_from(&text);
    operation.action.clone_from(&text);
    operation.changed = vec![text.clone()];
    operation.windows[0].local = Some(text.clone());
    let mut campaign = campaign(1);
    campaign.campaign.clone_from(&text);
    campaign.template = format!("{{{{ a }}}}{text}");
    campaign.sender.clone_from(&text);
    campaign.timezone.clone_from(&text);
    campaign.ucs2_causes = vec![CauseView {
        character: text.clone(),
        replacement: Some(text.clone()),
        ..CauseView::default()
    }];
    PlanView {
        complete: true,
        namespace: text.clone(),
        summary: Summary {
            recipients: 1,
            ..Summary::default()
        },
        operations: vec![operation],
        campaigns: vec![campaign],
        held: vec![HeldView {
            message: text.clone(),
            allow: Some(text.clone()),
            ..HeldView::default()
        }],
        diagnostics: vec![DiagnosticView {
            severity: "error".into(),
            message: text.clone(),
            file: Some(text.clone()),
            hints: vec![text],
            ..DiagnosticView::default()
        }],
        ..PlanView::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_of_a_plan_becomes_markup(
        text in prop_oneof![any::<String>(), "(<script>|<img src=x onerror=a>|\"|'|>|</style>|&lt;|javascript:|-->|x){1,8}"],
    ) {
        let harmless = plan_to_html(&hostile("x"));
        let html = plan_to_html(&hostile(&text));
        for tag in ["<script", "<img", "<a ", "<iframe", "</style", "<!--", "<link", "<object"] {
            prop_assert!(html.matches(tag).count() <= harmless.matches(tag).count(), "{}", tag);
        }
        let hidden = html.contains(['\u{1b}', '\u{202e}', '\0']);
        prop_assert!(!hidden);
    }
}
