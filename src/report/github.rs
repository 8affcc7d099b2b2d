//! What a run says to GitHub's runner: annotations on the changed files, output values, the step summary. Pure text; the
//! command line decides where it goes.
//!
//! Never: a line that the runner could take for a command that we did not mean. Message data escapes `%`, CR and LF,
//! properties `:` and `,` too (docs.github.com, "Workflow commands", read 2026-11); output values are one line each.

use std::fmt::Write as _;

use super::markdown::{limited, plan_to_markdown};
use super::view::{DiagnosticView, PlanView};
use super::visible::visible;
use crate::report::numbers::exact_amounts;

/// GitHub refuses step summaries of more than 1 MiB; other steps write there too.
const MAX_SUMMARY_BYTES: usize = 900 * 1024;
/// GitHub shows at most ten errors, ten warnings and ten notices of a step.
const SHOWN_PER_KIND: usize = 10;

/// One workflow command a line for each fault; the most important ten of each kind.
pub fn github_annotations(diagnostics: &[DiagnosticView]) -> String {
    let mut out = String::new();
    for (severity, command) in [("error", "error"), ("warning", "warning"), ("note", "notice")] {
        let mut of_kind = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity);
        for diagnostic in of_kind.by_ref().take(SHOWN_PER_KIND) {
            annotation(command, diagnostic, &mut out);
        }
        let left = of_kind.count();
        if left > 0 {
            let _ = writeln!(
                out,
                "::{command} title=campanile::and {left} more; see the log of this step"
            );
        }
    }
    out
}

fn annotation(command: &str, diagnostic: &DiagnosticView, out: &mut String) {
    let mut properties = Vec::new();
    if let Some(file) = &diagnostic.file {
        properties.push(format!("file={}", property(file)));
        if let Some(line) = diagnostic.line {
            properties.push(format!("line={line}"));
            if let Some(column) = diagnostic.column {
                properties.push(format!("col={column}"));
            }
        }
    }
    properties.push(format!("title={}", property(&format!("campanile {}", diagnostic.code))));
    let hints = diagnostic.hints.iter().map(|hint| format!("\nhint: {hint}"));
    let message: String = std::iter::once(diagnostic.message.clone()).chain(hints).collect();
    let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(&message));
}

fn data(text: &str) -> String {
    visible(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Lines for the file named by `GITHUB_OUTPUT`: `changes`, `recipients`, `segments`, `estimate`, `held`, `digest`,
/// `exit-code` and `exit-reason`.
pub fn github_output(plan: &PlanView, exit_code: u8) -> String {
    let summary = &plan.summary;
    let changes = summary.create + summary.replace + summary.update + summary.cancel;
    let values = [
        ("changes", changes.to_string()),
        ("recipients", summary.recipients.to_string()),
        ("segments", summary.segments.to_string()),
        ("estimate", exact_amounts(&summary.estimate)),
        ("held", summary.held.to_string()),
        ("digest", plan.digest.clone()),
        ("exit-code", exit_code.to_string()),
        ("exit-reason", exit_reason(exit_code).to_owned()),
    ];
    values.iter().fold(String::new(), |mut out, (name, value)| {
        let value = visible(value).replace(['\n', '\r'], " ");
        let _ = writeln!(out, "{name}={value}");
        out
    })
}

/// An exit code in a word (`docs/contract.md`, "Exit codes").
pub fn exit_reason(exit_code: u8) -> &'static str {
    match exit_code {
        0 => "done",
        1 => "failed",
        2 => "changes",
        3 => "refused",
        4 => "stale",
        5 => "partial",
        6 => "unknown",
        64 => "usage",
        65 => "input",
        130 | 143 => "interrupted",
        _ => "other",
    }
}

/// The plan for the file named by `GITHUB_STEP_SUMMARY`, at most 900 KiB.
pub fn step_summary(plan: &PlanView) -> String {
    let short = plan_to_markdown(plan);
    if !short.contains(super::markdown::CUT) {
        return short;
    }
    // Every character is at most four bytes.
    limited(plan, MAX_SUMMARY_BYTES / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{AmountView, CampaignView, OperationView, Summary};
    use proptest::prelude::*;

    fn fault(severity: &str, message: &str) -> DiagnosticView {
        DiagnosticView {
            severity: severity.into(),
            code: "C014".into(),
            message: message.into(),
            file: Some("campaigns/a,b:c.yaml".into()),
            line: Some(7),
            column: Some(3),
            hints: vec!["did you mean `sender`?".into()],
        }
    }

    #[test]
    fn a_fault_stands_at_its_file_and_line() {
        assert_eq!(
            github_annotations(&[fault("error", "100 % wrong\nreally")]),
            "::error file=campaigns/a%2Cb%3Ac.yaml,line=7,col=3,title=campanile C014::100 %25 wrong%0Areally%0A\
             hint: did you mean `sender`?\n"
        );
    }

    #[test]
    fn only_as_many_as_the_host_shows_are_sent_errors_first() {
        let faults: Vec<_> = (0..25)
            .map(|n| fault(if n % 2 == 0 { "note" } else { "error" }, "wrong"))
            .collect();
        let text = github_annotations(&faults);
        assert!(text.starts_with("::error "));
        assert_eq!(text.matches("::error file").count(), 10);
        assert!(text.contains("::error title=campanile::and 2 more"), "{text}");
        assert!(text.contains("::notice title=campanile::and 3 more"), "{text}");
    }

    #[test]
    fn output_values_are_one_line_each() {
        let plan = PlanView {
            digest: "abc\nchanges=0".into(),
            summary: Summary {
                create: 2,
                cancel: 1,
                recipients: 1210,
                segments: 2414,
                estimate: vec![AmountView {
                    currency: "SEK".into(),
                    amount: "844.90".into(),
                    unpriced_segments: Some(0),
                }],
                ..Summary::default()
            },
            ..PlanView::default()
        };
        let text = github_output(&plan, 3);
        assert_eq!(
            text,
            "changes=3\nrecipients=1210\nsegments=2414\nestimate=844.90 SEK\nheld=0\ndigest=abc changes=0\nexit-code=3\n\
             exit-reason=refused\n"
        );
    }

    #[test]
    fn a_long_summary_stays_below_what_the_host_takes() {
        let operation = OperationView {
            action: "create".into(),
            campaign: "ö".repeat(16),
            reference: "acme.a.000010000000000000".into(),
            changed: vec!["€".repeat(300)],
            ..OperationView::default()
        };
        let plan = PlanView {
            operations: vec![operation; 5000],
            campaigns: vec![CampaignView::default(); 10],
            ..PlanView::default()
        };
        let text = step_summary(&plan);
        assert!(text.len() <= MAX_SUMMARY_BYTES && text.chars().count() > super::super::markdown::MAX_CHARACTERS);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_command_of_its_own(
            message in any::<String>(), file in any::<String>(), hint in "(::|%0A|\n|\r|[a-z])*",
        ) {
            let fault = DiagnosticView {
                severity: "error".into(), code: "C001".into(), message, file: Some(file), hints: vec![hint],
                ..DiagnosticView::default()
            };
            let text = github_annotations(&[fault]);
            prop_assert_eq!(text.lines().count(), 1);
            prop_assert_eq!(text.matches(['\n', '\r']).count(), 1);
            let properties = text.trim_start_matches("::error ").split("::").next().unwrap_or_default();
            prop_assert_eq!(properties.split(',').count(), 2, "{}", properties);
            prop_assert!(properties.contains(",title=campanile C001"));
        }
    }
}
