//! `campanile completions`: what a shell needs to complete the command line.

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde_json::json;

use crate::cli::args::Cli;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;

/// Prints the script.
pub fn run(context: &Context, shell: Shell) -> Result<Exit, Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "campanile", &mut script);
    let script = String::from_utf8_lossy(&script);
    let document = || pretty(&json!({ "format_version": "1.0", "shell": shell.to_string(), "script": script }));
    context.emit_text(&document, &|| script.to_string())?;
    Ok(Exit::Done)
}
