//! Lists that shrank: how many people there were, and the guard on campaigns that would lose most of them.

use super::*;

fn list(numbers: std::ops::Range<u64>) -> DesiredCampaign {
    DesiredCampaign {
        max_recipients_per_batch: 1000,
        ..campaign("hello", numbers, "hi", DAY)
    }
}

fn before(plan: &Plan) -> (Option<u64>, u64) {
    (plan.campaigns[0].recipients_before, plan.campaigns[0].recipients)
}

#[test]
fn a_plan_tells_how_many_people_there_were() {
    let mut scenario = Scenario::new([list(0..100)]);
    assert_eq!(before(&scenario.run()), (None, 100), "nothing was planned");
    assert_eq!(before(&scenario.plan()), (Some(100), 100));
    assert_eq!(scenario.read, [], "a batch that is as wanted is not read");
    scenario.files([list(0..60)]);
    let plan = scenario.plan();
    assert_eq!(before(&plan), (Some(100), 60));
    assert_eq!(plan.operations[0].before.as_ref().unwrap().recipients, Some(100));
    assert!(
        scenario.read.iter().all(|need| need.what != NeedKind::Recipients),
        "counts, nobody's number"
    );
    scenario.files([list(0..150)]);
    assert_eq!(before(&scenario.plan()), (Some(100), 150));
}

#[test]
fn half_of_the_people_may_go_and_not_one_more() {
    let mut scenario = Scenario::applied([list(0..100)]);
    scenario.files([list(0..50)]);
    assert_eq!(actions(&scenario.plan()), ["replace hello changed"]);
    scenario.files([list(0..49)]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan), reasons(&plan)), (vec![], vec![HeldReason::Guard]));
    assert!(plan.is_refused_by_guard());
    assert_eq!(plan.held[0].allow_text().unwrap(), "shrink=hello");
    let guard = &plan.guards[0];
    assert_eq!(
        (guard.actual.as_str(), guard.limit.as_str()),
        ("49 people, was 100 (51 % fewer)", "50 % fewer")
    );
    assert_eq!(
        plan.alarms,
        [format!(
            "`hello`: the old list, with 51 people who are no longer in it, goes out at {}; to send to the new list: \
             `--allow shrink=hello`; to stop it: `state: canceled` in `campaigns/hello.yaml`",
            at(DAY)
        )]
    );
    scenario.allow("shrink=hello");
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["replace hello changed"]);
    assert!(plan.alarms.is_empty() && plan.guards[0].allowed);
}

#[test]
fn few_people_and_another_limit_are_not_held() {
    let mut scenario = Scenario::applied([list(0..20)]);
    scenario.files([list(0..1)]);
    assert_eq!(reasons(&scenario.plan()), []);
    let mut scenario = Scenario::applied([list(0..100)]);
    scenario.files([list(0..10)]);
    scenario.policy.guards.max_shrink_percent = Some(90);
    assert_eq!(reasons(&scenario.plan()), []);
    scenario.policy.guards.max_shrink_percent = Some(0);
    scenario.files([list(0..99)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::Guard]);
}

#[test]
fn people_are_counted_whatever_the_number_of_batches() {
    let small = |numbers| campaign("hello", numbers, "hi", DAY);
    let mut scenario = Scenario::applied([small(0..40)]);
    let batches = scenario.truth.len();
    assert!(batches > 8, "four people a batch");
    // Most parts are emptied, the others lose somebody: none of the cancels goes on either.
    scenario.files([small(0..5)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(
        plan.held
            .iter()
            .all(|held| held.allow_text().unwrap() == "shrink=hello")
    );
    assert!(
        plan.alarms[0].contains("with 35 people who are no longer in it"),
        "{:?}",
        plan.alarms
    );
    scenario.allow("shrink=hello");
    scenario.converge();
    assert_eq!(before(&scenario.plan()), (Some(5), 5));
}

#[test]
fn another_list_of_the_same_length_is_no_shrinkage_and_another_campaign_is_not_held() {
    let mut scenario = Scenario::applied([list(0..100)]);
    scenario.files([list(100..200)]);
    assert_eq!(actions(&scenario.plan()), ["replace hello changed"]);
    let other = |numbers: std::ops::Range<u64>| campaign("other", numbers, "hi", DAY);
    let mut scenario = Scenario::applied([list(0..100), other(200..203)]);
    scenario.files([list(0..10), other(200..204)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["replace other changed"]);
    assert_eq!(reasons(&plan), [HeldReason::Guard]);
}

#[test]
fn people_whom_a_suppression_list_takes_out_are_no_loss_and_leave_all_the_same() {
    let suppressed = |scenario: &mut Scenario, numbers: std::ops::Range<u64>| {
        let list = Arc::new(people(numbers));
        scenario.policy.suppressions.everywhere = Arc::clone(&list);
        scenario.policy.suppressions.by_campaign = [(CampaignRef::parse("hello").unwrap(), list)].into();
    };
    let mut scenario = Scenario::applied([list(0..100)]);
    suppressed(&mut scenario, 20..100);
    scenario.files([list(0..20)]);
    assert_eq!(
        actions(&scenario.plan()),
        ["replace hello changed"],
        "all of them were suppressed"
    );
    // Sinch: one opted out, and the list was cut. She leaves in place, everybody else stays.
    let sinch = |numbers| at_sinch(list(numbers));
    let mut scenario = Scenario::applied([sinch(0..100)]);
    suppressed(&mut scenario, 99..100);
    scenario.files([sinch(0..10)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["update hello suppressed"]);
    assert!(
        plan.alarms[0].contains("with 89 people who are no longer in it"),
        "{:?}",
        plan.alarms
    );
    // iP.1 cannot take anybody out: the old batch goes, and no shorter one comes.
    let mut scenario = Scenario::applied([list(0..100)]);
    suppressed(&mut scenario, 99..100);
    scenario.files([list(0..10)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["cancel hello suppressed"]);
    assert_eq!(reasons(&plan), [HeldReason::Guard]);
    assert!(plan.alarms.is_empty(), "no old list goes out: {:?}", plan.alarms);
}

#[test]
fn neither_a_raised_revision_nor_another_schedule_hides_a_list_that_shrank() {
    let mut scenario = Scenario::applied([list(0..100)]);
    scenario.files([revised(list(0..10), 2)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(
        plan.held.iter().all(|held| held.reason == HeldReason::Guard),
        "{:?}",
        reasons(&plan)
    );
    let daily = |cron: &str, numbers: std::ops::Range<u64>| DesiredCampaign {
        max_recipients_per_batch: 1000,
        ..scheduled("daily", cron, numbers, "hi", at(0))
    };
    let mut scenario = Scenario::applied([daily("0 12 * * *", 0..100)]);
    let occurrences = scenario.truth.len() as u64;
    scenario.files([daily("0 12 * * *", 0..10)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    let actual = format!("{} people, was {} (90 % fewer)", 10 * occurrences, 100 * occurrences);
    assert_eq!(plan.guards[0].actual, actual);
    scenario.files([daily("0 13 * * *", 0..10)]);
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
    scenario.files([daily("0 13 * * *", 0..90)]);
    assert_ne!(actions(&scenario.plan()), Vec::<String>::new());
}

#[test]
fn what_somebody_cancels_on_purpose_goes_all_the_same() {
    let mut scenario = Scenario::applied([list(0..100)]);
    scenario.files([DesiredCampaign {
        presence: Presence::Tombstone,
        ..list(0..10)
    }]);
    assert_eq!(actions(&scenario.plan()), ["cancel hello state_canceled"]);
    scenario.files([]);
    assert_eq!(
        reasons(&scenario.plan()),
        [HeldReason::Guard],
        "the empty project alone"
    );
}

/// Whoever cannot be counted cannot be compared: nothing is invented.
#[test]
fn a_provider_that_tells_no_count_trips_no_guard() {
    let mut scenario = Scenario::applied([list(0..100)]);
    scenario.truth[0].recipients = Recipients::Unreadable;
    scenario.files([list(0..10)]);
    let plan = scenario.plan();
    assert_eq!(before(&plan), (None, 10));
    assert!(plan.alarms.is_empty());
}
