//! Planned batches of our namespace that neither the journal nor the files know.

use super::*;

/// Another project's `hej`, planned under our namespace at `ip1`; this project has never been there.
fn strangers() -> Lab {
    let mut lab = Lab::applied([campaign("hej", 10..13, "hej", 90)]);
    lab.journal = JournalFacts::default();
    lab.files([campaign("welcome", 0..3, "welcome", 60)]);
    lab
}

#[test]
fn what_may_be_another_projects_is_not_touched_and_nothing_is_sent_beside_it() {
    let mut lab = strangers();
    let plan = lab.plan();
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
    let mut lab = strangers();
    lab.files([campaign("hej", 0..3, "hello", 60)]);
    let plan = lab.plan();
    assert_eq!(
        (actions(&plan), reasons(&plan)),
        (Vec::new(), vec![HeldReason::FirstContact])
    );
}

#[test]
fn neither_repairs_nor_suppressions_touch_what_may_be_another_projects() {
    let mut lab = strangers();
    lab.duplicate(0);
    lab.policy.suppressions.everywhere = Arc::new(people([11]));
    assert_eq!(actions(&lab.plan()), Vec::<String>::new());
}

#[test]
fn the_namespace_is_this_projects_by_a_line_of_the_journal_by_a_fingerprint_or_by_a_word() {
    let free = ["cancel hej file_removed", "create welcome new"];
    let mut lab = strangers();
    lab.policy.guards.max_cancel_percent = None;
    lab.journal.accounts = [provider("ip1")].into();
    assert_eq!(actions(&lab.plan()), free);

    let mut lab = strangers();
    lab.policy.guards.max_cancel_percent = None;
    lab.allow("adopt=acme");
    let plan = lab.plan();
    assert_eq!(actions(&plan), free);
    assert_eq!(plan.overrides_used, ["adopt=acme"]);
    assert_eq!(plan.recognized, [provider("ip1")], "to be written down");

    // One campaign is as it was: whoever wrote it wrote the others too.
    let mut lab = strangers();
    lab.files([
        campaign("welcome", 0..3, "welcome", 60),
        campaign("hej", 10..13, "hej", 90),
    ]);
    let plan = lab.plan();
    assert_eq!((actions(&plan).len(), plan.kept.len()), (1, 1));
    assert_eq!(plan.recognized, [provider("ip1")]);

    // Canceled counts too: it says what the files say.
    let mut lab = strangers();
    lab.files([campaign("welcome", 0..3, "welcome", 60)]);
    lab.journal.accounts = [provider("ip1")].into();
    lab.run();
    lab.journal = JournalFacts::default();
    let last = lab.truth.len() - 1;
    lab.pull_the_brake(last);
    assert!(!reasons(&lab.plan()).contains(&HeldReason::FirstContact));
}

#[test]
fn an_account_without_planned_batches_of_the_namespace_is_no_stranger() {
    let mut lab = strangers();
    lab.begin(0);
    assert_eq!(actions(&lab.plan()), ["create welcome new"]);
    lab.truth.clear();
    assert_eq!(actions(&lab.plan()), ["create welcome new"]);
}

#[test]
fn another_word_than_the_namespace_adopts_nothing() {
    let mut lab = strangers();
    lab.allow("adopt=hej");
    assert_eq!(actions(&lab.plan()), Vec::<String>::new());
}
