//! Variants, control groups and the holdout: who gets which text, and what never moves anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;

use super::tests::{ONCE, PROJECT, aggregated, settings};
use super::{Aggregate, AggregateSettings};
use crate::campaign::{Campaign, Holdout, read_campaign, read_project};
use crate::desired::settings_of;
use crate::model::{Api, Group, Instant, Msisdn, NumberSet, Part, Place, Window, Windows};

fn campaign(variants: &str) -> Campaign {
    let project = read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0;
    let text = format!("sender: ACME\nvariants:\n{variants}\nrecipients:\n  - csv: a.csv\ndelivery:\n{ONCE}\n");
    let read = read_campaign(Path::new("campaigns/promo.yaml"), &text, &project, &|_: &Path| {
        Err("none".into())
    });
    read.unwrap_or_else(|faults| panic!("{faults:?}")).0
}

fn weighted(a: u32, b: u32, control: u32) -> Campaign {
    campaign(&format!(
        "  - {{ name: a, weight: {a}, body: \"A {{{{ n }}}}\" }}\n  - {{ name: b, weight: {b}, body: \"B {{{{ n }}}}\" }}\n  - {{ name: control, weight: {control}, send: false }}"
    ))
}

fn list(people: &[u64]) -> String {
    let rows = people.iter().map(|i| format!("{},x\n", 46_701_000_000 + i));
    std::iter::once("msisdn,n\n".to_owned()).chain(rows).collect()
}

fn of(campaign: &Campaign, people: &[u64], settings: AggregateSettings) -> Aggregate {
    aggregated(campaign, &[&list(people)], 256, settings).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Who gets which text.
fn texts(aggregate: &Aggregate) -> BTreeMap<u64, String> {
    let messages = aggregate.messages(0, Group::Single, Part::WHOLE).unwrap();
    messages
        .into_iter()
        .map(|message| (message.recipient.as_u64() - 46_701_000_000, message.body))
        .collect()
}

fn held_out(percent: u32) -> AggregateSettings {
    AggregateSettings {
        holdout: Some(Holdout {
            percent,
            salt: "2026".to_owned(),
            place: Place::default(),
        }),
        ..settings()
    }
}

#[test]
fn variants_share_parts_and_control_groups_get_nothing() {
    let people: Vec<u64> = (0..400).collect();
    let aggregate = of(&weighted(45, 45, 10), &people, settings());
    let texts = texts(&aggregate);
    let [a, b, control] = aggregate.variants(0) else {
        panic!("three variants");
    };
    let count = |text: &str| texts.values().filter(|body| *body == text).count() as u64;
    assert_eq!((count("A x"), count("B x")), (a.people, b.people));
    assert_eq!(a.people + b.people + control.people, 400);
    assert!(control.people > 15 && control.people < 80, "{control:?}");
    assert_eq!((a.segments, control.segments), (a.people, 0));
    let sums = aggregate.groups(0)[0].content.buckets.total();
    assert_eq!(sums.recipients, a.people + b.people);
    let mut estimate = a.estimate.clone();
    estimate.merge(&b.estimate);
    assert_eq!(sums.estimate, estimate);
    assert_eq!(aggregate.audience(0).unwrap().total().set_apart, control.people);
    let (payload, digest) = aggregate
        .payload(0, Group::Single, Part::WHOLE, &NumberSet::default())
        .unwrap();
    assert_eq!((payload.len() as u64, digest), (a.people + b.people, sums.digest));
}

#[test]
fn the_fingerprint_of_variants_is_the_same_in_every_release() {
    let campaign = weighted(45, 45, 10);
    let aggregate = of(&campaign, &(0..50).collect::<Vec<u64>>(), settings());
    let instant = |text: &str| Instant::parse(text).unwrap();
    let windows = Windows::one(Window::new(instant("2031-11-28T09:00:00Z"), instant("2031-11-28T20:00:00Z")).unwrap());
    let totals = aggregate.groups(0)[0].content.buckets.total();
    let fingerprint = |api| settings_of(&campaign).fingerprint(api, &totals, &windows);
    insta::assert_compact_debug_snapshot!(fingerprint(Api::Ip1), @"Fingerprint(32379172205)");
    insta::assert_compact_debug_snapshot!(fingerprint(Api::Sinch), @"Fingerprint(19684308589)");
}

#[test]
fn a_person_of_several_rows_is_left_out_once() {
    let everybody: Vec<u64> = (0..200).chain(0..200).collect();
    let once = of(&weighted(1, 1, 1), &everybody[..200], held_out(20));
    let twice = of(&weighted(1, 1, 1), &everybody, held_out(20));
    assert_eq!(once.variants(0), twice.variants(0));
    assert_eq!(once.held_out(0), twice.held_out(0));
    assert!(once.held_out(0) > 10, "{}", once.held_out(0));
    let all: u64 = once.variants(0).iter().map(|sums| sums.people).sum();
    assert_eq!(all + once.held_out(0), 200);
}

#[test]
fn the_holdout_is_the_same_people_in_every_campaign_of_marketing() {
    let people: Vec<u64> = (0..300).collect();
    let left_out = |campaign: &Campaign| -> BTreeSet<u64> {
        let texts = texts(&of(campaign, &people, held_out(10)));
        people.iter().copied().filter(|i| !texts.contains_key(i)).collect()
    };
    let one = weighted(1, 1, 0);
    let mut other = weighted(3, 1, 0);
    other.split_salt = Some("other".to_owned());
    assert_eq!(left_out(&one), left_out(&other));
    assert!(!left_out(&one).is_empty());
    let mut service = weighted(1, 1, 0);
    service.category = crate::campaign::Category::Service;
    assert!(left_out(&service).is_empty());
}

#[test]
fn a_list_that_is_held_out_as_a_whole_is_no_error() {
    let out = of(&weighted(1, 1, 0), &(0..300).collect::<Vec<u64>>(), held_out(10));
    let stays = texts(&out);
    let held: Vec<u64> = (0..300).filter(|i| !stays.contains_key(i)).take(2).collect();
    let aggregate = of(&weighted(1, 1, 0), &held, held_out(10));
    assert!(aggregate.groups(0).iter().all(|group| group.content.buckets.is_empty()));
    assert_eq!(aggregate.held_out(0), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn order_and_added_rows_move_nobody(
        people in prop::collection::btree_set(0_u64..5000, 40..120), more in prop::collection::btree_set(5000_u64..9000, 0..60),
    ) {
        let campaign = weighted(5, 4, 1);
        let before = texts(&of(&campaign, &people.iter().copied().collect::<Vec<u64>>(), held_out(5)));
        let shuffled: Vec<u64> = more.iter().chain(people.iter().rev()).copied().collect();
        let mut after = texts(&of(&campaign, &shuffled, held_out(5)));
        after.retain(|person, _| people.contains(person));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn changed_weights_move_people_only_into_what_grew(people in prop::collection::btree_set(0_u64..5000, 40..120), a in 1_u32..60, grown in 1_u32..60) {
        let people: Vec<u64> = people.into_iter().collect();
        let before = texts(&of(&weighted(a, 45, 10), &people, settings()));
        let after = texts(&of(&weighted(a + grown, 45, 10), &people, settings()));
        for person in &people {
            let (was, is) = (before.get(person), after.get(person));
            prop_assert!(was == is || is.is_some_and(|text| text.starts_with('A')));
        }
    }
}

#[test]
fn a_text_of_variants_names_its_variant_and_no_other_text_does() {
    let both = "  - { name: a, weight: 1, body: \"acme.example/?v={{ recipient.variant }}\" }\n  - { name: b, weight: 1, body: \"{% if recipient.variant == 'b' %}bb{% endif %}{{ recipient.variant | upper }}\" }";
    let aggregate = of(&campaign(both), &(0..40).collect::<Vec<u64>>(), settings());
    let found: BTreeSet<String> = texts(&aggregate).into_values().collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["acme.example/?v=a", "bbB"]);
    let project = read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0;
    let text = format!(
        "sender: ACME\nbody: \"{{{{ recipient.variant }}}}\"\nrecipients:\n  - csv: a.csv\ndelivery:\n{ONCE}\n"
    );
    let read = read_campaign(Path::new("campaigns/promo.yaml"), &text, &project, &|_: &Path| {
        Err(String::new().into())
    });
    let faults = aggregated(&read.unwrap().0, &[&list(&[1])], 256, settings())
        .err()
        .unwrap();
    assert!(faults[0].message.contains("no field `variant`"), "{faults:?}");
}

#[test]
fn the_fingerprint_of_variants_in_languages_is_the_same_in_every_release() {
    let variants = "  - {{ name: a, weight: 1, body: {{ sv: \"Hej\", en: \"Hi\" }} }}\n  - {{ name: b, weight: 1, body: {{ sv: \"Hopp\", en: \"Ho\" }} }}\nlanguage: {{ column: n, fallback: en }}";
    let campaign = campaign(&variants.replace("{{", "{").replace("}}", "}"));
    let row = |i: u64| {
        format!(
            "{},{}\n",
            46_701_000_000 + i,
            ["sv", "en"][usize::try_from(i % 2).unwrap()]
        )
    };
    let rows: String = std::iter::once("msisdn,n\n".to_owned())
        .chain((0..50).map(row))
        .collect();
    let aggregate = aggregated(&campaign, &[&rows], 256, settings()).unwrap();
    let windows = Window::new(Instant::from_unix_seconds(0), Instant::from_unix_seconds(3600)).unwrap();
    let totals = aggregate.groups(0)[0].content.buckets.total();
    let fingerprint = settings_of(&campaign).fingerprint(Api::Ip1, &totals, &Windows::one(windows));
    insta::assert_compact_debug_snapshot!(fingerprint, @"Fingerprint(6920594605)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn people_who_are_left_out_afterwards_count_as_if_they_were_in_no_list(
        numbers in prop::collection::vec((0_u64..60, 0_usize..3), 1..80), out in prop::collection::btree_set(0_u64..60, 0..40),
    ) {
        let long = "a longer one ".repeat(15);
        let words = ["x", &long, "Ž"];
        let list = |wanted: &dyn Fn(u64) -> bool| -> String {
            let rows = numbers.iter().filter(|(n, _)| wanted(*n));
            let rows = rows.map(|(n, word)| format!("{},{}\n", 46_701_000_000 + n, words[*word]));
            std::iter::once("msisdn,n\n".to_owned()).chain(rows).collect()
        };
        let campaign = weighted(45, 45, 10);
        let whole = aggregated(&campaign, &[&list(&|_| true)], 256, settings()).unwrap();
        let left_out = NumberSet::new(out.iter().map(|n| Msisdn::from_u64(46_701_000_000 + n).unwrap()));
        let content = whole.groups(0)[0].content.without.of(&left_out).unwrap().unwrap();
        if numbers.iter().all(|(n, _)| out.contains(n)) {
            prop_assert!(content.buckets.is_empty());
            return Ok(());
        }
        let rest = aggregated(&campaign, &[&list(&|n| !out.contains(&n))], 256, settings()).unwrap();
        let expected = &rest.groups(0)[0].content;
        prop_assert_eq!(content.buckets.total(), expected.buckets.total());
        prop_assert_eq!(&content.segments_per_message, &expected.segments_per_message);
        prop_assert_eq!(&content.ucs2_causes, &expected.ucs2_causes);
        prop_assert_eq!(&content.countries, &expected.countries);
        prop_assert_eq!(content.numbers.people(), expected.numbers.people());
        let tallies = whole.tallies_without(0, &left_out).unwrap().0;
        for (tally, expected) in tallies.iter().zip(rest.variants(0)).take(2) {
            prop_assert_eq!(tally, expected);
        }
        let (payload, digest) = whole.payload(0, Group::Single, Part::WHOLE, &left_out).unwrap();
        let sums = expected.buckets.total();
        prop_assert_eq!((payload.len() as u64, digest), (sums.recipients, sums.digest));
    }
}
