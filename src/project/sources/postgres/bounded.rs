//! The messages of a server, bounded before anybody makes room for them.
//!
//! In: the bytes of a connection, after TLS. Out: the same bytes, or an error at the first message that announces more
//! than is read. The client keeps a message whole in memory, and makes room for it as soon as its length is known: the
//! bound of a row acts on what has arrived already. Each message is one byte for its kind and four for its length.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};

/// Bytes of one message: twice what a row may have, since a server may put a piece of the next row into it.
const MOST_MESSAGE: u64 = 2 << 20;
/// Bytes of all messages that are no rows of the audience: greetings, notices, settings, descriptions.
const MOST_TALK: u64 = 16 << 20;
/// Kind and length.
const HEAD: usize = 5;

/// What a connection and whoever waits for it tell each other.
#[derive(Clone, Default)]
pub(super) struct MessageBounds(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// Whether rows of the audience are awaited; before, a server has no reason to send many.
    awaits_rows: AtomicBool,
    /// Why the connection was cut; whoever waits for an answer sees only that it was.
    why_cut: OnceLock<String>,
}

impl MessageBounds {
    /// From now on rows are awaited.
    pub(super) fn await_rows(&self) {
        self.0.awaits_rows.store(true, Ordering::Relaxed);
    }

    /// Why the connection was cut here, if it was.
    pub(super) fn why_cut(&self) -> Option<&str> {
        self.0.why_cut.get().map(String::as_str)
    }

    fn cut(&self, why: String) -> io::Error {
        let error = io::Error::new(io::ErrorKind::InvalidData, why.clone());
        // The first reason stays.
        let _ = self.0.why_cut.set(why);
        error
    }
}

/// A stream whose messages are bounded.
pub(super) struct BoundedStream<S> {
    inner: S,
    bounds: MessageBounds,
    head: [u8; HEAD],
    /// How much of the head has come.
    has: usize,
    /// How much of the message is still to come after its head.
    left: u64,
    talk: u64,
}

impl<S> BoundedStream<S> {
    pub(super) fn new(inner: S, bounds: MessageBounds) -> Self {
        Self {
            inner,
            bounds,
            head: [0; HEAD],
            has: 0,
            left: 0,
            talk: 0,
        }
    }

    /// Follows the messages through these bytes.
    fn follow(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.left > 0 {
                let skipped = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
                self.left -= skipped as u64;
                bytes = bytes.get(skipped..).unwrap_or_default();
                continue;
            }
            let wanted = bytes.len().min(HEAD - self.has);
            let (more, rest) = bytes.split_at(wanted);
            if let Some(place) = self.head.get_mut(self.has..self.has + wanted) {
                place.copy_from_slice(more);
            }
            self.has += wanted;
            bytes = rest;
            if self.has == HEAD {
                self.has = 0;
                self.left = self.judge()?;
            }
        }
        Ok(())
    }

    /// How long the message of this head is, without the head.
    fn judge(&mut self) -> io::Result<u64> {
        let [kind, length @ ..] = self.head;
        // The length counts itself; one that is too short is the client's to refuse.
        let body = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
        if body > MOST_MESSAGE {
            return Err(self.bounds.cut(format!(
                "the server announces a message of {body} bytes, and at most {MOST_MESSAGE} are read"
            )));
        }
        let is_row = kind == b'd' || (kind == b'D' && self.bounds.0.awaits_rows.load(Ordering::Relaxed));
        if !is_row {
            self.talk += body + HEAD as u64;
        }
        if self.talk > MOST_TALK {
            return Err(self
                .bounds
                .cut(format!("the server sends more than {MOST_TALK} bytes besides the rows")));
        }
        Ok(body)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for BoundedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.inner).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let read = buffer.filled().get(before..).unwrap_or_default();
                Poll::Ready(self.follow(read))
            }
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BoundedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: TlsStream + Unpin> TlsStream for BoundedStream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.inner.channel_binding()
    }
}

/// Makes connections in TLS whose decrypted messages are bounded.
pub(super) struct Bounding<T>(pub(super) T, pub(super) MessageBounds);

impl<S, M> MakeTlsConnect<S> for Bounding<M>
where
    M: MakeTlsConnect<S>,
    M::Stream: 'static,
    <M::TlsConnect as TlsConnect<S>>::Future: Send + 'static,
{
    type Stream = BoundedStream<M::Stream>;
    type TlsConnect = Bounding<M::TlsConnect>;
    type Error = M::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, Self::Error> {
        let connect = self.0.make_tls_connect(domain)?;
        Ok(Bounding(connect, self.1.clone()))
    }
}

/// Ends with a connection, or why there is none.
type Connecting<S, E> = Pin<Box<dyn Future<Output = Result<S, E>> + Send>>;

impl<S, T> TlsConnect<S> for Bounding<T>
where
    T: TlsConnect<S>,
    T::Stream: 'static,
    T::Future: Send + 'static,
{
    type Stream = BoundedStream<T::Stream>;
    type Error = T::Error;
    type Future = Connecting<BoundedStream<T::Stream>, T::Error>;

    fn connect(self, stream: S) -> Self::Future {
        let (connecting, bounds) = (self.0.connect(stream), self.1);
        Box::pin(async move { connecting.await.map(|stream| BoundedStream::new(stream, bounds)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: usize) -> Vec<u8> {
        let mut message = vec![kind];
        message.extend(u32::try_from(body + 4).unwrap().to_be_bytes());
        message.extend(vec![0; body]);
        message
    }

    /// What becomes of these bytes, read in pieces.
    fn followed(bytes: &[u8], piece: usize, bounds: &MessageBounds) -> io::Result<()> {
        let mut bounded = BoundedStream::new((), bounds.clone());
        bytes.chunks(piece).try_for_each(|piece| bounded.follow(piece))
    }

    #[test]
    fn a_message_that_announces_too_much_is_refused_by_its_head_however_the_bytes_come() {
        let mut bytes = [message(b'R', 4), message(b'Z', 1), message(b'd', 2 << 20)].concat();
        let bounds = MessageBounds::default();
        for piece in [1, 2, 3, 7, 4096] {
            followed(&bytes, piece, &bounds).unwrap();
        }
        bytes.extend([b'd', 0x7f, 0xff, 0xff, 0xff]);
        for piece in [1, 2, 3, 7, 4096] {
            let why = followed(&bytes, piece, &bounds).unwrap_err();
            assert!(why.to_string().contains("2147483643"), "{why}");
            assert_eq!(bounds.why_cut(), Some(why.to_string().as_str()));
        }
    }

    #[test]
    fn only_rows_may_be_many_and_only_when_they_are_awaited() {
        let bounds = MessageBounds::default();
        let many = |kind| message(kind, 1 << 20).repeat(20);
        assert!(followed(&many(b'S'), 4096, &bounds).is_err(), "settings");
        assert!(followed(&many(b'D'), 4096, &bounds).is_err(), "rows of a question");
        assert!(followed(&many(b'd'), 4096, &bounds).is_ok(), "rows of COPY");
        bounds.await_rows();
        assert!(followed(&many(b'N'), 4096, &bounds).is_err(), "notices");
        assert!(followed(&many(b'D'), 4096, &bounds).is_ok(), "rows");
    }
}
