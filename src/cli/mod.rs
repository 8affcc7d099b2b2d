//! The command line: `commands/` has one file a command; the clock, the environment, secrets, streams and exit codes
//! live beside it; decisions do not.

mod accounts;
mod args;
mod as_sent;
mod choice;
mod clock;
mod commands;
mod confirm;
mod context;
mod desired;
mod diagnostics;
mod environment;
mod estimates;
mod exit;
mod failure;
mod file_journal;
mod finished;
mod github;
mod global;
mod hosts;
mod journals;
mod left_out;
mod list_store;
mod lists;
mod masked;
mod notify;
mod open_run;
mod opened_lists;
mod opt_outs;
mod panics;
mod payloads;
mod prepare;
mod pretended;
mod progress;
mod receipts;
mod repository;
mod results;
mod runtime;
mod sample;
mod sample_rows;
mod sandbox;
mod shown;
mod signals;
mod source_checks;
mod spelling;
mod state;
mod suppress_first;
mod suppression_lists;
mod system;
mod test_batch;
mod typed_instant;
mod used_columns;
mod verify;
mod version;
mod wall_clock;
mod workflows;
mod workspace;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use args::Cli;
use context::{Context, Failed};
use exit::Exit;

use crate::report::visible;

pub use panics::tell_places_only;

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    tell_places_only();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(run(&arguments).code())
}

fn run(arguments: &[OsString]) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, arguments),
    };
    let at = pretended::pretended(&cli.global);
    let context = Context::new(cli.global, at.as_ref().ok().copied().flatten());
    let outcome = at
        .and_then(|_| context.require_folders())
        .and_then(|()| commands::dispatch(&context, cli.command));
    match outcome {
        Ok(exit) => exit,
        Err(failed) => {
            failure::report_failure(&context, &failed);
            failed.exit
        }
    }
}

/// Help and version go to stdout and are no failure; anything else is wrong usage (64, where clap says 2).
fn usage(error: &clap::Error, arguments: &[OsString]) -> Exit {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return Exit::Done;
    }
    if asks_for_json(arguments) {
        let message = error.render().to_string();
        // The complaint ends where the usage begins: with what is missing, or the values that are possible.
        let complaint: Vec<&str> = message
            .trim_start_matches("error: ")
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        let failed = Failed::new(Exit::Usage, complaint.join(" "));
        let _ = context::print_stdout(&failed.to_json());
    }
    let _ = error.print();
    if let Some(hint) = campaign_hint(error, arguments) {
        let _ = writeln!(anstream::stderr(), "\nhint: {hint}");
    }
    Exit::Usage
}

/// `plan welcome` means one campaign, and these commands name it with an option.
fn campaign_hint(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let takes_option = |word: &OsString| matches!(word.to_str(), Some("plan" | "apply" | "status"));
    let ContextValue::String(word) = error.get(ContextKind::InvalidArg)? else {
        return None;
    };
    (error.kind() == ErrorKind::UnknownArgument && !word.starts_with('-') && arguments.iter().any(takes_option))
        .then(|| format!("one campaign alone is `--campaign {}`", visible(word)))
}

fn asks_for_json(arguments: &[OsString]) -> bool {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    texts
        .iter()
        .any(|text| matches!(*text, "--output=json" | "-ojson" | "-o=json"))
        || texts.windows(2).any(|pair| matches!(pair, ["-o" | "--output", "json"]))
}
