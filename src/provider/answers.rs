//! What the bytes of an answer mean, without a connection: for tests and fuzzing, which feed it whatever a server might
//! say.
//!
//! In: a body or a header. Out: what the adapters would make of it. Never: a panic, a text that is not harmless.

use super::http::error_text;
use super::understood::Understood;
use super::{ip1, sinch};
use crate::model::{Api, ProviderName};

/// The offset in a `Link` header's `next`, if it points to this host.
pub fn next_start(header: &str, host: &str) -> Option<u64> {
    ip1::next_start(header, host)
}

/// What an error body says, fit for a terminal, and its code. `private` are texts that are not to be repeated.
pub fn error_text(body: &[u8], private: &[&str]) -> (String, Option<String>) {
    let said = error_text::read(body, private);
    (said.text, said.code)
}

/// A body as a page, a batch, or a report of this API.
pub fn understand(api: Api, provider: &ProviderName, body: &[u8]) -> Understood {
    match api {
        Api::Ip1 => ip1::understand(provider, body),
        Api::Sinch => sinch::understand(provider, body),
    }
}
