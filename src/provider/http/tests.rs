//! Time and size limits, and what is shown of a request.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::model::{Instant, ProviderName};

use super::super::{Connection, FailureKind};
use super::{Client, Limits, Write, retry_after};

fn client(base_url: &str, limits: &Limits) -> Client {
    let connection = Connection {
        name: ProviderName::parse("sinch").unwrap(),
        base_url: base_url.to_owned(),
        token: "token".into(),
        max_recipients_per_batch: 1000,
        requests_per_second: 0,
        requests_in_flight: 1,
        list_lag: Duration::ZERO,
        unknown_hold: Duration::ZERO,
        is_sandbox: false,
        service_plan_id: Some("canary-plan".to_owned()),
        clock: std::sync::Arc::new(|| Instant::from_unix_seconds(0)),
    };
    Client::limited(&connection, limits).unwrap()
}

const SHORT: Limits = Limits {
    connect: Duration::from_secs(5),
    silence: Duration::from_secs(5),
    total: Duration::from_millis(300),
    answer_bytes: 1000,
};

/// A server that answers a head and then one byte every 20 ms, for ever.
async fn trickling(head: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 4096];
                let _ = stream.read(&mut request).await;
                let mut next = stream.write_all(head).await;
                let mut ticks = tokio::time::interval(Duration::from_millis(20));
                while next.is_ok() {
                    ticks.tick().await;
                    next = stream.write_all(b" ").await;
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn an_answer_that_trickles_ends_in_time() {
    for head in [&b"HTTP/1.1 200 OK\r\nx: "[..], b"HTTP/1.1 200 OK\r\n\r\n["] {
        let client = client(&trickling(head).await, &SHORT);
        let result = client.write(Write::Post, "/x", &[], None::<&()>).await;
        let failure = match result {
            Err(lost) => {
                assert!(!lost.nothing_left);
                lost.failure
            }
            Ok(answer) => answer.json::<()>().unwrap_err(),
        };
        assert_eq!(failure.kind, FailureKind::Transient, "{failure}");
        assert!(failure.message.contains("in time"), "{failure}");
    }
}

#[test]
fn a_service_plan_is_not_shown() {
    let client = client("http://127.0.0.1:1", &SHORT);
    assert_eq!(
        client.shown("GET", "/xms/v1/canary-plan/batches/x"),
        "GET /xms/v1/…/batches/x"
    );
    assert_eq!(client.shown("GET", "/v2/batches"), "GET /v2/batches");
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let date = Instant::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(retry_after("7", None), Some(Duration::from_secs(7)));
    assert_eq!(
        retry_after("Sun, 06 Nov 1994 08:49:57 GMT", date),
        Some(Duration::from_secs(20))
    );
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:57 GMT", None), None);
    assert_eq!(retry_after("soon", date), None);
}
