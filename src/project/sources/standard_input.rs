//! Standard input, copied whole.

use std::io;
use std::path::Path;

use super::unpack::{BOUNDS, unpack};
use super::{OpenError, OpenedSource, SourceKind, Sources};

/// The program's standard input.
pub(super) struct StandardInput;

impl SourceKind for StandardInput {
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError> {
        let name = Path::new("-");
        sources.once(name, || unpack(name, io::stdin().lock(), None, None, BOUNDS))
    }
}
