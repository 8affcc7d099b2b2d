//! `preview --serve`: a page that follows every save, and lets a text be tried out before it is written down.
//!
//! In: a project on disk, and what the page asks for. Out: a page on 127.0.0.1 alone, on a free port, under a path that
//! nobody can guess. The page is static; everything of a campaign, a list or a provider reaches it as JSON and is set as
//! text, under a policy that runs no script but the page's own. Never: a write to the project, a request to a provider; one to a source
//! only at its beginning and when the page asks for it.

mod drawn;
mod find;
mod page;
mod server;
mod session;
mod tried;
mod watch;

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch as channel};

use self::server::{RenderJob, Served, app};
use self::session::PreviewSession;
use self::watch::Watched;
use crate::cli::context::{Context, Failed};
use crate::cli::exit::Exit;
use crate::cli::signals;
use crate::model::CampaignRef;

/// How often files are looked at.
const EVERY: Duration = Duration::from_millis(200);

/// Serves until SIGINT or SIGTERM.
pub(super) fn run(context: &Context, campaign: &CampaignRef) -> Result<Exit, Failed> {
    crate::cli::runtime::runtime()?.block_on(serve(context, campaign))
}

/// The renderer stays on this thread, for a project is read by one reader; the server's tasks ask it through a channel.
async fn serve(context: &Context, campaign: &CampaignRef) -> Result<Exit, Failed> {
    let failed = |error: std::io::Error| Failed::new(Exit::Failed, format!("could not listen on 127.0.0.1: {error}"));
    let mut session = PreviewSession::open(context, campaign)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let token = token()?;
    let (jobs, mut inbox) = mpsc::channel::<RenderJob>(16);
    let (version, seen) = channel::channel(1_u64);
    let served = Served {
        host: address.to_string(),
        jobs,
        version: seen,
    };
    let server = tokio::spawn(axum::serve(listener, app(&token, served)).into_future());
    context.print(&format!("preview of `{campaign}` on http://{address}/{token}/\n"));
    context.note("only this machine can open it; it ends with this command (Ctrl-C)");
    let mut watched = Watched::new(session.files());
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let signal = signals::wait();
    tokio::pin!(signal);
    let exit = loop {
        tokio::select! {
            exit = &mut signal => break exit,
            Some(job) = inbox.recv() => {
                if job.request.again {
                    session.read_again();
                }
                let page = session.page(&job.request, *version.borrow());
                let _ = job.reply.send(page);
            }
            _ = ticks.tick() => {
                if watched.has_changed(session.files()) {
                    session.reload();
                    version.send_modify(|version| *version += 1);
                }
            }
        }
    };
    server.abort();
    Ok(exit)
}

/// 128 random bits in hexadecimal, from the generator that TLS uses: no other source of randomness is needed for it.
fn token() -> Result<String, Failed> {
    let mut bytes = [0_u8; 16];
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Failed::new(Exit::Failed, "no randomness for the page's address"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
