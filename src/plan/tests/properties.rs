//! What holds for every history of edits, as the test provider sees it.

use proptest::prelude::*;

use super::*;

/// One project as it might be committed.
#[derive(Debug, Clone)]
struct Commit {
    campaigns: Vec<Shape>,
    /// Minutes that pass before it is planned.
    wait: i64,
    paused: bool,
    suppressed: Option<u64>,
    /// What a person does at the provider first.
    hand: Option<(usize, bool)>,
}

#[derive(Debug, Clone)]
struct Shape {
    name: usize,
    first: u64,
    count: u64,
    body: usize,
    opens: i64,
    revision: u32,
    sinch: bool,
    zones: bool,
    state: Presence,
}

fn shape() -> impl Strategy<Value = Shape> {
    (
        0..3_usize,
        0..4_u64,
        1..12_u64,
        0..2_usize,
        prop_oneof![Just(60_i64), Just(200), Just(700), Just(2000)],
        prop_oneof![4 => Just(1_u32), 1 => Just(2)],
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.3),
        prop_oneof![8 => Just(Presence::Active), 1 => Just(Presence::Tombstone), 1 => Just(Presence::Unreadable)],
    )
        .prop_map(
            |(name, first, count, body, opens, revision, sinch, zones, state)| Shape {
                name,
                first,
                count,
                body,
                opens,
                revision,
                sinch,
                zones,
                state,
            },
        )
}

fn commit() -> impl Strategy<Value = Commit> {
    (
        prop::collection::vec(shape(), 0..3),
        0..90_i64,
        prop::bool::weighted(0.1),
        prop::option::weighted(0.3, 0..12_u64),
        prop::option::weighted(0.2, (0..20_usize, any::<bool>())),
    )
        .prop_map(|(mut campaigns, wait, paused, suppressed, hand)| {
            campaigns.sort_by_key(|shape| shape.name);
            campaigns.dedup_by_key(|shape| shape.name);
            Commit {
                campaigns,
                wait,
                paused,
                suppressed,
                hand,
            }
        })
}

fn campaign_of(shape: &Shape, suppressed: Option<u64>) -> DesiredCampaign {
    let name = ["a", "b", "c"][shape.name];
    let body = ["hi", "hello"][shape.body];
    let numbers: Vec<u64> = (shape.first..shape.first + shape.count)
        .filter(|n| Some(*n) != suppressed)
        .collect();
    let mut campaign = campaign(name, numbers.iter().copied(), body, shape.opens);
    if shape.zones {
        let (east, west): (Vec<u64>, Vec<u64>) = numbers.iter().partition(|n| *n % 3 == 0);
        let groups: &[(i8, &[u64], i64)] = &[(4, &east, shape.opens), (8, &west, shape.opens + 60)];
        campaign = zoned(campaign, groups, body);
        campaign.occurrences[0].groups.retain(|g| !g.content.numbers.is_empty());
    }
    campaign.emptied_by_suppression = numbers.is_empty();
    campaign.suppressed = u64::from(u64::try_from(numbers.len()).unwrap() < shape.count);
    campaign.presence = shape.state;
    if campaign.presence == Presence::Active {
        campaign = revised(campaign, shape.revision);
    } else {
        campaign.occurrences.clear();
    }
    if shape.sinch { at_sinch(campaign) } else { campaign }
}

/// Time passes at the provider: what opens begins, what closes ends.
fn pass(scenario: &mut Scenario, minutes: i64) {
    scenario.now = scenario.now + Duration::from_secs(u64::try_from(60 * minutes).unwrap());
    for batch in &mut scenario.truth {
        let is_ip1 = batch.api == Api::Ip1;
        if batch.state == ReportedState::Planned && is_ip1 && batch.opens().unwrap() <= scenario.now {
            batch.state = ReportedState::Ongoing;
        }
        if batch.state == ReportedState::Ongoing && batch.closes().unwrap() <= scenario.now {
            batch.state = ReportedState::Sent;
        }
    }
}

fn is_live(batch: &ExistingBatch) -> bool {
    batch.state != ReportedState::Canceled
}

fn step(scenario: &mut Scenario, commit: &Commit) {
    pass(scenario, commit.wait);
    if let Some((i, brake)) = commit.hand
        && i < scenario.truth.len()
        && scenario.truth[i].state == ReportedState::Planned
    {
        if brake {
            scenario.pull_the_brake(i);
        } else {
            scenario.duplicate(i);
        }
    }
    scenario.desired.campaigns = commit
        .campaigns
        .iter()
        .map(|s| campaign_of(s, commit.suppressed))
        .collect();
    scenario.policy.paused = commit.paused;
    scenario.policy.suppressions.everywhere = Arc::new(people(commit.suppressed));
}

/// Nobody is in two live batches of one occurrence.
fn assert_one_person_one_batch(scenario: &Scenario) {
    for (i, a) in scenario.truth.iter().enumerate().filter(|(_, b)| is_live(b)) {
        for b in scenario.truth[i + 1..].iter().filter(|b| is_live(b)) {
            let (x, y) = (a.reference.as_ref().unwrap(), b.reference.as_ref().unwrap());
            if x.slot.campaign == y.slot.campaign && x.slot.occurrence == y.slot.occurrence {
                let (Recipients::Read(p), Recipients::Read(q)) = (&a.recipients, &b.recipients) else {
                    panic!()
                };
                assert!(!p.shares_with(q), "{x} {y}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn applied_then_planned_again_is_nothing_to_do(commits in prop::collection::vec(commit(), 1..5)) {
        let mut scenario = Scenario::new([]);
        for commit in &commits {
            step(&mut scenario, commit);
            let plan = scenario.run();
            if plan.has_errors() {
                continue;
            }
            let again = scenario.plan();
            prop_assert_eq!(actions(&again), Vec::<String>::new(), "after {:?}", actions(&plan));
            // What waits for the end of the pause still waits: for it, or for a reason that weighs more by now.
            for held in plan.held.iter().filter(|held| held.reason == HeldReason::Paused) {
                let campaign = &held.reference.slot.campaign;
                prop_assert!(again.held.iter().any(|held| held.reference.slot.campaign == *campaign), "{}", campaign);
            }
            prop_assert!(commit.paused || !reasons(&again).contains(&HeldReason::Paused));
        }
    }

    #[test]
    fn nobody_is_in_two_live_batches_of_one_occurrence_after_an_apply(commits in prop::collection::vec(commit(), 1..5)) {
        let mut scenario = Scenario::new([]);
        for commit in &commits {
            step(&mut scenario, commit);
            scenario.run();
            // A human's duplicate of what has begun meanwhile cannot be undone; everything else is.
            if commits.iter().all(|c| c.hand.is_none_or(|(_, brake)| brake)) {
                assert_one_person_one_batch(&scenario);
            }
        }
    }

    #[test]
    fn nothing_is_created_for_a_slot_that_has_begun_or_was_stopped(commits in prop::collection::vec(commit(), 1..5)) {
        let mut scenario = Scenario::new([]);
        for commit in &commits {
            step(&mut scenario, commit);
            let plan = scenario.plan();
            for operation in plan.operations.iter().filter(|o| o.sends()) {
                for batch in &scenario.truth {
                    let is_slot = batch.reference.as_ref().unwrap().slot == operation.reference.slot;
                    let is_ours = scenario.journal.cancels.iter().any(|c| c.id == batch.id);
                    let has_begun = is_live(batch) && batch.opens().unwrap() <= scenario.now;
                    prop_assert!(!(is_slot && has_begun), "{:?}", operation.reference);
                    let is_alone = scenario.truth.iter().filter(|b| is_live(b)).all(|b| b.reference != batch.reference);
                    let was_stopped = !is_live(batch) && !is_ours && is_alone && operation.action == Action::Create;
                    let is_fresh = scenario.truth.iter().filter(|b| is_live(b)).all(|b| b.reference.as_ref().unwrap().slot.occurrence != operation.reference.slot.occurrence || b.reference.as_ref().unwrap().slot.campaign != operation.reference.slot.campaign);
                    prop_assert!(!(is_slot && was_stopped && is_fresh), "{:?}", operation.reference);
                }
            }
            scenario.apply(&plan);
        }
    }

    #[test]
    fn nobody_suppressed_stays_in_a_batch_that_can_be_stopped(commits in prop::collection::vec(commit(), 1..5)) {
        let mut scenario = Scenario::new([]);
        for commit in &commits {
            step(&mut scenario, commit);
            let plan = scenario.run();
            if plan.has_errors() {
                continue;
            }
            for batch in scenario.truth.iter().filter(|b| is_live(b)) {
                let Recipients::Read(people) = &batch.recipients else { panic!() };
                let can_stop = batch.opens().unwrap() >= scenario.now + Duration::from_mins(1);
                let hit = people.iter().any(|n| scenario.policy.suppressions.everywhere.contains(n));
                prop_assert!(!(can_stop && hit), "{:?} {:?}", batch.reference, actions(&plan));
            }
        }
    }

    #[test]
    fn a_plan_does_not_depend_on_the_order_of_its_input(
        commits in prop::collection::vec(commit(), 1..4), seed in any::<u64>(),
    ) {
        let mut scenario = Scenario::new([]);
        for commit in &commits {
            step(&mut scenario, commit);
            let plan = scenario.plan();
            let shuffle = |i: usize| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17);
            let truth = scenario.truth.clone();
            let mut order: Vec<usize> = (0..truth.len()).collect();
            order.sort_by_key(|i| shuffle(*i));
            scenario.truth = order.iter().map(|i| truth[*i].clone()).collect();
            let campaigns = scenario.desired.campaigns.clone();
            scenario.desired.campaigns.reverse();
            for campaign in &mut scenario.desired.campaigns {
                for occurrence in &mut campaign.occurrences {
                    occurrence.groups.reverse();
                }
            }
            scenario.journal.cancels.reverse();
            let other = scenario.plan();
            prop_assert_eq!(&plan.operations, &other.operations);
            prop_assert_eq!(&plan.held, &other.held);
            prop_assert_eq!(&plan.kept, &other.kept);
            prop_assert_eq!(&plan.digest, &other.digest);
            scenario.truth = truth;
            scenario.desired.campaigns = campaigns;
            scenario.apply(&plan);
        }
    }

    #[test]
    fn an_approval_made_before_some_operations_were_done_covers_those_that_are_left(
        commits in prop::collection::vec(commit(), 1..4), done in 0..6_usize,
    ) {
        let mut scenario = Scenario::new([]);
        for commit in &commits {
            step(&mut scenario, commit);
            let plan = scenario.plan();
            let mut part = plan.clone();
            part.operations.truncate(done);
            scenario.apply(&part);
            let rest = scenario.plan();
            // A replacement whose batch was canceled on its own comes back as a create.
            for operation in rest.operations.iter().filter(|o| o.action != Action::Create) {
                prop_assert!(plan.operation(&operation.digest).is_some(), "{:?} of {:?}", operation, actions(&plan));
            }
            scenario.apply(&rest);
        }
    }
}
