//! Batches at accounts that are no longer configured, and two names for one account.

use super::*;

/// `bf` was created at an account that is no longer configured.
fn moved() -> Scenario {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    let create = scenario.plan().operations.remove(0);
    scenario.journal.elsewhere.push(ElsewhereBatch {
        provider: provider("old"),
        id: Some(BatchId("batch-7".to_owned())),
        reference: create.reference,
        windows: create.windows,
    });
    scenario
}

#[test]
fn a_batch_at_an_account_that_is_configured_no_more_holds_its_occurrence() {
    let mut scenario = moved();
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::OtherAccount])
    );
    let held = &plan.held[0];
    assert!(held.needs_person);
    assert_eq!(held.allow_text().as_deref(), Some("moved=bf"));
    assert!(held.message.contains("put `old` back"), "{}", held.message);
    // However it was edited, and wherever it goes now.
    scenario.files([at_sinch(campaign("bf", 2..6, "hello", 300))]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::OtherAccount]);
    // Or renamed: it says exactly the same.
    scenario.files([campaign("black-friday", 0..3, "hi", 60)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::OtherAccount]);
    // Or renamed and edited: nobody can read who is in it. Far away it is another campaign.
    scenario.files([campaign("black-friday", 0..3, "hello", 300)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::OtherAccount]);
    scenario.files([campaign("black-friday", 0..3, "hello", 60 + 3 * 24 * 60)]);
    assert_eq!(actions(&scenario.plan()), ["create black-friday new"]);
    // What only the sandbox sends reaches nobody.
    let mut on_sandbox = campaign("bf", 0..3, "hi", 60);
    on_sandbox.sandbox = true;
    scenario.files([on_sandbox]);
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
}

#[test]
fn a_word_lets_it_go_on_and_other_occurrences_never_wait() {
    let mut scenario = moved();
    scenario.allow("moved=bf");
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
    let mut scenario = moved();
    scenario.files([
        revised(campaign("bf", 0..3, "hello", 300), 2),
        campaign("other", 5..7, "hi", 60),
    ]);
    assert_eq!(actions(&scenario.plan()), ["create other new", "create bf new"]);
}

#[test]
fn one_batch_in_two_lists_stops_before_anything_is_decided() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    let twin = ExistingBatch {
        provider: provider("sinch"),
        ..scenario.truth[0].clone()
    };
    scenario.truth.push(twin);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), plan.has_errors(), plan.complete),
        (0, true, false)
    );
    assert_eq!(plan.diagnostics[0].code, "C412");
    assert!(scenario.read.is_empty());
}
