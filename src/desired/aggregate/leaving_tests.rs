//! People who leave campaigns of one list, all at once: each campaign is then as if they were in no list.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use super::tests::{ONCE, PROJECT, own_zones, reading, settings, table};
use super::{Aggregate, AggregateJob, AggregateSettings, aggregate_all};
use crate::campaign::{Campaign, read_campaign, read_project};
use crate::desired::Without;
use crate::desired::group_content::GroupContent;
use crate::model::{Msisdn, NumberSet, Part};

const TEXTS: &str = "variants:
  - { name: a, weight: 45, body: \"A {{ n }}\" }
  - { name: b, weight: 45, body: \"B {{ n }}\" }
  - { name: control, weight: 10, send: false }";

fn campaign(texts: &str, condition: &str, delivery: &str) -> Campaign {
    let project = read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0;
    let text =
        format!("sender: ACME\n{texts}\nrecipients:\n  - csv: a.csv\n    where: {condition}\ndelivery:\n{delivery}\n");
    let none = |_: &Path| Err("none".into());
    let read = read_campaign(Path::new("campaigns/promo.yaml"), &text, &project, &none);
    read.unwrap_or_else(|faults| panic!("{faults:?}")).0
}

fn campaigns() -> [Campaign; 3] {
    [
        campaign(TEXTS, "n != ''", ONCE),
        campaign("body: \"C {{ n }}\"", "n != 'x'", ONCE),
        campaign("body: Fixed", "n != ''", ONCE),
    ]
}

/// All read together, where their lists are one.
fn read(campaigns: &[Campaign], text: &str, settings: &AggregateSettings) -> Vec<Aggregate> {
    let one = table(&campaigns[0], 0, text);
    let jobs = campaigns.iter().map(|campaign| AggregateJob {
        campaign,
        tables: vec![one.clone()],
        suppressed: Vec::new(),
        settings: settings.clone(),
    });
    let made = aggregate_all(jobs.collect(), &reading(256)).into_iter();
    made.map(|made| made.unwrap_or_else(|unmade| panic!("{unmade:?}")))
        .collect()
}

fn number(n: u64) -> Msisdn {
    Msisdn::from_u64(46_701_000_000 + n).unwrap()
}

fn list(rows: &[(u64, usize)], is_in: impl Fn(u64) -> bool) -> String {
    let long = "a longer one ".repeat(15);
    let words = [("x", ""), (long.as_str(), "Asia/Tokyo"), ("Ž", "Europe/Paris")];
    let rows = rows.iter().filter(|(n, _)| is_in(*n));
    let rows = rows.map(|(n, word)| format!("{},{},{}\n", number(*n).as_u64(), words[*word].0, words[*word].1));
    std::iter::once("msisdn,n,tz\n".to_owned()).chain(rows).collect()
}

fn is_same(content: &GroupContent, expected: &GroupContent) -> Result<(), TestCaseError> {
    for bits in 0..4 {
        for k in 0..1 << bits {
            let part = Part::new(bits, k).unwrap();
            prop_assert_eq!(content.buckets.part(part), expected.buckets.part(part));
        }
    }
    prop_assert_eq!(&content.segments_per_message, &expected.segments_per_message);
    prop_assert_eq!(&content.ucs2_causes, &expected.ucs2_causes);
    prop_assert_eq!(&content.ucs2_together, &expected.ucs2_together);
    prop_assert_eq!(&content.countries, &expected.countries);
    prop_assert_eq!(&content.country_costs, &expected.country_costs);
    prop_assert_eq!(content.numbers.people(), expected.numbers.people());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn people_leave_several_campaigns_of_one_list_at_once(
        rows in prop::collection::vec((0_u64..400, 0_usize..3), 1..300), most in 1_u64..100,
        out in prop::collection::vec(prop::collection::btree_set(0_u64..400, 0..400), 3),
    ) {
        let campaigns = campaigns();
        let settings = AggregateSettings { most_per_part: Some(most), ..settings() };
        let may_be_empty = |text: &str| text.lines().count() > 1;
        let whole = list(&rows, |_| true);
        // `where` must leave somebody.
        prop_assume!(rows.iter().any(|(_, word)| *word > 0));
        let all = read(&campaigns, &whole, &settings);
        let leaving: Vec<NumberSet> = out.iter().map(|out| NumberSet::new(out.iter().map(|n| number(*n)))).collect();
        let contents = all.iter().map(|aggregate| &aggregate.groups(0)[0].content.without);
        let asked: Vec<(&Without, &NumberSet)> = contents.zip(&leaving).collect();
        Without::make_all(&asked);
        for (((aggregate, campaign), out), people) in all.iter().zip(&campaigns).zip(&out).zip(&leaving) {
            let content = aggregate.groups(0)[0].content.without.of(people).unwrap().unwrap();
            let alone = read(std::slice::from_ref(campaign), &whole, &settings);
            let other = alone[0].groups(0)[0].content.without.of(people).unwrap().unwrap();
            is_same(&content, &other)?;
            let rest = list(&rows, |n| !out.contains(&n));
            let left: BTreeSet<usize> = rows.iter().filter(|(n, _)| !out.contains(n)).map(|(_, word)| *word).collect();
            if !may_be_empty(&rest) || !left.iter().any(|word| *word > 0) {
                continue;
            }
            let rest = read(std::slice::from_ref(campaign), &rest, &settings);
            is_same(&content, &rest[0].groups(0)[0].content)?;
            let tallies = aggregate.tallies_without(0, people).unwrap().0;
            for (tally, expected) in tallies.iter().zip(rest[0].variants(0)).take(2) {
                prop_assert_eq!(tally, expected);
            }
        }
    }

    #[test]
    fn people_leave_groups_with_clocks_of_their_own(
        rows in prop::collection::vec((0_u64..200, 0_usize..3), 1..200), out in prop::collection::btree_set(0_u64..200, 0..200),
    ) {

        let campaign = campaign("body: \"C {{ n }}\"", "n != ''", ONCE);
        let settings = own_zones();
        let all = read(std::slice::from_ref(&campaign), &list(&rows, |_| true), &settings);
        let rest = list(&rows, |n| !out.contains(&n));
        let expected = (rest.lines().count() > 1).then(|| read(std::slice::from_ref(&campaign), &rest, &settings));
        for group in all[0].groups(0) {
            let people = NumberSet::new(group.content.numbers.iter().filter(|one| out.iter().any(|n| number(*n) == *one)));
            let content = group.content.without.of(&people).unwrap().unwrap();
            let expected = expected.as_ref().and_then(|all| all[0].groups(0).iter().find(|other| other.group == group.group));
            match expected {
                Some(expected) => is_same(&content, &expected.content)?,
                None => prop_assert!(content.buckets.is_empty() && content.numbers.is_empty()),
            }
        }
    }
}
