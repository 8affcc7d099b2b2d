//! `.campanile/`: the journal and the lock of a project on this machine, readable by its owner alone.
#![expect(clippy::disallowed_methods, reason = "these files are the program's own")]

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::context::Failed;
use super::exit::Exit;
use super::system::{close_to_others, flush_folder, private_file, private_folder};
use crate::apply::{Journal, Line, parse_lines};
use crate::model::ProviderName;

/// The folder, made if missing; its owner's alone afterwards.
pub fn folder(root: &Path) -> Result<PathBuf, Failed> {
    let folder = root.join(".campanile");
    let failed =
        |error: io::Error| Failed::new(Exit::Failed, format!("could not make `{}`: {error}", folder.display()));
    refuse_links(std::slice::from_ref(&folder))?;
    if !folder.is_dir() {
        private_folder().recursive(true).create(&folder).map_err(failed)?;
    }
    close_to_others(&folder, 0o700);
    let ignore = folder.join(".gitignore");
    if !ignore.exists() && !ignore.is_symlink() {
        std::fs::write(&ignore, include_str!("commands/scaffold/state-gitignore")).map_err(failed)?;
    }
    let files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map_err(failed)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    refuse_links(&files)?;
    files
        .iter()
        .filter(|file| file.is_file())
        .for_each(|file| close_to_others(file, 0o600));
    Ok(folder)
}

/// What stands here is written to: a link, which a repository can bring along, would choose another file.
fn refuse_links(paths: &[PathBuf]) -> Result<(), Failed> {
    match paths.iter().find(|path| path.is_symlink()) {
        None => Ok(()),
        Some(path) => Err(Failed::new(
            Exit::Failed,
            format!("`{}` is a link, which is not followed", path.display()),
        )
        .hint("remove it: what belongs there is made anew")),
    }
}

/// The journal in a file: one line each, on disk before `append` returns.
pub struct FileJournal {
    path: PathBuf,
    file: Option<File>,
}

impl FileJournal {
    /// Of the project's real accounts, below its root; nothing is made before the first line.
    pub fn at(root: &Path) -> Self {
        Self::in_file(root.join(".campanile").join("journal.jsonl"))
    }

    /// Of a sandbox, beside its state.
    pub fn of_sandbox(root: &Path, sandbox: &ProviderName) -> Self {
        Self::in_file(root.join(".campanile").join(format!("sandbox-{sandbox}.journal.jsonl")))
    }

    fn in_file(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Forgets everything: what it speaks of is gone.
    pub fn forget(&mut self) -> io::Result<()> {
        self.file = None;
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
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
}

fn ends_with_newline(path: &Path) -> io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

impl Journal for FileJournal {
    fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line).map_err(io::Error::other)?;
        text.push('\n');
        let file = self.open()?;
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    fn lines(&self) -> Option<Vec<Line>> {
        if !std::fs::symlink_metadata(&self.path).ok()?.is_file() {
            return None;
        }
        let bytes = std::fs::read(&self.path).ok()?;
        Some(parse_lines(&String::from_utf8_lossy(&bytes)))
    }
}

/// Held while something is changed; released by the system when the process ends, however it ends.
pub struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    /// Takes it, or says who has it.
    pub fn take(root: &Path) -> Result<Self, Failed> {
        let path = folder(root)?.join("lock");
        let failed =
            |error: io::Error| Failed::new(Exit::Failed, format!("could not lock `{}`: {error}", path.display()));
        let file = private_file()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(std::fs::TryLockError::WouldBlock) => Err(Failed::new(
                Exit::Failed,
                "another run is changing this project right now; nothing was changed",
            )
            .hint("wait until it ends, then run again")),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
