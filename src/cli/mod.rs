//! One file per command: arguments and `run`. The clock, the environment, secrets, streams and exit codes live here;
//! decisions do not.

mod accounts;
mod apply;
mod args;
mod calendar;
mod clock;
mod codes;
mod comment;
mod confirm;
mod consent;
mod contents;
mod context;
mod emulate;
mod environment;
mod estimates;
mod exit;
mod explain;
mod feedback;
mod github;
mod init;
mod lists;
mod man;
mod masked;
mod panics;
mod plan;
mod prepare;
mod preview;
mod preview_serve;
mod progress;
mod proof;
mod quiet;
mod run_clock;
mod sandbox;
mod schema;
mod segments;
mod show;
mod signals;
mod state;
mod status;
mod stop;
mod test;
mod validate;
mod verify;
mod version;
mod wanted;
mod workspace;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use serde_json::json;

use args::{Cli, Command};
use context::{Context, Failed, pretty};
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
    let context = Context::new(cli.global);
    let outcome = context.require_folders().and_then(|()| dispatch(&context, cli.command));
    match outcome {
        Ok(exit) => exit,
        Err(failed) => {
            context.report_failure(&failed);
            failed.exit
        }
    }
}

fn dispatch(context: &Context, command: Command) -> Result<Exit, Failed> {
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Validate(args) => validate::run(context, &args),
        Command::Preview(args) => preview::run(context, &args),
        Command::Plan(args) => plan::run(context, &args),
        Command::Show(args) => show::run(context, &args),
        Command::Apply(args) => apply::run(context, &args),
        Command::Test(args) => test::run(context, &args),
        Command::Status(args) => status::run(context, &args),
        Command::Calendar(args) => calendar::run(context, &args),
        Command::Stop(args) => stop::run(context, &args),
        Command::Segments(args) => segments::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Feedback(args) => feedback::run(context, &args),
        Command::Comment(args) => comment::run(context, &args),
        Command::Emulate(args) => emulate::run(context, &args),
        Command::Schema(args) => schema::run(context, &args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "campanile", &mut script);
            let script = String::from_utf8_lossy(&script);
            let document = || pretty(&json!({ "format_version": "1.0", "shell": shell.to_string(), "script": script }));
            context.emit_text(&document, &|| script.to_string())?;
            Ok(Exit::Done)
        }
        Command::Man { directory } => man::run(context, &directory),
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

/// The runtime of commands that talk to providers: two threads, one of them for the sandbox.
fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failed::from(anyhow::Error::from(error)))
}
