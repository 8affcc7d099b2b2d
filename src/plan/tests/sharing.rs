//! One person, one live batch; parts.

use std::collections::BTreeSet;

use super::*;
use crate::model::Part;

/// Everybody of a batch that is there.
fn members(scenario: &Scenario, i: usize) -> NumberSet {
    let Recipients::Read(people) = &scenario.truth[i].recipients else {
        panic!()
    };
    (**people).clone()
}

#[test]
fn one_more_row_touches_one_batch() {
    let big = |n: u64| {
        let mut c = campaign("bf", 0..n, "hi", 60);
        c.max_recipients_per_batch = 1000;
        c
    };
    let mut scenario = Scenario::applied([big(5000)]);
    assert_eq!(scenario.truth.len(), 8);
    scenario.files([big(5001)]);
    assert_eq!(actions(&scenario.converge()), ["replace bf changed"]);
    assert!(scenario.read.is_empty());
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let mut scenario = Scenario::applied([campaign("bf", 0..40, "hi", 60)]);
    scenario.files([campaign("bf", (0..40).rev(), "hi", 60)]);
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
}

#[test]
fn a_division_in_use_is_kept_while_it_fits() {
    let mut scenario = Scenario::applied([campaign("bf", 0..7, "hi", 60)]);
    let parts = |scenario: &Scenario| -> BTreeSet<Part> {
        let live = scenario.truth.iter().filter(|b| b.state == ReportedState::Planned);
        live.map(|b| b.reference.as_ref().unwrap().slot.part).collect()
    };
    let before = parts(&scenario);
    assert!(before.len() > 1);
    scenario.files([campaign("bf", 0..2, "hi", 60)]);
    scenario.converge();
    assert!(parts(&scenario).is_subset(&before));
}

#[test]
fn a_batch_is_not_created_while_a_begun_one_in_another_group_holds_its_people() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.begin(0);
    // A zone edit while sending: the same people in two groups, and one group of somebody new.
    scenario.files([zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2], 120), (12, &[9], 180)],
        "hi",
    )]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["create bf new"]);
    assert_eq!(plan.operations[0].reference.slot.group, Group::Offset(12));
    assert_eq!(
        reasons(&plan)
            .iter()
            .filter(|r| **r == HeldReason::OccurrenceBegun)
            .count(),
        2
    );
    scenario.allow("begun=bf");
    assert_eq!(
        actions(&scenario.plan()).len(),
        3,
        "an override accepts it, for this campaign"
    );
}

#[test]
fn who_cannot_be_read_may_be_anybody() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.begin(0);
    scenario.truth[0].recipients = Recipients::Unreadable;
    scenario.files([zoned(campaign("bf", [], "hi", 60), &[(12, &[9], 180)], "hi")]);
    assert!(reasons(&scenario.plan()).contains(&HeldReason::OccurrenceBegun));
}

#[test]
fn a_zone_edit_cancels_proves_and_creates_in_one_plan() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2], 120)],
        "hi",
    )]);
    let plan = scenario.converge();
    assert_eq!(
        actions(&plan),
        ["cancel bf regrouped", "create bf regrouped", "create bf regrouped"]
    );
    assert!(
        plan.operations[1..]
            .iter()
            .all(|o| o.after == [plan.operations[0].digest.clone()])
    );
}

#[test]
fn a_begun_part_never_splits_and_the_others_do() {
    let mut scenario = Scenario::applied([campaign("bf", 0..7, "hi", 60)]);
    scenario.begin(0);
    let sent = members(&scenario, 0);
    let begun = scenario.truth[0].reference.as_ref().unwrap().slot.part;
    scenario.files([campaign("bf", 0..40, "hi", 60)]);
    let plan = scenario.plan();
    assert!(plan.operations.iter().any(|o| o.reason == Reason::Repartitioned));
    for operation in &plan.operations {
        assert!(!scenario.people_of(operation).shares_with(&sent));
        assert!(!operation.reference.slot.part.may_share(begun));
    }
    let held: Vec<_> = plan
        .held
        .iter()
        .map(|item| (item.reason, item.reference.slot.part))
        .collect();
    assert_eq!(held, [(HeldReason::AlreadySent, begun)]);
}

#[test]
fn the_brake_on_one_part_holds_that_part_alone() {
    let mut scenario = Scenario::applied([campaign("bf", 0..7, "hi", 60)]);
    scenario.pull_the_brake(0);
    scenario.files([campaign("bf", 0..7, "hello", 60)]);
    let plan = scenario.converge();
    assert_eq!(
        plan.operations.len(),
        scenario
            .truth
            .iter()
            .filter(|b| b.state == ReportedState::Planned)
            .count()
    );
    assert_eq!(reasons(&plan), [HeldReason::CanceledAtProvider]);
}

#[test]
fn the_brake_survives_a_change_of_parts() {
    let mut scenario = Scenario::applied([campaign("bf", 0..4, "hi", 60)]);
    scenario.pull_the_brake(0);
    scenario.files([campaign("bf", 0..9, "hi", 60)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(reasons(&plan).iter().all(|r| *r == HeldReason::CanceledAtProvider));
}

#[test]
fn the_brake_on_one_group_does_not_hold_another() {
    let groups = zoned(campaign("bf", [], "hi", 60), &[(4, &[0, 1], 60), (8, &[2], 120)], "hi");
    let mut scenario = Scenario::applied([groups]);
    let at = scenario
        .truth
        .iter()
        .position(|b| b.reference.as_ref().unwrap().slot.group == Group::Offset(4))
        .unwrap();
    scenario.pull_the_brake(at);
    scenario.files([zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2], 120)],
        "hello",
    )]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["replace bf changed"]);
    assert_eq!(reasons(&plan), [HeldReason::CanceledAtProvider]);
}

#[test]
fn what_was_resumed_is_edited_like_anything_else() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.pull_the_brake(0);
    scenario.allow("resume=bf");
    scenario.converge();
    scenario.policy.overrides.clear();
    scenario.files([campaign("bf", 0..3, "hello", 60)]);
    assert_eq!(actions(&scenario.converge()), ["replace bf changed"]);
}

#[test]
fn without_the_journal_an_edit_of_what_was_edited_before_still_goes_through() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "one", 60)]);
    for body in ["two", "three", "four"] {
        scenario.files([campaign("bf", 0..3, body, 60)]);
        scenario.forget_all_but_the_account();
        assert_eq!(actions(&scenario.converge()), ["replace bf changed"], "{body}");
    }
}

#[test]
fn people_who_move_between_groups_are_not_texted_by_both() {
    let before = zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2, 3], 120)],
        "hi",
    );
    let after = zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 2], 60), (8, &[1, 3], 120)],
        "hi",
    );
    let mut scenario = Scenario::applied([before]);
    scenario.files([after]);
    let plan = scenario.converge();
    // Each would wait for the other's cancel: both cancels go first.
    assert_eq!(
        actions(&plan),
        [
            "cancel bf changed",
            "cancel bf changed",
            "create bf changed",
            "create bf changed"
        ]
    );
    assert!(plan.operations[2..].iter().all(|o| o.after.len() == 2));
}

#[test]
fn a_replace_whose_create_would_be_held_does_not_cancel() {
    let before = zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2, 3], 120)],
        "hi",
    );
    let after = zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[1], 60), (8, &[0, 2, 3], 120)],
        "hi",
    );
    let mut scenario = Scenario::applied([before]);
    let a = scenario
        .truth
        .iter()
        .position(|b| b.reference.as_ref().unwrap().slot.group == Group::Offset(4))
        .unwrap();
    scenario.begin(a);
    scenario.files([after]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert_eq!(reasons(&plan), [HeldReason::AlreadySent, HeldReason::OccurrenceBegun]);
}

#[test]
fn a_cancel_that_comes_too_late_holds_the_create_too() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(59) + Duration::from_secs(30);
    scenario.files([zoned(campaign("bf", [], "hi", 60), &[(4, &[0, 1, 2], 300)], "hi")]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(reasons(&plan).contains(&HeldReason::OccurrenceBegun));
    assert!(reasons(&plan).contains(&HeldReason::TooLate));
}

#[test]
fn begun_batches_that_are_wanted_exactly_stop_nobody() {
    let groups: &[(i8, &[u64], i64)] = &[(4, &[0, 1], 60), (8, &[2, 3], 120)];
    let mut scenario = Scenario::applied([zoned(campaign("bf", [], "hi", 60), groups, "hi")]);
    let a = scenario
        .truth
        .iter()
        .position(|b| b.reference.as_ref().unwrap().slot.group == Group::Offset(4))
        .unwrap();
    scenario.begin(a);
    let more: &[(i8, &[u64], i64)] = &[(4, &[0, 1], 60), (8, &[2, 3], 120), (12, &[4], 180)];
    scenario.files([zoned(campaign("bf", [], "hi", 60), more, "hi")]);
    assert_eq!(actions(&scenario.converge()), ["create bf new"]);
    assert!(scenario.read.is_empty());
}

#[test]
fn two_campaigns_that_say_the_same_to_the_same_people_are_an_error() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60), campaign("copy", 0..3, "hi", 60)]);
    let plan = scenario.plan();
    assert!(plan.has_errors() && plan.operations.is_empty());
    assert_eq!(plan.diagnostics[0].code, "C402");
}

#[test]
fn a_batch_that_the_plan_did_not_know_stops_a_create() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60), campaign("other", 5..8, "hi", 60)]);
    let plan = scenario.plan();
    scenario.apply(&plan);
    let newest = scenario.truth.clone();
    assert!(plan.operations.iter().all(|o| o.stopped_by(&newest).is_some()));
    let again = scenario.plan();
    assert!(again.operations.is_empty());
    let groups: &[(i8, &[u64], i64)] = &[(4, &[0, 1], 60), (8, &[2, 3], 120)];
    let mut scenario = Scenario::new([zoned(campaign("bf", [], "hi", 60), groups, "hi")]);
    let plan = scenario.plan();
    scenario.create(&plan.operations[0]);
    assert!(
        plan.operations[1].stopped_by(&scenario.truth).is_none(),
        "its sibling is no stranger"
    );
}

/// Half of a campaign was created when somebody pulled the brake: no later apply sends the other half.
#[test]
fn a_stopped_part_holds_the_parts_that_were_never_created() {
    let mut lab = Scenario::applied([campaign("hello", 0..8, "text", DAY)]);
    assert!(lab.truth.len() > 1, "several parts");
    lab.truth.truncate(1);
    lab.pull_the_brake(0);
    let plan = lab.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(
        reasons(&plan)
            .iter()
            .all(|reason| *reason == HeldReason::CanceledAtProvider),
        "{plan:?}"
    );
    assert!(plan.is_waiting_for_a_person());
    // An edit undoes no brake, whatever it does to the parts.
    lab.files([campaign("hello", 0..40, "another text", DAY)]);
    assert_eq!(actions(&lab.plan()), Vec::<String>::new());
    // Whoever resumes the occurrence resumes all of it.
    lab.files([campaign("hello", 0..8, "text", DAY)]);
    lab.allow("resume=hello");
    lab.converge();
    let planned = lab.truth.iter().filter(|b| b.state == ReportedState::Planned).count();
    assert!(planned > 1);
    // What was stopped is covered again: a part that comes later is created as any other.
    lab.policy.overrides.clear();
    lab.files([campaign("hello", 0..16, "text", DAY)]);
    assert_ne!(actions(&lab.plan()), Vec::<String>::new());
}

/// The batches of another zone have the same parts of the hash, and other people: they are no sign that somebody resumed.
#[test]
fn a_live_batch_of_another_zone_sends_no_part_of_what_was_stopped() {
    let east: Vec<u64> = (0..8).collect();
    let west: Vec<u64> = (8..16).collect();
    let groups: &[(i8, &[u64], i64)] = &[(4, &east, DAY), (8, &west, DAY + 60)];
    let files = || zoned(campaign("hello", [], "text", DAY), groups, "text");
    let mut lab = Scenario::applied([files()]);
    let slot = |batch: &ExistingBatch| batch.reference.as_ref().unwrap().slot.clone();
    let parts = |lab: &Scenario, group: i8| -> Vec<Part> {
        let all = lab
            .truth
            .iter()
            .map(slot)
            .filter(|slot| slot.group == Group::Offset(group));
        all.map(|slot| slot.part).collect()
    };
    let (braked, never_created) = (parts(&lab, 4)[0], parts(&lab, 4)[1]);
    assert!(
        parts(&lab, 8).iter().any(|part| part.may_share(never_created)),
        "the other zone has a batch where one is missing"
    );
    lab.truth
        .retain(|batch| slot(batch).group != Group::Offset(4) || slot(batch).part == braked);
    let at = lab
        .truth
        .iter()
        .position(|batch| slot(batch).group == Group::Offset(4))
        .unwrap();
    lab.pull_the_brake(at);
    let plan = lab.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(
        reasons(&plan)
            .iter()
            .all(|reason| *reason == HeldReason::CanceledAtProvider)
            && !plan.held.is_empty(),
        "{plan:?}"
    );
}

#[test]
fn a_file_resumes_the_batch_that_it_names_and_no_later_brake() {
    let hello = |batch: &str| DesiredCampaign {
        allow: vec![Allow {
            batch: Some(batch.to_owned()),
            ..allow(Rule::Resume)
        }],
        ..campaign("hello", 0..3, "text", DAY)
    };
    let mut lab = Scenario::applied([campaign("hello", 0..3, "text", DAY)]);
    lab.pull_the_brake(0);
    lab.files([hello("another")]);
    assert_eq!(reasons(&lab.plan()), [HeldReason::CanceledAtProvider]);
    let stopped = lab.truth[0].id.0.clone();
    lab.files([hello(&stopped)]);
    assert_eq!(actions(&lab.converge()), ["create hello resumed"]);
    lab.pull_the_brake(1);
    assert_eq!(
        reasons(&lab.plan()),
        [HeldReason::CanceledAtProvider],
        "the next brake holds"
    );
}
