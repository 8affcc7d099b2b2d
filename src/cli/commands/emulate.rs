//! `campanile emulate`: both providers' APIs on loopback, until it is stopped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::context::{Context, Failed};
use crate::cli::exit::Exit;
use crate::cli::sandbox::emulator_instant;
use crate::emulator::faults::{Fault, parse};
use crate::emulator::{Error, Options, run as run_emulator};

/// Serve emulators of both providers' APIs on loopback
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile emulate --listen 127.0.0.1:8080 --state emulator.jsonl\n  curl -H 'Authorization: Bearer x' http://127.0.0.1:8080/v2/batches\n  curl http://127.0.0.1:8080/_emulator/messages"
)]
pub(crate) struct EmulateArgs {
    /// Where to listen; loopback only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = |text: &str| text.parse::<SocketAddr>().map_err(|_| "expected an address and a port like `127.0.0.1:8080`"))]
    pub listen: SocketAddr,
    /// Keep batches in this file
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Faults to inject, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// The only bearer token that is accepted [default: any]
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Sign Sinch's callbacks with this secret, as an account with signed callbacks does
    #[arg(long, value_name = "SECRET")]
    pub sinch_webhook_secret: Option<String>,
}

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(context: &Context, args: &EmulateArgs) -> Result<Exit, Failed> {
    let faults = match &args.faults {
        Some(file) => read_faults(file)?,
        None => Vec::new(),
    };
    let options = Options {
        listen: args.listen,
        state: args.state.clone(),
        faults,
        token: args.token.clone(),
        sinch_webhook_secret: args.sinch_webhook_secret.clone(),
        now: context.clock.pretended().map(emulator_instant),
    };
    crate::cli::runtime::runtime()?.block_on(async {
        let mut exit = Exit::Done;
        let announce = |url: &str| context.print(&format!("listening on {url}\n"));
        let signal = crate::cli::signals::wait();
        let until = async { exit = signal.await };
        run_emulator(options, announce, until).await.map_err(describe)?;
        Ok(exit)
    })
}

fn describe(error: Error) -> Failed {
    match error {
        Error::NotLoopback(_) => Failed::usage(error.to_string()).hint("listen on 127.0.0.1 or [::1]"),
        Error::Listen(..) | Error::State(_) | Error::Stopped(_) => anyhow::Error::from(error).into(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the command's own input file")]
fn read_faults(file: &Path) -> Result<Vec<Fault>, Failed> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failed::new(Exit::Input, format!("could not read `{}`: {error}", file.display())))?;
    parse(&text).map_err(|error| Failed::new(Exit::Input, format!("`{}`: {error}", file.display())))
}
