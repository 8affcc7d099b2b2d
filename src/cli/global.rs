//! Options of every command, as typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::typed_instant::TypedInstant;
use crate::model::WhyNot;

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
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
    #[arg(long, global = true, value_name = "INSTANT", value_parser = TypedInstant::parse)]
    pub at: Option<TypedInstant>,
}

/// Formats of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces.
    Auto,
    /// Also where there is no terminal.
    Always,
    /// Not on a terminal either.
    Never,
}

/// A further output of the same run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Write {
    /// In which format.
    pub format: Format,
    /// Where to.
    pub file: PathBuf,
}

pub(super) fn parse_write(text: &str) -> Result<Write, WhyNot> {
    let (format, file) = text
        .split_once('=')
        .ok_or("expected FORMAT=FILE, like `markdown=plan.md`")?;
    let format = Format::from_str(format, false)
        .map_err(|_| WhyNot(format!("`{format}` is not a format: text, json, markdown, html or csv")))?;
    if file.is_empty() {
        Err("the file is missing".into())
    } else {
        Ok(Write {
            format,
            file: file.into(),
        })
    }
}
