//! A diagnostic says that the input is wrong, where, and what to do about it. It never holds a phone number, a rendered
//! body or a token.

use super::Place;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is planned until it is fixed.
    Error,
    /// Worth a look; `--strict` refuses it.
    Warning,
    /// For information.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A kind of diagnostic, with the page that `campanile explain CODE` prints.
///
/// Each module keeps its own in a `codes.rs` (a `pub const ALL: &[Code]` beside the constants), in its own hundred:
/// `campaign` C0xx, `audience` C1xx, `render` C2xx, `schedule` C3xx, `plan` C4xx, `provider` C5xx, `apply` C6xx,
/// `project` and `cli` C7xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `C014`.
    pub id: &'static str,
    /// A few words: what is wrong.
    pub title: &'static str,
    /// What it means, why it is so, how to fix it, with an example; plain text, lines of at most 80 characters.
    pub page: &'static str,
}

/// One fault of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// `C014`.
    pub code: &'static str,
    /// What is wrong: lower case, no full stop, values in backticks.
    pub message: String,
    /// The place, if it is in a file.
    pub place: Option<Place>,
    /// What can be done, each a sentence of its own.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// An error of this kind.
    pub fn error(code: &Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning of this kind.
    pub fn warning(code: &Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A note of this kind.
    pub fn note(code: &Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    fn new(severity: Severity, code: &Code, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.id,
            message: message.into(),
            place: None,
            hints: Vec::new(),
        }
    }

    /// The same, at this place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same, with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Whether it stops the plan.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
