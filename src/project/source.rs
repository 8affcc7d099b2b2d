//! CSV sources as files that can be read at any offset.
//!
//! A plain file is read where it lies. A compressed one (`.gz`, `.zst`) and standard input are first written to a
//! nameless temporary file that nobody else can open, with a bound on what comes out: a few kilobytes can decompress to
//! terabytes. Each is unpacked once a run; the copies vanish with it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::archive::{Gzip, Zstandard, archive_fault};
use super::diagnostics;
use super::inside::{PathError, real_file};
use crate::campaign::{clip, did_you_mean};
use crate::model::Diagnostic;

/// Limits on what is unpacked, in bytes.
#[derive(Clone, Copy)]
struct Bounds {
    /// In total: 80 million rows of 100 bytes.
    most: u64,
    /// Beyond this many, the ratio counts.
    grace: u64,
    /// Rows of numbers and names compress 3 to 20 times.
    ratio: u64,
}

const BOUNDS: Bounds = Bounds {
    most: 8 << 30,
    grace: 256 << 20,
    ratio: 200,
};

/// Opens CSV files of a project; keeps what it had to unpack.
pub struct Sources {
    root: PathBuf,
    allowed: Vec<PathBuf>,
    unpacked: Mutex<BTreeMap<PathBuf, ProjectFile>>,
}

/// A file that can be read at any offset, from several threads.
#[derive(Clone)]
pub struct ProjectFile {
    file: Arc<File>,
    size: u64,
    /// What the original looked like when it was opened; none for standard input.
    original: Option<(PathBuf, Stamp)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
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

/// Why a source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be found or must not be opened.
    #[error("`{}` cannot be used: {reason}", shown(path))]
    Path {
        /// As the project names it.
        path: PathBuf,
        /// Why.
        reason: PathError,
        /// A file beside it with nearly the same name.
        similar: Option<String>,
    },
    /// It does not unpack.
    #[error("`{}` cannot be unpacked: {reason}", path.display())]
    Corrupt {
        /// As the project names it.
        path: PathBuf,
        /// Why.
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

impl Sources {
    /// For a project at `root` whose CSV paths may also lie in `allowed` folders.
    pub fn new(root: &Path, allowed: &[PathBuf]) -> Self {
        Self {
            root: root.to_owned(),
            allowed: allowed.to_vec(),
            unpacked: Mutex::new(BTreeMap::new()),
        }
    }

    /// Opens a source by its path relative to the root; `-` is standard input, read whole at the first call.
    pub fn open(&self, path: &Path) -> Result<ProjectFile, OpenError> {
        let stdin = Path::new("-");
        if path == stdin {
            return self.once(stdin, || unpack(stdin, io::stdin().lock(), None, None, BOUNDS));
        }
        let real = real_file(&self.root, &self.allowed, path).map_err(|reason| OpenError::Path {
            path: path.to_owned(),
            similar: similar(&self.root.join(path), &reason),
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
            Some("gz") => self.once(&real, || {
                let packed = Some(stamp.size);
                unpack(path, Gzip::new(io::BufReader::new(file)), packed, original, BOUNDS)
            }),
            Some("zst") => self.once(&real, || {
                let packed = Some(stamp.size);
                unpack(path, Zstandard::new(io::BufReader::new(file)), packed, original, BOUNDS)
            }),
            Some(_) | None => Ok(ProjectFile {
                size: stamp.size,
                file: Arc::new(file),
                original,
            }),
        }
    }

    /// What was unpacked before, unless its original changed since.
    fn once(
        &self,
        key: &Path,
        make: impl FnOnce() -> Result<ProjectFile, OpenError>,
    ) -> Result<ProjectFile, OpenError> {
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = unpacked.get(key).filter(|kept| kept.unchanged().unwrap_or(false)) {
            return Ok(kept.clone());
        }
        let made = make()?;
        unpacked.insert(key.to_owned(), made.clone());
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

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

impl ProjectFile {
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

impl fmt::Debug for ProjectFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProjectFile({} bytes)", self.size)
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

/// Writes all that comes out of `packed` to a nameless temporary file (mode 0600).
fn unpack(
    path: &Path,
    mut packed: impl Read,
    packed_size: Option<u64>,
    original: Option<(PathBuf, Stamp)>,
    bounds: Bounds,
) -> Result<ProjectFile, OpenError> {
    let failed = |error: io::Error| OpenError::Corrupt {
        path: path.to_owned(),
        reason: match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
            io::ErrorKind::StorageFull => "the disk for temporary files is full".to_owned(),
            kind => archive_fault(&error).map_or_else(|| kind.to_string(), |fault| fault.to_string()),
        },
    };
    let mut copy = tempfile::tempfile().map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    let mut size: u64 = 0;
    loop {
        let count = match packed.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        size += u64::try_from(count).unwrap_or(u64::MAX);
        let is_bomb = packed_size.is_some_and(|packed| size > bounds.grace && size / bounds.ratio > packed);
        if size > bounds.most || is_bomb {
            return Err(OpenError::Bomb {
                path: path.to_owned(),
                packed: packed_size.unwrap_or(size),
                unpacked: size,
            });
        }
        copy.write_all(buffer.get(..count).unwrap_or_default())
            .map_err(failed)?;
    }
    let made = ProjectFile {
        file: Arc::new(copy),
        size,
        original,
    };
    if made.unchanged().unwrap_or(false) {
        Ok(made)
    } else {
        Err(OpenError::Changed { path: path.to_owned() })
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

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Bounds = Bounds {
        most: 1 << 20,
        grace: 1 << 10,
        ratio: 200,
    };

    #[test]
    fn what_unpacks_to_far_more_than_it_was_is_refused() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![b'0'; 1 << 19]).unwrap();
        let bomb = encoder.finish().unwrap();
        let packed = u64::try_from(bomb.len()).unwrap();
        let reader = Gzip::new(io::Cursor::new(bomb));
        let result = unpack(Path::new("a.csv.gz"), reader, Some(packed), None, SMALL);
        assert!(matches!(result, Err(OpenError::Bomb { .. })));
        let endless = unpack(Path::new("-"), io::repeat(b'x'), None, None, SMALL);
        assert!(matches!(endless, Err(OpenError::Bomb { .. })));
    }

    #[test]
    fn a_copy_is_read_at_any_offset() {
        let file = unpack(Path::new("-"), io::Cursor::new(b"0123456789"), None, None, SMALL).unwrap();
        let mut buffer = [0; 4];
        assert_eq!((file.size(), file.read_at(8, &mut buffer).unwrap()), (10, 2));
        assert_eq!(&buffer[..2], b"89");
        assert_eq!(file.read_at(2, &mut buffer).unwrap(), 4);
        assert_eq!(&buffer, b"2345");
        assert_eq!(file.read_at(99, &mut buffer).unwrap(), 0);
        assert!(file.unchanged().unwrap());
        assert_eq!(format!("{file:?}"), "ProjectFile(10 bytes)");
    }
}
