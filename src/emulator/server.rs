//! Sockets: a loopback listener whose connections can be cut at will, and the loop that posts delivery reports.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::answering::Outcome;
use super::callbacks::post;
use super::wire::{Answer, Request, query_pairs};
use super::world::World;

/// Largest request body taken.
const BODY_LIMIT: usize = 128 << 20;
/// How often due changes are looked for when nobody asks.
const TICK: Duration = Duration::from_millis(250);

pub(super) type Shared = Arc<Server>;

/// What all connections share.
pub(super) struct Server {
    world: Mutex<World>,
    /// Held while reports are posted: who has moved the clock waits for those of the background too.
    posting: tokio::sync::Mutex<()>,
    /// Set when the emulator was dropped: connections that are still open give no more answers.
    is_down: AtomicBool,
}

impl Server {
    pub(super) fn new(world: World) -> Server {
        Server {
            world: Mutex::new(world),
            posting: tokio::sync::Mutex::new(()),
            is_down: AtomicBool::new(false),
        }
    }

    /// Ends every connection at its next request.
    pub(super) fn go_down(&self) {
        self.is_down.store(true, Ordering::SeqCst);
    }

    /// The world, also when another request has panicked while holding it.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until `stop` resolves.
pub(super) async fn serve(
    listener: TcpListener,
    server: Shared,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = Router::new().fallback(take).with_state(server);
    let service = app.into_make_service_with_connect_info::<Cut>();
    axum::serve(Cuttable(listener), service)
        .with_graceful_shutdown(stop)
        .await
}

/// Lets due changes happen and posts due reports, now and then for ever.
pub(super) async fn tick(server: Shared) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        // An unreadable state file is reported by the next request.
        let _ = server.lock().turn(|_| ());
        post_due(&server).await;
    }
}

/// Posts reports until none is due; a retry that is due already (the clock has leapt) is posted too.
async fn post_due(server: &Shared) {
    let _posting = server.posting.lock().await;
    loop {
        let due = {
            let mut world = server.lock();
            let now = world.clock.now();
            world.desk.callbacks.take_due(now)
        };
        if due.is_empty() {
            return;
        }
        for report in due {
            let end = post(&report).await;
            server.lock().desk.callbacks.settle(report, end);
        }
    }
}

async fn take(State(server): State<Shared>, ConnectInfo(cut): ConnectInfo<Cut>, request: HttpRequest) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return respond(Answer::empty(413));
    };
    if server.is_down.load(Ordering::SeqCst) {
        cut.now();
        return respond(Answer::empty(503));
    }
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let request = Request {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: query_pairs(&query),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.into(),
    };
    let is_order = request.method == "POST" && request.path.starts_with("/_emulator");
    // Carried out to its end even when the client hangs up meanwhile.
    let outcome = server.lock().take(request, &query);
    let Outcome {
        answer,
        is_dropped,
        is_truncated,
        delay_ms,
    } = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            let body =
                serde_json::json!({ "title": "Internal Server Error", "status": 500, "detail": error.to_string() });
            return respond(Answer::json(500, &body));
        }
    };
    if is_order {
        post_due(&server).await;
    }
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    if is_dropped {
        cut.now();
    } else if is_truncated {
        cut.within_body(answer.body.len() / 2);
    }
    respond(answer)
}

fn respond(answer: Answer) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap_or_else(|_| {
        let mut broken = Response::new(Body::empty());
        *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

const WHOLE: u8 = 0;
const CUT_NOW: u8 = 1;
const CUT_WITHIN_BODY: u8 = 2;

/// The knife of one connection.
#[derive(Clone, Debug, Default)]
struct Cut(Arc<Knife>);

#[derive(Debug, Default)]
struct Knife {
    how: AtomicU8,
    body_bytes: AtomicUsize,
}

impl Cut {
    fn now(&self) {
        self.0.how.store(CUT_NOW, Ordering::SeqCst);
    }

    fn within_body(&self, bytes: usize) {
        self.0.body_bytes.store(bytes, Ordering::SeqCst);
        self.0.how.store(CUT_WITHIN_BODY, Ordering::SeqCst);
    }

    /// How many of these bytes may still leave; none when the connection is to be cut before them.
    fn allowed(&self, bytes: &[u8]) -> Option<usize> {
        match self.0.how.load(Ordering::SeqCst) {
            WHOLE => Some(bytes.len()),
            CUT_WITHIN_BODY => {
                self.now();
                let head = bytes
                    .windows(4)
                    .position(|four| four == b"\r\n\r\n")
                    .map_or(0, |at| at + 4);
                let allowed = head
                    .saturating_add(self.0.body_bytes.load(Ordering::SeqCst))
                    .min(bytes.len());
                (allowed > 0).then_some(allowed)
            }
            _ => None,
        }
    }
}

impl Connected<IncomingStream<'_, Cuttable>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Cut {
        stream.io().cut.clone()
    }
}

/// A listener whose connections carry a knife.
struct Cuttable(TcpListener);

impl Listener for Cuttable {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Only speed depends on it.
        let _ = stream.set_nodelay(true);
        (
            Connection {
                stream,
                cut: Cut::default(),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that can be cut.
struct Connection {
    stream: TcpStream,
    cut: Cut,
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let allowed = self.cut.allowed(buf).and_then(|length| buf.get(..length));
        match allowed {
            Some(bytes) => Pin::new(&mut self.stream).poll_write(cx, bytes),
            None => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
