//! A template, compiled once per (campaign, source) and rendered once per recipient.
//!
//! In: the template with its place, the names it may use; then per row a number, its country, the row's fields and the
//! occurrence. Out: the message, without trailing newlines; or every fault of the template with its place. Never: a
//! message with an unknown name in it, not even inside a condition (Tera itself treats those as false).

use std::sync::Arc;

use super::bare::is_asked_for;
use super::check::check_template;
use super::compile::compile_template;
use super::compiled::Compiled;
use super::destroyed;
use super::foreign_tags::foreign_tags;
use super::guard::guard;
use super::lines::blank_lines;
use super::meant::{meant_in_template, prefer};
use super::names::Names;
use super::syntax::parse_template;
use super::template::{Template, instead, read};
use crate::model::{Diagnostic, Text};

/// A cell that a template uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its column's name.
    pub name: String,
    /// Which of a row's fields.
    pub at: usize,
    /// Whether it is printed without a question about what is in it.
    pub is_bare: bool,
}

/// A compiled template; cheap to clone, shared between threads, each with its own renderer.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) fast: Option<Arc<Compiled>>,
    pub(super) slow: Arc<Template>,
}

impl Program {
    /// Checks and compiles a template, or reports every fault of it.
    pub fn compile(body: &Text, names: &Names<'_>) -> Result<Self, Vec<Diagnostic>> {
        let meant = || meant_in_template(&body.text, names);
        let nodes =
            read(body, 0, &body.text, || parse_template(&body.text)).map_err(|fault| instead(body, *fault, meant()))?;
        let mut checked = check_template(&nodes, names);
        prefer(&mut checked.findings, meant);
        checked.findings.extend(blank_lines(&body.text));
        checked.findings.extend(foreign_tags(&body.text, names));
        checked.findings.extend(destroyed::lint(&body.text));
        let mut template = Template::new(body, guard(&body.text, &nodes, 0), 0, checked, names)?;
        let collisions = names.collisions(&body.place);
        if !collisions.is_empty() {
            return Err(collisions);
        }
        template.warnings.sort_by_key(|warning| warning.place.clone());
        Ok(Self {
            fast: compile_template(&nodes, names).map(Arc::new),
            slow: Arc::new(template),
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

    /// Whether every row of an occurrence gets the same text.
    pub fn is_constant(&self) -> bool {
        self.slow.columns.is_empty() && !self.slow.uses.recipient
    }

    /// The cells that it uses, by the names of their columns.
    pub fn cells(&self) -> Vec<Cell> {
        let columns = self.slow.columns.iter();
        columns
            .map(|(name, at)| Cell {
                name: name.clone(),
                at: *at,
                is_bare: !is_asked_for(&self.slow.text.text, name),
            })
            .collect()
    }

    /// Whether two occurrences can give a row different texts.
    pub fn uses_occurrence(&self) -> bool {
        self.slow.uses.occurrence
    }

    /// The same template left to Tera: what the fast path is tested against.
    #[cfg(test)]
    pub(super) fn without_fast_path(&self) -> Self {
        Self {
            fast: None,
            slow: Arc::clone(&self.slow),
        }
    }

    pub(super) fn fast(&self) -> Option<&Compiled> {
        self.fast.as_deref()
    }
}
