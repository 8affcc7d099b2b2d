//! What both readers share: a tree, the faults found so far, and the small steps from a mirror's field to its meaning.
//!
//! In: fields as typed. Out: checked values, or `None` with the fault recorded. Never: stops at a fault.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use super::at::At;
use super::diagnostics;
use super::invalid_value::InvalidValue;
use super::tree::{NodeId, NodeKind, Tree};
use super::wording::clip;
use super::yaml;
use crate::model::{Code, Country, Diagnostic, LocalTime, Place, Severity, Text, ZoneName, parse_duration};

/// The result of reading one file: its meaning with warnings, or every fault.
pub(super) type ReadOutcome<T> = Result<(T, Vec<Diagnostic>), Vec<Diagnostic>>;

pub(super) struct Reading<'a> {
    pub tree: &'a Tree,
    pub found: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// Records a fault at the value of a node.
    pub(super) fn push(&mut self, id: NodeId, fault: Diagnostic) {
        let place = self.tree.place(id);
        self.found.push(fault.at(place));
    }

    /// Records an error at the value of a node.
    pub(super) fn error(&mut self, id: NodeId, code: &Code, message: impl Into<String>) {
        self.push(id, Diagnostic::error(code, message));
    }

    /// The field's meaning; a fault of `parse` is recorded at its value.
    pub(super) fn parse<T, U, E: Display>(
        &mut self,
        field: &At<T>,
        code: &Code,
        parse: impl FnOnce(&T) -> Result<U, E>,
    ) -> Option<U> {
        let At::Given(id, value) = field else {
            return None;
        };
        match parse(value) {
            Ok(meaning) => Some(meaning),
            Err(fault) => {
                self.error(*id, code, fault.to_string());
                None
            }
        }
    }

    /// Like [`Reading::parse`]; a missing key is a fault at its owner.
    pub(super) fn require<T, U, E: Display>(
        &mut self,
        owner: NodeId,
        key: &str,
        field: &At<T>,
        code: &Code,
        parse: impl FnOnce(&T) -> Result<U, E>,
    ) -> Option<U> {
        if field.is_absent() {
            self.missing(owner, key);
        }
        self.parse(field, code, parse)
    }

    /// Records that a key is missing.
    pub(super) fn missing(&mut self, owner: NodeId, key: &str) {
        let fault = self.missing_fault(owner, key);
        self.push(owner, fault);
    }

    /// The fault of a missing key, for callers that have a hint.
    pub(super) fn missing_fault(&self, owner: NodeId, key: &str) -> Diagnostic {
        let message = match self.tree.path(owner) {
            path if path.is_empty() => format!("`{key}` is missing"),
            path => format!("`{key}` is missing in `{path}`"),
        };
        Diagnostic::error(&diagnostics::MISSING_KEY, message)
    }

    pub(super) fn duration(&mut self, field: &At<String>, default: Duration) -> Duration {
        self.parse(field, &diagnostics::DURATION, |text| {
            parse_duration(text).map_err(|fault| match meant_duration(text) {
                Some(meant) => format!("{fault}; did you mean `{meant}`?"),
                None => fault.to_string(),
            })
        })
        .unwrap_or(default)
    }

    pub(super) fn zone(&mut self, field: &At<String>) -> Option<ZoneName> {
        self.parse(field, &diagnostics::ZONE, |text| ZoneName::parse(text))
    }

    /// A key that is a country.
    pub(super) fn country_key(&mut self, key: &str, child: Option<NodeId>) -> Option<Country> {
        match Country::parse(key) {
            Ok(country) => Some(country),
            Err(fault) => {
                let place = child.map(|id| self.tree.key_place(id));
                let mut diagnostic = Diagnostic::error(&diagnostics::NAME, fault.to_string());
                diagnostic.place = place;
                self.found.push(diagnostic);
                None
            }
        }
    }

    /// `2026-12-24` as midnight at its beginning.
    pub(super) fn date(&mut self, field: &At<String>) -> Option<LocalTime> {
        self.parse(field, &diagnostics::TIME, |text| parse_date(text))
    }

    /// The scalar's text with its exact place.
    pub(super) fn text(&self, field: &At<String>) -> Option<Text> {
        field.given()?;
        Some(self.tree.text(field.id()?))
    }

    pub(super) fn place(&self, field: Option<NodeId>) -> Place {
        field.map_or_else(|| Place::file(&self.tree.file), |id| self.tree.place(id))
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }

    /// The place of each key.
    pub(super) fn places(&self) -> BTreeMap<String, Place> {
        let mut places = BTreeMap::new();
        let mut open = vec![0];
        while let Some(id) = open.pop() {
            places.insert(self.tree.path(id), self.tree.place(id));
            if let Some(NodeKind::List(below) | NodeKind::Map(below)) = self.tree.node(id).map(|node| &node.kind) {
                open.extend(below);
            }
        }
        places
    }

    /// The faults in order of their places; of very many only the first.
    pub(super) fn into_sorted(self) -> Vec<Diagnostic> {
        const MOST: usize = 100;
        let mut faults = sorted(self.found);
        if faults.len() > MOST {
            let message = format!("and {} more faults in this file", faults.len() - MOST);
            faults.truncate(MOST);
            faults.push(Diagnostic::error(&diagnostics::TOO_LARGE, message).at(Place::file(&self.tree.file)));
        }
        faults
    }
}

/// In order of their places; errors before warnings at the same one.
pub(super) fn sorted(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let weight = |severity: Severity| match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    };
    faults.sort_by(|a, b| (&a.place, weight(a.severity)).cmp(&(&b.place, weight(b.severity))));
    faults.dedup();
    faults
}

/// Reads a calendar date.
pub(super) fn parse_date(text: &str) -> Result<LocalTime, InvalidValue> {
    let shaped = text.len() == 10 && text.is_ascii();
    shaped
        .then(|| LocalTime::parse(&format!("{text}T00:00")))
        .flatten()
        .ok_or_else(|| InvalidValue(format!("`{}` is not a date like `2026-12-24`", clip(text))))
}

/// What a reader needs of a file: its tree and its mirror, with the faults of both.
pub(super) fn mirror<T: serde::de::DeserializeOwned>(
    file: &Path,
    text: &str,
) -> Result<(Tree, At<T>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (tree, mut faults) = yaml::read(file, text)?;
    let (root, more) = super::decode::decode(&tree);
    faults.extend(more);
    Ok((tree, root, faults))
}

/// `7 days`, `1w` and `90 sec` as a duration; a number alone means anything.
fn meant_duration(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let meant = match unit.trim() {
        "sec" | "secs" | "second" | "seconds" | "s" => format!("{number}s"),
        "min" | "mins" | "minute" | "minutes" | "m" => format!("{number}m"),
        "hour" | "hours" | "hrs" | "h" => format!("{number}h"),
        "day" | "days" | "d" => format!("{number}d"),
        "w" | "week" | "weeks" => format!("{}d", number.checked_mul(7)?),
        _ => return None,
    };
    parse_duration(&meant).is_ok().then_some(meant)
}
