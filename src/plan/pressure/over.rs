//! Who would get too many marketing texts, in words.

use std::collections::BTreeSet;

use crate::campaign::ContactLimit;
use crate::model::{CampaignRef, grouped};

/// People who would get too many, and what they would get.
pub(in crate::plan) struct Over {
    pub people: u64,
    /// The most that one of them would get.
    pub messages: usize,
    pub campaigns: BTreeSet<CampaignRef>,
}

/// So many campaigns are named.
const NAMED: usize = 10;

/// `412 people would get 3 marketing texts within 7d: a, b, c`.
pub(in crate::plan) fn told(over: &Over, limit: &ContactLimit) -> String {
    let people = if over.people == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", grouped(over.people))
    };
    let campaigns: Vec<&str> = over.campaigns.iter().map(CampaignRef::as_str).take(NAMED).collect();
    let more = match over.campaigns.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {} more", grouped(more as u64)),
    };
    format!(
        "{people} would get {} marketing texts within {}: {}{more}",
        over.messages,
        limit.within,
        campaigns.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::ContactPeriod;

    #[test]
    fn of_many_campaigns_ten_are_named() {
        let over = |count: u32| Over {
            people: 3,
            messages: 12,
            campaigns: (0..count)
                .map(|i| CampaignRef::parse(&format!("c{i:02}")).unwrap())
                .collect(),
        };
        let limit = ContactLimit {
            messages: 2,
            within: ContactPeriod::Days(1),
        };
        let ten = "c00, c01, c02, c03, c04, c05, c06, c07, c08, c09";
        assert!(told(&over(10), &limit).ends_with(ten));
        assert!(told(&over(12), &limit).ends_with(&format!("{ten} and 2 more")));
    }
}
