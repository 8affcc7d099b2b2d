//! Which columns of a source somebody uses: an unused column need not be read where a format is stored by column.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::campaign::Origin;

/// Judges a column by its head.
#[derive(Clone, Default)]
pub struct UsedColumns(Option<Arc<dyn Fn(&str) -> bool + Send + Sync>>);

impl UsedColumns {
    /// Those for which it holds. It may be too generous, never too strict.
    pub fn those(includes: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(includes)))
    }

    /// All of them.
    pub fn all() -> Self {
        Self(None)
    }

    /// What either uses.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(one), Some(other)) => Self::those(move |head| one(head) || other(head)),
            (None, _) | (_, None) => Self::all(),
        }
    }

    #[cfg(feature = "parquet")]
    pub(super) fn include(&self, head: &str) -> bool {
        self.0.as_ref().is_none_or(|includes| includes(head))
    }
}

impl fmt::Debug for UsedColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "some columns"
        } else {
            "all columns"
        })
    }
}

/// By source; one that is not here is read whole.
pub(super) type Used = BTreeMap<Origin, UsedColumns>;
