//! SIGKILL at every request boundary of a real apply, and what the next runs make of it: nobody twice, nobody missed but
//! where the plan says why, with the journal kept and with it lost.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::cli_world::{AT, Ran, signal};
use crate::crash_proxy::Moment;
use crate::crash_story::{Api, LATER, Story, Telling, Wanted, boundaries, campaign, each, held_by, settles};

const APPLY: &str = "apply --yes -o json";

/// Where a run is struck.
#[derive(Debug)]
struct Point {
    request: usize,
    line: String,
    moment: Moment,
    keeps_journal: bool,
}

#[expect(clippy::print_stdout, reason = "figures, for who asks with --nocapture")]
fn points(story: &Story, command: &str, journals: &[bool]) -> Vec<Point> {
    let requests = story.requests(command);
    let points = boundaries(&requests).into_iter().flat_map(|(request, moment)| {
        let line = requests[request].clone();
        // Without a journal only what the provider has seen counts: reads and relayed answers leave nothing behind.
        let leaves_nothing = line.starts_with("GET ") || moment == Moment::Relayed;
        let journals = journals.iter().filter(move |keeps| **keeps || !leaves_nothing);
        journals.map(move |keeps_journal| Point {
            request,
            line: line.clone(),
            moment,
            keeps_journal: *keeps_journal,
        })
    });
    let points: Vec<Point> = points.collect();
    println!("{} points of {} requests", points.len(), requests.len());
    points
}

/// Runs a command and strikes it at the point; its streams and how it ended.
fn strike(
    telling: &Telling,
    command: &str,
    point: &Point,
    blow: impl Fn(&mut Child) -> bool + Send + 'static,
) -> (String, String, ExitStatus) {
    let victim: Arc<Mutex<Option<Child>>> = Arc::default();
    let seen = Arc::clone(&victim);
    let (request, moment) = (point.request, point.moment);
    telling.proxy.watch(move |passing| {
        let is_here = passing.index == request && passing.moment == moment;
        !is_here || blow(seen.lock().unwrap().as_mut().expect("it sends requests, so it runs"))
    });
    let mut command = telling.project.command(AT, command);
    let (mut out, mut err) = {
        let mut victim = victim.lock().unwrap();
        let child = victim.insert(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        (child.stdout.take().unwrap(), child.stderr.take().unwrap())
    };
    let (mut text, mut errors) = (String::new(), String::new());
    out.read_to_string(&mut text).unwrap();
    err.read_to_string(&mut errors).unwrap();
    let status = victim.lock().unwrap().as_mut().unwrap().wait().unwrap();
    telling.proxy.watch(|_| true);
    (text, errors, status)
}

fn kill(telling: &Telling, command: &str, point: &Point) {
    let (_, errors, status) = strike(telling, command, point, |child| {
        child.kill().unwrap();
        false
    });
    // After the last answer that it waits for, the program may be faster than the signal.
    let was_faster = point.moment == Moment::Relayed && status.code().is_some();
    assert!(status.signal() == Some(9) || was_faster, "{status}: {errors}");
    if !point.keeps_journal {
        std::fs::remove_dir_all(telling.project.path(".campanile")).unwrap();
    }
}

/// Kills an apply at every point, goes on with the next, and judges.
fn survives_kills(story: &Story) {
    let points = points(story, APPLY, &[true, false]);
    assert!(points.len() > 20, "{points:?}");
    each(&points, |point| {
        let telling = story.tell();
        kill(&telling, APPLY, point);
        if point.keeps_journal {
            telling.status_is_true();
        }
        goes_on(story, &telling, point);
    });
}

/// The next run, and if it has to wait the one after, leave nothing to do; then everybody is asked what they got.
fn goes_on(story: &Story, telling: &Telling, point: &Point) {
    // Without a journal the batches of what was edited might be another project's: somebody knows that they are not.
    let apply = if point.keeps_journal {
        APPLY.to_owned()
    } else {
        format!("{APPLY} --allow adopt=acme")
    };
    let (report, mut held) = settles(telling, AT, &apply);
    telling.report_is_true(&report);
    if held.iter().any(|(_, reason)| reason == "unknown_outcome") {
        assert!(
            point.keeps_journal,
            "only a journal knows of a create without an answer: {held:?}"
        );
        telling.emulator.clock(LATER);
        let (report, after) = settles(telling, LATER, APPLY);
        telling.report_is_true(&report);
        held = after;
    }
    let may_miss: BTreeSet<String> = held
        .into_iter()
        .map(|(campaign, reason)| {
            assert_eq!(reason, "canceled_at_provider", "`{campaign}` is held");
            campaign
        })
        .collect();
    assert!(
        may_miss.is_empty() || !point.keeps_journal,
        "the journal knows that the cancel was ours: {may_miss:?}"
    );
    story.judge(telling, &may_miss);
}

/// Two campaigns, one of them in several parts, that no provider has yet.
fn creates(api: Api, lag: &str) -> Story {
    Story::new(
        api,
        |_| (),
        |project| {
            campaign(project, "parts", "first", 5, 7);
            campaign(project, "note", "first", 2, 9);
            project.edit("campanile.yaml", "list_lag: 0s", lag);
        },
        vec![wanted("parts", "first", 5), wanted("note", "first", 2)],
    )
}

/// More parts than are under way at once, at an account that is known to keep references.
fn many_creates(api: Api) -> Story {
    Story::new(
        api,
        |project| campaign(project, "note", "first", 1, 9),
        |project| campaign(project, "parts", "first", 24, 7),
        vec![wanted("parts", "first", 24), wanted("note", "first", 1)],
    )
}

/// Every part of a campaign gets another text, and campaigns that share nobody go.
fn many_changes(api: Api) -> Story {
    Story::new(
        api,
        |project| {
            campaign(project, "parts", "first", 12, 7);
            campaign(project, "gone", "first", 8, 8);
        },
        |project| {
            campaign(project, "parts", "second", 12, 7);
            project.remove("campaigns/gone.yaml");
        },
        vec![wanted("parts", "second", 12)],
    )
}

/// A text changed in several parts, a window moved, a file removed, a new campaign.
fn changes(api: Api) -> Story {
    Story::new(
        api,
        |project| {
            campaign(project, "parts", "first", 4, 7);
            campaign(project, "moved", "first", 2, 9);
            campaign(project, "gone", "first", 1, 8);
        },
        |project| {
            campaign(project, "parts", "second", 4, 7);
            campaign(project, "moved", "first", 2, 10);
            project.remove("campaigns/gone.yaml");
        },
        vec![wanted("parts", "second", 4), wanted("moved", "first", 2)],
    )
}

fn wanted(campaign: &'static str, version: &'static str, people: u32) -> Wanted {
    Wanted {
        campaign,
        version,
        people: 0..people,
    }
}

#[test]
fn creates_killed_at_any_boundary_at_ip1_text_everybody_once() {
    survives_kills(&creates(Api::Ip1, "list_lag: 0s"));
}

#[test]
fn creates_killed_at_any_boundary_at_sinch_text_everybody_once() {
    survives_kills(&creates(Api::Sinch, "list_lag: 0s"));
}

#[test]
fn changes_killed_at_any_boundary_at_ip1_text_nobody_twice() {
    survives_kills(&changes(Api::Ip1));
}

#[test]
fn changes_killed_at_any_boundary_at_sinch_text_nobody_twice() {
    survives_kills(&changes(Api::Sinch));
}

#[test]
fn many_creates_side_by_side_killed_at_any_boundary_text_everybody_once() {
    survives_kills(&many_creates(Api::Ip1));
}

#[test]
fn many_changes_side_by_side_killed_at_any_boundary_text_nobody_twice() {
    survives_kills(&many_changes(Api::Ip1));
}

#[test]
fn many_changes_in_place_killed_at_any_boundary_text_nobody_twice() {
    survives_kills(&many_changes(Api::Sinch));
}

#[test]
fn many_changes_side_by_side_say_what_is_done_when_they_are_interrupted() {
    reports_truly_when_signaled(&many_changes(Api::Ip1), "INT", 130);
}

#[test]
fn a_create_that_was_killed_while_lists_are_late_is_waited_for() {
    for api in [Api::Ip1, Api::Sinch] {
        let story = creates(api, "list_lag: 900ms");
        let mut points = points(&story, APPLY, &[true, false]);
        points.retain(|point| point.line.starts_with("POST ") && point.moment == Moment::Answered);
        assert_eq!(points.len(), 6, "three creates, with and without journal");
        each(&points, |point| {
            let telling = story.tell();
            telling.emulator.settings(json!({ "list_lag_ms": 800 }));
            kill(&telling, APPLY, point);
            goes_on(&story, &telling, point);
        });
    }
}

#[test]
fn a_test_send_killed_at_any_boundary_is_shown_by_status_if_it_was_made() {
    let story = Story::new(
        Api::Ip1,
        |_| (),
        |project| {
            campaign(project, "note", "first", 2, 9);
            project.edit("campanile.yaml", "providers:", "testers: note.csv\nproviders:");
        },
        Vec::new(),
    );
    each(&points(&story, "test note --yes", &[true]), |point| {
        let telling = story.tell();
        kill(&telling, "test note --yes", point);
        let made = held_by(Api::Ip1, &telling.emulator);
        assert_eq!(made.len(), usize::from(point.moment > Moment::Arrived));
        telling.status_is_true();
        let report = telling.project.run(APPLY).exits(0).json();
        assert_eq!(report["summary"]["done"], json!(1), "the campaign goes on as planned");
    });
}

/// A signal at every point of an apply: the call in flight is finished, and the report says what is done and what is not.
fn reports_truly_when_signaled(story: &Story, name: &'static str, code: i32) {
    let plan = story.tell().project.plan();
    let planned = plan["operations"].as_array().unwrap();
    each(&points(story, APPLY, &[true]), |point| {
        let telling = story.tell();
        let (out, err, status) = strike(&telling, APPLY, point, move |child| {
            signal(child, name);
            true
        });
        let ran = Ran {
            code: status.code().expect("it ends by itself"),
            out,
            err,
        };
        let report = ran.exits(code).json();
        telling.report_is_true(&report);
        let summary = &report["summary"];
        assert_eq!(summary["planned"], planned.len(), "every operation is told: {report}");
        assert_eq!(summary["failed"], 0, "{report}");
        telling.status_is_true();
        let (_, held) = settles(&telling, AT, APPLY);
        assert_eq!(held, BTreeSet::new());
        story.judge(&telling, &BTreeSet::new());
    });
}

#[test]
fn an_apply_interrupted_at_any_boundary_says_what_is_done_and_what_is_not() {
    reports_truly_when_signaled(&changes(Api::Ip1), "INT", 130);
}

#[test]
fn an_apply_terminated_at_any_boundary_says_what_is_done_and_what_is_not() {
    reports_truly_when_signaled(&changes(Api::Sinch), "TERM", 143);
}
