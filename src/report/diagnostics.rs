//! Diagnostics for people (source excerpt, caret, hints) and for programs.
//!
//! Only files handed in by the caller are quoted: the caller never hands in recipients.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use super::kinds::{Kind, kind, kinds};
use super::view::DiagnosticView;
use super::visible::{is_hidden, visible, visible_line};
use crate::model::{Diagnostic, Place, Severity};

/// Finds the text of a file that may be quoted.
pub type SourceText<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// `campaigns/a.yaml:3`; nothing where there is no place.
fn short_place(diagnostic: &Diagnostic) -> String {
    match &diagnostic.place {
        Some(place) if place.line > 0 => format!("{}:{}", place.file.display(), place.line),
        Some(place) => place.file.display().to_string(),
        None => String::new(),
    }
}

/// The same of a view.
pub(super) fn place_in_view(diagnostic: &DiagnosticView) -> String {
    match (&diagnostic.file, diagnostic.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.clone(),
        (None, _) => String::new(),
    }
}

/// Those of a view that are worth telling, many of one kind once.
pub(super) fn view_kinds<'d>(all: impl IntoIterator<Item = &'d DiagnosticView>) -> Vec<Kind<'d, DiagnosticView>> {
    kinds(all, |one| kind(&one.severity, &one.code, &one.message))
}

/// Each with its place, an excerpt where the file may be quoted, and its hints; styled with ANSI codes (the stream
/// strips them where they are not wanted). Many of one kind are listed once.
pub fn diagnostics_to_text(diagnostics: &[Diagnostic], sources: SourceText<'_>) -> String {
    let renderer = Renderer::styled();
    let kinds = kinds(diagnostics, |one| kind(one.severity.as_str(), one.code, &one.message));
    kinds.iter().fold(String::new(), |mut text, kind| {
        let diagnostic = kind.first;
        let mut group = group(diagnostic, sources);
        if let Some(more) = kind.more(short_place) {
            let more = format!("{}; `-o json` has them all", visible_line(&more));
            group = group.element(Level::NOTE.message(more));
        }
        let rendered = renderer.render(&[group]);
        // Without a place there is no excerpt, and no margin to draw.
        let is_margin = |line: &&str| anstream::adapter::strip_str(line).to_string().trim() == "|";
        let lines = rendered
            .lines()
            .filter(|line| diagnostic.place.is_some() || !is_margin(line));
        text.push_str(&lines.collect::<Vec<_>>().join("\n"));
        text.push_str("\n\n");
        text
    })
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: SourceText<'_>) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level
        .primary_title(visible(&diagnostic.message))
        .id(diagnostic.code)
        .elements(Vec::<Origin<'_>>::new());
    if let Some(place) = &diagnostic.place {
        let path = visible_line(&place.file.display().to_string());
        let excerpt = sources(&place.file)
            .map(|source| quotable(&source))
            .and_then(|source| Some((span(&source, place)?, source)));
        group = match excerpt {
            Some((range, source)) => group.element(
                Snippet::source(source)
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(range)),
            ),
            None if place.line > 0 => {
                let origin = Origin::path(path).line(place.line);
                group.element(if place.column > 0 {
                    origin.char_column(place.column)
                } else {
                    origin
                })
            }
            None => group.element(Origin::path(path)),
        };
    }
    diagnostic.hints.iter().fold(group, |group, hint| {
        group.element(Level::HELP.with_name("hint").message(visible(hint)))
    })
}

/// A file's text with nothing in it that acts on a terminal, every character still in its column.
fn quotable(source: &str) -> String {
    source
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The bytes to underline: `length` characters from line and column, at least one, never past the line's end.
fn span(source: &str, place: &Place) -> Option<Range<usize>> {
    let line_index = place.line.checked_sub(1)?;
    let line = source.split_inclusive('\n').nth(line_index)?;
    let line_start = source
        .split_inclusive('\n')
        .take(line_index)
        .map(str::len)
        .sum::<usize>();
    let text = line.trim_end_matches(['\n', '\r']);
    let byte_of = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(byte, _)| byte);
    let (from, to) = match place.column.checked_sub(1) {
        Some(column) => (byte_of(column), byte_of(column + place.length.max(1))),
        None => (text.len() - text.trim_start().len(), text.len()),
    };
    Some(line_start + from..line_start + to.max(from))
}

/// For `diagnostics` in JSON output.
pub fn diagnostic_to_view(diagnostic: &Diagnostic) -> DiagnosticView {
    let Diagnostic {
        severity,
        code,
        message,
        place,
        hints,
    } = diagnostic;
    let positive = |n: usize| (n > 0).then_some(n);
    DiagnosticView {
        severity: severity.as_str().to_owned(),
        code: (*code).to_owned(),
        message: message.clone(),
        file: place.as_ref().map(|place| place.file.display().to_string()),
        line: place.as_ref().and_then(|place| positive(place.line)),
        column: place.as_ref().and_then(|place| positive(place.column)),
        hints: hints.clone(),
    }
}

/// The same as a JSON value.
pub fn diagnostic_to_json(diagnostic: &Diagnostic) -> Value {
    serde_json::to_value(diagnostic_to_view(diagnostic)).unwrap_or_else(|_| json!({ "code": diagnostic.code }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Code;

    const CODE: Code = Code {
        id: "C001",
        title: "unknown key",
        page: "",
    };

    fn plain(diagnostic: &Diagnostic, source: Option<&str>) -> String {
        let quoted = |_: &Path| source.map(str::to_owned);
        anstream::adapter::strip_str(&diagnostics_to_text(std::slice::from_ref(diagnostic), &quoted)).to_string()
    }

    #[test]
    fn the_mistyped_word_is_underlined_in_its_line() {
        let place = Place {
            file: "campaigns/bf.yaml".into(),
            line: 2,
            column: 1,
            length: 6,
        };
        let diagnostic = Diagnostic::error(&CODE, "unknown key `sendr`")
            .at(place)
            .hint("did you mean `sender`?");
        let text = plain(&diagnostic, Some("# ö\nsendår: ACME\n"));
        assert!(text.contains("error[C001]: unknown key `sendr`"), "{text}");
        assert!(text.contains("campaigns/bf.yaml:2:1"), "{text}");
        assert!(text.contains("| ^^^^^^\n"), "{text}");
        assert!(text.contains("hint: did you mean `sender`?"), "{text}");
    }

    #[test]
    fn many_of_one_kind_are_one_with_the_count() {
        let fault = |line| {
            let message = format!("unknown key `key{line}`");
            Diagnostic::error(&CODE, message).at(Place::line("campaigns/bf.yaml", line))
        };
        let faults: Vec<Diagnostic> = (1..=40).map(fault).collect();
        let text = anstream::adapter::strip_str(&diagnostics_to_text(&faults, &|_: &Path| None)).to_string();
        assert_eq!(text.matches("error[C001]").count(), 1, "{text}");
        assert!(
            text.contains("note: 40 of this kind, also at campaigns/bf.yaml:2 and campaigns/bf.yaml:3"),
            "{text}"
        );
    }

    #[test]
    fn a_place_beyond_the_file_is_named_without_an_excerpt() {
        let diagnostic = Diagnostic::warning(&CODE, "odd").at(Place::line("recipients/a.csv", 70));
        for source in [None, Some("one line\n")] {
            assert!(plain(&diagnostic, source).contains("recipients/a.csv:70"));
        }
    }
}
