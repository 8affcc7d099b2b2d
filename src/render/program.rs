//! A template, compiled once per (campaign, source) and rendered once per recipient.
//!
//! In: the template with its place, the names it may use; then per row a number, its country, the row's fields and the
//! occurrence. Out: the message, without trailing newlines; or every fault of the template with its place. Never: a
//! message with an unknown name in it, not even inside a condition (Tera itself treats those as false).

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::Value;

use super::engine::{Engine, EngineError, MAX_MESSAGE_BYTES};
use super::fault::RenderFault;
use super::names::Names;
use super::reserved::{OCCURRENCE_FIELDS, Occurrence, OccurrenceField, bucket};
use crate::campaign::VarValue;
use crate::model::{Country, Diagnostic, Msisdn, Text};

/// What varies from message to message.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Who.
    pub recipient: Msisdn,
    /// Country of the number, when it is known.
    pub country: Option<&'a Country>,
    /// In the order of [`Names::columns`]; a missing one counts as empty.
    pub fields: &'a [&'a str],
    /// Of a recurring campaign.
    pub occurrence: Option<&'a Occurrence>,
}

/// A compiled template; cheap to clone, shared between threads, each with its own [`Renderer`].
#[derive(Debug, Clone)]
pub struct Program(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    source: Text,
    columns: Vec<(String, usize)>,
    vars: BTreeMap<String, VarValue>,
    warnings: Vec<Diagnostic>,
    recurring: bool,
}

impl Program {
    /// Checks and compiles a template, or tells every fault of it.
    pub fn compile(body: &Text, names: &Names<'_>) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self(Arc::new(Compiled {
            source: body.clone(),
            columns: names.columns.iter().cloned().zip(0..).collect(),
            vars: names.vars.clone(),
            warnings: Vec::new(),
            recurring: names.recurring,
        })))
    }

    /// What compiles but looks wrong.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.0.warnings
    }

    /// Whether it runs on our own small program instead of Tera.
    pub fn is_compiled(&self) -> bool {
        false
    }

    /// Whether every row gets the same text.
    pub fn is_constant(&self) -> bool {
        false
    }

    /// Whether two occurrences can give a row different texts.
    pub fn uses_occurrence(&self) -> bool {
        self.0.recurring
    }

    /// Renders rows on one thread.
    pub fn renderer(&self) -> Renderer {
        Renderer {
            program: self.clone(),
            engine: Engine::new(&self.0.source.text).ok(),
        }
    }
}

/// Renders rows of one [`Program`] on one thread.
pub struct Renderer {
    program: Program,
    engine: Option<Engine>,
}

impl Renderer {
    /// Clears `out` and writes one message into it.
    pub fn render(&mut self, row: &Row<'_>, out: &mut String) -> Result<(), RenderFault> {
        out.clear();
        let program = &*self.program.0;
        let fault = |error: EngineError| {
            if error.overflow {
                RenderFault::TooLong
            } else {
                RenderFault::Template {
                    place: program.source.place.clone(),
                    message: error.message,
                }
            }
        };
        let Some(engine) = &mut self.engine else {
            return Err(RenderFault::Blank);
        };
        fill(engine, program, row);
        engine.render(out).map_err(fault)?;
        out.truncate(out.trim_end_matches(['\n', '\r']).len());
        if out.len() > MAX_MESSAGE_BYTES {
            return Err(RenderFault::TooLong);
        }
        if out.trim().is_empty() {
            return Err(RenderFault::Blank);
        }
        Ok(())
    }
}

fn fill(engine: &mut Engine, program: &Compiled, row: &Row<'_>) {
    for (name, value) in &program.vars {
        engine.set(
            name,
            match value {
                VarValue::Text(text) => Value::from(text.as_str()),
                VarValue::Integer(number) => Value::from(*number),
                VarValue::Bool(bool) => Value::from(*bool),
            },
        );
    }
    for (name, index) in &program.columns {
        engine.set(name, Value::from(row.fields.get(*index).copied().unwrap_or_default()));
    }
    if let Some(occurrence) = row.occurrence {
        let map: BTreeMap<&str, Value> = OCCURRENCE_FIELDS
            .into_iter()
            .zip(OccurrenceField::ALL)
            .map(|(name, field)| {
                let value = if field.is_text() {
                    Value::from(occurrence.text(field))
                } else {
                    Value::from(occurrence.number(field))
                };
                (name, value)
            })
            .collect();
        engine.set("occurrence", Value::from_serializable(&map));
    }
    let country = row.country.map_or("", Country::as_str);
    let recipient: BTreeMap<&str, Value> = BTreeMap::from([
        ("country", Value::from(country)),
        ("bucket", Value::from(u64::from(bucket(row.recipient)))),
    ]);
    engine.set("recipient", Value::from_serializable(&recipient));
}
