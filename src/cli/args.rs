//! The command line, as typed. What it means is decided in the commands.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::global::Global;

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
pub(super) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
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
