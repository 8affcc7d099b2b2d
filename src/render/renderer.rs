//! Renders rows of one program on one thread.

use super::counted::Counted;
use super::engine::{Engine, EngineError, MAX_MESSAGE_BYTES};
use super::fault::RenderFault;
use super::measure::MOST;
use super::program::Program;
use super::row::Row;
use super::transliterate::transliterate_into;
use super::transport::{Message, Shape};
use crate::campaign::Transliterate;

/// Renders rows of one [`Program`] on one thread.
pub struct Renderer {
    program: Program,
    engine: Option<Engine>,
    /// The text before it is transliterated.
    plain: String,
    /// Where nobody asks for the counts.
    counted: Counted,
}

impl Program {
    /// Renders rows on one thread.
    pub fn renderer(&self) -> Renderer {
        let engine = if self.fast.is_some() { None } else { self.slow.engine() };
        Renderer {
            program: self.clone(),
            engine,
            plain: String::new(),
            counted: Counted::default(),
        }
    }
}

impl Renderer {
    /// Clears `out` and writes one message into it, without trailing line breaks.
    pub fn render(&mut self, row: &Row<'_>, out: &mut String) -> Result<(), RenderFault> {
        self.render_as(Transliterate::Off, row, out)
    }

    /// The same, transliterated: what is counted and sent.
    pub fn render_as(&mut self, mode: Transliterate, row: &Row<'_>, out: &mut String) -> Result<(), RenderFault> {
        let mut counted = std::mem::take(&mut self.counted);
        let rendered = self.render_counted(mode, row, out, &mut counted);
        self.counted = counted;
        rendered
    }

    /// The same, counted.
    pub fn render_counted(
        &mut self,
        mode: Transliterate,
        row: &Row<'_>,
        out: &mut String,
        counted: &mut Counted,
    ) -> Result<(), RenderFault> {
        if mode == Transliterate::Off {
            return self.write(row, out, counted);
        }
        let mut plain = std::mem::take(&mut self.plain);
        let rendered = self.write(row, &mut plain, counted);
        out.clear();
        transliterate_into(&plain, mode, out);
        self.plain = plain;
        rendered?;
        finish(out)?;
        counted.count(out);
        Ok(())
    }

    fn write(&mut self, row: &Row<'_>, out: &mut String, counted: &mut Counted) -> Result<(), RenderFault> {
        out.clear();
        let template = &*self.program.slow;
        match (&self.program.fast, &mut self.engine) {
            (Some(program), _) => {
                template.needs_occurrence(row)?;
                counted.clear();
                let sum = program.render(row, out, counted);
                let fits = out.len() <= MOST;
                let breaks = finish(out)?;
                if fits {
                    counted.settle(sum.measure().without_breaks(breaks), out);
                } else {
                    // It was longer than any message by line breaks alone.
                    counted.count(out);
                }
            }
            (None, Some(engine)) => {
                template.render(engine, row, out)?;
                finish(out)?;
                counted.count(out);
            }
            (None, None) => return Err(template.fault(&EngineError::unprepared())),
        }
        Ok(())
    }

    /// One message ready for the wire, with its values when its template has a shape (whose mode must be the same).
    pub fn message(
        &mut self,
        mode: Transliterate,
        row: &Row<'_>,
        shape: Option<&Shape>,
    ) -> Result<Message, RenderFault> {
        let mut body = String::new();
        self.render_as(mode, row, &mut body)?;
        Ok(Message {
            recipient: row.recipient,
            body,
            values: shape.map(|shape| shape.values(row)).unwrap_or_default(),
        })
    }

    /// What it renders.
    pub fn program(&self) -> &Program {
        &self.program
    }
}

/// Takes trailing line breaks away, and says how many; refuses what nobody could send.
fn finish(out: &mut String) -> Result<usize, RenderFault> {
    // Nearly every message begins and ends with a letter or a mark.
    if let [b'!'..=b'~', .., b'!'..=b'~'] = out.as_bytes()
        && out.len() <= MAX_MESSAGE_BYTES
    {
        return Ok(0);
    }
    let rendered = out.len();
    out.truncate(out.trim_end_matches(['\n', '\r']).len());
    if out.len() > MAX_MESSAGE_BYTES {
        return Err(RenderFault::TooLong);
    }
    if out.chars().all(char::is_whitespace) {
        return Err(RenderFault::Blank);
    }
    Ok(rendered - out.len())
}
