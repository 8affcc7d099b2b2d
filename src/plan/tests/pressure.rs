//! How many marketing texts a person gets.

use super::*;
use crate::campaign::{ContactLimit, ContactPeriod};

fn limited(scenario: &mut Scenario, messages: usize, hours: u64) {
    scenario.policy.guards.max_per_person.push(ContactLimit {
        messages,
        within: ContactPeriod::Time(Duration::from_hours(hours)),
    });
}

fn notes(plan: &Plan) -> Vec<&str> {
    let notes = plan.diagnostics.iter().filter(|d| d.code == "C423");
    notes.map(|note| note.message.as_str()).collect()
}

#[test]
fn the_later_of_two_is_held_and_the_plan_settles() {
    let campaigns = || {
        [
            campaign("early", 0..6, "hi", 60),
            campaign("late", 4..9, "ho", 60 + 23 * 60),
            campaign("far", 0..9, "hey", 60 + 60 * 60),
        ]
    };
    let mut scenario = Scenario::new(campaigns());
    limited(&mut scenario, 1, 24);
    let plan = scenario.plan();
    assert!(
        actions(&plan).iter().all(|action| !action.contains("late")),
        "{:?}",
        actions(&plan)
    );
    assert!(plan.held.iter().all(|held| held.reason == HeldReason::Pressure));
    assert_eq!(plan.held[0].allow_text().unwrap(), "pressure=late");
    assert!(
        plan.held[0]
            .message
            .starts_with("2 people would get 2 marketing texts within 24h: early, late")
    );
    assert!(plan.is_refused_by_guard());
    scenario.run();
    assert_eq!(actions(&scenario.plan()), Vec::<String>::new());
    scenario.allow("pressure=late");
    assert!(actions(&scenario.plan()).iter().any(|action| action.contains("late")));
}

#[test]
fn rank_comes_before_time_and_what_stands_before_both() {
    let mut late = campaign("late", 4..9, "ho", 120);
    late.rank = 1;
    let mut scenario = Scenario::new([campaign("early", 0..6, "hi", 60), late.clone()]);
    limited(&mut scenario, 1, 24);
    let held = |plan: &Plan| {
        plan.held
            .iter()
            .map(|held| held.reference.slot.campaign.to_string())
            .collect::<Vec<_>>()
    };
    assert!(held(&scenario.plan()).iter().all(|name| name == "early"));
    let mut scenario = Scenario::applied([campaign("early", 0..6, "hi", 60)]);
    limited(&mut scenario, 1, 24);
    scenario.files([campaign("early", 0..6, "hi", 60), late]);
    let plan = scenario.plan();
    assert!(held(&plan).iter().all(|name| name == "late") && !plan.held.is_empty());
    assert_eq!(actions(&plan), Vec::<String>::new());
}

#[test]
fn service_texts_and_other_people_are_no_pressure() {
    let mut service = campaign("order", 0..6, "hi", 60);
    service.category = Category::Service;
    let mut scenario = Scenario::new([service, campaign("a", 0..6, "a", 60), campaign("b", 6..9, "b", 60)]);
    limited(&mut scenario, 1, 24);
    let plan = scenario.plan();
    assert!(plan.held.is_empty(), "{:?}", plan.held);
}

#[test]
fn what_was_sent_counts_as_it_was_sent() {
    let mut scenario = Scenario::applied([campaign("sent", 0..3, "hi", 60)]);
    limited(&mut scenario, 1, 24);
    scenario.now = at(70);
    let next = campaign("next", 2..4, "ho", 300);
    // The files still say what was sent.
    scenario.files([campaign("sent", 0..3, "hi", 60), next.clone()]);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::Pressure]);
    // They say something else: its people are read back.
    scenario.files([campaign("sent", 10..13, "other", 60), next]);
    let plan = scenario.plan();
    assert!(reasons(&plan).contains(&HeldReason::Pressure), "{:?}", reasons(&plan));
    assert!(!scenario.read.is_empty());
    scenario.files([
        campaign("sent", 10..13, "other", 60),
        campaign("next", 20..23, "ho", 300),
    ]);
    assert_eq!(actions(&scenario.plan()), ["create next new"]);
}

#[test]
fn of_a_list_of_which_one_part_was_sent_only_the_people_of_that_part_count() {
    let early = |opens| campaign("early", 0..6, "hi", opens);
    let mut scenario = Scenario::applied([early(60)]);
    limited(&mut scenario, 1, 24);
    // One of two parts has been sent; the rest was stopped, and the file moved since.
    assert_eq!(scenario.truth.len(), 2);
    scenario.now = at(70);
    scenario.begin(0);
    scenario.pull_the_brake(1);
    let Recipients::Read(sent) = &scenario.truth[0].recipients else {
        unreachable!()
    };
    let sent = sent.len();
    assert!((1..6).contains(&sent));
    scenario.files([early(400), campaign("late", 0..6, "ho", 120)]);
    let plan = scenario.plan();
    let late: Vec<&str> = (plan.held.iter())
        .filter(|held| held.reference.slot.campaign.as_str() == "late")
        .map(|held| held.message.as_str())
        .collect();
    let expected = format!("{sent} people would get 2 marketing texts within 24h: early, late");
    assert!(
        late.iter().any(|message| message.starts_with(&expected)),
        "{late:?}, {:?}",
        plan.held
    );
}

#[test]
fn calendar_days_let_a_weekly_text_pass_and_hold_a_daily_one() {
    for (days, is_held) in [(7, false), (8, true)] {
        let mut scenario = Scenario::new([
            campaign("first", 0..3, "hi", 60),
            // Half an hour less than seven days later.
            campaign("second", 0..3, "ho", 30 + 7 * DAY),
        ]);
        scenario.policy.guards.max_per_person.push(ContactLimit {
            messages: 1,
            within: ContactPeriod::Days(days),
        });
        assert_eq!(!scenario.plan().held.is_empty(), is_held, "{days}");
    }
}

#[test]
fn without_a_setting_it_is_a_note() {
    let plan = Scenario::new([
        campaign("a", 0..6, "a", 60),
        campaign("b", 4..9, "b", 600),
        campaign("c", 5..9, "c", 60 + 2 * DAY),
    ])
    .plan();
    assert!(plan.held.is_empty());
    assert_eq!(notes(&plan), ["2 people would get 2 marketing texts within 24h: a, b"]);
    let plan = Scenario::new([campaign("a", 0..6, "a", 60), campaign("b", 6..9, "b", 600)]).plan();
    assert_eq!(notes(&plan), Vec::<&str>::new());
}

#[test]
fn a_finished_campaign_without_a_file_says_for_how_many_people_it_no_longer_counts() {
    let mut scenario = Scenario::applied([campaign("sent", 0..3, "hi", 60), campaign("other", 6..9, "ho", 3000)]);
    limited(&mut scenario, 1, 24);
    let told = |scenario: &mut Scenario| -> Vec<String> {
        let plan = scenario.plan();
        let notes = plan.diagnostics.iter().filter(|d| d.code == "C424");
        notes.map(|note| note.message.clone()).collect()
    };
    scenario.now = at(70);
    assert_eq!(told(&mut scenario), Vec::<String>::new());
    scenario.files([campaign("other", 6..9, "ho", 3000)]);
    let expected = "`sent` has no file: 3 people whom it texted no longer count for `guards.max_per_person`";
    assert_eq!(told(&mut scenario), [expected]);
    // The limit looks no further back.
    scenario.now = at(60 + 24 * 60);
    assert_eq!(told(&mut scenario), Vec::<String>::new());
}
