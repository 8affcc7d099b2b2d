//! Which files have changed: sizes and times of change of everything in the project that is not hidden or built, and of
//! lists outside it. Polling is cheap and portable, and needs no permission.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What to look at.
#[derive(Clone, Copy)]
pub(super) struct WatchedFiles<'a> {
    /// The project's folder.
    pub root: &'a Path,
    /// Files outside it.
    pub lists: &'a [PathBuf],
}

/// What was seen last.
pub(super) struct Watched {
    seen: LastSeen,
}

type LastSeen = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// No project has more files; a folder that does is not walked to its end.
const MAX_FILES: usize = 5000;
const MAX_DEPTH: usize = 6;

impl Watched {
    /// From now on.
    pub(super) fn new(files: WatchedFiles<'_>) -> Self {
        Self { seen: look(files) }
    }

    /// Whether anything is different from what was seen last.
    pub(super) fn has_changed(&mut self, files: WatchedFiles<'_>) -> bool {
        let seen = look(files);
        let is_other = seen != self.seen;
        self.seen = seen;
        is_other
    }
}

fn look(files: WatchedFiles<'_>) -> LastSeen {
    let mut seen = LastSeen::new();
    walk(files.root, MAX_DEPTH, &mut seen);
    for list in files.lists {
        if let Ok(found) = fs::metadata(list) {
            seen.insert(list.clone(), state(&found));
        }
    }
    seen
}

fn walk(folder: &Path, depth: usize, seen: &mut LastSeen) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_left_out =
            matches!(name.to_str(), Some("target" | "node_modules")) || name.as_encoded_bytes().first() == Some(&b'.');
        if is_left_out || seen.len() >= MAX_FILES {
            continue;
        }
        match entry.metadata() {
            Ok(found) if found.is_dir() => {
                if depth > 0 {
                    walk(&entry.path(), depth - 1, seen);
                }
            }
            Ok(found) => {
                seen.insert(entry.path(), state(&found));
            }
            Err(_) => {}
        }
    }
}

fn state(found: &Metadata) -> (u64, Option<SystemTime>) {
    (found.len(), found.modified().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test saves files")]
    fn a_saved_a_new_and_a_removed_file_are_changes_and_hidden_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let file = root.join("campaigns/a.yaml");
        fs::create_dir_all(root.join("campaigns")).unwrap();
        fs::create_dir_all(root.join(".campanile")).unwrap();
        fs::write(&file, "body: a").unwrap();
        let mut watched = Watched::new(WatchedFiles { root, lists: &[] });
        let mut changed = || watched.has_changed(WatchedFiles { root, lists: &[] });
        assert!(!changed());
        fs::write(&file, "body: ab").unwrap();
        assert!(changed() && !changed());
        fs::write(root.join(".campanile/journal.jsonl"), "x").unwrap();
        assert!(!changed());
        fs::remove_file(&file).unwrap();
        assert!(changed());
    }
}
