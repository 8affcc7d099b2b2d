//! YAML text to a tree whose every node knows its place.
//!
//! In: the text of one file. Out: a [`Tree`], and every fault of form: duplicate keys (with both places), anchors,
//! aliases, merge keys, tags, further documents, too much depth or size. Never: resolves an alias (150 KB of them
//! expand to a gigabyte), keeps the last of two equal keys, or guesses. Types are the business of `decode`.

use std::borrow::Cow;
use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::diagnostics;
use super::surrogates::{joined_in_json, joined_in_quotes};
use super::tree::{Label, Node, NodeId, NodeKind, Scalar, SourceSpan, Tree};
use super::wording::clip;
use super::yaml_hints::{hint_for, tab};
use crate::model::{Code, Diagnostic, Place};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// How deep lists and mappings may nest; the formats themselves need 5.
const MAX_DEPTH: usize = 24;

const TOO_DEEP: &str = "nested more than 24 deep";

/// The most faults reported of one file: beyond, the file is not what it was meant to be.
const MAX_FAULTS: usize = 100;

/// Reads a text; `Err` when nothing can be made of it. Faults that leave a tree are returned beside it.
pub(super) fn read(file: &Path, text: &str) -> Result<(Tree, Vec<Diagnostic>), Vec<Diagnostic>> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, at most {MAX_BYTES} are read", text.len());
        return Err(vec![
            Diagnostic::error(&diagnostics::TOO_LARGE, message).at(Place::file(file)),
        ]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(fault) = control_character(file, text) {
        return Err(vec![fault]);
    }
    let mut text = joined_in_json(text);
    for _ in 0..MAX_FAULTS {
        match read_once(file, &text) {
            Ok(read) => return Ok(read),
            Err(failed) => match failed.escape.and_then(|at| joined_in_quotes(&text, at)) {
                Some(joined) => text = Cow::Owned(joined),
                None => return Err(failed.faults),
            },
        }
    }
    read_once(file, &text).map_err(|failed| failed.faults)
}

fn read_once(file: &Path, text: &str) -> Result<(Tree, Vec<Diagnostic>), ParseFailed> {
    let mut builder = TreeBuilder {
        parser: Parser::new_from_str(text),
        lines: text.lines().collect(),
        tree: Tree {
            file: file.to_owned(),
            nodes: Vec::new(),
        },
        faults: Vec::new(),
        escape: None,
    };
    match builder.document() {
        Ok(()) => Ok((builder.tree, builder.faults)),
        Err(Stop) => Err(ParseFailed {
            faults: builder.faults,
            escape: builder.escape,
        }),
    }
}

/// YAML allows no control characters but tab and line ends; an editor's or an attacker's are shown, not passed on.
fn control_character(file: &Path, text: &str) -> Option<Diagnostic> {
    let is_bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let (number, line) = text.split('\n').enumerate().find(|(_, line)| line.contains(is_bad))?;
    let (column, found) = line.chars().enumerate().find(|(_, c)| is_bad(*c))?;
    let place = Place {
        file: file.to_owned(),
        line: number + 1,
        column: column + 1,
        length: 1,
    };
    let message = format!("control character U+{:04X} in the file", u32::from(found));
    Some(
        Diagnostic::error(&diagnostics::SYNTAX, message)
            .at(place)
            .hint("delete it, or save the file as UTF-8 text"),
    )
}

/// Nothing more can be made of the file; the fault is recorded.
struct Stop;

/// The same, to the one who reads the file.
struct ParseFailed {
    faults: Vec<Diagnostic>,
    escape: Option<usize>,
}

struct TreeBuilder<'t> {
    parser: Parser<'t, StrInput<'t>>,
    lines: Vec<&'t str>,
    tree: Tree,
    faults: Vec<Diagnostic>,
    /// Which character begins the quoted text with an escape that is no character.
    escape: Option<usize>,
}

impl<'t> TreeBuilder<'t> {
    fn document(&mut self) -> Result<(), Stop> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd => {
                    let file = Place::file(&self.tree.file);
                    self.faults
                        .push(Diagnostic::error(&diagnostics::EMPTY, "the file is empty").at(file));
                    return Err(Stop);
                }
                other => {
                    self.node(other, span, None, Label::Root, 0)?;
                    break;
                }
            }
        }
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(_) => {
                    self.fault(
                        &diagnostics::DOCUMENTS,
                        "a second document in the file",
                        span,
                        "one file is one campaign: move what follows `---` to a file of its own",
                    );
                    return Err(Stop);
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, SourceSpan), Stop> {
        if self.faults.len() >= MAX_FAULTS {
            return Err(Stop);
        }
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let one_line = span.start.line() == span.end.line();
                let end = if one_line {
                    span.end.col()
                } else {
                    self.line(span.start.line()).trim_end().chars().count()
                };
                let span = SourceSpan {
                    line: span.start.line(),
                    column: span.start.col() + 1,
                    length: end.saturating_sub(span.start.col()),
                };
                Ok((event, span))
            }
            Some(Err(error)) => {
                let (line, column) = (error.marker().line(), error.marker().col() + 1);
                self.escape = error.info().contains("Unicode").then(|| error.marker().index());
                let tab = error.info().contains("tab").then(|| tab(&self.lines, line)).flatten();
                let (line, column) = tab.unwrap_or((line, column));
                let span = SourceSpan {
                    line,
                    column,
                    length: 1,
                };
                if error.info().contains("recursion limit") {
                    self.fault(&diagnostics::TOO_LARGE, TOO_DEEP, span, "");
                } else {
                    let message = format!("not YAML: {}", clip(error.info()));
                    let hint = hint_for(error.info(), &self.lines, span.line);
                    self.fault(&diagnostics::SYNTAX, message, span, hint);
                }
                Err(Stop)
            }
            None => Ok((Event::StreamEnd, SourceSpan::default())),
        }
    }

    /// Builds the node that begins with `event`, with all below it.
    fn node(
        &mut self,
        event: Event<'t>,
        span: SourceSpan,
        parent: Option<NodeId>,
        label: Label,
        depth: usize,
    ) -> Result<NodeId, Stop> {
        if depth > MAX_DEPTH {
            self.fault(&diagnostics::TOO_LARGE, TOO_DEEP, span, "");
            return Err(Stop);
        }
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            parent,
            label,
            span,
            kind: NodeKind::Faulty,
        });
        let kind = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_faulty = self.refuse_anchor(anchor, span) | self.refuse_tag(tag.is_some(), span);
                if is_faulty {
                    NodeKind::Faulty
                } else {
                    NodeKind::Scalar(self.scalar(text.into_owned(), style, span))
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_anchor(anchor, span);
                self.refuse_tag(tag.is_some(), span);
                self.list(id, depth)?
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_anchor(anchor, span);
                self.refuse_tag(tag.is_some(), span);
                self.map(id, depth)?
            }
            Event::Alias(_) => {
                self.fault(
                    &diagnostics::ALIAS,
                    "an alias (`*name`) is not read here",
                    span,
                    "write the value out where it is used",
                );
                NodeKind::Faulty
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => NodeKind::Faulty,
        };
        if let Some(node) = self.tree.nodes.get_mut(id) {
            node.kind = kind;
        }
        Ok(id)
    }

    fn list(&mut self, id: NodeId, depth: usize) -> Result<NodeKind, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(NodeKind::List(items)),
                (event, span) => {
                    let label = Label::Item(items.len());
                    items.push(self.node(event, span, Some(id), label, depth + 1)?);
                }
            }
        }
    }

    fn map(&mut self, id: NodeId, depth: usize) -> Result<NodeKind, Stop> {
        let mut entries = Vec::new();
        let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        loop {
            let (key, key_span) = match self.next()? {
                (Event::MappingEnd | Event::StreamEnd, _) => return Ok(NodeKind::Map(entries)),
                (Event::Scalar(key, _, anchor, tag), span) => {
                    self.refuse_anchor(anchor, span);
                    self.refuse_tag(tag.is_some(), span);
                    (key.into_owned(), span)
                }
                (event, span) => {
                    let hint = hint_for("", &self.lines, span.line);
                    self.fault(&diagnostics::SYNTAX, "a key must be a word", span, hint);
                    self.node(event, span, Some(id), Label::Root, depth + 1)?;
                    (String::new(), SourceSpan::default())
                }
            };
            let (event, span) = self.next()?;
            let first = seen.get(&key).copied();
            let label = Label::Key(key.clone(), key_span);
            let child = self.node(event, span, Some(id), label, depth + 1)?;
            if key_span.line == 0 {
                continue; // the key itself was a fault
            }
            if key == "<<" {
                self.fault(
                    &diagnostics::ALIAS,
                    "a merge key (`<<`) is not read here",
                    key_span,
                    "write the keys out where they are used",
                );
            } else if let Some(line) = first {
                let message = format!("`{}` is given twice, first on line {line}", clip(&key));
                self.fault(&diagnostics::DUPLICATE_KEY, message, key_span, "keep one of the two");
            } else {
                seen.insert(key, key_span.line);
                entries.push(child);
            }
        }
    }

    fn scalar(&self, text: String, style: ScalarStyle, span: SourceSpan) -> Scalar {
        let (first, indent) = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.block(&text, style, span),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                let inside = SourceSpan {
                    column: span.column + 1,
                    length: span.length.saturating_sub(2).max(1),
                    ..span
                };
                (inside, 0)
            }
            ScalarStyle::Plain => (span, 0),
        };
        let behind = self
            .line(span.line)
            .chars()
            .skip((span.column + span.length).saturating_sub(1));
        let is_plain = style == ScalarStyle::Plain;
        Scalar {
            text,
            plain: is_plain,
            before_comment: is_plain && behind.collect::<String>().trim_start().starts_with('#'),
            first,
            indent,
        }
    }

    /// The first line of a block scalar. Its span begins at the first line that is not blank, at the lines' indent; the
    /// lines of a folded text are no longer those of the file, so it has no indent.
    fn block(&self, text: &str, style: ScalarStyle, span: SourceSpan) -> (SourceSpan, usize) {
        let blank_lines = text
            .chars()
            .take_while(|c| matches!(c, '\n' | '\r'))
            .filter(|c| *c == '\n')
            .count();
        let line = span.line.saturating_sub(blank_lines).max(1);
        let indent = span.column.saturating_sub(1);
        let first = SourceSpan {
            line,
            column: span.column,
            length: self.line(line).chars().count().saturating_sub(indent),
        };
        match style {
            ScalarStyle::Folded => (first, 0),
            _ => (first, indent),
        }
    }

    fn line(&self, number: usize) -> &'t str {
        number
            .checked_sub(1)
            .and_then(|index| self.lines.get(index))
            .copied()
            .unwrap_or_default()
    }

    fn refuse_anchor(&mut self, anchor: usize, span: SourceSpan) -> bool {
        if anchor > 0 {
            self.fault(
                &diagnostics::ALIAS,
                "an anchor (`&name`) is not read here",
                span,
                "write the value out where it is used",
            );
        }
        anchor > 0
    }

    fn refuse_tag(&mut self, has_tag: bool, span: SourceSpan) -> bool {
        if has_tag {
            self.fault(
                &diagnostics::ALIAS,
                "a tag (`!name`) is not read here",
                span,
                "to have a number read as text, put it in quotes",
            );
        }
        has_tag
    }

    fn fault(&mut self, code: &Code, message: impl Into<String>, span: SourceSpan, hint: &str) {
        let fault = Diagnostic::error(code, message).at(self.tree.at(span));
        self.faults.push(if hint.is_empty() { fault } else { fault.hint(hint) });
    }
}
