//! Paths as files give them, made relative to the project root; they stay inside it unless `allow_paths` says so.
//!
//! Lexical only: what symbolic links make of a path is checked where files are opened.

use std::path::{Component, Path, PathBuf};

use super::wording::clip;

/// Standard input as a source of recipients.
pub(super) const STDIN: &str = "-";

/// Resolves `text`, written in a file whose folder is `folder` (relative to the root), without `.` and inner `..`.
pub(super) fn resolve(folder: &Path, text: &str, allowed: &[PathBuf]) -> Result<PathBuf, String> {
    let shown = clip(text);
    if text.is_empty() || text.contains('\0') || text.trim() != text {
        return Err(format!("`{shown}` is not a path"));
    }
    if text.starts_with('~') || text.starts_with('$') {
        return Err(format!(
            "`{shown}`: paths are not expanded, write it relative to this file"
        ));
    }
    let path = normalize(&folder.join(text));
    let leaves = path.is_absolute() || matches!(path.components().next(), Some(Component::ParentDir));
    if leaves && !allowed.iter().any(|folder| path.starts_with(folder)) {
        return Err(format!(
            "`{shown}` leaves the project: copy the file into it, or name its folder in `allow_paths` of campanile.yaml"
        ));
    }
    if path.as_os_str().is_empty() {
        return Err(format!("`{shown}` is a folder, not a file"));
    }
    Ok(path)
}

/// Takes out `.` and every `..` that has something to go up from.
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
    parts.iter().collect()
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
