//! What a server's error says, as far as it may be shown: the message of a failed conversion repeats the cell.

use std::error::Error as _;

use tokio_postgres::error::{DbError, ErrorPosition};

/// Characters of a server's message.
const MOST: usize = 300;

/// One line for a message of ours.
pub(super) fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => of_server(error),
        None => match error.source() {
            Some(cause) => plain(&cause.to_string()),
            None => plain(&error.to_string()),
        },
    }
}

/// Where in the text of the statement an error is: its line, from 1.
pub(super) fn line(error: &tokio_postgres::Error, sql: &str) -> Option<usize> {
    let Some(ErrorPosition::Original(position)) = error.as_db_error().and_then(DbError::position) else {
        return None;
    };
    let before = usize::try_from(*position).ok()?.checked_sub(1)?;
    Some(1 + sql.chars().take(before).filter(|character| *character == '\n').count())
}

/// Messages about names, rights, connections and limits hold no cell; those about data do (`invalid input syntax for
/// type integer: "..."`, `duplicate key ... (...)`).
fn of_server(error: &DbError) -> String {
    let code = error.code().code();
    match code.get(..2) {
        Some("08" | "25" | "28" | "3D" | "3F" | "42" | "53" | "55" | "57" | "0A") => {
            format!("{} (SQLSTATE {code})", plain(error.message()))
        }
        Some(_) | None => format!("the server gave up with SQLSTATE {code}"),
    }
}

/// A hostile server may send whatever it likes.
pub(super) fn plain(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut plain: String = visible.take(MOST).collect();
    if text.chars().count() > MOST {
        plain.push_str("...");
    }
    plain
}
