//! The file of opt-outs on disk: read whole, and only ever made longer, under a lock, on disk before it counts.
#![expect(
    clippy::disallowed_methods,
    reason = "a list of the project that this program adds to"
)]

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::super::system::private_file;
use crate::audience::{Ledger, OPT_OUTS_HEADER, OptOut, UnreadableOptOut, opt_out_row};

/// A file with more is no list of ours.
const MOST_BYTES: u64 = 2 << 30;

/// Why the file is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// The system says no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A row cannot be believed.
    #[error("{0}")]
    Row(#[from] UnreadableOptOut),
}

/// What is written down; nothing when there is no file yet.
pub(crate) fn read(path: &Path) -> Result<Ledger, FileError> {
    match File::open(path) {
        Ok(mut file) => Ok(Ledger::read(&text_of(&mut file)?)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ledger::default()),
        Err(error) => Err(error.into()),
    }
}

/// Adds what is not there yet, and says how many rows that were. Another run at the same time waits for the lock.
///
/// A torn last row is cut off first: what it was going to say is pulled again.
pub(crate) fn append(path: &Path, news: &[OptOut]) -> Result<usize, FileError> {
    if path.is_symlink() {
        return Err(io::Error::other("it is a link, which is not followed").into());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = private_file()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)?;
    file.lock()?;
    let text = text_of(&mut file)?;
    let mut ledger = Ledger::read(&text)?;
    let mut rows = String::new();
    let mut count = 0;
    for entry in news {
        if ledger.add(entry.clone()) {
            rows.push_str(&opt_out_row(entry));
            count += 1;
        }
    }
    if count == 0 {
        return Ok(0);
    }
    let end = whole(&text);
    let is_unfinished = !text.is_empty() && !text.ends_with('\n') && end == text.len();
    let before = match (text.is_empty(), is_unfinished) {
        (true, _) => OPT_OUTS_HEADER,
        (false, true) => "\n",
        (false, false) => "",
    };
    file.set_len(u64::try_from(end).unwrap_or(u64::MAX))?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(format!("{before}{rows}").as_bytes())?;
    file.sync_all()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(count)
}

/// How many bytes are whole rows; a last row without its line's end counts where it can be read.
fn whole(text: &str) -> usize {
    let last = text.rfind('\n').map_or(0, |at| at + 1);
    let tail = text.get(last..).unwrap_or_default();
    let commas = tail.matches(',').count();
    let is_readable = (commas == 0 || commas >= 4) && Ledger::read(&format!("{tail}\n")).is_ok();
    if is_readable { text.len() } else { last }
}

fn text_of(file: &mut File) -> io::Result<String> {
    if file.metadata()?.len() > MOST_BYTES {
        return Err(io::Error::other("it is too large for a list of opt-outs"));
    }
    file.seek(SeekFrom::Start(0))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::What;
    use crate::model::{Instant, Msisdn};

    fn stop(number: u64, id: &str) -> OptOut {
        OptOut {
            instant: Instant::parse("2026-11-23T08:00:00Z").ok(),
            provider: "sinch".to_owned(),
            what: What::Wish {
                number: Msisdn::from_u64(46_701_740_605 + number).unwrap(),
                word: "stop".to_owned(),
                id: Some(id.to_owned()),
            },
        }
    }

    #[test]
    fn appending_twice_adds_nothing_and_keeps_what_people_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suppressions").join("opt-outs.csv");
        assert_eq!(append(&path, &[stop(1, "a"), stop(2, "b")]).unwrap(), 2);
        assert_eq!(append(&path, &[stop(1, "a"), stop(3, "c")]).unwrap(), 1);
        let before = std::fs::read_to_string(&path).unwrap();
        assert_eq!(append(&path, &[stop(2, "b")]).unwrap(), 0);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
        std::fs::write(&path, "number\n46701740699").unwrap();
        append(&path, &[stop(1, "a")]).unwrap();
        assert_eq!(
            read(&path).unwrap().opted_out().len(),
            2,
            "a last row without a line's end is somebody"
        );
    }

    #[test]
    fn a_torn_row_is_cut_off_and_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("opt-outs.csv");
        append(&path, &[stop(1, "a"), stop(2, "b")]).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        for cut in 1..opt_out_row(&stop(2, "b")).len() {
            std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            append(&path, &[stop(1, "a"), stop(2, "b"), stop(3, "c")]).unwrap();
            let numbers = read(&path).unwrap().opted_out();
            for number in 1..=3 {
                let number = Msisdn::from_u64(46_701_740_605 + number).unwrap();
                assert!(numbers.contains(number), "{cut}");
            }
        }
    }

    #[test]
    fn a_link_and_an_unreadable_row_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
        std::fs::write(&real, "number\nnobody\n").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(append(&link, &[stop(1, "a")]).is_err());
        let error = append(&real, &[stop(1, "a")]).unwrap_err().to_string();
        assert!(error.contains("line 2") && !error.contains("nobody"), "{error}");
    }
}
