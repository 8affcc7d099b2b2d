//! A template as Tera runs it, with its source, so that its faults have places.
//!
//! In: the text of a template and what is known about it. Out: a template that Tera has parsed, or every fault. Never: a text
//! that another engine would read otherwise.

use std::collections::BTreeMap;

use tera::Value;

use super::check::{CheckFinding, Checked, Uses};
use super::diagnostics;
use super::engine::{Engine, EngineError, EngineTrouble, MAX_MESSAGE_BYTES, telling};
use super::fault::RenderFault;
use super::guard::Guarded;
use super::names::Names;
use super::place::place_of;
use super::reserved::{OCCURRENCE_FIELDS, OccurrenceField, OccurrenceVariable, bucket};
use super::row::Row;
use super::syntax::SyntaxFault;
use crate::campaign::VarValue;
use crate::model::{Country, Diagnostic, Place, Text};

/// A template as Tera gets it.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) text: Text,
    pub(super) guarded: Guarded,
    /// Bytes of a frame before the text (see `predicate`).
    pub(super) frame: usize,
    pub(super) uses: Uses,
    pub(super) columns: Vec<(String, usize)>,
    pub(super) vars: Vec<(String, Value)>,
    /// The variant whose text it is.
    variant: Option<String>,
    pub(super) warnings: Vec<Diagnostic>,
}

impl Template {
    /// Turns findings into diagnostics with places; errors end it here.
    pub(super) fn new(
        text: &Text,
        guarded: Guarded,
        frame: usize,
        checked: Checked,
        names: &Names<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let Checked { uses, findings } = checked;
        let (errors, warnings): (Vec<CheckFinding>, Vec<CheckFinding>) =
            findings.into_iter().partition(|(_, diagnostic)| diagnostic.is_error());
        if !errors.is_empty() {
            return Err(placed(text, errors.into_iter().chain(warnings)));
        }
        let template = Self {
            text: text.clone(),
            guarded,
            frame,
            columns: uses
                .columns
                .iter()
                .filter_map(|name| names.column(name).map(|index| (name.clone(), index)))
                .collect(),
            variant: names.variant.map(str::to_owned),
            vars: uses
                .vars
                .iter()
                .filter_map(|name| names.vars.get(name).map(|value| (name.clone(), tera_value(value))))
                .collect(),
            uses,
            warnings: placed(text, warnings),
        };
        match Engine::new(&template.guarded.source) {
            Ok(engine) => template.seen_by_tera(&engine)?,
            Err(error) => return Err(vec![template.refused(&error)]),
        }
        Ok(template)
    }

    /// Tera's own list of names as a second opinion: a name that it sees and our reading does not would be a hole.
    fn seen_by_tera(&self, engine: &Engine) -> Result<(), Vec<Diagnostic>> {
        let uses = &self.uses;
        let ours = |name: &str| {
            uses.columns.contains(name)
                || uses.vars.contains(name)
                || uses.locals.contains(name)
                || (uses.recipient && name == "recipient")
                || (uses.occurrence && name == "occurrence")
                || name.starts_with("__tera_loop")
        };
        let strangers: Vec<Diagnostic> = engine
            .names()
            .into_iter()
            .filter(|name| !ours(name))
            .map(|name| {
                Diagnostic::error(
                    &diagnostics::UNKNOWN_NAME,
                    format!("`{name}` is used in a way that is not followed"),
                )
                .at(self.text.place.clone())
                .hint("write it more simply")
            })
            .collect();
        if strangers.is_empty() { Ok(()) } else { Err(strangers) }
    }

    fn refused(&self, error: &EngineError) -> Diagnostic {
        let place = error.span.as_ref().map_or_else(
            || self.text.place.clone(),
            |span| place_of(&self.text, &self.original(span)),
        );
        let message = telling(&error.message, &self.guarded.source);
        Diagnostic::error(&diagnostics::SYNTAX, message).at(place)
    }

    /// Bytes of the text from bytes of the guarded source.
    fn original(&self, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let within = |offset: usize| {
            self.guarded
                .original(offset)
                .saturating_sub(self.frame)
                .min(self.text.text.len())
        };
        within(span.start)..within(span.end)
    }

    /// Where it begins.
    pub(super) fn place(&self) -> Place {
        self.text.place.clone()
    }

    /// An engine for one thread, constants set.
    pub(super) fn engine(&self) -> Option<Engine> {
        let mut engine = Engine::new(&self.guarded.source).ok()?;
        for (name, value) in &self.vars {
            engine.set(name, value.clone());
        }
        Some(engine)
    }

    pub(super) fn needs_occurrence(&self, row: &Row<'_>) -> Result<(), RenderFault> {
        if self.uses.occurrence && row.occurrence.is_none() {
            return Err(RenderFault::Template {
                place: self.text.place.clone(),
                message: "the template uses `occurrence`, and there is none".to_owned(),
            });
        }
        Ok(())
    }

    /// Appends what Tera makes of a row.
    pub(super) fn render(&self, engine: &mut Engine, row: &Row<'_>, out: &mut String) -> Result<(), RenderFault> {
        self.needs_occurrence(row)?;
        for (name, index) in &self.columns {
            let cell = row.fields.get(*index).copied().unwrap_or_default();
            if cell.len() > MAX_MESSAGE_BYTES {
                return Err(RenderFault::TooLong);
            }
            engine.set(name, Value::from(cell));
        }
        if self.uses.recipient {
            let country = Value::from(row.country.map_or("", Country::as_str));
            let bucket = Value::from(i64::from(bucket(row.recipient, row.salt)));
            let variant = Value::from(self.variant.as_deref().unwrap_or_default());
            let fields = BTreeMap::from([("country", country), ("bucket", bucket), ("variant", variant)]);
            engine.set("recipient", Value::from_serializable(&fields));
        }
        if let (true, Some(occurrence)) = (self.uses.occurrence, row.occurrence) {
            engine.set("occurrence", occurrence_value(occurrence));
        }
        engine.render(out).map_err(|error| self.fault(&error))
    }

    pub(super) fn fault(&self, error: &EngineError) -> RenderFault {
        if error.kind == EngineTrouble::Overflow {
            return RenderFault::TooLong;
        }
        let span = error.span.as_ref().map(|span| self.original(span));
        RenderFault::Template {
            place: span.map_or_else(|| self.text.place.clone(), |span| place_of(&self.text, &span)),
            message: telling(&error.message, &self.guarded.source),
        }
    }
}

impl EngineError {
    pub(super) fn unprepared() -> Self {
        Self {
            kind: EngineTrouble::Other,
            span: None,
            message: String::new(),
        }
    }
}

/// Longest template; messages are far shorter.
const MAX_TEMPLATE_BYTES: usize = 64 * 1024;

/// Most `elif`s of a template: Tera descends into each one without a bound of its own.
const MAX_BRANCHES: usize = 200;

/// Reads a template with Tera's grammar, then with ours: Tera's faults come first, since ours leans on them.
pub(super) fn read<T>(
    text: &Text,
    frame: usize,
    source: &str,
    parse: impl FnOnce() -> Result<T, SyntaxFault>,
) -> Result<T, Box<Diagnostic>> {
    if source.len() > MAX_TEMPLATE_BYTES || source.matches("elif").count() > MAX_BRANCHES {
        let message =
            format!("the template is longer than {MAX_TEMPLATE_BYTES} bytes or has over {MAX_BRANCHES} branches");
        return Err(Box::new(
            Diagnostic::error(&diagnostics::SYNTAX, message).at(text.place.clone()),
        ));
    }
    if let Err(error) = Engine::new(source)
        && error.kind == EngineTrouble::Syntax
    {
        let span = error.span.unwrap_or_default();
        let within = |offset: usize| offset.saturating_sub(frame).min(text.text.len());
        let place = place_of(text, &(within(span.start)..within(span.end)));
        let message = telling_syntax(&error.message);
        let hint = if message.starts_with("found `=`") {
            "to compare, write `==`"
        } else {
            "values are written as `{{ name }}`, conditions as `{% if tier == \"gold\" %}..{% endif %}`; what is missing may be before this place"
        };
        return Err(Box::new(
            Diagnostic::error(&diagnostics::SYNTAX, message).at(place).hint(hint),
        ));
    }
    parse().map_err(|fault| {
        Box::new(Diagnostic::error(&diagnostics::SYNTAX, fault.message).at(place_of(text, &fault.span)))
    })
}

/// A syntax fault speaks of the template alone, so that all of it may be shown.
fn telling_syntax(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

/// A text that cannot be read, or the names in it that make it so.
pub(super) fn instead(text: &Text, fault: Diagnostic, meant: Vec<CheckFinding>) -> Vec<Diagnostic> {
    if meant.is_empty() {
        vec![fault]
    } else {
        placed(text, meant)
    }
}

fn placed(text: &Text, findings: impl IntoIterator<Item = CheckFinding>) -> Vec<Diagnostic> {
    findings
        .into_iter()
        .map(|(span, diagnostic)| diagnostic.at(place_of(text, &span)))
        .collect()
}

fn tera_value(value: &VarValue) -> Value {
    match value {
        VarValue::Text(text) => Value::from(text.as_str()),
        VarValue::Integer(number) => Value::from(*number),
        VarValue::Bool(value) => Value::from(*value),
    }
}

fn occurrence_value(occurrence: &OccurrenceVariable) -> Value {
    let fields: BTreeMap<&str, Value> = OCCURRENCE_FIELDS
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
    Value::from_serializable(&fields)
}
