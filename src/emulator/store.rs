//! The state file: an append-only journal of events, one JSON object a line, replayed at start.
//!
//! A line is written before its answer leaves, in one write, so that a killed client or server loses no batch that was
//! confirmed; the file is never rewritten, so that the thousandth batch costs as little as the first. Several processes
//! may share one file, like several computers share one account: each takes the lock for one turn and first reads what
//! the others have written. A torn last line (power cut) is dropped.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The journal; without a file it remembers nothing.
#[derive(Debug, Default)]
pub struct Journal {
    file: Option<File>,
    read_to: u64,
    failed: bool,
}

/// One line: which API it belongs to and what happened.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) api: String,
    pub(super) event: Value,
}

#[derive(Serialize)]
struct NewLine<'a, E> {
    api: &'static str,
    event: &'a E,
}

/// Lines that were written since the last turn; each is read when it is asked for, so that memory stays small.
#[derive(Debug, Default)]
pub(super) struct Unread(Vec<u8>);

impl Unread {
    pub(super) fn lines(&self) -> impl Iterator<Item = io::Result<Line>> {
        let lines = self.0.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| {
            serde_json::from_slice(line).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, Unreadable))
        })
    }
}

/// What is said of a line that is none of ours. It is not quoted: it may hold anybody's number.
#[derive(Debug, thiserror::Error)]
#[error("a line is not what this version writes")]
pub(super) struct Unreadable;

/// Whether a last line without an end is the beginning of one of ours.
fn is_torn(line: &[u8]) -> bool {
    const BEGINNING: &[u8] = br#"{"api":""#;
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

impl Journal {
    /// Opens or makes the state file.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Journal> {
        let Some(path) = path else {
            return Ok(Journal::default());
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        // It holds what a provider holds: numbers and texts.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Journal {
            file: Some(file),
            ..Journal::default()
        })
    }

    /// Takes the lock for a turn and returns what has been written since the last one.
    pub(super) fn begin(&mut self) -> io::Result<Unread> {
        let Some(file) = &mut self.file else {
            return Ok(Unread::default());
        };
        file.lock()?;
        self.failed = false;
        let length = file.metadata()?.len();
        if length == self.read_to {
            return Ok(Unread::default());
        }
        if length < self.read_to {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the state file was cut while in use",
            ));
        }
        file.seek(SeekFrom::Start(self.read_to))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            // Only a line that its writer was interrupted in is cut off; the end of somebody's own file stays.
            if !text.get(whole..).is_some_and(is_torn) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, Unreadable));
            }
            file.set_len(self.read_to + whole as u64)?;
            text.truncate(whole);
        }
        self.read_to += whole as u64;
        Ok(Unread(text))
    }

    /// Gives the lock back.
    pub(super) fn end(&mut self) {
        if let Some(file) = &self.file {
            // Closing the file releases it anyway; there is nobody to tell.
            let _ = file.unlock();
        }
    }

    /// Writes one event. A failure is remembered, and the answer of this turn becomes 500.
    pub fn commit(&mut self, api: &'static str, event: &impl Serialize) {
        let Some(file) = &mut self.file else { return };
        let written = serde_json::to_vec(&NewLine { api, event })
            .map_err(io::Error::other)
            .and_then(|mut line| {
                line.push(b'\n');
                file.write_all(&line)?;
                Ok(line.len() as u64)
            });
        match written {
            Ok(length) => self.read_to += length,
            Err(_) => self.failed = true,
        }
    }

    /// Whether a commit of this turn failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(journal: &mut Journal) -> Vec<Line> {
        journal.begin().unwrap().lines().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn events_survive_and_a_torn_last_line_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("state.jsonl");
        let mut journal = Journal::open(Some(&path)).unwrap();
        assert_eq!(journal.begin().unwrap().lines().count(), 0);
        journal.commit("ip1", &json!({ "n": 1 }));
        journal.end();
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"{\"api\":\"ip1\",\"ev")
            .unwrap();
        let mut again = Journal::open(Some(&path)).unwrap();
        let lines = read(&mut again);
        again.commit("ip1", &json!({ "n": 2 }));
        again.end();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].api.as_str(), &lines[0].event["n"]), ("ip1", &json!(1)));
        let third = read(&mut Journal::open(Some(&path)).unwrap());
        assert_eq!(third.len(), 2);
    }

    fn put(path: &Path, text: &str) {
        let mut options = OpenOptions::new();
        let mut file = options.create(true).write(true).truncate(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn the_end_of_another_file_is_not_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        for text in ["msisdn\n46701740605", "{\"format_version\":\"1.0\"}"] {
            put(&path, text);
            assert!(Journal::open(Some(&path)).unwrap().begin().is_err());
            let file = OpenOptions::new().read(true).open(&path).unwrap();
            assert_eq!(io::read_to_string(file).unwrap(), text);
        }
        put(&path, "{\"ap");
        assert_eq!(Journal::open(Some(&path)).unwrap().begin().unwrap().lines().count(), 0);
    }

    #[test]
    fn two_journals_on_one_file_see_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.jsonl");
        let mut one = Journal::open(Some(&path)).unwrap();
        let mut other = Journal::open(Some(&path)).unwrap();
        one.begin().unwrap();
        one.commit("sinch", &json!("a"));
        one.end();
        assert_eq!(read(&mut other).len(), 1);
        other.commit("sinch", &json!("b"));
        other.end();
        assert_eq!(read(&mut one)[0].event, json!("b"));
        one.end();
    }
}
