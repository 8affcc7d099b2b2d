//! A file on a web server: CSV, packed or not, or Parquet.
//!
//! In: a source and a path. Out: its rows. Certificates are verified; a token, or a URL that is secret, follows no
//! redirect; the body is bounded. Never: a URL from a variable, or a token, in a message.

use std::fs::File;
use std::io::{Read, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use reqwest::header::ETAG;
use reqwest::{Client, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use super::archive::{Gzip, Zstandard};
use super::link::Link;
use super::on_thread::on_thread;
use super::opened::About;
use super::spool::Spool;
use super::unpack::{BOUNDS, unpack};
#[cfg(feature = "parquet")]
use super::used::UsedColumns;
use super::{OpenError, OpenedSource, SourceKind, Sources, Trouble};
use crate::campaign::{ConnectionKind, Download, HttpsBase, RowFormat, SourceConnection};
use crate::project::diagnostics;

/// Bytes of a body, as it is sent.
const MOST: u64 = 8 << 30;
/// How long a server may take to answer that it is there.
const CONNECT: Duration = Duration::from_secs(15);
/// How long it may be silent in between.
const SILENCE: Duration = Duration::from_secs(60);

impl SourceKind for &Download {
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError> {
        let name = self.name.as_path();
        let link = sources.link(name)?;
        let connection = link.connection(&self.source, name)?;
        let ConnectionKind::Https { base, token } = &connection.kind else {
            return Err(unable(name, "is not on a web server"));
        };
        let request = Request {
            name,
            url: self.url(sources, link, base)?,
            is_secret: matches!(base, HttpsBase::Secret(_)),
            token: token
                .as_ref()
                .map(|token| link.secret(token, &sources.root, &sources.allowed, name))
                .transpose()?,
            ca: connection
                .ca_file
                .as_deref()
                .map(|path| sources.text(path))
                .transpose()?,
        };
        let key = format!("{self:?}\n{connection:?}");
        sources.fetched(name, key, || {
            let body = on_thread(name, connection.timeout + CONNECT, request.body(connection.timeout))?;
            self.rows(connection, body)
        })
    }
}

fn unable(name: &Path, why: impl Into<String>) -> OpenError {
    Trouble::new(name, &diagnostics::NOT_CONNECTED, why).into()
}

impl Download {
    fn url(&self, sources: &Sources, link: &Link, base: &HttpsBase) -> Result<Url, OpenError> {
        let name = self.name.as_path();
        let base = match base {
            HttpsBase::Url(url) => url.clone(),
            HttpsBase::Secret(secret) => {
                let secret = link.secret(secret, &sources.root, &sources.allowed, name)?;
                secret.expose_secret().to_owned()
            }
        };
        let has_query = base.contains(['?', '#']);
        if has_query && !self.path.is_empty() {
            let why = "has a `path` beside a URL with a signature: such a URL is that of one file";
            return Err(unable(name, why));
        }
        let whole = if self.path.is_empty() {
            base
        } else {
            format!("{}/{}", base.trim_end_matches('/'), self.path)
        };
        let url = Url::parse(&whole).map_err(|_| unable(name, "has no usable URL"))?;
        let is_loopback = match url.host_str() {
            Some(host) => {
                let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
                host == "localhost" || address.is_ok_and(|address| address.is_loopback())
            }
            None => false,
        };
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback => Ok(url),
            _ => Err(unable(name, "has a URL that is not `https://`")),
        }
    }

    fn rows(&self, connection: &SourceConnection, body: Body) -> Result<OpenedSource, OpenError> {
        let name = self.name.as_path();
        let about = About {
            version: Some(body.version.clone()),
            ..About::default()
        };
        let mut spool = Spool::new(name, connection.max_rows)?;
        match self.format {
            RowFormat::Csv => csv(name, body, &mut spool)?,
            RowFormat::Parquet => parquet(name, body.file, &mut spool)?,
        }
        spool.finish(about)
    }
}

/// Copies the rows, unpacked: by its first bytes, because a signed URL has no ending.
fn csv(name: &Path, mut body: Body, spool: &mut Spool<'_>) -> Result<(), OpenError> {
    let broken = |error: std::io::Error| OpenError::Path {
        path: name.to_owned(),
        reason: error.into(),
        similar: None,
    };
    let mut head = [0; 4];
    let count = body.file.read(&mut head).map_err(broken)?;
    body.file.rewind().map_err(broken)?;
    let size = Some(body.size);
    let buffered = std::io::BufReader::new(body.file.try_clone().map_err(broken)?);
    let plain = match head.get(..count) {
        Some([0x1f, 0x8b, ..]) => Some(unpack(name, Gzip::new(buffered), size, None, BOUNDS)?),
        Some([0x28, 0xb5, 0x2f, 0xfd]) => Some(unpack(name, Zstandard::new(buffered), size, None, BOUNDS)?),
        Some([b'<', ..]) => {
            return Err(Trouble::new(name, &diagnostics::NOT_CONNECTED, "is a page, not a list")
                .hint("most often a sign-in page: is the token right?")
                .into());
        }
        Some([b'P', b'A', b'R', b'1']) => {
            return Err(Trouble::new(name, &diagnostics::CELLS, "is Parquet, not CSV")
                .hint("say so: `format: parquet`")
                .into());
        }
        _ => None,
    };
    let mut chunk = vec![0; 1 << 16];
    let mut offset = 0;
    loop {
        let count = match &plain {
            Some(plain) => plain.read_at(offset, &mut chunk).map_err(broken)?,
            None => body.file.read(&mut chunk).map_err(broken)?,
        };
        if count == 0 {
            return spool.end_part();
        }
        spool.stream(chunk.get(..count).unwrap_or_default())?;
        offset += count as u64;
    }
}

#[cfg(feature = "parquet")]
fn parquet(name: &Path, file: File, spool: &mut Spool<'_>) -> Result<(), OpenError> {
    let file = super::parquet::PartFile {
        path: name,
        part: &name.to_string_lossy(),
        file,
    };
    // All columns: the plan keeps a digest of the rows.
    super::parquet::copy(file, None, &UsedColumns::all(), spool).map(drop)
}

#[cfg(not(feature = "parquet"))]
fn parquet(name: &Path, _: File, _: &mut Spool<'_>) -> Result<(), OpenError> {
    Err(super::absent::without(name, "parquet"))
}

/// What was downloaded.
struct Body {
    file: File,
    size: u64,
    version: String,
}

struct Request<'a> {
    name: &'a Path,
    url: Url,
    is_secret: bool,
    token: Option<SecretString>,
    ca: Option<String>,
}

impl Request<'_> {
    fn client(&self, timeout: Duration) -> Result<Client, OpenError> {
        // An error says that somebody else has installed one: as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let is_plain = self.url.scheme() == "http";
        let may_follow = self.token.is_none() && !self.is_secret;
        let builder = Client::builder()
            .user_agent(concat!("campanile/", env!("CARGO_PKG_VERSION")))
            .redirect(if may_follow {
                reqwest::redirect::Policy::limited(5)
            } else {
                reqwest::redirect::Policy::none()
            })
            .referer(false)
            .http1_only()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(timeout)
            .https_only(!is_plain);
        let builder = match &self.ca {
            Some(pem) => {
                let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes());
                let none = || unable(self.name, "cannot be read: `ca_file` does not hold certificates in PEM");
                let certificates = certificates.map_err(|_| none())?;
                if certificates.is_empty() {
                    return Err(none());
                }
                builder.tls_certs_only(certificates)
            }
            None if is_plain => builder.no_proxy().tls_certs_only([]),
            None => builder,
        };
        builder
            .build()
            .map_err(|_| unable(self.name, "cannot be read: TLS cannot be set up"))
    }

    async fn body(&self, timeout: Duration) -> Result<Body, OpenError> {
        let failed = |error: reqwest::Error| unable(self.name, format!("cannot be read: {}", reason(&error)));
        let unwritable = |error: std::io::Error| unable(self.name, format!("cannot be copied ({})", error.kind()));
        let mut request = self.client(timeout)?.get(self.url.clone());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(self.refused(status));
        }
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.filter(|tag| tag.len() <= 128).map(str::to_owned);
        let mut file = tempfile::tempfile().map_err(unwritable)?;
        let mut digest = Sha256::new();
        let mut size = 0_u64;
        while let Some(bytes) = response.chunk().await.map_err(failed)? {
            size += bytes.len() as u64;
            if size > MOST {
                let why = format!("is larger than is read ({MOST} bytes)");
                return Err(Trouble::new(self.name, &diagnostics::TOO_MUCH, why).into());
            }
            digest.update(&bytes);
            file.write_all(&bytes).map_err(unwritable)?;
        }
        file.rewind().map_err(unwritable)?;
        let hex: Vec<String> = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Body {
            file,
            size,
            version: tag.unwrap_or_else(|| format!("sha256:{}", hex.concat())),
        })
    }

    fn refused(&self, status: StatusCode) -> OpenError {
        let code = status.as_u16();
        let why = format!("cannot be read: the server answered with status {code}");
        let trouble = Trouble::new(self.name, &diagnostics::NOT_CONNECTED, why);
        let trouble = match code {
            300..=399 => trouble.hint("a token, or a URL that is secret, follows no redirect: name the place itself"),
            401 | 403 => trouble.hint("the token is missing, wrong or without rights; a signed URL may have expired"),
            404 => trouble.hint("there is no such file: is `path` right?"),
            _ => trouble,
        };
        trouble.into()
    }
}

/// Without the URL, which may be secret.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no end in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_redirect() {
        return "too many redirects, or one to plain `http://`".to_owned();
    }
    if std::ptr::eq(cause, error) {
        return "no usable answer".to_owned();
    }
    let told = cause.to_string();
    let plain = told.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(200).collect()
}
