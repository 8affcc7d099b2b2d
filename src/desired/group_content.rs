//! What the people of a group get, and the way to the same without some of them: their rows are read again and taken
//! out of its sums.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::buckets::Buckets;
use crate::model::{Country, Diagnostic, Estimate, NumberSet};

/// Who gets what.
#[derive(Debug, Clone, Default)]
pub struct GroupContent {
    /// Counts and digests, from which any part is summed.
    pub buckets: Buckets,
    /// The people.
    pub numbers: Arc<NumberSet>,
    /// Messages by their number of segments.
    pub segments_per_message: BTreeMap<u32, u64>,
    /// What forces UCS-2, costliest first.
    pub ucs2_causes: Vec<UcsCause>,
    /// What replacing all of them would save, where that is more than each alone.
    pub ucs2_together: Option<(u64, Estimate)>,
    /// Counted people per country of their number.
    pub countries: BTreeMap<Option<Country>, u64>,
    /// Those of them with an area code of a state of the United States that has quiet hours of its own.
    pub us_states: BTreeMap<&'static str, u64>,
    /// Segments and their price per country.
    pub country_costs: BTreeMap<Option<Country>, (u64, Estimate)>,
    /// People of the lists who get other texts instead; none of them counts above.
    pub left_out: NumberSet,
    /// The same without further people.
    pub without: Without,
}

/// A character outside GSM-7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UcsCause {
    /// The character.
    pub character: char,
    /// In how many messages.
    pub messages: u64,
    /// How many segments fewer those messages would need if this character alone were replaced by `replacement`.
    pub extra_segments: u64,
    /// What could replace it.
    pub replacement: Option<String>,
    /// What that would save.
    pub saves: Estimate,
}

type MakeContent = dyn Fn(&NumberSet) -> Result<GroupContent, Diagnostic> + Send + Sync;
type Made = Mutex<Vec<(NumberSet, Arc<GroupContent>)>>;

/// Makes a content without some people; asked again for the same ones, it gives the same again.
#[derive(Clone, Default)]
pub struct Without(Option<Arc<(Box<MakeContent>, Made)>>);

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
