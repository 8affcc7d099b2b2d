//! Sources of rows, each opened so that it can be read at any offset; one file a kind.
//!
//! In: an [`Origin`]. Out: an [`OpenedSource`]. A kind that has no bytes on disk (standard input, an archive) is first
//! written to a nameless temporary file that nobody else can open; each is made once a run, and the copies vanish with it.

mod archive;
mod file;
mod open_error;
mod opened;
mod standard_input;
mod unpack;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::campaign::Origin;

use file::LocalFile;
pub use open_error::OpenError;
pub use opened::OpenedSource;
use standard_input::StandardInput;

/// A kind of source. A new one is a variant of [`Origin`], a file of this folder, and an arm of [`Sources::open`].
trait SourceKind {
    /// Opens what is named, or makes a copy of it in the form of CSV ([`Sources::once`]).
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError>;
}

/// Opens the sources of a project; keeps what it had to unpack.
pub struct Sources {
    root: PathBuf,
    allowed: Vec<PathBuf>,
    made: Mutex<BTreeMap<PathBuf, OpenedSource>>,
}

impl Sources {
    /// For a project at `root` whose paths may also lie in `allowed` folders.
    pub fn new(root: &Path, allowed: &[PathBuf]) -> Self {
        Self {
            root: root.to_owned(),
            allowed: allowed.to_vec(),
            made: Mutex::new(BTreeMap::new()),
        }
    }

    /// Opens a source; standard input is read whole at the first call.
    pub fn open(&self, origin: &Origin) -> Result<OpenedSource, OpenError> {
        match origin {
            Origin::File(path) => LocalFile(path).open(self),
            Origin::StandardInput => StandardInput.open(self),
        }
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
