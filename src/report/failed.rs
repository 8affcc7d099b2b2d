//! A command that failed, as its one JSON document says it, and as a comment where a plan would be.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::diagnostics::{place_in_view, view_kinds};
use super::exit_reason;
use super::markdown::escaped;
use super::view::DiagnosticView;
use crate::model::counted;

/// What `-o json` prints, and what `plan --save` keeps, when there is no plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailureView {
    /// `1.0`.
    pub format_version: String,
    /// Why, in one line.
    pub error: String,
    /// What can be done.
    #[serde(default)]
    pub hints: Vec<String>,
    /// What the shell saw.
    pub exit_code: u8,
    /// Faults and warnings.
    #[serde(default)]
    pub diagnostics: Vec<DiagnosticView>,
}

/// The reason first, then each fault with its place.
pub fn failure_to_markdown(failure: &FailureView, name: &str) -> String {
    const SHOWN: usize = 30;
    const LONGEST: usize = 400;
    let mut out = String::new();
    let name = if name.is_empty() {
        String::new()
    } else {
        format!(" {}", escaped(name))
    };
    let _ = writeln!(out, "### Campanile{name}: there is no plan\n");
    let clipped = |text: &str| {
        let short: String = text.chars().take(LONGEST).collect();
        escaped(&short)
    };
    let _ = writeln!(
        out,
        "**{}** (exit code {}, {})\n",
        clipped(&failure.error),
        failure.exit_code,
        exit_reason(failure.exit_code)
    );
    for hint in &failure.hints {
        let _ = writeln!(out, "> {}\n", clipped(hint));
    }
    let told = failure
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != "note");
    let kinds = view_kinds(told);
    for kind in kinds.iter().take(SHOWN) {
        let diagnostic = kind.first;
        let place = match place_in_view(diagnostic) {
            place if place.is_empty() => place,
            place => format!(" ({})", clipped(&place)),
        };
        let more = kind
            .more(place_in_view)
            .map_or_else(String::new, |more| format!(": {}", clipped(&more)));
        let _ = writeln!(
            out,
            "- **{} {}**{place}: {}{more}",
            escaped(&diagnostic.severity),
            escaped(&diagnostic.code),
            clipped(&diagnostic.message)
        );
    }
    if kinds.len() > SHOWN {
        let more = counted((kinds.len() - SHOWN) as u64, "more", "more");
        let _ = writeln!(out, "- and {more}; the log of the job has them all");
    }
    out
}
