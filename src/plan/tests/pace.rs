//! Parts that open one step after the other, and what becomes of them when the pace is edited.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::Pace;

fn paced(mut campaign: DesiredCampaign, messages: u64, minutes: u64) -> DesiredCampaign {
    campaign.pace = Some(Pace {
        messages,
        per: Duration::from_secs(60 * minutes),
    });
    campaign
}

/// Sixty people, a window of two hours.
fn sixty() -> DesiredCampaign {
    campaign("spring", 0..60, "hi", 60)
}

/// Messages by the minute at which they may begin, of what is not canceled.
fn by_minute(scenario: &Scenario) -> BTreeMap<i64, u64> {
    let mut minutes = BTreeMap::new();
    for batch in (scenario.truth.iter()).filter(|batch| batch.state != ReportedState::Canceled) {
        let Recipients::Read(people) = &batch.recipients else {
            continue;
        };
        let minute = (batch.windows[0].opens().unix_seconds() - at(0).unix_seconds()) / 60;
        *minutes.entry(minute).or_default() += people.len() as u64;
    }
    minutes
}

fn live(scenario: &Scenario) -> Vec<(Reference, Vec<Window>)> {
    let live = (scenario.truth.iter()).filter(|batch| batch.state != ReportedState::Canceled);
    live.map(|batch| (batch.reference.clone().unwrap(), batch.windows.clone()))
        .collect()
}

#[test]
fn parts_open_step_by_step_inside_the_window_at_both_providers() {
    for at_provider in [|one| one, at_sinch] {
        let mut scenario = Scenario::new([at_provider(paced(sixty(), 20, 15))]);
        let plan = scenario.converge();
        let steps = plan.campaigns[0].pace.clone().unwrap();
        let minutes = by_minute(&scenario);
        assert_eq!(minutes.len(), usize::try_from(steps.steps).unwrap());
        assert!(minutes.values().all(|messages| *messages <= 20), "{minutes:?}");
        assert_eq!(minutes.values().sum::<u64>(), 60);
        for (step, minute) in minutes.keys().enumerate() {
            assert_eq!(*minute, 60 + 15 * i64::try_from(step).unwrap());
        }
        assert_eq!(steps.last_opens, at(*minutes.keys().last().unwrap()));
        assert!(scenario.truth.iter().all(|batch| batch.windows[0].closes() == at(180)));
    }
}

/// Sixty people on two clocks, forty of whom come an hour and a quarter later.
fn on_two_clocks(people: u64, opens: i64) -> DesiredCampaign {
    let all: Vec<u64> = (0..people).collect();
    let (east, west) = all.split_at(all.len() / 3);
    zoned(
        campaign("spring", [], "hi", opens),
        &[(5, east, opens), (0, west, opens + 75)],
        "hi",
    )
}

/// The most messages that may begin within so many minutes.
fn busiest(scenario: &Scenario, within: i64) -> u64 {
    let minutes = by_minute(scenario);
    let begin_in = |from: i64| minutes.range(from..from + within).map(|(_, messages)| messages).sum();
    minutes.keys().map(|from| begin_in(*from)).max().unwrap_or(0)
}

#[test]
fn recipients_own_clocks_open_step_by_step_each_in_their_window_and_count_together() {
    for at_provider in [|one| one, at_sinch] {
        let mut scenario = Scenario::new([at_provider(paced(on_two_clocks(60, 60), 20, 20))]);
        let plan = scenario.converge();
        // The windows overlap: 60 to 180, and 135 to 255.
        assert!(busiest(&scenario, 20) <= 20, "{:?}", by_minute(&scenario));
        assert_eq!(by_minute(&scenario).values().sum::<u64>(), 60);
        for (reference, windows) in live(&scenario) {
            let opens = if reference.slot.group == Group::Offset(5) {
                60
            } else {
                135
            };
            assert_eq!(windows.len(), 1);
            assert!(windows[0].opens() >= at(opens) && windows[0].closes() == at(opens + 120));
            assert_eq!((windows[0].opens().unix_seconds() - at(opens).unix_seconds()) % 1200, 0);
        }
        let steps = plan.campaigns[0].pace.clone().unwrap();
        assert_eq!(steps.last_opens, at(*by_minute(&scenario).keys().last().unwrap()));
        // A row more in one zone changes one batch.
        let before = live(&scenario);
        scenario.files([at_provider(paced(on_two_clocks(61, 60), 20, 20))]);
        scenario.converge();
        let after = live(&scenario);
        assert!(before.len() - before.iter().filter(|one| after.contains(one)).count() <= 1);
    }
    let plan = Scenario::new([paced(on_two_clocks(60, 60), 10, 30)]).plan();
    assert!(
        plan.diagnostics.iter().any(|d| d.code == "C425" && d.is_error()),
        "{:?}",
        plan.diagnostics
    );
}

#[test]
fn a_pace_that_does_not_fit_is_an_error_that_says_when_it_would_end() {
    let plan = Scenario::new([paced(sixty(), 10, 30)]).plan();
    let error = plan.diagnostics.iter().find(|d| d.code == "C425").unwrap();
    assert!(error.is_error() && plan.has_errors());
    assert!(
        error
            .message
            .starts_with("`spring` has 60 messages: at 10 in 30m they would end at "),
        "{}",
        error.message
    );
    assert!(
        error.message.ends_with(&format!("closes at {}", at(180))),
        "{}",
        error.message
    );
}

#[test]
fn one_more_row_changes_one_batch_and_a_pace_is_kept_within_a_quarter() {
    let mut scenario = Scenario::applied([paced(sixty(), 20, 15)]);
    let before = live(&scenario);
    let steps = by_minute(&scenario).len();
    for people in [61, 64, 68] {
        scenario.files([paced(campaign("spring", 0..people, "hi", 60), 20, 15)]);
        scenario.converge();
        assert_eq!(by_minute(&scenario).len(), steps);
        let after = live(&scenario);
        let stay = before.iter().filter(|one| after.contains(one)).count();
        assert!(before.len() - stay <= usize::try_from(people).unwrap() - 60);
    }
}

#[test]
fn a_pace_that_is_added_slowed_or_removed_before_anything_begins_moves_everything() {
    let mut scenario = Scenario::applied([sixty()]);
    assert_eq!(by_minute(&scenario).len(), 1);
    scenario.files([paced(sixty(), 20, 15)]);
    scenario.converge();
    let before = by_minute(&scenario).len();
    assert!(before > 1);
    scenario.files([paced(sixty(), 10, 10)]);
    scenario.converge();
    assert!(by_minute(&scenario).len() > before && by_minute(&scenario).values().all(|messages| *messages <= 10));
    scenario.files([sixty()]);
    scenario.converge();
    assert_eq!(by_minute(&scenario), [(60, 60)].into());
}

#[test]
fn what_has_begun_never_splits_and_the_rest_keeps_its_old_step_where_the_new_one_is_past() {
    // Everything in one batch that has begun: a pace comes too late for it.
    let mut whole = sixty();
    whole.max_recipients_per_batch = 100;
    let mut scenario = Scenario::applied([whole.clone()]);
    scenario.now = at(65);
    scenario.files([paced(whole, 20, 15)]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan), plan.held.len()), (Vec::new(), 0));
    // Paced, half of it out; then the pace is removed: the other half goes out as it was planned.
    let mut scenario = Scenario::applied([paced(sixty(), 20, 15)]);
    scenario.now = at(80);
    scenario.files([sixty()]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert!(reasons(&plan).contains(&HeldReason::TooLate), "{:?}", reasons(&plan));
}

/// What is edited between two runs.
#[derive(Debug, Clone)]
enum Edit {
    Pace(Option<(u64, u64)>),
    People(u64),
    Opens(i64),
    Wait(u64),
    Clocks,
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        prop::option::of((5_u64..40, prop::sample::select(vec![5_u64, 10, 15]))).prop_map(Edit::Pace),
        (30_u64..80).prop_map(Edit::People),
        (40_i64..200).prop_map(Edit::Opens),
        (1_u64..60).prop_map(Edit::Wait),
        Just(Edit::Clocks),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_edit_of_a_pace_texts_anybody_twice_or_outside_the_window(
        edits in prop::collection::vec(edits(), 1..8), at_sinch_too in any::<bool>(), limit in 4_u32..80,
    ) {
        let (mut pace, mut people, mut opens, mut has_own_clocks) = (Some((20, 15)), 60, 60, false);
        let mut scenario = Scenario::new([]);
        for edit in std::iter::once(Edit::Wait(0)).chain(edits) {
            match edit {
                Edit::Pace(other) => pace = other,
                Edit::People(other) => people = other,
                Edit::Opens(other) => opens = other,
                Edit::Clocks => has_own_clocks = !has_own_clocks,
                Edit::Wait(minutes) => scenario.now = scenario.now + Duration::from_secs(60 * minutes),
            }
            let mut file = if has_own_clocks {
                on_two_clocks(people, opens)
            } else {
                campaign("spring", 0..people, "hi", opens)
            };
            file.max_recipients_per_batch = limit;
            if let Some((messages, minutes)) = pace {
                file = paced(file, messages, minutes);
            }
            scenario.files([if at_sinch_too { at_sinch(file) } else { file }]);
            let plan = scenario.plan();
            if plan.has_errors() {
                continue;
            }
            for operation in plan.operations.iter().filter(|operation| operation.content.is_some()) {
                let opens = opens + if operation.reference.slot.group == Group::Offset(0) { 75 } else { 0 };
                prop_assert!(operation.windows[0].opens() >= at(opens) && operation.windows[0].closes() <= at(opens + 120));
            }
            scenario.apply(&plan);
            let again = scenario.plan();
            prop_assert_eq!(actions(&again), Vec::<String>::new(), "after {:?}", actions(&plan));
            // A live batch, planned or begun: one a person.
            let mut live: BTreeMap<u64, usize> = BTreeMap::new();
            for batch in (scenario.truth.iter()).filter(|batch| batch.state != ReportedState::Canceled) {
                let Recipients::Read(people) = &batch.recipients else { continue };
                people.iter().for_each(|number| *live.entry(number.as_u64()).or_default() += 1);
            }
            prop_assert!(live.values().all(|batches| *batches == 1));
        }
    }
}
