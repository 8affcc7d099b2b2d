//! Sources of rows, each opened so that it can be read at any offset; one file a kind.
//!
//! In: an [`Origin`]. Out: an [`OpenedSource`]. A kind that has no bytes on disk (standard input, an archive) is first
//! written to a nameless temporary file that nobody else can open; each is made once a run, and the copies vanish with
//! it.

#[cfg(any(test, not(all(feature = "postgres", feature = "parquet", feature = "xlsx"))))]
mod absent;
mod archive;
#[cfg(feature = "parquet")]
mod civil;
mod file;
mod https;
mod link;
mod on_thread;
mod open;
mod open_error;
mod opened;
#[cfg(feature = "parquet")]
mod parquet;
mod parts;
#[cfg(feature = "postgres")]
mod postgres;
mod row_names;
mod spool;
mod standard_input;
mod trouble;
mod unpack;
mod used;
#[cfg(feature = "xlsx")]
mod workbook;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::diagnostics;
use super::inside::{PathError, real_file};
use crate::campaign::{MAX_BYTES, Origin};
use crate::model::Instant;

pub use link::{Environment, Link};
pub use open_error::OpenError;
pub use opened::{About, OpenedSource};
pub use trouble::Trouble;
use used::Used;
pub use used::UsedColumns;

/// A kind of source. A new one is a variant of [`Origin`], a file of this folder, and an arm of [`Sources::open`].
trait SourceKind {
    /// Opens what is named, or makes a copy of it in the form of CSV ([`Sources::once`]).
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError>;
}

/// By what was asked for.
type Fetched = BTreeMap<String, Result<OpenedSource, Trouble>>;

/// Opens the sources of a project; keeps what it had to unpack.
pub struct Sources {
    root: PathBuf,
    allowed: Vec<PathBuf>,
    made: Mutex<BTreeMap<PathBuf, OpenedSource>>,
    /// What came from elsewhere, or why it did not: asked once a run.
    fetched: Mutex<Fetched>,
    is_fetching: bool,
    link: Option<Link>,
    used: Used,
}

impl Sources {
    /// For a project at `root` whose paths may also be in `allowed` folders.
    pub fn new(root: &Path, allowed: &[PathBuf]) -> Self {
        Self {
            root: root.to_owned(),
            allowed: allowed.to_vec(),
            made: Mutex::new(BTreeMap::new()),
            fetched: Mutex::default(),
            is_fetching: true,
            link: None,
            used: Used::new(),
        }
    }

    /// Lets sources be read that must be connected to.
    pub fn connect(&mut self, link: Link) {
        self.link = Some(link);
    }

    /// Reads nothing that must be connected to, and says why.
    pub fn stay_offline(&mut self, why: &'static str) {
        if let Some(link) = &mut self.link {
            link.offline = Some(why);
        }
    }

    /// Asks for the rows as of this instant.
    pub fn read_as_of(&mut self, instant: Instant) {
        if let Some(link) = &mut self.link {
            link.as_of = instant;
        }
    }

    /// Reads no other columns of a source than these, where that saves reading. To be said before anything is opened.
    pub fn read_only(&mut self, used: BTreeMap<Origin, UsedColumns>) {
        self.used = used;
    }

    fn used_of(&self, origin: &Origin) -> UsedColumns {
        self.used.get(origin).cloned().unwrap_or_default()
    }

    /// As of when rows are asked for, and fresh; `None` where nothing is connected to.
    pub fn as_of(&self) -> Option<Instant> {
        self.link
            .as_ref()
            .filter(|link| link.offline.is_none())
            .map(|link| link.as_of)
    }

    fn link(&self, name: &Path) -> Result<&Link, OpenError> {
        self.link.as_ref().ok_or_else(|| {
            let why = "is not read: this command connects to no source";
            Trouble::new(name, &diagnostics::NOT_CONNECTED, why).into()
        })
    }

    /// A small text of the project: a statement, certificates.
    fn text(&self, path: &Path) -> Result<String, OpenError> {
        let failed = |reason: PathError| OpenError::Path {
            path: path.to_owned(),
            reason,
            similar: None,
        };
        let real = real_file(&self.root, &self.allowed, path).map_err(failed)?;
        let mut text = String::new();
        let file = fs::File::open(real).map_err(|error| failed(error.into()))?;
        let read = file.take(MAX_BYTES as u64).read_to_string(&mut text);
        let count = read.map_err(|error| failed(error.into()))?;
        if count == MAX_BYTES {
            return Err(Trouble::new(path, &diagnostics::TOO_MUCH, "is longer than is read").into());
        }
        Ok(text)
    }

    /// Takes over what another has fetched, and connects to nothing until [`Self::fetch_again`].
    pub fn keep_fetched(&mut self, earlier: Self) {
        self.fetched = earlier.fetched;
        self.is_fetching = false;
    }

    /// From now on each is asked once more.
    pub fn fetch_again(&mut self) {
        self.fetched = Mutex::default();
        self.is_fetching = true;
    }

    /// What was fetched under this key before; a failure too, so that nothing waits twice for a server that is not
    /// there.
    fn fetched(
        &self,
        name: &Path,
        key: String,
        fetch: impl FnOnce() -> Result<OpenedSource, OpenError>,
    ) -> Result<OpenedSource, OpenError> {
        let mut all = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get(&key) {
            return kept.clone().map_err(OpenError::from);
        }
        if !self.is_fetching {
            let why = "was not read in this form yet: sources elsewhere are read only when asked";
            return Err(Trouble::new(name, &diagnostics::NOT_CONNECTED, why).into());
        }
        let outcome = fetch();
        match &outcome {
            Ok(opened) => drop(all.insert(key, Ok(opened.clone()))),
            Err(OpenError::Trouble(trouble)) => drop(all.insert(key, Err(trouble.clone()))),
            Err(_) => {}
        }
        outcome
    }

    /// What was made under this name before, unless its original changed since.
    fn once(
        &self,
        key: &Path,
        make: impl FnOnce() -> Result<OpenedSource, OpenError>,
    ) -> Result<OpenedSource, OpenError> {
        let mut all = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get(key).filter(|kept| kept.unchanged().unwrap_or(false)) {
            return Ok(kept.clone());
        }
        let made = make()?;
        all.insert(key.to_owned(), made.clone());
        Ok(made)
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}
