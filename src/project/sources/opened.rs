//! A source that can be read at any offset.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// A file that can be read at any offset, from several threads.
#[derive(Clone)]
pub struct OpenedSource {
    pub(super) file: Arc<File>,
    pub(super) size: u64,
    /// What the original looked like when it was opened; none for standard input.
    pub(super) original: Option<(PathBuf, Stamp)>,
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
