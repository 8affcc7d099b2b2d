//! The CI files that `init` writes, for GitHub and GitLab: templates from `scaffold/ci`, filled in for one project.
//!
//! In: where the project is in its repository, its branch, where Campanile comes from, who approves. Out: the text of
//! the files. Pure: no file is read or written here.

/// Where this program's source and releases are; empty while nobody has written it into `Cargo.toml`.
pub(super) const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The commit that this program was built from; empty when the build did not know it.
const COMMIT: &str = env!("CAMPANILE_COMMIT");

/// Set by the release workflow alone: only what it built is there to be downloaded.
const IS_RELEASE: bool = option_env!("CAMPANILE_RELEASE").is_some();

/// How the workflows get Campanile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A released binary of this version.
    Release(String),
    /// Built from the commit of this program.
    Source,
}

impl Form {
    /// The release asked for, else the one that this program is, else the source.
    pub(super) fn choose(release: Option<&str>, from_source: bool) -> Self {
        match release {
            Some(version) => Self::Release(version.to_owned()),
            None if IS_RELEASE && !from_source => Self::Release(env!("CARGO_PKG_VERSION").to_owned()),
            None => Self::Source,
        }
    }
}

/// Who approves what is applied on merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Approve {
    /// The merge: what was merged is planned again and applied.
    Merge,
    /// The review: the merge applies the plan that the pull request showed, or refuses.
    SavedPlan,
}

/// What the templates are filled in with.
#[derive(Debug)]
pub(super) struct Workflows<'a> {
    /// The project's folder in its repository, with `/`; empty at its root.
    pub directory: &'a str,
    /// The branch that is applied.
    pub branch: &'a str,
    /// Where Campanile's source and releases are; may be empty.
    pub repository: &'a str,
    /// What is downloaded or built.
    pub form: Form,
    /// Who approves.
    pub approve: Approve,
    /// What the apply writes down, commits and pushes.
    pub written: &'a WrittenFiles,
}

/// Files of the project that Campanile writes and the apply commits, relative to the project; none where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WrittenFiles {
    /// Of opt-outs by text.
    pub opt_outs: Vec<String>,
    /// Of numbers that fail again and again.
    pub undeliverable: Option<String>,
}

impl WrittenFiles {
    fn is_empty(&self) -> bool {
        self.opt_outs.is_empty() && self.undeliverable.is_none()
    }

    /// What writes them, with what to do where it fails. Results are read once a day: that asks a provider for every
    /// message.
    fn commands(&self) -> String {
        let mut commands = String::new();
        if !self.opt_outs.is_empty() {
            commands.push_str("campanile@DIR@ opt-outs pull || failed=\"opt-outs could not be pulled.\"\n");
        }
        if self.undeliverable.is_some() {
            commands.push_str(
                "if [ \"$(date -u +%H)\" = 03 ]; then\n  campanile@DIR@ results || failed=\"$failed results could not be read.\"\nfi\n",
            );
        }
        commands
    }

    /// As words of a shell.
    fn files(&self) -> String {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/');
        let files = self.opt_outs.iter().chain(&self.undeliverable);
        let words = files.map(|file| {
            if file.bytes().all(is_plain) {
                file.clone()
            } else {
                format!("'{}'", file.replace('\'', "'\\''"))
            }
        });
        words.collect::<Vec<String>>().join(" ")
    }

    /// The script, for a host whose user is called so, and who pushes with these words.
    fn script(&self, login: &str, push: &str) -> String {
        let script = with_block(
            include_str!("commands/scaffold/ci/write-down.sh"),
            "@PULL@",
            &self.commands(),
        );
        script
            .replace("@FILES@", &self.files())
            .replace("@LOGIN@", login)
            .replace("@PUSH@", push)
    }
}

impl Workflows<'_> {
    /// What names jobs, caches and artifacts of this project.
    pub(super) fn name(&self) -> String {
        if self.directory.is_empty() {
            "campanile".to_owned()
        } else {
            format!("campanile-{}", self.directory.replace(['/', '.', '_'], "-"))
        }
    }

    /// `.github/workflows/NAME.yml`.
    pub(super) fn github(&self) -> String {
        let (apply, keep) = match self.approve {
            Approve::Merge => (include_str!("commands/scaffold/ci/github-apply.yml"), ""),
            Approve::SavedPlan => (
                include_str!("commands/scaffold/ci/github-approved.yml"),
                include_str!("commands/scaffold/ci/keep-plan.yml"),
            ),
        };
        let restore = include_str!("commands/scaffold/ci/restore.yml");
        let newest = indented(include_str!("commands/scaffold/ci/github-newest.sh"), 10);
        let fetch = indented(include_str!("commands/scaffold/ci/github-fetch.sh"), 10);
        let workflow = include_str!("commands/scaffold/ci/github.yml");
        let text = with_block(workflow, "@APPLY@", apply);
        let text = self.github_written(&text);
        let text = [
            ("@KEEP_PLAN@", keep),
            ("@CHECKOUT@", include_str!("commands/scaffold/ci/checkout.yml")),
            ("@RESTORE_BASE@", &restore.replace("@OF@", "${{ github.base_ref }}")),
            ("@RESTORE@", &restore.replace("@OF@", "${{ github.ref_name }}")),
            ("@SAVE@", include_str!("commands/scaffold/ci/save.yml")),
            ("@SECRETS@", include_str!("commands/scaffold/ci/secrets.yml")),
            ("@NEWEST@", &newest),
            ("@FETCH@", &fetch),
            ("@INSTALL@", &self.github_install()),
            ("@ENV@", &indented(&self.environment(), 2)),
        ]
        .iter()
        .fold(text, |text, (mark, block)| with_block(&text, mark, block));
        let paths = if self.directory.is_empty() {
            String::new()
        } else {
            // Pushes are not narrowed: a commit elsewhere becomes the newest of the branch, and must have a run.
            format!(
                "\n    paths: [\"{}/**\", \".github/workflows/{}.yml\"]",
                self.directory,
                self.name()
            )
        };
        self.with_words(&text).replace("@PATHS@", &paths)
    }

    /// What is written down, before the apply and told after it; the permission for it.
    fn github_written(&self, text: &str) -> String {
        let push = "\"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git\" \"HEAD:refs/heads/$GITHUB_REF_NAME\"";
        let script = self.written.script("x-access-token:$GITHUB_TOKEN", push);
        let (contents, permissions, written, unwritten) = if self.written.is_empty() {
            ("      contents: read\n", String::new(), String::new(), "")
        } else {
            let contents = "      contents: write        # to push opt-outs that were written down\n";
            let steps = include_str!("commands/scaffold/ci/github-written.yml");
            (
                contents,
                format!("    permissions:\n{contents}"),
                with_block(steps, "@WRITE_DOWN@", &indented(&script, 10)),
                include_str!("commands/scaffold/ci/github-unwritten.yml"),
            )
        };
        let blocks = [
            ("@CONTENTS@", contents),
            ("@PERMISSIONS@", &permissions),
            ("@WRITTEN@", &written),
            ("@UNWRITTEN@", unwritten),
        ];
        let text = (blocks.iter()).fold(text.to_owned(), |text, (mark, block)| with_block(&text, mark, block));
        text.replace("@DAILY@", self.daily())
    }

    /// Once a day the schedule applies even if nothing opens: opt-outs must be pulled before a provider forgets them.
    fn daily(&self) -> &'static str {
        if self.written.is_empty() {
            ""
        } else {
            " && [ \"$(date -u +%H)\" != 03 ]"
        }
    }

    fn gitlab_written(&self, text: &str) -> String {
        let push = "-o ci.skip \"$CI_SERVER_URL/$CI_PROJECT_PATH.git\" \"HEAD:refs/heads/$CI_COMMIT_BRANCH\"";
        let script = self.written.script("oauth2:$GITLAB_TOKEN", push);
        let (pushes, written, unwritten) = if self.written.is_empty() {
            ("", String::new(), String::new())
        } else {
            let item = |script: &str| format!("    - |\n{}", indented(script, 6));
            (
                "#                            and `write_repository`, of a role that may push to the branch: it pushes opt-outs\n",
                item(&script),
                item(include_str!("commands/scaffold/ci/gitlab-unwritten.sh")),
            )
        };
        let blocks = [
            ("@PUSHES@", pushes),
            ("@WRITTEN@", &written),
            ("@UNWRITTEN@", &unwritten),
        ];
        (blocks.iter()).fold(text.to_owned(), |text, (mark, block)| with_block(&text, mark, block))
    }

    /// `.gitlab-ci.yml`, or the file that one includes.
    pub(super) fn gitlab(&self) -> String {
        let (apply, keep) = match self.approve {
            Approve::Merge => (include_str!("commands/scaffold/ci/gitlab-apply.yml"), ""),
            Approve::SavedPlan => (
                include_str!("commands/scaffold/ci/gitlab-approved.yml"),
                include_str!("commands/scaffold/ci/gitlab-keep-plan.yml"),
            ),
        };
        let image = match self.form {
            Form::Release(_) => "buildpack-deps:bookworm-scm",
            Form::Source => concat!("rust:", env!("CARGO_PKG_RUST_VERSION")),
        };
        let (included, changes, jobs) = if self.directory.is_empty() {
            (String::new(), String::new(), String::new())
        } else {
            (
                format!(
                    "#\n# Included by .gitlab-ci.yml: include: [{{ local: {} }}]\n",
                    self.gitlab_file()
                ),
                format!("\n      changes: [\"{}/**/*\"]", self.directory),
                format!("{}-", self.name()),
            )
        };
        let text = with_block(include_str!("commands/scaffold/ci/gitlab.yml"), "@APPLY@", apply);
        let text = self.gitlab_written(&text);
        let text = [
            ("@KEEP_PLAN@", keep),
            ("@INCLUDED@", &included),
            ("@ENV@", &indented(&self.environment(), 4)),
            ("@INSTALL@", &indented(self.installer(), 6)),
            (
                "@NEWEST@",
                &indented(include_str!("commands/scaffold/ci/gitlab-newest.sh"), 6),
            ),
            (
                "@LOOK@",
                &indented(include_str!("commands/scaffold/ci/gitlab-look.sh"), 6),
            ),
            (
                "@FETCH@",
                &indented(include_str!("commands/scaffold/ci/gitlab-fetch.sh"), 10),
            ),
        ]
        .iter()
        .fold(text, |text, (mark, block)| with_block(&text, mark, block));
        self.with_words(&text)
            .replace("@DAILY@", self.daily())
            .replace("@IMAGE@", image)
            .replace("@CHANGES@", &changes)
            .replace("@JOB@", &jobs)
    }

    /// Where GitLab's file of a project in a folder is, from the repository's root.
    pub(super) fn gitlab_file(&self) -> String {
        if self.directory.is_empty() {
            ".gitlab-ci.yml".to_owned()
        } else {
            format!("{}/.gitlab-ci.yml", self.directory)
        }
    }

    fn with_words(&self, text: &str) -> String {
        let (option, root, inside) = if self.directory.is_empty() {
            (String::new(), String::new(), String::new())
        } else {
            let directory = self.directory;
            (
                format!(" -C {directory}"),
                format!("{directory}/"),
                format!("/{directory}"),
            )
        };
        text.replace("@NAME@", &self.name())
            .replace("@DIR@", &option)
            .replace("@ROOT@", &root)
            .replace("@IN@", &inside)
            .replace("@BRANCH@", self.branch)
            .replace("@PIN@", self.pin())
    }

    fn installer(&self) -> &'static str {
        match self.form {
            Form::Release(_) => include_str!("commands/scaffold/ci/install-release.sh"),
            Form::Source => include_str!("commands/scaffold/ci/install-source.sh"),
        }
    }

    /// What exactly is installed: the key of the cache that keeps it.
    fn pin(&self) -> &str {
        match &self.form {
            Form::Release(version) => version,
            Form::Source if COMMIT.is_empty() => "unset",
            Form::Source => COMMIT,
        }
    }

    fn github_install(&self) -> String {
        let (before, token) = match self.form {
            // For the attestation.
            Form::Release(_) => ("", "        env:\n          GH_TOKEN: ${{ github.token }}\n"),
            Form::Source => (include_str!("commands/scaffold/ci/binary.yml"), ""),
        };
        format!(
            "{before}      - name: Install\n{token}        run: |\n{}          echo \"$CAMPANILE_HOME/bin\" >> \"$GITHUB_PATH\"\n",
            indented(self.installer(), 10)
        )
    }

    fn environment(&self) -> String {
        let asked = if self.repository.is_empty() {
            "# Where Campanile's source is: write its address here, like https://HOST/OWNER/campanile. Nothing runs without it.\n"
        } else {
            ""
        };
        let repository = self.repository;
        match &self.form {
            Form::Release(version) => {
                format!("{asked}CAMPANILE_REPOSITORY: \"{repository}\"\nCAMPANILE_VERSION: \"{version}\"\n")
            }
            Form::Source => format!(
                "{asked}CAMPANILE_REPOSITORY: \"{repository}\"\n\
                 # Built from source, because the program that wrote this file was not a release. A release writes the form\n\
                 # that downloads one: campanile init --workflows\n\
                 CAMPANILE_REV: \"{COMMIT}\"\nCAMPANILE_RUST: \"{}\"\n",
                env!("CARGO_PKG_RUST_VERSION")
            ),
        }
    }
}

/// Replaces a line that is only a mark by a block; an empty block removes the line.
fn with_block(text: &str, mark: &str, block: &str) -> String {
    let newline = if block.is_empty() || block.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let line = format!("{mark}\n");
    text.replace(&line, &format!("{block}{newline}"))
}

/// Each line that is not empty, so many spaces further in.
fn indented(text: &str, spaces: usize) -> String {
    let margin = " ".repeat(spaces);
    text.lines()
        .map(|line| {
            if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("{margin}{line}\n")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_filled_in_completely() {
        for directory in ["", "sms", "apps/sms"] {
            for form in [Form::Release("1.2.3".to_owned()), Form::Source] {
                for (approve, written) in [
                    (Approve::Merge, WrittenFiles::default()),
                    (Approve::SavedPlan, WrittenFiles::default()),
                    (Approve::Merge, pulls()),
                    (Approve::SavedPlan, pulls()),
                ] {
                    let workflows = Workflows {
                        directory,
                        branch: "main",
                        repository: "https://code.example/o/campanile",
                        form: form.clone(),
                        approve,
                        written: &written,
                    };
                    for text in [workflows.github(), workflows.gitlab()] {
                        let mark = text.split('@').nth(1).unwrap_or_default();
                        let is_mark =
                            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
                        assert!(!text.split('@').any(is_mark), "{mark}\n{text}");
                        assert!(!text.lines().any(|line| line.ends_with(' ')), "{text}");
                    }
                }
            }
        }
    }

    fn pulls() -> WrittenFiles {
        WrittenFiles {
            opt_outs: vec!["suppressions/opt-outs.csv".to_owned(), "it's so/out.csv".to_owned()],
            undeliverable: Some("suppressions/undeliverable.csv".to_owned()),
        }
    }

    #[test]
    fn opt_outs_are_pulled_and_pushed_only_where_a_file_has_them() {
        let text = |written: &WrittenFiles| {
            let workflows = Workflows {
                directory: "sms",
                branch: "main",
                repository: "https://code.example/o/campanile",
                form: Form::Source,
                approve: Approve::Merge,
                written,
            };
            (workflows.github(), workflows.gitlab())
        };
        let (github, gitlab) = text(&WrittenFiles::default());
        for text in [&github, &gitlab] {
            assert!(
                !text.contains("git push") && !text.contains("write_repository"),
                "{text}"
            );
        }
        assert!(!github.contains("contents: write"), "{github}");
        let (github, gitlab) = text(&pulls());
        for text in [&github, &gitlab] {
            assert!(text.contains("campanile -C sms opt-outs pull || failed="), "{text}");
            let files =
                "for file in suppressions/opt-outs.csv 'it'\\''s so/out.csv' suppressions/undeliverable.csv; do";
            assert!(
                text.contains(files) && text.contains("git -C sms add -- \"$file\""),
                "{text}"
            );
        }
        assert!(github.contains("      contents: write"), "{github}");
        assert!(gitlab.contains("write_repository"), "{gitlab}");
    }

    #[test]
    fn a_program_that_no_release_built_writes_the_source_form() {
        assert_eq!(Form::choose(None, true), Form::Source);
        assert_eq!(Form::choose(None, false) == Form::Source, !IS_RELEASE);
        assert_eq!(Form::choose(Some("1.2.3"), false), Form::Release("1.2.3".to_owned()));
    }
}
