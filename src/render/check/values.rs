//! Expressions: the kind of their values, and the faults that follow from it.

use super::super::diagnostics;
use super::super::filters::{FILTERS, FUNCTIONS, Gives, TESTS};
use super::super::names::{RESERVED, closest};
use super::super::syntax::{Argument, Expr, ExprKind, Filter, Operator, Span};
use super::weeks::wrong_year_in_format;
use super::{Checker, NameScope, ValueKind};
use crate::model::Diagnostic;

impl Checker<'_> {
    /// An expression that decides something.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &NameScope) {
        match &expr.kind {
            ExprKind::Not(inner) => self.condition(inner, scope),
            ExprKind::Binary(Operator::And | Operator::Or, left, right) => {
                self.condition(left, scope);
                self.condition(right, scope);
            }
            ExprKind::Ternary(condition, yes, no) => {
                for part in [condition, yes, no] {
                    self.condition(part, scope);
                }
            }
            _ => {
                if self.value(expr, scope) == ValueKind::Cell {
                    let diagnostic = Diagnostic::error(
                        &diagnostics::BARE_CELL,
                        "a cell alone is no condition: any text in it counts as true, `no` and `0` too",
                    )
                    .hint("compare it: `== 'yes'`, or `!= ''` for a cell that is not empty");
                    self.report(&expr.span, diagnostic);
                }
            }
        }
    }

    /// An expression for its value.
    pub(super) fn value(&mut self, expr: &Expr, scope: &NameScope) -> ValueKind {
        match &expr.kind {
            ExprKind::Text(_) => ValueKind::Text,
            ExprKind::Integer(_) | ExprKind::Float => ValueKind::Number,
            ExprKind::Bool(_) => ValueKind::Bool,
            ExprKind::None => ValueKind::None,
            ExprKind::Name(name) => self.name(name, &expr.span, scope),
            ExprKind::Attribute(of, field) => self.attribute(of, field, &expr.span, scope),
            ExprKind::Index(of, index) => self.index(of, index, &expr.span, scope),
            ExprKind::Slice(of, parts) => {
                for part in parts.iter().flatten() {
                    self.value(part, scope);
                }
                self.value(of, scope)
            }
            ExprKind::Filtered(on, filter) => {
                let kind = self.value(on, scope);
                self.filter(filter, kind, scope)
            }
            ExprKind::Tested(on, test) => {
                let kind = self.value(on, scope);
                self.test(test, kind, &on.span, scope);
                ValueKind::Bool
            }
            ExprKind::Call(call) => {
                self.known_word(call, "function", &FUNCTIONS);
                self.arguments(&call.arguments, scope);
                ValueKind::Unknown
            }
            ExprKind::Not(inner) => {
                self.condition(inner, scope);
                ValueKind::Bool
            }
            ExprKind::Negative(inner) => self.operand(inner, scope),
            ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right, &expr.span, scope),
            ExprKind::Ternary(condition, yes, no) => {
                self.condition(condition, scope);
                let yes = self.value(yes, scope);
                yes.either(self.value(no, scope))
            }
            ExprKind::Array(items) | ExprKind::Map(items) => {
                for item in items {
                    self.value(item, scope);
                }
                ValueKind::Unknown
            }
            ExprKind::Comprehension {
                element,
                names,
                container,
                condition,
            } => {
                let kind = self.value(container, scope);
                let mut inside = self.loop_scope(names, kind, scope);
                inside.loops = scope.loops;
                if let Some(condition) = condition {
                    self.condition(condition, &inside);
                }
                self.value(element, &inside);
                ValueKind::Unknown
            }
        }
    }

    pub(super) fn index(&mut self, of: &Expr, index: &Expr, span: &Span, scope: &NameScope) -> ValueKind {
        let reserved = matches!(&of.kind, ExprKind::Name(name)
            if RESERVED.contains(&name.as_str()) && !scope.set.contains_key(name));
        if let (true, ExprKind::Name(name), ExprKind::Text(field)) = (reserved, &of.kind, &index.kind) {
            return self.reserved_field(name, field, span, scope);
        }
        self.value(index, scope);
        match self.value(of, scope) {
            ValueKind::Cell => ValueKind::Cell,
            _ => ValueKind::Unknown,
        }
    }

    fn binary(&mut self, operator: Operator, left: &Expr, right: &Expr, span: &Span, scope: &NameScope) -> ValueKind {
        match operator {
            Operator::And => {
                self.condition(left, scope);
                ValueKind::Bool.either(self.value(right, scope))
            }
            // `nickname or 'friend'` is a fallback, not a decision about people.
            Operator::Or => {
                let left = self.value(left, scope);
                left.either(self.value(right, scope))
            }
            Operator::In => {
                let needle = self.value(left, scope);
                self.contained(needle, right, span, scope);
                ValueKind::Bool
            }
            Operator::Compare(_) => {
                let (a, b) = (self.value(left, scope), self.value(right, scope));
                self.comparable(a, b, span);
                ValueKind::Bool
            }
            Operator::Arithmetic => {
                self.operand(left, scope);
                self.operand(right, scope);
                ValueKind::Number
            }
            Operator::Concat => {
                let (a, b) = (self.value(left, scope), self.value(right, scope));
                if a == ValueKind::Cell || b == ValueKind::Cell {
                    ValueKind::Cell
                } else {
                    ValueKind::Text
                }
            }
        }
    }

    fn contained(&mut self, needle: ValueKind, container: &Expr, span: &Span, scope: &NameScope) {
        if let ExprKind::Array(items) = &container.kind {
            for item in items {
                let kind = self.value(item, scope);
                self.comparable(needle, kind, &item.span);
            }
        } else if self.value(container, scope).is_text() && !needle.is_text() && needle != ValueKind::Unknown {
            self.comparable(needle, ValueKind::Text, span);
        }
    }

    fn comparable(&mut self, a: ValueKind, b: ValueKind, span: &Span) {
        if a.never_equals(b) {
            self.error(
                span,
                &diagnostics::KINDS_DIFFER,
                format!("{} and {} are never equal", a.words(), b.words()),
                "columns are always text: write `== '30'`, or make a number of it with `| int`",
            );
        }
    }

    fn operand(&mut self, expr: &Expr, scope: &NameScope) -> ValueKind {
        if self.value(expr, scope).is_text() {
            self.error(
                &expr.span,
                &diagnostics::KINDS_DIFFER,
                "cannot compute with text",
                "make a number of it with `| int` or `| float`",
            );
        }
        ValueKind::Number
    }

    fn arguments(&mut self, arguments: &[Argument], scope: &NameScope) {
        for argument in arguments {
            self.value(&argument.value, scope);
        }
    }

    pub(super) fn filter(&mut self, filter: &Filter, on: ValueKind, scope: &NameScope) -> ValueKind {
        self.arguments(&filter.arguments, scope);
        let names: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
        self.known_word(filter, "filter", &names);
        self.checked.findings.extend(wrong_year_in_format(filter));
        let covers_empty = filter
            .arguments
            .iter()
            .any(|argument| argument.name == "boolean" && argument.value.kind == ExprKind::Bool(true));
        if filter.name == "default" && on == ValueKind::Cell && !covers_empty {
            let diagnostic = Diagnostic::warning(
                &diagnostics::DEFAULT_ON_COLUMN,
                "`default` does not cover an empty cell",
            )
            .hint("write `default(value=..., boolean=true)`");
            self.report(&filter.span, diagnostic);
        }
        match FILTERS
            .iter()
            .find(|(name, _)| *name == filter.name)
            .map(|(_, gives)| *gives)
        {
            Some(Gives::Text) => {
                if on == ValueKind::Cell {
                    ValueKind::Cell
                } else {
                    ValueKind::Text
                }
            }
            Some(Gives::Same) => on,
            Some(Gives::Number) => ValueKind::Number,
            Some(Gives::Other) | None => ValueKind::Unknown,
        }
    }

    fn test(&mut self, test: &Filter, on: ValueKind, span: &Span, scope: &NameScope) {
        self.arguments(&test.arguments, scope);
        self.known_word(test, "test", &TESTS);
        if matches!(test.name.as_str(), "defined" | "undefined" | "none") && on == ValueKind::Cell {
            let diagnostic = Diagnostic::warning(
                &diagnostics::DEFAULT_ON_COLUMN,
                format!(
                    "a column is always there: `is {}` does not ask for an empty cell",
                    test.name
                ),
            )
            .hint("write `== ''` or `!= ''`");
            self.report(span, diagnostic);
        }
    }

    fn known_word(&mut self, word: &Filter, what: &str, known: &[&str]) {
        if known.contains(&word.name.as_str()) {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            &diagnostics::UNKNOWN_FILTER,
            format!("there is no {what} `{}`", word.name),
        );
        if let Some(meant) = closest(&word.name, known.iter().copied()) {
            diagnostic = diagnostic.hint(format!("did you mean `{meant}`?"));
        }
        self.report(
            &word.span,
            diagnostic.hint(format!("the {what}s are `{}`", known.join("`, `"))),
        );
    }
}
