//! Tera, tamed: one template, autoescape off, no environment, clock, randomness or files; output and steps bounded.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tera::{Context, ErrorKind, Tera, Value};

use super::filters;

/// No provider takes more than 2,000 characters; this is that in bytes, with room for what filters remove again.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;

const NAME: &str = "body.txt";

/// One compiled template with its own context and counter, for one thread.
pub(super) struct Engine {
    tera: Tera,
    context: Context,
    steps: Arc<AtomicU32>,
    buffer: Vec<u8>,
}

/// What Tera says, and where in the source (byte offsets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EngineError {
    pub(super) kind: EngineTrouble,
    pub(super) span: Option<Range<usize>>,
    /// May repeat values of a row: see [`telling`].
    pub(super) message: String,
}

/// What kind of trouble it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EngineTrouble {
    Syntax,
    Rendering,
    /// More than [`MAX_MESSAGE_BYTES`].
    Overflow,
    Other,
}

impl Engine {
    pub(super) fn new(source: &str) -> Result<Self, EngineError> {
        let mut tera = Tera::default();
        tera.autoescape_on(Vec::<&'static str>::new());
        let steps = filters::register(&mut tera);
        tera.add_raw_template(NAME, source)
            .map_err(|error| EngineError::of(&error))?;
        Ok(Self {
            tera,
            context: Context::new(),
            steps,
            buffer: Vec::with_capacity(256),
        })
    }

    /// Every name that Tera itself sees in the template.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.tera
            .get_template_variables(NAME)
            .map(|names| names.into_iter().map(str::to_owned).collect())
            .unwrap_or_default()
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.context.insert_value(name.to_owned(), value);
    }

    /// Appends to `out`, or leaves it alone.
    pub(super) fn render(&mut self, out: &mut String) -> Result<(), EngineError> {
        self.steps.store(0, Ordering::Relaxed);
        self.buffer.clear();
        let mut writer = Bounded {
            out: &mut self.buffer,
            overflow: false,
        };
        let result = self.tera.render_to(NAME, &self.context, &mut writer);
        if writer.overflow {
            return Err(EngineError {
                kind: EngineTrouble::Overflow,
                span: None,
                message: String::new(),
            });
        }
        result.map_err(|error| EngineError::of(&error))?;
        out.push_str(&String::from_utf8_lossy(&self.buffer));
        Ok(())
    }
}

struct Bounded<'b> {
    out: &'b mut Vec<u8>,
    overflow: bool,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.out.len().saturating_add(bytes.len()) > MAX_MESSAGE_BYTES {
            self.overflow = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl EngineError {
    fn of(error: &tera::Error) -> Self {
        let (kind, span, message) = match error.kind() {
            ErrorKind::SyntaxError(report) => (
                EngineTrouble::Syntax,
                Some(report.span().range.clone()),
                report.message().to_owned(),
            ),
            ErrorKind::RenderingError(report) => (
                EngineTrouble::Rendering,
                Some(report.span().range.clone()),
                report.message().to_owned(),
            ),
            other => (EngineTrouble::Other, None, other.to_string()),
        };
        Self { kind, span, message }
    }
}

/// Beginnings of messages that hold names and kinds, but no value of a row.
const SAFE: [&str; 17] = [
    "a map has no order",
    "the filter `",
    "the loops of the template",
    "the template keeps more",
    "`+` requires",
    "Cannot compare `",
    "Cannot index into an undefined",
    "Cannot slice an undefined",
    "Cannot sort: `",
    "Function `range`",
    "Index expression is undefined",
    "Invalid type for the value",
    "Iteration not possible",
    "Key/value iteration",
    "Math operations",
    "Missing keyword argument",
    "Tried to render a variable",
];

/// What of Tera's message may be shown: it may repeat a cell, which is personal data.
pub(super) fn telling(message: &str, source: &str) -> String {
    let quoted = |quote: char| source.contains(&format!("{quote}{message}{quote}"));
    let own = SAFE.iter().any(|beginning| message.starts_with(beginning)) || ['\'', '"', '`'].into_iter().any(quoted);
    let first_line = message.lines().next().unwrap_or_default();
    if own && !first_line.is_empty() {
        let mut characters = first_line.chars();
        let first = characters.next().map(|first| first.to_ascii_lowercase());
        first
            .into_iter()
            .chain(characters)
            .collect::<String>()
            .trim_end_matches('.')
            .to_owned()
    } else {
        "this part of the template does not take what is in the row".to_owned()
    }
}
