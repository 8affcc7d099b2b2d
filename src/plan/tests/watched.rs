//! Suppression lists that lost somebody.

use super::*;
use crate::desired::{ListBaseline, WatchedList};

/// `hello` to 0..10 without the suppressed ones.
fn files(suppressed: u64) -> DesiredCampaign {
    DesiredCampaign {
        suppressed,
        max_recipients_per_batch: 1000,
        ..campaign("hello", 0..10 - suppressed, "hi", DAY)
    }
}

fn hello() -> CampaignRef {
    CampaignRef::parse("hello").unwrap()
}

fn watched(rows: u64, before: Option<(u64, u64)>, begins_as_before: bool) -> WatchedList {
    WatchedList {
        file: "stop.csv".to_owned(),
        campaigns: [hello()].into(),
        rows,
        digest: "now".to_owned(),
        numbers: Arc::default(),
        before: before.map(|(rows, took_out)| ListBaseline {
            rows,
            digest: "then".to_owned(),
            took_out: [(hello(), took_out)].into(),
        }),
        begins_as_before,
    }
}

/// Reasons of what is held, and what the guard says.
fn judged(suppressed: u64, list: WatchedList) -> (Vec<HeldReason>, Option<String>) {
    let mut scenario = Scenario::new([files(suppressed)]);
    scenario.policy.suppressions.lists = vec![list];
    let plan = scenario.plan();
    assert_eq!(plan.trips_on_list("stop.csv"), plan.is_refused_by_guard());
    assert!(!plan.trips_on_list("other.csv"));
    (reasons(&plan), plan.guards.first().map(|guard| guard.actual.clone()))
}

#[test]
fn a_list_that_only_grew_holds_nothing() {
    assert_eq!(judged(2, watched(5, Some((5, 2)), true)), (vec![], None));
    assert_eq!(judged(3, watched(9, Some((5, 2)), true)), (vec![], None));
    // The audience changed: fewer of it are on a list that lost nobody.
    assert_eq!(judged(0, watched(5, Some((5, 2)), true)), (vec![], None));
    assert_eq!(
        judged(2, watched(5, None, false)),
        (vec![], None),
        "nothing is remembered"
    );
}

#[test]
fn a_shorter_list_holds_every_campaign_that_uses_it() {
    let (reasons, actual) = judged(2, watched(4, Some((5, 2)), true));
    assert_eq!(reasons, [HeldReason::Guard]);
    assert_eq!(actual.as_deref(), Some("4 numbers, was 5"));
    let mut scenario = Scenario::new([files(2), campaign("other", 20..23, "hi", DAY)]);
    scenario.policy.suppressions.lists = vec![watched(4, Some((5, 2)), false)];
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["create other new"]);
    assert_eq!(plan.held[0].allow_text().unwrap(), "suppression-shrink=stop.csv");
    assert!(
        plan.held[0].message.contains("`stop.csv` has 4 numbers, was 5"),
        "{}",
        plan.held[0].message
    );
    scenario.allow("suppression-shrink=./stop.csv");
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.overrides_used.len()), (2, 1));
    assert!(!plan.trips_on_list("stop.csv"), "an allow moves what is remembered");
}

#[test]
fn a_list_of_the_same_length_with_others_in_it_is_known_by_whom_it_takes_out() {
    assert_eq!(
        judged(2, watched(5, Some((5, 2)), false)),
        (vec![], None),
        "sorted anew"
    );
    let (reasons, actual) = judged(0, watched(5, Some((5, 2)), false));
    assert_eq!(reasons, [HeldReason::Guard]);
    assert_eq!(actual.as_deref(), Some("2 fewer rows of `hello` are suppressed"));
}

#[test]
fn a_list_that_is_named_no_more_is_missed_only_where_people_come_back() {
    assert_eq!(
        judged(2, watched(0, Some((5, 2)), false)),
        (vec![], None),
        "another list has them"
    );
    let (reasons, _) = judged(1, watched(0, Some((5, 2)), false));
    assert_eq!(reasons, [HeldReason::Guard]);
}

#[test]
fn the_guard_trips_where_nothing_would_be_sent_today() {
    let mut scenario = Scenario::applied([files(2)]);
    scenario.policy.suppressions.lists = vec![watched(4, Some((5, 2)), true)];
    let plan = scenario.plan();
    assert_eq!(reasons(&plan), []);
    assert!(plan.trips_on_list("stop.csv") && plan.is_refused_by_guard());
}

#[test]
fn without_a_journal_the_plan_says_that_nothing_can_be_compared() {
    let mut scenario = Scenario::new([files(2)]);
    let told = |scenario: &mut Scenario| scenario.plan().diagnostics.iter().filter(|d| d.code == "C421").count();
    scenario.policy.suppressions.lists = vec![watched(5, None, false)];
    assert_eq!(told(&mut scenario), 0, "there is a journal: the list is new");
    scenario.journal.exists = false;
    assert_eq!(told(&mut scenario), 1);
    scenario.policy.suppressions.lists.clear();
    assert_eq!(told(&mut scenario), 0, "no list, nothing to compare");
}
