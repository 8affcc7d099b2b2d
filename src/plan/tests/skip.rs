//! `on_pressure: skip`: who is left out of which occurrence.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::campaign::{ContactLimit, ContactPeriod, OnPressure};

/// At most one text within 24 hours; people who would get more are left out.
fn skipping(mut scenario: Scenario) -> Scenario {
    scenario.policy.guards.max_per_person = vec![ContactLimit {
        messages: 1,
        within: ContactPeriod::Time(Duration::from_hours(24)),
    }];
    scenario.policy.guards.on_pressure = OnPressure::Skip;
    scenario
}

type Told = (u64, Vec<(String, u64)>);

/// Everybody who would be texted by each campaign, as the plan counts them, and those left out with what they get.
fn told(plan: &Plan) -> BTreeMap<String, Told> {
    let told = plan.campaigns.iter().map(|summary| {
        let skipped = summary.skipped.iter().map(|skipped| {
            let instead: Vec<&str> = skipped.instead.iter().map(CampaignRef::as_str).collect();
            (instead.join("+"), skipped.people)
        });
        (summary.campaign.to_string(), (summary.recipients, skipped.collect()))
    });
    told.collect()
}

fn entry(people: u64, skipped: &[(&str, u64)]) -> Told {
    let skipped = skipped.iter().map(|(name, people)| ((*name).to_owned(), *people));
    (people, skipped.collect())
}

/// Who got how many texts, as the providers hold them.
fn texts(scenario: &Scenario) -> BTreeMap<u64, usize> {
    let mut texts = BTreeMap::new();
    for batch in (scenario.truth.iter()).filter(|batch| batch.state != ReportedState::Canceled) {
        if let Recipients::Read(people) = &batch.recipients {
            people
                .iter()
                .for_each(|number| *texts.entry(number.as_u64()).or_default() += 1);
        }
    }
    texts
}

#[test]
fn people_are_left_out_of_the_later_one_and_counted_by_what_they_get() {
    let mut scenario = skipping(Scenario::new([
        campaign("early", 0..6, "hi", 60),
        campaign("late", 4..9, "ho", 120),
        campaign("far", 0..9, "hey", 60 + 60 * 60),
    ]));
    let plan = scenario.plan();
    assert!(plan.held.is_empty(), "{:?}", plan.held);
    let expected = [
        ("early".to_owned(), entry(6, &[])),
        ("far".to_owned(), entry(9, &[])),
        ("late".to_owned(), entry(3, &[("early", 2)])),
    ];
    assert_eq!(told(&plan), expected.into());
    scenario.run();
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
    assert!(texts(&scenario).values().all(|texts| *texts <= 2));
}

#[test]
fn the_higher_rank_comes_first_whatever_stands_at_the_provider() {
    let early = campaign("early", 0..6, "hi", 60);
    let mut scenario = skipping(Scenario::applied([early.clone()]));
    let mut late = campaign("late", 4..9, "ho", 120);
    late.rank = 1;
    scenario.files([early, late]);
    let plan = scenario.plan();
    assert_eq!(told(&plan)["early"], entry(4, &[("late", 2)]));
    assert_eq!(told(&plan)["late"], entry(5, &[]));
    scenario.run();
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
    assert!(texts(&scenario).values().all(|texts| *texts == 1));
}

#[test]
fn a_further_campaign_changes_only_the_batches_of_those_whom_it_concerns() {
    let big = || campaign("big", 0..40, "hi", 120);
    let mut scenario = skipping(Scenario::applied([big()]));
    scenario.files([big(), campaign("small", 7..8, "ho", 60)]);
    let plan = scenario.plan();
    let replaced = plan.operations.iter().filter(|o| o.action == Action::Replace);
    assert_eq!(
        (replaced.count(), told(&plan)["big"].clone()),
        (1, entry(39, &[("small", 1)]))
    );
}

#[test]
fn what_has_begun_as_the_files_give_it_stays_as_it_is() {
    let files = || [campaign("early", 0..6, "hi", 60), campaign("late", 4..9, "ho", 120)];
    let mut scenario = skipping(Scenario::new(files()));
    scenario.run();
    // Both have begun; then a third one with a higher rank is added, and it must not take anybody out of what was sent.
    scenario.now = at(121);
    let mut third = campaign("third", 0..9, "hey", 400);
    third.rank = 7;
    scenario.files(files().into_iter().chain([third]));
    let plan = scenario.plan();
    assert_eq!(told(&plan)["third"], entry(0, &[("early", 6), ("late", 3)]));
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(plan.held.is_empty(), "{:?}", plan.held);
}

#[test]
fn what_has_begun_with_other_content_is_read_back() {
    let mut scenario = skipping(Scenario::applied([campaign("sent", 0..3, "hi", 60)]));
    scenario.now = at(70);
    scenario.files([campaign("sent", 10..13, "other", 60), campaign("next", 2..4, "ho", 300)]);
    let plan = scenario.plan();
    assert!(!scenario.read.is_empty());
    assert_eq!(told(&plan)["next"], entry(1, &[("sent", 1)]));
}

#[test]
fn where_nobody_can_read_who_got_one_the_later_one_is_held() {
    let mut scenario = skipping(Scenario::applied([campaign("sent", 0..3, "hi", 60)]));
    scenario.now = at(70);
    for batch in &mut scenario.truth {
        batch.recipients = Recipients::Unreadable;
    }
    scenario.files([
        campaign("sent", 10..13, "other", 60),
        campaign("next", 20..24, "ho", 300),
    ]);
    let plan = scenario.plan();
    assert!(reasons(&plan).contains(&HeldReason::Pressure), "{:?}", reasons(&plan));
}

#[test]
fn what_was_stopped_does_not_count() {
    let files = || [campaign("early", 0..6, "hi", 60), campaign("late", 4..9, "ho", 120)];
    let mut scenario = skipping(Scenario::new(files()));
    scenario.run();
    for batch in &mut scenario.truth {
        if batch.reference.as_ref().unwrap().slot.campaign.as_str() == "early" {
            batch.state = ReportedState::Canceled;
            batch.proof = Proof::NothingLeft;
        }
    }
    let plan = scenario.plan();
    assert_eq!(told(&plan)["late"], entry(5, &[]));
}

#[test]
fn an_occurrence_without_anybody_left_is_told_of_and_its_batches_go() {
    let late = campaign("late", 4..6, "ho", 120);
    let mut scenario = skipping(Scenario::applied([late.clone()]));
    scenario.files([campaign("early", 0..9, "hi", 60), late]);
    let plan = scenario.plan();
    assert_eq!(told(&plan)["late"], entry(0, &[("early", 2)]));
    let actions = actions(&plan);
    assert!(
        actions.iter().any(|action| action.starts_with("cancel late")),
        "{actions:?}"
    );
}

#[test]
fn what_has_begun_of_an_occurrence_under_another_group_leaves_nobody_out_of_it() {
    let mut scenario = skipping(Scenario::applied([campaign("sent", 0..3, "hi", 60)]));
    scenario.now = at(70);
    let zones: [(i8, &[u64], i64); 1] = [(4, &[0, 1, 2], 100)];
    scenario.files([zoned(campaign("sent", 0..3, "hi", 60), &zones, "hi")]);
    let plan = scenario.plan();
    assert_eq!((told(&plan)["sent"].1.len(), actions(&plan)), (0, Vec::new()));
    assert!(!plan.held.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nobody_gets_more_than_allowed_and_what_was_applied_stays(
        campaigns in prop::collection::vec((0_u64..30, 1_u64..20, 1_i64..60, 0_i32..3), 1..6), most in 1_usize..3, hours in 1_u64..30,
        steps in prop::collection::vec(0_u64..900, 0..4),
    ) {
        let opens: BTreeMap<String, i64> =
            campaigns.iter().enumerate().map(|(i, (_, _, opens, _))| (format!("c{i}"), 30 + opens * 30)).collect();
        let files: Vec<DesiredCampaign> = campaigns.iter().enumerate().map(|(i, (from, people, _, rank))| {
            let name = format!("c{i}");
            DesiredCampaign { rank: *rank, ..campaign(&name, *from..from + people, &name, opens[&name]) }
        }).collect();
        let mut scenario = skipping(Scenario::new(files));
        scenario.policy.guards.max_per_person[0].messages = most;
        scenario.policy.guards.max_per_person[0].within = ContactPeriod::Time(Duration::from_hours(hours));
        scenario.run();
        for step in steps {
            scenario.now = scenario.now + Duration::from_secs(60 * step);
            let plan = scenario.plan();
            prop_assert_eq!(actions(&plan), Vec::<String>::new());
        }
        let mut times: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
        for batch in &scenario.truth {
            let name = batch.reference.as_ref().unwrap().slot.campaign.to_string();
            let Recipients::Read(people) = &batch.recipients else { continue };
            for number in people.iter() {
                times.entry(number.as_u64()).or_default().push(opens[&name]);
            }
        }
        let length = 60 * i64::try_from(hours).unwrap();
        for times in times.values() {
            let within = |start: &i64| times.iter().filter(|at| (*start..start + length).contains(at)).count();
            prop_assert!(times.iter().all(|start| within(start) <= most));
        }
    }

    #[test]
    fn a_plan_with_people_left_out_is_the_plan_of_lists_without_them(
        campaigns in prop::collection::vec((0_u64..30, 1_u64..30, 1_i64..20, 0_i32..3), 1..6), most in 1_usize..3,
    ) {
        let files = |left_out: &dyn Fn(&str, u64) -> bool| -> Vec<DesiredCampaign> {
            let files = campaigns.iter().enumerate().map(|(i, (from, people, opens, rank))| {
                let name = format!("c{i}");
                let numbers = (*from..from + people).filter(|n| !left_out(&name, *n));
                DesiredCampaign { rank: *rank, ..campaign(&name, numbers, &name, 60 + opens * 30) }
            });
            files.collect()
        };
        let mut scenario = skipping(Scenario::new(files(&|_, _| false)));
        scenario.policy.guards.max_per_person[0].messages = most;
        let plan = scenario.plan();
        let out: BTreeMap<String, NumberSet> = plan.campaigns.iter().filter_map(|summary| {
            Some((summary.campaign.to_string(), summary.left_out.values().next()?.clone()))
        }).collect();
        let is_out = |name: &str, n: u64| out.get(name).is_some_and(|out| people([n]).iter().all(|one| out.contains(one)));
        let said = |plan: &Plan| -> Vec<Operation> {
            let operations = plan.operations.iter().map(|operation| Operation {
                content: operation.content.clone().map(|content| Content { left_out: NumberSet::default(), ..content }),
                ..operation.clone()
            });
            operations.collect()
        };
        let mut rest = Scenario::new(files(&is_out));
        let count: usize = plan.campaigns.iter().map(|summary| summary.skipped.len()).sum();
        prop_assert_eq!(count > 0, !out.is_empty());
        prop_assert_eq!(said(&plan), said(&rest.plan()));
    }
}
