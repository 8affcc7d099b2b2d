//! The fast path: templates of text, columns, constants and `if` on equal or different text, as a small program.
//!
//! In: the tree. Out: a program that renders without allocating, or nothing when the template uses more than that (Tera
//! renders it then). Never: another text than Tera's; the property test below holds both against each other.

use std::borrow::Cow;
use std::fmt::Write;

use super::measure::{Counted, Packed};
use super::names::Names;
use super::program::Row;
use super::reserved::{Occurrence, OccurrenceField, bucket};
use super::steps::{Step, apply, filter_steps, slice_step};
use super::syntax::{Comparison, Expr, ExprKind, Node, Operator};
use crate::campaign::VarValue;
use crate::model::Country;

/// A program.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Compiled {
    ops: Vec<Op>,
    conditions: Vec<Condition>,
}

/// Something that differs from message to message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Field(usize),
    Country,
    Bucket,
    Occurrence(OccurrenceField),
}

impl Source {
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

    fn is_text(self) -> bool {
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
enum Op {
    /// The template's own text, measured once.
    Text(String, Packed),
    /// A column: what most values are.
    Field(usize),
    Value(Source),
    Stepped(Source, Vec<Step>),
    /// Goes to the second op unless the first condition holds.
    Unless(usize, usize),
    Jump(usize),
}

#[derive(Debug, Clone, PartialEq)]
enum TextOf {
    Source(Source),
    Stepped(Source, Vec<Step>),
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
enum NumberOf {
    Source(Source),
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
enum Condition {
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
pub(super) enum Piece {
    Text(String),
    Value(Source),
}

impl Compiled {
    /// Compiles a template, if it is simple enough.
    pub(super) fn template(nodes: &[Node], names: &Names<'_>) -> Option<Self> {
        let mut builder = Builder::new(names);
        builder.nodes(nodes)?;
        Some(builder.program)
    }

    /// Appends the message of a row and returns the sum of its pieces; of `counted` it only notes the characters outside
    /// GSM-7.
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
    pub(super) fn pieces(&self, occurrence: Option<&Occurrence>) -> Option<Vec<Piece>> {
        let mut pieces: Vec<Piece> = Vec::new();
        for op in &self.ops {
            let piece = match op {
                Op::Text(text, _) => Piece::Text(text.clone()),
                Op::Field(index) => Piece::Value(Source::Field(*index)),
                Op::Value(Source::Occurrence(field)) => Piece::Text(occurrence?.text(*field).to_owned()),
                Op::Value(source) => Piece::Value(*source),
                Op::Stepped(..) | Op::Unless(..) | Op::Jump(_) => return None,
            };
            match (pieces.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        }
        Some(pieces)
    }
}

struct Builder<'n> {
    names: &'n Names<'n>,
    program: Compiled,
    /// The last place that something jumps to: text before it is not joined with text after it.
    label: usize,
}

/// A constant or something of the row.
enum Value {
    Text(String),
    Integer(i64),
    Bool(bool),
    Source(Source),
    /// Of a source that is text.
    Stepped(Source, Vec<Step>),
}

impl<'n> Builder<'n> {
    fn new(names: &'n Names<'n>) -> Self {
        Self {
            names,
            program: Compiled {
                ops: Vec::new(),
                conditions: Vec::new(),
            },
            label: 0,
        }
    }

    fn nodes(&mut self, nodes: &[Node]) -> Option<()> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Text(text) => self.text(text),
            Node::Print(expr) => self.print(expr)?,
            Node::Block(body) => self.nodes(body)?,
            Node::If { arms, otherwise } => self.arms(arms, otherwise.as_deref().unwrap_or_default())?,
            Node::For { .. } | Node::Set { .. } | Node::SetBlock { .. } | Node::FilterSection { .. } | Node::Leave => {
                return None;
            }
        }
        Some(())
    }

    fn arms(&mut self, arms: &[(Expr, Vec<Node>)], otherwise: &[Node]) -> Option<()> {
        let Some(((condition, body), rest)) = arms.split_first() else {
            return self.nodes(otherwise);
        };
        match self.condition(condition)? {
            Condition::Always(true) => {
                // What cannot run must still be simple: a fault in it would be Tera's to find.
                self.nodes(body)
            }
            Condition::Always(false) => self.arms(rest, otherwise),
            condition => {
                self.program.conditions.push(condition);
                let unless = self.program.ops.len();
                let index = self.program.conditions.len() - 1;
                self.program.ops.push(Op::Unless(index, 0));
                self.nodes(body)?;
                let jump = self.program.ops.len();
                self.program.ops.push(Op::Jump(0));
                self.land(unless);
                self.arms(rest, otherwise)?;
                self.land(jump);
                Some(())
            }
        }
    }

    /// Makes an earlier jump end here.
    fn land(&mut self, jump: usize) {
        self.label = self.program.ops.len();
        let label = self.label;
        if let Some(Op::Unless(_, target) | Op::Jump(target)) = self.program.ops.get_mut(jump) {
            *target = label;
        }
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let joinable = self.program.ops.len() > self.label;
        match self.program.ops.last_mut() {
            Some(Op::Text(before, measure)) if joinable => {
                before.push_str(text);
                *measure += Packed::of(text);
            }
            _ => self.program.ops.push(Op::Text(text.to_owned(), Packed::of(text))),
        }
    }

    fn print(&mut self, expr: &Expr) -> Option<()> {
        if let ExprKind::Binary(Operator::Concat, left, right) = &expr.kind {
            self.print(left)?;
            return self.print(right);
        }
        match self.value(expr)? {
            Value::Text(text) => self.text(&text),
            Value::Integer(number) => self.text(&number.to_string()),
            Value::Bool(value) => self.text(if value { "true" } else { "false" }),
            Value::Source(Source::Field(index)) => self.program.ops.push(Op::Field(index)),
            Value::Source(source) => self.program.ops.push(Op::Value(source)),
            Value::Stepped(source, steps) => self.program.ops.push(Op::Stepped(source, steps)),
        }
        Some(())
    }

    fn value(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Text(text) => Some(Value::Text(text.clone())),
            ExprKind::Integer(number) => Some(Value::Integer(*number)),
            ExprKind::Bool(value) => Some(Value::Bool(*value)),
            ExprKind::Name(name) => match self.names.vars.get(name) {
                Some(VarValue::Text(text)) => Some(Value::Text(text.clone())),
                Some(VarValue::Integer(number)) => Some(Value::Integer(*number)),
                Some(VarValue::Bool(value)) => Some(Value::Bool(*value)),
                None => self.names.column(name).map(|index| Value::Source(Source::Field(index))),
            },
            ExprKind::Attribute(of, field) => reserved(of, field),
            ExprKind::Index(of, index) => match &index.kind {
                ExprKind::Text(field) => reserved(of, field),
                _ => None,
            },
            ExprKind::Filtered(on, filter) => stepped(self.value(on)?, filter_steps(filter)?),
            ExprKind::Slice(of, bounds) => stepped(self.value(of)?, vec![slice_step(bounds)?]),
            ExprKind::Binary(Operator::Or, left, right) => match &right.kind {
                ExprKind::Text(instead) => stepped(self.value(left)?, vec![Step::Or(instead.clone())]),
                _ => None,
            },
            _ => None,
        }
    }

    fn condition(&self, expr: &Expr) -> Option<Condition> {
        match &expr.kind {
            ExprKind::Not(inner) => Some(not(self.condition(inner)?)),
            ExprKind::Binary(Operator::And, left, right) => {
                Some(match (self.condition(left)?, self.condition(right)?) {
                    (Condition::Always(true), other) | (other, Condition::Always(true)) => other,
                    (Condition::Always(false), _) | (_, Condition::Always(false)) => Condition::Always(false),
                    (left, right) => Condition::All(Box::new(left), Box::new(right)),
                })
            }
            ExprKind::Binary(Operator::Or, left, right) => Some(any(self.condition(left)?, self.condition(right)?)),
            ExprKind::Binary(Operator::Compare(comparison), left, right) => {
                compare(*comparison, self.value(left)?, self.value(right)?)
            }
            ExprKind::Binary(Operator::In, needle, list) => {
                let ExprKind::Array(items) = &list.kind else {
                    return None;
                };
                items.iter().try_fold(Condition::Always(false), |found, item| {
                    let equal = compare(Comparison::Equal, self.value(needle)?, self.value(item)?)?;
                    Some(any(found, equal))
                })
            }
            _ => match self.value(expr)? {
                Value::Bool(value) => Some(Condition::Always(value)),
                Value::Integer(number) => Some(Condition::Always(number != 0)),
                Value::Text(text) => Some(Condition::Always(!text.is_empty())),
                Value::Source(_) | Value::Stepped(..) => None,
            },
        }
    }
}

/// A field of `recipient` or `occurrence`; a name of the template's own never gets here, since `set` is not simple.
fn reserved(of: &Expr, field: &str) -> Option<Value> {
    let ExprKind::Name(name) = &of.kind else { return None };
    let source = match (name.as_str(), field) {
        ("recipient", "country") => Source::Country,
        ("recipient", "bucket") => Source::Bucket,
        ("occurrence", field) => Source::Occurrence(OccurrenceField::parse(field)?),
        _ => return None,
    };
    Some(Value::Source(source))
}

fn not(condition: Condition) -> Condition {
    match condition {
        Condition::Always(answer) => Condition::Always(!answer),
        Condition::Not(inner) => *inner,
        other => Condition::Not(Box::new(other)),
    }
}

fn any(left: Condition, right: Condition) -> Condition {
    match (left, right) {
        (Condition::Always(false), other) | (other, Condition::Always(false)) => other,
        (Condition::Always(true), _) | (_, Condition::Always(true)) => Condition::Always(true),
        (left, right) => Condition::Any(Box::new(left), Box::new(right)),
    }
}

/// Text by equality only, numbers by any comparison; all else is left to Tera.
fn compare(comparison: Comparison, left: Value, right: Value) -> Option<Condition> {
    match (left, right) {
        (Value::Source(left), Value::Source(right)) if !left.is_text() && !right.is_text() => Some(Condition::Number(
            NumberOf::Source(left),
            comparison,
            NumberOf::Source(right),
        )),
        (Value::Source(left), Value::Integer(right)) if !left.is_text() => Some(Condition::Number(
            NumberOf::Source(left),
            comparison,
            NumberOf::Literal(right),
        )),
        (Value::Integer(left), Value::Source(right)) if !right.is_text() => Some(Condition::Number(
            NumberOf::Literal(left),
            comparison,
            NumberOf::Source(right),
        )),
        (Value::Integer(left), Value::Integer(right)) => Some(Condition::Always(comparison.holds(left.cmp(&right)))),
        (Value::Text(left), Value::Text(right)) => match comparison {
            Comparison::Equal => Some(Condition::Always(left == right)),
            Comparison::NotEqual => Some(Condition::Always(left != right)),
            Comparison::Less | Comparison::LessEqual | Comparison::Greater | Comparison::GreaterEqual => None,
        },
        (left, right) => {
            let equal = match (text_of(left)?, text_of(right)?) {
                (TextOf::Source(Source::Field(index)), TextOf::Literal(text))
                | (TextOf::Literal(text), TextOf::Source(Source::Field(index))) => Condition::Field(index, text),
                (left, right) => Condition::Equal(left, right),
            };
            match comparison {
                Comparison::Equal => Some(equal),
                Comparison::NotEqual => Some(not(equal)),
                Comparison::Less | Comparison::LessEqual | Comparison::Greater | Comparison::GreaterEqual => None,
            }
        }
    }
}

fn text_of(value: Value) -> Option<TextOf> {
    match value {
        Value::Text(text) => Some(TextOf::Literal(text)),
        Value::Source(source) if source.is_text() => Some(TextOf::Source(source)),
        Value::Stepped(source, steps) => Some(TextOf::Stepped(source, steps)),
        Value::Source(_) | Value::Integer(_) | Value::Bool(_) => None,
    }
}

/// Steps on a text; on a constant they are done at once.
fn stepped(value: Value, more: Vec<Step>) -> Option<Value> {
    match value {
        Value::Text(text) => Some(Value::Text(apply(&more, &text).into_owned())),
        Value::Source(source) if source.is_text() && more.is_empty() => Some(Value::Source(source)),
        Value::Source(source) if source.is_text() => Some(Value::Stepped(source, more)),
        Value::Stepped(source, mut steps) => {
            steps.extend(more);
            Some(Value::Stepped(source, steps))
        }
        Value::Source(_) | Value::Integer(_) | Value::Bool(_) => None,
    }
}

/// Decides a row without a text: the fast form of `where`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CompiledCondition(Condition);

impl CompiledCondition {
    /// Compiles a condition, if it is simple enough.
    pub(super) fn compile(expr: &Expr, names: &Names<'_>) -> Option<Self> {
        Builder::new(names).condition(expr).map(Self)
    }

    /// Whether it holds for a row.
    pub(super) fn holds(&self, row: &Row<'_>) -> bool {
        self.0.holds(row)
    }
}
