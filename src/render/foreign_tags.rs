//! The lint for placeholders in other programs' spellings: here they are text, and everybody would get them unchanged.
//!
//! In: a template that compiles, and its names. Out: a warning for each spelling and name, at the first. Never: a
//! warning for brackets around what is no name of this list, since people write those too.

use std::collections::BTreeSet;

use super::check::CheckFinding;
use super::diagnostics::OTHER_PROGRAMS_TAG;
use super::names::{Names, written};
use super::syntax::{Token, tokenize};
use crate::model::{Diagnostic, snake_case};

/// How other programs mark a value; `true` where nobody writes such marks around anything else. Longer marks first.
const MARKS: [(&str, &str, bool); 12] = [
    ("*|", "|*", true),
    ("%%", "%%", true),
    ("<<", ">>", false),
    ("[[", "]]", false),
    ("${", "}", false),
    ("#{", "}", false),
    ("{!", "}", false),
    ("{$", "}", false),
    ("{", "}", false),
    ("[", "]", false),
    ("<", ">", false),
    ("%", "%", false),
];

/// Mailchimp's names for columns that have others everywhere else.
const OTHER_NAMES: [(&str, &str); 4] = [
    ("fname", "firstname"),
    ("lname", "lastname"),
    ("first", "firstname"),
    ("last", "lastname"),
];

/// Longest name that is looked up, in bytes.
const LONGEST: usize = 64;

pub(super) fn foreign_tags(source: &str, names: &Names<'_>) -> Vec<CheckFinding> {
    let known: Vec<(String, String)> = names
        .columns
        .iter()
        .chain(names.vars.keys())
        .filter_map(|name| Some((plain(name)?, written(name)?)))
        .collect();
    let texts = tokenize(source).unwrap_or_default();
    let texts = texts
        .into_iter()
        .filter(|lexed| matches!(lexed.token, Token::Content(_)));
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for span in texts.map(|lexed| lexed.span) {
        let mut at = span.start;
        while let Some(rest) = source.get(at..span.end).filter(|rest| !rest.is_empty()) {
            if let Some((length, meant)) = tag(rest, &known) {
                let shown = rest.get(..length).unwrap_or_default();
                if seen.insert(shown.to_owned()) {
                    findings.push((at..at + length, warning(shown, meant)));
                }
                at += length;
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    findings
}

fn warning(shown: &str, meant: Option<&str>) -> Diagnostic {
    let message = format!("`{shown}` looks like a field of another program, and is sent as it is");
    let hint = match meant {
        Some(name) => format!("write `{{{{ {name} }}}}`"),
        None => "values are written as `{{ name }}`".to_owned(),
    };
    Diagnostic::warning(&OTHER_PROGRAMS_TAG, message).hint(hint)
}

/// The tag that a text begins with: its bytes, and the name that is meant.
fn tag<'k>(text: &str, known: &'k [(String, String)]) -> Option<(usize, Option<&'k str>)> {
    MARKS.iter().find_map(|(open, close, is_certain)| {
        let inside = text.strip_prefix(open)?;
        let end = inside.find(close).filter(|end| (1..=LONGEST).contains(end))?;
        let inside = inside.get(..end)?;
        let is_a_name = inside.starts_with(char::is_alphabetic)
            && inside.ends_with(char::is_alphanumeric)
            && inside.chars().all(|c| c.is_alphanumeric() || "_-. :/".contains(c));
        if !is_a_name {
            return None;
        }
        // `Contact.FirstName`, `contact:first_name`.
        let last = inside.rsplit(['.', ':']).next().unwrap_or(inside);
        let wanted = plain(last)?;
        let other = OTHER_NAMES
            .iter()
            .find(|(theirs, _)| *theirs == wanted)
            .map(|(_, ours)| *ours);
        let mut found = known
            .iter()
            .filter(|(plain, _)| *plain == wanted || Some(plain.as_str()) == other);
        let meant = found.next().map(|(_, name)| name.as_str());
        (meant.is_some() || *is_certain).then_some((open.len() + end + close.len(), meant))
    })
}

/// Letters and digits alone.
fn plain(name: &str) -> Option<String> {
    snake_case(name).map(|name| name.replace('_', ""))
}
