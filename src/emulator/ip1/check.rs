//! The body of a POST, checked sentence by sentence: a record, or every reason for refusing the call.
//!
//! Names are taken in any case and enums also as their numbers, because the vendor's own samples send both; fields that no
//! page knows are ignored. What else the pages leave open is decided in `RULES.md`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::record::{Coding, Kind, Recipients, Record, Tariff, Values, Window};
use crate::emulator::{clock::Instant, settings::Settings};

/// Longest body, in UTF-16 code units (the pages say "characters").
const BODY_LIMIT: usize = 2000;
/// Longest recipient, in characters.
const RECIPIENT_LIMIT: usize = 15;
/// Longest reference, in UTF-16 code units.
const REFERENCE_LIMIT: usize = 40;
/// Length of a window whose `closes` is null.
const DEFAULT_WINDOW_SECONDS: i64 = 72 * 3600;

/// Why a field is refused, as the vendor's problem document says it.
struct Sentence(String);

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Field to sentences.
pub(super) type Faults = BTreeMap<&'static str, Vec<String>>;

/// Checks a call; the record still lacks its id.
pub(super) fn check(call: &Value, now: Instant, settings: &Settings) -> Result<Record, Faults> {
    let Value::Object(call) = call else {
        return Err(Faults::from([(
            "$",
            vec!["The body must be a JSON object.".to_owned()],
        )]));
    };
    let call = Call {
        fields: call
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect(),
    };
    let mut faults = Faults::new();
    let mut note = |field, text| faults.entry(field).or_default().push(text);
    let sender = take(call.text("sender").and_then(check_sender), "sender", &mut note);
    let recipients = take(check_recipients(call.get("recipients")), "recipients", &mut note);
    let body = take(call.text("body").and_then(check_body), "body", &mut note);
    let kind = take(check_kind(call.get("type")), "type", &mut note);
    let coding = take(check_coding(call.get("datacoding")), "datacoding", &mut note);
    let priority = take(check_priority(call.get("priority")), "priority", &mut note);
    let windows = take(
        check_windows(call.get("deliverywindows"), now),
        "deliveryWindows",
        &mut note,
    );
    let report_url = take(
        call.text("deliveryreporturl").and_then(check_url),
        "deliveryReportUrl",
        &mut note,
    );
    let reference = take(call.text("reference").and_then(check_reference), "reference", &mut note);
    let tags = take(check_tags(call.get("tags")), "tags", &mut note);
    let all = (
        sender, recipients, body, kind, coding, priority, windows, report_url, reference, tags,
    );
    match all {
        (
            Some(sender),
            Some(recipients),
            Some(body),
            Some(kind),
            Some(coding),
            Some(priority),
            Some(windows),
            Some(report_url),
            Some(reference),
            Some(tags),
        ) => Ok(Record {
            id: String::new(),
            created: now,
            tariff: Tariff::new(settings, priority),
            is_incoming: false,
            sender,
            body,
            kind,
            coding,
            priority,
            windows,
            report_url,
            reference,
            tags,
            recipients,
        }),
        _ => Err(faults),
    }
}

/// The value, or none and a note of what is wrong with it.
fn take<T>(result: Result<T, Sentence>, field: &'static str, note: &mut impl FnMut(&'static str, String)) -> Option<T> {
    result.map_err(|sentence| note(field, sentence.0)).ok()
}

/// The call's fields under lower-case names.
struct Call<'a> {
    fields: BTreeMap<String, &'a Value>,
}

impl<'a> Call<'a> {
    /// A field; null is the same as absent.
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).copied().filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Sentence> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Sentence::from("It must be a string.")),
        }
    }
}

fn check_sender(sender: Option<&str>) -> Result<String, Sentence> {
    let sender = sender.ok_or("The sender field is required.")?;
    let is_number = !sender.is_empty() && sender.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = sender.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match sender.len() {
        16.. if is_number => Err(Sentence::from("A numeric sender has at most 15 digits.")),
        _ if is_number => Ok(sender.to_owned()),
        3..=11 if is_word => Ok(sender.to_owned()),
        _ if is_word => Err(Sentence::from("An alphanumeric sender has 3 to 11 characters.")),
        _ => Err(Sentence::from("The sender must match [0-9A-Za-z]{1,11} or E.164.")),
    }
}

fn check_body(body: Option<&str>) -> Result<String, Sentence> {
    let body = body
        .filter(|body| !body.trim().is_empty())
        .ok_or("The body is null, empty or only whitespace.")?;
    if body.encode_utf16().count() > BODY_LIMIT {
        Err(Sentence(format!("The body is longer than {BODY_LIMIT} characters.")))
    } else {
        Ok(body.to_owned())
    }
}

fn check_recipients(recipients: Option<&Value>) -> Result<Recipients, Sentence> {
    let recipients = match recipients {
        None => return Err(Sentence::from("The recipients field is required.")),
        Some(Value::Array(list)) => {
            let numbers = list.iter().map(|number| match number {
                Value::String(number) => check_number(number).map(|()| number.clone()),
                _ => Err(Sentence::from("Each recipient must be a string.")),
            });
            Recipients::Plain(numbers.collect::<Result<_, _>>()?)
        }
        Some(Value::Object(object)) => check_templated(object)?,
        Some(_) => {
            return Err(Sentence::from(
                "The recipients must be an array, or a dictionary of dictionaries.",
            ));
        }
    };
    if recipients.count() == 0 {
        Err(Sentence::from("There is no recipient."))
    } else {
        Ok(recipients)
    }
}

fn check_templated(object: &Map<String, Value>) -> Result<Recipients, Sentence> {
    let mut numbers = BTreeMap::new();
    let mut fallback = Values::new();
    for (key, values) in object {
        let Value::Object(values) = values else {
            return Err(Sentence::from("Each recipient's value must be a dictionary."));
        };
        let values = values.iter().map(|(name, value)| match value {
            Value::String(value) => Ok((name.clone(), value.clone())),
            _ => Err(Sentence::from("Each second-level value must be a string.")),
        });
        let values = values.collect::<Result<Values, Sentence>>()?;
        if key == "default" {
            fallback = values;
        } else {
            check_number(key)?;
            numbers.insert(key.clone(), values);
        }
    }
    Ok(Recipients::Templated { numbers, fallback })
}

fn check_number(number: &str) -> Result<(), Sentence> {
    if number.chars().count() > RECIPIENT_LIMIT {
        Err(Sentence(format!(
            "A recipient is longer than {RECIPIENT_LIMIT} characters."
        )))
    } else if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        Err(Sentence::from("A recipient contains non digit characters."))
    } else {
        Ok(())
    }
}

fn check_kind(kind: Option<&Value>) -> Result<Kind, Sentence> {
    match word(kind).as_deref() {
        None | Some("sms" | "1") => Ok(Kind::Sms),
        Some("flash" | "0") => Ok(Kind::Flash),
        Some(_) => Err(Sentence::from("The type must be sms or flash.")),
    }
}

fn check_coding(coding: Option<&Value>) -> Result<Coding, Sentence> {
    match word(coding).as_deref() {
        None | Some("ucs" | "2") => Ok(Coding::Ucs),
        Some("gsm" | "0") => Ok(Coding::Gsm),
        Some(_) => Err(Sentence::from("The datacoding must be gsm or ucs.")),
    }
}

/// An enum's value as lower-case text; its number as digits.
fn word(value: Option<&Value>) -> Option<String> {
    value.map(|value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    })
}

fn check_priority(priority: Option<&Value>) -> Result<u8, Sentence> {
    match priority.map(Value::as_u64) {
        None | Some(Some(1)) => Ok(1),
        Some(Some(2)) => Ok(2),
        Some(_) => Err(Sentence::from("The priority must be 1 or 2.")),
    }
}

fn check_windows(windows: Option<&Value>, now: Instant) -> Result<Vec<Window>, Sentence> {
    let list = match windows {
        None => &Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Sentence::from("The delivery windows must be an array.")),
    };
    let mut windows = list
        .iter()
        .map(|window| check_window(window, now))
        .collect::<Result<Vec<_>, _>>()?;
    if windows.is_empty() {
        windows.push(Window {
            opens: now,
            closes: now.plus_seconds(DEFAULT_WINDOW_SECONDS),
        });
    }
    let mut sorted = windows.clone();
    sorted.sort();
    let overlap = sorted
        .iter()
        .zip(sorted.iter().skip(1))
        .any(|(one, next)| next.opens < one.closes);
    if overlap {
        Err(Sentence::from("The delivery windows overlap."))
    } else {
        Ok(windows)
    }
}

fn check_window(window: &Value, now: Instant) -> Result<Window, Sentence> {
    let Value::Object(window) = window else {
        return Err(Sentence::from("Each delivery window must be an object."));
    };
    let end = |wanted: &str| {
        let field = window.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        match field.map(|(_, value)| value) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => match Instant::parse(text) {
                Some(instant) => Ok(Some(instant)),
                None => Err(Sentence(format!("`{wanted}` is not an ISO-8601 date and time."))),
            },
            Some(_) => Err(Sentence(format!("`{wanted}` must be a string or null."))),
        }
    };
    let opens = end("opens")?.unwrap_or(now);
    let closes = end("closes")?.unwrap_or(opens.plus_seconds(DEFAULT_WINDOW_SECONDS));
    if closes > opens {
        Ok(Window { opens, closes })
    } else {
        Err(Sentence::from("A delivery window must close after it opens."))
    }
}

fn check_url(url: Option<&str>) -> Result<Option<String>, Sentence> {
    let Some(url) = url else { return Ok(None) };
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !url.contains(char::is_whitespace)) {
        Ok(Some(url.to_owned()))
    } else {
        Err(Sentence::from("The deliveryReportUrl must be an absolute URL."))
    }
}

fn check_reference(reference: Option<&str>) -> Result<Option<String>, Sentence> {
    match reference {
        None => Ok(None),
        Some(text) if text.trim().is_empty() => Err(Sentence::from("The reference is empty or blank.")),
        Some(text) if text.encode_utf16().count() > REFERENCE_LIMIT => Err(Sentence(format!(
            "The reference is longer than {REFERENCE_LIMIT} characters."
        ))),
        Some(text) => Ok(Some(text.to_owned())),
    }
}

fn check_tags(tags: Option<&Value>) -> Result<Vec<String>, Sentence> {
    let wrong = || Sentence::from("The tags must be an array of strings.");
    let list = match tags {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong()),
    };
    list.iter()
        .map(|tag| tag.as_str().map(str::to_owned).ok_or_else(wrong))
        .collect()
}
