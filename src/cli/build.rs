//! Build script: gives the program the commit that it was built from, when that is known.

use std::path::Path;
use std::process::Command;

/// The manual's date where no commit is known: in a package.
const RELEASED: &str = "2026-11-30";

fn main() {
    let commit = commit().unwrap_or_default();
    let suffix = match commit.get(..12) {
        Some(short) => format!(" ({short})"),
        None => String::new(),
    };
    println!("cargo::rustc-env=CAMPANILE_COMMIT={commit}");
    println!("cargo::rustc-env=CAMPANILE_COMMIT_SUFFIX={suffix}");
    println!(
        "cargo::rustc-env=CAMPANILE_COMMIT_DATE={}",
        date().as_deref().unwrap_or(RELEASED)
    );
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    println!("cargo::rerun-if-env-changed=CAMPANILE_RELEASE");
}

/// What `cargo package` noted, or what git says of this repository, never of one that only contains it.
#[expect(
    clippy::disallowed_methods,
    reason = "a build script reads the package that it builds"
)]
fn commit() -> Option<String> {
    if let Ok(noted) = std::fs::read_to_string(".cargo_vcs_info.json") {
        let (_, after) = noted.split_once("\"sha1\":")?;
        return after.split('"').nth(1).map(str::to_owned);
    }
    if !Path::new(".git").exists() {
        return None;
    }
    let output = Command::new("git").args(["rev-parse", "HEAD"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Of the commit: `2026-11-30`.
fn date() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    let output = Command::new("git").args(["log", "-1", "--format=%cs"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && text.len() == 10).then_some(text)
}
