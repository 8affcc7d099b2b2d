//! The way to a group's content without some of its people: their rows are read again and taken out of its sums.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::desired::GroupContent;
use crate::model::{Diagnostic, NumberSet};

type Make = dyn Fn(&NumberSet) -> Result<GroupContent, Diagnostic> + Send + Sync;
type Made = Mutex<Vec<(NumberSet, Arc<GroupContent>)>>;

/// Makes a content without some people; asked again for the same ones, it gives the same again.
#[derive(Clone, Default)]
pub struct Without(Option<Arc<(Box<Make>, Made)>>);

impl Without {
    /// By reading rows again; a fault where they have changed since.
    pub fn new(make: impl Fn(&NumberSet) -> Result<GroupContent, Diagnostic> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new((Box::new(make), Mutex::default()))))
    }

    /// The content without these people; `None` where there is no way to make one.
    pub fn of(&self, people: &NumberSet) -> Result<Option<Arc<GroupContent>>, Diagnostic> {
        let Some((make, made)) = self.0.as_deref() else {
            return Ok(None);
        };
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, content)) = made.iter().find(|(known, _)| known == people) {
            return Ok(Some(Arc::clone(content)));
        }
        let content = Arc::new(GroupContent {
            left_out: people.clone(),
            ..make(people)?
        });
        made.push((people.clone(), Arc::clone(&content)));
        Ok(Some(content))
    }
}

impl fmt::Debug for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Without" } else { "None" })
    }
}
