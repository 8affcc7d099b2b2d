//! A provider that does not keep to its documents: the emulator behind a proxy that changes its answers.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::received::received;

/// An answer on its way back.
pub struct Answer {
    /// Such as `200 OK`.
    pub status: String,
    /// Header lines, without lengths.
    pub headers: Vec<String>,
    pub body: String,
    /// What `content-length` claims instead of the truth.
    pub claims: Option<u64>,
}

impl Answer {
    /// Changes the document.
    pub fn json(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut document) = serde_json::from_str(&self.body) {
            change(&mut document);
            self.body = document.to_string();
        }
    }
}

/// Sees `GET /v2/batches?start=0`, and changes the answer.
pub type Tamper = Box<dyn FnMut(&str, &mut Answer) + Send>;

/// Listens until dropped.
pub struct Tampered {
    pub url: String,
    is_closed: Arc<AtomicBool>,
}

impl Tampered {
    /// In front of the server at `url`.
    pub fn before(url: &str, tamper: impl FnMut(&str, &mut Answer) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = url.strip_prefix("http://").unwrap().to_owned();
        let tampered = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            is_closed: Arc::default(),
        };
        let is_closed = Arc::clone(&tampered.is_closed);
        let tamper: Arc<Mutex<Tamper>> = Arc::new(Mutex::new(Box::new(tamper)));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_closed.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), tamper, upstream) = (stream, Arc::clone(&tamper), upstream.clone()) else {
                    continue;
                };
                std::thread::spawn(move || drop(relay(&stream, &upstream, &tamper)));
            }
        });
        tampered
    }
}

impl Drop for Tampered {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees that it is over.
        drop(TcpStream::connect(self.url.strip_prefix("http://").unwrap()));
    }
}

/// One request and its answer; one connection carries one of each.
fn relay(client: &TcpStream, upstream: &str, tamper: &Mutex<Tamper>) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let Some((head, body)) = received(&mut reader)? else {
        return Ok(());
    };
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
    server.write_all(&body)?;
    let mut text = String::new();
    server.read_to_string(&mut text)?;
    let (answered, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = answered.lines();
    let status = lines.next().unwrap().split_once(' ').unwrap().1.to_owned();
    let is_kept = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        assert!(
            !lower.starts_with("transfer-encoding:"),
            "the emulator sends whole answers"
        );
        !lower.starts_with("content-length:") && !lower.starts_with("connection:")
    };
    let mut answer = Answer {
        status,
        headers: lines.filter(is_kept).map(str::to_owned).collect(),
        body: body.to_owned(),
        claims: None,
    };
    let mut words = head.split(' ');
    let request = format!("{} {}", words.next().unwrap(), words.next().unwrap());
    (tamper.lock().unwrap())(&request, &mut answer);
    let length = answer.claims.unwrap_or(answer.body.len() as u64);
    let headers: String = answer.headers.iter().map(|line| format!("{line}\r\n")).collect();
    let whole = format!(
        "HTTP/1.1 {}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{}",
        answer.status, answer.body
    );
    let mut client = client;
    client.write_all(whole.as_bytes())?;
    client.shutdown(std::net::Shutdown::Write)
}
