//! Delivery reports that the emulated Sinch account posts: which, when, how often, and signed how.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on is a failed test")]

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use campanile::emulator::Options;
use campanile::emulator::clock::Instant;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::emulated::Emulated;

const BATCHES: &str = "/xms/v1/plan/batches";
const ONE: &str = "46701740605";
const TWO: &str = "46701740606";

/// A customer's web server that answers with the given statuses in turn, then with 200, and keeps what it got.
struct Customer {
    url: String,
    got: Arc<Mutex<Vec<String>>>,
}

impl Customer {
    async fn answering(statuses: &[u16]) -> Customer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/dlr", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let (kept, mut statuses) = (Arc::clone(&got), Vec::from(statuses).into_iter());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, statuses.next().unwrap_or(200), &kept).await;
            }
        });
        Customer { url, got }
    }

    /// Headers and body of each request.
    fn requests(&self) -> Vec<(String, String)> {
        let got = self.got.lock().unwrap();
        got.iter()
            .map(|text| text.split_once("\r\n\r\n").unwrap())
            .map(|(head, body)| (head.into(), body.into()))
            .collect()
    }

    fn bodies(&self) -> Vec<Value> {
        self.requests()
            .iter()
            .map(|(_, body)| serde_json::from_str(body).unwrap())
            .collect()
    }
}

/// Reads one request to its end, keeps it and answers it.
async fn answer(mut stream: TcpStream, status: u16, kept: &Mutex<Vec<String>>) {
    let mut text = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        text.extend_from_slice(&chunk[..read]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        let length = so_far.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            Some((length.parse::<usize>().unwrap(), body.len()))
        });
        if read == 0 || length.is_some_and(|(length, read)| read >= length) {
            kept.lock().unwrap().push(so_far);
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            return stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }
}

async fn send(emulated: &Emulated, url: &str, kind: &str) -> String {
    let order = json!({
        "to": [ONE, TWO], "from": "ACME", "body": "Hi ${name}", "parameters": { "name": { ONE: "Joe" } },
        "send_at": "2026-11-23T09:00:00Z", "delivery_report": kind, "callback_url": url, "client_reference": "a",
    });
    let reply = emulated.post(BATCHES, &order).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["id"].as_str().unwrap().to_owned()
}

/// `[recipient, status]` of each report.
fn told(bodies: &[Value]) -> Vec<Value> {
    bodies
        .iter()
        .map(|body| json!([body["recipient"], body["status"]]))
        .collect()
}

#[tokio::test]
async fn none_posts_nothing() {
    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
    send(&emulated, &customer.url, "none").await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    assert_eq!(emulated.messages().await.len(), 1);
    assert!(customer.bodies().is_empty());
}

#[tokio::test]
async fn summary_and_full_post_one_report_when_every_message_is_final() {
    for kind in ["summary", "full"] {
        let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
        emulated.settings(json!({ "delivery_ms": 60_000 })).await;
        let id = send(&emulated, &customer.url, kind).await;
        emulated.clock("2026-11-23T09:00:30Z").await;
        assert!(customer.bodies().is_empty(), "one message is still on its way");
        emulated.clock("2026-11-23T09:01:00Z").await;
        emulated.clock("2026-11-23T10:00:00Z").await;
        let query = format!("{BATCHES}/{id}/delivery_report?type={kind}");
        assert_eq!(customer.bodies(), [emulated.get(&query).await.json()]);
        assert_eq!(
            customer.bodies()[0]["statuses"][0].get("recipients").is_some(),
            kind == "full"
        );
        assert_eq!(customer.bodies()[0]["client_reference"], "a");
    }
}

#[tokio::test]
async fn per_recipient_posts_each_change_and_final_only_the_last() {
    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
    emulated.settings(json!({ "delivery_ms": 60_000 })).await;
    send(&emulated, &customer.url, "per_recipient").await;
    emulated.clock("2026-11-23T09:00:30Z").await;
    assert_eq!(
        told(&customer.bodies()),
        [json!([ONE, "Dispatched"]), json!([TWO, "Aborted"])]
    );
    emulated.clock("2026-11-23T09:01:00Z").await;
    let bodies = customer.bodies();
    assert_eq!(told(&bodies[2..]), [json!([ONE, "Delivered"])]);
    assert_eq!(bodies[2]["operator_status_at"], "2026-11-23T09:01:00.000Z");
    assert_eq!(
        (&bodies[2]["type"], &bodies[2]["code"]),
        (&json!("recipient_delivery_report_sms"), &json!(0))
    );

    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
    send(&emulated, &customer.url, "per_recipient_final").await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    emulated.clock("2026-11-23T11:00:00Z").await;
    assert_eq!(
        told(&customer.bodies()),
        [json!([ONE, "Delivered"]), json!([TWO, "Aborted"])]
    );
}

#[tokio::test]
async fn messages_canceled_on_their_way_are_reported_too() {
    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
    emulated.settings(json!({ "messages_per_second": 1 })).await;
    let order = json!({
        "to": [ONE, TWO], "from": "ACME", "body": "Hi", "delivery_report": "per_recipient_final",
        "callback_url": customer.url, "send_at": "2026-11-23T09:00:00Z",
    });
    let id = emulated.post(BATCHES, &order).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    emulated.clock("2026-11-23T09:00:00.200Z").await;
    emulated.delete(&format!("{BATCHES}/{id}")).await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    assert_eq!(
        told(&customer.bodies()),
        [json!([ONE, "Delivered"]), json!([TWO, "Cancelled"])]
    );
}

#[tokio::test]
async fn a_scheduled_batch_canceled_in_time_posts_nothing() {
    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
    let id = send(&emulated, &customer.url, "summary").await;
    emulated.delete(&format!("{BATCHES}/{id}")).await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    assert!(customer.bodies().is_empty());
}

#[tokio::test]
async fn server_errors_and_429_are_retried_after_5_10_20_seconds_and_other_errors_are_not() {
    let (emulated, customer) = (
        Emulated::fresh().await,
        Customer::answering(&[500, 429, 503, 200]).await,
    );
    send(&emulated, &customer.url, "summary").await;
    let instants = ["09:00:00", "09:00:05", "09:00:15", "09:00:35"];
    for (tries, instant) in instants.iter().enumerate() {
        emulated.clock(&format!("2026-11-23T{instant}Z")).await;
        assert_eq!(customer.bodies().len(), tries + 1, "{instant}");
    }
    emulated.clock("2026-11-24T09:00:00Z").await;
    assert_eq!(customer.bodies().len(), 4, "accepted at last");

    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[404]).await);
    send(&emulated, &customer.url, "summary").await;
    emulated.clock("2026-11-24T09:00:00Z").await;
    assert_eq!(customer.bodies().len(), 1);
}

#[tokio::test]
async fn retries_double_up_to_81920_seconds_and_end() {
    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[500; 40]).await);
    send(&emulated, &customer.url, "summary").await;
    emulated.clock("2026-12-23T09:00:00Z").await;
    let attempts = emulated.get("/_emulator/callbacks").await.json();
    let due: Vec<i64> = attempts
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| seconds(&attempt["due"]))
        .collect();
    let waits: Vec<i64> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(waits, (0..15).map(|doubling| 5 << doubling).collect::<Vec<i64>>());
}

/// Unix seconds of an instant as the emulator prints it.
fn seconds(text: &Value) -> i64 {
    Instant::parse(text.as_str().unwrap()).unwrap().unix_millis() / 1000
}

#[tokio::test]
async fn the_default_callback_url_is_used_and_overridden_by_the_batch() {
    let emulated = Emulated::fresh().await;
    let (account, own) = (Customer::answering(&[]).await, Customer::answering(&[]).await);
    emulated.settings(json!({ "sinch_callback_url": account.url })).await;
    let order = json!({ "to": [ONE], "from": "ACME", "body": "Hi", "delivery_report": "summary" });
    assert_eq!(emulated.post(BATCHES, &order).await.status, 201);
    send(&emulated, &own.url, "summary").await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    assert_eq!((account.bodies().len(), own.bodies().len()), (1, 1));
}

#[tokio::test]
async fn callbacks_are_signed_when_there_is_a_secret() {
    let customer = Customer::answering(&[]).await;
    let secret = Some("SMSWebhooksSecret".to_owned());
    let emulated = Emulated::with(Options {
        sinch_webhook_secret: secret,
        ..Options::default()
    })
    .await;
    send(&emulated, &customer.url, "full").await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    let (head, body) = customer.requests().remove(0);
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
            .unwrap()
    };
    assert_eq!(header("x-sinch-webhook-signature-algorithm"), "HmacSHA256");
    let (nonce, timestamp) = (
        header("x-sinch-webhook-signature-nonce"),
        header("x-sinch-webhook-signature-timestamp"),
    );
    assert_eq!(timestamp, seconds(&json!("2026-11-23T09:00:00Z")).to_string());
    let mut mac = Hmac::<Sha256>::new_from_slice(b"SMSWebhooksSecret").unwrap();
    mac.update(format!("{body}.{nonce}.{timestamp}").as_bytes());
    assert_eq!(
        header("x-sinch-webhook-signature"),
        STANDARD.encode(mac.finalize().into_bytes())
    );
    assert_eq!(header("content-type"), "application/json");
}

#[tokio::test]
async fn without_a_secret_callbacks_are_not_signed() {
    let (emulated, customer) = (Emulated::fresh().await, Customer::answering(&[]).await);
    send(&emulated, &customer.url, "full").await;
    emulated.clock("2026-11-23T10:00:00Z").await;
    assert!(!customer.requests()[0].0.contains("x-sinch"));
}
