//! Planned batches of our namespace that neither the journal nor the files know.

use super::*;

/// Another project's `hej`, planned under our namespace at `ip1`; this project has never been there.
fn strangers() -> Scenario {
    let mut scenario = Scenario::applied([campaign("hej", 10..13, "hej", 90)]);
    scenario.journal = JournalFacts::default();
    scenario.files([campaign("welcome", 0..3, "welcome", 60)]);
    scenario
}

#[test]
fn what_may_be_another_projects_is_not_touched_and_nothing_is_sent_beside_it() {
    let mut scenario = strangers();
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert_eq!(reasons(&plan), [HeldReason::FirstContact, HeldReason::FirstContact]);
    assert!(plan.is_refused_by_guard(), "exit 3");
    assert!(plan.held.iter().all(|held| held.needs_person));
    for held in &plan.held {
        assert_eq!(held.allow_text().as_deref(), Some("adopt=acme"));
        for part in ["another project", "journal was lost", "`hej`", "`ip1`"] {
            assert!(held.message.contains(part), "{part}: {}", held.message);
        }
    }
}

#[test]
fn a_campaign_of_the_same_name_makes_the_namespace_no_less_strange() {
    let mut scenario = strangers();
    scenario.files([campaign("hej", 0..3, "hello", 60)]);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::FirstContact])
    );
}

#[test]
fn neither_repairs_nor_suppressions_touch_what_may_be_another_projects() {
    let mut scenario = strangers();
    scenario.duplicate(0);
    scenario.policy.suppressions.everywhere = Arc::new(people([11]));
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
}

#[test]
fn the_namespace_is_this_projects_by_a_line_of_the_journal_by_a_fingerprint_or_by_a_word() {
    let free = ["cancel hej file_removed", "create welcome new"];
    let mut scenario = strangers();
    scenario.policy.guards.max_cancel_percent = None;
    scenario.journal.accounts = [provider("ip1")].into();
    assert_eq!(actions(&scenario.plan()), free);

    let mut scenario = strangers();
    scenario.policy.guards.max_cancel_percent = None;
    scenario.allow("adopt=acme");
    let plan = scenario.plan();
    assert_eq!(actions(&plan), free);
    assert_eq!(plan.overrides_used, ["adopt=acme"]);
    assert_eq!(plan.recognized, [provider("ip1")], "to be written down");

    // One campaign is as it was, so the others have the same author.
    let mut scenario = strangers();
    scenario.files([
        campaign("welcome", 0..3, "welcome", 60),
        campaign("hej", 10..13, "hej", 90),
    ]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.kept.len()), (1, 1));
    assert_eq!(plan.recognized, [provider("ip1")]);

    // Canceled counts too: it says what the files say.
    let mut scenario = strangers();
    scenario.files([campaign("welcome", 0..3, "welcome", 60)]);
    scenario.journal.accounts = [provider("ip1")].into();
    scenario.run();
    scenario.journal = JournalFacts::default();
    let last = scenario.truth.len() - 1;
    scenario.pull_the_brake(last);
    assert!(!reasons(&scenario.plan()).contains(&HeldReason::FirstContact));
}

#[test]
fn an_account_without_planned_batches_of_the_namespace_is_no_stranger() {
    let mut scenario = strangers();
    scenario.begin(0);
    assert_eq!(actions(&scenario.plan()), ["create welcome new"]);
    scenario.truth.clear();
    assert_eq!(actions(&scenario.plan()), ["create welcome new"]);
}

#[test]
fn another_word_than_the_namespace_adopts_nothing() {
    let mut scenario = strangers();
    scenario.allow("adopt=hej");
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
}
