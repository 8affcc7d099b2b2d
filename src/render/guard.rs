//! Bounds on what a template may cost. Tera bounds neither how often nested loops run nor how large a text grows that
//! is set again and again; so the source is rewritten before Tera sees it: the sequence of a loop passes a filter that
//! counts its rounds, and a value of `set` passes one that measures it.
//!
//! In: a template and its tree. Out: the guarded source, and the way back from its byte offsets to the original ones.

use super::filters::{KEPT, STEPS};
use super::syntax::{Expr, ExprKind, Filter, SyntaxNode};

/// A template with its guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guarded {
    pub(super) source: String,
    /// Offset in the original and bytes inserted there, in order.
    inserted: Vec<(usize, usize)>,
}

impl Guarded {
    /// The original offset of one in the guarded source.
    pub(super) fn original(&self, offset: usize) -> usize {
        let mut shift = 0;
        for (at, length) in &self.inserted {
            if at + shift >= offset {
                break;
            }
            shift += length.min(&(offset - at - shift));
        }
        offset - shift
    }
}

/// Guards a template; `shift` is added to every offset of the tree (for a condition inside its frame).
pub(super) fn guard(source: &str, nodes: &[SyntaxNode], shift: usize) -> Guarded {
    let mut edits = Edits::default();
    edits.nodes(nodes);
    let mut insertions = edits.0;
    insertions.sort_by_key(|(at, _)| *at);
    let mut guarded = Guarded {
        source: String::with_capacity(source.len() + 32 * insertions.len()),
        inserted: Vec::new(),
    };
    let mut done = 0;
    for (at, text) in insertions {
        let at = at + shift;
        guarded.source.push_str(source.get(done..at).unwrap_or_default());
        guarded.source.push_str(&text);
        guarded.inserted.push((at, text.len()));
        done = at;
    }
    guarded.source.push_str(source.get(done..).unwrap_or_default());
    guarded
}

#[derive(Default)]
struct Edits(Vec<(usize, String)>);

impl Edits {
    fn nodes(&mut self, nodes: &[SyntaxNode]) {
        for node in nodes {
            match node {
                SyntaxNode::Text(_) | SyntaxNode::Leave => {}
                SyntaxNode::Print(expr) => self.expr(expr),
                SyntaxNode::Block(body) => self.nodes(body),
                SyntaxNode::If { arms, otherwise } => {
                    for (condition, body) in arms {
                        self.expr(condition);
                        self.nodes(body);
                    }
                    self.nodes(otherwise.as_deref().unwrap_or_default());
                }
                SyntaxNode::For {
                    container,
                    body,
                    otherwise,
                    ..
                } => {
                    self.wrap(container, STEPS);
                    self.nodes(body);
                    self.nodes(otherwise);
                }
                SyntaxNode::Set { value, .. } => self.wrap(value, KEPT),
                SyntaxNode::SetBlock { filters, body, end, .. } => {
                    self.filters(filters);
                    self.0.push((*end, format!(" | {KEPT}")));
                    self.nodes(body);
                }
                SyntaxNode::FilterSection { filters, body } => {
                    self.filters(filters);
                    self.nodes(body);
                }
            }
        }
    }

    /// The inner edits first, so that at one offset the inner end comes before the outer one.
    fn wrap(&mut self, expr: &Expr, filter: &str) {
        self.0.push((expr.span.start, "(".to_owned()));
        self.expr(expr);
        self.0.push((expr.span.end, format!(") | {filter}")));
    }

    fn filters(&mut self, filters: &[Filter]) {
        for filter in filters {
            self.filter(filter);
        }
    }

    fn filter(&mut self, filter: &Filter) {
        for argument in &filter.arguments {
            self.expr(&argument.value);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Text(_)
            | ExprKind::Integer(_)
            | ExprKind::Float
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Name(_) => {}
            ExprKind::Attribute(inner, _) | ExprKind::Not(inner) | ExprKind::Negative(inner) => self.expr(inner),
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Slice(of, parts) => {
                self.expr(of);
                for part in parts.iter().flatten() {
                    self.expr(part);
                }
            }
            ExprKind::Filtered(on, filter) | ExprKind::Tested(on, filter) => {
                self.expr(on);
                self.filter(filter);
            }
            ExprKind::Call(call) => self.filter(call),
            ExprKind::Ternary(condition, yes, no) => {
                for part in [yes, condition, no] {
                    self.expr(part);
                }
            }
            ExprKind::Array(items) | ExprKind::Map(items) => {
                for item in items {
                    self.expr(item);
                }
            }
            ExprKind::Comprehension {
                element,
                container,
                condition,
                ..
            } => {
                self.expr(element);
                self.wrap(container, STEPS);
                if let Some(condition) = condition {
                    self.expr(condition);
                }
            }
        }
    }
}
