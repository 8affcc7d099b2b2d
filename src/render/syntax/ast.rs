//! The tree of a template.

use std::ops::Range;

/// Byte offsets in the source.
pub(in crate::render) type Span = Range<usize>;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) enum SyntaxNode {
    /// Text as it comes out, whitespace control applied.
    Text(String),
    /// `{{ expression }}`.
    Print(Expr),
    /// `{% if %}`, its `elif`s and its `else`.
    If {
        arms: Vec<(Expr, Vec<SyntaxNode>)>,
        otherwise: Option<Vec<SyntaxNode>>,
    },
    /// `{% for key, value in container %}`.
    For {
        names: Vec<String>,
        container: Expr,
        body: Vec<SyntaxNode>,
        otherwise: Vec<SyntaxNode>,
    },
    /// `{% set name = value %}` and `{% set_global ... %}`.
    Set { name: String, value: Expr, global: bool },
    /// `{% set name | filters %}...{% endset %}`; `end` is where the opening tag ends.
    SetBlock {
        name: String,
        filters: Vec<Filter>,
        body: Vec<SyntaxNode>,
        global: bool,
        end: usize,
    },
    /// `{% filter upper %}...{% endfilter %}`.
    FilterSection {
        filters: Vec<Filter>,
        body: Vec<SyntaxNode>,
    },
    /// `{% block name %}`: nothing but its content, since nothing can extend a body.
    Block(Vec<SyntaxNode>),
    /// `{% break %}`, `{% continue %}`.
    Leave,
}

/// An expression and its place, parentheses included.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

/// `name=value`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) struct Argument {
    pub name: String,
    pub value: Expr,
}

/// A filter, a test or a function by name.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) struct Filter {
    pub name: String,
    pub span: Span,
    pub arguments: Vec<Argument>,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) enum ExprKind {
    Text(String),
    Integer(i64),
    Float,
    Bool(bool),
    None,
    Name(String),
    Attribute(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    /// From, to, step.
    Slice(Box<Expr>, Box<[Option<Expr>; 3]>),
    Filtered(Box<Expr>, Filter),
    Tested(Box<Expr>, Filter),
    Call(Filter),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// Condition, value if true, value if false.
    Ternary(Box<Expr>, Box<Expr>, Box<Expr>),
    Array(Vec<Expr>),
    Map(Vec<Expr>),
    Comprehension {
        element: Box<Expr>,
        names: Vec<String>,
        container: Box<Expr>,
        condition: Option<Box<Expr>>,
    },
}

impl Expr {
    /// Visits it and every expression in it.
    pub(crate) fn each<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        let arguments = |filter: &'e Filter, visit: &mut dyn FnMut(&'e Expr)| {
            filter.arguments.iter().for_each(|argument| visit(&argument.value));
        };
        let mut below: Vec<&'e Expr> = Vec::new();
        match &self.kind {
            ExprKind::Text(_)
            | ExprKind::Integer(_)
            | ExprKind::Float
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Name(_) => {}
            ExprKind::Attribute(of, _) | ExprKind::Not(of) | ExprKind::Negative(of) => below.push(of),
            ExprKind::Index(one, other) | ExprKind::Binary(_, one, other) => below.extend([&**one, &**other]),
            ExprKind::Slice(of, parts) => {
                below.push(of);
                below.extend(parts.iter().flatten());
            }
            ExprKind::Filtered(on, filter) | ExprKind::Tested(on, filter) => {
                below.push(on);
                arguments(filter, &mut |argument| below.push(argument));
            }
            ExprKind::Call(filter) => arguments(filter, &mut |argument| below.push(argument)),
            ExprKind::Ternary(condition, yes, no) => below.extend([&**condition, &**yes, &**no]),
            ExprKind::Array(items) | ExprKind::Map(items) => below.extend(items),
            ExprKind::Comprehension {
                element,
                container,
                condition,
                ..
            } => {
                below.extend([&**element, &**container]);
                below.extend(condition.as_deref());
            }
        }
        for expr in below {
            expr.each(visit);
        }
    }
}

/// Operators between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Operator {
    Or,
    And,
    In,
    Compare(Comparison),
    /// `+ - * / // % **`.
    Arithmetic,
    /// `~`.
    Concat,
}

/// `== != < <= > >=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// Whether it holds for this order of both sides.
    pub(crate) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }
}
