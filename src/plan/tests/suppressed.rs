//! A suppressed number beats every hold.

use super::*;

/// `bf` is planned and cannot be replaced (the project is paused), and person 1 opts out.
fn held_with_an_opt_out(campaign_of: impl Fn(&[u64], &str) -> DesiredCampaign) -> Scenario {
    let mut scenario = Scenario::applied([campaign_of(&[0, 1, 2], "hi")]);
    let mut edited = campaign_of(&[0, 2], "hello");
    edited.suppressed = 1;
    scenario.files([edited]);
    scenario.policy.paused = true;
    scenario.policy.suppressions.everywhere = Arc::new(people([1]));
    scenario
}

fn at_ip1(numbers: &[u64], body: &str) -> DesiredCampaign {
    campaign("bf", numbers.iter().copied(), body, 60)
}

#[test]
fn where_people_can_be_taken_out_they_are_and_the_rest_stays() {
    let mut scenario = held_with_an_opt_out(|numbers, body| at_sinch(at_ip1(numbers, body)));
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["update bf suppressed"]);
    assert_eq!(plan.operations[0].removals().collect::<Vec<_>>(), [person(1)]);
    assert_eq!(scenario.truth[0].recipients, Recipients::Read(Arc::new(people([0, 2]))));
    assert_eq!(reasons(&plan), [HeldReason::Paused]);
}

#[test]
fn elsewhere_the_batch_is_canceled_and_says_how_many_others_are_silenced() {
    let mut scenario = held_with_an_opt_out(at_ip1);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["cancel bf suppressed"]);
    assert_eq!(plan.operations[0].silenced, Some(2));
    assert_eq!(reasons(&plan), [HeldReason::Paused]);
}

#[test]
fn a_batch_without_suppressed_people_stays_held() {
    let mut scenario = held_with_an_opt_out(at_ip1);
    scenario.policy.suppressions.everywhere = Arc::new(people([7]));
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
    assert_eq!(scenario.read.len(), 1);
}

#[test]
fn a_batch_that_cannot_be_read_is_canceled_when_a_source_names_a_suppressed_number() {
    let mut scenario = held_with_an_opt_out(at_ip1);
    scenario.truth[0].recipients = Recipients::Unreadable;
    assert_eq!(actions(&scenario.plan()), ["cancel bf suppressed"]);
    scenario.desired.campaigns[0].suppressed = 0;
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
}

#[test]
fn without_a_file_every_list_of_the_project_counts() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([]);
    scenario.policy.suppressions.everywhere = Arc::new(people([1]));
    let plan = scenario.converge();
    assert_eq!(
        actions(&plan),
        ["cancel bf suppressed"],
        "though the empty project holds its cancel"
    );
}

#[test]
fn another_campaigns_own_list_does_not_count() {
    let mut scenario = held_with_an_opt_out(at_ip1);
    let bf = CampaignRef::parse("bf").unwrap();
    scenario.policy.suppressions.by_campaign.insert(bf, Arc::default());
    scenario.desired.campaigns[0].suppressed = 0;
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
}

#[test]
fn what_is_replaced_or_kept_anyway_is_not_read() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("kept", 5..8, "hi", 60)]);
    scenario.policy.suppressions.everywhere = Arc::new(people([1]));
    scenario.files([campaign("bf", [0, 2], "hi", 60), campaign("kept", 5..8, "hi", 60)]);
    assert_eq!(actions(&scenario.converge()), ["replace bf changed"]);
    assert!(scenario.read.is_empty());
}

#[test]
fn an_audience_emptied_by_suppressions_is_canceled_and_counted_by_no_guard() {
    let mut scenario = Scenario::applied([campaign("bf", 0..7, "hi", 60)]);
    scenario.policy.guards.max_cancel = Some(0);
    let mut empty = campaign("bf", [], "hi", 60);
    empty.emptied_by_suppression = true;
    scenario.files([empty]);
    let plan = scenario.converge();
    assert!(plan.operations.iter().all(|o| o.reason == Reason::Suppressed) && !plan.operations.is_empty());
}

#[test]
fn begun_batches_report_how_many_can_no_longer_be_reached() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(61);
    scenario.begin(0);
    scenario.files([campaign("bf", [0, 2], "hi", 60)]);
    scenario.policy.suppressions.everywhere = Arc::new(people([1]));
    let plan = scenario.plan();
    assert!(
        plan.diagnostics
            .iter()
            .any(|d| d.code == "C406" && d.message.starts_with("1 suppressed"))
    );
}

#[test]
fn what_opens_in_less_than_a_minute_is_left_alone_and_told() {
    let mut scenario = held_with_an_opt_out(at_ip1);
    scenario.now = at(59) + Duration::from_secs(1);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(plan.diagnostics.iter().any(|d| d.code == "C411"));
}

#[test]
fn a_batch_held_only_because_it_opens_soon_gets_its_successor_in_the_same_plan() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(58) + Duration::from_secs(30);
    scenario.files([campaign("bf", [0, 2], "hi", 300)]);
    scenario.policy.suppressions.everywhere = Arc::new(people([1]));
    assert_eq!(
        actions(&scenario.converge()),
        ["cancel bf suppressed", "create bf changed"]
    );
}
