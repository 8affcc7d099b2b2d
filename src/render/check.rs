//! What a template uses, and every fault of it that can be seen before a row is rendered: unknown names wherever they
//! hide, bare cells as conditions, text compared with numbers.
//!
//! In: the tree and the names. Out: what is used, errors and warnings with their byte spans. Never: a guess in favor of
//! the template; a name that only some branches set counts as unknown where they meet again.

use std::collections::{BTreeMap, BTreeSet};

use super::codes;
use super::filters::{FILTERS, FUNCTIONS, Gives, TESTS};
use super::names::{Names, RESERVED, closest, is_writable};
use super::reserved::{OCCURRENCE_FIELDS, RECIPIENT_FIELDS};
use super::syntax::{Argument, Expr, ExprKind, Filter, Node, Operator, Span};
use crate::campaign::VarValue;
use crate::model::{Code, Diagnostic};

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

/// A finding and its bytes.
pub(super) type Finding = (Span, Diagnostic);

/// What the check found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) uses: Uses,
    pub(super) findings: Vec<Finding>,
}

/// Checks a template.
pub(super) fn check_template(nodes: &[Node], names: &Names<'_>) -> Checked {
    let mut checker = Checker::new(names);
    checker.nodes(nodes, &mut Scope::default());
    checker.checked
}

/// Checks an expression that decides something.
pub(super) fn check_condition(expr: &Expr, names: &Names<'_>) -> Checked {
    let mut checker = Checker::new(names);
    checker.condition(expr, &Scope::default());
    checker.checked
}

/// What kind of value an expression gives, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text out of a row: what is true of it differs from row to row.
    Cell,
    Text,
    Number,
    Bool,
    None,
    Unknown,
}

impl Kind {
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
struct Scope {
    set: BTreeMap<String, Kind>,
    loops: usize,
}

struct Checker<'n> {
    names: &'n Names<'n>,
    /// Names that some `set` gives, on whatever way.
    somewhere: BTreeSet<String>,
    checked: Checked,
}

impl<'n> Checker<'n> {
    fn new(names: &'n Names<'n>) -> Self {
        Self {
            names,
            somewhere: BTreeSet::new(),
            checked: Checked::default(),
        }
    }

    fn report(&mut self, span: &Span, diagnostic: Diagnostic) {
        self.checked.findings.push((span.clone(), diagnostic));
    }

    fn error(&mut self, span: &Span, code: &Code, message: impl Into<String>, hint: impl Into<String>) {
        self.report(span, Diagnostic::error(code, message).hint(hint));
    }

    fn nodes(&mut self, nodes: &[Node], scope: &mut Scope) {
        for node in nodes {
            self.node(node, scope);
        }
    }

    fn node(&mut self, node: &Node, scope: &mut Scope) {
        match node {
            Node::Text(_) | Node::Leave => {}
            Node::Print(expr) => {
                self.value(expr, scope);
            }
            Node::Block(body) => self.nodes(body, scope),
            Node::If { arms, otherwise } => {
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
            Node::For {
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
            Node::Set { name, value, .. } => {
                let kind = self.value(value, scope);
                self.assign(name, kind, scope);
            }
            Node::SetBlock {
                name, filters, body, ..
            } => {
                self.nodes(body, scope);
                let kind = self.filters(filters, scope);
                self.assign(name, kind, scope);
            }
            Node::FilterSection { filters, body } => {
                self.nodes(body, scope);
                self.filters(filters, scope);
            }
        }
    }

    fn filters(&mut self, filters: &[Filter], scope: &Scope) -> Kind {
        filters
            .iter()
            .fold(Kind::Text, |kind, filter| self.filter(filter, kind, scope))
    }

    fn assign(&mut self, name: &str, kind: Kind, scope: &mut Scope) {
        self.somewhere.insert(name.to_owned());
        self.checked.uses.locals.insert(name.to_owned());
        scope.set.insert(name.to_owned(), kind);
    }

    fn loop_scope(&mut self, names: &[String], container: Kind, scope: &Scope) -> Scope {
        let mut inside = scope.clone();
        inside.loops += 1;
        for name in names {
            let kind = if container == Kind::Cell {
                Kind::Cell
            } else {
                Kind::Unknown
            };
            self.assign(name, kind, &mut inside);
        }
        inside
    }

    /// An expression that decides something.
    fn condition(&mut self, expr: &Expr, scope: &Scope) {
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
                if self.value(expr, scope) == Kind::Cell {
                    let diagnostic = Diagnostic::error(
                        &codes::BARE_CELL,
                        "a cell alone is no condition: any text in it counts as true, `no` and `0` too",
                    )
                    .hint("compare it: `== 'yes'`, or `!= ''` for a cell that is not empty");
                    self.report(&expr.span, diagnostic);
                }
            }
        }
    }

    /// An expression for its value.
    fn value(&mut self, expr: &Expr, scope: &Scope) -> Kind {
        match &expr.kind {
            ExprKind::Text(_) => Kind::Text,
            ExprKind::Integer(_) | ExprKind::Float => Kind::Number,
            ExprKind::Bool(_) => Kind::Bool,
            ExprKind::None => Kind::None,
            ExprKind::Name(name) => self.name(name, &expr.span, scope),
            ExprKind::Attribute(of, field) => self.attribute(of, field, &expr.span, scope),
            ExprKind::Index(of, index) => self.index(of, index, &expr.span, scope),
            ExprKind::Slice(of, parts) => {
                for part in parts {
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
                Kind::Bool
            }
            ExprKind::Call(call) => {
                self.known_word(call, "function", &FUNCTIONS);
                self.arguments(&call.arguments, scope);
                Kind::Unknown
            }
            ExprKind::Not(inner) => {
                self.condition(inner, scope);
                Kind::Bool
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
                Kind::Unknown
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
                Kind::Unknown
            }
        }
    }

    fn name(&mut self, name: &str, span: &Span, scope: &Scope) -> Kind {
        if let Some(kind) = scope.set.get(name) {
            return *kind;
        }
        if name == "loop" && scope.loops > 0 {
            self.error(
                span,
                &codes::UNKNOWN_NAME,
                "`loop` alone is no value",
                "write `loop.index`",
            );
            return Kind::Unknown;
        }
        if RESERVED.contains(&name) {
            return self.reserved_alone(name, span);
        }
        if let Some(value) = self.names.vars.get(name) {
            self.checked.uses.vars.insert(name.to_owned());
            return match value {
                VarValue::Text(_) => Kind::Text,
                VarValue::Integer(_) => Kind::Number,
                VarValue::Bool(_) => Kind::Bool,
            };
        }
        if self.names.column(name).is_some() {
            self.checked.uses.columns.insert(name.to_owned());
            return Kind::Cell;
        }
        self.unknown_name(name, span, scope);
        Kind::Unknown
    }

    fn reserved_alone(&mut self, name: &str, span: &Span) -> Kind {
        if self.names.column(name).is_some() {
            self.error(
                span,
                &codes::NAME_TWICE,
                format!("`{name}` is a column of the CSV and a reserved name"),
                format!("rename the column with `columns: {{ other_name: \"{name}\" }}`"),
            );
            return Kind::Unknown;
        }
        let fields: &[&str] = match name {
            "recipient" => &RECIPIENT_FIELDS,
            "occurrence" if self.names.recurring => &OCCURRENCE_FIELDS,
            _ => {
                self.absent_reserved(name, span);
                return Kind::Unknown;
            }
        };
        self.error(
            span,
            &codes::UNKNOWN_NAME,
            format!("`{name}` alone is no value"),
            format!("its fields are `{name}.{}`", fields.join(&format!("`, `{name}."))),
        );
        Kind::Unknown
    }

    fn absent_reserved(&mut self, name: &str, span: &Span) {
        let (what, hint) = if name == "loop" {
            ("there is no loop around it", "`loop` exists inside `{% for %}`")
        } else {
            (
                "this campaign is no recurring one",
                "`occurrence` exists in campaigns with `cron`",
            )
        };
        self.error(
            span,
            &codes::UNKNOWN_NAME,
            format!("`{name}` is not known here: {what}"),
            hint,
        );
    }

    fn unknown_name(&mut self, name: &str, span: &Span, scope: &Scope) {
        if self.somewhere.contains(name) {
            self.error(
                span,
                &codes::MAYBE_UNSET,
                format!("`{name}` is not set on every way to here"),
                "set it before the `if` or loop, or in every branch",
            );
            return;
        }
        let known = self.names.known();
        let locals = scope.set.keys().map(String::as_str);
        let mut diagnostic = Diagnostic::error(
            &codes::UNKNOWN_NAME,
            format!("`{name}` is not a column, a variable or anything else that is known"),
        );
        if let Some(meant) = closest(name, known.iter().copied().chain(locals)) {
            diagnostic = diagnostic.hint(format!("did you mean `{meant}`?"));
        } else if let Some(column) = closest(name, self.names.columns.iter().map(String::as_str)) {
            if !is_writable(column) {
                diagnostic = diagnostic.hint(format!(
                    "the column `{column}` needs a name for templates: `columns: {{ {name}: \"{column}\" }}`"
                ));
            }
        }
        let listed: Vec<String> = known.iter().take(20).map(|name| format!("`{name}`")).collect();
        let more = if known.len() > listed.len() { ", ..." } else { "" };
        diagnostic = diagnostic.hint(format!("known names: {}{more}", listed.join(", ")));
        self.report(span, diagnostic);
    }

    fn attribute(&mut self, of: &Expr, field: &str, span: &Span, scope: &Scope) -> Kind {
        if let ExprKind::Name(name) = &of.kind
            && !scope.set.contains_key(name)
            && RESERVED.contains(&name.as_str())
        {
            return self.reserved_field(name, field, span, scope);
        }
        let kind = self.value(of, scope);
        if kind != Kind::Unknown {
            self.error(
                span,
                &codes::UNKNOWN_NAME,
                format!("there is no field `{field}` in {}", kind.words()),
                "columns and variables have no fields",
            );
        }
        Kind::Unknown
    }

    fn reserved_field(&mut self, name: &str, field: &str, span: &Span, scope: &Scope) -> Kind {
        let fields: &[&str] = match name {
            "recipient" => &RECIPIENT_FIELDS,
            "occurrence" if self.names.recurring => &OCCURRENCE_FIELDS,
            "loop" if scope.loops > 0 => &["index", "index0", "first", "last", "length"],
            _ => {
                self.absent_reserved(name, span);
                return Kind::Unknown;
            }
        };
        if name != "loop" && self.names.column(name).is_some() {
            return self.reserved_alone(name, span);
        }
        match name {
            "recipient" => self.checked.uses.recipient = true,
            "occurrence" => self.checked.uses.occurrence = true,
            _ => {}
        }
        if !fields.contains(&field) {
            let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, format!("`{name}` has no field `{field}`"));
            if let Some(meant) = closest(field, fields.iter().copied()) {
                diagnostic = diagnostic.hint(format!("did you mean `{name}.{meant}`?"));
            }
            self.report(
                span,
                diagnostic.hint(format!("its fields are `{}`", fields.join("`, `"))),
            );
            return Kind::Unknown;
        }
        match field {
            "country" => Kind::Cell,
            "date" | "time" => Kind::Text,
            "first" | "last" => Kind::Bool,
            _ => Kind::Number,
        }
    }

    fn index(&mut self, of: &Expr, index: &Expr, span: &Span, scope: &Scope) -> Kind {
        let reserved = matches!(&of.kind, ExprKind::Name(name)
            if RESERVED.contains(&name.as_str()) && !scope.set.contains_key(name));
        if let (true, ExprKind::Name(name), ExprKind::Text(field)) = (reserved, &of.kind, &index.kind) {
            return self.reserved_field(name, field, span, scope);
        }
        self.value(index, scope);
        match self.value(of, scope) {
            Kind::Cell => Kind::Cell,
            _ => Kind::Unknown,
        }
    }

    fn binary(&mut self, operator: Operator, left: &Expr, right: &Expr, span: &Span, scope: &Scope) -> Kind {
        match operator {
            Operator::And => {
                self.condition(left, scope);
                Kind::Bool.either(self.value(right, scope))
            }
            // `nickname or 'friend'` is a fallback, not a decision about people.
            Operator::Or => {
                let left = self.value(left, scope);
                left.either(self.value(right, scope))
            }
            Operator::In => {
                let needle = self.value(left, scope);
                self.contained(needle, right, span, scope);
                Kind::Bool
            }
            Operator::Compare(_) => {
                let (a, b) = (self.value(left, scope), self.value(right, scope));
                self.comparable(a, b, span);
                Kind::Bool
            }
            Operator::Arithmetic => {
                self.operand(left, scope);
                self.operand(right, scope);
                Kind::Number
            }
            Operator::Concat => {
                let (a, b) = (self.value(left, scope), self.value(right, scope));
                if a == Kind::Cell || b == Kind::Cell {
                    Kind::Cell
                } else {
                    Kind::Text
                }
            }
        }
    }

    fn contained(&mut self, needle: Kind, container: &Expr, span: &Span, scope: &Scope) {
        if let ExprKind::Array(items) = &container.kind {
            for item in items {
                let kind = self.value(item, scope);
                self.comparable(needle, kind, &item.span);
            }
        } else if self.value(container, scope).is_text() && !needle.is_text() && needle != Kind::Unknown {
            self.comparable(needle, Kind::Text, span);
        }
    }

    fn comparable(&mut self, a: Kind, b: Kind, span: &Span) {
        if a.never_equals(b) {
            self.error(
                span,
                &codes::KINDS_DIFFER,
                format!("{} and {} are never equal", a.words(), b.words()),
                "columns are always text: write `== '30'`, or make a number of it with `| int`",
            );
        }
    }

    fn operand(&mut self, expr: &Expr, scope: &Scope) -> Kind {
        if self.value(expr, scope).is_text() {
            self.error(
                &expr.span,
                &codes::KINDS_DIFFER,
                "cannot compute with text",
                "make a number of it with `| int` or `| float`",
            );
        }
        Kind::Number
    }

    fn arguments(&mut self, arguments: &[Argument], scope: &Scope) {
        for argument in arguments {
            self.value(&argument.value, scope);
        }
    }

    fn filter(&mut self, filter: &Filter, on: Kind, scope: &Scope) -> Kind {
        self.arguments(&filter.arguments, scope);
        let names: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
        self.known_word(filter, "filter", &names);
        let covers_empty = filter
            .arguments
            .iter()
            .any(|argument| argument.name == "boolean" && argument.value.kind == ExprKind::Bool(true));
        if filter.name == "default" && on == Kind::Cell && !covers_empty {
            let diagnostic = Diagnostic::warning(&codes::DEFAULT_ON_COLUMN, "`default` does not cover an empty cell")
                .hint("write `default(value=..., boolean=true)`");
            self.report(&filter.span, diagnostic);
        }
        match FILTERS
            .iter()
            .find(|(name, _)| *name == filter.name)
            .map(|(_, gives)| *gives)
        {
            Some(Gives::Text) => {
                if on == Kind::Cell {
                    Kind::Cell
                } else {
                    Kind::Text
                }
            }
            Some(Gives::Same) => on,
            Some(Gives::Number) => Kind::Number,
            Some(Gives::Other) | None => Kind::Unknown,
        }
    }

    fn test(&mut self, test: &Filter, on: Kind, span: &Span, scope: &Scope) {
        self.arguments(&test.arguments, scope);
        self.known_word(test, "test", &TESTS);
        if matches!(test.name.as_str(), "defined" | "undefined" | "none") && on == Kind::Cell {
            let diagnostic = Diagnostic::warning(
                &codes::DEFAULT_ON_COLUMN,
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
        let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_FILTER, format!("there is no {what} `{}`", word.name));
        if let Some(meant) = closest(&word.name, known.iter().copied()) {
            diagnostic = diagnostic.hint(format!("did you mean `{meant}`?"));
        }
        self.report(
            &word.span,
            diagnostic.hint(format!("the {what}s are `{}`", known.join("`, `"))),
        );
    }
}

/// The names set at the end of every way.
fn meet(ends: &[Scope]) -> BTreeMap<String, Kind> {
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
