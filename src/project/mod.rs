//! The only reader of project files.
//!
//! In: a folder. Out: the project, its campaigns, its sources opened for reading at any offset, its tokens in a type
//! that cannot be printed. Every path is resolved through its symbolic links and must stay inside the project or one of
//! its `allow_paths`. Never: writes, takes a decision, or reads the environment (the caller passes it in).

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the shell's reader of project files"
)]

pub mod diagnostics;
mod inside;
mod load;
mod secret;
mod sources;

pub use inside::PathError;
pub use load::{LoadFailed, Loaded, PROJECT_FILE, Unreadable, find_root, load, timezone_of};
pub use secret::{SecretError, read_secret};
pub use sources::{About, Environment, Link, OpenError, OpenedSource, Sources, Trouble, UsedColumns};

#[cfg(test)]
mod tests;
