//! What the files say against texting: numbers that must not be texted, and broken rules that hold like a guard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::unread::NoLists;
use super::watched_list::WatchedList;
use crate::campaign::Rule;
use crate::model::{CampaignRef, Group, Msisdn, NumberSet, OccurrenceKey, Person, ProviderName};

/// Numbers that must not be texted, by whom they concern.
#[derive(Debug, Clone, Default)]
pub struct Suppressions {
    /// Every list of the project, campaigns' own ones included: counts for batches without a file.
    pub everywhere: Arc<NumberSet>,
    /// Per campaign: the project's lists and its own. A campaign that is not here is judged by `everywhere`.
    pub by_campaign: BTreeMap<CampaignRef, Arc<NumberSet>>,
    /// Whom accounts block themselves: they leave new batches, and a batch that holds one is replaced in time.
    pub blocked: BTreeMap<ProviderName, Arc<NumberSet>>,
    /// Each list, to be compared with what an earlier run found in it.
    pub lists: Vec<WatchedList>,
    /// Lists that could not be read: what an earlier run found in them stays remembered.
    pub unread: BTreeSet<String>,
    /// Campaigns that use one of those, and why it could not be read. They are held.
    pub without: BTreeMap<CampaignRef, NoLists>,
}

impl Suppressions {
    /// The same without some people of some campaigns: who was suppressed before they were.
    #[must_use]
    pub fn without(&self, people: &BTreeMap<CampaignRef, (ProviderName, BTreeSet<Person>)>) -> Self {
        let mut before = self.clone();
        let everybody: BTreeSet<Person> = people.values().flat_map(|(_, people)| people).copied().collect();
        before.everywhere = less(&self.everywhere, &everybody);
        for (campaign, (_, people)) in people {
            if let Some(numbers) = before.by_campaign.get_mut(campaign) {
                *numbers = less(numbers, people);
            }
        }
        for (provider, numbers) in &mut before.blocked {
            let of_provider = people.values().filter(|(of, _)| of == provider);
            *numbers = less(numbers, &of_provider.flat_map(|(_, people)| people).copied().collect());
        }
        before
    }

    /// Whether every list of a campaign could be read.
    pub fn require_read(&self, campaign: &CampaignRef) -> Result<(), NoLists> {
        self.without.get(campaign).map_or(Ok(()), |none| Err(none.clone()))
    }

    /// What counts for a campaign.
    pub fn of(&self, campaign: &CampaignRef) -> &NumberSet {
        self.by_campaign.get(campaign).unwrap_or(&self.everywhere)
    }
}

fn less(numbers: &NumberSet, people: &BTreeSet<Person>) -> Arc<NumberSet> {
    let stays = |number: &Msisdn| !people.contains(&Person::from(*number));
    Arc::new(NumberSet::new(numbers.iter().filter(stays)))
}

/// Something that a check of the files found against sending; holds like a tripped guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule an override must name.
    pub rule: Rule,
    /// In which campaign.
    pub campaign: CampaignRef,
    /// In which occurrence; `None` is all.
    pub occurrence: Option<OccurrenceKey>,
    /// In which group; `None` is all.
    pub group: Option<Group>,
    /// What it says: lower case, no full stop.
    pub message: String,
    /// What is, for the list of guards.
    pub actual: String,
    /// What may be, for the list of guards.
    pub limit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_suppressed_before_somebody_was_is_told_for_each_list() {
        let numbers = |last: &[u64]| {
            let numbers = last.iter().map(|last| Msisdn::from_u64(46_701_000_000 + last).unwrap());
            Arc::new(NumberSet::new(numbers))
        };
        let name = |name: &str| CampaignRef::parse(name).unwrap();
        let provider = |name: &str| ProviderName::parse(name).unwrap();
        let suppressions = Suppressions {
            everywhere: numbers(&[1, 2, 3]),
            by_campaign: [(name("one"), numbers(&[1, 2])), (name("two"), numbers(&[1, 3]))].into(),
            blocked: [(provider("p"), numbers(&[1, 4])), (provider("q"), numbers(&[1, 4]))].into(),
            ..Suppressions::default()
        };
        let people: BTreeSet<Person> = numbers(&[1, 4]).iter().map(Person::from).collect();
        let before = suppressions.without(&[(name("one"), (provider("p"), people))].into());
        assert_eq!(before.everywhere, numbers(&[2, 3]));
        assert_eq!(
            before.by_campaign,
            [(name("one"), numbers(&[2])), (name("two"), numbers(&[1, 3]))].into()
        );
        assert_eq!(
            before.blocked,
            [(provider("p"), numbers(&[])), (provider("q"), numbers(&[1, 4]))].into()
        );
    }
}
