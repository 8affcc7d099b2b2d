//! Updating a batch: only what the request names changes, and `null` puts a field back to its default.
//!
//! `send_at: null` therefore means "now". Additions come before removals, as the vendor says of groups; of batches it
//! says nothing.

use super::address::Destination;
use super::fields::{Fields, missing};
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::terms::{
    Limits, RECIPIENT_LIMIT, Terms, destinations, read_body, read_kind, read_reporting, read_sender, read_url,
};

/// Fields of an update: the vendor's page, and what its official clients send besides.
const FIELDS: [&str; 20] = [
    "type",
    "from",
    "body",
    "udh",
    "to_add",
    "to_remove",
    "delivery_report",
    "send_at",
    "expire_at",
    "callback_url",
    "parameters",
    "client_reference",
    "feedback_enabled",
    "flash_message",
    "truncate_concat",
    "max_number_of_message_parts",
    "from_ton",
    "from_npi",
    "campaign_id",
    "strict_validation",
];

/// The terms after an update; relations between fields are left to `Terms::check`.
pub(super) fn changed(before: &Terms, body: &[u8], limits: Limits) -> Result<Terms, Refusal> {
    let fields = Fields::read(body, &FIELDS)?;
    let mut terms = before.clone();
    if let Some(kind) = read_kind(&fields)?
        && kind != before.kind
    {
        return Err(Refusal::constraint("The type of a batch cannot be changed"));
    }
    if fields.names("body") {
        terms.body = read_body(&fields, before.kind, limits.body)?.ok_or_else(|| missing("body"))?;
    }
    set(&fields, "from", &mut terms.from, read_sender)?;
    set(&fields, "udh", &mut terms.udh, |fields| fields.text("udh", 280))?;
    set(&fields, "parameters", &mut terms.parameters, |fields| {
        fields.value("parameters").map(Parameters::read).transpose()
    })?;
    set(&fields, "send_at", &mut terms.send_at, |fields| {
        fields.instant("send_at")
    })?;
    set(&fields, "expire_at", &mut terms.expire_at, |fields| {
        fields.instant("expire_at")
    })?;
    set(&fields, "callback_url", &mut terms.callback_url, read_url)?;
    set(&fields, "client_reference", &mut terms.client_reference, |fields| {
        fields.text("client_reference", limits.client_reference)
    })?;
    if fields.names("delivery_report") {
        terms.delivery_report = read_reporting(&fields)?.unwrap_or_default();
    }
    for (name, target) in [
        ("feedback_enabled", &mut terms.feedback_enabled),
        ("flash_message", &mut terms.flash_message),
        ("truncate_concat", &mut terms.truncate_concat),
    ] {
        set(&fields, name, target, |fields| fields.boolean(name))?;
    }
    for (name, min, max, target) in [
        (
            "max_number_of_message_parts",
            1,
            i32::MAX.unsigned_abs(),
            &mut terms.max_number_of_message_parts,
        ),
        ("from_ton", 0, 6, &mut terms.from_ton),
        ("from_npi", 0, 18, &mut terms.from_npi),
    ] {
        set(&fields, name, target, |fields| fields.integer(name, min, max))?;
    }
    terms.to = recipients(&fields, terms.to)?;
    Ok(terms)
}

fn set<T>(
    fields: &Fields,
    name: &str,
    target: &mut Option<T>,
    read: impl FnOnce(&Fields) -> Result<Option<T>, Refusal>,
) -> Result<(), Refusal> {
    if fields.names(name) {
        *target = read(fields)?;
    }
    Ok(())
}

fn recipients(fields: &Fields, mut to: Vec<String>) -> Result<Vec<String>, Refusal> {
    let list = |name: &str| -> Result<Vec<String>, Refusal> {
        let entries = fields.texts(name, 1, RECIPIENT_LIMIT)?.unwrap_or_default();
        Ok(destinations(&entries, name)?
            .into_iter()
            .map(Destination::into_text)
            .collect())
    };
    let (added, removed) = (list("to_add")?, list("to_remove")?);
    for entry in added {
        if !to.contains(&entry) {
            to.push(entry);
        }
    }
    to.retain(|entry| !removed.contains(entry));
    match to.len() {
        1..=RECIPIENT_LIMIT => Ok(to),
        _ => Err(Refusal::constraint(format!(
            "Parameter 'to' must have 1 to {RECIPIENT_LIMIT} elements"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const LIMITS: Limits = Limits {
        body: 2000,
        client_reference: 128,
    };

    fn before() -> Terms {
        let request = json!({
            "to": ["46701234567", "46701234568"], "from": "ACME", "body": "Hi ${name}", "send_at": "2026-12-01T09:00:00Z",
            "expire_at": "2026-12-01T10:00:00Z", "client_reference": "first", "parameters": { "name": { "default": "you" } },
        });
        Terms::read(request.to_string().as_bytes(), LIMITS).unwrap()
    }

    fn update(request: &Value) -> Result<Terms, Refusal> {
        changed(&before(), request.to_string().as_bytes(), LIMITS)
    }

    #[test]
    fn only_named_fields_change() {
        assert_eq!(update(&json!({})), Ok(before()));
        let after = update(&json!({ "type": "mt_text", "body": "Bye", "client_reference": "second" })).unwrap();
        assert_eq!(
            after,
            Terms {
                body: after.body.clone(),
                client_reference: Some("second".into()),
                ..before()
            }
        );
        assert_eq!(after.body.text(), "Bye");
    }

    #[test]
    fn null_unsets_a_field() {
        let after = update(&json!({ "send_at": null, "expire_at": null, "parameters": null })).unwrap();
        assert_eq!(
            after,
            Terms {
                send_at: None,
                expire_at: None,
                parameters: None,
                ..before()
            }
        );
        assert!(update(&json!({ "body": null })).is_err());
    }

    #[test]
    fn recipients_are_added_before_others_are_removed() {
        let to = |request| update(&request).map(|terms| terms.to);
        assert_eq!(
            to(json!({ "to_add": ["+46701234569"] })).unwrap(),
            ["46701234567", "46701234568", "46701234569"]
        );
        assert_eq!(
            to(json!({ "to_add": ["46701234567"] })).unwrap(),
            ["46701234567", "46701234568"]
        );
        let both = json!({ "to_add": ["46701234569"], "to_remove": ["+46701234569", "0046701234567"] });
        assert_eq!(to(both).unwrap(), ["46701234568"]);
        assert!(
            to(json!({ "to_remove": ["46701234567", "46701234568"] })).is_err(),
            "nobody would be left"
        );
        assert!(to(json!({ "to_add": [] })).is_err() && to(json!({ "to_remove": ["+1"] })).is_err());
        assert!(
            to(json!({ "toAdd": ["46701234569"] })).is_err(),
            "the older guide's misspelling"
        );
    }
}
