//! A server whose certificate nobody vouches for gets no request, and so no token: not even on loopback.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use crate::test_project::{Ran, TestProject};

/// Made for these tests, for `127.0.0.1` and `localhost`, signed by itself.
const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/own.pem");
const KEY: &[u8] = include_bytes!("../data/tls/own.key.der");

/// Of a server with this certificate.
pub fn config() -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY.to_vec()));
    let crypto = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

/// An iP.1 without batches behind this certificate; every request that it could read.
fn server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let config = config();
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = Stream::new(&mut connection, &mut stream);
            let mut head = vec![0; 16 << 10];
            // A client that does not believe us hangs up here.
            if let Ok(read) = tls.read(&mut head) {
                log.lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&head[..read]).into_owned());
                let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]");
            }
            connection.send_close_notify();
            let _ = connection.write_tls(&mut stream);
        }
    });
    (port, requests)
}

fn status(host: &str, port: u16, trusted: Option<&str>) -> Ran {
    let mut project = TestProject::new();
    project.set("IP1_API_KEY", "k4narie");
    if let Some(file) = trusted {
        project.set("SSL_CERT_FILE", file);
    }
    project.write(
        "campanile.yaml",
        format!(
            "namespace: acme\nproviders:\n  ip1: {{ kind: ip1, base_url: \"https://{host}:{port}\", token_env: IP1_API_KEY }}\n"
        ),
    )
    .write("campaigns/.keep", "");
    project.run(&["status", "-o", "json"])
}

#[test]
fn a_certificate_that_nobody_vouches_for_gets_no_token() {
    let (port, requests) = server();
    let refused = status("127.0.0.1", port, None);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(requests.lock().unwrap().is_empty());
    // The same server, vouched for: so it was the certificate that was refused, and nothing else.
    let trusted = status("127.0.0.1", port, Some(CERTIFICATE));
    assert_eq!(trusted.code, Some(0), "{trusted:?}");
    let asked = requests.lock().unwrap().len();
    assert!(asked > 0 && requests.lock().unwrap().iter().all(|head| head.contains("k4narie")));
    // Vouched for, under another name.
    let other = status("127.0.0.2", port, Some(CERTIFICATE));
    assert_eq!(other.code, Some(1), "{other:?}");
    assert!(other.stdout.contains("certificate"), "{other:?}");
    assert_eq!(requests.lock().unwrap().len(), asked);
}

#[test]
fn a_token_never_travels_in_the_open() {
    for host in ["api.example.com", "10.0.0.1", "127.0.0.1.example.com", "[::2]"] {
        let mut project = TestProject::new();
        project.set("IP1_API_KEY", "k4narie");
        project.write(
            "campanile.yaml",
            format!("namespace: acme\nproviders:\n  ip1: {{ kind: ip1, base_url: \"http://{host}\", token_env: IP1_API_KEY }}\n"),
        );
        for words in [
            &["validate"] as &[&str],
            &["plan"],
            &["status"],
            &["apply", "--yes"],
            &["stop", "--all", "--yes"],
            &[
                "stop",
                "--all",
                "--yes",
                "--namespace",
                "acme",
                "--kind",
                "ip1",
                "--token-env",
                "IP1_API_KEY",
                "--base-url",
                &format!("http://{host}"),
            ],
        ] {
            let ran = project.run(words);
            assert_eq!(
                ran.code,
                Some(if words.contains(&"--kind") { 64 } else { 65 }),
                "{ran:?}"
            );
        }
    }
}
