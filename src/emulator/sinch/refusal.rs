//! Why a request is not carried out, in the shapes that Sinch documents.
//!
//! 400 and 403 carry `{code, text}`; a path that the gateway cannot read gets the gateway's own shape; what the vendor
//! leaves open (401, 404, 405, 415) has an empty body, so that no client comes to rely on one.

use serde_json::json;

use super::super::clock::Instant;
use super::super::wire::Answer;

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 400 or 403 with a machine-readable code and a text.
    Coded {
        /// HTTP status.
        status: u16,
        /// The documented code.
        code: &'static str,
        /// For humans.
        text: String,
    },
    /// A status without a body.
    Bare(u16),
    /// 405, with the methods that the path has.
    Method(&'static str),
    /// 400 from the gateway: the path cannot be one of this API's.
    Path,
}

impl Refusal {
    /// The JSON is malformed, or not what the API describes.
    pub(super) fn json(text: impl Into<String>) -> Refusal {
        Refusal::Coded {
            status: 400,
            code: "syntax_invalid_json",
            text: text.into(),
        }
    }

    /// A value is not written in the form it must have.
    pub(super) fn format(text: impl Into<String>) -> Refusal {
        Refusal::Coded {
            status: 400,
            code: "syntax_invalid_parameter_format",
            text: text.into(),
        }
    }

    /// Something is missing, too long, too many or out of range.
    pub(super) fn constraint(text: impl Into<String>) -> Refusal {
        Refusal::Coded {
            status: 400,
            code: "syntax_constraint_violation",
            text: text.into(),
        }
    }

    /// A group that is not there.
    pub(super) fn unknown_group(id: &str) -> Refusal {
        let text = format!("Group '{id}' is unknown or deleted");
        Refusal::Coded {
            status: 403,
            code: "unknown_group",
            text,
        }
    }

    /// Well-formed, but it cannot be done.
    pub(super) fn forbidden(code: &'static str, text: impl Into<String>) -> Refusal {
        Refusal::Coded {
            status: 403,
            code,
            text: text.into(),
        }
    }

    /// No such resource.
    pub(super) const fn not_found() -> Refusal {
        Refusal::Bare(404)
    }

    /// The HTTP answer.
    pub(super) fn answer(&self, path: &str, now: Instant) -> Answer {
        match self {
            Refusal::Coded { status, code, text } => Answer::json(*status, &json!({ "code": code, "text": text })),
            Refusal::Bare(status) => Answer::empty(*status),
            Refusal::Method(allowed) => Answer::empty(405).with_header("allow", *allowed),
            Refusal::Path => Answer::json(
                400,
                &json!({ "timestamp": now.to_string(), "status": 400, "error": "Bad Request", "path": path }),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_the_documented_shapes() {
        let now = Instant::parse("2024-09-13T09:10:58Z").unwrap();
        let body = |refusal: Refusal| String::from_utf8(refusal.answer("/xms/v1/x", now).body).unwrap();
        assert_eq!(
            body(Refusal::unknown_group("01FC66621VHDBN119Z8PMV1QPU")),
            r#"{"code":"unknown_group","text":"Group '01FC66621VHDBN119Z8PMV1QPU' is unknown or deleted"}"#
        );
        let gateway: serde_json::Value = serde_json::from_str(&body(Refusal::Path)).unwrap();
        assert_eq!(
            gateway,
            json!({ "timestamp": "2024-09-13T09:10:58Z", "status": 400, "error": "Bad Request", "path": "/xms/v1/x" })
        );
        assert!(body(Refusal::not_found()).is_empty());
    }
}
