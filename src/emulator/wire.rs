//! One request and one answer, as both emulated APIs see them: whole bodies, decoded query, lower-case header names.

use serde::Serialize;
use serde_json::Value;

/// A request, read to its end. It cannot be printed: a header holds the token.
#[derive(Clone, Default)]
pub struct Request {
    /// Upper-case method.
    pub method: String,
    /// Path as sent, without the query.
    pub path: String,
    /// Query parameters in order, percent-decoded.
    pub query: Vec<(String, String)>,
    /// Header names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// The path's pieces, percent-decoded, without empty ones: a trailing slash makes no difference.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|piece| !piece.is_empty())
            .map(|piece| decode(piece, false))
            .collect()
    }

    /// The first query parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The bearer token, when there is one that is not blank.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// An answer, before faults have had their way with it.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(String, String)>,
    /// The body's bytes; may be empty.
    pub body: Vec<u8>,
    /// Ids of batches that this request created, for the fault `list_lag`.
    pub created: Vec<String>,
}

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: &impl Serialize) -> Answer {
        Answer::typed(status, "application/json; charset=utf-8", body)
    }

    /// A JSON answer under another content type, such as `application/problem+json`.
    pub fn typed(status: u16, content_type: &str, body: &impl Serialize) -> Answer {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        // Wire structs always serialize; an empty body would show up in any test that reads it.
        Answer {
            status,
            headers,
            body: serde_json::to_vec(body).unwrap_or_default(),
            created: Vec::new(),
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Answer {
        Answer {
            status,
            ..Answer::default()
        }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same answer, naming a batch that it created.
    #[must_use]
    pub fn creating(mut self, id: impl Into<String>) -> Answer {
        self.created.push(id.into());
        self
    }
}

/// Query text to decoded pairs.
pub(super) fn query_pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key, true), decode(value, true))
        })
        .collect()
}

/// Percent-decoding; a broken escape is kept unchanged. In a query `+` is a space.
fn decode(text: &str, plus_is_space: bool) -> String {
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(text.len());
    while let [byte, after @ ..] = rest {
        rest = after;
        let escaped = match (byte, after) {
            (b'%', [high, low, ..]) if high.is_ascii_hexdigit() => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match (byte, escaped) {
            (_, Some((high, low))) => {
                out.push(high * 16 + low);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', None) if plus_is_space => out.push(b' '),
            (other, None) => out.push(*other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded_and_trailing_slashes_ignored() {
        assert_eq!(
            query_pairs("a=1&b=x%20y+z&c"),
            [("a", "1"), ("b", "x y z"), ("c", "")].map(own)
        );
        let request = Request {
            path: "/v2/batches/".into(),
            ..Request::default()
        };
        assert_eq!(request.segments(), ["v2", "batches"]);
    }

    fn own((key, value): (&str, &str)) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }
}
