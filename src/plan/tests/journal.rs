//! What the journal makes more precise.

use super::*;

fn known(lab: &Lab, i: usize) -> KnownBatch {
    let batch = &lab.truth[i];
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
fn lost() -> Lab {
    let mut lab = Lab::applied([campaign("bf", 0..3, "hi", 60)]);
    lab.journal.known.push(known(&lab, 0));
    lab.truth.clear();
    lab
}

#[test]
fn what_the_list_has_lost_after_it_opened_is_begun() {
    let mut lab = lost();
    lab.now = at(61);
    lab.files([campaign("bf", 0..3, "hello", 300)]);
    assert_eq!(reasons(&lab.plan()), [HeldReason::AlreadySent]);
}

#[test]
fn what_vanished_before_it_opened_is_stopped() {
    let mut lab = lost();
    assert_eq!(newly_lost(&lab.listed(), &lab.journal).count(), 1);
    assert_eq!(reasons(&lab.plan()), [HeldReason::CanceledAtProvider]);
    lab.journal.known[0].missed_at = Some(at(5));
    lab.now = at(61);
    lab.files([campaign("bf", 0..3, "hello", 300)]);
    assert_eq!(
        reasons(&lab.plan()),
        [HeldReason::CanceledAtProvider],
        "an earlier run missed it in time"
    );
    assert_eq!(newly_lost(&lab.listed(), &lab.journal).count(), 0);
}

#[test]
fn what_our_own_delete_took_away_in_time_is_neither() {
    let mut lab = lost();
    let cancel = |answered_at| OurCancel {
        provider: provider("ip1"),
        id: BatchId("batch-1".to_owned()),
        by_stop: false,
        answered_at,
        proved_silent: false,
    };
    lab.journal.cancels.push(cancel(Some(at(59))));
    assert_eq!(actions(&lab.plan()), ["create bf new"]);
    lab.journal.cancels = vec![cancel(Some(at(59) + Duration::from_secs(1)))];
    assert_eq!(
        reasons(&lab.plan()),
        [HeldReason::CanceledAtProvider],
        "less than a minute before it opened"
    );
    lab.journal.cancels = vec![cancel(None)];
    assert_eq!(reasons(&lab.plan()), [HeldReason::CanceledAtProvider], "never answered");
}

#[test]
fn a_cancel_by_stop_counts_as_theirs() {
    let mut lab = Lab::applied([campaign("bf", 0..3, "hi", 60)]);
    lab.pull_the_brake(0);
    let mut cancel = OurCancel {
        provider: provider("ip1"),
        id: lab.truth[0].id.clone(),
        by_stop: true,
        answered_at: Some(at(1)),
        proved_silent: true,
    };
    lab.journal.cancels = vec![cancel.clone()];
    assert_eq!(reasons(&lab.plan()), [HeldReason::CanceledAtProvider]);
    cancel.by_stop = false;
    lab.journal.cancels = vec![cancel];
    assert_eq!(actions(&lab.plan()), ["create bf new"]);
}

#[test]
fn without_the_journal_every_silent_batch_is_stopped() {
    let mut lab = Lab::applied([campaign("bf", 0..3, "hi", 60)]);
    lab.desired.campaigns[0].presence = Presence::Tombstone;
    lab.converge();
    lab.desired.campaigns[0].presence = Presence::Active;
    assert_eq!(actions(&lab.plan()), ["create bf new"]);
    assert!(lab.read.is_empty(), "our own proof is remembered");
    lab.journal = JournalFacts::default();
    assert_eq!(reasons(&lab.plan()), [HeldReason::CanceledAtProvider]);
    assert_eq!(lab.read.len(), 1);
}

#[test]
fn a_create_without_an_answer_holds_its_occurrence_until_it_is_settled() {
    let mut lab = Lab::new([campaign("bf", 0..3, "hi", 60)]);
    let create = lab.plan().operations.remove(0);
    lab.journal.unknown.push(UnknownCreate {
        provider: create.provider.clone(),
        sandbox: false,
        reference: create.reference.clone(),
        windows: create.windows.clone(),
        hold_until: at(15),
        found_late: false,
    });
    let plan = lab.plan();
    assert_eq!(reasons(&plan), [HeldReason::UnknownOutcome]);
    assert!(!plan.held[0].needs_person);
    // Renamed meanwhile: it may still exist.
    lab.files([campaign("black-friday", 0..3, "hi", 60)]);
    assert_eq!(reasons(&lab.plan()), [HeldReason::UnknownOutcome]);
    lab.files([campaign("bf", 0..3, "hi", 60)]);
    lab.now = at(15);
    assert_eq!(actions(&lab.plan()), ["create bf new"]);
    lab.now = at(1);
    lab.create(&create);
    let plan = lab.plan();
    assert_eq!(
        (actions(&plan).len(), plan.held.len(), plan.kept.len()),
        (0, 0, 1),
        "the list shows it: settled"
    );
}

#[test]
fn what_the_list_shows_too_late_under_an_unanswered_create_may_be_another_machines() {
    let mut lab = Lab::new([campaign("bf", 0..3, "hi", 60)]);
    let create = lab.plan().operations.remove(0);
    lab.create(&create);
    lab.journal.unknown.push(UnknownCreate {
        provider: create.provider.clone(),
        sandbox: false,
        reference: create.reference.clone(),
        windows: create.windows.clone(),
        hold_until: at(15),
        found_late: true,
    });
    let plan = lab.plan();
    assert_eq!((actions(&plan).len(), plan.held.len(), plan.kept.len()), (0, 0, 1));
    // Whatever takes its place would be the second, if ours still came.
    lab.files([campaign("bf", 0..3, "hello", 60)]);
    let plan = lab.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::UnknownOutcome])
    );
    assert!(
        plan.held[0].message.contains("may be another one"),
        "{}",
        plan.held[0].message
    );
    lab.now = at(15);
    assert_eq!(actions(&lab.plan()), ["replace bf changed"]);
}
