//! A loopback server of both providers' APIs: what the vendors document, on a clock that tests can move.
//!
//! In: HTTP requests (iP.1 under `/v2/`, Sinch under `/xms/v1/`, control under `/_emulator/`). Out: HTTP answers. No
//! message ever leaves the machine. It names no other module of this crate, above all not `provider`: client and
//! emulator must not have the same mistake. What a vendor leaves open is decided in `ip1/RULES.md` and
//! `sinch/RULES.md`.
//!
//! ```text
//!  server (sockets, cuts) -> world (one turn: replay, advance, answer) -> ip1::Account | sinch::Account | control
//!                               desk: time, settings, outbox, callbacks, journal, ids
//! ```

mod answering;
pub mod callbacks;
pub mod clock;
mod control;
pub mod desk;
pub mod faults;
pub mod ids;
pub mod ip1;
mod log;
mod options;
pub mod outbox;
pub mod segments;
mod server;
pub mod settings;
pub mod sinch;
pub mod store;
pub mod wire;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use options::Options;
use server::Server;
use world::World;

/// Why an emulator does not start or run on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It would be reachable from outside.
    #[error("the emulator listens on loopback addresses only, not on `{0}`")]
    NotLoopback(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on `{0}`")]
    Listen(SocketAddr, #[source] io::Error),
    /// The state file cannot be read or written.
    #[error("cannot use the state file")]
    State(#[source] io::Error),
    /// It stopped by itself.
    #[error("the emulator stopped")]
    Stopped(#[source] io::Error),
}

/// A running emulator; dropping it stops it at once.
pub struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
    ticker: JoinHandle<()>,
    shared: Arc<Server>,
}

/// Starts an emulator; it is ready when this returns.
pub async fn start(options: Options) -> Result<Running, Error> {
    let listen = options.listen;
    if !listen.ip().is_loopback() {
        return Err(Error::NotLoopback(listen));
    }
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| Error::Listen(listen, error))?;
    let address = listener.local_addr().map_err(|error| Error::Listen(listen, error))?;
    let shared = Arc::new(Server::new(World::new(options).map_err(Error::State)?));
    let (stop, stopped) = oneshot::channel::<()>();
    let wait = async {
        // A dropped sender means the same as a sent word.
        let _ = stopped.await;
    };
    let server = tokio::spawn(server::serve(listener, Arc::clone(&shared), wait));
    let ticker = tokio::spawn(server::tick(Arc::clone(&shared)));
    Ok(Running {
        address,
        stop: Some(stop),
        server,
        ticker,
        shared,
    })
}

/// Runs an emulator until `until` resolves, for `campanile emulate`; `announce` gets its URL as soon as it is ready.
pub async fn run(options: Options, announce: impl FnOnce(&str), until: impl Future<Output = ()>) -> Result<(), Error> {
    let mut running = start(options).await?;
    announce(&running.url());
    tokio::select! {
        ended = running.wait() => return ended,
        () = until => {}
    }
    running.stop().await;
    Ok(())
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of all its APIs, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it: requests under way are answered, but for at most two seconds.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // The other side is gone only when the server has ended already.
            let _ = stop.send(());
        }
        if tokio::time::timeout(Duration::from_secs(2), &mut self.server)
            .await
            .is_err()
        {
            // Connections that do not end are cut; the port is free when the server has ended, not when it was asked to
            // end.
            self.server.abort();
            let _ = (&mut self.server).await;
        }
    }

    /// Resolves only when it fails by itself.
    pub async fn wait(&mut self) -> Result<(), Error> {
        match (&mut self.server).await {
            Ok(ended) => ended.map_err(Error::Stopped),
            Err(error) => Err(Error::Stopped(io::Error::other(error))),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.go_down();
        self.server.abort();
        self.ticker.abort();
    }
}
