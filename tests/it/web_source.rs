//! A web server with files of sources: what it answers is decided by each test, and every request is kept.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Writes an answer, status line and heads included.
pub type Answer = Arc<dyn Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync>;

/// A running one; its thread ends with the process.
pub struct WebSource {
    pub url: String,
    files: Arc<Mutex<BTreeMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl WebSource {
    pub fn start() -> Self {
        Self::listening("http", None)
    }

    /// With the certificate of these tests.
    pub fn start_tls() -> Self {
        Self::listening("https", Some(crate::hostile_tls::config()))
    }

    fn listening(scheme: &str, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}/", listener.local_addr().unwrap());
        let files: Arc<Mutex<BTreeMap<String, Answer>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (shared, seen) = (Arc::clone(&files), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, seen) = (Arc::clone(&shared), Arc::clone(&seen));
                let tls = tls.clone();
                std::thread::spawn(move || {
                    let Some(tls) = tls else {
                        return drop(serve(stream, &files, &seen));
                    };
                    let connection = ServerConnection::new(tls).unwrap();
                    drop(serve(StreamOwned::new(connection, stream), &files, &seen));
                });
            }
        });
        Self { url, files, asked }
    }

    /// From now on this file has these bytes.
    pub fn put(&self, file: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let bytes = bytes.as_ref().to_vec();
        self.answer(
            file,
            Arc::new(move |out| {
                write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
                out.write_all(&bytes)
            }),
        )
    }

    /// From now on this file is answered so.
    pub fn answer(&self, file: &str, answer: Answer) -> &Self {
        self.files.lock().unwrap().insert(file.to_owned(), answer);
        self
    }

    /// From now on there is no such file.
    pub fn remove(&self, file: &str) -> &Self {
        self.files.lock().unwrap().remove(file);
        self
    }

    /// How often a file was asked for.
    pub fn times(&self, file: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|path| *path == file).count()
    }
}

fn serve(
    stream: impl Read + Write,
    files: &Mutex<BTreeMap<String, Answer>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let path = path.split('?').next().unwrap_or_default();
    let mut stream = reader.into_inner();
    asked.lock().unwrap().push(path.to_owned());
    let answer = files.lock().unwrap().get(path).cloned();
    match answer {
        Some(answer) => answer(&mut stream),
        None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    }?;
    stream.flush()
}
