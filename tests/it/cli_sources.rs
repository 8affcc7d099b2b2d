//! Lists that lie elsewhere, through the program: read where they are, and held to what was promised of them.

use std::io::{Read as _, Write as _};

use serde_json::Value;

use crate::test_project::{Ran, TestProject};
use crate::web_source::WebSource;

const PEOPLE: &str = "msisdn,name\n46701740601,Ann\n46701740602,Bo\n46701740603,Cid\n";

/// A campaign `spring` with its people in a file, and `autumn` with more of its own.
fn project(url: &str, of_project: &str, of_autumn: &str) -> TestProject {
    let project = TestProject::new();
    let campaign = |more: &str| {
        format!(
            "sender: ACME\nbody: \"Hi {{{{ name }}}}. STOP: reply STOP\"\nrecipients: [{{ csv: ../people.csv }}]\n{more}\
             delivery: {{ windows: [{{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }}] }}\n"
        )
    };
    project
        .write(
            "campanile.yaml",
            format!(
                "namespace: acme\ntimezone: Europe/Stockholm\nproviders: {{ sandbox: {{ kind: sandbox }} }}\n\
                 sources: {{ web: {{ kind: https, base_url: \"{url}\" }} }}\n{of_project}"
            ),
        )
        .write("people.csv", PEOPLE)
        .write("campaigns/spring.yaml", campaign(""))
        .write("campaigns/autumn.yaml", campaign(of_autumn).replace("Hi ", "Hello "));
    project
}

fn planned(project: &TestProject) -> Value {
    let ran = project.run(&["plan", "-o", "json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

/// Campaign, reason and message of everything held.
fn held(plan: &Value) -> Vec<(String, String, String)> {
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    let items = plan["held"].as_array().unwrap().iter();
    items
        .map(|item| (text(item, "campaign"), text(item, "reason"), text(item, "message")))
        .collect()
}

fn recipients(plan: &Value) -> Vec<u64> {
    let operations = plan["operations"].as_array().unwrap().iter();
    operations
        .map(|operation| operation["recipients"].as_u64().unwrap())
        .collect()
}

fn code(ran: &Ran, code: i32) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
}

#[test]
fn a_suppression_list_elsewhere_counts_for_the_campaigns_that_use_it() {
    let web = WebSource::start();
    // Every number column counts, and an empty cell suppresses nobody.
    web.put("stop.csv", "phone,mobile\n+46701740601,0701740603\n,\n");
    let project = project(
        &web.url,
        "",
        "suppressions: [{ source: web, path: stop.csv, country: SE }]\n",
    );
    let plan = planned(&project);
    assert_eq!(recipients(&plan), [1, 3], "autumn, spring: {plan}");
    web.remove("stop.csv");
    let plan = planned(&project);
    assert_eq!(recipients(&plan), [3], "spring goes on");
    let [(campaign, reason, why)] = &held(&plan)[..] else {
        panic!("{plan}")
    };
    assert_eq!((campaign.as_str(), reason.as_str()), ("autumn", "source_unreadable"));
    assert!(why.contains("`web/stop.csv`") && why.contains("status 404"), "{why}");
    code(&project.run(&["apply", "--yes"]), 3);
}

#[test]
fn a_list_of_the_project_that_cannot_be_read_holds_every_campaign() {
    let web = WebSource::start();
    web.put("stop.csv", "msisdn\n46701740601\n");
    let project = project(&web.url, "suppressions: [{ source: web, path: stop.csv }]\n", "");
    assert_eq!(recipients(&planned(&project)), [2, 2]);
    for (bytes, why) in [
        ("<html>sign in</html>", "is a page"),
        ("msisdn\n", "gave no row"),
        ("name\nAnn\n", "column"),
        (
            "msisdn\n46701740601\nCALL ME\n",
            "in 1 row of `web/stop.csv` (row 2, column `msisdn`)",
        ),
    ] {
        web.put("stop.csv", bytes);
        let plan = planned(&project);
        assert!(recipients(&plan).is_empty(), "{bytes:?}: {plan}");
        let held = held(&plan);
        assert_eq!(held.len(), 2, "{bytes:?}: {plan}");
        for (_, reason, message) in held {
            assert_eq!(reason, "source_unreadable");
            assert!(message.contains(why) && !message.contains("46701740601"), "{message}");
        }
    }
    // Nobody is told who must not be texted while nobody knows it.
    code(&project.run(&["preview", "spring"]), 65);
    let offline: Value = serde_json::from_str(&project.run(&["plan", "--offline", "-o", "json"]).stdout).unwrap();
    assert!(
        held(&offline)
            .iter()
            .all(|(_, reason, why)| { reason == "source_unreadable" && why.contains("offline") })
    );
    code(&project.run(&["validate"]), 0);
}

#[test]
fn a_list_is_held_to_the_rows_that_it_must_have() {
    let web = WebSource::start();
    web.put("stop.csv", "msisdn,added\n46701740601,2026-11-23T07:00:00Z\n");
    for (more, why) in [
        ("expect: { rows: 1.. }", None),
        ("expect: { rows: 2.. }", Some("gave 1 rows, not `2..`")),
        ("freshness: { column: added, error_after: 2h }", None),
        ("freshness: { column: added, error_after: 30m }", Some("is 1h old")),
    ] {
        let list = format!("suppressions: [{{ source: web, path: stop.csv, {more} }}]\n");
        let plan = planned(&project(&web.url, &list, ""));
        let held = held(&plan);
        assert_eq!(held.is_empty(), why.is_none(), "{more}: {plan}");
        assert!(
            held.iter().all(|(_, _, message)| message.contains(why.unwrap())),
            "{more}: {held:?}"
        );
    }
    // None yet, and that is said.
    web.put("stop.csv", "msisdn\n");
    let none = "suppressions: [{ source: web, path: stop.csv, expect: { rows: 0.. } }]\n";
    assert_eq!(recipients(&planned(&project(&web.url, none, ""))), [3, 3]);
}

#[test]
fn a_list_that_cannot_be_read_for_a_while_has_lost_nobody() {
    let web = WebSource::start();
    let stop = "msisdn\n46701740601\n46701740602\n";
    web.put("stop.csv", stop);
    let project = project(&web.url, "suppressions: [{ source: web, path: stop.csv }]\n", "");
    code(&project.run(&["apply", "--yes"]), 0);
    web.remove("stop.csv");
    let plan = planned(&project);
    assert!(
        held(&plan).iter().all(|(_, reason, _)| reason == "source_unreadable"),
        "{plan}"
    );
    assert_eq!(
        plan["operations"].as_array().unwrap().len(),
        0,
        "nothing planned is canceled: {plan}"
    );
    code(&project.run(&["apply", "--yes"]), 3);
    web.put("stop.csv", stop);
    let plan = planned(&project);
    assert_eq!(
        (plan["summary"]["keep"].as_u64(), held(&plan).len()),
        (Some(2), 0),
        "{plan}"
    );
    // What it held is still remembered.
    web.put("stop.csv", "msisdn\n46701740699\n");
    let told = project.run(&["plan"]);
    assert!(told.stdout.contains("suppression-shrink"), "{told:?}");
}

#[test]
fn who_opts_out_after_the_review_makes_the_plan_smaller() {
    let web = WebSource::start();
    web.put("stop.csv", "msisdn\n46701740601\n");
    let project = project(&web.url, "suppressions: [{ source: web, path: stop.csv }]\n", "");
    code(&project.run(&["plan", "--save", "plan.json"]), 0);
    web.put("stop.csv", "msisdn\n46701740601\n46701740602\n");
    let ran = project.run(&["apply", "plan.json"]);
    code(&ran, 0);
    assert!(ran.stderr.contains("C754"), "{ran:?}");
}

#[test]
fn sources_tries_suppressions_and_testers_too() {
    let web = WebSource::start();
    web.put("stop.csv", "msisdn\n46701740601\n")
        .put("us.csv", "msisdn\n46701740609\n");
    let lists = "suppressions: [{ source: web, path: stop.csv }]\ntesters: { source: web, path: us.csv }\n";
    let project = project(&web.url, lists, "");
    let ran = project.run(&["sources", "-o", "json"]);
    code(&ran, 0);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let purposes: Vec<(&Value, &Value)> = told["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["for"], &one["campaign"]))
        .collect();
    assert_eq!(
        serde_json::to_value(purposes).unwrap(),
        serde_json::json!([
            ["suppressions", null],
            ["testers", null],
            ["recipients", "autumn"],
            ["recipients", "spring"]
        ])
    );
    assert_eq!(web.times("stop.csv"), 1);
    web.remove("us.csv");
    let ran = project.run(&["sources", "web"]);
    code(&ran, 1);
    assert!(
        ran.stdout.contains("web/us.csv (https), testers of the project"),
        "{ran:?}"
    );
    code(&project.run(&["test", "spring", "--yes"]), 65);
    web.put("us.csv", "msisdn\n46701740609\n");
    code(&project.run(&["test", "spring", "--yes"]), 0);
}

/// A campaign whose people lie on a web server.
fn people_elsewhere(url: &str) -> TestProject {
    let project = project(url, "guards: { opt_out_pattern: STOP }\n", "");
    let campaign = std::fs::read_to_string(project.path().join("campaigns/spring.yaml")).unwrap();
    project.write(
        "campaigns/spring.yaml",
        campaign.replace("csv: ../people.csv", "source: web, path: people.csv"),
    );
    project
}

#[test]
fn what_is_wrong_with_rows_elsewhere_costs_their_campaign_alone() {
    let web = WebSource::start();
    let project = people_elsewhere(&web.url);
    for (rows, why) in [
        (
            "msisdn,name\n46701740601,Ann\nCALL ME,Bo\n46701740602,Cid\nNOBODY,Di\n",
            "in 2 rows of `web/people.csv` (row 2, row 4, column `msisdn`)",
        ),
        (
            "msisdn,name\n46701740601,Ann\n46701740602,Bo,x\n46701740603\n",
            "more or fewer cells than the header, in 2 rows of `web/people.csv` (row 2, row 3)",
        ),
        ("msisdn,nick\n46701740601,Ann\n", "in `web/people.csv`"),
        (
            "msisdn,name\n46701740601,Ann\u{0}\n",
            "in 1 row of `web/people.csv` (row 1)",
        ),
    ] {
        web.put("people.csv", rows);
        let ran = project.run(&["plan", "-o", "json"]);
        code(&ran, 0);
        let plan = planned(&project);
        assert_eq!(recipients(&plan), [3], "autumn goes on: {plan}");
        let [(campaign, reason, message)] = &held(&plan)[..] else {
            panic!("{plan}")
        };
        assert_eq!((campaign.as_str(), reason.as_str()), ("spring", "source_unreadable"));
        assert!(message.contains(why), "{why}: {message}");
        code(&project.run(&["plan", "--strict"]), 3);
    }
    let ran = project.run(&["apply", "--yes"]);
    code(&ran, 3);
    assert_eq!(
        recipients(&planned(&project)),
        [] as [u64; 0],
        "autumn is sent: {ran:?}"
    );
    // What is written in the project is its own fault, whatever the rows are.
    let campaign = std::fs::read_to_string(project.path().join("campaigns/spring.yaml")).unwrap();
    web.put("people.csv", PEOPLE);
    for (right, wrong) in [
        ("{{ name }}", "{{ name"),
        ("path: people.csv", "path: people.csv, where: \"name ==\""),
    ] {
        project.write("campaigns/spring.yaml", campaign.replace(right, wrong));
        for arguments in [["plan", "-q"], ["plan", "--offline"], ["validate", "-q"]] {
            code(&project.run(&arguments), 65);
        }
    }
    // And so are the rows of its own files, beside others.
    let both = campaign.replace("recipients: [", "recipients: [{ csv: ../own.csv }, ");
    project.write("campaigns/spring.yaml", both);
    for (own, far, expected) in [("46701740604", "x", 0), ("x", "46701740602", 65), ("x", "x", 65)] {
        project.write("own.csv", format!("msisdn,name\n{own},Eve\n"));
        web.put("people.csv", format!("msisdn,name\n46701740601,Ann\n{far},Bo\n"));
        let ran = project.run(&["plan"]);
        code(&ran, expected);
        assert_eq!(ran.stderr.contains("error"), expected == 65, "{ran:?}");
    }
}

#[test]
fn a_source_that_is_gone_when_a_plan_is_applied_says_why() {
    let web = WebSource::start();
    let project = people_elsewhere(&web.url);
    web.put("people.csv", PEOPLE);
    code(&project.run(&["plan", "--save", "plan.json"]), 0);
    web.remove("people.csv");
    let ran = project.run(&["apply", "plan.json"]);
    code(&ran, 4);
    assert!(
        ran.stderr.contains("of `spring` was not read") && ran.stderr.contains("status 404"),
        "{ran:?}"
    );
}

#[test]
fn texts_without_a_way_to_opt_out_cost_their_campaign_where_the_rows_decide() {
    let web = WebSource::start();
    let project = people_elsewhere(&web.url);
    let campaign = std::fs::read_to_string(project.path().join("campaigns/spring.yaml")).unwrap();
    project.write(
        "campaigns/spring.yaml",
        campaign.replace("STOP: reply STOP", "{{ way }}"),
    );
    web.put(
        "people.csv",
        "msisdn,name,way\n46701740601,Ann,STOP: reply STOP\n46701740602,Bo,hi\n",
    );
    let plan = planned(&project);
    assert_eq!((recipients(&plan), held(&plan).len()), (vec![3], 1), "{plan}");
    web.put(
        "people.csv",
        "msisdn,name,way\n46701740601,Ann,hello\n46701740602,Bo,hi\n",
    );
    code(&project.run(&["plan"]), 65);
}

#[test]
fn a_row_is_asked_for_as_messages_call_it() {
    let web = WebSource::start();
    web.put(
        "people.csv",
        "msisdn,name\n46701740601,\"A\nnn\"\n46701740602,Bo\n4670174060,Cid\n46701740601,Di\n",
    );
    let project = people_elsewhere(&web.url);
    let ran = project.run(&["plan"]);
    code(&ran, 0);
    assert!(
        ran.stderr
            .contains("in 1 row of `web/people.csv` (row 3, column `msisdn`)"),
        "{ran:?}"
    );
    web.put(
        "people.csv",
        "msisdn,name\n46701740601,\"A\nnn\"\n46701740602,Bo\n46701740601,Di\n",
    );
    let ran = project.run(&["preview", "spring", "--row", "2"]);
    code(&ran, 0);
    assert!(ran.stdout.contains("Hi Bo."), "{ran:?}");
    let ran = project.run(&["preview", "spring", "--row", "4"]);
    assert!(ran.stderr.contains("has a row at row 4"), "{ran:?}");
    code(&ran, 64);
    let told = project.run(&["plan"]);
    assert!(
        told.stderr.contains("like row 3 after row 1 of `web/people.csv`"),
        "{told:?}"
    );
    // What a text cannot be made of.
    let campaign = std::fs::read_to_string(project.path().join("campaigns/spring.yaml")).unwrap();
    project.write(
        "campaigns/spring.yaml",
        campaign.replace("{{ name }}", "{{ name|int }}"),
    );
    let told = project.run(&["plan"]);
    assert!(told.stderr.contains("(row 1, row 2"), "{told:?}");
}

/// The live page's answer.
fn render(url: &str, ask: &str) -> Value {
    let (host, page) = url.split_once("http://").unwrap().1.split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST /{page}render HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{ask}",
        ask.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_else(|_| panic!("{answer}"))
}

#[test]
fn the_live_page_reads_sources_elsewhere_only_when_asked() {
    let web = WebSource::start();
    web.put("people.csv", PEOPLE);
    let project = people_elsewhere(&web.url);
    let path = project.path().join("campaigns/spring.yaml");
    let ran = project.run_until_told(&["preview", "spring", "--serve"], |url| {
        let page = render(url, "{}");
        assert_eq!(page["audience"], 3, "{page}");
        assert!(page["read_at"].is_string(), "{page}");
        web.put("people.csv", format!("{PEOPLE}46701740604,Di\n"));
        render(url, "{ \"body\": \"Hello {{ name }}! STOP: reply STOP\" }");
        let saved = std::fs::read_to_string(&path).unwrap();
        project.write("campaigns/spring.yaml", saved.replace("Hi ", "Dear "));
        let page = loop {
            let page = render(url, "{}");
            if page["version"] != 1 {
                break page;
            }
        };
        assert_eq!((&page["audience"], web.times("people.csv")), (&3.into(), 1), "{page}");
        assert!(page["template"].as_str().unwrap().starts_with("Dear"), "{page}");
        assert_eq!(render(url, "{ \"again\": true }")["audience"], 4);
        assert_eq!(
            (render(url, "{}")["audience"].clone(), web.times("people.csv")),
            (4.into(), 2)
        );
        // A server that is gone is not asked at every key.
        web.remove("people.csv");
        for ask in ["{ \"again\": true }", "{}", "{ \"body\": \"Hi\" }"] {
            let page = render(url, ask);
            assert!(page["diagnostics"].to_string().contains("status 404"), "{page}");
        }
        assert_eq!(web.times("people.csv"), 3);
    });
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}
