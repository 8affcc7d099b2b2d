//! What every command gets: options, clock, streams. Results go to stdout, everything else to stderr.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::clock::SystemClock;
use super::environment::{is_set, variable};
use super::exit::Exit;
use super::global::{Color, Format, Global};
use super::masked::quotable;
use super::progress::ProgressLine;
use crate::model::{Diagnostic, Instant, Severity};
use crate::report::{
    FORMAT_VERSION, FailureView, Layout, diagnostic_to_json, diagnostic_to_view, diagnostics_to_text,
    document as to_document, text_to_html, text_to_markdown, visible,
};

/// Options, clock and streams of one run.
pub(super) struct Context {
    /// As typed.
    pub global: Global,
    /// The only clock.
    pub clock: SystemClock,
    /// Files that diagnostics may quote, as they were read.
    sources: RefCell<Vec<(PathBuf, String)>>,
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(super) struct Failed {
    /// The code that the shell sees.
    pub exit: Exit,
    /// In one line.
    pub message: String,
    /// What can be done.
    pub hints: Vec<String>,
    /// Faults of the input.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failed {
    /// With this code and message.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hints: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Wrong usage.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Bad input files.
    pub(super) fn input(mut diagnostics: Vec<Diagnostic>) -> Self {
        // A fault of the project that each campaign runs into is one fault.
        let mut told: Vec<Diagnostic> = Vec::new();
        diagnostics.retain(|diagnostic| {
            let is_new = !told.contains(diagnostic);
            if is_new && diagnostic.place.is_some() {
                told.push(diagnostic.clone());
            }
            is_new
        });
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        let message = format!("{errors} {} in the input", if errors == 1 { "error" } else { "errors" });
        Self {
            diagnostics,
            ..Self::new(Exit::Input, message)
        }
    }

    /// The same after something was changed: not all of it went well, and 1 would say that nothing was changed.
    #[must_use]
    pub(super) fn after_changes(mut self) -> Self {
        self.exit = self.exit.or(Exit::Partial);
        self
    }

    /// The same with one more hint.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The message and its hints.
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("error: {}\n", self.message);
        for hint in &self.hints {
            let _ = writeln!(text, "hint: {hint}");
        }
        text
    }

    /// The one document that `-o json` prints on failure.
    pub(super) fn to_json(&self) -> String {
        let diagnostics: Vec<_> = self.diagnostics.iter().map(diagnostic_to_json).collect();
        let document = json!({
            "format_version": "1.0",
            "error": self.message,
            "hints": self.hints,
            "exit_code": self.exit.code(),
            "diagnostics": diagnostics,
        });
        pretty(&document)
    }

    /// The same for Markdown.
    pub(super) fn to_view(&self) -> FailureView {
        FailureView {
            format_version: FORMAT_VERSION.to_owned(),
            error: self.message.clone(),
            hints: self.hints.clone(),
            exit_code: self.exit.code(),
            diagnostics: self.diagnostics.iter().map(diagnostic_to_view).collect(),
        }
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Failed, format!("{error:#}"))
    }
}

/// A document with a final newline.
pub(super) fn pretty(document: &serde_json::Value) -> String {
    to_document(document)
}

impl Context {
    /// Starts the clock, at the instant that is pretended, and the log.
    pub(super) fn new(global: Global, pretended: Option<Instant>) -> Self {
        match global.color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        if global.verbose > 0 {
            let level = if global.verbose == 1 {
                tracing::Level::INFO
            } else {
                tracing::Level::DEBUG
            };
            let filter = tracing_subscriber::filter::Targets::new().with_target("campanile", level);
            use tracing_subscriber::layer::SubscriberExt as _;
            use tracing_subscriber::util::SubscriberInitExt as _;
            let layer = tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .without_time()
                .with_ansi(false);
            let _ = tracing_subscriber::registry().with(layer).with(filter).try_init();
        }
        let clock = SystemClock::start(pretended);
        Self {
            global,
            clock,
            sources: RefCell::default(),
        }
    }

    /// The same run, with its eyes on another project.
    pub(super) fn in_folder(&self, folder: &Path) -> Self {
        Self {
            global: Global {
                directory: Some(folder.to_owned()),
                ..self.global.clone()
            },
            clock: self.clock.clone(),
            sources: RefCell::default(),
        }
    }

    /// Refuses `csv` where a command has no rows, before it does anything.
    pub(super) fn require_no_csv(&self) -> Result<(), Failed> {
        let formats = self.global.write.iter().map(|write| write.format);
        if formats.chain([self.global.output]).any(|format| format == Format::Csv) {
            return Err(Failed::usage("`csv` is a format of `campanile results` alone"));
        }
        Ok(())
    }

    /// Prints a result. A closed pipe is not an error; what `emit` prints at the end may fail, this may not.
    #[expect(clippy::unused_self, reason = "commands print through their context")]
    pub(super) fn print(&self, text: &str) {
        let _ = print_stdout(text);
    }

    /// Whether every `--write` file has a folder: asked before anything is done, so that no report is lost afterwards.
    pub(super) fn require_folders(&self) -> Result<(), Failed> {
        let missing = |file: &&Path| !folder_of(file).is_dir();
        let files = self.global.write.iter().map(|write| write.file.as_path());
        match files.into_iter().find(missing) {
            Some(file) => Err(unwritten(file, &no_folder(file))),
            None => Ok(()),
        }
    }

    /// Prints a result in the format asked for and writes every `--write` file. A file is laid out alike at every
    /// terminal.
    pub(super) fn emit(&self, render: &dyn Fn(Format, Layout) -> Result<String, Failed>) -> Result<(), Failed> {
        for write in &self.global.write {
            let text = render(write.format, self.layout_of(None))?;
            // A file is no terminal.
            let text = anstream::adapter::strip_str(&text).to_string();
            write_file(&write.file, text.as_bytes())?;
        }
        let text = render(self.global.output, self.layout())?;
        if self.is_json() {
            print_document(&text)
        } else {
            print_result(&text)
        }
    }

    /// Prints a result that is made as JSON and as text; in Markdown and HTML it is the text, shown exactly.
    pub(super) fn emit_text(&self, json: &dyn Fn() -> String, text: &dyn Fn() -> String) -> Result<(), Failed> {
        let plain = || anstream::adapter::strip_str(&text()).to_string();
        self.emit(&|format, _| {
            Ok(match format {
                // `csv` was refused before anything was done.
                Format::Text | Format::Csv => text(),
                Format::Json => json(),
                Format::Markdown => text_to_markdown(&plain()),
                Format::Html => text_to_html(&plain()),
            })
        })
    }

    /// Warns on stderr, also with `--quiet`.
    pub(super) fn warn(&self, text: &str) {
        self.say(&format!("warning: {text}"));
    }

    /// Prints a line to stderr, also with `--quiet`.
    #[expect(clippy::unused_self, reason = "commands print through their context")]
    pub(super) fn say(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", visible(text));
    }

    /// Tells something that is not a result, unless `--quiet`.
    pub(super) fn note(&self, text: &str) {
        if !self.global.quiet {
            self.say(text);
        }
    }

    /// Begins a page that takes the place of the one before, at a terminal; elsewhere pages follow each other.
    pub(super) fn begin_page(&self, head: &str) {
        let is_text = matches!(self.global.output, Format::Text);
        if is_text && std::io::stdout().is_terminal() {
            let _ = print_stdout(&format!("\u{1b}[H\u{1b}[2J{head}\n\n"));
        }
    }

    /// A line on stderr that says what is being done: for a person who watches.
    pub(super) fn progress(&self) -> ProgressLine {
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let is_watched = std::io::stderr().is_terminal() && !is_set("CI") && !is_dumb;
        ProgressLine::new(is_watched && !self.global.quiet)
    }

    /// How wide the terminal is, and whether texts are shown whole (`-v`).
    pub(super) fn layout(&self) -> Layout {
        let given = variable("COLUMNS").and_then(|columns| columns.parse().ok());
        let seen = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
        self.layout_of(given.filter(|_| std::io::stdout().is_terminal()).or_else(seen))
    }

    fn layout_of(&self, columns: Option<usize>) -> Layout {
        Layout {
            columns: columns.unwrap_or(Layout::default().columns),
            is_whole: self.global.verbose > 0,
        }
    }

    /// Whether JSON is what stdout gets.
    pub(super) fn is_json(&self) -> bool {
        self.global.output == Format::Json
    }

    /// Remembers the text of a file, so that diagnostics can quote it: all but what may be a secret.
    pub(super) fn remember(&self, file: impl Into<PathBuf>, text: impl Into<String>) {
        let text = quotable(&text.into()).into_owned();
        self.sources.borrow_mut().push((file.into(), text));
    }

    /// The text of a file that was read.
    pub(super) fn source(&self, file: &Path) -> Option<String> {
        self.sources
            .borrow()
            .iter()
            .find(|(known, _)| known == file)
            .map(|(_, text)| text.clone())
    }

    /// Prints diagnostics to stderr, with excerpts of the files they speak of; `--quiet` leaves out notes.
    pub(super) fn show(&self, diagnostics: &[Diagnostic]) {
        let shown: Vec<Diagnostic> = diagnostics.iter().filter(|one| self.shows(one)).map(harmless).collect();
        let text = diagnostics_to_text(&shown, &|file| self.source(file));
        let _ = write!(anstream::stderr(), "{text}");
    }

    /// Whether a diagnostic is printed: `--quiet` leaves out notes.
    pub(super) fn shows(&self, diagnostic: &Diagnostic) -> bool {
        !self.global.quiet || diagnostic.severity != Severity::Note
    }
}

/// The same fault with nothing in its words or its path that acts at a terminal.
pub(super) fn harmless(diagnostic: &Diagnostic) -> Diagnostic {
    let mut shown = diagnostic.clone();
    shown.message = visible(&shown.message).into_owned();
    for hint in &mut shown.hints {
        *hint = visible(hint).into_owned();
    }
    if let Some(place) = &mut shown.place
        && let Cow::Owned(file) = visible(&place.file.to_string_lossy())
    {
        place.file = file.into();
    }
    shown
}

/// Writes to stdout; a closed pipe is not an error, a full disk is.
pub(super) fn print_stdout(text: &str) -> std::io::Result<()> {
    put(&mut anstream::stdout(), text)
}

/// Writes a result to stdout, or fails.
pub(super) fn print_result(text: &str) -> Result<(), Failed> {
    print_stdout(text).map_err(|error| unprinted(&error))
}

/// The same for JSON. It has no colors to be taken out, and looking for them in two megabytes took 5 ms.
fn print_document(text: &str) -> Result<(), Failed> {
    put(&mut std::io::stdout().lock(), text).map_err(|error| unprinted(&error))
}

fn put(out: &mut impl std::io::Write, text: &str) -> std::io::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn unprinted(error: &std::io::Error) -> Failed {
    Failed::new(Exit::Failed, format!("could not write the result: {error}"))
}

fn folder_of(file: &Path) -> &Path {
    file.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn no_folder(file: &Path) -> std::io::Error {
    std::io::Error::other(format!("there is no folder `{}`", folder_of(file).display()))
}

fn unwritten(file: &Path, error: &std::io::Error) -> Failed {
    Failed::new(Exit::Failed, format!("could not write `{}`: {error}", file.display()))
}

/// Replaces a file atomically.
pub(super) fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let folder = folder_of(file);
    let write = || -> std::io::Result<()> {
        if !folder.is_dir() {
            return Err(no_folder(file));
        }
        let mut temporary = tempfile::Builder::new().prefix(".campanile").tempfile_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        temporary.persist(file)?;
        Ok(())
    };
    write().map_err(|error| unwritten(file, &error))
}
