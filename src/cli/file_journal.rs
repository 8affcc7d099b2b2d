//! A journal in a file: one line each, on disk before `append` returns; read once, and afterwards only what came since.
//!
//! Several programs may write to one journal at once (`stop` waits for nobody), so every writer holds a share of a lock
//! beside it, and the file is replaced by a shorter one only while nobody else does.
#![expect(clippy::disallowed_methods, reason = "this file is the program's own")]

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::system::{flush_folder, identity, private_file};
use crate::apply::{Journal, Line, compacted, parse_lines};
use crate::model::{Instant, ProviderName};

/// A shorter file is no aim of its own: below this size it costs nothing.
const WORTH_IT: u64 = 256 << 10;

/// The journal in a file.
pub(super) struct FileJournal {
    path: PathBuf,
    file: Option<File>,
    /// Held while `file` is open: a share of the right to write.
    share: Option<File>,
    read: RefCell<Option<Read>>,
}

/// What has been read of a file.
struct Read {
    /// Which file that was.
    of: Option<(u64, u64)>,
    /// So many bytes, up to the end of a line.
    end: u64,
    lines: Rc<Vec<Line>>,
}

impl FileJournal {
    /// Of the project's real accounts, below its root; nothing is made before the first line.
    pub(super) fn at(root: &Path) -> Self {
        Self::in_file(root.join(".campanile").join("journal.jsonl"))
    }

    /// Of a sandbox, beside its state.
    pub(super) fn of_sandbox(root: &Path, sandbox: &ProviderName) -> Self {
        Self::in_file(root.join(".campanile").join(format!("sandbox-{sandbox}.journal.jsonl")))
    }

    fn in_file(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            share: None,
            read: RefCell::new(None),
        }
    }

    /// Forgets everything: what it speaks of is gone.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        (self.file, self.share) = (None, None);
        self.read.replace(None);
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Replaces the file by a shorter one that says the same, if that is worth it and nobody else is writing. The new
    /// file is whole and on disk before it takes the old one's place.
    pub(super) fn compact(&mut self, now: Instant) -> io::Result<()> {
        if std::fs::symlink_metadata(&self.path).map_or(0, |metadata| metadata.len()) < WORTH_IT {
            return Ok(());
        }
        let lock = self.lock_file()?;
        if self.file.is_some() || lock.try_lock().is_err() {
            return Ok(());
        }
        let text = std::fs::read(&self.path)?;
        let lines = parse_lines(&String::from_utf8_lossy(&text));
        // A line that a newer version wrote may be about any other.
        let is_strange = |line: &&str| serde_json::from_str::<serde_json::Value>(line).is_ok();
        let has_strange = (String::from_utf8_lossy(&text).lines())
            .filter(|line| serde_json::from_str::<Line>(line).is_err())
            .any(|line| is_strange(&line));
        let Some(short) = compacted(&lines, now).filter(|short| !has_strange && short.len() < lines.len()) else {
            return Ok(());
        };
        let beside = self.beside("new");
        let mut file = private_file().create(true).truncate(true).write(true).open(&beside)?;
        file.write_all(spelled(&short)?.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        if let Some(folder) = self.path.parent() {
            flush_folder(folder)?;
        }
        self.read.replace(None);
        Ok(())
    }

    /// A file beside the journal.
    fn beside(&self, what: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".");
        name.push(what);
        PathBuf::from(name)
    }

    fn lock_file(&self) -> io::Result<File> {
        let mut options = private_file();
        options
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.beside("lock"))
    }

    fn open(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            let share = self.lock_file()?;
            share.lock_shared()?;
            self.share = Some(share);
            let existed = self.path.exists();
            let mut file = private_file().create(true).append(true).open(&self.path)?;
            if existed && !ends_with_newline(&self.path)? {
                file.write_all(b"\n")?; // a torn last line stays alone
            }
            if let Some(folder) = self.path.parent() {
                flush_folder(folder)?;
            }
            self.file = Some(file);
        }
        self.file
            .as_mut()
            .ok_or_else(|| io::Error::other("the journal is not open"))
    }

    /// Everything up to now, by what is known of the file already.
    fn read(&self) -> io::Result<Rc<Vec<Line>>> {
        let mut file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        let mut known = self.read.borrow_mut();
        let is_known = |read: &Read| read.of.is_some() && read.of == identity(&metadata) && read.end <= metadata.len();
        let mut read = known.take().filter(is_known).unwrap_or_else(|| Read {
            of: identity(&metadata),
            end: 0,
            lines: Rc::default(),
        });
        file.seek(SeekFrom::Start(read.end))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (whole, torn) = bytes.split_at(whole);
        if !whole.is_empty() {
            Rc::make_mut(&mut read.lines).extend(parse_lines(&String::from_utf8_lossy(whole)));
            read.end += whole.len() as u64;
        }
        let mut lines = Rc::clone(&read.lines);
        *known = Some(read);
        if !torn.is_empty() {
            Rc::make_mut(&mut lines).extend(parse_lines(&String::from_utf8_lossy(torn)));
        }
        Ok(lines)
    }
}

fn ends_with_newline(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn spelled(lines: &[Line]) -> io::Result<String> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line).map_err(io::Error::other)?);
        text.push('\n');
    }
    Ok(text)
}

impl Journal for FileJournal {
    fn append(&mut self, line: &Line) -> io::Result<()> {
        self.append_all(std::slice::from_ref(line))
    }

    fn append_all(&mut self, lines: &[Line]) -> io::Result<()> {
        let text = spelled(lines)?;
        let file = self.open()?;
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    fn lines(&self) -> Option<Rc<Vec<Line>>> {
        if !std::fs::symlink_metadata(&self.path).ok()?.is_file() {
            return None;
        }
        self.read().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::{Call, Event, Known};

    fn journal(folder: &Path) -> FileJournal {
        std::fs::create_dir_all(folder.join(".campanile")).unwrap();
        FileJournal::at(folder)
    }

    fn line(reference: usize, event: Event) -> Line {
        Line {
            at_ms: 1,
            provider: "ip1".to_owned(),
            account: Some("a".to_owned()),
            reference: format!("acme.black-friday.0000100000{reference:08}"),
            event,
        }
    }

    /// The two lines of a create that was answered, its window in the past.
    fn created(n: usize) -> [Line; 2] {
        [
            line(
                n,
                Event::Intent {
                    call: Call::Create,
                    reason: "new".to_owned(),
                    batch_id: None,
                    windows: vec![(1_000, 2_000)],
                    says: None,
                },
            ),
            line(
                n,
                Event::Answer {
                    call: Call::Create,
                    outcome: Known::Done,
                    batch_id: Some(format!("id-{n}")),
                },
            ),
        ]
    }

    fn now() -> Instant {
        Instant::from_unix_seconds(1_000_000)
    }

    #[test]
    fn what_others_write_meanwhile_is_read_and_a_torn_line_is_passed_over_until_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ours, mut theirs) = (journal(folder.path()), journal(folder.path()));
        assert_eq!(ours.lines(), None);
        let lines: Vec<Line> = (0..4).flat_map(created).collect();
        for (n, line) in lines.iter().enumerate() {
            if n % 2 == 0 {
                ours.append(line)
            } else {
                theirs.append(line)
            }
            .unwrap();
            assert_eq!(ours.lines().unwrap()[..], lines[..=n]);
        }
        let path = folder.path().join(".campanile/journal.jsonl");
        let next = serde_json::to_string(&lines[0]).unwrap();
        let mut file = private_file().append(true).open(path).unwrap();
        file.write_all(&next.as_bytes()[..20]).unwrap();
        assert_eq!(ours.lines().unwrap().len(), 8);
        file.write_all(&next.as_bytes()[20..]).unwrap();
        assert_eq!(ours.lines().unwrap().len(), 9, "whole, though without an end of line");
        assert_eq!(ours.lines().unwrap().len(), 9);
    }

    #[test]
    fn a_long_journal_of_what_is_over_becomes_short_and_only_while_nobody_writes() {
        let folder = tempfile::tempdir().unwrap();
        let mut ours = journal(folder.path());
        let path = folder.path().join(".campanile/journal.jsonl");
        let all: Vec<Line> = (0..2_000).flat_map(created).collect();
        std::fs::write(&path, spelled(&all).unwrap()).unwrap();
        let long = std::fs::metadata(&path).unwrap().len();
        let mut writer = journal(folder.path());
        writer.append(&line(9_999, Event::Recognized)).unwrap();
        ours.compact(now()).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > long, "somebody is writing");
        drop(writer);
        assert_eq!(ours.lines().unwrap().len(), 4_001);
        ours.compact(now()).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < long / 3);
        assert_eq!(ours.lines().unwrap().len(), 4 + 1);
        ours.append(&line(9_999, Event::Recognized)).unwrap();
        assert_eq!(ours.lines().unwrap().len(), 4 + 2);
        let mut after = journal(folder.path());
        after.compact(now()).unwrap();
        assert_eq!(after.lines(), ours.lines());
    }

    #[test]
    fn a_run_that_died_while_it_made_the_journal_short_has_lost_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut ours = journal(folder.path());
        let path = folder.path().join(".campanile/journal.jsonl");
        let all: Vec<Line> = (0..2_000).flat_map(created).collect();
        std::fs::write(&path, spelled(&all).unwrap()).unwrap();
        std::fs::write(ours.beside("new"), "{\"at_ms\":1,\"prov").unwrap();
        assert_eq!(ours.lines().unwrap()[..], all[..]);
        ours.compact(now()).unwrap();
        assert_eq!(ours.lines().unwrap().len(), 4);
    }

    #[test]
    fn a_line_of_a_newer_version_keeps_the_journal_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut ours = journal(folder.path());
        let path = folder.path().join(".campanile/journal.jsonl");
        let all: Vec<Line> = (0..2_000).flat_map(created).collect();
        let text = spelled(&all).unwrap() + "{\"at_ms\":1,\"event\":\"not_yet_thought_of\"}\n";
        std::fs::write(&path, &text).unwrap();
        ours.compact(now()).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
