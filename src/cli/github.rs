//! What a run reports to GitHub Actions besides its result: annotations at files and lines, outputs, the step summary.
//! Only when GitHub says that it is there; nothing here ever fails a run.

use std::fs::OpenOptions;
use std::io::Write as _;

use super::context::{Context, Failed};
use super::environment::{is_set, variable};
use super::exit::Exit;
use crate::model::Diagnostic;
use crate::report::{
    PlanView, diagnostic_to_view, exit_reason, failure_to_markdown, github_annotations, github_output, step_summary,
};

/// Annotations of faults, on stderr: stdout is the result's.
pub(super) fn annotate(context: &Context, diagnostics: &[Diagnostic]) {
    if is_set("GITHUB_ACTIONS") {
        let views: Vec<_> = (diagnostics.iter().filter(|one| context.shows(one)))
            .map(diagnostic_to_view)
            .collect();
        let text = github_annotations(&views);
        if !text.is_empty() {
            context.say(text.trim_end());
        }
    }
}

/// Outputs for later steps, and the summary of this one.
pub(super) fn tell(context: &Context, plan: &PlanView, exit: Exit) {
    append(context, "GITHUB_OUTPUT", || github_output(plan, exit.code()));
    append(context, "GITHUB_STEP_SUMMARY", || step_summary(plan));
}

/// The same where a command failed: why, and with which code.
pub(super) fn tell_failure(context: &Context, failed: &Failed) {
    let code = failed.exit.code();
    append(context, "GITHUB_OUTPUT", || {
        format!("exit-code={code}\nexit-reason={}\n", exit_reason(code))
    });
    append(context, "GITHUB_STEP_SUMMARY", || {
        failure_to_markdown(&failed.to_view(), "")
    });
}

/// The text is made only where somebody takes it: the summary of two thousand batches needs 4 ms.
fn append(context: &Context, name: &str, text: impl FnOnce() -> String) {
    let Some(file) = variable(name).filter(|file| !file.is_empty()) else {
        return;
    };
    let written = OpenOptions::new()
        .append(true)
        .create(true)
        .open(&file)
        .and_then(|mut file| file.write_all(text().as_bytes()));
    if let Err(error) = written {
        context.warn(&format!("`{name}` could not be written: {error}"));
    }
}
