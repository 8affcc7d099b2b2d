//! The only reader of project files.
