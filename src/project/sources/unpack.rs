//! Packed or endless data, copied with a bound on the size: a few kilobytes can decompress to
//! terabytes.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::archive_fault;
use super::opened::Stamp;
use super::{OpenError, OpenedSource};

/// Limits on what is unpacked, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// In total: 80 million rows of 100 bytes.
    most: u64,
    /// Beyond this many, the ratio counts.
    grace: u64,
    /// Rows of numbers and names compress 3 to 20 times.
    ratio: u64,
}

pub(super) const BOUNDS: Bounds = Bounds {
    most: 8 << 30,
    grace: 256 << 20,
    ratio: 200,
};

/// Writes all that comes out of `packed` to a nameless temporary file (mode 0600).
pub(super) fn unpack(
    path: &Path,
    mut packed: impl Read,
    packed_size: Option<u64>,
    original: Option<(PathBuf, Stamp)>,
    bounds: Bounds,
) -> Result<OpenedSource, OpenError> {
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
    let made = OpenedSource {
        file: Arc::new(copy),
        size,
        original,
        about: Arc::default(),
    };
    if made.unchanged().unwrap_or(false) {
        Ok(made)
    } else {
        Err(OpenError::Changed { path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::sources::archive::Gzip;

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
        assert_eq!(format!("{file:?}"), "OpenedSource(10 bytes)");
    }
}
