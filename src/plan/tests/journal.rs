//! What the journal makes more precise.

use super::*;

fn known(scenario: &Scenario, i: usize) -> KnownBatch {
    let batch = &scenario.truth[i];
    KnownBatch {
        provider: batch.provider.clone(),
        sandbox: batch.sandbox,
        id: batch.id.clone(),
        reference: batch.reference.clone().unwrap(),
        windows: batch.windows.clone(),
        missed_at: None,
    }
}

/// `bf` is planned, and then the list loses it.
fn lost() -> Scenario {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.journal.known.push(known(&scenario, 0));
    scenario.truth.clear();
    scenario
}

#[test]
fn what_the_list_has_lost_after_it_opened_is_begun() {
    let mut scenario = lost();
    scenario.now = at(61);
    scenario.files([campaign("bf", 0..3, "hello", 300)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::AlreadySent]);
}

#[test]
fn what_vanished_before_it_opened_is_stopped() {
    let mut scenario = lost();
    assert_eq!(newly_lost(&scenario.listed(), &scenario.journal).count(), 1);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::CanceledAtProvider]);
    scenario.journal.known[0].missed_at = Some(at(5));
    scenario.now = at(61);
    scenario.files([campaign("bf", 0..3, "hello", 300)]);
    assert_eq!(
        reasons(&scenario.plan()),
        [HeldReason::CanceledAtProvider],
        "an earlier run missed it in time"
    );
    assert_eq!(newly_lost(&scenario.listed(), &scenario.journal).count(), 0);
}

#[test]
fn what_our_own_delete_took_away_in_time_is_neither() {
    let mut scenario = lost();
    let cancel = |answered_at| OurCancel {
        provider: provider("ip1"),
        id: BatchId("batch-1".to_owned()),
        by_stop: false,
        answered_at,
        proved_silent: false,
    };
    scenario.journal.cancels.push(cancel(Some(at(59))));
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
    scenario.journal.cancels = vec![cancel(None)];
    assert_eq!(
        actions(&scenario.plan()),
        ["create bf new"],
        "never answered, and gone in time"
    );
    scenario.journal.known[0].missed_at = Some(at(59) + Duration::from_secs(1));
    for late in [None, Some(at(59) + Duration::from_secs(1))] {
        scenario.journal.cancels = vec![cancel(late)];
        assert_eq!(
            reasons(&scenario.plan()),
            [HeldReason::CanceledAtProvider],
            "less than a minute before it opened"
        );
    }
}

#[test]
fn a_cancel_by_stop_counts_as_theirs() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.pull_the_brake(0);
    let mut cancel = OurCancel {
        provider: provider("ip1"),
        id: scenario.truth[0].id.clone(),
        by_stop: true,
        answered_at: Some(at(1)),
        proved_silent: true,
    };
    scenario.journal.cancels = vec![cancel.clone()];
    assert_eq!(reasons(&scenario.plan()), [HeldReason::CanceledAtProvider]);
    cancel.by_stop = false;
    scenario.journal.cancels = vec![cancel];
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
}

#[test]
fn without_the_journal_every_silent_batch_is_stopped() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.desired.campaigns[0].presence = Presence::Tombstone;
    scenario.converge();
    scenario.desired.campaigns[0].presence = Presence::Active;
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
    assert!(scenario.read.is_empty(), "our own proof is remembered");
    scenario.journal = JournalFacts::default();
    assert_eq!(reasons(&scenario.plan()), [HeldReason::CanceledAtProvider]);
    assert_eq!(scenario.read.len(), 1);
}

#[test]
fn a_create_without_an_answer_holds_its_occurrence_until_it_is_settled() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    let create = scenario.plan().operations.remove(0);
    scenario.journal.unknown.push(UnknownCreate {
        provider: create.provider.clone(),
        sandbox: false,
        reference: create.reference.clone(),
        windows: create.windows.clone(),
        hold_until: at(15),
        found_late: false,
        lookalike: None,
    });
    let plan = scenario.plan();
    assert_eq!(reasons(&plan), [HeldReason::UnknownOutcome]);
    assert!(!plan.held[0].needs_person);
    // Renamed meanwhile: it may still exist.
    scenario.files([campaign("black-friday", 0..3, "hi", 60)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::UnknownOutcome]);
    scenario.files([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(15);
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
    scenario.now = at(1);
    scenario.create(&create);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), plan.held.len(), plan.kept.len()),
        (0, 0, 1),
        "the list shows it: settled"
    );
}

#[test]
fn a_create_without_an_answer_beside_a_batch_that_may_be_it_is_for_a_person_to_settle() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    let create = scenario.plan().operations.remove(0);
    scenario.create(&create);
    scenario.truth[0].reference = None;
    scenario.truth[0].reference_text = None;
    scenario.journal.unknown.push(UnknownCreate {
        provider: create.provider.clone(),
        sandbox: false,
        reference: create.reference.clone(),
        windows: create.windows.clone(),
        hold_until: at(120),
        found_late: false,
        lookalike: Some(scenario.truth[0].id.clone()),
    });
    let plan = scenario.plan();
    assert_eq!(reasons(&plan), [HeldReason::UnreadableReference]);
    assert!(plan.held[0].needs_person);
    assert!(
        plan.held[0].message.contains("was not answered"),
        "{}",
        plan.held[0].message
    );
    scenario.allow(&plan.held[0].allow_text().unwrap());
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
}

#[test]
fn what_the_list_shows_too_late_under_an_unanswered_create_may_be_another_machines() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    let create = scenario.plan().operations.remove(0);
    scenario.create(&create);
    scenario.journal.unknown.push(UnknownCreate {
        provider: create.provider.clone(),
        sandbox: false,
        reference: create.reference.clone(),
        windows: create.windows.clone(),
        hold_until: at(15),
        found_late: true,
        lookalike: None,
    });
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.held.len(), plan.kept.len()), (0, 0, 1));
    // Whatever takes its place would be the second, if ours still came.
    scenario.files([campaign("bf", 0..3, "hello", 60)]);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::UnknownOutcome])
    );
    assert!(
        plan.held[0].message.contains("may be another one"),
        "{}",
        plan.held[0].message
    );
    scenario.now = at(15);
    assert_eq!(actions(&scenario.plan()), ["replace bf changed"]);
}
