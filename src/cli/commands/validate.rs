//! `campanile validate`: every fault of every file in one run, offline.

use clap::Args;
use serde_json::json;

use super::plan::plan_offline;
use crate::cli::choice::Choice;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::prepare::prepare;
use crate::cli::workspace::{self, OFFLINE};
use crate::model::{Diagnostic, Severity, counted};
use crate::report::diagnostic_to_json;

/// Check all files, offline; every fault in one run
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile validate\n  campanile validate -o json\n  campanile validate --strict    # warnings fail too"
)]
pub(crate) struct ValidateArgs {
    /// Exit with 3 on any warning
    #[arg(long)]
    pub strict: bool,
}

/// Reads everything, plans offline, reports every fault.
pub(crate) fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, Failed> {
    let choice = Choice::default();
    let mut workspace = workspace::open(context)?;
    workspace.sources.stay_offline(OFFLINE);
    let (exit, diagnostics) = match prepare(context, workspace, &choice) {
        Ok(prepared) => {
            let (plan, mut diagnostics) = plan_offline(context, &prepared, &choice)?;
            diagnostics.extend(plan.diagnostics.iter().cloned());
            let has_errors = diagnostics.iter().any(Diagnostic::is_error);
            let has_warnings = diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity == Severity::Warning);
            let exit = match (has_errors, has_warnings && args.strict) {
                (true, _) => Exit::Input,
                (false, true) => Exit::Guard,
                (false, false) => Exit::Done,
            };
            (exit, diagnostics)
        }
        Err(failed) if failed.exit == Exit::Input && !failed.diagnostics.is_empty() => {
            (Exit::Input, failed.diagnostics)
        }
        Err(failed) => return Err(failed),
    };
    context.show(&diagnostics);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let warnings = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Warning)
        .count();
    let document = || {
        pretty(&json!({
            "format_version": "1.0",
            "valid": errors == 0,
            "exit_code": exit.code(),
            "diagnostics": diagnostics.iter().map(diagnostic_to_json).collect::<Vec<_>>(),
        }))
    };
    let told = || match (errors, warnings) {
        (0, 0) => "valid\n".to_owned(),
        (0, _) => format!("valid, with {}\n", counted(warnings as u64, "warning", "warnings")),
        (_, _) => format!("not valid: {}\n", counted(errors as u64, "error", "errors")),
    };
    context.emit_text(&document, &told)?;
    Ok(exit)
}
