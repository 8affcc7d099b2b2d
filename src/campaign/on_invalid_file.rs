//! `on_invalid` as typed: one word for every fault, or one for each kind of fault.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::at::At;
use super::diagnostics;
use super::on_invalid::{OnFault, OnInvalid};
use super::reading::Reading;
use super::wording::{clip, did_you_mean};
use crate::model::Diagnostic;

/// `skip`, or `{ empty: skip, unreadable: fail }`.
#[derive(Debug)]
pub(super) enum OnInvalidFile {
    /// For every fault.
    Every(String),
    /// For each kind of fault.
    Each(Box<OnEachFile>),
}

/// What each kind of fault does.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "OnInvalid")]
pub(super) struct OnEachFile {
    /// A row without a number.
    #[schemars(extend("default" = "fail"))]
    pub empty: At<OnFaultFile>,
    /// A number that cannot be read or does not exist. What a spreadsheet has rounded is an error always.
    #[schemars(extend("default" = "fail"))]
    pub unreadable: At<OnFaultFile>,
    /// A number of a kind that `guards.number_types` does not name.
    #[schemars(extend("default" = "fail"))]
    pub wrong_type: At<OnFaultFile>,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum OnFaultFile {
    Fail,
    Skip,
}

impl From<OnFaultFile> for OnFault {
    fn from(typed: OnFaultFile) -> Self {
        match typed {
            OnFaultFile::Fail => Self::Fail,
            OnFaultFile::Skip => Self::Skip,
        }
    }
}

/// Reads the key; `has_types` says whether the project names the kinds of numbers that are texted.
pub(super) fn on_invalid(reading: &mut Reading<'_>, field: &At<OnInvalidFile>, has_types: bool) -> OnInvalid {
    let At::Given(id, typed) = field else {
        return OnInvalid::default();
    };
    match typed {
        OnInvalidFile::Every(text) => match text.as_str() {
            "fail" => OnInvalid::FAIL,
            "skip" => OnInvalid::SKIP,
            other => {
                let message = format!(
                    "`{}` is `fail` or `skip`, not `{}`",
                    reading.tree.path(*id),
                    clip(other)
                );
                let mut fault = Diagnostic::error(&diagnostics::UNKNOWN_CHOICE, message);
                fault.hints.extend(did_you_mean(other, ["fail", "skip"]));
                reading.push(*id, fault);
                OnInvalid::FAIL
            }
        },
        OnInvalidFile::Each(each) => {
            let fault_of = |field: &At<OnFaultFile>| field.given().copied().map(OnFault::from).unwrap_or_default();
            let read = OnInvalid {
                empty: fault_of(&each.empty),
                unreadable: fault_of(&each.unreadable),
                wrong_type: fault_of(&each.wrong_type),
            };
            if let (Some(at), OnFault::Skip, false) = (each.wrong_type.id(), read.wrong_type, has_types) {
                let message = "`wrong_type: skip` leaves nobody out: campanile.yaml has no `guards.number_types`";
                let warning = Diagnostic::warning(&diagnostics::NO_EFFECT, message);
                reading.push(
                    at,
                    warning.hint("say which numbers are texted: `number_types: [mobile]`"),
                );
            }
            read
        }
    }
}

impl<'de> Deserialize<'de> for OnInvalidFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Typed;
        impl<'de> Visitor<'de> for Typed {
            type Value = OnInvalidFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`fail`, `skip`, or a mapping like `{ empty: skip }`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OnInvalidFile, E> {
                Ok(OnInvalidFile::Every(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OnInvalidFile, A::Error> {
                OnEachFile::deserialize(MapAccessDeserializer::new(map)).map(|each| OnInvalidFile::Each(Box::new(each)))
            }
        }
        deserializer.deserialize_any(Typed)
    }
}

impl JsonSchema for OnInvalidFile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OnInvalidChoice".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let each = generator.subschema_for::<OnEachFile>();
        json_schema!({"anyOf": [{"type": "string", "enum": ["fail", "skip"]}, each]})
    }
}
