//! The fast path: templates of text, columns, constants and `if` on equal or different text, as a small program.
//!
//! In: the tree. Out: a program that renders without allocating, or nothing when the template uses more than that (Tera
//! renders it then). Never: another text than Tera's; the property test below compares both.

use std::borrow::Cow;
use std::fmt::Write;

use super::counted::Counted;
use super::measure::Packed;
use super::reserved::{OccurrenceField, OccurrenceVariable, bucket};
use super::row::Row;
use super::steps::{TextStep, apply};
use super::syntax::Comparison;
use crate::model::Country;

/// A program.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Compiled {
    pub(super) ops: Vec<Op>,
    pub(super) conditions: Vec<Condition>,
}

/// Something that differs from message to message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Varying {
    Field(usize),
    Country,
    Bucket,
    Occurrence(OccurrenceField),
}

impl Varying {
    /// The text of a source that is text; empty for numbers.
    fn text<'r>(self, row: &Row<'r>) -> &'r str {
        match self {
            Self::Field(index) => row.fields.get(index).copied().unwrap_or_default(),
            Self::Country => row.country.map_or("", Country::as_str),
            Self::Occurrence(field) => row.occurrence.map_or("", |occurrence| occurrence.text(field)),
            Self::Bucket => "",
        }
    }

    fn number(self, row: &Row<'_>) -> i64 {
        match self {
            Self::Bucket => i64::from(bucket(row.recipient, row.salt)),
            Self::Occurrence(field) => row.occurrence.map_or(0, |occurrence| occurrence.number(field)),
            Self::Field(_) | Self::Country => 0,
        }
    }

    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Field(_) | Self::Country => true,
            Self::Occurrence(field) => field.is_text(),
            Self::Bucket => false,
        }
    }

    /// Appends it as a template would print it.
    pub(super) fn write(self, row: &Row<'_>, out: &mut String) {
        match self {
            Self::Bucket => {
                // Writing to a String cannot fail.
                let _ = write!(out, "{}", bucket(row.recipient, row.salt));
            }
            _ => out.push_str(self.text(row)),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Op {
    /// The template's own text, measured once.
    Text(String, Packed),
    /// A column: what most values are.
    Field(usize),
    Value(Varying),
    Stepped(Varying, Vec<TextStep>),
    /// Goes to the second op unless the first condition holds.
    Unless(usize, usize),
    Jump(usize),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TextOf {
    Source(Varying),
    Stepped(Varying, Vec<TextStep>),
    Literal(String),
}

impl TextOf {
    fn get<'a>(&'a self, row: &Row<'a>) -> Cow<'a, str> {
        match self {
            Self::Source(source) => source.text(row).into(),
            Self::Stepped(source, steps) => apply(steps, source.text(row)),
            Self::Literal(text) => text.into(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum NumberOf {
    Source(Varying),
    Literal(i64),
}

impl NumberOf {
    fn get(self, row: &Row<'_>) -> i64 {
        match self {
            Self::Source(source) => source.number(row),
            Self::Literal(number) => number,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    Always(bool),
    /// What most conditions are: a column is a text.
    Field(usize, String),
    Equal(TextOf, TextOf),
    Number(NumberOf, Comparison, NumberOf),
    Not(Box<Condition>),
    All(Box<Condition>, Box<Condition>),
    Any(Box<Condition>, Box<Condition>),
}

impl Condition {
    fn holds(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Always(answer) => *answer,
            Self::Field(index, text) => row.fields.get(*index).copied().unwrap_or_default() == text,
            Self::Equal(left, right) => left.get(row) == right.get(row),
            Self::Number(left, comparison, right) => comparison.holds(left.get(row).cmp(&right.get(row))),
            Self::Not(inner) => !inner.holds(row),
            Self::All(left, right) => left.holds(row) && right.holds(row),
            Self::Any(left, right) => left.holds(row) || right.holds(row),
        }
    }
}

/// A piece of a template without conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TemplatePiece {
    Text(String),
    Value(Varying),
}

impl Compiled {
    /// Appends the message of a row and returns the sum of its pieces; of `counted` it only notes the characters
    /// outside GSM-7.
    pub(super) fn render(&self, row: &Row<'_>, out: &mut String, counted: &mut Counted) -> Packed {
        let mut sum = Packed::default();
        let mut add = |piece: &str, packed: Packed| {
            sum += packed;
            if packed.has_outside() {
                counted.note_outside(piece);
            }
        };
        let mut at = 0;
        while let Some(op) = self.ops.get(at) {
            at += 1;
            match op {
                Op::Text(text, measure) => {
                    out.push_str(text);
                    add(text, *measure);
                }
                Op::Field(index) => {
                    let text = row.fields.get(*index).copied().unwrap_or_default();
                    out.push_str(text);
                    add(text, Packed::of(text));
                }
                Op::Value(source) if source.is_text() => {
                    let text = source.text(row);
                    out.push_str(text);
                    add(text, Packed::of(text));
                }
                Op::Value(source) => {
                    let start = out.len();
                    source.write(row, out);
                    let text = out.get(start..).unwrap_or_default();
                    add(text, Packed::of(text));
                }
                Op::Stepped(source, steps) => {
                    let text = apply(steps, source.text(row));
                    out.push_str(&text);
                    add(&text, Packed::of(&text));
                }
                Op::Unless(condition, target) => {
                    if !self
                        .conditions
                        .get(*condition)
                        .is_some_and(|condition| condition.holds(row))
                    {
                        at = *target;
                    }
                }
                Op::Jump(target) => at = *target,
            }
        }
        sum
    }

    /// Its pieces in order, the occurrence filled in; nothing when it decides anything.
    pub(super) fn pieces(&self, occurrence: Option<&OccurrenceVariable>) -> Option<Vec<TemplatePiece>> {
        let mut pieces: Vec<TemplatePiece> = Vec::new();
        for op in &self.ops {
            let piece = match op {
                Op::Text(text, _) => TemplatePiece::Text(text.clone()),
                Op::Field(index) => TemplatePiece::Value(Varying::Field(*index)),
                Op::Value(Varying::Occurrence(field)) => TemplatePiece::Text(occurrence?.text(*field).to_owned()),
                Op::Value(source) => TemplatePiece::Value(*source),
                Op::Stepped(..) | Op::Unless(..) | Op::Jump(_) => return None,
            };
            match (pieces.last_mut(), piece) {
                (Some(TemplatePiece::Text(before)), TemplatePiece::Text(text)) => before.push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        }
        Some(pieces)
    }
}

/// Decides a row without a text: the fast form of `where`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CompiledCondition(pub(super) Condition);

impl CompiledCondition {
    /// Whether it holds for a row.
    pub(super) fn holds(&self, row: &Row<'_>) -> bool {
        self.0.holds(row)
    }
}
