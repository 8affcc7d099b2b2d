//! Silence that cannot be proved, and people whom nobody put into a batch.

use super::*;

fn unprovable(scenario: &mut Scenario) {
    for batch in &mut scenario.truth {
        batch.proof = Proof::Unprovable;
    }
}

#[test]
fn what_could_not_be_proved_silent_is_not_replaced_and_can_be_canceled() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    unprovable(&mut scenario);
    scenario.files([campaign("bf", 0..3, "hello", 60)]);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::SilenceUnprovable])
    );
    assert!(plan.held[0].needs_person);
    assert!(
        plan.held[0].message.contains("state: canceled"),
        "{}",
        plan.held[0].message
    );
    scenario.desired.campaigns[0].presence = Presence::Tombstone;
    assert_eq!(actions(&scenario.plan()), ["cancel bf state_canceled"]);
}

#[test]
fn a_rename_keeps_the_old_batch_while_its_silence_could_not_be_proved() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    unprovable(&mut scenario);
    scenario.files([campaign("black-friday", 0..3, "hi", 60)]);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::SilenceUnprovable])
    );
}

#[test]
fn what_somebody_canceled_before_it_opened_and_nobody_can_prove_is_told() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.truth[0].state = ReportedState::Canceled;
    scenario.truth[0].proof = Proof::Doubt;
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), reasons(&plan)),
        (0, vec![HeldReason::SilenceUnproved])
    );
    assert!(
        plan.held[0].message.contains("before it opened"),
        "{}",
        plan.held[0].message
    );
    scenario.now = at(61);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), reasons(&plan)),
        (0, Vec::new()),
        "it may have been sent, as it was wanted"
    );
}

#[test]
fn a_cancel_of_ours_that_is_not_proved_is_a_reason_of_its_own_with_a_way_out() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.truth[0].state = ReportedState::Canceled;
    scenario.truth[0].proof = Proof::Doubt;
    scenario.journal.cancels.push(OurCancel {
        provider: provider("ip1"),
        id: scenario.truth[0].id.clone(),
        by_stop: false,
        answered_at: Some(at(0)),
        proved_silent: false,
    });
    for body in ["hi", "hello"] {
        scenario.files([campaign("bf", 0..3, body, 60)]);
        let plan = scenario.plan();
        assert_eq!(reasons(&plan), [HeldReason::SilenceUnproved], "{body}");
        assert!(plan.is_refused_by_strict());
    }
    scenario.files([revised(campaign("bf", 0..3, "hello", 60), 2)]);
    assert_eq!(actions(&scenario.plan()), ["create bf new"], "the way out");
}

fn sinch_lab() -> Scenario {
    Scenario::applied([at_sinch(campaign("bf", 0..3, "hi", 60))])
}

/// Sinch's lists show the people.
fn plan_seeing_people(scenario: &Scenario) -> Plan {
    let mut observed = scenario.listed();
    for (seen, truth) in observed.batches.iter_mut().zip(&scenario.truth) {
        seen.recipients = truth.recipients.clone();
    }
    decide(
        &scenario.desired,
        &observed,
        &scenario.journal,
        scenario.now,
        &scenario.policy,
    )
}

#[test]
fn a_person_whom_nobody_put_there_is_taken_out_and_a_missing_one_is_reported() {
    let mut scenario = sinch_lab();
    assert_eq!(actions(&plan_seeing_people(&scenario)), Vec::<String>::new());
    scenario.truth[0].recipients = Recipients::Read(Arc::new(people([0, 1, 2, 9])));
    let plan = plan_seeing_people(&scenario);
    assert_eq!(actions(&plan), ["update bf drift"]);
    assert_eq!(plan.operations[0].removals().collect::<Vec<_>>(), [person(9)]);
    scenario.truth[0].recipients = Recipients::Read(Arc::new(people([0, 1])));
    let plan = plan_seeing_people(&scenario);
    assert_eq!(actions(&plan), Vec::<String>::new(), "a blocked number is not put back");
    assert_eq!(plan.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["C413"]);
}

#[test]
fn a_rounded_end_and_a_senders_other_letters_are_no_drift() {
    let mut scenario = sinch_lab();
    scenario.truth[0].visible.sender = Some("acme".to_owned());
    let opens = scenario.truth[0].windows[0].opens();
    let closes = scenario.truth[0].windows[0].closes();
    scenario.truth[0].windows = vec![Window::new(opens, closes + Duration::from_secs(30)).unwrap()];
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
    scenario.truth[0].visible.sender = Some("PORTAL".to_owned());
    assert_eq!(actions(&scenario.plan()), ["replace bf drift"]);
}
