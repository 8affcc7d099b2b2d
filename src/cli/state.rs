//! `.campanile/`: the folder of a project on this machine, readable by its owner alone, and its lock.
#![expect(clippy::disallowed_methods, reason = "these files are the program's own")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::context::Failed;
use super::exit::Exit;
use super::system::{close_to_others, private_file, private_folder};

/// The folder, made if missing; its owner's alone afterwards.
pub(super) fn folder(root: &Path) -> Result<PathBuf, Failed> {
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

/// These files are written to: a link, which a repository can bring along, would choose another file.
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

/// Held while something is changed; released by the system when the process ends, however it ends.
pub(super) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    /// Takes it, or says who has it.
    pub(super) fn take(root: &Path) -> Result<Self, Failed> {
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
