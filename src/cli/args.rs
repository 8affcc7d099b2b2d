//! The command line, as typed. What it means is decided in the commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::pretended::At;

/// SMS campaigns as code: plan, review, apply; nobody is texted twice.
#[derive(Debug, Parser)]
#[command(
    name = "campanile",
    version,
    long_version = super::version::LONG.as_str(),
    max_term_width = 100,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "Start:\n  campanile init shop && cd shop\n  campanile plan\n  campanile apply\n\nExit codes: 0 done, 1 failed, 2 has operations (--detailed-exitcode),\n3 guard or --strict, 4 stale, 5 partial, 6 unknown, 64 usage, 65 bad input,\n130 and 143 interrupted (README: Exit codes)"
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Project root [default: the nearest parent with campanile.yaml]
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// What is printed on stdout [default: text]
    #[arg(short, long, global = true, value_name = "FORMAT", value_enum, default_value_t = Format::Text, hide_default_value = true)]
    pub output: Format,
    /// Write a further output of the same run to a file (repeatable)
    #[arg(long, global = true, value_name = "FORMAT=FILE", value_parser = parse_write)]
    pub write: Vec<Write>,
    /// Run the whole project on the embedded sandbox: no account, nothing is sent
    #[arg(long, global = true)]
    pub sandbox: bool,
    /// When to use colors [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto, hide_default_value = true)]
    pub color: Color,
    /// Only results, warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show texts whole, and log what happens to stderr (-vv: every request)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Pretend it is this instant plus elapsed time: RFC 3339, or the project's local time like
    /// "2026-12-01 09:00"; also sets the sandbox's clock
    #[arg(long, global = true, value_name = "INSTANT", value_parser = At::parse)]
    pub at: Option<At>,
}

/// Formats of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// Exactly one document, also on failure.
    Json,
    /// For a pull request comment.
    Markdown,
    /// One self-contained page.
    Html,
    /// Rows; `results` alone.
    Csv,
}

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A further output of the same run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// In which format.
    pub format: Format,
    /// Where to.
    pub file: PathBuf,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project that plans and applies at once on the sandbox
    Init(super::commands::init::InitArgs),
    /// Check all files, offline; every fault in one run
    Validate(super::commands::validate::ValidateArgs),
    /// Show rendered messages with encoding, segments and estimate
    Preview(super::commands::preview::PreviewArgs),
    /// Show what apply would do; changes nothing
    Plan(super::commands::plan::PlanArgs),
    /// Print a saved plan in any output format
    Show(super::commands::show::ShowArgs),
    /// Carry out a plan
    Apply(super::commands::apply::ApplyArgs),
    /// Send a campaign to the testers only
    Test(super::commands::test::TestArgs),
    /// Show what the providers hold of ours, progress and cost
    Status(super::commands::status::StatusArgs),
    /// Coming occurrences by the files alone, offline
    Calendar(super::commands::calendar::CalendarArgs),
    /// List and test the project's sources
    Sources(super::commands::sources::SourcesArgs),
    /// Emergency: cancel everything planned of ours
    Stop(super::commands::stop::StopArgs),
    /// Encoding, units and segments of a text
    Segments(super::commands::segments::SegmentsArgs),
    /// Explain a reference, a diagnostic code or a word of a plan
    Explain(super::commands::explain::ExplainArgs),
    /// Show what was sent, delivered, failed and why, and cost against estimate
    Results(super::commands::results::ResultsArgs),
    /// Who has opted out at the providers; `pull` writes it down
    OptOuts(super::commands::opt_outs::OptOutsArgs),
    /// Report confirmed deliveries to Sinch
    Feedback(super::commands::feedback::FeedbackArgs),
    /// Post or update one comment on a pull request from a saved plan
    Comment(super::commands::comment::CommentArgs),
    /// Serve emulators of both providers' APIs
    Emulate(super::commands::emulate::EmulateArgs),
    /// Print a JSON Schema
    Schema(super::commands::schema::SchemaArgs),
    /// Print shell completions
    Completions {
        /// For which shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write manual pages into a directory
    #[command(hide = true)]
    Man {
        /// Where to
        directory: PathBuf,
    },
}

fn parse_write(text: &str) -> Result<Write, String> {
    let (format, file) = text
        .split_once('=')
        .ok_or("expected FORMAT=FILE, like `markdown=plan.md`")?;
    let format = Format::from_str(format, false)
        .map_err(|_| format!("`{format}` is not a format: text, json, markdown, html or csv"))?;
    if file.is_empty() {
        Err("the file is missing".to_owned())
    } else {
        Ok(Write {
            format,
            file: file.into(),
        })
    }
}
