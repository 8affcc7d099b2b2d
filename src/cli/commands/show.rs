//! `campanile show`: a saved plan in any output format.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::context::{Context, Failed};
use crate::cli::exit::Exit;
use crate::cli::global::Format;
use crate::report::{
    FORMAT_VERSION, FailureView, Layout, PlanView, plan_to_html, plan_to_json, plan_to_markdown, plan_to_text,
};

/// Print a saved plan in any output format
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile show plan.json\n  campanile show plan.json -o markdown\n  campanile show plan.json --write html=plan.html"
)]
pub(crate) struct ShowArgs {
    /// From `campanile plan --save`
    pub file: PathBuf,
}

/// Prints it.
pub(crate) fn run(context: &Context, args: &ShowArgs) -> Result<Exit, Failed> {
    let plan = read_plan(&args.file)?;
    context.emit(&|format, layout| Ok(render(&plan, format, layout)))?;
    Ok(Exit::Done)
}

/// A plan in a format; text is laid out for the terminal.
pub(crate) fn render(plan: &PlanView, format: Format, layout: Layout) -> String {
    match format {
        Format::Text | Format::Csv => plan_to_text(plan, layout),
        Format::Json => plan_to_json(plan),
        Format::Markdown => plan_to_markdown(plan),
        Format::Html => plan_to_html(plan),
    }
}

/// Plans of more than this many bytes are refused: the largest real ones are a hundredth of it.
const MAX_BYTES: u64 = 256 << 20;

/// What `plan --save` left.
pub(crate) enum Saved {
    /// A plan.
    Plan(Box<PlanView>),
    /// Why there is none.
    Failure(FailureView),
}

/// Reads a saved plan of a format version that this program knows.
pub(crate) fn read_plan(file: &Path) -> Result<PlanView, Failed> {
    match read_saved(file)? {
        Saved::Plan(plan) => Ok(*plan),
        Saved::Failure(failure) => {
            let message = format!(
                "`{}` holds no plan, because making it failed: {}",
                file.display(),
                failure.error
            );
            Err(Failed::new(Exit::Input, message).hint("plan again once that is fixed"))
        }
    }
}

/// Reads what `plan --save` left, plan or not.
#[expect(clippy::disallowed_methods, reason = "the command's own input file")]
pub(crate) fn read_saved(file: &Path) -> Result<Saved, Failed> {
    let bad = |what: String| Failed::new(Exit::Input, format!("`{}` {what}", file.display()));
    let size = std::fs::metadata(file)
        .map_err(|error| bad(format!("could not be read: {error}")))?
        .len();
    if size > MAX_BYTES {
        return Err(bad("is too large for a saved plan".to_owned()));
    }
    let bytes = std::fs::read(file).map_err(|error| bad(format!("could not be read: {error}")))?;
    if let Ok(failure) = serde_json::from_slice::<FailureView>(&bytes) {
        return Ok(Saved::Failure(failure));
    }
    let plan: PlanView = serde_json::from_slice(&bytes).map_err(|error| {
        // Of JSON that is something else the library would quote a value: somebody's number, in the wrong file.
        let why = if error.is_data() {
            format!(
                "line {}, column {} is not what a plan has there",
                error.line(),
                error.column()
            )
        } else {
            error.to_string()
        };
        bad(format!("is not a saved plan: {why}")).hint("save one with `campanile plan --save plan.json`")
    })?;
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    if major(&plan.format_version) != major(FORMAT_VERSION) {
        let message = format!(
            "has format version `{}`, this program reads `{FORMAT_VERSION}`",
            plan.format_version
        );
        return Err(bad(message).hint("plan again with this version"));
    }
    Ok(Saved::Plan(Box::new(plan)))
}
