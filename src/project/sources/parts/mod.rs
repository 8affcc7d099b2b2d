//! Part files, as engines write them: all of one run, or none.
//!
//! In: a file, a folder or a pattern. Out: their rows as one list, each called by its part. What is not certainly a whole
//! list is an error: a temporary file, a run that has not ended, parts of two runs, parts with other columns.

mod csv_part;
mod folder;
mod part;
mod part_name;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use folder::list;

use self::part::ListPart;
#[cfg(feature = "parquet")]
use self::part::differs;
use super::archive::{Gzip, Zstandard};
use super::opened::{About, Stamp};
#[cfg(feature = "parquet")]
use super::parquet::{PartFile, copy};
use super::spool::Spool;
use super::unpack::{BOUNDS, unpack};
use super::used::UsedColumns;
use super::{OpenError, OpenedSource, SourceKind, Sources};
use crate::campaign::{Origin, PartFiles, RowFormat};

impl SourceKind for &PartFiles {
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError> {
        let key = Path::new("parts").join(&self.path);
        sources.once(&key, || {
            let parts = list(sources, self)?;
            let before = stamps(&parts);
            let mut spool = Spool::new(&self.path, u64::MAX)?;
            let mut heads = None;
            let used = sources.used_of(&Origin::Parts((*self).clone()));
            for part in &parts {
                if parts.len() > 1 || part.name.as_ref() != self.path.to_string_lossy() {
                    spool.begin_part(&part.name);
                }
                match self.format {
                    RowFormat::Csv => {
                        csv_part::copy(&self.path, part, &open(&self.path, part)?, &mut heads, &mut spool)?;
                    }
                    RowFormat::Parquet => parquet(&self.path, part, &mut heads, &used, &mut spool)?,
                }
            }
            // A run that began meanwhile has changed the folder, or its files.
            let after = list(sources, self)?;
            let is_same = parts
                .iter()
                .map(|part| &part.real)
                .eq(after.iter().map(|part| &part.real));
            if !is_same || before.contains(&None) || before != stamps(&after) {
                return Err(OpenError::Changed {
                    path: self.path.clone(),
                });
            }
            spool.finish(About::default())
        })
    }
}

fn stamps(parts: &[ListPart]) -> Vec<Option<Stamp>> {
    let stamp = |part: &ListPart| std::fs::metadata(&part.real).ok().map(|metadata| Stamp::of(&metadata));
    parts.iter().map(stamp).collect()
}

/// Its bytes, unpacked.
fn open(path: &Path, part: &ListPart) -> Result<OpenedSource, OpenError> {
    let name = Path::new(part.name.as_ref());
    let failed = |error: std::io::Error| OpenError::Path {
        path: path.join(name),
        reason: error.into(),
        similar: None,
    };
    let file = File::open(&part.real).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let buffered = std::io::BufReader::new(file.try_clone().map_err(failed)?);
    match name
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .as_deref()
    {
        Some("gz") => unpack(name, Gzip::new(buffered), Some(size), None, BOUNDS),
        Some("zst") => unpack(name, Zstandard::new(buffered), Some(size), None, BOUNDS),
        Some(_) | None => Ok(OpenedSource {
            file: Arc::new(file),
            size,
            original: None,
            about: Arc::default(),
        }),
    }
}

#[cfg(feature = "parquet")]
fn parquet(
    path: &Path,
    part: &ListPart,
    heads: &mut Option<Vec<String>>,
    used: &UsedColumns,
    spool: &mut Spool<'_>,
) -> Result<(), OpenError> {
    let file = File::open(&part.real).map_err(|error| OpenError::Path {
        path: path.to_owned(),
        reason: error.into(),
        similar: None,
    })?;
    let file = PartFile {
        path,
        part: &part.name,
        file,
    };
    let columns = copy(file, heads.as_deref(), used, spool)?;
    match (columns, &heads) {
        (None, _) => Err(differs(path, part)),
        (Some(columns), None) => {
            *heads = Some(columns);
            Ok(())
        }
        (Some(_), Some(_)) => Ok(()),
    }
}

#[cfg(not(feature = "parquet"))]
fn parquet(
    path: &Path,
    _: &ListPart,
    _: &mut Option<Vec<String>>,
    _: &UsedColumns,
    _: &mut Spool<'_>,
) -> Result<(), OpenError> {
    Err(super::absent::without(path, "parquet"))
}
