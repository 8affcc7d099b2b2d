//! `notify` of `campanile.yaml`: hooks that get the outcome of a run.
//!
//! In: the entries as typed. Out: hooks whose variables, events and formats are known. Never: reads a variable.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::diagnostics;
use super::invalid_value::InvalidValue;
use super::reading::Reading;
use super::tree::NodeId;
use super::wording::{clip, did_you_mean};
use crate::model::Diagnostic;

/// A hook as typed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Notify", extend("required" = ["url_env", "on"]), transform = super::schema_rules::notify)]
pub(super) struct NotifyFile {
    /// Name of the environment variable that holds the hook's address. A run without it sends nothing.
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*$"), example = &"HOOK")]
    pub url_env: At<String>,
    /// Events to report, with counts and links, never a number or a text.
    #[schemars(schema_with = "events")]
    pub on: At<Vec<At<String>>>,
    /// Whose hook it is; `json` is signed.
    #[schemars(extend("enum" = ["slack", "teams", "json"], "default" = "json"))]
    pub format: At<String>,
    /// Name of the environment variable that holds the key of the signature. Required with `json`.
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*$"), example = &"HOOK_SECRET")]
    pub secret_env: At<String>,
}

fn events(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array",
        "minItems": 1,
        "items": { "enum": NotifyEvent::ALL.map(NotifyEvent::as_str) }
    })
}

/// A hook that gets messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// The variable that holds its address.
    pub url_env: String,
    /// Events that it gets.
    pub on: BTreeSet<NotifyEvent>,
    /// In which form.
    pub format: NotifyFormat,
    /// The variable that holds the key of the signature.
    pub secret_env: Option<String>,
}

/// Why a hook gets a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotifyEvent {
    /// Something wanted waits for a person.
    Held,
    /// Operations were carried out.
    Applied,
    /// Somebody changed something at the provider.
    Drift,
    /// The run did not end well.
    Failed,
    /// Many planned people are on a suppression list at once.
    OptOutSurge,
}

impl NotifyEvent {
    /// All, in the order in which they are sent.
    pub const ALL: [Self; 5] = [Self::Failed, Self::Held, Self::Drift, Self::OptOutSurge, Self::Applied];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Applied => "applied",
            Self::Drift => "drift",
            Self::Failed => "failed",
            Self::OptOutSurge => "opt-out-surge",
        }
    }
}

/// The form of a hook's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyFormat {
    /// An incoming webhook of Slack.
    Slack,
    /// A workflow of Microsoft Teams that posts cards.
    Teams,
    /// One document with a signature.
    Json,
}

/// Every hook that can be used; faults are recorded.
pub(super) fn notify(reading: &mut Reading<'_>, field: &At<Vec<At<NotifyFile>>>) -> Vec<Notify> {
    let mut hooks = Vec::new();
    for item in field.given().into_iter().flatten() {
        if let At::Given(id, typed) = item {
            hooks.extend(hook(reading, *id, typed));
        }
    }
    hooks
}

fn hook(reading: &mut Reading<'_>, id: NodeId, typed: &NotifyFile) -> Option<Notify> {
    let url_env = reading.require(id, "url_env", &typed.url_env, &diagnostics::NAME, |text| variable(text));
    let secret_env = reading.parse(&typed.secret_env, &diagnostics::NAME, |text| variable(text));
    let format = reading.parse(&typed.format, &diagnostics::NAME, |text| match text.as_str() {
        "slack" => Ok(NotifyFormat::Slack),
        "teams" => Ok(NotifyFormat::Teams),
        "json" => Ok(NotifyFormat::Json),
        other => Err(format!("`{}` is not a format: slack, teams or json", clip(other))),
    });
    let format = match (format, typed.format.is_absent()) {
        (None, false) => return None,
        (format, _) => format.unwrap_or(NotifyFormat::Json),
    };
    if format == NotifyFormat::Json && typed.secret_env.is_absent() {
        let fault = reading.missing_fault(id, "secret_env");
        reading.push(
            id,
            fault.hint("the variable with the key that `json` is signed with: `secret_env: HOOK_SECRET`"),
        );
        return None;
    }
    if typed.on.is_absent() {
        reading.missing(id, "on");
    }
    let mut on = BTreeSet::new();
    for item in typed.on.given().into_iter().flatten() {
        on.extend(reading.parse(item, &diagnostics::NAME, |text| event(text)));
    }
    if let (true, At::Given(at, named)) = (on.is_empty(), &typed.on)
        && named.is_empty()
    {
        reading.push(*at, Diagnostic::error(&diagnostics::NAME, "`on` names no event"));
    }
    (!on.is_empty()).then_some(Notify {
        url_env: url_env?,
        on,
        format,
        secret_env,
    })
}

fn event(text: &str) -> Result<NotifyEvent, InvalidValue> {
    let found = NotifyEvent::ALL.into_iter().find(|event| event.as_str() == text);
    found.ok_or_else(|| {
        let known = NotifyEvent::ALL.map(NotifyEvent::as_str);
        let hint = did_you_mean(text, known.iter().copied());
        let near = hint.unwrap_or_else(|| format!("one of {}", known.join(", ")));
        InvalidValue(format!("`{}` is not an event; {near}", clip(text)))
    })
}

fn variable(text: &str) -> Result<String, InvalidValue> {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(is_name) {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue(
            "expected the name of an environment variable; the address itself is a secret".to_owned(),
        ))
    }
}
