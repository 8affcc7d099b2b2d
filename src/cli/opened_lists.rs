//! Lists that are open, each once for all campaigns that read it: then their bytes are known to be the same.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::audience::ListBytes;
use crate::campaign::Origin;
use crate::model::Diagnostic;

/// Lists by where they lie and the encoding that is expected of them.
#[derive(Default)]
pub(super) struct OpenedLists(Mutex<BTreeMap<(Origin, Option<String>), ListBytes>>);

impl OpenedLists {
    /// The list that was opened before, unless it has changed since.
    pub(super) fn once(
        &self,
        origin: &Origin,
        encoding: Option<&str>,
        open: impl FnOnce() -> Result<ListBytes, Vec<Diagnostic>>,
    ) -> Result<ListBytes, Vec<Diagnostic>> {
        let key = (origin.clone(), encoding.map(str::to_owned));
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = opened.get(&key).filter(|bytes| bytes.is_unchanged()) {
            return Ok(bytes.clone());
        }
        let bytes = open()?;
        opened.insert(key, bytes.clone());
        Ok(bytes)
    }
}
