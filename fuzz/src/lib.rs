//! The promises that every target judges: the very ones of the normal suite.

#[path = "../../tests/it/hostile_targets.rs"]
pub mod targets;
