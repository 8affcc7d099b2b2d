//! Names that cannot be written in a template, and what to write instead.
//!
//! In: the text of a template or of `where` that could not be compiled, and the names it may use. Out: a finding for
//! each place where a column's head, or a name with hyphens or spaces, was written as if it were a name: `{{ First Name
//! }}`, `{{ Förnamn }}`, `{{ first-name }}`. Never: a finding where no such name is known.

use std::ops::Range;

use super::check::{CheckFinding, UNKNOWN};
use super::names::{Names, is_writable, written};
use crate::model::{Diagnostic, snake_case};

/// The most words of one name that are tried.
const MOST_WORDS: usize = 8;

/// All of them in a template, in order.
pub(super) fn meant_in_template(source: &str, names: &Names<'_>) -> Vec<CheckFinding> {
    tags(source)
        .into_iter()
        .flat_map(|tag| meant(source, tag.inside, tag.prints, names))
        .collect()
}

/// All of them in a whole expression.
pub(super) fn meant_in_expression(source: &str, names: &Names<'_>) -> Vec<CheckFinding> {
    meant(source, 0..source.len(), false, names)
}

/// Puts what was meant in the place of what follows from it.
pub(super) fn prefer(findings: &mut Vec<CheckFinding>, meant: impl FnOnce() -> Vec<CheckFinding>) {
    if findings.iter().all(|(_, found)| found.code != UNKNOWN.id) {
        return;
    }
    let meant = meant();
    findings.retain(|(span, found)| {
        let covered = |other: &Range<usize>| span.start < other.end && other.start < span.end;
        !(found.is_error() && meant.iter().any(|(other, _)| covered(other)))
    });
    findings.extend(meant);
}

/// A tag of a template, whether it can be read or not.
struct WrittenTag {
    inside: Range<usize>,
    prints: bool,
}

fn tags(source: &str) -> Vec<WrittenTag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = source.get(at..).and_then(|rest| rest.find('{')) {
        let open = at + found;
        let rest = source.get(open..).unwrap_or_default();
        let end_of = |mark: &str| rest.find(mark).map_or(source.len(), |end| open + end);
        let (close, prints) = if rest.starts_with("{{") {
            (end_of("}}"), true)
        } else if rest.starts_with("{%") {
            (end_of("%}"), false)
        } else if rest.starts_with("{#") {
            at = end_of("#}");
            continue;
        } else {
            at = open + 1;
            continue;
        };
        let inside = open + 2..close.max(open + 2);
        let word = source.get(inside.clone()).unwrap_or_default();
        at = inside.end;
        if word.trim_matches(['-', ' ']) == "raw" {
            at = source
                .get(at..)
                .and_then(|rest| rest.find("endraw"))
                .map_or(source.len(), |end| at + end);
            continue;
        }
        tags.push(WrittenTag { inside, prints });
    }
    tags
}

/// What a place in a tag was meant to name.
#[derive(Clone)]
enum MeantName {
    /// A name that can be written.
    Written(String),
    /// A column whose head gives none.
    Unnamed(String),
}

fn meant(source: &str, within: Range<usize>, prints: bool, names: &Names<'_>) -> Vec<CheckFinding> {
    let region = source.get(within.clone()).unwrap_or_default();
    let mut found: Vec<(Range<usize>, MeantName)> = Vec::new();
    for head in names
        .columns
        .iter()
        .filter(|head| head.chars().count() > 1 && !is_writable(head))
    {
        let name = written(head).map_or_else(|| MeantName::Unnamed(head.clone()), MeantName::Written);
        found.extend(
            region
                .match_indices(head.as_str())
                .filter(|(at, _)| !is_quoted(region, *at))
                .map(|(at, head)| (at..at + head.len(), name.clone())),
        );
    }
    for run in runs(region) {
        let mut from = 0;
        while from < run.len() {
            let to = (from..run.len().min(from + MOST_WORDS)).rev().find_map(|to| {
                let span = run.get(from)?.start..run.get(to)?.end;
                let written = region.get(span.clone())?;
                let name = snake_case(written).filter(|_| !is_writable(written))?;
                let is_known = names.column(&name).is_some() || names.vars.contains_key(&name);
                is_known.then_some((to, span, name))
            });
            match to {
                Some((to, span, name)) => {
                    found.push((span, MeantName::Written(name)));
                    from = to + 1;
                }
                None => from += 1,
            }
        }
    }
    // The longest at each place.
    found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    let mut end = 0;
    found.retain(|(span, _)| {
        let is_new = span.start >= end;
        end = if is_new { span.end } else { end };
        is_new
    });
    let finding = |(span, name): (Range<usize>, MeantName)| {
        let shown = region.get(span.clone()).unwrap_or_default();
        let message = format!("`{shown}` cannot be written in a template: names are letters a-z, digits and `_`");
        let hint = match name {
            MeantName::Written(name) if prints => format!("write `{{{{ {} }}}}`", replaced(region, &span, &name)),
            MeantName::Written(name) => format!("write `{name}`"),
            MeantName::Unnamed(head) => {
                format!("the column `{head}` needs a name for templates: `columns: {{ a_name: \"{head}\" }}`")
            }
        };
        let span = within.start + span.start..within.start + span.end;
        (span, Diagnostic::error(&UNKNOWN, message).hint(hint))
    };
    found.into_iter().map(finding).collect()
}

/// What a tag says, with the name in its place; the name alone where that would be long.
fn replaced(region: &str, span: &Range<usize>, name: &str) -> String {
    let (before, after) = (region.get(..span.start), region.get(span.end..));
    let all = format!("{}{name}{}", before.unwrap_or_default(), after.unwrap_or_default());
    let all = all.trim_matches('-').trim();
    if all.contains('\n') || all.chars().count() > 60 {
        name.to_owned()
    } else {
        all.to_owned()
    }
}

/// Whether a byte is inside a quoted text.
fn is_quoted(region: &str, at: usize) -> bool {
    let mut quote: Option<char> = None;
    for character in region.get(..at).unwrap_or_default().chars() {
        match quote {
            Some(open) if open == character => quote = None,
            None if matches!(character, '"' | '\'' | '`') => quote = Some(character),
            _ => {}
        }
    }
    quote.is_some()
}

/// Runs of words with nothing but spaces and hyphens between them, texts in quotes left out.
fn runs(region: &str) -> Vec<Vec<Range<usize>>> {
    let mut runs = vec![Vec::new()];
    let mut word: Option<usize> = None;
    let mut quote: Option<char> = None;
    let is_part = |c: char| c == '_' || c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c);
    for (at, character) in region.char_indices().chain([(region.len(), '\n')]) {
        let inside = quote.is_some();
        if is_part(character) && !inside {
            word.get_or_insert(at);
            continue;
        }
        if let (Some(start), Some(run)) = (word.take(), runs.last_mut()) {
            run.push(start..at);
        }
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(character),
            _ => {}
        }
        if inside || quote.is_some() || !matches!(character, ' ' | '-' | '\u{a0}') {
            runs.push(Vec::new());
        }
    }
    runs
}
