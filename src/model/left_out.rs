//! Whom suppressions and opt-outs left out of a campaign when its plan was made: just enough that `apply FILE` can tell
//! who came later, and too little to tell anybody's number. A code has 20 bits; hundreds of numbers share each.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::{CampaignRef, Namespace, Person};

const DIGITS: usize = 5;

/// The codes of these people, five hexadecimal digits each, in order.
pub fn left_out_codes(
    namespace: &Namespace,
    campaign: &CampaignRef,
    people: impl IntoIterator<Item = Person>,
) -> String {
    let codes = people.into_iter().map(|person| code(namespace, campaign, person));
    codes.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Those of these people who were not left out, by the codes of those who were. One whose code somebody else had counts
/// as left out before.
pub fn left_out_since(
    namespace: &Namespace,
    campaign: &CampaignRef,
    people: impl IntoIterator<Item = Person>,
    codes: &str,
) -> BTreeSet<Person> {
    let bytes = codes.as_bytes();
    let known: BTreeSet<&[u8]> = bytes.chunks(DIGITS).collect();
    let is_new = |person: &Person| !known.contains(code(namespace, campaign, *person).as_bytes());
    people.into_iter().filter(is_new).collect()
}

fn code(namespace: &Namespace, campaign: &CampaignRef, person: Person) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"campanile left out 1\n");
    for field in [namespace.as_str(), campaign.as_str()] {
        hasher.update(field.as_bytes());
        hasher.update(b"\n");
    }
    hasher.update(person.as_u64().to_le_bytes());
    let hash = hasher.finalize();
    let hex: String = hash.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    hex.chars().take(DIGITS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Msisdn;

    #[test]
    fn who_came_later_is_told_and_nobody_else() {
        let namespace = Namespace::parse("shop").unwrap();
        let campaign = CampaignRef::parse("hello").unwrap();
        let people: Vec<Person> = (46_701_000_000..46_701_000_050)
            .map(|number| Msisdn::from_u64(number).unwrap().into())
            .collect();
        let codes = left_out_codes(&namespace, &campaign, people[..30].iter().copied());
        assert_eq!(codes.len(), 30 * DIGITS);
        let since = |codes: &str| left_out_since(&namespace, &campaign, people.iter().copied(), codes);
        assert_eq!(since(&codes), people[30..].iter().copied().collect());
        assert_eq!(since("").len(), 50);
        // Codes of one campaign say nothing about another.
        let other = CampaignRef::parse("other").unwrap();
        assert_ne!(left_out_codes(&namespace, &other, people[..30].iter().copied()), codes);
    }
}
