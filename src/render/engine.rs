//! Tera, tamed: one template, autoescape off, no environment, clock, randomness or files; output and steps bounded.

use std::io::{self, Write};

use tera::{Context, ErrorKind, Tera, Value};

/// No provider takes more than 2,000 characters; four times that in bytes and some room for filters.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;

const NAME: &str = "body.txt";

/// One compiled template with its own context, for one thread.
#[derive(Clone)]
pub(super) struct Engine {
    tera: Tera,
    pub(super) context: Context,
}

/// What Tera says, and where in the source (byte offsets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EngineError {
    pub(super) span: Option<std::ops::Range<usize>>,
    pub(super) message: String,
    pub(super) overflow: bool,
}

impl Engine {
    pub(super) fn new(source: &str) -> Result<Self, EngineError> {
        let mut tera = Tera::default();
        tera.autoescape_on(Vec::<&'static str>::new());
        tera.add_raw_template(NAME, source)
            .map_err(|error| engine_error(&error))?;
        Ok(Self {
            tera,
            context: Context::new(),
        })
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.context.insert_value(name.to_owned(), value);
    }

    /// Appends to `out`; on an error what was appended is to be thrown away.
    pub(super) fn render(&self, out: &mut String) -> Result<(), EngineError> {
        let mut writer = Bounded {
            out: Vec::with_capacity(256),
            overflow: false,
        };
        let result = self.tera.render_to(NAME, &self.context, &mut writer);
        if writer.overflow {
            return Err(EngineError {
                span: None,
                message: String::new(),
                overflow: true,
            });
        }
        result.map_err(|error| engine_error(&error))?;
        out.push_str(&String::from_utf8_lossy(&writer.out));
        Ok(())
    }
}

struct Bounded {
    out: Vec<u8>,
    overflow: bool,
}

impl Write for Bounded {
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

fn engine_error(error: &tera::Error) -> EngineError {
    let (span, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (Some(report.span().range.clone()), report.message().to_owned())
        }
        other => (None, other.to_string()),
    };
    EngineError {
        span,
        message,
        overflow: false,
    }
}
