//! Two and three real applies at once against one emulator, each from a checkout of its own: whatever the interleaving, one
//! batch a slot is left before any window opens.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};

use serde_json::{Value, json};

use crate::cli_world::{AT, Project, Ran};
use crate::crash_proxy::Moment;
use crate::crash_story::{Api, Story, Telling, Wanted, boundaries, campaign, each, held_by, settles};

/// A checkout without a journal meets batches of another commit: somebody knows that both are of one project.
const APPLY: &str = "apply --yes -o json --allow adopt=acme";

/// Two campaigns, one in several parts, that the provider does not have yet.
fn fresh(api: Api) -> Story {
    Story::new(api, |_| (), |project| files(project, "first"), wanted("first"))
}

/// The same, applied; then both texts were changed.
fn edited(api: Api) -> Story {
    let before = |project: &Project| files(project, "first");
    Story::new(api, before, |project| files(project, "second"), wanted("second"))
}

/// A story whose applies make one call at a time.
fn one_at_a_time(story: Story) -> Story {
    story.edited("campanile.yaml", "list_lag", "requests_in_flight: 1, list_lag")
}

fn files(project: &Project, version: &str) {
    campaign(project, "parts", version, 5, 7);
    campaign(project, "note", version, 2, 9);
}

fn wanted(version: &'static str) -> Vec<Wanted> {
    let wanted = |campaign, people| Wanted {
        campaign,
        version,
        people: 0..people,
    };
    vec![wanted("parts", 5), wanted("note", 2)]
}

fn start(project: &Project) -> Child {
    let mut command = project.command(AT, APPLY);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Ends well, or says that something is left or held for a person, or that another run has canceled and so erased what it
/// had just created: what it must never do is fail without saying how far it came.
#[track_caller]
fn ends(child: Child) {
    let ran = Ran::of(child.wait_with_output().unwrap());
    let is_erased = ran.code == 6 && ran.out.contains("and its list does not show it");
    assert!(is_erased || [0, 3, 5].contains(&ran.code), "{ran:#?}");
    ran.json();
}

/// After one more apply: one live batch a slot, nothing left to do, and everybody gets one text. What a checkout of
/// another commit canceled looks like somebody's brake: it is held until a person says so.
#[track_caller]
fn ends_with_one_batch_a_slot(story: &Story, telling: &Telling, may_be_braked: bool) {
    let (_, mut held) = settles(telling, AT, APPLY);
    has_one_batch_a_slot(telling);
    if may_be_braked && !held.is_empty() {
        assert!(
            held.iter().all(|(_, reason)| reason == "canceled_at_provider"),
            "{held:?}"
        );
        let allow: String = held
            .iter()
            .map(|(campaign, _)| format!(" --allow resume={campaign}"))
            .collect();
        telling.project.run(&format!("apply --yes{allow}")).exits(0);
        (_, held) = settles(telling, AT, APPLY);
        has_one_batch_a_slot(telling);
    }
    held.retain(|(_, reason)| !may_be_braked || reason != "canceled_at_provider");
    assert_eq!(held, BTreeSet::new());
    story.judge(telling, &BTreeSet::new());
}

#[track_caller]
fn has_one_batch_a_slot(telling: &Telling) {
    let mut slots: BTreeMap<String, u32> = BTreeMap::new();
    for held in held_by(telling.api, &telling.emulator)
        .iter()
        .filter(|held| held.is_live)
    {
        let (slot, _fingerprint) = held.reference.split_at(held.reference.len() - 7);
        *slots.entry(slot.to_owned()).or_default() += 1;
    }
    assert!(slots.values().all(|count| *count == 1), "{slots:?}");
}

/// One apply stands still at each of its requests in turn while a whole other apply passes.
fn one_overtakes_another(story: &Story, is_same: bool) {
    let mut points = boundaries(&story.requests("apply --yes"));
    // A relayed answer changes nothing before the next request arrives.
    points.retain(|(_, moment)| *moment != Moment::Relayed);
    each(&points, |(request, moment)| {
        let telling = story.tell();
        let overtaking = checkout(story, &telling, is_same);
        let (request, moment) = (*request, *moment);
        telling.proxy.watch(move |passing| {
            if passing.index == request && passing.moment == moment {
                ends(start(&overtaking));
            }
            true
        });
        ends(start(&telling.project));
        ends_with_one_batch_a_slot(story, &telling, !is_same);
    });
}

/// Another checkout: of the same commit, or of an older one with other texts.
fn checkout(story: &Story, telling: &Telling, is_same: bool) -> Project {
    let project = story.project_at(&telling.emulator.url);
    if !is_same {
        files(&project, "older");
    }
    project
}

#[test]
fn an_apply_overtaken_by_another_of_the_same_commit_leaves_one_batch_a_slot() {
    one_overtakes_another(&fresh(Api::Ip1), true);
    one_overtakes_another(&edited(Api::Sinch), true);
}

#[test]
fn an_apply_overtaken_by_another_of_another_commit_leaves_one_batch_a_slot() {
    one_overtakes_another(&fresh(Api::Sinch), false);
    one_overtakes_another(&edited(Api::Ip1), false);
}

/// Lets `lead` run ahead by so many requests, then all go together and the machine decides.
fn race(others: &[Project], telling: &Telling, lead: usize) {
    let (go, gone): (Sender<()>, Receiver<()>) = channel();
    telling.proxy.watch(move |passing| {
        if passing.index == lead && passing.moment == Moment::Arrived {
            // Nobody listens when it was told before.
            let _ = go.send(());
        }
        true
    });
    let barrier = Arc::new(Barrier::new(others.len()));
    std::thread::scope(|scope| {
        let first = start(&telling.project);
        gone.recv().expect("the first run makes so many requests");
        for other in others {
            let barrier = Arc::clone(&barrier);
            scope.spawn(move || {
                barrier.wait();
                ends(start(other));
            });
        }
        ends(first);
    });
}

#[test]
fn two_and_three_applies_at_once_leave_one_batch_a_slot() {
    races(&stories());
}

#[test]
fn two_and_three_applies_at_once_with_one_call_at_a_time_leave_one_batch_a_slot() {
    races(&stories().map(one_at_a_time));
}

fn stories() -> [Story; 4] {
    [fresh(Api::Ip1), fresh(Api::Sinch), edited(Api::Ip1), edited(Api::Sinch)]
}

fn races(stories: &[Story]) {
    let mut cases = Vec::new();
    for story in 0..stories.len() {
        for (others, is_same, lead) in [(1, true, 0), (1, false, 3), (1, true, 6), (2, true, 2), (2, false, 5)] {
            cases.push((story, others, is_same, lead));
        }
    }
    each(&cases, |(story, others, is_same, lead)| {
        let story = &stories[*story];
        let telling = story.tell();
        let others: Vec<Project> = (0..*others).map(|_| checkout(story, &telling, *is_same)).collect();
        race(&others, &telling, *lead);
        ends_with_one_batch_a_slot(story, &telling, !is_same);
    });
}

/// Two have created the same, and a third takes the younger one away just when its maker has canceled what it is about to
/// replace: a repair, and no brake. Otherwise that would stay canceled, and look stopped to whoever lacks its journal.
#[test]
fn an_apply_whose_double_is_taken_away_creates_what_it_has_canceled() {
    let story = edited(Api::Ip1);
    let telling = story.tell();
    let (told, asked) = channel();
    let (go_on, wait) = channel::<()>();
    let (mut has_created, mut has_canceled) = (false, false);
    telling.proxy.watch(move |passing| {
        let is_over = passing.moment == Moment::Relayed;
        has_created |= is_over && passing.line.starts_with("POST ");
        has_canceled |= is_over && has_created && passing.line.starts_with("DELETE ");
        if has_canceled && passing.moment == Moment::Arrived && passing.line == "GET /v2/batches" {
            let _ = told.send(());
            let _ = wait.recv();
        }
        true
    });
    let first = start(&telling.project);
    asked.recv().expect("it looks between a cancel and a create");
    let (_, newest) = (telling.emulator).call("GET", "/v2/batches?start=0&limit=1&order=DESC", None);
    double(&telling, &newest[0]);
    telling.emulator.cancel_by_hand(&newest[0]["id"]);
    drop(go_on);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    let elsewhere = checkout(&story, &telling, true);
    elsewhere.run(APPLY).exits(0);
    ends_with_one_batch_a_slot(&story, &telling, false);
}

/// Somebody else creates the same.
fn double(telling: &Telling, batch: &Value) {
    let path = format!("/v2/batches/{}/messages", batch["id"].as_str().unwrap());
    let (_, messages) = telling.emulator.call("GET", &path, None);
    let messages = messages.as_array().unwrap().iter();
    let order = json!({
        "sender": batch["sender"],
        "recipients": messages.map(|message| message["recipient"].clone()).collect::<Vec<Value>>(),
        "body": "parts second double. Stop: acme.example",
        "deliveryWindows": batch["deliveryWindows"],
        "reference": batch["reference"],
    });
    let (status, answer) = telling.emulator.call("POST", "/v2/batches", Some(&order));
    assert_eq!(status, 200, "{answer}");
}

#[test]
fn an_apply_in_the_same_checkout_is_turned_away_by_the_lock() {
    let story = fresh(Api::Ip1);
    let telling = story.tell();
    let (told, asked) = channel();
    let (go_on, wait) = channel::<()>();
    telling.proxy.watch(move |passing| {
        if passing.line.starts_with("POST ") && passing.moment == Moment::Arrived {
            let _ = told.send(());
            let _ = wait.recv();
        }
        true
    });
    let first = start(&telling.project);
    asked.recv().unwrap();
    telling
        .project
        .run("apply --yes")
        .exits(1)
        .says("another run is changing this project right now");
    drop(go_on);
    ends(first);
    ends_with_one_batch_a_slot(&story, &telling, false);
}
