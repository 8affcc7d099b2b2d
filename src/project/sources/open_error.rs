//! Why a source cannot be used, and what then helps.

use std::path::{Path, PathBuf};

use super::Trouble;
use crate::campaign::clip;
use crate::model::Diagnostic;
use crate::project::diagnostics;
use crate::project::inside::PathError;

/// Why a source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be found or must not be opened.
    #[error("`{}` cannot be used: {reason}", shown(path))]
    Path {
        /// As the project names it.
        path: PathBuf,
        /// The reason.
        reason: PathError,
        /// A file beside it with nearly the same name.
        similar: Option<String>,
    },
    /// It does not unpack.
    #[error("`{}` cannot be unpacked: {reason}", path.display())]
    Corrupt {
        /// As the project names it.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// It unpacks to more than is read.
    #[error("`{}` unpacks to more than is read ({unpacked} bytes out of {packed})", path.display())]
    Bomb {
        /// As the project names it.
        path: PathBuf,
        /// Bytes read so far.
        packed: u64,
        /// Bytes that came out.
        unpacked: u64,
    },
    /// It is no plain file, and gives no rows.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// It changed while it was unpacked.
    #[error("`{}` changed while it was read", path.display())]
    Changed {
        /// As the project names it.
        path: PathBuf,
    },
}

impl OpenError {
    /// As a fault of the input; the caller adds the place of the source.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = self.to_string();
        match self {
            Self::Path { reason, similar, .. } => {
                let code = match reason {
                    PathError::Missing => &diagnostics::MISSING_FILE,
                    PathError::Leaves => &diagnostics::LEAVES,
                    PathError::NotAFile | PathError::Io(_) => &diagnostics::UNREADABLE,
                };
                let fault = Diagnostic::error(code, message);
                match (reason, similar) {
                    (PathError::Leaves, _) => {
                        fault.hint("copy the file into the project, or name its folder in `allow_paths`")
                    }
                    (_, Some(name)) => fault.hint(format!("did you mean `{name}`?")),
                    (PathError::Missing, None) => fault.hint("paths are relative to the file that names them"),
                    (_, None) => fault,
                }
            }
            Self::Trouble(trouble) => trouble.diagnostic(),
            Self::Corrupt { .. } => {
                Diagnostic::error(&diagnostics::CORRUPT, message).hint("compress it again, or name the plain file")
            }
            Self::Bomb { .. } => {
                Diagnostic::error(&diagnostics::CORRUPT, message).hint("unpack it yourself and name the plain file")
            }
            Self::Changed { .. } => {
                Diagnostic::error(&diagnostics::UNREADABLE, message).hint("run again when it is complete")
            }
        }
    }
}

/// A path for a message. A number where a file is wanted (`suppressions: ["+46..."]`) is somebody's.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name
        .chars()
        .any(|c| !matches!(c, '0'..='9' | '+' | ' ' | '-' | '(' | ')'))
    {
        text
    } else {
        clip(&text)
    }
}
