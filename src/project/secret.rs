//! Tokens and service plan ids from where the project says they are.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::diagnostics;
use super::inside::{PathError, real_file};
use crate::campaign::Secret;
use crate::model::Diagnostic;

/// Why there is no token. What was found is never told.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or empty.
    #[error("the environment variable `{0}` is not set")]
    Unset(String),
    /// The file cannot be read.
    #[error("the file that `token_file` names cannot be used: {reason}")]
    File {
        /// As the project names it. Not told: it may be the token itself, in the wrong place.
        path: PathBuf,
        /// The reason.
        reason: PathError,
    },
    /// What is there cannot be sent in a header: empty, several lines, spaces, or characters outside ASCII.
    #[error("{0} holds no usable token: one line of visible ASCII characters is needed")]
    Unusable(String),
}

impl SecretError {
    /// As a fault of the input.
    pub fn diagnostic(&self) -> Diagnostic {
        let fault = Diagnostic::error(&diagnostics::NO_TOKEN, self.to_string());
        match self {
            Self::Unset(name) => fault.hint(format!("set it before the run; in CI, as a secret named `{name}`")),
            Self::File { .. } | Self::Unusable(_) => fault,
        }
    }
}

/// Reads a secret; `environment` is asked for variables. A warning comes along when others can read the file.
pub fn read_secret(
    secret: &Secret,
    root: &Path,
    allow_paths: &[PathBuf],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(SecretString, Option<Diagnostic>), SecretError> {
    match secret {
        Secret::Literal(text) => Ok((SecretString::from(text.clone()), None)),
        Secret::Env(name) => {
            let text = environment(name)
                .filter(|text| !text.is_empty())
                .ok_or_else(|| SecretError::Unset(name.clone()))?;
            Ok((usable(&text, || format!("the environment variable `{name}`"))?, None))
        }
        Secret::File(path) => from_file(path, root, allow_paths),
    }
}

fn from_file(
    path: &Path,
    root: &Path,
    allow_paths: &[PathBuf],
) -> Result<(SecretString, Option<Diagnostic>), SecretError> {
    /// Bytes; tokens have tens to hundreds.
    const MOST: u64 = 16 * 1024;
    let failed = |reason| SecretError::File {
        path: path.to_owned(),
        reason,
    };
    let real = real_file(root, allow_paths, path).map_err(failed)?;
    let file = fs::File::open(&real).map_err(|error| failed(error.into()))?;
    let warning = file
        .metadata()
        .ok()
        .and_then(|metadata| readable_by_others(path, &metadata));
    let mut text = String::new();
    file.take(MOST)
        .read_to_string(&mut text)
        .map_err(|error| failed(error.into()))?;
    let token = usable(text.trim(), || format!("the token file `{}`", path.display()))?;
    Ok((token, warning))
}

fn usable(text: &str, name: impl Fn() -> String) -> Result<SecretString, SecretError> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(SecretString::from(text.to_owned()))
    } else {
        Err(SecretError::Unusable(name()))
    }
}

#[cfg(unix)]
fn readable_by_others(path: &Path, metadata: &fs::Metadata) -> Option<Diagnostic> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode();
    (mode & 0o044 != 0).then(|| {
        let message = format!(
            "the token file `{}` can be read by other users (mode {:03o})",
            path.display(),
            mode & 0o777
        );
        let hint = format!("`chmod 600 {}`", path.display());
        Diagnostic::warning(&diagnostics::TOKEN_EXPOSED, message).hint(hint)
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path, _: &fs::Metadata) -> Option<Diagnostic> {
    None
}
