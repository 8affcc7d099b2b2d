//! The page's server: three static files, one question ("render this") and one wait ("tell me when something was saved").

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Json, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};

use super::page::{Ask, PreviewPage};

/// A question to the renderer.
pub(super) struct RenderJob {
    /// The question.
    pub request: Ask,
    /// Where the answer goes.
    pub reply: oneshot::Sender<PreviewPage>,
}

/// What requests need.
#[derive(Clone)]
pub(super) struct Served {
    /// `127.0.0.1:PORT`; a request for another host comes from a page that only pretends to be here.
    pub host: String,
    /// To the renderer.
    pub jobs: mpsc::Sender<RenderJob>,
    /// Raised with every save.
    pub version: watch::Receiver<u64>,
}

/// Longest text that can be tried out, in bytes, with its JSON around it.
const MAX_BYTES: usize = 256 * 1024;
/// A wait ends after this long, and the page asks again.
const WAIT: Duration = Duration::from_secs(20);

/// Only what the page itself brings; nothing of anybody can run, load, post or frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// All routes, below the token.
pub(super) fn app(token: &str, served: Served) -> Router {
    let text = |kind: &'static str, body: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body) })
    };
    Router::new()
        .route(
            &format!("/{token}/"),
            text("text/html; charset=utf-8", include_str!("page.html")),
        )
        .route(
            &format!("/{token}/page.css"),
            text("text/css; charset=utf-8", include_str!("page.css")),
        )
        .route(
            &format!("/{token}/page.js"),
            text("text/javascript; charset=utf-8", include_str!("page.js")),
        )
        .route(&format!("/{token}/render"), post(render))
        .route(&format!("/{token}/saved"), get(saved))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(from_fn_with_state(served.clone(), guard))
        .with_state(served)
}

async fn guard(State(served): State<Served>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let mut response = if host == Some(served.host.as_str()) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn render(State(served): State<Served>, Json(request): Json<Ask>) -> Response {
    let (reply, answer) = oneshot::channel();
    if served.jobs.send(RenderJob { request, reply }).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match answer.await {
        Ok(page) => Json(page).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

#[derive(Serialize)]
struct Version {
    version: u64,
}

/// Answers when something was saved after that version, or after a while.
async fn saved(State(served): State<Served>, Query(After { after }): Query<After>) -> Json<Version> {
    let mut version = served.version.clone();
    let _ = tokio::time::timeout(WAIT, version.wait_for(|version| *version > after)).await;
    let version = *version.borrow();
    Json(Version { version })
}
