//! Servers that mean harm, or mean nothing at all: bounded answers, no redirects, no terminal tricks, no other path.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use campanile::model::{Api, BatchId, Instant};
use campanile::provider::{AnyProvider, Canceled, Created, FailureKind, Provider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::accounts::{APIS, Account, TOKEN, connection};
use crate::emulated::START;

/// A server that answers every request with the same bytes.
struct Server {
    url: String,
    requests: Arc<AtomicUsize>,
    heads: Arc<std::sync::Mutex<Vec<String>>>,
}

async fn server(answer: Vec<u8>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let heads = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (counter, log) = (Arc::clone(&requests), Arc::clone(&heads));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let mut head = vec![0; 64 << 10];
            let read = stream.read(&mut head).await.unwrap_or(0);
            log.lock()
                .unwrap()
                .push(String::from_utf8_lossy(&head[..read]).into_owned());
            // The client may hang up first.
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    Server { url, requests, heads }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn provider(api: Api, url: &str) -> AnyProvider {
    let clock = Arc::new(|| Instant::parse(START).unwrap());
    AnyProvider::new(api, connection(url, clock)).unwrap()
}

#[tokio::test]
async fn a_redirect_takes_no_token_anywhere() {
    for api in APIS {
        let thief = server(answer("200 OK", "", b"[]")).await;
        for status in [
            "301 Moved",
            "302 Found",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        ] {
            let location = format!("location: {}/v2/batches\r\n", thief.url);
            let guide = server(answer(status, &location, b"")).await;
            let provider = provider(api, &guide.url);
            assert_eq!(provider.list().await.unwrap_err().failure.kind, FailureKind::Garbled);
            let id = BatchId("abc".to_owned());
            assert!(matches!(provider.cancel(&id).await, Canceled::Unknown(_)));
            assert_eq!(guide.requests.load(Ordering::SeqCst), 2);
        }
        assert_eq!(thief.requests.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn an_answer_has_a_largest_size() {
    for api in APIS {
        let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n[".to_vec();
        let mut unannounced = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[".to_vec();
        unannounced.resize(33 << 20, b' ');
        for bytes in [announced, unannounced] {
            let server = server(bytes).await;
            let failure = provider(api, &server.url).list().await.unwrap_err().failure;
            assert_eq!(failure.kind, FailureKind::TooLarge);
            assert!(failure.message.contains("larger than"), "{failure}");
            // A batch at Sinch holds its people: pages of 100, 50, 25, 5 and 1 are tried.
            let asked = if api == Api::Sinch { 5 } else { 1 };
            assert_eq!(server.requests.load(Ordering::SeqCst), asked);
        }
    }
}

#[tokio::test]
async fn nonsense_is_an_error_and_no_panic() {
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let bodies: [&[u8]; 12] = [
        b"",
        b"null",
        b"0",
        b"\"\"",
        b"{}",
        b"[1]",
        b"[null]",
        b"[{}]",
        &deep,
        b"\xff\xfe\x00",
        b"[{\"id\":{},\"status\":1}]",
        b"{\"count\":-1,\"batches\":[{\"id\":null}]}",
    ];
    for api in APIS {
        for body in bodies {
            let server = server(answer("200 OK", "content-type: application/json\r\n", body)).await;
            let provider = provider(api, &server.url);
            let text = String::from_utf8_lossy(body).chars().take(40).collect::<String>();
            assert_eq!(
                provider.list().await.unwrap_err().failure.kind,
                FailureKind::Garbled,
                "{text}"
            );
            let id = BatchId("abc".to_owned());
            assert!(provider.get(&id).await.is_err(), "{text}");
            assert!(provider.recipients(&id).await.is_err(), "{text}");
            assert!(provider.progress(&id).await.is_err(), "{text}");
        }
        let server = server(b"hello there\r\n\r\n".to_vec()).await;
        assert!(provider(api, &server.url).list().await.is_err());
    }
}

#[tokio::test]
async fn a_list_that_repeats_itself_for_ever_is_given_up() {
    let page = br#"[{"id":"a","status":101},{"id":"b","status":101}]"#;
    let server_of_ip1 = server(answer("200 OK", "", page)).await;
    let failure = provider(Api::Ip1, &server_of_ip1.url).list().await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Garbled);
    let page = br#"{"count":2,"batches":[{"id":"a"},{"id":"b"}]}"#;
    let server_of_sinch = server(answer("200 OK", "", page)).await;
    let failure = provider(Api::Sinch, &server_of_sinch.url)
        .list()
        .await
        .unwrap_err()
        .failure;
    assert_eq!(failure.kind, FailureKind::Garbled);
}

#[tokio::test]
async fn an_error_moves_no_terminal_and_repeats_no_secret() {
    let body = format!(
        "{{\"code\":\"x\",\"text\":\"\\u001b[2J\\u202e{TOKEN} for +46 70-174 06 05: Canary Hello to you\\n\\u0007\"}}"
    );
    for api in APIS {
        let account = Account::fresh(api).await;
        let new = account.plain("one", 1);
        let server = server(answer("400 Bad Request", "", body.as_bytes())).await;
        let Created::NotSent(failure) = provider(api, &server.url).create(&new).await else {
            panic!("not sent");
        };
        let text = failure.to_string();
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
        for canary in [TOKEN, "174", "Canary Hello"] {
            assert!(!text.contains(canary), "{text}");
        }
    }
}

#[tokio::test]
async fn an_id_from_a_provider_never_chooses_a_path() {
    for api in APIS {
        let server = server(answer("200 OK", "", b"{}")).await;
        let provider = provider(api, &server.url);
        for id in ["../../api/me/account", "a?b=c", "a#b", "", "a%2e%2e", "a b"] {
            let id = BatchId(id.to_owned());
            assert!(provider.get(&id).await.is_err());
            assert!(provider.progress(&id).await.is_err());
            assert!(matches!(provider.cancel(&id).await, Canceled::NotSent(_)));
        }
        assert_eq!(server.requests.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_create_is_known_by_its_id_and_unknown_without_one() {
    for api in APIS {
        let account = Account::fresh(api).await;
        let new = account.plain("one", 1);
        let created = async |body: Vec<u8>| {
            let server = server(answer("201 Created", "", &body)).await;
            provider(api, &server.url).create(&new).await
        };
        for body in [
            br#"{"id":"abc","reference":"acme.two.00001000000abcdefg","client_reference":"acme.two.00001000000abcdefg"}"#.to_vec(),
            br#"{"id":"abc"}"#.to_vec(),
            br#"{"id":"abc","reference":null,"client_reference":null}"#.to_vec(),
        ] {
            assert_eq!(created(body).await, Created::OtherReference(BatchId("abc".to_owned())));
        }
        for body in [
            format!(r#"{{"reference":"{0}","client_reference":"{0}"}}"#, new.reference).into_bytes(),
            b"".to_vec(),
        ] {
            assert!(matches!(created(body).await, Created::Unknown(_)));
        }
        let body = format!(
            r#"{{"id":"abc","reference":"{0}","client_reference":"{0}"}}"#,
            new.reference
        );
        let server = server(answer("201 Created", "", body.as_bytes())).await;
        let id = BatchId("abc".to_owned());
        assert_eq!(provider(api, &server.url).create(&new).await, Created::Done(id));
    }
}

#[tokio::test]
async fn a_request_carries_its_token_once_and_asks_for_json() {
    for api in APIS {
        let server = server(answer("200 OK", "date: Mon, 23 Nov 2026 08:00:05 GMT\r\n", b"[]")).await;
        let provider = provider(api, &server.url);
        // Sinch's list is no array; only what was asked matters here.
        let _ = provider.list().await;
        let head = server
            .heads
            .lock()
            .unwrap()
            .first()
            .cloned()
            .unwrap()
            .to_ascii_lowercase();
        assert_eq!(head.matches(&TOKEN.to_ascii_lowercase()).count(), 1, "{head}");
        assert!(head.contains(&format!("authorization: bearer {TOKEN}")), "{head}");
        assert!(
            head.contains("accept: application/json") && head.contains("user-agent: campanile/"),
            "{head}"
        );
        assert_eq!(provider.last_date(), Instant::parse("2026-11-23T08:00:05Z").ok());
    }
}
