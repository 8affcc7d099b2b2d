//! The grammar of Tera 2, read by us. Tera keeps its syntax tree to itself, and a list of names without places and
//! scopes is not enough to be sure that no unknown name is in a condition.
//!
//! In: a template that Tera has accepted. Out: a tree with byte spans; or a refusal of what we do not follow (includes,
//! components), so that nothing slips through unread. Never: a tree that means something else than Tera's; the
//! property test in `compiled` compares both.

mod ast;
mod expressions;
mod lexer;
mod parser;

pub(super) use ast::{Argument, Comparison, Expr, ExprKind, Filter, Operator, Span, SyntaxNode};
pub(super) use lexer::{Token, tokenize};
pub(super) use parser::{parse_expression, parse_template};

/// What we do not read, and where (byte offsets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxFault {
    pub(super) span: Span,
    pub(super) message: String,
}

impl SyntaxFault {
    fn new(span: &Span, message: impl Into<String>) -> Self {
        Self {
            span: span.clone(),
            message: message.into(),
        }
    }
}
