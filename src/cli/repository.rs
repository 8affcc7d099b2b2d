//! The git repository of a project, as far as `init` needs it: its root, its branch, its ignore file.
#![expect(
    clippy::disallowed_methods,
    reason = "a few small files of git's own, to write the workflows where the host looks"
)]

use std::path::{Path, PathBuf};

/// Where a project is in a repository.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ProjectPlace {
    /// The repository's root; none outside of one.
    pub root: Option<PathBuf>,
    /// The project's folder from there, with `/`; empty at the root, outside, and where a name needs quoting in a
    /// shell.
    pub directory: String,
}

/// Finds the repository around a folder that may not be there yet.
pub(super) fn place(project: &Path) -> ProjectPlace {
    let absolute = std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
    let Some(root) = absolute.ancestors().find(|folder| folder.join(".git").exists()) else {
        return ProjectPlace::default();
    };
    let inside = absolute.strip_prefix(root).unwrap_or(Path::new(""));
    let words: Option<Vec<&str>> = inside
        .iter()
        .map(|part| part.to_str().filter(|part| is_plain(part)))
        .collect();
    ProjectPlace {
        root: Some(root.to_owned()),
        directory: words.unwrap_or_default().join("/"),
    }
}

/// The branch that a merge goes to: what the remote calls its head, or the checked-out one under a usual name.
pub(super) fn branch(root: Option<&Path>) -> String {
    let named = |file: &str, prefix: &str| {
        let text = std::fs::read_to_string(root?.join(".git").join(file)).ok()?;
        let name = text.trim().strip_prefix(prefix)?.to_owned();
        (!name.is_empty() && name.split('/').all(is_plain)).then_some(name)
    };
    let usual = |name: &String| matches!(name.as_str(), "main" | "master" | "trunk");
    named("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/")
        .or_else(|| named("HEAD", "ref: refs/heads/").filter(usual))
        .unwrap_or_else(|| "main".to_owned())
}

/// The text of an ignore file with the lines that it lacks; none when it has them all.
pub(super) fn with_ignored(text: &str, lines: &str) -> Option<String> {
    let has = |line: &str| {
        let name = |line: &str| line.trim().trim_start_matches('/').trim_end_matches('/').to_owned();
        text.lines().any(|known| name(known) == name(line))
    };
    let missing: Vec<&str> = lines.lines().filter(|line| !has(line)).collect();
    if missing.is_empty() {
        return None;
    }
    let newline = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Some(format!("{text}{newline}\n# Campanile\n{}\n", missing.join("\n")))
}

/// Nothing that a shell or YAML would read otherwise, and no option.
fn is_plain(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('-')
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_placed_in_the_repository_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(place(root).root.as_deref(), None);
        std::fs::create_dir_all(root.join(".git/refs/remotes/origin")).unwrap();
        for (project, directory) in [("", ""), ("sms", "sms"), ("apps/sms", "apps/sms"), ("our sms", "")] {
            let place = place(&root.join(project));
            assert_eq!(place.root.as_deref(), Some(root), "{project}");
            assert_eq!(place.directory, directory, "{project}");
        }
        for (head, origin, expected) in [
            ("ref: refs/heads/master\n", None, "master"),
            ("ref: refs/heads/my-idea\n", None, "main"),
            ("0123abcd\n", None, "main"),
            (
                "ref: refs/heads/my-idea\n",
                Some("ref: refs/remotes/origin/release/x\n"),
                "release/x",
            ),
            (
                "ref: refs/heads/main\n",
                Some("ref: refs/remotes/origin/$(x)\n"),
                "main",
            ),
        ] {
            std::fs::write(root.join(".git/HEAD"), head).unwrap();
            let remote = root.join(".git/refs/remotes/origin/HEAD");
            match origin {
                Some(text) => std::fs::write(&remote, text).unwrap(),
                None => drop(std::fs::remove_file(&remote)),
            }
            assert_eq!(branch(Some(root)), expected, "{head}");
        }
        assert_eq!(branch(None), "main");
    }

    #[test]
    fn an_ignore_file_gets_the_lines_that_it_lacks() {
        let lines = ".campanile/\nplan.json\n";
        for (text, expected) in [
            (".campanile/\nplan.json\n", None),
            ("/.campanile\n*.o\nplan.json", None),
            (
                "node_modules",
                Some("node_modules\n\n# Campanile\n.campanile/\nplan.json\n"),
            ),
            ("plan.json\n", Some("plan.json\n\n# Campanile\n.campanile/\n")),
        ] {
            assert_eq!(with_ignored(text, lines).as_deref(), expected, "{text}");
        }
    }
}
