//! Repair comes first.

use super::*;

fn canceled(plan: &Plan) -> Vec<String> {
    (plan.operations.iter())
        .filter(|o| o.reason == Reason::Duplicate)
        .map(|o| o.target.as_ref().unwrap().id.0.clone())
        .collect()
}

#[test]
fn of_several_planned_the_oldest_stays_when_none_is_desired() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.duplicate(0);
    scenario.duplicate(0);
    scenario.files([campaign("bf", 0..3, "hello", 60)]);
    scenario.policy.paused = true;
    assert_eq!(canceled(&scenario.run()), ["batch-2", "batch-3"]);
}

#[test]
fn the_desired_one_stays_even_when_it_is_the_youngest() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "old", 60)]);
    let mut other = Scenario::applied([campaign("bf", 0..3, "new", 60)]);
    let mut young = other.truth.remove(0);
    (young.id, young.position) = (BatchId("young".to_owned()), 9);
    scenario.truth.push(young);
    scenario.files([campaign("bf", 0..3, "new", 60)]);
    let plan = scenario.converge();
    assert_eq!(canceled(&plan), ["batch-1"]);
    assert_eq!(plan.operations.len(), 1);
}

#[test]
fn a_planned_one_beside_a_begun_one_is_canceled() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.duplicate(0);
    scenario.begin(0);
    assert_eq!(canceled(&scenario.converge()), ["batch-2"]);
}

#[test]
fn a_person_in_common_between_groups_is_a_fault() {
    let mut scenario = Scenario::applied([zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2], 120)],
        "hi",
    )]);
    let a = scenario.truth[0].reference.clone().unwrap();
    let mut twin = a.clone();
    twin.slot.group = Group::Offset(12);
    let windows = scenario.truth[0].windows.clone();
    scenario.insert(&provider("ip1"), twin, windows, people([1, 7]));
    scenario.policy.paused = true;
    assert_eq!(canceled(&scenario.converge()), ["batch-3"]);
}

#[test]
fn groups_without_anybody_in_common_are_no_fault() {
    let mut scenario = Scenario::applied([zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2], 120)],
        "hi",
    )]);
    scenario.files([zoned(
        campaign("bf", [], "hi", 60),
        &[(4, &[0, 1], 60), (8, &[2], 120)],
        "hello",
    )]);
    assert_eq!(
        actions(&scenario.converge()),
        ["replace bf changed", "replace bf changed"]
    );
}

#[test]
fn batches_of_removed_campaigns_are_repaired_even_when_the_guard_holds_their_cancel() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.duplicate(0);
    scenario.files([]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["cancel bf duplicate"]);
    assert_eq!(reasons(&plan), [HeldReason::Guard]);
}

#[test]
fn repairs_need_no_file_that_can_be_read() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.duplicate(0);
    scenario.desired.campaigns[0].presence = Presence::Unreadable;
    assert_eq!(canceled(&scenario.converge()), ["batch-2"]);
}

#[test]
fn duplicates_at_two_providers_leave_the_one_at_home() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    let copy = scenario.truth[0].clone();
    let Recipients::Read(people) = copy.recipients else {
        panic!()
    };
    scenario.insert(
        &provider("sinch"),
        copy.reference.unwrap(),
        copy.windows,
        (*people).clone(),
    );
    assert_eq!(canceled(&scenario.converge()), ["batch-2"]);
}

#[test]
fn repair_goes_on_when_another_campaign_is_selected() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("other", 10..13, "hi", 60)]);
    scenario.duplicate(0);
    scenario.files([
        campaign("bf", 0..3, "hello", 60),
        campaign("other", 10..13, "hello", 60),
    ]);
    scenario.policy.selected = Some([CampaignRef::parse("other").unwrap()].into());
    let mut shown = actions(&scenario.plan());
    shown.sort();
    assert_eq!(shown, ["cancel bf duplicate", "replace other changed"]);
}

#[test]
fn a_live_twin_in_another_namespace_takes_ours_away() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    let ours = scenario.truth.first().unwrap().id.0.clone();
    let mut twin = scenario.truth.first().unwrap().clone();
    let mut reference = twin.reference.clone().unwrap();
    reference.namespace = Namespace::parse("old").unwrap();
    (twin.id, twin.position) = (BatchId("twin".to_owned()), 9);
    (twin.reference_text, twin.reference) = (Some(reference.to_string()), Some(reference));
    scenario.truth.push(twin);
    let plan = scenario.plan();
    assert_eq!(canceled(&plan), [ours]);
    assert!(
        !plan.operations.iter().any(Operation::sends),
        "the other one is planned, and says the same to the same people"
    );
}

/// What another namespace holds of these files, `i`-th batch.
fn twin(files: DesiredCampaign, i: usize) -> ExistingBatch {
    let mut twin = Scenario::applied([files]).truth.swap_remove(i);
    let mut reference = twin.reference.take().unwrap();
    reference.namespace = Namespace::parse("old").unwrap();
    (twin.id, twin.position) = (BatchId("twin".to_owned()), 9);
    (twin.reference_text, twin.reference) = (Some(reference.to_string()), Some(reference));
    twin
}

/// It cannot become what the files want, and must not be sent beside it either.
#[test]
fn what_would_have_to_become_another_namespaces_twin_is_taken_away() {
    let edited = || {
        let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
        scenario.truth.push(twin(campaign("bf", 0..3, "hello", 60), 0));
        scenario.files([campaign("bf", 0..3, "hello", 60)]);
        scenario
    };
    let plan = edited().converge();
    assert_eq!(actions(&plan), ["cancel bf duplicate"]);
    assert_eq!(reasons(&plan), [HeldReason::LooksRenamed]);
    let mut allowed = edited();
    allowed.allow("renamed=bf");
    assert_eq!(actions(&allowed.converge()), ["replace bf changed"]);
}

#[test]
fn so_is_what_holds_the_same_people_in_another_group() {
    let groups: &[(i8, &[u64], i64)] = &[(4, &[1], 60), (8, &[2], 120)];
    let wanted = || zoned(campaign("bf", [], "hi", 60), groups, "hello");
    let other: &[(i8, &[u64], i64)] = &[(12, &[2], 180)];
    let mut scenario = Scenario::applied([zoned(campaign("bf", [], "hi", 60), other, "hi")]);
    scenario.truth.push(twin(wanted(), 1));
    scenario.files([wanted()]);
    let plan = scenario.converge();
    assert_eq!(canceled(&plan), ["batch-1"]);
    assert_eq!(
        actions(&plan),
        ["cancel bf duplicate", "create bf new"],
        "number 1 is in no other batch"
    );
    assert_eq!(reasons(&plan), [HeldReason::LooksRenamed]);
}

#[test]
fn what_shares_nobody_with_another_namespaces_twin_is_replaced_as_ever() {
    let groups: &[(i8, &[u64], i64)] = &[(4, &[1], 60), (8, &[2], 120)];
    let wanted = || zoned(campaign("bf", [], "hi", 60), groups, "hello");
    let mut scenario = Scenario::applied([zoned(campaign("bf", [], "hi", 60), &groups[..1], "hi")]);
    scenario.truth.push(twin(wanted(), 1));
    scenario.files([wanted()]);
    assert_eq!(actions(&scenario.converge()), ["replace bf changed"]);
}

/// A rename beside a request that was carried out late, while something holds the cancels of what has no file.
#[test]
fn a_twin_under_a_name_without_a_file_is_taken_away_whatever_holds_its_cancel() {
    let late = Scenario::applied([campaign("old", 0..3, "hi", 60)]).truth.remove(0);
    let renamed = |late: &ExistingBatch| {
        let mut broken = campaign("broken", 9..10, "other", 60);
        (broken.presence, broken.occurrences) = (Presence::Unreadable, Vec::new());
        let mut scenario = Scenario::applied([campaign("new", 0..3, "hi", 60)]);
        let mut late = late.clone();
        (late.id, late.position) = (BatchId("late".to_owned()), 9);
        scenario.truth.push(late);
        scenario.files([campaign("new", 0..3, "hi", 60), broken]);
        scenario
    };
    assert_eq!(canceled(&renamed(&late).converge()), ["late"]);
    let mut begun = renamed(&late);
    begun.begin(1);
    assert_eq!(
        canceled(&begun.converge()),
        ["batch-1"],
        "beside what is being sent the planned one goes"
    );
    let mut two_names = renamed(&late);
    two_names.files([campaign("new", 0..3, "hi", 60), campaign("old", 0..3, "hi", 60)]);
    assert_eq!(
        canceled(&two_names.plan()),
        Vec::<String>::new(),
        "two files that say the same are an error of their own"
    );
}

#[test]
fn a_twin_in_another_namespace_takes_ours_away_under_any_name() {
    let mut scenario = Scenario::applied([campaign("new", 0..3, "hi", 60)]);
    scenario.truth.push(twin(campaign("old", 0..3, "hi", 60), 0));
    assert_eq!(actions(&scenario.converge()), ["cancel new duplicate"]);
}
