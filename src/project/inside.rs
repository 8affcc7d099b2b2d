//! Paths on disk: resolved through every symbolic link, and inside the project or a folder that `allow_paths` names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a path is not opened.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// There is nothing.
    #[error("there is no such file")]
    Missing,
    /// A symbolic link leads out of the project.
    #[error("a symbolic link leads out of the project")]
    Leaves,
    /// A folder, device, pipe or socket.
    #[error("it is not a file")]
    NotAFile,
    /// The system says no.
    #[error("it cannot be read ({0})")]
    Io(io::ErrorKind),
}

impl From<io::Error> for PathError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            kind => Self::Io(kind),
        }
    }
}

/// The real path of a file that may be read.
pub(super) fn real_file(root: &Path, allowed: &[PathBuf], path: &Path) -> Result<PathBuf, PathError> {
    let real = real_path(root, allowed, path)?;
    // Before opening: opening a pipe would wait for its writer.
    if fs::metadata(&real)?.is_file() {
        Ok(real)
    } else {
        Err(PathError::NotAFile)
    }
}

/// The real path of a file or folder that may be read.
pub(super) fn real_path(root: &Path, allowed: &[PathBuf], path: &Path) -> Result<PathBuf, PathError> {
    let real = fs::canonicalize(root.join(path))?;
    let is_inside = real.starts_with(fs::canonicalize(root)?)
        || allowed
            .iter()
            .any(|folder| fs::canonicalize(root.join(folder)).is_ok_and(|folder| real.starts_with(folder)));
    if is_inside { Ok(real) } else { Err(PathError::Leaves) }
}
