//! `campanile completions`: what a shell needs to complete the command line.
//!
//! What `clap_complete` writes for fish offers files where a command takes one of several words, and for the value of an
//! option before the command (4.6.11, in fish 4.0). Both are put right here; bash and zsh need nothing.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::cli::args::Cli;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;

/// Prints the script.
pub(crate) fn run(context: &Context, shell: Shell) -> Result<Exit, Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "campanile", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let script = if shell == Shell::Fish {
        for_fish(&script, &Cli::command())
    } else {
        script
    };
    let document = || pretty(&json!({ "format_version": "1.0", "shell": shell.to_string(), "script": script }));
    context.emit_text(&document, &|| script.clone())?;
    Ok(Exit::Done)
}

fn for_fish(script: &str, command: &Command) -> String {
    // `argparse` fails while the last option still waits for its value: a command is needed all the same.
    let mut script = script.replacen("2>/dev/null\n    or return\n", "2>/dev/null\n    or return 0\n", 1);
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let choices = sub.get_positionals().flat_map(|argument| {
            let values = argument.get_possible_values().into_iter();
            values
                .filter(|value| !value.is_hide_set())
                .map(|value| value.get_name().to_owned())
        });
        let choices: Vec<String> = choices.collect();
        if !choices.is_empty() {
            let _ = writeln!(
                script,
                "complete -c campanile -n \"__fish_campanile_using_subcommand {}\" -f -a \"{}\"",
                sub.get_name(),
                choices.join(" ")
            );
        }
    }
    script
}
