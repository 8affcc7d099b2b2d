//! Compiles a template or a condition that is simple enough; all others are left to Tera.

use super::compiled::{Compiled, CompiledCondition, Condition, NumberOf, Op, TextOf, Varying};
use super::measure::Packed;
use super::names::Names;
use super::reserved::OccurrenceField;
use super::steps::{TextStep, apply, filter_steps, slice_step};
use super::syntax::{Comparison, Expr, ExprKind, Operator, SyntaxNode};
use crate::campaign::VarValue;

/// A template as a small program of our own; `None` where it is not simple enough.
pub(super) fn compile_template(nodes: &[SyntaxNode], names: &Names<'_>) -> Option<Compiled> {
    let mut builder = FormBuilder::new(names);
    builder.nodes(nodes)?;
    Some(builder.program)
}

/// The same for a condition.
pub(super) fn compile_condition(expr: &Expr, names: &Names<'_>) -> Option<CompiledCondition> {
    FormBuilder::new(names).condition(expr).map(CompiledCondition)
}

struct FormBuilder<'n> {
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
    Source(Varying),
    /// Of a source that is text.
    Stepped(Varying, Vec<TextStep>),
}

impl<'n> FormBuilder<'n> {
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

    fn nodes(&mut self, nodes: &[SyntaxNode]) -> Option<()> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &SyntaxNode) -> Option<()> {
        match node {
            SyntaxNode::Text(text) => self.text(text),
            SyntaxNode::Print(expr) => self.print(expr)?,
            SyntaxNode::Block(body) => self.nodes(body)?,
            SyntaxNode::If { arms, otherwise } => self.arms(arms, otherwise.as_deref().unwrap_or_default())?,
            SyntaxNode::For { .. }
            | SyntaxNode::Set { .. }
            | SyntaxNode::SetBlock { .. }
            | SyntaxNode::FilterSection { .. }
            | SyntaxNode::Leave => {
                return None;
            }
        }
        Some(())
    }

    fn arms(&mut self, arms: &[(Expr, Vec<SyntaxNode>)], otherwise: &[SyntaxNode]) -> Option<()> {
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
            Value::Source(Varying::Field(index)) => self.program.ops.push(Op::Field(index)),
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
                None => self
                    .names
                    .column(name)
                    .map(|index| Value::Source(Varying::Field(index))),
            },
            ExprKind::Attribute(of, field) => reserved(self.names, of, field),
            ExprKind::Index(of, index) => match &index.kind {
                ExprKind::Text(field) => reserved(self.names, of, field),
                _ => None,
            },
            ExprKind::Filtered(on, filter) => stepped(self.value(on)?, filter_steps(filter)?),
            ExprKind::Slice(of, bounds) => stepped(self.value(of)?, vec![slice_step(bounds)?]),
            ExprKind::Binary(Operator::Or, left, right) => match &right.kind {
                ExprKind::Text(instead) => stepped(self.value(left)?, vec![TextStep::Or(instead.clone())]),
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
fn reserved(names: &Names<'_>, of: &Expr, field: &str) -> Option<Value> {
    let ExprKind::Name(name) = &of.kind else { return None };
    let source = match (name.as_str(), field) {
        ("recipient", "country") => Varying::Country,
        ("recipient", "bucket") => Varying::Bucket,
        // The same for all who get this text.
        ("recipient", "variant") => return names.variant.map(|name| Value::Text(name.to_owned())),
        ("occurrence", field) => Varying::Occurrence(OccurrenceField::parse(field)?),
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
                (TextOf::Source(Varying::Field(index)), TextOf::Literal(text))
                | (TextOf::Literal(text), TextOf::Source(Varying::Field(index))) => Condition::Field(index, text),
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
fn stepped(value: Value, more: Vec<TextStep>) -> Option<Value> {
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
