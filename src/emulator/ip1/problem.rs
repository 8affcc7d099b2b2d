//! Errors as `application/problem+json` (RFC 7807), the form that the vendor's reference shows for 400.

use serde_json::{Value, json};

use super::check::Faults;
use crate::emulator::wire::Answer;

/// A problem with a sentence that says what is wrong.
pub(super) fn problem(status: u16, detail: &str) -> Answer {
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        _ => "Internal Server Error",
    };
    respond(
        status,
        &json!({ "type": "about:blank", "title": title, "status": status, "detail": detail }),
    )
}

/// 400 with the sentences of each field.
pub(super) fn invalid(faults: &Faults) -> Answer {
    let body = json!({
        "type": "about:blank",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "detail": "See `errors` for the fields.",
        "errors": faults,
    });
    respond(400, &body)
}

/// 405 that names what would be allowed.
pub(super) fn not_allowed(methods: &str) -> Answer {
    problem(405, "The method is not allowed for the resource.").with_header("allow", methods)
}

fn respond(status: u16, body: &Value) -> Answer {
    Answer::typed(status, "application/problem+json; charset=utf-8", body)
}
