//! Why a source that is no plain file gives no rows.

use std::path::{Path, PathBuf};

use crate::model::{Code, Diagnostic};

/// Why a source that is no plain file gives no rows. Never holds a value of a row, or a secret.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{}` {why}", name.display())]
pub struct Trouble {
    /// What messages call the source.
    name: PathBuf,
    code: &'static Code,
    why: String,
    hints: Vec<String>,
}

impl Trouble {
    pub(super) fn new(name: &Path, code: &'static Code, why: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            code,
            why: why.into(),
            hints: Vec::new(),
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// As a fault of the input.
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let fault = Diagnostic::error(self.code, self.to_string());
        self.hints.iter().fold(fault, |fault, hint| fault.hint(hint.clone()))
    }
}
