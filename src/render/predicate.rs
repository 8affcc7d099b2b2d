//! `where`: which rows are recipients. One Tera expression, held to the same rules as a body.

use std::sync::Arc;

use super::check::check_condition;
use super::compile::compile_condition;
use super::compiled::CompiledCondition;
use super::diagnostics;
use super::engine::Engine;
use super::fault::RenderFault;
use super::guard::guard;
use super::meant::{meant_in_expression, prefer};
use super::names::Names;
use super::occurring::Occurring;
use super::row::Row;
use super::syntax::{Expr, ExprKind, SyntaxNode, parse_expression};
use super::template::{Template, instead, read};
use super::why::{CellFault, TypedColumn, needs, why};
use crate::model::{Diagnostic, Text};

/// The frame that makes a template of an expression; its output begins with `1` when the expression holds.
const FRAME: (&str, &str) = ("{% if (", ") %}1{% else %}0{% endif %}");

/// A compiled `where`; cheap to clone, shared between threads, each with its own [`Matcher`].
#[derive(Debug, Clone)]
pub struct Predicate {
    fast: Option<Arc<CompiledCondition>>,
    slow: Arc<Template>,
    /// What it makes numbers and dates of.
    needs: Arc<[TypedColumn]>,
    /// What it compares, with no row noted.
    occurring: Arc<Occurring>,
}

impl Predicate {
    /// Checks and compiles an expression, or reports every fault of it.
    pub fn compile(expression: &Text, names: &Names<'_>) -> Result<Self, Vec<Diagnostic>> {
        let source = format!("{}{}{}", FRAME.0, expression.text, FRAME.1);
        let frame = FRAME.0.len();
        let meant = || meant_in_expression(&expression.text, names);
        let expr = read(expression, frame, &source, || parse_expression(&expression.text))
            .map_err(|fault| instead(expression, *fault, meant()))?;
        let mut checked = check_condition(&expr, names);
        prefer(&mut checked.findings, meant);
        let guarded = guard(&source, &[SyntaxNode::Print(expr.clone())], frame);
        let template = Template::new(expression, guarded, frame, checked, names)?;
        if is_constant(&expr) {
            let diagnostic = Diagnostic::error(&diagnostics::WHERE_SELECTS, "`where` does not look at the row");
            return Err(vec![diagnostic.at(expression.place.clone())]);
        }
        Ok(Self {
            fast: compile_condition(&expr, names).map(Arc::new),
            slow: Arc::new(template),
            needs: needs(&expr, names).into(),
            occurring: Arc::new(Occurring::of(&expr, names)),
        })
    }

    /// What compiles but looks wrong.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.slow.warnings
    }

    /// Whether it runs on our own small program instead of Tera.
    pub fn is_compiled(&self) -> bool {
        self.fast.is_some()
    }

    /// Whether two occurrences can decide differently.
    pub fn uses_occurrence(&self) -> bool {
        self.slow.uses.occurrence
    }

    /// To gather the values of the columns that it compares, on one thread.
    pub fn occurring(&self) -> Occurring {
        Occurring::clone(&self.occurring)
    }

    /// Decides rows on one thread.
    pub fn matcher(&self) -> Matcher {
        let engine = if self.fast.is_some() { None } else { self.slow.engine() };
        Matcher {
            predicate: self.clone(),
            engine,
            answer: String::new(),
        }
    }

    /// A warning when no row, or every row, was selected.
    pub fn selection_warning(expression: &Text, selected: u64, rows: u64) -> Option<Diagnostic> {
        let message = match selected {
            _ if rows == 0 => return None,
            0 => format!("`where` selects none of {rows} rows"),
            _ if selected == rows => format!("`where` selects every one of {rows} rows"),
            _ => return None,
        };
        let diagnostic = Diagnostic::warning(&diagnostics::WHERE_SELECTS, message)
            .at(expression.place.clone())
            .hint("comparisons are exact, upper and lower case included");
        Some(diagnostic)
    }
}

/// Whether an expression is a literal: nobody means that.
fn is_constant(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Text(_) | ExprKind::Integer(_) | ExprKind::Float | ExprKind::None
    )
}

/// Decides rows by one [`Predicate`] on one thread.
pub struct Matcher {
    predicate: Predicate,
    engine: Option<Engine>,
    answer: String,
}

impl Matcher {
    /// Whether a row is left out by its cells alone, with no number known; never where the condition asks for the
    /// number.
    pub fn leaves_out(&mut self, row: &Row<'_>) -> bool {
        !self.predicate.slow.uses.recipient && self.matches(row) == Ok(false)
    }

    /// Whether the row is a recipient.
    pub fn matches(&mut self, row: &Row<'_>) -> Result<bool, RenderFault> {
        let template = &*self.predicate.slow;
        if let Some(condition) = &self.predicate.fast {
            template.needs_occurrence(row)?;
            return Ok(condition.holds(row));
        }
        self.answer.clear();
        match &mut self.engine {
            Some(engine) => template.render(engine, row, &mut self.answer)?,
            None => return Err(RenderFault::Blank),
        }
        Ok(self.answer == "1")
    }
    /// The fault of a row that [`Matcher::matches`] failed on: what the cell is like, without what it says, and a cure.
    /// It is the same for all rows of a kind but for the cell's shape.
    pub fn refused(&self, row: &Row<'_>, fault: &RenderFault) -> Diagnostic {
        let template = &*self.predicate.slow;
        let place = match fault {
            RenderFault::Template { place, .. } => place.clone(),
            RenderFault::Blank | RenderFault::TooLong => template.place(),
        };
        let (message, hint) = match why(&self.predicate.needs, row) {
            Some(CellFault { message, hint }) => (message, hint),
            None => (
                fault.to_string(),
                "look at the cells of these rows, and correct them or the condition".to_owned(),
            ),
        };
        let message = format!("`where` cannot be computed: {message}");
        Diagnostic::error(&diagnostics::ROW_FAULT, message).at(place).hint(hint)
    }
}
