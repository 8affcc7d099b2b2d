//! A project in a folder of its own, and the program run in it as a person or a CI job runs it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The instant of every run: a Monday morning.
pub const NOW: &str = "2026-11-23T08:00:00Z";

/// A folder with a project, and what every run in it gets.
pub struct TestProject {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a run left on its streams.
#[derive(Debug)]
pub struct Ran {
    /// The command line, for messages.
    pub words: String,
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl TestProject {
    /// An empty folder.
    pub fn new() -> TestProject {
        TestProject {
            folder: TempDir::new().unwrap(),
            environment: Vec::new(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, its folders made if missing.
    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) -> &TestProject {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Sets a variable of every run to come.
    pub fn set(&mut self, name: &str, value: &str) -> &mut TestProject {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs the program at `NOW`; standard input is empty.
    pub fn run(&self, words: &[&str]) -> Ran {
        self.run_at(Some(NOW), words)
    }

    /// Runs the program at `NOW` with this on standard input.
    pub fn run_with(&self, input: &str, words: &[&str]) -> Ran {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(input.as_bytes()).unwrap();
        file.rewind().unwrap();
        self.run_from(file.into(), Some(NOW), words)
    }

    /// Runs the program at `NOW` with this file on standard input.
    pub fn run_reading(&self, input: fs::File, words: &[&str]) -> Ran {
        self.run_from(input.into(), Some(NOW), words)
    }

    /// Runs the program, at a pretended instant or in real time.
    pub fn run_at(&self, now: Option<&str>, words: &[&str]) -> Ran {
        self.run_from(Stdio::null(), now, words)
    }

    /// Runs a command that goes on until it is told to end: `meet` gets the first line of standard output, then it is told.
    pub fn run_until_told(&self, words: &[&str], meet: impl FnOnce(&str)) -> Ran {
        let mut command = self.command(Some(NOW), words);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first).unwrap();
        meet(first.trim_end());
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        let output = child.wait_with_output().unwrap();
        Ran {
            words: words.join(" "),
            code: output.status.code(),
            stdout: first + &rest,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn run_from(&self, input: Stdio, now: Option<&str>, words: &[&str]) -> Ran {
        let output = self.command(now, words).stdin(input).output().unwrap();
        Ran {
            words: words.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn command(&self, now: Option<&str>, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
        command
            .current_dir(self.path())
            .env_clear()
            .env("TZ", "Asia/Kathmandu")
            .env("RUST_BACKTRACE", "full")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .args(words);
        if let Some(now) = now {
            command.args(["--at", now]);
        }
        command
    }

    /// Every file of the folder with its bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_symlink() {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.push((path.strip_prefix(self.path()).unwrap().to_owned(), bytes));
                }
            }
        }
        found
    }
}
