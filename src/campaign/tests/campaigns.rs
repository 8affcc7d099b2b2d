//! Campaign files: what each key means, and what each fault is told like.
use super::*;
