//! The message of a panic: where it happened, never what was worked on.
//!
//! The library's own messages would quote their input: a text cut in the middle of a character is printed whole.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic::{PanicHookInfo, set_hook};

/// From now on a panic prints its place and, when `RUST_BACKTRACE` asks for it, how it was reached.
pub fn tell_places_only() {
    set_hook(Box::new(|panic| {
        // When stderr is closed nobody can read it.
        let _ = write!(std::io::stderr().lock(), "{}", told(panic));
    }));
}

fn told(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(
        || "an unknown place".to_owned(),
        |place| format!("{}:{}:{}", place.file(), place.line(), place.column()),
    );
    let backtrace = Backtrace::capture();
    let way = match backtrace.status() {
        BacktraceStatus::Captured => format!("{backtrace}\n"),
        _ => String::new(),
    };
    format!(
        "error: internal error at `{place}`: a fault of campanile, please report it\n\
         hint: what it was working on is not shown; run the same command again: it goes on from what the provider holds\n{way}"
    )
}
