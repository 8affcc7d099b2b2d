//! A template, compiled once per (campaign, source) and rendered once per recipient.
//!
//! In: the template with its place, the names it may use; then per row a number, its country, the row's fields and the
//! occurrence. Out: the message, without trailing newlines; or every fault of the template with its place. Never: a
//! message with an unknown name in it, not even inside a condition (Tera itself treats those as false).

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::Value;

use super::bare::is_asked_for;
use super::check::{Checked, Finding, Uses, check_template};
use super::compiled::Compiled;
use super::destroyed;
use super::diagnostics;
use super::engine::{Engine, EngineError, MAX_MESSAGE_BYTES, Trouble, telling};
use super::fault::RenderFault;
use super::foreign_tags::foreign_tags;
use super::guard::{Guarded, guard};
use super::lines::blank_lines;
use super::meant::{meant_in_template, prefer};
use super::measure::{Counted, MOST};
use super::names::Names;
use super::place::place_of;
use super::reserved::{OCCURRENCE_FIELDS, Occurrence, OccurrenceField, bucket};
use super::syntax::{SyntaxFault, parse_template};
use super::transliterate::transliterate_into;
use super::transport::{Message, Shape};
use crate::campaign::{Transliterate, VarValue};
use crate::model::{Country, Diagnostic, Msisdn, Place, SplitSalt, Text};

/// What varies from message to message.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The number that it goes to.
    pub recipient: Msisdn,
    /// Country of the number, when it is known.
    pub country: Option<&'a Country>,
    /// In the order of [`Names::columns`]; a missing one counts as empty.
    pub fields: &'a [&'a str],
    /// Of a recurring campaign.
    pub occurrence: Option<&'a Occurrence>,
    /// What keeps this campaign's buckets apart from another's.
    pub salt: SplitSalt,
}

impl<'a> Row<'a> {
    /// Cells whose number cannot be read: for conditions that do not ask for it.
    pub fn without_number(fields: &'a [&'a str], occurrence: Option<&'a Occurrence>, salt: SplitSalt) -> Self {
        Self {
            recipient: Msisdn::SMALLEST,
            country: None,
            fields,
            occurrence,
            salt,
        }
    }
}

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

/// A compiled template; cheap to clone, shared between threads, each with its own [`Renderer`].
#[derive(Debug, Clone)]
pub struct Program {
    fast: Option<Arc<Compiled>>,
    slow: Arc<Template>,
}

impl Program {
    /// Checks and compiles a template, or tells every fault of it.
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
            fast: Compiled::template(&nodes, names).map(Arc::new),
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

/// Renders rows of one [`Program`] on one thread.
pub struct Renderer {
    program: Program,
    engine: Option<Engine>,
    /// The text before it is transliterated.
    plain: String,
    /// Where nobody asks for the counts.
    counted: Counted,
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

/// A template as Tera gets it.
#[derive(Debug, Clone)]
pub(super) struct Template {
    text: Text,
    guarded: Guarded,
    /// Bytes of a frame before the text (see `predicate`).
    frame: usize,
    pub(super) uses: Uses,
    columns: Vec<(String, usize)>,
    vars: Vec<(String, Value)>,
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
        let (errors, warnings): (Vec<Finding>, Vec<Finding>) =
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
            let fields = BTreeMap::from([("country", country), ("bucket", bucket)]);
            engine.set("recipient", Value::from_serializable(&fields));
        }
        if let (true, Some(occurrence)) = (self.uses.occurrence, row.occurrence) {
            engine.set("occurrence", occurrence_value(occurrence));
        }
        engine.render(out).map_err(|error| self.fault(&error))
    }

    fn fault(&self, error: &EngineError) -> RenderFault {
        if error.kind == Trouble::Overflow {
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
    fn unprepared() -> Self {
        Self {
            kind: Trouble::Other,
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
        && error.kind == Trouble::Syntax
    {
        let span = error.span.unwrap_or_default();
        let within = |offset: usize| offset.saturating_sub(frame).min(text.text.len());
        let place = place_of(text, &(within(span.start)..within(span.end)));
        let message = telling_syntax(&error.message);
        let hint = if message.starts_with("found `=`") {
            "to compare, write `==`"
        } else {
            "values stand as `{{ name }}`, conditions as `{% if tier == \"gold\" %}..{% endif %}`; what is missing may stand before this place"
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
pub(super) fn instead(text: &Text, fault: Diagnostic, meant: Vec<Finding>) -> Vec<Diagnostic> {
    if meant.is_empty() {
        vec![fault]
    } else {
        placed(text, meant)
    }
}

fn placed(text: &Text, findings: impl IntoIterator<Item = Finding>) -> Vec<Diagnostic> {
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

fn occurrence_value(occurrence: &Occurrence) -> Value {
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
