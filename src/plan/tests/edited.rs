//! Edited schedules.

use super::*;

/// The laboratory begins at 08:00 UTC.
fn daily(hour: &str, now: Instant) -> DesiredCampaign {
    scheduled("daily", &format!("0 {hour} * * *"), 0..3, "hi", now)
}

fn of_today(scenario: &Scenario) -> usize {
    scenario.truth.iter().position(|b| b.opens() == Some(at(120))).unwrap()
}

#[test]
fn the_laboratory_begins_at_eight() {
    assert_eq!(at(0).to_string(), "2026-11-27T08:00:00Z");
}

#[test]
fn a_moved_schedule_cancels_what_is_planned_and_waits_for_the_proof() {
    let mut scenario = Scenario::applied([daily("10", at(0))]);
    scenario.files([daily("11", at(0))]);
    let plan = scenario.converge();
    let creates: Vec<_> = plan.operations.iter().filter(|o| o.action == Action::Create).collect();
    assert_eq!(creates.len(), 7);
    assert!(creates.iter().all(|o| o.after.len() == 1));
    assert_eq!(
        plan.operations
            .iter()
            .filter(|o| o.reason == Reason::Unscheduled)
            .count(),
        7
    );
}

#[test]
fn an_occurrence_on_the_date_of_one_that_was_sent_is_held() {
    let mut scenario = Scenario::applied([daily("10", at(0))]);
    let today = of_today(&scenario);
    scenario.now = at(121);
    scenario.begin(today);
    scenario.files([daily("23", at(121))]);
    let plan = scenario.run();
    assert_eq!(reasons(&plan), [HeldReason::Sending, HeldReason::PossibleDuplicate]);
    scenario.allow("duplicate=daily@2026-11-27T23:00");
    assert_eq!(actions(&scenario.plan()), ["create daily new"]);
}

#[test]
fn an_occurrence_nearer_than_half_the_smallest_interval_is_held() {
    let mut scenario = Scenario::applied([daily("23", at(0))]);
    let today = scenario
        .truth
        .iter()
        .position(|b| b.opens() == Some(at(15 * 60)))
        .unwrap();
    scenario.now = at(15 * 60 + 1);
    scenario.begin(today);
    // The next day, but less than 12 hours after the end of what was sent.
    scenario.files([daily("11", scenario.now)]);
    assert!(reasons(&scenario.plan()).contains(&HeldReason::PossibleDuplicate));
    scenario.files([daily("12", scenario.now)]);
    assert!(
        !reasons(&scenario.plan()).contains(&HeldReason::PossibleDuplicate),
        "strictly less: 12 hours are enough"
    );
}

#[test]
fn the_opening_before_if_passed_moved_it_counts_too() {
    let mut scenario = Scenario::applied([daily("10", at(0))]);
    let today = of_today(&scenario);
    scenario.now = at(200);
    scenario.begin(today);
    // A former schedule, now a one-off whose window has been moved by a day.
    let mut once = campaign("daily", 0..3, "hi", 180 + 2 * DAY);
    once.occurrences[0].groups[0].opens_before_move = Some(at(180 + DAY));
    scenario.files([once]);
    let plan = scenario.plan();
    assert!(
        reasons(&plan).contains(&HeldReason::PossibleDuplicate),
        "{:?}",
        plan.held
    );
}

#[test]
fn other_people_are_no_duplicate() {
    let mut scenario = Scenario::applied([daily("10", at(0))]);
    let today = of_today(&scenario);
    scenario.now = at(121);
    scenario.begin(today);
    scenario.files([scheduled("daily", "0 23 * * *", 10..13, "hi", at(121))]);
    assert!(!reasons(&scenario.plan()).contains(&HeldReason::PossibleDuplicate));
}

#[test]
fn a_brake_holds_under_an_edited_schedule_too() {
    let mut scenario = Scenario::applied([daily("10", at(0))]);
    let today = of_today(&scenario);
    scenario.pull_the_brake(today);
    scenario.files([daily("11", at(0))]);
    let plan = scenario.converge();
    assert_eq!(reasons(&plan), [HeldReason::PossibleDuplicate]);
}

#[test]
fn an_edit_of_the_text_touches_no_schedule() {
    let mut scenario = Scenario::applied([daily("10", at(0))]);
    let today = of_today(&scenario);
    scenario.now = at(121);
    scenario.begin(today);
    scenario.files([scheduled("daily", "0 10 * * *", 0..3, "hello", at(121))]);
    let plan = scenario.converge();
    assert!(
        plan.operations
            .iter()
            .all(|o| o.reason == Reason::Changed || o.reason == Reason::New)
    );
    assert_eq!(reasons(&plan), [HeldReason::AlreadySent]);
}

#[test]
fn a_raised_revision_sends_again_once_the_older_batch_has_been_sent() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(61);
    scenario.begin(0);
    scenario.files([revised(campaign("bf", 0..3, "hi", 100), 2)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert_eq!(reasons(&plan), [HeldReason::Sending, HeldReason::Sending]);
    scenario.truth[0].state = ReportedState::Sent;
    assert_eq!(actions(&scenario.converge()), ["create bf new"]);
}

#[test]
fn a_raised_revision_waits_for_the_cancel_of_the_older_planned_batch() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([revised(campaign("bf", 0..3, "hi", 60), 2)]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["cancel bf revision_raised", "create bf new"]);
    assert_eq!(plan.operations[1].after, [plan.operations[0].digest.clone()]);
}

#[test]
fn a_raised_revision_that_comes_too_late_for_the_older_batch_says_what_stands_in_its_way() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(60) - Duration::from_secs(30);
    scenario.files([revised(campaign("bf", 0..3, "hi", 100), 2)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    let newer = plan
        .held
        .iter()
        .find(|held| held.reason == HeldReason::Sending)
        .unwrap();
    assert!(
        newer.message.contains("is not canceled by this plan"),
        "{}",
        newer.message
    );
    assert!(!newer.message.contains("is still being sent"), "{}", newer.message);
}

#[test]
fn a_lowered_revision_is_held_near_what_was_sent() {
    let mut scenario = Scenario::applied([revised(campaign("bf", 0..3, "hi", 60), 2)]);
    scenario.now = at(61);
    scenario.begin(0);
    scenario.files([campaign("bf", 0..3, "hi", 300)]);
    assert!(reasons(&scenario.plan()).contains(&HeldReason::PossibleDuplicate));
}

#[test]
fn a_one_off_that_becomes_a_schedule_is_held_on_the_same_date() {
    let mut scenario = Scenario::applied([campaign("daily", 0..3, "hi", 60)]);
    scenario.now = at(61);
    scenario.begin(0);
    scenario.files([daily("22", at(61))]);
    assert!(reasons(&scenario.plan()).contains(&HeldReason::PossibleDuplicate));
}

#[test]
fn names_of_a_schedule_end_with_its_dates() {
    let mut schedule = (*daily("10", at(0)).schedule.unwrap()).clone();
    (schedule.from, schedule.until) = (Some(local("2026-12-01T00:00")), Some(local("2026-12-03T00:00")));
    let named = |text: &str| schedule.names(local(text));
    assert!(named("2026-12-01T10:00") && named("2026-12-03T10:00"));
    assert!(!named("2026-11-30T10:00") && !named("2026-12-04T10:00") && !named("2026-12-02T11:00"));
}
