//! Renames.

use super::*;

#[test]
fn a_plain_rename_converges_in_one_apply() {
    let mut scenario = Scenario::applied([campaign("bf", 0..7, "hi", 60)]);
    scenario.files([campaign("black-friday", 0..7, "hi", 60)]);
    let plan = scenario.converge();
    let n = scenario.truth.len() / 2;
    assert_eq!(plan.operations.len(), 2 * n);
    assert!(plan.operations[..n].iter().all(|o| o.reason == Reason::FileRemoved));
    assert!(
        plan.operations[n..]
            .iter()
            .all(|o| o.reason == Reason::Renamed && o.after.len() == 1)
    );
}

#[test]
fn a_rename_of_what_has_begun_is_held() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.begin(0);
    for renamed in [
        campaign("black-friday", 0..3, "hi", 60),
        campaign("black-friday", 2..9, "hello", 600),
    ] {
        scenario.files([renamed]);
        let plan = scenario.plan();
        // Parts that hold none of the same people are somebody else's message.
        for operation in &plan.operations {
            assert!(!scenario.people_of(operation).shares_with(&people(0..3)));
        }
        assert!(reasons(&plan).contains(&HeldReason::LooksRenamed));
    }
    scenario.allow("renamed=black-friday");
    assert!(!reasons(&scenario.plan()).contains(&HeldReason::LooksRenamed));
}

#[test]
fn a_new_campaign_for_other_people_is_no_rename() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.begin(0);
    scenario.files([campaign("other", 10..13, "hi", 60)]);
    assert_eq!(actions(&scenario.converge()), ["create other new"]);
}

#[test]
fn a_new_campaign_for_the_same_people_more_than_min_gap_later_is_no_rename() {
    let mut scenario = Scenario::applied([campaign("spring", 0..3, "hi", 60)]);
    scenario.begin(0);
    scenario.files([campaign("summer", 0..3, "warm", 180 + DAY + 1)]);
    assert_eq!(actions(&scenario.plan()), ["create summer new"]);
    scenario.files([campaign("summer", 0..3, "warm", 180 + DAY)]);
    assert!(reasons(&scenario.plan()).contains(&HeldReason::LooksRenamed));
}

#[test]
fn a_brake_holds_under_a_new_name_too() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.pull_the_brake(0);
    scenario.files([campaign("black-friday", 0..3, "hello", 60)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::LooksRenamed]);
}

#[test]
fn another_namespace_of_the_same_campaign_is_a_rename() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.policy.namespace = Namespace::parse("new").unwrap();
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), reasons(&plan)),
        (0, vec![HeldReason::LooksRenamed])
    );
    // Months later: the same revision of the same campaign is the same send, whatever it is called.
    scenario.begin(0);
    scenario.files([campaign("bf", 0..3, "hello", 90 * DAY)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::LooksRenamed]);
    scenario.files([campaign("other", 0..3, "hello", 60)]);
    assert_eq!(
        actions(&scenario.plan()),
        ["create other new"],
        "another project's other campaign is nobody's business"
    );
}

#[test]
fn a_rename_whose_cancel_a_guard_refuses_is_held() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("spring", 5..8, "hi", 60)]);
    scenario.policy.guards.max_cancel = Some(0);
    scenario.files([campaign("black-friday", 0..3, "hi", 60)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    let mut held = reasons(&plan);
    held.sort();
    assert_eq!(held, [HeldReason::LooksRenamed, HeldReason::Guard, HeldReason::Guard]);
}

#[test]
fn a_rename_that_broke_off_half_way_texts_nobody_twice() {
    let mut scenario = Scenario::applied([campaign("bf", 0..7, "hi", 60)]);
    scenario.files([campaign("black-friday", 0..7, "hello", 60)]);
    let mut plan = scenario.plan();
    // The first old batch is canceled and its successor created; then the machine dies, and the rest begins to be sent.
    let first_create = plan.operations.iter().position(|o| o.action == Action::Create).unwrap();
    let create = plan.operations[first_create].clone();
    plan.operations
        .retain(|o| create.after.contains(&o.digest) || o.digest == create.digest);
    scenario.apply(&plan);
    scenario.now = at(49);
    for batch in scenario
        .truth
        .iter_mut()
        .filter(|b| b.reference.as_ref().unwrap().slot.campaign.as_str() == "bf")
    {
        if batch.state == ReportedState::Planned {
            batch.state = ReportedState::Ongoing;
        }
    }
    let again = scenario.plan();
    assert_eq!(actions(&again), Vec::<String>::new());
    assert!(reasons(&again).contains(&HeldReason::LooksRenamed));
}

#[test]
fn an_edit_of_what_lives_under_the_new_name_goes_through_while_the_old_name_is_stopped() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([campaign("black-friday", 0..3, "hi", 60)]);
    scenario.converge();
    scenario.forget_all_but_the_account();
    scenario.files([campaign("black-friday", 0..3, "hello", 60)]);
    assert_eq!(actions(&scenario.converge()), ["replace black-friday changed"]);
}

#[test]
fn a_removed_campaign_does_not_stand_in_the_way_of_people_who_are_planned_already() {
    let mut scenario = Scenario::applied([
        campaign("bf", 0..3, "hi", 60),
        campaign("evening", 0..3, "good evening", 600),
    ]);
    scenario.begin(0);
    scenario.truth[0].state = ReportedState::Sent;
    scenario.now = at(200);
    scenario.files([campaign("evening", 0..3, "good night", 600)]);
    assert_eq!(actions(&scenario.converge()), ["replace evening changed"]);
    scenario.files([campaign("evening", 0..6, "good night", 600)]);
    assert!(
        reasons(&scenario.converge()).is_empty(),
        "nor of new people, nor of another number of parts"
    );
}

#[test]
fn only_what_can_be_a_rename_is_read() {
    let mut scenario = Scenario::applied([campaign("spring", 0..3, "hi", 60)]);
    scenario.begin(0);
    scenario.files([campaign("summer", 0..3, "warm", 90 * DAY)]);
    scenario.plan();
    assert!(scenario.read.is_empty());
}

/// A daily campaign under a new name: yesterday's text is near, and is another day's.
#[test]
fn a_renamed_schedule_loses_no_day() {
    let daily = |name: &str, now: Instant| scheduled(name, "0 10 * * *", 0..3, "hi", now);
    let mut scenario = Scenario::applied([daily("morning", at(0))]);
    let today = scenario.truth.iter().position(|b| b.opens() == Some(at(120))).unwrap();
    scenario.now = at(121);
    scenario.begin(today);
    scenario.files([daily("breakfast", scenario.now)]);
    let plan = scenario.run();
    assert!(!reasons(&plan).contains(&HeldReason::LooksRenamed));
    let created = plan.operations.iter().filter(|o| o.action == Action::Create);
    let days: Vec<String> = created.map(|o| o.occurrence().to_string()).collect();
    let next = Some("2026-11-28T10:00");
    assert_eq!(
        days.first().map(String::as_str),
        next,
        "today's has begun under the old name"
    );
}

/// Two projects in one account text the same customers.
#[test]
fn another_projects_batch_for_the_same_people_holds_nobody_unless_it_is_this_very_send() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.policy.namespace = Namespace::parse("new").unwrap();
    scenario.files([campaign("sale", 0..3, "hello", 60)]);
    assert_eq!(actions(&scenario.plan()), ["create sale new"]);
    scenario.files([campaign("sale", 0..3, "hi", 60)]);
    assert_eq!(
        reasons(&scenario.plan()),
        [HeldReason::LooksRenamed],
        "the same hold_messages, people and times"
    );
}

/// People whom a planned batch would text anyway may be texted; people who join may not.
#[test]
fn only_those_who_join_are_asked_about_again() {
    let mut scenario = Scenario::applied([
        campaign("bf", 0..3, "hi", 60),
        campaign("evening", 1..3, "good evening", 600),
    ]);
    scenario.begin(0);
    scenario.truth[0].state = ReportedState::Sent;
    scenario.now = at(200);
    scenario.files([campaign("evening", 1..3, "good night", 600)]);
    assert_eq!(actions(&scenario.converge()), ["replace evening changed"]);
    scenario.files([campaign("evening", 0..3, "good night", 600)]);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), reasons(&plan)),
        (0, vec![HeldReason::LooksRenamed]),
        "number 0 got `hi` in the morning, and was not in the evening's batch"
    );
}

/// A batch that is repaired away because another namespace's says the same holds nobody any more: its people are asked
/// about again when the files move them to another group in the same plan.
#[test]
fn whoever_is_in_a_batch_that_is_repaired_away_is_asked_about_again() {
    let groups: &[(i8, &[u64], i64)] = &[(4, &[1, 2], 60)];
    let mut scenario = Scenario::applied([zoned(campaign("bf", 1..3, "hi", 60), groups, "hi")]);
    let mut twin = scenario.truth.first().unwrap().clone();
    let mut reference = twin.reference.clone().unwrap();
    reference.namespace = Namespace::parse("old").unwrap();
    (twin.id, twin.position) = (BatchId("twin".to_owned()), 9);
    (twin.reference_text, twin.reference) = (Some(reference.to_string()), Some(reference));
    scenario.truth.push(twin);
    let moved: &[(i8, &[u64], i64)] = &[(8, &[1, 2], 120)];
    scenario.files([zoned(campaign("bf", 1..3, "hi", 60), moved, "hi")]);
    let plan = scenario.plan();
    assert!(!plan.operations.iter().any(Operation::sends), "{:?}", actions(&plan));
    assert!(reasons(&plan).contains(&HeldReason::LooksRenamed));
}
