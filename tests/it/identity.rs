//! Whose account, whose namespace, whose journal: the real program against stand-ins over HTTP.

use crate::cli_world::{BODY, Emulator, Project, WINDOW, actions, held};
use crate::stand_in::{Habits, StandIn};

fn entry(name: &str, url: &str) -> String {
    format!(
        "{name}: {{ kind: ip1, base_url: \"{url}\", token_env: IP1_API_KEY, requests_per_second: 500, list_lag: 0s }}"
    )
}

/// A project at a stand-in, with the campaign `hello`.
fn project(url: &str) -> Project {
    let project = Project::with(&format!("{{ {} }}", entry("p", url)));
    project.people(3);
    project.campaign("hello", BODY, WINDOW);
    project
}

fn with_id(id: &str) -> Habits {
    Habits {
        id: Some(id.to_owned()),
        ..Habits::default()
    }
}

#[test]
fn a_rehearsal_on_the_sandbox_never_holds_the_real_apply() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.run("apply --sandbox --yes").exits(0);
    assert_eq!(emulator.changing(), Vec::<String>::new());
    assert_eq!(actions(&project.converges()), ["create"]);
    // And the real apply never holds a rehearsal.
    let again = project.run("plan --sandbox -o json").exits(0).json();
    assert_eq!(actions(&again), Vec::<&str>::new(), "the sandbox has it already");
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
}

#[test]
fn a_sandbox_takes_its_journal_with_it() {
    let project = Project::on_sandbox();
    project.converges();
    let clone = Project::on_sandbox();
    if project.path(".campanile/journal.jsonl").exists() {
        clone.write(".campanile/journal.jsonl", project.read(".campanile/journal.jsonl"));
    }
    let plan = clone.run("plan -o json").exits(0).json();
    assert_eq!(
        (actions(&plan), held(&plan).len()),
        (vec!["create"], 0),
        "what CI caches"
    );
    // The state alone is thrown away: its journal goes with it.
    project.remove(".campanile/sandbox-p.jsonl");
    let plan = project.run("plan -o json").exits(0).json();
    assert_eq!((actions(&plan), held(&plan).len()), (vec!["create"], 0));
    project.converges();
}

#[test]
fn the_sandbox_remembers_its_own_cancels() {
    let project = Project::on_sandbox();
    project.converges();
    project.edit("campaigns/hello.yaml", "sender: ACME", "state: canceled\nsender: ACME");
    project.run("apply --yes").exits(0);
    project.edit("campaigns/hello.yaml", "state: canceled\n", "");
    assert_eq!(actions(&project.plan()), ["create"]);
}

#[test]
fn a_create_at_an_account_that_is_configured_no_more_holds_its_occurrence() {
    let (old, new) = (StandIn::start(with_id("ip1-1")), StandIn::start(with_id("ip1-2")));
    let project = project(&old.url);
    project.converges();
    project.edit("campanile.yaml", &old.url, &new.url);
    let plan = project.plan();
    assert_eq!((actions(&plan), held(&plan)), (vec![], vec!["other_account"]));
    assert_eq!(plan["held"][0]["allow"], "moved=hello");
    project.run("apply --yes");
    assert_eq!(new.changing(), Vec::<String>::new());
    // Swapped for Sinch: the same.
    let sinch = Emulator::start();
    let at_sinch = format!(
        "p: {{ kind: sinch, base_url: \"{}\", service_plan_id: plan, token_env: SINCH_API_TOKEN, list_lag: 0s }}",
        sinch.url
    );
    project.edit("campanile.yaml", &entry("p", &new.url), &at_sinch);
    assert_eq!(held(&project.plan()), ["other_account"]);
    // Put back and canceled there, it goes on.
    project.edit("campanile.yaml", &at_sinch, &entry("p", &old.url));
    project.edit("campaigns/hello.yaml", "sender: ACME", "state: canceled\nsender: ACME");
    project.run("apply --yes").exits(0);
    project.edit("campaigns/hello.yaml", "state: canceled\n", "");
    project.edit("campanile.yaml", &old.url, &new.url);
    assert_eq!(actions(&project.converges()), ["create"]);
    assert_eq!((old.planned().len(), new.planned().len()), (0, 1));
}

#[test]
fn a_word_says_that_nothing_is_sent_at_the_old_account() {
    let (old, new) = (StandIn::start(with_id("ip1-1")), StandIn::start(with_id("ip1-2")));
    let project = project(&old.url);
    project.converges();
    project.edit("campanile.yaml", &old.url, &new.url);
    project.run("apply --yes --allow moved=hello").exits(0);
    assert_eq!(new.planned().len(), 1);
    // From then on it stands here.
    project.run("plan --detailed-exitcode").exits(0);
}

#[test]
fn an_account_is_the_same_under_another_name_and_without_its_id() {
    let there = StandIn::start(Habits::default());
    let project = project(&there.url);
    project.converges();
    project.edit("campaigns/hello.yaml", "sender: ACME", "state: canceled\nsender: ACME");
    project.run("apply --yes").exits(0);
    project.edit("campaigns/hello.yaml", "state: canceled\n", "");
    project.edit("campanile.yaml", "{ p:", "{ main:");
    project.edit("campanile.yaml", "provider: p", "provider: main");
    assert_eq!(actions(&project.plan()), ["create"], "our own cancel is known");
    there.change(|habits| habits.id = None);
    assert_eq!(
        actions(&project.plan()),
        ["create"],
        "the list shows the id: it is this account"
    );
}

#[test]
fn two_names_for_one_account_are_an_error_of_the_input() {
    let there = StandIn::start(Habits::default());
    let project = project(&there.url);
    let one = entry("p", &there.url);
    project.edit("campanile.yaml", &one, &format!("{one}, {}", entry("q", &there.url)));
    project.edit("campanile.yaml", "timezone:", "default_provider: p\ntimezone:");
    project.run("plan").exits(65).says("C412");
    project.run("apply --yes").exits(65);
    // Without an ID the same address and the same token say so.
    there.change(|habits| habits.id = None);
    project.run("plan").exits(65).says("C412");
    assert_eq!(there.changing(), Vec::<String>::new());
}

#[test]
fn one_batch_in_two_lists_stops_before_anything_is_decided() {
    let (one, other) = (StandIn::start(with_id("ip1-1")), StandIn::start(with_id("ip1-2")));
    for there in [&one, &other] {
        there.put("invoice 17", "2030-01-07T13:00:00Z", "2030-01-07T17:00:00Z");
    }
    let project = project(&one.url);
    let first = entry("p", &one.url);
    project.edit(
        "campanile.yaml",
        &first,
        &format!("{first}, {}", entry("q", &other.url)),
    );
    project.edit("campanile.yaml", "timezone:", "default_provider: p\ntimezone:");
    project.run("apply --yes").exits(65).says("C412");
    assert_eq!((one.changing().len(), other.changing().len()), (0, 0));
}

/// Two projects with one namespace on one account, which know nothing of each other.
fn neighbors() -> (StandIn, Project, Project) {
    let there = StandIn::start(Habits::default());
    let (one, other) = (project(&there.url), project(&there.url));
    other.remove("campaigns/hello.yaml");
    other.campaign("welcome", BODY, "{ opens: 2030-01-08T14:00, closes: 2030-01-08T18:00 }");
    one.converges();
    (there, one, other)
}

#[test]
fn a_namespace_that_may_be_somebody_elses_stops_everything() {
    let (there, one, other) = neighbors();
    let before = there.changing();
    other.write("stop.csv", "msisdn\n+46701000000\n");
    other.edit("campanile.yaml", "timezone:", "suppressions: [stop.csv]\ntimezone:");
    let plan = other.run("plan -o json").exits(3).json();
    assert_eq!(actions(&plan), Vec::<&str>::new());
    assert!(held(&plan).iter().all(|reason| *reason == "first_contact"), "{plan}");
    assert!(held(&plan).len() >= 2, "{plan}");
    let message = plan["held"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("another project") && message.contains("journal was lost"),
        "{message}"
    );
    other.run("apply --yes").exits(3).says("adopt=acme");
    assert_eq!(there.changing(), before);
    // With a namespace of its own both go their way.
    other.edit("campanile.yaml", "namespace: acme", "namespace: s7k2");
    other.run("apply --yes").exits(0);
    one.run("plan --detailed-exitcode").exits(0);
    other.run("plan --detailed-exitcode").exits(0);
    assert_eq!(there.planned().len(), 2);
}

#[test]
fn a_project_that_has_lost_its_journal_adopts_what_is_its_own_once() {
    let (there, one, _) = neighbors();
    one.remove(".campanile/journal.jsonl");
    one.edit("campaigns/hello.yaml", "Hi ", "Hello ");
    let plan = one.run("plan -o json").exits(3).json();
    assert_eq!(held(&plan), ["first_contact"]);
    one.run("apply --yes --allow adopt=acme").exits(0);
    assert_eq!(there.planned().len(), 1);
    one.edit("campaigns/hello.yaml", "Hello ", "Good day ");
    assert_eq!(actions(&one.converges()), ["replace"], "known from now on");
}

#[test]
fn what_an_apply_recognizes_stays_known() {
    let (_there, one, _) = neighbors();
    one.remove(".campanile/journal.jsonl");
    // Nothing to do: but now the account is known.
    one.run("apply --yes").exits(0);
    one.edit("campaigns/hello.yaml", "Hi ", "Hello ");
    assert_eq!(actions(&one.converges()), ["replace"]);
}
