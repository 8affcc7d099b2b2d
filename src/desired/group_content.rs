//! What the people of a group get, and the way to the same without some of them.

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

/// Makes contents without some people, each by its number among those that it knows.
pub(super) type MakeContents = dyn Fn(&[(usize, &NumberSet)]) -> Vec<Result<GroupContent, Diagnostic>> + Send + Sync;
type Made = Mutex<Vec<(NumberSet, Arc<GroupContent>)>>;

/// Makes a content without some people; asked again for the same ones, it gives the same again.
#[derive(Clone, Default)]
pub struct Without(Option<Arc<ContentWay>>);

struct ContentWay {
    make: Arc<MakeContents>,
    content: usize,
    made: Made,
}

impl Without {
    /// By reading rows again; a fault where they have changed since. `make` gives a result for each that it is asked
    /// for, and `content` is what it calls this one.
    pub fn new(make: Arc<MakeContents>, content: usize) -> Self {
        let made = Made::default();
        Self(Some(Arc::new(ContentWay { make, content, made })))
    }

    /// The content without these people; `None` where there is no way to make one.
    pub fn of(&self, people: &NumberSet) -> Result<Option<Arc<GroupContent>>, Diagnostic> {
        let Some(way) = self.0.as_deref() else {
            return Ok(None);
        };
        if let Some(content) = way.known(people) {
            return Ok(Some(content));
        }
        let made = (way.make)(&[(way.content, people)]).pop();
        made.transpose()
            .map(|made| made.map(|content| way.keep(people, content)))
    }

    /// Makes many at once: lists that several share are read once. Those that could not be made give their fault when
    /// they are asked for.
    pub fn make_all(asked: &[(&Self, &NumberSet)]) {
        let mut wanted: Vec<(&ContentWay, &NumberSet)> = Vec::new();
        for (way, people) in asked
            .iter()
            .filter_map(|(without, people)| Some((without.0.as_deref()?, *people)))
        {
            let is_same = |(other, known): &(&ContentWay, &NumberSet)| std::ptr::eq(*other, way) && *known == people;
            if way.known(people).is_none() && !wanted.iter().any(is_same) {
                wanted.push((way, people));
            }
        }
        while let Some((first, _)) = wanted.first() {
            let make = Arc::clone(&first.make);
            let (alike, others) = wanted.into_iter().partition(|(way, _)| Arc::ptr_eq(&way.make, &make));
            let alike: Vec<(&ContentWay, &NumberSet)> = alike;
            wanted = others;
            let asked: Vec<(usize, &NumberSet)> = alike.iter().map(|(way, people)| (way.content, *people)).collect();
            for ((way, people), made) in alike.into_iter().zip(make(&asked)) {
                if let Ok(content) = made {
                    way.keep(people, content);
                }
            }
        }
    }
}

impl ContentWay {
    fn known(&self, people: &NumberSet) -> Option<Arc<GroupContent>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made.iter().find(|(known, _)| known == people);
        known.map(|(_, content)| Arc::clone(content))
    }

    fn keep(&self, people: &NumberSet, content: GroupContent) -> Arc<GroupContent> {
        let content = Arc::new(GroupContent {
            left_out: people.clone(),
            ..content
        });
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push((people.clone(), Arc::clone(&content)));
        content
    }
}

impl fmt::Debug for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Without" } else { "None" })
    }
}
