//! Paths as files give them, made relative to the project root; they stay inside it unless `allow_paths` says so.
//!
//! Lexical only: what symbolic links make of a path is checked where files are opened.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use super::invalid_value::InvalidValue;
use super::wording::clip;

/// Standard input as a source of recipients.
pub(super) const STDIN: &str = "-";

/// Resolves `text`, written in a file whose folder is `folder` (relative to the root), without `.` and inner `..`.
pub(super) fn resolve(folder: &Path, text: &str, allowed: &[PathBuf]) -> Result<PathBuf, InvalidValue> {
    let shown = clip(text);
    if text.is_empty() || text.contains('\0') || text.trim() != text {
        return Err(InvalidValue(format!("`{shown}` is not a path")));
    }
    if text.starts_with('~') || text.starts_with('$') {
        return Err(InvalidValue(format!(
            "`{shown}`: paths are not expanded, write it relative to this file"
        )));
    }
    if text.contains('\\') {
        return Err(InvalidValue(format!(
            "`{shown}`: write `/` between folders, on Windows too: it is read on every system"
        )));
    }
    let path = normalize(&folder.join(text));
    let leaves = !matches!(path.components().next(), Some(Component::Normal(_)) | None);
    if leaves && !allowed.iter().any(|folder| path.starts_with(folder)) {
        return Err(InvalidValue(format!(
            "`{shown}` leaves the project: copy the file into it, or name its folder in `allow_paths` of campanile.yaml"
        )));
    }
    if path.as_os_str().is_empty() {
        return Err(InvalidValue(format!("`{shown}` is a folder, not a file")));
    }
    Ok(path)
}

/// `name` in `folder`, with `/` on every system: such paths are in plans and in the journal, which several systems may read.
pub fn path_in(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    normalize(&folder.join(name))
}

/// Takes out `.` and every `..` that has something to go up from, and puts `/` between folders on every system.
pub(super) fn normalize(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut path = OsString::new();
    for (i, part) in parts.iter().enumerate() {
        let is_after_name = i > 0 && !matches!(parts[i - 1], Component::RootDir | Component::Prefix(_));
        if is_after_name {
            path.push("/");
        }
        path.push(if *part == Component::RootDir {
            OsStr::new("/")
        } else {
            part.as_os_str()
        });
    }
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_its_file_and_told_from_the_root() {
        let folder = Path::new("campaigns/se");
        for (text, expected) in [
            ("../../recipients/vip.csv", "recipients/vip.csv"),
            ("./a.csv", "campaigns/se/a.csv"),
            ("a/../b.csv", "campaigns/se/b.csv"),
        ] {
            assert_eq!(resolve(folder, text, &[]), Ok(PathBuf::from(expected)), "{text}");
        }
    }

    #[test]
    fn a_path_that_leaves_the_project_needs_leave() {
        let folder = Path::new("campaigns");
        for text in [
            "../../x.csv",
            "/etc/passwd",
            "a/../../../x",
            "",
            "..",
            "~/x.csv",
            "$HOME/x.csv",
            " a",
            "..\\recipients\\a.csv",
        ] {
            assert!(resolve(folder, text, &[]).is_err(), "{text}");
        }
        let allowed = [PathBuf::from("../shared"), PathBuf::from("/srv/lists")];
        assert!(resolve(folder, "../../shared/x.csv", &allowed).is_ok());
        assert!(resolve(folder, "/srv/lists/x.csv", &allowed).is_ok());
        for text in ["../../shared2/x.csv", "/srv/lists/../x.csv", "/srv/listsx/x.csv"] {
            assert!(resolve(folder, text, &allowed).is_err(), "{text}");
        }
    }
}
