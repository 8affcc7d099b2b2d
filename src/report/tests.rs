//! What is shown at a terminal: one plan with everything in it as a snapshot, and nothing that acts on a terminal.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::model::{Code, Diagnostic, Place};

/// A plan with something of everything.
fn full() -> PlanView {
    serde_json::from_str(include_str!("../../tests/data/plan.json")).unwrap()
}

fn plain(styled: &str) -> String {
    anstream::adapter::strip_str(styled).to_string()
}

#[test]
fn a_plan_with_everything_fits_eighty_columns() {
    let text = plain(&plan_to_text(&full(), Layout::default()));
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!("plan_text", text);
}

#[test]
fn a_plan_with_everything_as_a_comment() {
    insta::assert_snapshot!("plan_markdown", plan_to_markdown(&full()));
}

/// Of styling, only colors and weights may reach a terminal.
fn is_harmless(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        let Some((codes, behind)) = after.strip_prefix('[').and_then(|after| after.split_once('m')) else {
            return false;
        };
        if !codes.chars().all(|c| c.is_ascii_digit() || c == ';') || !is_still(before) {
            return false;
        }
        rest = behind;
    }
    is_still(rest)
}

fn is_still(text: &str) -> bool {
    !text
        .chars()
        .any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
}

const CODE: Code = Code {
    id: "C001",
    title: "unknown key",
    page: "",
};

proptest! {
    #[test]
    fn no_text_of_others_acts_at_a_terminal(
        text in prop_oneof![any::<String>(), "(\u{1b}\\[2J|\u{1b}\\]0;x\u{7}|\u{9b}31m|\r|\u{8}|\u{202e}|a| ){1,12}"],
        column in 0_usize..20,
    ) {
        let mut plan = full();
        plan.namespace.clone_from(&text);
        for operation in &mut plan.operations {
            operation.campaign.clone_from(&text);
            operation.changed.push(text.clone());
        }
        for held in &mut plan.held {
            held.message.clone_from(&text);
        }
        for campaign in &mut plan.campaigns {
            campaign.template.clone_from(&text);
            campaign.sender.clone_from(&text);
        }
        let shown = plan_to_text(&plan, Layout::default());
        prop_assert!(is_harmless(&shown), "{:?}", shown);
        let run = AppliedView {
            operations: vec![AppliedOperation {
                outcome: "failed".into(),
                error: Some(text.clone()),
                ..AppliedOperation::default()
            }],
            ..AppliedView::default()
        };
        let shown = applied_to_text(&run);
        prop_assert!(is_harmless(&shown), "{:?}", shown);
        let place = Place { line: 1, column, length: 3, ..Place::file(text.clone()) };
        let diagnostic = Diagnostic::error(&CODE, text.clone()).at(place).hint(text.clone());
        for source in [None, Some(text)] {
            let shown = diagnostics_to_text(std::slice::from_ref(&diagnostic), &|_: &Path| source.clone());
            prop_assert!(is_harmless(&shown), "{:?}", shown);
        }
    }
}
