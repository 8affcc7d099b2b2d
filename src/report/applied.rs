//! What a run did: the view, and how people read it. Every operation is listed, with its outcome.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::batch_view::OperationView;
use super::markdown::{MAX_CHARACTERS, escaped, limited};
use super::view::{DiagnosticView, PlanView};
use super::visible::all_visible;
use crate::model::{counted, grouped};

/// A run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppliedView {
    /// `1.0`.
    pub format_version: String,
    /// Counts of what is in it.
    pub summary: AppliedSummary,
    /// In the order of the plan.
    pub operations: Vec<AppliedOperation>,
    /// Repairs and cancels that reading back made necessary.
    pub repairs: Vec<AppliedOperation>,
    /// Operations that another run would find; null when nobody could look.
    pub remaining: Option<usize>,
    /// As the shell sees it.
    pub exit_code: u8,
    /// What happened besides.
    pub diagnostics: Vec<DiagnosticView>,
}

/// Counts of the operations, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppliedSummary {
    /// Operations that were to be carried out.
    pub planned: usize,
    /// Carried out and confirmed.
    pub done: usize,
    /// Tried, and not carried out.
    pub failed: usize,
    /// Not tried.
    pub skipped: usize,
    /// Tried, with an unknown outcome.
    pub unknown: usize,
    /// Held by the plan.
    pub held: usize,
    /// Not in the reviewed plan.
    pub refused: usize,
}

/// One operation and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AppliedOperation {
    /// As planned; `batch_id` is the new batch's once it is known.
    #[serde(flatten)]
    pub operation: OperationView,
    /// `done`, `failed`, `skipped` or `unknown`.
    pub outcome: String,
    /// Why it is not done.
    pub error: Option<String>,
}

/// For a terminal, styled with ANSI codes.
pub fn applied_to_text(run: &AppliedView) -> String {
    let run = &all_visible(run);
    let mut out = String::new();
    for step in run.operations.iter().chain(&run.repairs) {
        let style = match step.outcome.as_str() {
            "done" => AnsiColor::Green.on_default(),
            "skipped" => Style::new(),
            _ => AnsiColor::Red.on_default(),
        };
        let _ = write!(
            out,
            "{style}{:<7}{style:#} {} {}",
            step.outcome, step.operation.action, step.operation.reference
        );
        if let Some(id) = &step.operation.batch_id {
            let _ = write!(out, " ({id})");
        }
        out.push('\n');
        if let Some(error) = &step.error {
            let _ = writeln!(out, "        {error}");
        }
    }
    if !run.operations.is_empty() || !run.repairs.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", totals(run));
    out
}

/// For a step summary or a comment: what was done, then the plan, together within what hosts take.
pub fn applied_to_markdown(run: &AppliedView, plan: &PlanView) -> String {
    let mut out = steps(run, MAX_CHARACTERS / 3);
    out.push('\n');
    let left = MAX_CHARACTERS.saturating_sub(out.chars().count());
    out.push_str(&limited(plan, left));
    out
}

/// The operations in a table of at most about so many characters.
fn steps(run: &AppliedView, most: usize) -> String {
    let mut out = format!("**{}**\n\n", totals(run).replace('\n', "  \n"));
    out.push_str("| outcome | action | campaign | occurrence | reference | why |\n|---|---|---|---|---|---|\n");
    let steps: Vec<&AppliedOperation> = run.operations.iter().chain(&run.repairs).collect();
    let mut length = out.chars().count();
    let mut told = 0;
    for step in &steps {
        let operation = &step.operation;
        let row = format!(
            "| {} | {} | {} | {} | {} | {} |",
            escaped(&step.outcome),
            escaped(&operation.action),
            escaped(&operation.campaign),
            operation.occurrence.as_deref().map_or_else(|| "-".to_owned(), escaped),
            escaped(&operation.reference),
            escaped(step.error.as_deref().unwrap_or(""))
        );
        length += row.chars().count() + 1;
        if length > most {
            break;
        }
        told += 1;
        out.push_str(&row);
        out.push('\n');
    }
    if steps.len() > told {
        let _ = writeln!(out, "\nand {} more operations", steps.len() - told);
    }
    out
}

fn totals(run: &AppliedView) -> String {
    let AppliedSummary {
        planned,
        done,
        failed,
        skipped,
        unknown,
        held,
        refused,
    } = run.summary;
    let mut text = format!(
        "{} of {} done",
        grouped(done as u64),
        counted(planned as u64, "operation", "operations")
    );
    for (count, what) in [
        (failed, "failed"),
        (skipped, "skipped"),
        (unknown, "unknown: run again later"),
        (held, "held by the plan"),
        (refused, "refused: not in the reviewed plan"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {} {what}", grouped(count as u64));
        }
    }
    match run.remaining {
        Some(0) if held + unknown > 0 => text.push_str("\nthe rest was done"),
        Some(0) => text.push_str("\nnothing is left to do"),
        Some(left) => {
            let _ = write!(
                text,
                "\n{} left for another run",
                counted(left as u64, "operation", "operations")
            );
        }
        None if planned == 0 => {}
        None => text.push_str("\nwhat is left is not known: the providers were not read again"),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_and_its_plan_together_fit_into_a_comment() {
        let operation = OperationView {
            action: "create".into(),
            campaign: "a".into(),
            reference: "acme.a.000010000000000000".into(),
            ..OperationView::default()
        };
        let step = |error: &str| AppliedOperation {
            operation: operation.clone(),
            outcome: "failed".into(),
            error: Some(error.repeat(40)),
        };
        let plan = PlanView {
            operations: vec![operation.clone(); 5_000],
            ..PlanView::default()
        };
        for error in ["", "no answer | ", "\u{1F600}<b>"] {
            let run = AppliedView {
                operations: vec![step(error); 2_000],
                ..AppliedView::default()
            };
            let text = applied_to_markdown(&run, &plan);
            assert!(text.chars().count() <= MAX_CHARACTERS, "{}", text.chars().count());
            assert!(text.contains(" more operations") && text.contains("*cut: "));
        }
        let short = applied_to_markdown(&AppliedView::default(), &PlanView::default());
        assert!(!short.contains("more operations") && !short.contains("*cut: "));
    }

    #[test]
    fn nothing_is_called_done_that_is_held_or_unknown_or_refused() {
        let last = |summary: AppliedSummary, remaining: usize| {
            let run = AppliedView {
                summary,
                remaining: Some(remaining),
                ..AppliedView::default()
            };
            totals(&run).lines().last().unwrap_or_default().to_owned()
        };
        let none = AppliedSummary::default();
        let thousands = AppliedView {
            summary: AppliedSummary {
                planned: 20_000,
                done: 18_800,
                held: 1_200,
                ..none
            },
            ..AppliedView::default()
        };
        let first = totals(&thousands).lines().next().unwrap_or_default().to_owned();
        assert_eq!(first, "18,800 of 20,000 operations done, 1,200 held by the plan");
        assert_eq!(last(none, 0), "nothing is left to do");
        assert_eq!(last(AppliedSummary { held: 1, ..none }, 0), "the rest was done");
        assert_eq!(last(AppliedSummary { unknown: 1, ..none }, 0), "the rest was done");
        assert_eq!(
            last(AppliedSummary { refused: 1, ..none }, 1),
            "1 operation left for another run"
        );
    }
}
