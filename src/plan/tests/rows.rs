//! A test for each row of the table.

use super::*;

#[test]
fn row_1_what_is_not_there_and_in_time_is_created() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["create bf new"]);
    assert_eq!(plan.operations[0].content.as_ref().unwrap().recipients, 3);
    assert_eq!(plan.operations[0].windows, [window(60, 180)]);
}

#[test]
fn row_1_exactly_freeze_before_ahead_is_in_time() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 10)]);
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
}

#[test]
fn row_2_nearer_than_freeze_before_is_held_because_it_may_have_been_sent_and_erased() {
    for opens in [9, 0, -60] {
        let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", opens)]);
        let plan = scenario.plan();
        assert_eq!(
            (actions(&plan).len(), reasons(&plan)),
            (0, vec![HeldReason::StartsNow]),
            "{opens}"
        );
        assert_eq!(plan.held[0].allow_text().unwrap(), "starts-now=bf");
    }
}

#[test]
fn row_2_an_override_sends_what_is_left_of_the_windows_and_never_sooner_than_settle() {
    let mut late = campaign("bf", 0..3, "hi", 0);
    late.occurrences[0].groups[0].windows =
        Windows::new(vec![window(-90, -30), window(-10, 60), window(90, 120)]).unwrap();
    let mut scenario = Scenario::new([late]);
    scenario.allow("starts-now=bf");
    let plan = scenario.converge();
    assert!(plan.operations[0].starts_now);
    assert_eq!(plan.operations[0].windows, [window(2, 60), window(90, 120)]);
    assert_eq!(
        plan.operations[0].content.as_ref().unwrap().declared.as_slice().len(),
        3
    );
}

#[test]
fn row_2_an_override_needs_freeze_before_left_before_the_last_close() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", -111)]);
    scenario.allow("starts-now=bf");
    let plan = scenario.plan();
    assert_eq!(reasons(&plan), [HeldReason::StartsNow]);
    assert_eq!(plan.held[0].allow, None);
    scenario.files([campaign("bf", 0..3, "hi", -110)]);
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
}

#[test]
fn row_3_the_same_fingerprint_is_kept_even_when_it_opens_at_once() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(59);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.held.len(), plan.kept.len()), (0, 0, 1));
}

#[test]
fn row_3_drift_at_a_provider_that_cannot_change_batches_is_a_warning() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.truth[0].visible.priority = Some(2);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.kept.len()), (0, 1));
    assert_eq!(plan.diagnostics[0].code, "C403");
}

#[test]
fn row_3_drift_is_put_right_where_batches_can_be_changed() {
    let mut scenario = Scenario::applied([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    scenario.truth[0].windows = vec![window(30, 180)];
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["replace bf drift"]);
    assert_eq!(plan.operations[0].changed, [Changed::Windows]);
}

#[test]
fn row_3_windows_cut_by_a_late_start_are_no_drift() {
    let mut scenario = Scenario::new([at_sinch(campaign("bf", 0..3, "hi", 0))]);
    scenario.allow("starts-now=bf");
    assert_eq!(actions(&scenario.converge()), ["create bf new"]);
}

#[test]
fn row_4_another_fingerprint_is_replaced_by_cancel_proof_and_create() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([campaign("bf", 0..3, "hello", 60)]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["replace bf changed"]);
    assert_eq!(plan.operations[0].how, How::CancelThenCreate);
    assert_eq!(plan.operations[0].changed, [Changed::Content]);
    assert_eq!(plan.operations[0].target.as_ref().unwrap().id, scenario.truth[0].id);
}

#[test]
fn row_4_moved_windows_are_told_apart_from_edited_content() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([campaign("bf", 0..3, "hi", 90)]);
    assert_eq!(scenario.plan().operations[0].changed, [Changed::Windows]);
    scenario.files([campaign("bf", 0..3, "hello", 90)]);
    assert_eq!(
        scenario.plan().operations[0].changed,
        [Changed::Windows, Changed::Content]
    );
}

#[test]
fn row_4_desired_opens_nearer_than_freeze_before_is_held_too_late() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([campaign("bf", 0..3, "hi", 9)]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), reasons(&plan)), (0, vec![HeldReason::TooLate]));
    scenario.allow("too-late=bf");
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["replace bf changed"]);
    assert!(plan.operations[0].starts_now);
}

#[test]
fn row_4_an_existing_batch_may_be_moved_away_until_two_minutes_before_it_opens() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([campaign("bf", 0..3, "hi", 120)]);
    scenario.now = at(58);
    assert_eq!(actions(&scenario.plan()), ["replace bf changed"]);
    scenario.now = at(59);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), reasons(&plan)), (0, vec![HeldReason::TooLate]));
    assert_eq!(plan.held[0].allow, None);
}

#[test]
fn row_5_several_planned_are_repaired_and_the_desired_one_is_kept() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.duplicate(0);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["cancel bf duplicate"]);
    assert_eq!(plan.operations[0].target.as_ref().unwrap().id, scenario.truth[1].id);
    assert_eq!(plan.kept.len(), 1);
}

#[test]
fn row_6_a_begun_batch_is_never_sent_again() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.now = at(61);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), plan.held.len()),
        (0, 0),
        "as wanted: nothing to say"
    );
    scenario.files([campaign("bf", 0..3, "hello", 300)]);
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), reasons(&plan)),
        (0, vec![HeldReason::AlreadySent])
    );
    assert_eq!(plan.held[0].allow, None);
    assert!(plan.held[0].message.contains("raise `revision`"));
}

#[test]
fn row_6_canceled_while_sending_or_an_unknown_code_is_begun() {
    // Canceled before it opens, a batch was not sent; but nobody can prove that nothing left.
    for (state, proof, reason) in [
        (ReportedState::Canceled, Proof::Doubt, HeldReason::SilenceUnproved),
        (ReportedState::Unknown(199), Proof::NotRead, HeldReason::AlreadySent),
        (ReportedState::Sent, Proof::NotRead, HeldReason::AlreadySent),
    ] {
        let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
        (scenario.truth[0].state, scenario.truth[0].proof) = (state, proof);
        scenario.files([campaign("bf", 0..3, "hello", 60)]);
        assert_eq!(reasons(&scenario.plan()), [reason], "{state:?}");
    }
}

#[test]
fn row_7_a_batch_canceled_at_the_provider_stays_canceled_whatever_is_edited() {
    for body in ["hi", "hello"] {
        let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
        scenario.pull_the_brake(0);
        scenario.files([campaign("bf", 0..3, body, 60)]);
        let plan = scenario.plan();
        assert_eq!(
            (actions(&plan).len(), reasons(&plan)),
            (0, vec![HeldReason::CanceledAtProvider]),
            "{body}"
        );
        scenario.allow("resume=bf");
        assert_eq!(actions(&scenario.converge()), ["create bf resumed"]);
    }
}

#[test]
fn row_7_other_people_do_not_release_the_brake() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.pull_the_brake(0);
    scenario.files([campaign("bf", 10..13, "hi", 60)]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::CanceledAtProvider]);
}

#[test]
fn row_7_a_raised_revision_releases_the_brake() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.pull_the_brake(0);
    scenario.files([revised(campaign("bf", 0..3, "hi", 60), 2)]);
    assert_eq!(actions(&scenario.converge()), ["create bf new"]);
}

#[test]
fn row_8_moving_the_date_back_cancels_what_is_planned() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([campaign("bf", 0..3, "hi", -300)]);
    assert_eq!(actions(&scenario.converge()), ["cancel bf window_passed"]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::WindowPassed]);
}

#[test]
fn row_8_what_has_passed_is_never_created() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", -120)]);
    scenario.allow("starts-now=bf");
    let plan = scenario.plan();
    assert_eq!(
        (actions(&plan).len(), reasons(&plan)),
        (0, vec![HeldReason::WindowPassed])
    );
}

#[test]
fn row_8_a_message_tells_instants_as_the_policy_spells_them() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", -300)]);
    scenario.policy.instants = InstantSpelling::new(|instant| format!("<{}>", instant.unix_seconds()));
    let plan = scenario.plan();
    let closed = plan.held[0].content.windows.last().unwrap().closes();
    let expected = format!("its last window closed at <{}>; ", closed.unix_seconds());
    assert!(plan.held[0].message.starts_with(&expected), "{}", plan.held[0].message);
}

#[test]
fn row_9_cron_occurrences_beyond_the_horizon_wait_and_one_offs_do_not() {
    let daily = scheduled("daily", "0 10 * * *", 0..3, "hi", at(0));
    let mut scenario = Scenario::new([daily, campaign("far", 10..13, "hi", 30 * DAY)]);
    let plan = scenario.converge();
    assert_eq!(
        plan.operations
            .iter()
            .filter(|o| o.campaign().as_str() == "daily")
            .count(),
        7
    );
    assert_eq!(
        plan.operations
            .iter()
            .filter(|o| o.campaign().as_str() == "far")
            .count(),
        1
    );
    assert_eq!(plan.later.len(), 1);
    let later = &plan.later[0];
    assert_eq!(plan.next_apply_by, Some(later.apply_by));
    assert_eq!(later.apply_by, later.opens - Duration::from_mins(10));
    assert_eq!(later.apply_from, later.opens - Duration::from_hours(7 * 24));
}

#[test]
fn row_9_at_sinch_one_offs_wait_too() {
    let mut scenario = Scenario::new([at_sinch(campaign("far", 0..3, "hi", 11 * DAY))]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.later.len()), (0, 1));
    scenario.now = at(DAY + 1);
    assert_eq!(actions(&scenario.converge()), ["create far new"]);
}

#[test]
fn row_9_a_one_off_moved_beyond_the_providers_horizon_is_canceled_and_waits() {
    let mut scenario = Scenario::applied([at_sinch(campaign("far", 0..3, "hi", 5 * DAY))]);
    scenario.files([at_sinch(campaign("far", 0..3, "hi", 20 * DAY))]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["cancel far postponed"]);
    assert_eq!(plan.later.len(), 1);
    scenario.now = at(15 * DAY);
    assert_eq!(actions(&scenario.converge()), ["create far new"]);
}

#[test]
fn row_9_the_horizon_never_makes_a_batch_an_orphan() {
    let mut scenario = Scenario::applied([scheduled("daily", "0 10 * * *", 0..3, "hi", at(0))]);
    // As if the horizon had been lowered to a day since: only the next two occurrences are listed.
    scenario.policy.horizon = Duration::from_hours(24);
    scenario.desired.campaigns[0].occurrences.truncate(2);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.kept.len()), (0, 7));
}

#[test]
fn row_9_an_occurrence_beyond_the_horizon_that_is_planned_is_replaced_like_any_other() {
    let mut scenario = Scenario::applied([scheduled("daily", "0 10 * * *", 0..3, "hi", at(0))]);
    scenario.policy.horizon = Duration::from_hours(24);
    scenario.files([scheduled("daily", "0 10 * * *", 0..3, "hello", at(0))]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), vec!["replace daily changed"; 7]);
}

#[test]
fn row_10_a_removed_file_cancels_what_is_planned() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("other", 10..13, "hi", 60)]);
    scenario.files([campaign("other", 10..13, "hi", 60)]);
    assert_eq!(actions(&scenario.converge()), ["cancel bf file_removed"]);
}

#[test]
fn row_10_a_tombstone_cancels_what_is_planned() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.desired.campaigns[0].presence = Presence::Tombstone;
    assert_eq!(actions(&scenario.converge()), ["cancel bf state_canceled"]);
}

#[test]
fn row_10_an_occurrence_that_the_schedule_no_longer_names_is_canceled() {
    let mut scenario = Scenario::applied([scheduled("daily", "0 10 * * *", 0..3, "hi", at(0))]);
    scenario.files([scheduled("daily", "0 10 * * Mon-Fri", 0..3, "hi", at(0))]);
    assert_eq!(
        actions(&scenario.converge()),
        ["cancel daily unscheduled", "cancel daily unscheduled"]
    );
}

#[test]
fn row_10_an_unreadable_campaign_is_not_a_removed_one() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.desired.campaigns[0].presence = Presence::Unreadable;
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.kept.len()), (0, 1));
}

#[test]
fn row_10_while_a_file_cannot_be_read_nobody_elses_batches_count_as_removed() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("other", 10..13, "hi", 60)]);
    scenario.files([campaign("other", 10..13, "hi", 60)]);
    scenario.desired.campaigns[0].presence = Presence::Unreadable;
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), reasons(&plan)), (0, vec![HeldReason::Guard]));
}

#[test]
fn row_11_an_emptied_part_is_canceled() {
    let mut scenario = Scenario::applied([campaign("bf", 0..12, "hi", 60)]);
    let n = scenario.truth.len();
    assert!(n > 2);
    let Recipients::Read(first) = scenario.truth[0].recipients.clone() else {
        panic!()
    };
    let rest: Vec<u64> = (0..12).filter(|i| !first.contains(person(*i))).collect();
    scenario.files([campaign("bf", rest, "hi", 60)]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["cancel bf emptied"]);
}

#[test]
fn row_11_another_n_cancels_and_creates_in_one_plan() {
    let mut scenario = Scenario::applied([campaign("bf", 0..4, "hi", 60)]);
    scenario.files([campaign("bf", 0..7, "hi", 60)]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan)[0], "cancel bf repartitioned");
    assert!(
        plan.operations[1..]
            .iter()
            .all(|o| o.reason == Reason::Repartitioned && o.after.len() == 1)
    );
    assert!(scenario.read.is_empty(), "nothing is read for it: {:?}", scenario.read);
}

#[test]
fn row_11_what_nobody_succeeds_stays_while_its_successor_is_held() {
    let mut scenario = Scenario::applied([campaign("bf", 0..4, "hi", 60)]);
    scenario.files([campaign("bf", 0..7, "hi", 60)]);
    scenario.policy.paused = true;
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(reasons(&plan).iter().all(|r| *r == HeldReason::Paused));
}

#[test]
fn row_12_a_removed_campaign_that_is_being_sent_is_a_warning_and_then_history() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("other", 10..13, "hi", 600)]);
    scenario.files([campaign("other", 10..13, "hi", 600)]);
    scenario.now = at(61);
    scenario.begin(0);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), reasons(&plan)), (0, vec![HeldReason::Sending]));
    scenario.now = at(200);
    scenario.truth[0].state = ReportedState::Sent;
    let plan = scenario.plan();
    assert_eq!((plan.held.len(), plan.history), (0, 1));
}

#[test]
fn row_13_foreign_batches_are_counted_and_never_touched() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.truth[0].reference = None;
    scenario.truth[0].reference_text = Some("weekly offer".to_owned());
    scenario.files([]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), plan.foreign), (0, 1));
}

#[test]
fn an_incomplete_list_decides_nothing() {
    let scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    let observed = Observed::default();
    let plan = decide(
        &scenario.desired,
        &observed,
        &scenario.journal,
        scenario.now,
        &scenario.policy,
    );
    assert_eq!(
        (plan.complete, plan.operations.len(), plan.has_errors()),
        (false, 0, true)
    );
}

#[test]
fn test_sends_are_ours_and_part_of_no_decision() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.truth[0].reference.as_mut().unwrap().slot.group = Group::Test;
    scenario.begin(0);
    assert_eq!(actions(&scenario.plan()), ["create bf new"]);
    scenario.files([]);
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
}

#[test]
fn sandbox_batches_count_only_for_campaigns_on_the_sandbox() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60)]);
    scenario.policy.providers.insert(
        provider("sandbox"),
        ProviderFacts {
            name: provider("sandbox"),
            sandbox: true,
            ..ip1()
        },
    );
    scenario.desired.campaigns[0].provider = provider("sandbox");
    scenario.desired.campaigns[0].sandbox = true;
    scenario.run();
    scenario.begin(0);
    scenario.files([campaign("bf", 0..3, "hi", 60)]);
    assert_eq!(actions(&scenario.converge()), ["create bf new"]);
}

#[test]
fn a_campaign_that_begins_does_not_start_again_by_changing_its_provider() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.begin(0);
    scenario.files([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::AlreadySent]);
}

#[test]
fn a_planned_campaign_moves_to_another_provider_in_one_apply() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([at_sinch(campaign("bf", 0..3, "hi", 60))]);
    let plan = scenario.converge();
    assert_eq!(actions(&plan), ["replace bf provider_moved"]);
    assert_eq!(plan.operations[0].provider, provider("sinch"));
    assert_eq!(plan.operations[0].target.as_ref().unwrap().provider, provider("ip1"));
}

/// `apply` must not end as if everything were done while something wanted waits for a person.
#[test]
fn what_waits_for_a_person_is_told_apart_from_what_time_settles() {
    // Nothing is held.
    let mut lab = Scenario::new([campaign("hello", [1], "text", DAY)]);
    assert!(!lab.plan().is_waiting_for_a_person());
    // Somebody pulled the brake.
    lab.run();
    lab.pull_the_brake(0);
    assert!(lab.plan().is_waiting_for_a_person());
    // `--campaign` leaves it out: nothing of this run waits.
    lab.policy.selected = Some([CampaignRef::parse("other").unwrap()].into());
    assert!(!lab.plan().is_waiting_for_a_person());
    // Already sent, with other content wanted: over.
    let mut lab = Scenario::applied([campaign("hello", [1], "text", DAY)]);
    lab.begin(0);
    lab.files([campaign("hello", [1], "another", DAY)]);
    assert_eq!(reasons(&lab.plan()), [HeldReason::AlreadySent]);
    assert!(!lab.plan().is_waiting_for_a_person());
    // Its window has passed: over.
    let mut lab = Scenario::new([campaign("hello", [1], "text", -DAY)]);
    assert_eq!(reasons(&lab.plan()), [HeldReason::WindowPassed]);
    assert!(!lab.plan().is_waiting_for_a_person());
    // A batch that should leave and cannot: nothing wanted waits.
    let mut lab = Scenario::applied([
        campaign("hello", [1], "text", DAY),
        campaign("more", [2], "text", 3 * DAY),
    ]);
    lab.now = at(DAY) - Duration::from_secs(30);
    lab.files([campaign("more", [2], "text", 3 * DAY)]);
    assert_eq!(reasons(&lab.plan()), [HeldReason::TooLate]);
    assert!(lab.plan().held[0].needs_person && !lab.plan().is_waiting_for_a_person());
    // Paused: cancels only, until the pause ends.
    let mut lab = Scenario::new([campaign("hello", [1], "text", DAY)]);
    lab.policy.paused = true;
    assert_eq!(reasons(&lab.plan()), [HeldReason::Paused]);
    assert!(!lab.plan().is_waiting_for_a_person());
}
