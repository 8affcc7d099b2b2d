//! Filters of our own (`urlencode`, `date`, `number`), the ones of Tera 2 that needed taming, and the names of all.
//!
//! `truncate` cuts between graphemes; Tera would do so with a feature that changes how every other filter counts.
//! Tamed: `join` and `replace` are bounded, since each can multiply text by text; `keys`, `values` and `pairs` are sorted,
//! since Tera's maps have another order in every process, and a text that changed by itself would be sent again.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::format::{Item, StrftimeItems};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::{Decimal, RoundingStrategy};
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};
use unicode_segmentation::UnicodeSegmentation;

/// What a filter gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Text made of its input.
    Text,
    /// Its input, or something in its place.
    Same,
    Number,
    Other,
}

/// Every filter that a template may use.
pub(super) const FILTERS: [(&str, Gives); 40] = [
    ("abs", Gives::Number),
    ("capitalize", Gives::Text),
    ("date", Gives::Text),
    ("default", Gives::Same),
    ("escape", Gives::Text),
    ("escape_html", Gives::Text),
    ("escape_xml", Gives::Text),
    ("first", Gives::Other),
    ("float", Gives::Number),
    ("get", Gives::Other),
    ("group_by", Gives::Other),
    ("indent", Gives::Text),
    ("int", Gives::Number),
    ("join", Gives::Text),
    ("keys", Gives::Other),
    ("last", Gives::Other),
    ("length", Gives::Number),
    ("lower", Gives::Text),
    ("newlines_to_br", Gives::Text),
    ("nth", Gives::Other),
    ("number", Gives::Text),
    ("pairs", Gives::Other),
    ("pluralize", Gives::Text),
    ("replace", Gives::Text),
    ("reverse", Gives::Same),
    ("round", Gives::Number),
    ("safe", Gives::Same),
    ("sort", Gives::Other),
    ("split", Gives::Other),
    ("str", Gives::Text),
    ("title", Gives::Text),
    ("trim", Gives::Text),
    ("trim_end", Gives::Text),
    ("trim_start", Gives::Text),
    ("truncate", Gives::Text),
    ("unique", Gives::Other),
    ("upper", Gives::Text),
    ("urlencode", Gives::Text),
    ("values", Gives::Other),
    ("wordcount", Gives::Number),
];

/// Every test that a template may use.
pub(super) const TESTS: [&str; 17] = [
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// Every function that a template may use.
pub(super) const FUNCTIONS: [&str; 2] = ["range", "throw"];

/// Put around what loops run over (see `guard`); no template may write it.
pub(super) const STEPS: &str = "campanile_steps";
/// Put around what `set` keeps.
pub(super) const KEPT: &str = "campanile_kept";

/// Turns of all loops of one message together.
pub(super) const MAX_STEPS: u32 = 5_000;
/// Characters or elements that a template may keep under one name.
const MAX_KEPT: usize = 16 * 1024;

/// Registers all of them; the counter of steps is reset before each message.
pub(super) fn register(tera: &mut Tera) -> Arc<AtomicU32> {
    tera.register_filter("urlencode", urlencode);
    tera.register_filter("date", |text: &str, arguments: Kwargs, _: &State| {
        date(text, &arguments)
    });
    tera.register_filter("number", |value: &Value, arguments: Kwargs, _: &State| {
        number(value, &arguments)
    });
    tera.register_filter("join", |items: &[Value], arguments: Kwargs, _: &State| {
        join(items, &arguments)
    });
    tera.register_filter("replace", |text: &str, arguments: Kwargs, _: &State| {
        replace(text, &arguments)
    });
    tera.register_filter("truncate", |text: &str, arguments: Kwargs, _: &State| {
        truncate(text, &arguments)
    });
    tera.register_filter("keys", |map: &Value, _: Kwargs, _: &State| {
        sorted(map, "keys", |key, _| key)
    });
    tera.register_filter("values", |map: &Value, _: Kwargs, _: &State| {
        sorted(map, "values", |_, value| value)
    });
    tera.register_filter("pairs", |map: &Value, _: Kwargs, _: &State| {
        sorted(map, "pairs", |key, value| Value::from(vec![key, value]))
    });
    let steps = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&steps);
    tera.register_filter(STEPS, move |container: Value, _: Kwargs, _: &State| {
        count_steps(container, &counter)
    });
    tera.register_filter(KEPT, |value: Value, _: Kwargs, _: &State| {
        let mut room = MAX_KEPT;
        if fits(&value, &mut room) {
            Ok(value)
        } else {
            Err(Error::message(
                "the template keeps more than 16384 characters in one name",
            ))
        }
    });
    steps
}

fn count_steps(container: Value, counter: &AtomicU32) -> TeraResult<Value> {
    if container.is_map() {
        return Err(Error::message(
            "a map has no order to loop over: use the filter `keys`, `values` or `pairs`",
        ));
    }
    let turns = container
        .len()
        .and_then(|turns| u32::try_from(turns).ok())
        .unwrap_or(u32::MAX);
    // A container without a length is no container; Tera says so better than we could.
    let turns = if container.len().is_none() { 0 } else { turns };
    let before = counter.fetch_add(turns.min(MAX_STEPS + 1), Ordering::Relaxed);
    if before.saturating_add(turns) > MAX_STEPS {
        return Err(Error::message(format!(
            "the loops of the template run more than {MAX_STEPS} times"
        )));
    }
    Ok(container)
}

/// Whether a value has at most so many characters and elements, counted no further than that.
fn fits(value: &Value, room: &mut usize) -> bool {
    let own = value.as_str().map_or(1, |text| text.len() + 1);
    let Some(left) = room.checked_sub(own) else {
        return false;
    };
    *room = left;
    if let Some(items) = value.as_array() {
        return items.iter().all(|item| fits(item, room));
    }
    match value.as_map() {
        Some(map) => map.values().all(|item| fits(item, room)),
        None => true,
    }
}

/// Percent-encodes everything but `A-Z a-z 0-9 - . _ ~` (RFC 3986, unreserved characters).
fn urlencode(text: &str, _: Kwargs, _: &State) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `2026-12-01`, `2026-12-01T10:00` or `2026-12-01 10:00:00` in another form; names of days and months are English.
fn date(text: &str, arguments: &Kwargs) -> TeraResult<String> {
    let format = arguments.get::<&str>("format")?.unwrap_or("%Y-%m-%d");
    let time = read_date(text)
        .ok_or_else(|| Error::message("the filter `date` takes dates like `2026-12-01` or `2026-12-01T10:00`"))?;
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    let mut out = String::new();
    if items.contains(&Item::Error) || write!(out, "{}", time.format_with_items(items.iter())).is_err() {
        return Err(Error::message(
            "the filter `date` does not know this `format`: use `%Y %m %d %H %M %B %A` and the like",
        ));
    }
    Ok(out)
}

fn read_date(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let forms = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ];
    let time = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    time.or_else(|| {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(date.and_time(NaiveTime::MIN))
    })
}

/// Whether the filter `date` takes it.
pub(super) fn is_date(text: &str) -> bool {
    read_date(text).is_some()
}

/// A decimal with `decimals` digits, a `point` and `thousands` marks of one's own.
fn number(value: &Value, arguments: &Kwargs) -> TeraResult<String> {
    let wrong = || Error::message("the filter `number` takes numbers like `1234.5`");
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut decimal: Decimal = text.trim().parse().map_err(|_| wrong())?;
    if let Some(decimals) = arguments.get::<u32>("decimals")? {
        if decimals > 12 {
            return Err(Error::message("the filter `number` takes `decimals` up to 12"));
        }
        decimal = decimal.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        decimal.rescale(decimals);
    }
    let point = arguments.get::<&str>("point")?.unwrap_or(".");
    let thousands = arguments.get::<&str>("thousands")?.unwrap_or("");
    let digits = decimal.abs().to_string();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut out = String::from(if decimal.is_sign_negative() && !decimal.is_zero() {
        "-"
    } else {
        ""
    });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push_str(thousands);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push_str(point);
        out.push_str(fraction);
    }
    Ok(out)
}

fn bounded(length: usize, filter: &str) -> TeraResult<()> {
    if length > 4 * MAX_KEPT {
        Err(Error::message(format!("the filter `{filter}` makes too long a text")))
    } else {
        Ok(())
    }
}

fn join(items: &[Value], arguments: &Kwargs) -> TeraResult<String> {
    let between = arguments.get::<&str>("sep")?.unwrap_or("");
    bounded(items.len().saturating_mul(between.len()), "join")?;
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        let _ = write!(out, "{item}");
        bounded(out.len(), "join")?;
    }
    Ok(out)
}

fn replace(text: &str, arguments: &Kwargs) -> TeraResult<String> {
    let from = arguments.must_get::<&str>("from")?;
    let to = arguments.must_get::<&str>("to")?;
    bounded(
        text.matches(from)
            .count()
            .saturating_mul(to.len())
            .saturating_add(text.len()),
        "replace",
    )?;
    Ok(text.replace(from, to))
}

/// So many graphemes, and a mark where something is cut: a flag or an emoji with its skin tone is one.
fn truncate(text: &str, arguments: &Kwargs) -> TeraResult<String> {
    let length = arguments.must_get::<usize>("length")?;
    let end = arguments.get::<&str>("end")?.unwrap_or("…");
    Ok(match text.grapheme_indices(true).nth(length) {
        Some((cut, _)) => format!("{}{end}", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    })
}

fn sorted(map: &Value, filter: &str, pick: fn(Value, Value) -> Value) -> TeraResult<Value> {
    let Some(map) = map.as_map() else {
        return Err(Error::message(format!("the filter `{filter}` takes a map")));
    };
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    let picked: Vec<Value> = entries
        .into_iter()
        .map(|(key, value)| pick(Value::from(key.to_string()), value.clone()))
        .collect();
    Ok(Value::from(picked))
}
