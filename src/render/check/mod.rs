//! What a template uses, and every fault of it that can be seen before a row is rendered: unknown names anywhere,
//! bare cells as conditions, text compared with numbers.
//!
//! In: the tree and the names. Out: what is used, errors and warnings with their byte spans. Never: a guess in favor of
//! the template; a name that only some branches set counts as unknown where they meet again.

mod finding;
mod known;
mod values;
mod weeks;

use std::collections::{BTreeMap, BTreeSet};

use weeks::Calendar;

use super::names::Names;
use super::syntax::{Expr, Filter, Span, SyntaxNode};
use crate::model::{Code, Diagnostic};
pub(super) use finding::CheckFinding;

/// What a template uses.
#[derive(Debug, Default, Clone)]
pub(super) struct Uses {
    pub(super) columns: BTreeSet<String>,
    pub(super) vars: BTreeSet<String>,
    pub(super) recipient: bool,
    pub(super) occurrence: bool,
    /// Names that the template gives itself.
    pub(super) locals: BTreeSet<String>,
}

/// The fault of a name that nothing gives.
pub(super) const UNKNOWN: Code = super::diagnostics::UNKNOWN_NAME;

/// What the check found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) uses: Uses,
    pub(super) findings: Vec<CheckFinding>,
}

/// Checks a template.
pub(super) fn check_template(nodes: &[SyntaxNode], names: &Names<'_>) -> Checked {
    let mut checker = Checker::new(names);
    checker.nodes(nodes, &mut NameScope::default());
    checker.checked.findings.extend(checker.calendar.finding());
    checker.checked
}

/// Checks an expression that decides something.
pub(super) fn check_condition(expr: &Expr, names: &Names<'_>) -> Checked {
    let mut checker = Checker::new(names);
    checker.condition(expr, &NameScope::default());
    checker.checked
}

/// What kind of value an expression gives, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    /// Text out of a row: what is true of it differs from row to row.
    Cell,
    Text,
    Number,
    Bool,
    None,
    Unknown,
}

impl ValueKind {
    fn is_text(self) -> bool {
        matches!(self, Self::Cell | Self::Text)
    }

    /// Whether values of both kinds are never equal.
    fn never_equals(self, other: Self) -> bool {
        self != Self::Unknown && other != Self::Unknown && self != other && !(self.is_text() && other.is_text())
    }

    fn either(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Cell, _) | (_, Self::Cell) => Self::Cell,
            _ => Self::Unknown,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Cell | Self::Text => "text",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::None => "none",
            Self::Unknown => "something else",
        }
    }
}

/// The names set so far on every way to here.
#[derive(Debug, Default, Clone)]
struct NameScope {
    set: BTreeMap<String, ValueKind>,
    loops: usize,
}

struct Checker<'n> {
    names: &'n Names<'n>,
    /// Names that some `set` gives, on whatever way.
    somewhere: BTreeSet<String>,
    calendar: Calendar,
    checked: Checked,
}

impl<'n> Checker<'n> {
    fn new(names: &'n Names<'n>) -> Self {
        Self {
            names,
            somewhere: BTreeSet::new(),
            calendar: Calendar::default(),
            checked: Checked::default(),
        }
    }

    fn report(&mut self, span: &Span, diagnostic: Diagnostic) {
        self.checked.findings.push((span.clone(), diagnostic));
    }

    fn error(&mut self, span: &Span, code: &Code, message: impl Into<String>, hint: impl Into<String>) {
        self.report(span, Diagnostic::error(code, message).hint(hint));
    }

    fn nodes(&mut self, nodes: &[SyntaxNode], scope: &mut NameScope) {
        for node in nodes {
            self.node(node, scope);
        }
    }

    fn node(&mut self, node: &SyntaxNode, scope: &mut NameScope) {
        match node {
            SyntaxNode::Text(_) | SyntaxNode::Leave => {}
            SyntaxNode::Print(expr) => {
                self.value(expr, scope);
            }
            SyntaxNode::Block(body) => self.nodes(body, scope),
            SyntaxNode::If { arms, otherwise } => {
                let mut ends = Vec::new();
                for (condition, body) in arms {
                    self.condition(condition, scope);
                    let mut inside = scope.clone();
                    self.nodes(body, &mut inside);
                    ends.push(inside);
                }
                let mut last = scope.clone();
                self.nodes(otherwise.as_deref().unwrap_or_default(), &mut last);
                ends.push(last);
                scope.set = meet(&ends);
            }
            SyntaxNode::For {
                names,
                container,
                body,
                otherwise,
            } => {
                let kind = self.value(container, scope);
                let mut inside = self.loop_scope(names, kind, scope);
                self.nodes(body, &mut inside);
                self.nodes(otherwise, &mut scope.clone());
            }
            SyntaxNode::Set { name, value, .. } => {
                let kind = self.value(value, scope);
                self.assign(name, kind, scope);
            }
            SyntaxNode::SetBlock {
                name, filters, body, ..
            } => {
                self.nodes(body, scope);
                let kind = self.filters(filters, scope);
                self.assign(name, kind, scope);
            }
            SyntaxNode::FilterSection { filters, body } => {
                self.nodes(body, scope);
                self.filters(filters, scope);
            }
        }
    }

    fn filters(&mut self, filters: &[Filter], scope: &NameScope) -> ValueKind {
        filters
            .iter()
            .fold(ValueKind::Text, |kind, filter| self.filter(filter, kind, scope))
    }

    fn assign(&mut self, name: &str, kind: ValueKind, scope: &mut NameScope) {
        self.somewhere.insert(name.to_owned());
        self.checked.uses.locals.insert(name.to_owned());
        scope.set.insert(name.to_owned(), kind);
    }

    fn loop_scope(&mut self, names: &[String], container: ValueKind, scope: &NameScope) -> NameScope {
        let mut inside = scope.clone();
        inside.loops += 1;
        for name in names {
            let kind = if container == ValueKind::Cell {
                ValueKind::Cell
            } else {
                ValueKind::Unknown
            };
            self.assign(name, kind, &mut inside);
        }
        inside
    }
}

/// The names set at the end of every way.
fn meet(ends: &[NameScope]) -> BTreeMap<String, ValueKind> {
    let Some((first, others)) = ends.split_first() else {
        return BTreeMap::new();
    };
    first
        .set
        .iter()
        .filter_map(|(name, kind)| {
            let kind = others
                .iter()
                .try_fold(*kind, |kind, end| end.set.get(name).map(|other| kind.either(*other)));
            kind.map(|kind| (name.clone(), kind))
        })
        .collect()
}
