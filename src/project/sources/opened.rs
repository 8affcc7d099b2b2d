//! A source that can be read at any offset.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use super::row_names::RowNames;
use crate::model::Diagnostic;

/// A file that can be read at any offset, from several threads.
#[derive(Clone)]
pub struct OpenedSource {
    pub(super) file: Arc<File>,
    pub(super) size: u64,
    /// What the original looked like when it was opened; none for standard input.
    pub(super) original: Option<(PathBuf, Stamp)>,
    /// What else is known of the reading.
    pub(super) about: Arc<About>,
}

/// What is known of a reading besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// What rows are called where they came from; `None`: lines are lines of the original.
    pub(super) names: Option<RowNames>,
    /// To be shown with the source.
    pub warnings: Vec<Diagnostic>,
    /// SHA-256 of the statement that was asked, in hex.
    pub statement: Option<String>,
    /// What a server calls this version of a file (its `ETag`).
    pub version: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) size: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

impl OpenedSource {
    /// What a line is called where it came from; `None`: it is a line there too.
    pub fn row_name(&self, line: u64, column: Option<usize>) -> Option<String> {
        self.about.names.as_ref().map(|names| names.name(line, column))
    }

    /// Which row a line was where it came from; `None`: it is a line there too.
    pub fn row_number(&self, line: u64) -> Option<u64> {
        self.about.names.as_ref().map(|names| names.number(line))
    }

    /// What is known of the reading.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Bytes that can be read.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Reads at an offset into `buffer`, at most as many bytes as the file had when it was opened; 0 at its end.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        match buffer.get_mut(..wanted) {
            Some(part) if wanted > 0 => read_at(&self.file, offset, part),
            _ => Ok(0),
        }
    }

    /// Whether the original still has the size and time of change it was opened with.
    pub fn unchanged(&self) -> io::Result<bool> {
        match &self.original {
            Some((path, stamp)) => Ok(Stamp::of(&fs::metadata(path)?) == *stamp),
            None => Ok(true),
        }
    }
}

impl fmt::Debug for OpenedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedSource({} bytes)", self.size)
    }
}

#[cfg(unix)]
fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
