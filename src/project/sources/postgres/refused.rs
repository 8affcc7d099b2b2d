//! Why nothing was fetched, as far as it decides what is tried next.

use tokio_postgres::error::SqlState;

use super::super::OpenError;

/// Why nothing was fetched.
pub(super) enum Refused {
    /// The server has no COPY for this: rows may be fetched in another way.
    NoCopy,
    /// The name of a statement is taken: the next one has another.
    NameTaken,
    For(OpenError),
}

/// The statement itself was prepared before: what is refused now is COPY.
pub(super) fn is_no_copy(error: &tokio_postgres::Error) -> bool {
    error
        .code()
        .is_some_and(|code| *code == SqlState::SYNTAX_ERROR || *code == SqlState::FEATURE_NOT_SUPPORTED)
}
