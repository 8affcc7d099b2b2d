//! A CSV file of the project: read in place, or unpacked first (`.gz`, `.zst`).

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::archive::{Gzip, Zstandard};
use super::opened::Stamp;
use super::unpack::{BOUNDS, unpack};
use super::{OpenError, OpenedSource, SourceKind, Sources};
use crate::campaign::did_you_mean;
use crate::project::inside::{PathError, real_file};

/// Relative to the root.
pub(super) struct LocalFile<'a>(pub(super) &'a Path);

impl SourceKind for LocalFile<'_> {
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError> {
        let path = self.0;
        let real = real_file(&sources.root, &sources.allowed, path).map_err(|reason| OpenError::Path {
            path: path.to_owned(),
            similar: similar(&sources.root.join(path), &reason),
            reason,
        })?;
        let unreadable = |error: io::Error| OpenError::Path {
            path: path.to_owned(),
            reason: error.into(),
            similar: None,
        };
        let file = File::open(&real).map_err(unreadable)?;
        let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
        let original = Some((real.clone(), stamp));
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("gz") => sources.once(&real, || {
                let packed = Some(stamp.size);
                unpack(path, Gzip::new(io::BufReader::new(file)), packed, original, BOUNDS)
            }),
            Some("zst") => sources.once(&real, || {
                let packed = Some(stamp.size);
                unpack(path, Zstandard::new(io::BufReader::new(file)), packed, original, BOUNDS)
            }),
            Some(_) | None => Ok(OpenedSource {
                size: stamp.size,
                file: Arc::new(file),
                original,
                about: Arc::default(),
            }),
        }
    }
}

/// A file in the same folder whose name is nearly the same.
fn similar(path: &Path, reason: &PathError) -> Option<String> {
    /// Names looked at.
    const MOST: usize = 1000;
    let PathError::Missing = reason else { return None };
    let wanted = path.file_name()?.to_str()?;
    let entries = fs::read_dir(path.parent()?).ok()?;
    let names: Vec<String> = entries
        .take(MOST)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let hint = did_you_mean(wanted, names.iter().map(String::as_str))?;
    hint.split('`').nth(1).map(str::to_owned)
}
