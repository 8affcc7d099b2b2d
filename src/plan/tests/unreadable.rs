//! Batches that are ours by their id, and batches whose reference is almost one of ours.

use super::*;

/// `bf` is planned, the journal knows its id, and the provider shows another text as its reference.
fn shown_as(text: Option<&str>) -> Scenario {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    let batch = &mut scenario.truth[0];
    scenario.journal.known.push(KnownBatch {
        provider: batch.provider.clone(),
        sandbox: false,
        id: batch.id.clone(),
        reference: batch.reference.clone().unwrap(),
        windows: batch.windows.clone(),
        missed_at: None,
    });
    batch.reference_text = text.map(str::to_owned);
    batch.reference = text.and_then(|text| Reference::parse(text).ok());
    scenario
}

#[test]
fn a_batch_that_the_journal_knows_by_its_id_is_ours_whatever_it_shows() {
    for text in [
        None,
        Some(""),
        Some("invoice 17"),
        Some("ACME.BF.X"),
        Some("shop.bf.000010000000000000"),
    ] {
        let mut scenario = shown_as(text);
        let plan = scenario.plan();
        assert_eq!(
            (actions(&plan).len(), plan.kept.len(), plan.foreign),
            (0, 1, 0),
            "{text:?}"
        );
        scenario.files([campaign("bf", 0..3, "hello", 60)]);
        let plan = scenario.plan();
        assert_eq!(actions(&plan), ["replace bf changed"], "{text:?}");
        assert!(plan.operations[0].target.as_ref().unwrap().by_id);
        scenario.begin(0);
        assert_eq!(reasons(&scenario.plan()), [HeldReason::AlreadySent], "{text:?}");
    }
}

#[test]
fn what_was_changed_in_place_by_another_machine_is_what_the_list_says() {
    let mut scenario = shown_as(None);
    scenario.files([campaign("bf", 0..3, "hello", 60)]);
    let wanted = scenario.plan().operations[0].reference.clone();
    scenario.truth[0].reference_text = Some(wanted.to_string());
    scenario.truth[0].reference = Some(wanted);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.kept.len()), (0, 1));
}

/// Nothing is planned, and the list shows a batch with this text that no journal knows.
fn beside(text: &str, state: ReportedState) -> Scenario {
    let mut scenario = Scenario::applied([campaign("other", 10..12, "hi", 90)]);
    scenario.truth[0].reference_text = Some(text.to_owned());
    scenario.truth[0].reference = None;
    scenario.truth[0].state = state;
    scenario.files([campaign("bf", 0..3, "hi", 60), campaign("late", 5..7, "hi", 300)]);
    scenario
}

#[test]
fn a_near_match_holds_its_occurrence_else_its_campaign_else_every_create_there() {
    use ReportedState::{Canceled, Ongoing, Planned, Sent};
    let held = |text: &str, state| {
        let plan = beside(text, state).plan();
        let mut held: Vec<String> = plan
            .held
            .iter()
            .map(|held| held.reference.slot.campaign.to_string())
            .collect();
        held.sort();
        assert!(
            plan.held
                .iter()
                .all(|held| held.reason == HeldReason::UnreadableReference && held.needs_person)
        );
        held
    };
    let nobody: [&str; 0] = [];
    for state in [Planned, Ongoing, Sent] {
        assert_eq!(held("ACME.BF.00001000000ABCDEFG", state), ["bf"], "{state:?}");
    }
    assert_eq!(held("acme.bf.00001000000abcdefg ", Canceled), nobody);
    let (older, newer) = ("acme.bf.00001000000abcdefg ", "acme.bf.00002000000abcdefg ");
    assert_eq!(held(newer, Planned), ["bf"], "a revision that the file no longer has");
    assert_eq!(held(newer, Sent), ["bf"]);
    assert_eq!(
        held("acme.gone.00001000000abcdefg ", Planned),
        ["bf", "late"],
        "renamed, perhaps"
    );
    assert_eq!(held("acme.gone.00001000000abcdefg ", Sent), ["bf", "late"]);
    assert_eq!(held("acme.gone.00001000000abcdefg ", Canceled), nobody);
    assert_eq!(held("acme.gone.00", Planned), ["bf", "late"]);
    let raised = |state| {
        let mut scenario = beside(older, state);
        scenario.files([revised(campaign("bf", 0..3, "hi", 60), 2)]);
        reasons(&scenario.plan())
    };
    assert_eq!(raised(Planned), [HeldReason::UnreadableReference]);
    assert_eq!(raised(Sent), [], "a raised revision sends again");
    assert_eq!(
        held("acme.bf.3k899000000abcdefg ", Sent),
        ["bf"],
        "a schedule before: no revision was raised"
    );
    assert_eq!(held("acme.bf.00", Planned), ["bf"]);
    assert_eq!(held("acme.bf.00", Sent), nobody, "over");
    assert_eq!(held("acme.b", Planned), ["bf", "late"]);
    assert_eq!(held("acme.b", Sent), nobody);
    assert_eq!(held("acme invoice", Planned), nobody);
}

/// Canceled while it was being sent: some have it, and would get it again.
#[test]
fn a_near_match_that_was_canceled_after_it_had_opened_holds_its_occurrence() {
    let holds = |opens: i64| {
        let mut scenario = beside("acme.bf.00001000000abcdefg ", ReportedState::Canceled);
        scenario.truth[0].windows = vec![window(opens, opens + 60)];
        let plan = scenario.plan();
        let held = plan.held.iter().map(|held| held.reference.slot.campaign.to_string());
        held.collect::<Vec<_>>()
    };
    assert_eq!(holds(-10), ["bf"]);
    assert_eq!(holds(10), [""; 0], "stopped in time: it says nothing");
}

#[test]
fn a_raised_revision_waits_for_an_older_one_that_is_almost_ours_however_far_apart() {
    let mut scenario = beside("acme.bf.00001000000abcdefg ", ReportedState::Planned);
    scenario.files([revised(campaign("bf", 0..3, "hi", 60 + 3 * 24 * 60), 2)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::UnreadableReference]);
}

#[test]
fn a_near_match_of_a_campaign_without_a_file_holds_what_is_near_in_time_alone() {
    let mut scenario = beside("acme.gone.00001000000abcdefg ", ReportedState::Planned);
    scenario.files([campaign("bf", 0..3, "hi", 60 + 3 * 24 * 60)]);
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
}

#[test]
fn a_near_match_holds_creates_at_its_own_account_only() {
    let mut scenario = beside("acme.b", ReportedState::Planned);
    scenario.files([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["create bf new"]);
    assert_eq!(plan.foreign, 0, "it is nobody else's");
}
