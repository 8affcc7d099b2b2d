//! Why a command failed: on stderr for people, in the one document of `-o json`, in every `--write` file, and to
//! GitHub.

use std::io::Write as _;

use super::context::{Context, Failed, harmless, print_stdout, write_file};
use super::github;
use super::global::Format;
use crate::model::Diagnostic;
use crate::report::{diagnostics_to_text, escaped, text_to_html, visible};

/// Tells why a command failed: on stderr for people, and as the one document with `-o json`.
pub(super) fn report_failure(context: &Context, failed: &Failed) {
    write_failure(context, failed);
    if context.is_json() {
        let _ = print_stdout(&failed.to_json());
    }
    context.show(&failed.diagnostics);
    github::annotate(context, &failed.diagnostics);
    github::tell_failure(context, failed);
    let _ = write!(anstream::stderr(), "{}", visible(&failed.to_text()));
}

/// Every `--write` file reports the failure too: what an earlier run left there is no result of this one.
fn write_failure(context: &Context, failed: &Failed) {
    let shown: Vec<Diagnostic> = failed.diagnostics.iter().map(harmless).collect();
    let faults = diagnostics_to_text(&shown, &|file| context.source(file));
    let text = format!("{faults}{}", visible(&failed.to_text()));
    let plain = anstream::adapter::strip_str(&text).to_string();
    // It may contain a provider's words: each line as code in entities, as everywhere in a comment.
    let markdown = || {
        let lines = plain.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| format!("{}  \n", escaped(line))).collect::<String>()
    };
    for write in &context.global.write {
        let text = match write.format {
            Format::Text => plain.clone(),
            Format::Json => failed.to_json(),
            Format::Markdown => markdown(),
            Format::Html => text_to_html(&plain),
            Format::Csv => plain.clone(),
        };
        if let Err(error) = write_file(&write.file, text.as_bytes()) {
            context.warn(&error.message);
        }
    }
}
