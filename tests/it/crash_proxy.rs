//! A proxy between the program and the emulator: tells a test when each request arrives, has been answered by the emulator,
//! and has been relayed, so that a run can be killed or held at exactly that point.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::received::received;

/// Where a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It has arrived whole; the emulator has not seen it.
    Arrived,
    /// The emulator has carried it out; nothing of its answer has been relayed.
    Answered,
    /// The program has its whole answer.
    Relayed,
}

/// One request on its way.
#[derive(Debug, Clone)]
pub struct Passing {
    /// Its number, from 0.
    pub index: usize,
    /// Such as `POST /v2/batches`, without the query.
    pub line: String,
    pub moment: Moment,
}

/// Told of every moment; may block; false cuts the connection.
pub type Watch = Box<dyn FnMut(&Passing) -> bool + Send>;

/// Listens until dropped.
pub struct Proxy {
    pub url: String,
    watch: Arc<Mutex<Watch>>,
    is_closed: Arc<AtomicBool>,
}

impl Proxy {
    /// In front of the server at `url`; everything passes.
    pub fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = url.strip_prefix("http://").unwrap().to_owned();
        let proxy = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            watch: Arc::new(Mutex::new(Box::new(|_| true))),
            is_closed: Arc::default(),
        };
        let watch = Arc::clone(&proxy.watch);
        let is_closed = Arc::clone(&proxy.is_closed);
        std::thread::spawn(move || {
            let counted = Arc::new(Mutex::new(0));
            for stream in listener.incoming() {
                if is_closed.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), watch, counted) = (stream, Arc::clone(&watch), Arc::clone(&counted)) else {
                    continue;
                };
                let upstream = upstream.clone();
                // A program that was killed leaves its connection in the middle of something: nobody to tell.
                std::thread::spawn(move || drop(relay(stream, &upstream, &watch, &counted)));
            }
        });
        proxy
    }

    /// Watches from now on.
    pub fn watch(&self, watch: impl FnMut(&Passing) -> bool + Send + 'static) {
        *self.watch.lock().unwrap() = Box::new(watch);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees that it is over.
        drop(TcpStream::connect(self.url.strip_prefix("http://").unwrap()));
    }
}

/// One request and its answer; one connection carries one of each.
fn relay(client: TcpStream, upstream: &str, watch: &Mutex<Watch>, counted: &Mutex<usize>) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut reader = BufReader::new(client.try_clone()?);
    let Some((head, body)) = received(&mut reader)? else {
        return Ok(());
    };
    let index = {
        let mut counted = counted.lock().unwrap();
        *counted += 1;
        *counted - 1
    };
    let mut words = head.split(' ');
    let line = format!(
        "{} {}",
        words.next().unwrap(),
        words.next().unwrap().split('?').next().unwrap()
    );
    let goes_on = |moment| {
        let passing = Passing {
            index,
            line: line.clone(),
            moment,
        };
        (watch.lock().unwrap())(&passing)
    };
    if !goes_on(Moment::Arrived) {
        return Ok(());
    }
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
    server.write_all(&body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    if !goes_on(Moment::Answered) {
        return Ok(());
    }
    (&client).write_all(&answer)?;
    client.shutdown(std::net::Shutdown::Write)?;
    goes_on(Moment::Relayed);
    Ok(())
}
