//! The switch of the broken variants. It exists only in the tree that `run` builds: `switch.patch` makes it a module of the
//! library there, and each `if crate::mutant("Name")` of the other patches asks it.

use std::cell::Cell;

thread_local! {
    static ACTIVE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Whether this thread runs this broken variant.
pub fn mutant(name: &str) -> bool {
    ACTIVE.get() == Some(name)
}

/// Breaks (or mends) everything that this thread does from now on.
pub fn set_mutant(name: Option<&'static str>) {
    ACTIVE.set(name);
}
