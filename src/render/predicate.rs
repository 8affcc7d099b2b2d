//! `where`: which rows are recipients. One Tera expression, held to the same rules as a body.

use super::fault::RenderFault;
use super::names::Names;
use super::program::{Program, Renderer, Row};
use crate::model::{Diagnostic, Text};

/// A compiled `where`; shared between threads, each with its own [`Matcher`].
#[derive(Debug, Clone)]
pub struct Predicate(Program);

impl Predicate {
    /// Checks and compiles an expression, or tells every fault of it.
    pub fn compile(expression: &Text, names: &Names<'_>) -> Result<Self, Vec<Diagnostic>> {
        let body = Text {
            text: format!("{{% if {} %}}1{{% else %}}0{{% endif %}}", expression.text),
            ..expression.clone()
        };
        Program::compile(&body, names).map(Self)
    }

    /// What compiles but looks wrong.
    pub fn warnings(&self) -> &[Diagnostic] {
        self.0.warnings()
    }

    /// Whether two occurrences can decide differently.
    pub fn uses_occurrence(&self) -> bool {
        self.0.uses_occurrence()
    }

    /// Decides rows on one thread.
    pub fn matcher(&self) -> Matcher {
        Matcher {
            renderer: self.0.renderer(),
            answer: String::new(),
        }
    }
}

/// Decides rows by one [`Predicate`] on one thread.
pub struct Matcher {
    renderer: Renderer,
    answer: String,
}

impl Matcher {
    /// Whether the row is a recipient.
    pub fn matches(&mut self, row: &Row<'_>) -> Result<bool, RenderFault> {
        self.renderer.render(row, &mut self.answer)?;
        Ok(self.answer == "1")
    }
}
