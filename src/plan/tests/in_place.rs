//! Changes in place (Sinch).

use super::*;

type Zones<'a> = &'a [(i8, &'a [u64], i64)];

fn zones(groups: Zones<'_>) -> DesiredCampaign {
    at_sinch(zoned(campaign("bf", [], "hi", 60), groups, "hi"))
}

#[test]
fn content_is_put_in_place_while_windows_are_unchanged() {
    let mut scenario = Scenario::applied([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    scenario.files([at_sinch(campaign("bf", 0..3, "hello", 60))]);
    let plan = scenario.converge();
    assert_eq!(plan.operations[0].how, How::PutInPlace);
    scenario.files([at_sinch(campaign("bf", 0..3, "hello", 90))]);
    assert_eq!(scenario.converge().operations[0].how, How::CancelThenCreate);
}

#[test]
fn inside_freeze_before_nothing_is_put_in_place() {
    let mut scenario = Scenario::applied([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    scenario.files([at_sinch(campaign("bf", 0..3, "hello", 60))]);
    scenario.now = at(51);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), reasons(&plan)), (0, vec![HeldReason::TooLate]));
}

#[test]
fn removals_in_place_go_before_additions() {
    let mut scenario = Scenario::applied([zones(&[(4, &[0, 1], 60), (8, &[2, 3], 120)])]);
    // Person 3 moves to the group that opens first: that batch may gain them only when the other has lost them.
    scenario.files([zones(&[(4, &[0, 1, 3], 60), (8, &[2], 120)])]);
    let plan = scenario.converge();
    let hows: Vec<_> = plan
        .operations
        .iter()
        .map(|o| (o.how.clone(), o.reference.slot.group))
        .collect();
    assert_eq!(
        hows,
        [(How::PutInPlace, Group::Offset(8)), (How::PutInPlace, Group::Offset(4))]
    );
    assert_eq!(plan.operations[1].after, [plan.operations[0].digest.clone()]);
    assert!(plan.operations[0].after.is_empty());
}

#[test]
fn two_batches_that_gain_from_each_other_are_canceled_proved_and_created() {
    let mut scenario = Scenario::applied([zones(&[(4, &[0, 1], 60), (8, &[2, 3], 120)])]);
    scenario.files([zones(&[(4, &[0, 3], 60), (8, &[1, 2], 120)])]);
    let plan = scenario.converge();
    assert_eq!(
        actions(&plan),
        [
            "cancel bf changed",
            "cancel bf changed",
            "create bf changed",
            "create bf changed"
        ]
    );
}

#[test]
fn a_batch_does_not_gain_people_whom_a_begun_one_holds() {
    let mut scenario = Scenario::applied([zones(&[(4, &[0, 1], 60), (8, &[2, 3], 120)])]);
    scenario.now = at(61);
    scenario.files([zones(&[(4, &[0], 60), (8, &[1, 2, 3], 120)])]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert_eq!(reasons(&plan), [HeldReason::AlreadySent, HeldReason::OccurrenceBegun]);
}

#[test]
fn the_list_of_sinch_forgets_and_the_plan_says_from_when() {
    let mut scenario = Scenario::applied([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    scenario.now = at(300);
    let plan = scenario.plan();
    let note = plan.diagnostics.iter().find(|d| d.code == "C404").unwrap();
    assert!(
        note.message.contains(&at(14 * DAY - 60).to_string()),
        "{}",
        note.message
    );
    assert!(plan.campaigns[0].finished);
}
