//! Diagnostics of the command line itself (C75x).

use crate::model::Code;

/// Every code of this module.
pub const ALL: &[Code] = &[];
