//! What the files say against texting: numbers that must not be texted, and broken rules that hold like a guard.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::watched_list::WatchedList;
use crate::campaign::Rule;
use crate::model::{CampaignRef, Group, NumberSet, OccurrenceKey, ProviderName};

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
}

impl Suppressions {
    /// What counts for a campaign.
    pub fn of(&self, campaign: &CampaignRef) -> &NumberSet {
        self.by_campaign.get(campaign).unwrap_or(&self.everywhere)
    }
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
