//! Who may send where, and who can be answered: what a plan says of senders, texts and links.

use serde_json::Value;

use crate::cli_world::{Project, WINDOW};

fn codes(plan: &Value) -> Vec<String> {
    let told = plan["diagnostics"].as_array().unwrap();
    let mut codes: Vec<String> = told
        .iter()
        .map(|fault| fault["code"].as_str().unwrap().to_owned())
        .collect();
    codes.retain(|code| code.starts_with("C48"));
    codes.sort();
    codes
}

fn to(numbers: &[&str], body: &str) -> Project {
    let project = Project::with("{ p: { kind: sandbox } }");
    let rows: String = numbers.iter().map(|number| format!("{number},Ada\n")).collect();
    project.write("people.csv", format!("msisdn,first_name\n{rows}"));
    project.campaign("hello", body, WINDOW);
    project
}

#[test]
fn a_reply_to_a_name_is_warned_about_and_a_link_or_a_number_that_receives_is_not() {
    let project = to(&["+46701740605"], "Hi! Reply STOP to opt out");
    let plan = project.plan();
    assert_eq!(codes(&plan), ["C483"]);
    let said = plan["diagnostics"].to_string();
    assert!(
        said.contains("the text asks for a reply and the sender `ACME` cannot be answered"),
        "{said}"
    );
    project.campaign("hello", "Hi! Stop texts: acme.example/stop", WINDOW);
    assert_eq!(codes(&project.plan()), [""; 0]);
    project.campaign("hello", "Hi! Reply STOP to opt out", WINDOW);
    project.edit("campaigns/hello.yaml", "sender: ACME", "sender: \"46101606060\"");
    project.edit(
        "campanile.yaml",
        "prices:",
        "senders: { \"46101606060\": { receives: true } }\nprices:",
    );
    assert_eq!(codes(&project.plan()), [""; 0]);
    project.edit("campanile.yaml", "receives: true", "receives: false");
    project.run("plan --strict").exits(3).says("cannot be answered");
}

#[test]
fn names_are_warned_about_with_counts_per_country_until_they_are_declared() {
    let project = to(
        &["+12025550123", "+12025550124", "+358401234567"],
        "Hi! Stop: acme.example/stop",
    );
    let plan = project.plan();
    assert_eq!(codes(&plan), ["C481", "C482"]);
    let said = plan["diagnostics"].to_string();
    assert!(
        said.contains("2 recipients in `US` will not see `ACME`") && said.contains("Traficom"),
        "{said}"
    );
    project.edit(
        "campanile.yaml",
        "prices:",
        "senders: { ACME: { registered: [FI, US] } }\nprices:",
    );
    assert_eq!(codes(&project.plan()), [""; 0]);
}

#[test]
fn links_and_stop_words_of_a_country_are_looked_at() {
    let project = to(&["+33612345678"], "Vite! http://acme.example et bit.ly/x");
    assert_eq!(codes(&project.plan()), ["C484", "C484", "C485"]);
    project.campaign("hello", "Vite! acme.example STOP 36180", WINDOW);
    assert_eq!(codes(&project.plan()), [""; 0]);
}

#[test]
fn what_is_known_of_senders_is_listed_with_its_sources() {
    let project = Project::empty();
    project
        .run("explain senders")
        .exits(0)
        .says("FI  names: registered, numbers too")
        .says("read 2026-11-30");
    let some = project.run("explain senders no FR").exits(0).out;
    assert!(
        some.starts_with("NO  ") && some.contains("\nFR  ") && !some.contains("\nUS  "),
        "{some}"
    );
    let unknown = project.run("explain senders XX").exits(64).err;
    assert!(
        unknown.contains("nothing is known of senders in `XX`") && unknown.contains("NO, SG, US"),
        "{unknown}"
    );
    let listed = project.run("explain senders -o json").exits(0).json();
    assert!(
        listed["senders"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["source"].as_str().unwrap().len() > 5)
    );
}
