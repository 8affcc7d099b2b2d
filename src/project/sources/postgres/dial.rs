//! A connection within this machine, without TLS.
//!
//! In: hosts and ports of the URL, in their order. Out: a client of the first that answers. What lies beyond this machine
//! is dialed by the client itself, in TLS.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use super::bounded::{BoundedStream, MessageBounds};

/// Why there is no client.
pub(super) enum Undialed {
    Io(io::Error),
    Client(tokio_postgres::Error),
}

/// A client of the first host that answers.
pub(super) async fn dial(config: &Config, bounds: &MessageBounds) -> Result<Client, Undialed> {
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let mut failed = Undialed::Io(io::ErrorKind::NotFound.into());
    for at in 0..hosts.len().max(addresses.len()) {
        let port = ports.get(at).or_else(|| ports.first()).copied().unwrap_or(5432);
        let client = match (addresses.get(at), hosts.get(at)) {
            (Some(address), _) => over(TcpStream::connect((*address, port)).await, config, bounds).await,
            (None, Some(Host::Tcp(host))) => {
                over(TcpStream::connect((host.as_str(), port)).await, config, bounds).await
            }
            #[cfg(unix)]
            (None, Some(Host::Unix(folder))) => {
                let socket = folder.join(format!(".s.PGSQL.{port}"));
                over(tokio::net::UnixStream::connect(socket).await, config, bounds).await
            }
            (None, None) => continue,
        };
        match client {
            Ok(client) => return Ok(client),
            Err(why) => failed = why,
        }
    }
    Err(failed)
}

async fn over<S>(stream: io::Result<S>, config: &Config, bounds: &MessageBounds) -> Result<Client, Undialed>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let stream = BoundedStream::new(stream.map_err(Undialed::Io)?, bounds.clone());
    let connecting = config.connect_raw(stream, NoTls);
    let (client, connection) = connecting.await.map_err(Undialed::Client)?;
    tokio::spawn(connection);
    let wanted = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok(client),
    };
    let asked = client.simple_query("SHOW transaction_read_only").await;
    let is_wanted = asked.map_err(Undialed::Client)?.iter().any(
        |message| matches!(message, SimpleQueryMessage::Row(row) if row.try_get(0).ok().flatten() == Some(wanted)),
    );
    if is_wanted {
        Ok(client)
    } else {
        let why = "the server is not the one that `target_session_attrs` asks for";
        Err(Undialed::Io(io::Error::other(why)))
    }
}
