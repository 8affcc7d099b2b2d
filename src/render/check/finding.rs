//! What is wrong at a place of a template.

use crate::model::Diagnostic;
use crate::render::syntax::Span;

/// A finding and its bytes.
pub(in crate::render) type CheckFinding = (Span, Diagnostic);
