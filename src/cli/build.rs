//! Build script: tells the program which commit it was built from, when that is known.

use std::process::Command;

fn main() {
    let commit = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    let suffix = if commit.is_empty() {
        String::new()
    } else {
        format!(" ({commit})")
    };
    println!("cargo::rustc-env=CAMPANILE_COMMIT_SUFFIX={suffix}");
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
}
