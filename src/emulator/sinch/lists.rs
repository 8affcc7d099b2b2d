//! Pages and filters: query parameters in, one page of the newest first out.
//!
//! Lists reach back 24 hours unless told otherwise and never further than 14 days. `page_size` in an answer is the
//! number of items returned, not the number asked for.

use serde_json::{Value, json};

use super::super::clock::Instant;
use super::super::wire::Request;
use super::delivery::Wanted;
use super::fields::not_a_boolean;
use super::refusal::Refusal;

const PAGE_SIZE: u64 = 30;
const PAGE_SIZE_LIMIT: u64 = 100;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// How far back a list reaches, in days.
const REACH_DAYS: i64 = 14;

/// Which page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    number: u64,
    size: u64,
}

impl Page {
    /// Reads `page` and `page_size`.
    pub(super) fn read(request: &Request) -> Result<Page, Refusal> {
        Ok(Page {
            number: integer(request, "page", u64::from(u32::MAX))?.unwrap_or(0),
            size: integer(request, "page_size", PAGE_SIZE_LIMIT)?.unwrap_or(PAGE_SIZE),
        })
    }

    /// The page's document; `name` is the field of its items, `item` the document of the one at a position.
    pub(super) fn of(self, name: &str, count: usize, item: impl Fn(usize) -> Option<Value>) -> Value {
        let start = usize::try_from(self.number.saturating_mul(self.size)).unwrap_or(usize::MAX);
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let items: Vec<Value> = (0..count).skip(start).take(size).filter_map(item).collect();
        json!({ "page": self.number, "count": count, "page_size": items.len(), name: items })
    }
}

/// The span of time a list covers: from `start` on, before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: Instant,
    end: Option<Instant>,
}

impl Span {
    /// Reads `start_date` and `end_date`.
    pub(super) fn read(request: &Request, now: Instant) -> Result<Span, Refusal> {
        let start = date(request, "start_date")?.unwrap_or_else(|| now.plus_seconds(-DAY_SECONDS));
        Ok(Span {
            start: start.max(reach(now)),
            end: date(request, "end_date")?,
        })
    }

    /// Whether it contains an instant.
    pub(super) fn has(&self, instant: Instant) -> bool {
        instant >= self.start && self.end.is_none_or(|end| instant < end)
    }
}

/// The oldest instant that a list reaches back to.
pub(super) fn reach(now: Instant) -> Instant {
    now.plus_seconds(-REACH_DAYS * DAY_SECONDS)
}

/// An integer of a query, at most `max`.
pub(super) fn integer(request: &Request, name: &str, max: u64) -> Result<Option<u64>, Refusal> {
    let Some(text) = request.parameter(name) else {
        return Ok(None);
    };
    let number: i64 = text
        .trim()
        .parse()
        .map_err(|_| Refusal::format(format!("'{text}' is not a valid integer")))?;
    let within = u64::try_from(number).ok().filter(|number| *number <= max);
    within
        .map(Some)
        .ok_or_else(|| Refusal::constraint(format!("Parameter '{name}' must be between 0 and {max}")))
}

/// A boolean of a query, in any case.
pub(super) fn boolean(request: &Request, name: &str) -> Result<Option<bool>, Refusal> {
    match request.parameter(name) {
        None => Ok(None),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(text) => Err(not_a_boolean(text)),
    }
}

/// The values of a parameter that holds a comma-separated list; none when it is absent.
pub(super) fn commas(request: &Request, name: &str) -> Option<Vec<String>> {
    let values = request
        .query
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.as_str());
    let items = values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|item| !item.is_empty());
    request.parameter(name).map(|_| items.map(ToOwned::to_owned).collect())
}

/// The filters `status` and `code` of delivery reports.
pub(super) fn wanted(request: &Request) -> Result<Wanted, Refusal> {
    const WORDS: [&str; 10] = [
        "queued",
        "dispatched",
        "aborted",
        "cancelled",
        "rejected",
        "deleted",
        "delivered",
        "failed",
        "expired",
        "unknown",
    ];
    let mut wanted = Wanted::default();
    for word in commas(request, "status").unwrap_or_default() {
        let known = word.to_ascii_lowercase();
        if !WORDS.contains(&known.as_str()) {
            return Err(Refusal::format(format!("'{word}' is not a valid delivery status")));
        }
        wanted.words.insert(known);
    }
    for code in commas(request, "code").unwrap_or_default() {
        let number = code
            .parse()
            .map_err(|_| Refusal::format(format!("'{code}' is not a valid delivery status code")))?;
        wanted.codes.insert(number);
    }
    Ok(wanted)
}

/// An instant of a query: ISO 8601 in full, to the minute, or a date alone.
fn date(request: &Request, name: &str) -> Result<Option<Instant>, Refusal> {
    let Some(text) = request.parameter(name) else {
        return Ok(None);
    };
    // An offset's plus that was not escaped has become a space.
    let text = text.trim();
    let parsed = Instant::parse(text).or_else(|| Instant::parse(&text.replacen(' ', "+", 1)));
    parsed
        .map(Some)
        .ok_or_else(|| Refusal::format(format!("'{text}' is not a valid ISO-8601 timestamp")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(query: &[(&str, &str)]) -> Request {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Request {
            query: query.iter().map(own).collect(),
            ..Request::default()
        }
    }

    #[test]
    fn page_size_in_an_answer_is_the_number_returned() {
        let all = [json!(1), json!(2), json!(3)];
        let page = |number: &str| {
            let page = Page::read(&request(&[("page", number), ("page_size", "2")])).unwrap();
            page.of("batches", all.len(), |at| all.get(at).cloned())
        };
        assert_eq!(
            page("0"),
            json!({ "page": 0, "count": 3, "page_size": 2, "batches": [1, 2] })
        );
        assert_eq!(
            page("1"),
            json!({ "page": 1, "count": 3, "page_size": 1, "batches": [3] })
        );
        assert_eq!(
            page("2"),
            json!({ "page": 2, "count": 3, "page_size": 0, "batches": [] })
        );
    }

    #[test]
    fn pages_are_of_30_and_at_most_100() {
        assert_eq!(Page::read(&request(&[])), Ok(Page { number: 0, size: 30 }));
        assert!(Page::read(&request(&[("page_size", "100")])).is_ok());
        for (name, value) in [("page_size", "101"), ("page", "-1"), ("page", "x")] {
            assert!(Page::read(&request(&[(name, value)])).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn a_list_reaches_back_a_day_by_itself_and_fourteen_at_most() {
        let now = Instant::parse("2026-11-27T08:00:00Z").unwrap();
        let span = |query: &[(&str, &str)]| Span::read(&request(query), now).unwrap();
        let at = |text: &str| Instant::parse(text).unwrap();
        assert!(span(&[]).has(at("2026-11-26T08:00:00Z")) && !span(&[]).has(at("2026-11-26T07:59:59Z")));
        let old = span(&[("start_date", "2020-01-01")]);
        assert!(old.has(at("2026-11-13T08:00:00Z")) && !old.has(at("2026-11-13T07:59:59Z")));
        let day = span(&[("start_date", "2026-11-23"), ("end_date", "2026-11-24")]);
        assert!(day.has(at("2026-11-23T00:00:00Z")) && !day.has(at("2026-11-24T00:00:00Z")));
        let raw_plus = span(&[("start_date", "2026-11-25T09:00:00 01:00")]);
        assert!(raw_plus.has(at("2026-11-25T08:00:00Z")) && !raw_plus.has(at("2026-11-25T07:59:59Z")));
    }

    #[test]
    fn booleans_are_taken_in_any_case_and_nothing_else() {
        assert_eq!(
            boolean(&request(&[("per_recipient", "True")]), "per_recipient"),
            Ok(Some(true))
        );
        assert_eq!(
            boolean(&request(&[("per_recipient", "tru")]), "per_recipient"),
            Err(not_a_boolean("tru"))
        );
        assert_eq!(
            commas(&request(&[("from", "44345, 45607")]), "from"),
            Some(vec!["44345".into(), "45607".into()])
        );
    }
}
