//! An answer: its status, its headers as far as they matter, its body as bytes or as JSON.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::super::{Failure, FailureKind};

/// What came back. Only the body can have failed on its way.
pub(in super::super) struct Answer {
    /// As `GET /v2/batches`.
    pub(super) call: String,
    /// HTTP status.
    pub(in super::super) status: u16,
    /// The `Link` header.
    pub(in super::super) link: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Result<Vec<u8>, Failure>,
}

impl Answer {
    /// 2xx.
    pub(in super::super) fn is_success(&self) -> bool {
        (200..=299).contains(&self.status)
    }

    /// How large the body is.
    pub(in super::super) fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, Vec::len)
    }

    /// The body as JSON of this shape. A failure says where it differs, never with which value.
    pub(in super::super) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let body = self.body.as_ref().map_err(Clone::clone)?;
        serde_json::from_slice(body).map_err(|error| Failure {
            status: Some(self.status),
            ..Failure::new(
                FailureKind::Garbled,
                format!(
                    "the answer to `{}` is not what the provider documents (line {}, column {})",
                    self.call,
                    error.line(),
                    error.column()
                ),
            )
        })
    }

    /// A failure that blames this answer.
    pub(in super::super) fn garbled(&self, what: &str) -> Failure {
        Failure {
            status: Some(self.status),
            ..Failure::new(
                FailureKind::Garbled,
                format!("`{}` was answered {} {what}", self.call, self.status),
            )
        }
    }
}
