//! Asking before something is changed.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use super::context::Failed;

/// Whether the person at the terminal answers `yes`. Without a terminal there is nobody to ask: wrong usage.
pub fn confirm(question: &str, without: &str) -> Result<bool, Failed> {
    if !std::io::stdin().is_terminal() {
        return Err(
            Failed::usage("nobody to ask: standard input is not a terminal; nothing was changed").hint(without),
        );
    }
    let mut err = anstream::stderr();
    let _ = write!(err, "{question} Only `yes` is taken: ");
    let _ = err.flush();
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(anyhow::Error::from)?;
    Ok(answer.trim() == "yes")
}
