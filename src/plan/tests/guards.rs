//! Guards and their overrides.

use super::*;
use crate::model::{Country, Estimate, Money};

fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

/// Each message costs one unit of this currency; none: it has no price.
fn priced(mut campaign: DesiredCampaign, currency: Option<&str>) -> DesiredCampaign {
    for group in &mut campaign.occurrences[0].groups {
        let numbers = Arc::clone(&group.content.numbers);
        let buckets = Buckets::new(numbers.iter().map(|number| {
            let mut digest = AudienceDigest::default();
            digest.add(row_digest(number, campaign.reference.as_str(), &mut Vec::new()));
            let mut estimate = Estimate::default();
            match currency {
                Some(currency) => estimate.add(money(&format!("1 {currency}"))),
                None => estimate.add_unpriced(1),
            }
            let totals = Totals {
                recipients: 1,
                messages_gsm7: 1,
                segments: 2,
                max_segments_per_message: 2,
                estimate,
                digest,
                ..Totals::default()
            };
            (Part::bucket(number), totals)
        }));
        group.content = Arc::new(GroupContent {
            buckets,
            numbers,
            ..GroupContent::default()
        });
    }
    campaign
}

fn line(plan: &Plan, rule: Rule) -> &GuardLine {
    plan.guards.iter().find(|g| g.rule == rule).unwrap()
}

#[test]
fn too_many_recipients_hold_their_occurrence_alone() {
    let mut scenario = Scenario::new([campaign("big", 0..20, "hi", 60), campaign("small", 30..33, "hi", 60)]);
    scenario.policy.guards.max_recipients = Some(19);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["create small new"]);
    assert!(plan.is_refused_by_guard());
    assert!(plan.held.iter().all(|h| h.allow_text().unwrap() == "recipients=big"));
    assert!(
        plan.held
            .iter()
            .all(|held| held.sends && held.content.windows.len() == 1)
    );
    let people: Option<u64> = plan.held.iter().map(|held| held.content.recipients).sum();
    assert_eq!((people, plan.people, plan.held_people), (Some(20), 3, 20));
    scenario.allow("recipients=big");
    let plan = scenario.plan();
    assert!(plan.held.is_empty() && !plan.is_refused_by_guard());
    assert_eq!(plan.overrides_used, ["recipients=big"]);
    assert!(line(&plan, Rule::Recipients).allowed);
}

#[test]
fn too_many_segments_hold_their_occurrence() {
    let mut scenario = Scenario::new([priced(campaign("bf", 0..3, "hi", 60), Some("SEK"))]);
    scenario.policy.guards.max_segments_per_message = Some(1);
    assert_eq!(reasons(&scenario.plan()), [HeldReason::Guard]);
}

#[test]
fn a_run_that_costs_too_much_creates_nothing_while_cancels_go_on() {
    let gone = campaign("gone", 20..23, "hi", 60);
    let mut scenario = Scenario::applied([gone, campaign("stays", 30..33, "hi", 60)]);
    scenario.policy.guards.max_cost.run = vec![money("5 SEK")];
    let cheap = priced(campaign("cheap", 0..2, "hi", 60), Some("SEK"));
    let dear = priced(campaign("dear", 5..9, "hi", 60), Some("SEK"));
    scenario.files([cheap, dear, campaign("stays", 30..33, "hi", 60)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["cancel gone file_removed"]);
    assert_eq!(reasons(&plan), [HeldReason::Guard, HeldReason::Guard]);
    assert_eq!(
        (
            line(&plan, Rule::Cost).actual.as_str(),
            line(&plan, Rule::Cost).limit.as_str()
        ),
        ("6.00 SEK", "5.00 SEK")
    );
    scenario.allow("cost=dear");
    assert_eq!(
        actions(&scenario.plan()).len(),
        3,
        "what the override names is left out of the sum"
    );
}

#[test]
fn an_override_lifts_its_own_campaign_only() {
    let mut scenario = Scenario::new([
        priced(campaign("a", 0..4, "hi", 60), Some("SEK")),
        priced(campaign("b", 10..18, "hi", 60), Some("SEK")),
    ]);
    scenario.policy.guards.max_cost.run = vec![money("5 SEK")];
    scenario.allow("cost=a");
    let plan = scenario.plan();
    assert!(plan.operations.iter().all(|o| o.campaign().as_str() == "a"));
    assert!(plan.held.iter().all(|h| h.reference.slot.campaign.as_str() == "b"));
    assert!(plan.is_refused_by_guard());
}

#[test]
fn occurrence_and_planned_money_have_limits_of_their_own() {
    let bf = || priced(campaign("bf", 0..4, "hi", 60), Some("SEK"));
    let mut scenario = Scenario::new([bf()]);
    scenario.policy.guards.max_cost.occurrence = vec![money("3 SEK")];
    assert_eq!(reasons(&scenario.plan()), [HeldReason::Guard]);
    scenario.policy.guards.max_cost.occurrence.clear();
    scenario.run();
    scenario.policy.guards.max_cost.planned = vec![money("6 SEK")];
    scenario.files([bf(), priced(campaign("more", 10..13, "hi", 60), Some("SEK"))]);
    let plan = scenario.plan();
    assert_eq!((reasons(&plan), plan.kept.len()), (vec![HeldReason::Guard], 1));
    assert_eq!(line(&plan, Rule::Cost).actual, "7.00 SEK");
}

#[test]
fn segments_without_a_price_and_currencies_without_a_limit_trip_a_money_guard() {
    for (currency, rule) in [(None, Rule::Unpriced), (Some("EUR"), Rule::Cost)] {
        let mut scenario = Scenario::new([priced(campaign("bf", 0..3, "hi", 60), currency)]);
        assert_eq!(
            actions(&scenario.plan()),
            ["create bf new"],
            "without any limit nothing trips"
        );
        scenario.policy.guards.max_cost.run = vec![money("500 SEK")];
        let plan = scenario.plan();
        assert_eq!(reasons(&plan), [HeldReason::Guard]);
        assert_eq!(plan.held[0].allow.as_ref().unwrap().0, rule);
    }
}

#[test]
fn only_campaigns_without_a_price_are_held_and_the_lines_that_cure_it_are_told_once() {
    let norway = |name: &str, people| {
        let mut campaign = priced(campaign(name, people, "hi", 60), None);
        for group in &mut campaign.occurrences[0].groups {
            let mut content = GroupContent::clone(&group.content);
            let estimate = content.buckets.total().estimate;
            let segments = content.buckets.total().segments;
            content
                .country_costs
                .insert(Country::parse("NO").ok(), (segments, estimate));
            group.content = Arc::new(content);
        }
        campaign
    };
    let priced = priced(campaign("priced", 20..22, "hi", 60), Some("SEK"));
    let mut scenario = Scenario::new([norway("one", 0..3), norway("two", 5..7), priced]);
    scenario.policy.guards.max_cost.run = vec![money("500 SEK"), money("50 EUR")];
    scenario.policy.guards.max_cost.planned = vec![money("500 SEK")];
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["create priced new"]);
    let told: Vec<(&str, &str)> = (plan.guards.iter())
        .filter(|guard| guard.rule == Rule::Unpriced)
        .map(|guard| (guard.scope.as_deref().unwrap(), guard.actual.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("one", "3 segments to NO without a price"),
            ("two", "2 segments to NO without a price")
        ]
    );
    let [line] = plan.price_lines.as_slice() else {
        panic!("{:?}", plan.price_lines)
    };
    assert!(
        line.contains("country: \"NO\", per_segment: \"?\"") && line.contains("currency: SEK"),
        "{line}"
    );
    scenario.allow("unpriced=one");
    assert_eq!(actions(&scenario.plan()), ["create one new", "create priced new"]);
    scenario.allow("unpriced=two");
    assert!(scenario.plan().price_lines.is_empty());
}

#[test]
fn growth_is_measured_in_people_planned_before_and_after() {
    let mut scenario = Scenario::applied([campaign("bf", 0..4, "hi", 60)]);
    scenario.policy.guards.max_growth_percent = Some(200);
    scenario.files([campaign("bf", 0..4, "hi", 60), campaign("more", 10..14, "hi", 60)]);
    assert_eq!(actions(&scenario.plan()), ["create more new"], "exactly the limit");
    scenario.files([campaign("bf", 0..9, "hi", 60)]);
    let plan = scenario.plan();
    assert!(plan.operations.is_empty() && reasons(&plan).iter().all(|r| *r == HeldReason::Guard));
    assert_eq!(line(&plan, Rule::Growth).actual, "225 %");
    scenario.allow("growth=bf");
    assert!(!scenario.plan().operations.is_empty());
}

#[test]
fn mass_cancels_are_counted_net_and_apply_above_three_occurrences() {
    let names = ["a", "b", "c", "d"];
    let all = |keep: &[&str]| -> Vec<DesiredCampaign> {
        (names.iter().zip(0_u64..))
            .filter(|(name, _)| keep.contains(name))
            .map(|(name, i)| campaign(name, 10 * i..10 * i + 3, name, 60))
            .collect()
    };
    let mut scenario = Scenario::applied(all(&names));
    scenario.files(all(&["a", "b"]));
    assert_eq!(actions(&scenario.plan()).len(), 2, "half is not more than half");
    scenario.files(all(&["a"]));
    let plan = scenario.plan();
    assert_eq!((plan.operations.len(), reasons(&plan).len()), (0, 3));
    assert!(plan.is_refused_by_guard());
    assert_eq!(plan.held[0].allow_text().unwrap(), "mass-cancel=b");
    scenario.allow("mass-cancel=b");
    assert_eq!(actions(&scenario.plan()).len(), 3, "without `b` the rest is half");
    scenario.policy.overrides.clear();
    let mut with_new = all(&["a"]);
    with_new.push(campaign("new", 100..103, "new", 60));
    scenario.files(with_new);
    assert_eq!(actions(&scenario.plan()).len(), 4, "a create makes up for a cancel");
}

#[test]
fn tombstones_never_count() {
    let mut scenario = Scenario::applied((0..5).map(|i| {
        campaign(
            &format!("c{i}"),
            10 * i..10 * i + 3,
            "hi",
            60 + i64::try_from(i).unwrap(),
        )
    }));
    scenario.policy.guards.max_cancel = Some(0);
    for campaign in &mut scenario.desired.campaigns {
        campaign.presence = Presence::Tombstone;
    }
    assert_eq!(actions(&scenario.converge()).len(), 5);
}

#[test]
fn a_project_without_any_campaign_cancels_nothing() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([]);
    let plan = scenario.plan();
    assert_eq!((actions(&plan).len(), reasons(&plan)), (0, vec![HeldReason::Guard]));
    assert_eq!(plan.held[0].allow_text().unwrap(), "empty-project=bf");
    scenario.allow("empty-project=bf");
    assert_eq!(actions(&scenario.converge()), ["cancel bf file_removed"]);
}

#[test]
fn paused_creates_and_replaces_nothing_while_cancels_go_on() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60), campaign("gone", 10..13, "hi", 60)]);
    scenario.policy.paused = true;
    scenario.files([campaign("bf", 0..3, "hello", 60), campaign("new", 20..23, "hi", 60)]);
    let plan = scenario.plan();
    assert_eq!(actions(&plan), ["cancel gone file_removed"]);
    assert_eq!(reasons(&plan), [HeldReason::Paused, HeldReason::Paused]);
    assert!(!plan.is_refused_by_guard());
}

#[test]
fn findings_of_other_checks_hold_like_guards() {
    let mut scenario = Scenario::new([campaign("bf", 0..3, "hi", 60), campaign("day", 10..13, "hi", 60)]);
    scenario.policy.findings.push(Finding {
        rule: Rule::QuietHours,
        campaign: CampaignRef::parse("bf").unwrap(),
        occurrence: None,
        group: None,
        message: "it opens at night in FR".to_owned(),
        actual: "23:00".to_owned(),
        limit: "08:00-20:00".to_owned(),
    });
    assert_eq!(actions(&scenario.plan()), ["create day new"]);
    scenario.allow("quiet-hours=bf");
    assert_eq!(actions(&scenario.plan()).len(), 2);
}

#[test]
fn an_override_that_lifts_nothing_is_a_warning() {
    let mut bf = campaign("bf", 0..3, "hi", 60);
    bf.allow.push(allow(Rule::TooLate));
    let mut scenario = Scenario::new([bf]);
    scenario.allow("starts-now=bf");
    let plan = scenario.plan();
    assert_eq!(plan.diagnostics.iter().filter(|d| d.code == "C405").count(), 2);
    assert!(plan.overrides_used.is_empty());
    assert!(plan.is_refused_by_strict());
}

#[test]
fn an_override_in_the_file_counts_like_one_on_the_command_line() {
    let mut late = campaign("bf", 0..3, "hi", 5);
    late.allow.push(allow(Rule::StartsNow));
    let plan = Scenario::new([late]).plan();
    assert!(plan.operations[0].starts_now);
    assert!(plan.overrides_used[0].contains("a reason"));
}

#[test]
fn selecting_a_campaign_narrows_operations_and_not_what_is_checked() {
    let mut scenario = Scenario::applied([campaign("bf", 0..3, "hi", 60)]);
    scenario.files([
        campaign("black-friday", 0..3, "hi", 60),
        campaign("other", 10..13, "hi", 60),
    ]);
    scenario.policy.selected = Some([CampaignRef::parse("black-friday").unwrap()].into());
    let plan = scenario.plan();
    assert!(plan.partial);
    assert_eq!(actions(&plan), Vec::<String>::new());
    assert_eq!(
        reasons(&plan),
        [HeldReason::LooksRenamed],
        "the old name's cancel is not selected"
    );
}

#[test]
fn windows_that_a_provider_cannot_take_are_an_error() {
    let mut two = at_sinch(campaign("bf", 0..3, "hi", 60));
    two.occurrences[0].groups[0].windows = Windows::new(vec![window(60, 70), window(90, 100)]).unwrap();
    let mut long = at_sinch(campaign("long", 10..13, "hi", 60));
    long.occurrences[0].groups[0].windows = Windows::one(window(60, 60 + 3 * DAY + 1));
    let plan = Scenario::new([two, long]).plan();
    assert_eq!(
        plan.diagnostics
            .iter()
            .filter(|d| d.code == "C407" && d.is_error())
            .count(),
        2
    );
    assert!(plan.operations.is_empty());
}
