//! A call without an answer: did a byte leave, and what is to be said of it?
//!
//! The one question that matters is whether the provider can have seen the request. Only a failure to connect (DNS,
//! refusal, TLS) says no; every other error leaves it open.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::super::{Failure, FailureKind};
use super::error_text;

/// A request that got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct NoAnswer {
    /// No byte of the request has left: it is certainly not carried out.
    pub(in crate::provider) nothing_left: bool,
    /// What happened.
    pub(in crate::provider) failure: Failure,
}

/// Judges an error of the HTTP library. `call` names the request.
pub(super) fn judge(error: &reqwest::Error, call: &str) -> NoAnswer {
    let nothing_left = error.is_builder() || error.is_connect();
    let kind = match (nothing_left, io_kind(error)) {
        _ if error.is_builder() => FailureKind::Refused,
        // A refusal may pass; a name that is not known or a certificate that is not trusted does not.
        (true, Some(ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::TimedOut)) => {
            FailureKind::Transient
        }
        (true, _) if error.is_timeout() => FailureKind::Transient,
        (true, _) => FailureKind::Systemic,
        (false, _) => FailureKind::Transient,
    };
    let what = if error.is_dns() {
        "the host's name cannot be resolved".to_owned()
    } else if error.is_timeout() {
        if nothing_left {
            "no connection in time"
        } else {
            "no answer in time"
        }
        .to_owned()
    } else if nothing_left {
        format!("no connection: {}", innermost(error))
    } else {
        format!("the connection broke: {}", innermost(error))
    };
    NoAnswer {
        nothing_left,
        failure: Failure::new(kind, format!("`{call}`: {what}")),
    }
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source())
}

fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    chain(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

/// The cause at the bottom says it best, and unlike the outer ones never repeats the URL.
fn innermost(error: &reqwest::Error) -> String {
    chain(error)
        .last()
        .map_or_else(String::new, |cause| error_text::clean(&cause.to_string(), &[]))
}
