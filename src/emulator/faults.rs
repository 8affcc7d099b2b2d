//! Faults that a test orders: which requests go wrong, and how.
//!
//! ```json
//! { "match": "POST /v2/batches", "nth": 1, "times": 1, "fault": "drop_after" }
//! ```
//!
//! `match` is a method (or `*`) and a path in which `*` matches any text and `{id}` one segment; a query is looked at
//! only if the pattern has a `?`. What a collection does not take, DELETE and PUT, means what lies in it. `nth` is the
//! first matching request to suffer, `times` how many do (0: all from then on).

use serde::{Deserialize, Serialize};

use super::wire::Request;

/// One ordered fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Method and path pattern.
    #[serde(rename = "match")]
    pub pattern: String,
    /// The first matching request that suffers, from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// How many suffer; 0 means all from `nth` on.
    #[serde(default = "one")]
    pub times: u32,
    /// What happens.
    pub fault: Kind,
    /// For `status`: the HTTP status.
    #[serde(default)]
    pub status: Option<u16>,
    /// For `status`: seconds in a `Retry-After` header.
    #[serde(default)]
    pub retry_after: Option<u32>,
    /// For `delay`: real milliseconds between the work and its answer.
    #[serde(default)]
    pub ms: Option<u64>,
    /// For `list_lag`: how many list requests do not show the new batch.
    #[serde(default)]
    pub lists: Option<u32>,
    /// For `status`: whether the request is carried out all the same (a server that fails after its commit).
    #[serde(default)]
    pub commit: bool,
    #[serde(skip)]
    seen: u32,
}

fn one() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The connection is cut before the request is looked at.
    DropBefore,
    /// The request is carried out, then the connection is cut without an answer.
    DropAfter,
    /// Another status is answered; the request is not carried out unless `commit` is set.
    Status,
    /// The answer comes late.
    Delay,
    /// The connection is cut in the middle of the answer's body.
    Truncate,
    /// The answer's body is not what its content type says.
    Garbage,
    /// The answer's body is followed by blanks, until it is larger than a careful client takes.
    Bloat,
    /// A new batch is missing from the next lists.
    ListLag,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Kind::DropBefore => "drop_before",
            Kind::DropAfter => "drop_after",
            Kind::Status => "status",
            Kind::Delay => "delay",
            Kind::Truncate => "truncate",
            Kind::Garbage => "garbage",
            Kind::Bloat => "bloat",
            Kind::ListLag => "list_lag",
        }
    }
}

/// What is wrong with a list of faults, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidFaults(String);

/// Reads a YAML or JSON list of faults.
pub fn parse(text: &str) -> Result<Vec<Fault>, InvalidFaults> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let faults: Vec<Fault> =
        serde_yaml::from_str(text).map_err(|error| InvalidFaults(without_values(&error.to_string())))?;
    faults.iter().try_for_each(check)?;
    Ok(faults)
}

/// The library's message without what it quotes of the file, which may be the wrong one: a list of people, say.
fn without_values(message: &str) -> String {
    let pieces = message.split('"').enumerate();
    let quoted: Vec<&str> = pieces
        .map(|(at, piece)| if at % 2 == 1 { "…" } else { piece })
        .collect();
    let line = quoted.join("\"").replace(char::is_control, " ");
    let mut shown = String::new();
    let mut rest = line.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let length = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at_checked(length).unwrap_or((from, ""));
        shown.push_str(before);
        // Numbers of lines and columns are shorter.
        shown.push_str(if digits.len() > 6 { "…" } else { digits });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn check(fault: &Fault) -> Result<(), InvalidFaults> {
    let has_path = fault
        .pattern
        .split_once(' ')
        .is_some_and(|(_, path)| path.starts_with(['/', '*']));
    let missing = match fault.fault {
        _ if !has_path => Some("`match` must be a method and a path, as in `POST /v2/batches`"),
        _ if fault.nth == 0 => Some("`nth` counts from 1"),
        Kind::Status if !fault.status.is_some_and(|status| (200..600).contains(&status)) => {
            Some("fault `status` needs `status` from 200 to 599")
        }
        Kind::Delay if fault.ms.is_none() => Some("fault `delay` needs `ms`"),
        Kind::ListLag if fault.lists.is_none() => Some("fault `list_lag` needs `lists`"),
        Kind::ListLag if !fault.pattern.starts_with(['P', 'p', '*']) => {
            Some("fault `list_lag` belongs to the POST that creates the batch")
        }
        Kind::DropBefore
        | Kind::DropAfter
        | Kind::Status
        | Kind::Delay
        | Kind::Truncate
        | Kind::Garbage
        | Kind::Bloat
        | Kind::ListLag => None,
    };
    missing.map_or(Ok(()), |text| Err(InvalidFaults(text.to_owned())))
}

/// The faults that are ordered now.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    pub(super) fn new(list: Vec<Fault>) -> Faults {
        Faults { list }
    }

    /// Counts the request and returns what it suffers, in the order of the list.
    pub(super) fn strike(&mut self, request: &Request, query: &str) -> Vec<Fault> {
        let mut suffered = Vec::new();
        for fault in &mut self.list {
            if matches(&fault.pattern, request, query) {
                fault.seen = fault.seen.saturating_add(1);
                let past = fault.seen.checked_sub(fault.nth);
                if past.is_some_and(|past| fault.times == 0 || past < fault.times) {
                    suffered.push(fault.clone());
                }
            }
        }
        suffered
    }

    pub(super) fn list(&self) -> &[Fault] {
        &self.list
    }
}

fn matches(pattern: &str, request: &Request, query: &str) -> bool {
    let Some((method, path)) = pattern.split_once(' ') else {
        return false;
    };
    let asked = request.path.trim_end_matches('/');
    let method_fits = method == "*" || method.eq_ignore_ascii_case(&request.method);
    method_fits
        && if path.contains('?') {
            glob(path, &format!("{asked}?{query}"))
        } else {
            let path = path.trim_end_matches('/');
            let names_a_collection =
                ["DELETE", "PUT"].contains(&method.to_ascii_uppercase().as_str()) && path.ends_with("/batches");
            glob(path, asked) || (names_a_collection && glob(&format!("{path}/{{id}}"), asked))
        }
}

/// Whether `text` fits a pattern in which `*` matches any text and `{name}` one segment of a path.
fn glob(pattern: &str, text: &str) -> bool {
    let Some(at) = pattern.find(['*', '{']) else {
        return pattern == text;
    };
    let (head, wild) = pattern.split_at(at);
    let Some(rest) = text.strip_prefix(head) else {
        return false;
    };
    let (tail, most) = match wild.strip_prefix('{').map(|name| name.split_once('}')) {
        Some(Some((_, tail))) => (tail, rest.find('/').unwrap_or(rest.len())),
        Some(None) => return pattern == text,
        None => (wild.split_at(1).1, rest.len()),
    };
    (0..=most)
        .filter(|at| rest.is_char_boundary(*at))
        .any(|at| glob(tail, rest.split_at(at).1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str) -> Request {
        Request {
            method: method.into(),
            path: path.into(),
            ..Request::default()
        }
    }

    #[test]
    fn patterns_match_method_and_path() {
        let table = [
            ("POST /v2/batches", "POST", "/v2/batches/", true),
            ("POST /v2/batches", "GET", "/v2/batches", false),
            ("GET /v2/batches", "GET", "/v2/batches/1", false),
            ("* /v2/*/messages", "GET", "/v2/batches/1/messages", true),
            ("GET /v2/batches/*", "GET", "/v2/batches/1", true),
            ("DELETE /v2/batches/{id}", "DELETE", "/v2/batches/1", true),
            ("DELETE /v2/batches", "DELETE", "/v2/batches/1", true),
            ("DELETE /v2/batches", "DELETE", "/v2/batches/1/messages", false),
            ("POST /xms/v1/{plan}/batches", "POST", "/xms/v1/sp/batches", true),
            ("POST /xms/v1/{plan}/batches", "POST", "/xms/v1/sp/batches/1", false),
            ("* /v2/{", "GET", "/v2/batches", false),
            ("GET /v2/batches?start=0*", "GET", "/v2/batches", true),
            ("GET /v2/batches?start=5*", "GET", "/v2/batches", false),
        ];
        for (pattern, method, path, expected) in table {
            assert_eq!(
                matches(pattern, &request(method, path), "start=0&limit=50"),
                expected,
                "{pattern}"
            );
        }
    }

    #[test]
    fn nth_and_times_choose_the_requests_that_suffer() {
        let list = parse("[{match: 'GET /a', nth: 2, times: 2, fault: truncate}]").unwrap();
        let mut faults = Faults::new(list);
        let struck: Vec<bool> = (0..5)
            .map(|_| !faults.strike(&request("GET", "/a"), "").is_empty())
            .collect();
        assert_eq!(struck, [false, true, true, false, false]);
    }

    #[test]
    fn a_file_that_is_no_fault_list_is_not_repeated() {
        for text in [
            "msisdn,first_name\n+46701740605,Zyxwanda\n",
            "- Zyxwanda 46701740605",
            "- 46701740605",
            "- { match: 'GET /a', fault: delay, ms: \"Zyxwanda\" }",
            "- { match: 'GET /a', fault: delay, 46701740605: 1 }",
        ] {
            let why = parse(text).unwrap_err();
            assert!(!why.0.contains("Zyxwanda") && !why.0.contains("46701740605"), "{why}");
        }
        let why = parse("- { match: 'GET /a', fault: explode }").unwrap_err();
        assert!(why.0.contains("explode") && why.0.contains("drop_before"), "{why}");
    }

    #[test]
    fn wrong_faults_are_refused_with_a_reason() {
        for text in [
            r#"[{"match":"POST /a","fault":"status"}]"#,
            r#"[{"match":"POST","fault":"drop_after"}]"#,
            r#"[{"match":"POST /a","fault":"explode"}]"#,
            r#"[{"match":"POST /a","fault":"delay"}]"#,
            r#"[{"match":"GET /v2/batches","fault":"list_lag","lists":1}]"#,
            r#"[{"match":"POST /a","fault":"delay","ms":1,"extra":1}]"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
