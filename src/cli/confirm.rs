//! Asking before something is changed.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use super::context::Failed;
use super::exit::Exit;
use super::signals::Interrupt;

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// `yes`, in full.
    Yes,
    /// Anything else, and the end of the input.
    No,
    /// A signal, such as Ctrl-C.
    Interrupted(Exit),
}

/// What the person at the terminal answers, while signals are listened to: without that, Ctrl-C would wait for the end
/// of the line, or for ever where the parent process ignores it. Without a terminal there is nobody to ask: wrong
/// usage.
pub(super) async fn confirm(question: &str, without: &str, interrupt: &Interrupt) -> Result<Answer, Failed> {
    ask(question, without)?;
    let (tell, told) = tokio::sync::oneshot::channel();
    // A thread of its own: nothing can take a read of the terminal back, and the program may end during it.
    std::thread::spawn(move || {
        // Nobody listens any more when a signal was faster.
        let _ = tell.send(read_line());
    });
    tokio::select! {
        line = told => {
            let line = line.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
            Ok(if is_yes(&line) { Answer::Yes } else { Answer::No })
        }
        signal = interrupt.wait() => {
            let _ = writeln!(anstream::stderr());
            Ok(Answer::Interrupted(signal))
        }
    }
}

fn ask(question: &str, without: &str) -> Result<(), Failed> {
    if !io::stdin().is_terminal() {
        return Err(
            Failed::usage("nobody to ask: standard input is not a terminal; nothing was changed").hint(without),
        );
    }
    let mut err = anstream::stderr();
    let _ = write!(err, "{question} Only `yes` is taken: ");
    let _ = err.flush();
    Ok(())
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line)
}

fn is_yes(line: &str) -> bool {
    line.trim() == "yes"
}
