//! The lint for lines that hold tags only: their line break stays in the message.

use super::check::CheckFinding;
use super::diagnostics;
use super::syntax::{Token, tokenize};
use crate::model::Diagnostic;

/// One warning for all such lines, at the first.
pub(super) fn blank_lines(source: &str) -> Option<CheckFinding> {
    let tags = tags(source);
    let mut start = 0;
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for line in source.split_inclusive('\n') {
        let end = start + line.len();
        let last = end == source.len();
        if !last && leaves_a_break(line, start, &tags) {
            found.push(start..start + line.trim_end().len());
        }
        start = end;
    }
    let first = found.first()?.clone();
    let count = found.len();
    let message = if count == 1 {
        "a line with tags only leaves its line break in the message".to_owned()
    } else {
        format!("{count} lines with tags only leave their line breaks in the message")
    };
    let diagnostic = Diagnostic::warning(&diagnostics::BLANK_LINES, message)
        .hint("take it away with a `-`: `{%- ... %}` or `{% ... -%}`");
    Some((first, diagnostic))
}

/// A tag or comment that prints nothing: its bytes, and whether it removes the space before and after it.
struct SilentTag {
    start: usize,
    end: usize,
    before: bool,
    after: bool,
}

fn tags(source: &str) -> Vec<SilentTag> {
    let mut tags: Vec<SilentTag> = Vec::new();
    for lexed in tokenize(source).unwrap_or_default() {
        match lexed.token {
            Token::TagStart(before) => tags.push(SilentTag {
                start: lexed.span.start,
                end: usize::MAX,
                before,
                after: false,
            }),
            Token::TagEnd(after) => {
                if let Some(tag) = tags.last_mut() {
                    tag.end = lexed.span.end;
                    tag.after = after;
                }
            }
            Token::Comment(before, after) => tags.push(SilentTag {
                start: lexed.span.start,
                end: lexed.span.end,
                before,
                after,
            }),
            _ => {}
        }
    }
    tags
}

fn leaves_a_break(line: &str, start: usize, tags: &[SilentTag]) -> bool {
    let end = start + line.len();
    let inside: Vec<&SilentTag> = tags.iter().filter(|tag| tag.start >= start && tag.end <= end).collect();
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
        return false;
    };
    let covered: usize = inside.iter().map(|tag| tag.end - tag.start).sum();
    let blank = line
        .chars()
        .filter(|character| character.is_whitespace())
        .map(char::len_utf8)
        .sum::<usize>();
    let blank_in_tags: usize = inside
        .iter()
        .filter_map(|tag| line.get(tag.start - start..tag.end - start))
        .flat_map(str::chars)
        .filter(|character| character.is_whitespace())
        .map(char::len_utf8)
        .sum();
    let only_tags = covered + blank - blank_in_tags == line.len();
    only_tags && !first.before && !last.after
}
