//! People at the provider's portal, other projects, opt-outs: what is theirs is respected.

use serde_json::json;

use crate::cli_world::{Emulator, Project, WINDOW, actions, held};

#[test]
fn plan_and_its_relatives_make_no_request_that_changes_anything() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.run("plan").exits(0);
        project.run("plan --save plan.json").exits(0);
        project.run("status").exits(0);
        project.run("validate").exits(0);
        project.run("calendar").exits(0);
        project.run("preview hello").exits(0);
        assert_eq!(emulator.changing(), [""; 0]);
        assert!(!emulator.log().is_empty(), "but it does look");
    }
}

#[test]
fn verify_asks_the_providers_own_dry_run_only() {
    let emulator = Emulator::start();
    let project = Project::on_sinch(&emulator);
    project.run("plan --verify").exits(0);
    for request in emulator.changing() {
        assert!(request.ends_with("/batches/dry_run"), "{request}");
    }
    let (_, list) = emulator.call("GET", "/xms/v1/plan/batches", None);
    assert_eq!(list["count"], 0);
}

#[test]
fn a_batch_canceled_by_a_person_stays_canceled_until_somebody_resumes_it() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        let applied = project.converges();
        emulator.cancel_by_hand(&applied["operations"][0]["batch_id"]);
        let plan = project.plan();
        assert_eq!(held(&plan), ["canceled_at_provider"]);
        assert_eq!(plan["held"][0]["allow"], "resume=hello");
        // An edit does not release the brake, nor does a lost journal.
        project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        std::fs::remove_dir_all(project.path(".campanile")).unwrap();
        let applied = project.run("apply --yes -o json").exits(3).json();
        assert_eq!(applied["operations"], json!([]));
        assert_eq!(
            (&applied["summary"]["held"], &applied["exit_code"]),
            (&json!(1), &json!(3))
        );
        project.run("plan --strict").exits(3);
        assert_eq!(emulator.changing().len(), 1, "the first create alone");
        let resumed = project.run("apply --yes --allow resume=hello -o json").exits(0).json();
        assert_eq!(resumed["summary"]["done"], 1);
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
    }
}

#[test]
fn what_has_begun_is_never_touched() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.converges();
        let before = emulator.changing().len();
        emulator.clock("2030-01-07T13:30:00Z");
        project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        let applied = project
            .run_at("2030-01-07T13:30:00Z", "apply --yes -o json")
            .exits(0)
            .json();
        assert_eq!(applied["operations"], json!([]));
        let plan = project.run_at("2030-01-07T13:30:00Z", "plan -o json").exits(0).json();
        assert_eq!(held(&plan), ["already_sent"]);
        project.remove("campaigns/hello.yaml");
        project.run_at("2030-01-07T13:30:00Z", "apply --yes").exits(0);
        project.run_at("2030-01-07T13:30:00Z", "stop --all --yes").exits(0);
        assert_eq!(emulator.changing().len(), before);
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3);
    }
}

#[test]
fn foreign_batches_are_counted_and_never_touched() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let theirs = make(&emulator);
        theirs.edit("campanile.yaml", "namespace: acme", "namespace: shop");
        theirs.converges();
        let ours = make(&emulator);
        ours.write("people.csv", "msisdn,first_name\n+46701740605,Ada\n");
        ours.converges();
        assert_eq!(ours.plan()["summary"]["foreign"], 1);
        ours.remove("campaigns/hello.yaml");
        ours.campaign(
            "far",
            "Later. Stop: acme.example",
            "{ opens: 2030-01-12T14:00, closes: 2030-01-12T18:00 }",
        );
        ours.run("apply --yes").exits(0);
        ours.run("stop --all --yes").exits(0);
        theirs.run("plan --detailed-exitcode").exits(0);
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 3, "theirs alone");
    }
}

#[test]
fn a_number_that_opts_out_is_taken_out_of_what_is_planned() {
    for make in [Project::on_ip1, Project::on_sinch] {
        let emulator = Emulator::start();
        let project = make(&emulator);
        project.edit("campanile.yaml", "providers:", "suppressions: [stop.csv]\nproviders:");
        project.write("stop.csv", "msisdn\n");
        project.converges();
        project.write("stop.csv", "msisdn\n+46701000001\n");
        project.converges();
        assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 2);
        assert!(
            emulator
                .messages()
                .iter()
                .all(|message| message["recipient"] != "46701000001")
        );
    }
}

#[test]
fn an_opt_out_of_everybody_removes_the_batch_and_is_no_error() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit("campanile.yaml", "providers:", "suppressions: [stop.csv]\nproviders:");
    project.write("stop.csv", "msisdn\n");
    project.converges();
    project.write("stop.csv", "msisdn\n+46701000000\n+46701000001\n+46701000002\n");
    assert_eq!(actions(&project.plan()), ["cancel"]);
    project.converges();
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 0);
}

#[test]
fn stop_cancels_what_is_ours_and_prints_what_to_commit() {
    let project = Project::on_sandbox();
    project.campaign(
        "other",
        "Other text. Stop: acme.example",
        "{ opens: 2030-01-09T14:00, closes: 2030-01-09T18:00 }",
    );
    project.converges();
    project.run("stop hello").exits(64).says("--yes");
    let stopped = project.run("stop hello --yes -o json").exits(0).json();
    assert_eq!(stopped["canceled"].as_array().unwrap().len(), 1);
    assert_eq!(stopped["commit"][0]["line"], "state: canceled");
    let plan = project.plan();
    assert_eq!(
        held(&plan),
        ["canceled_at_provider"],
        "an apply does not undo the brake"
    );
    project.run("stop --all --yes").exits(0).says("campaigns/other.yaml");
    project.run("stop").exits(64);
    project.run("stop --all hello").exits(64);
}

#[test]
fn a_mistyped_stop_says_so_and_stops_the_others() {
    let project = Project::on_sandbox();
    project.converges();
    project
        .run("stop helo --yes")
        .exits(64)
        .says("there is no campaign `helo`")
        .says("did you mean `hello`?");
    assert!(held(&project.plan()).is_empty(), "nothing was stopped");
    let stopped = project.run("stop helo hello --yes -o json").exits(64);
    assert!(stopped.err.contains("did you mean `hello`?"), "{}", stopped.err);
    assert_eq!(stopped.json()["canceled"].as_array().unwrap().len(), 1);
    // A campaign that has a file, and nothing planned, is no slip.
    project
        .run("stop hello --yes")
        .exits(0)
        .says("nothing of ours is planned");
}

#[test]
fn stop_cancels_where_it_can_when_another_provider_cannot_be_asked() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    let down = ", q: { kind: ip1, base_url: \"http://127.0.0.1:1\", token_env: IP1_API_KEY, list_lag: 0s } }";
    project.edit("campanile.yaml", "list_lag: 0s } }", &format!("list_lag: 0s }}{down}"));
    let stopped = project.run("stop --all --yes -o json").exits(5).json();
    assert_eq!(stopped["canceled"].as_array().unwrap().len(), 1);
    assert!(
        stopped["left"][0]
            .as_str()
            .unwrap()
            .contains("provider `q` cannot be read")
    );
    // Without its token, it cannot even be asked.
    project.edit(
        "campanile.yaml",
        "q: { kind: ip1, base_url: \"http://127.0.0.1:1\", token_env: IP1_API_KEY",
        "q: { kind: ip1, token_env: UNSET",
    );
    project.run("stop --all --yes").exits(5).says("`UNSET` is not set");
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 0);
}

#[test]
fn stop_works_when_no_yaml_parses() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    project.write("campaigns/hello.yaml", "body: [");
    project.run("stop --all --yes").exits(0).says("acme.hello.");

    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    project.write("campanile.yaml", "namespace: {");
    project.run("stop --all --yes").exits(65).says("--namespace");
    let flags = format!(
        "stop --all --yes --namespace acme --kind ip1 --token-env IP1_API_KEY --list-lag 0s --base-url {}",
        emulator.url
    );
    project.run(&flags).exits(0).says("acme.hello.");
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 0);
}

#[test]
fn a_pause_lets_only_cancels_through() {
    let project = Project::on_sandbox();
    project.edit("campanile.yaml", "providers:", "paused: true\nproviders:");
    let plan = project.plan();
    assert_eq!(held(&plan), ["paused"]);
    assert_eq!(
        project.run("apply --yes -o json").exits(0).json()["operations"],
        json!([])
    );
    project.edit("campanile.yaml", "paused: true", "paused: false");
    let mut command = project.command(crate::cli_world::AT, "plan -o json");
    let paused = crate::cli_world::Ran::of(command.env("CAMPANILE_PAUSED", "1").output().unwrap());
    assert_eq!(held(&paused.exits(0).json()), ["paused"]);
    project.converges();
    project.edit("campanile.yaml", "paused: false", "paused: true");
    project.edit("campaigns/hello.yaml", "sender:", "state: canceled\nsender:");
    assert_eq!(actions(&project.plan()), ["cancel"]);
    project.run("apply --yes").exits(0);
}

#[test]
fn the_testers_alone_get_a_test_and_the_campaign_goes_on_as_planned() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.run("test hello --yes").exits(65).says("testers:");
    project.edit("campanile.yaml", "providers:", "testers: testers.csv\nproviders:");
    project.write("testers.csv", "msisdn\n+46701740610\n+46701740611\n");
    project.run("test hello").exits(64);
    project
        .run("test hello --yes --row 3")
        .exits(0)
        .says("sent as a test: acme.hello.");
    project.converges();
    emulator.clock("2030-01-07T08:30:00Z");
    let messages = emulator.messages();
    let bodies: Vec<&str> = messages.iter().filter_map(|message| message["body"].as_str()).collect();
    assert_eq!(bodies, ["Hi Name1! Stop: acme.example/no"; 2]);
    assert_eq!(emulator.sent_once_by("2030-01-07T20:00:00Z"), 5);
}

#[test]
fn every_text_of_every_source_and_language_is_tested_with_a_row_of_its_own() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit("campanile.yaml", "providers:", "testers: testers.csv\nproviders:");
    project.write("testers.csv", "Note;Mobile\nme;+46701740610\nyou;+46701740611\n");
    project.write(
        "se.csv",
        "msisdn,Förnamn,lang\n46701234567,Åsa,sv\n46701234568,Ann,en\n",
    );
    project.write("no.csv", "msisdn,Name\n4790123456,Kari\n");
    project.write(
        "campaigns/hello.yaml",
        "sender: ACME\ncategory: service\nbody:\n  sv: Hej {{ fornamn }}\n  en: Hi {{ fornamn }}\n\
         language: { column: lang, fallback: en }\nrecipients:\n  - csv: ../se.csv\n  - csv: ../no.csv\n    \
         body: Hei {{ name }}\ndelivery:\n  windows: [{ opens: 2030-01-07T10:00, closes: 2030-01-07T20:00 }]\n",
    );
    let sent = project.run("test hello --yes -o json").exits(0).json();
    let texts: Vec<String> = sent["texts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| format!("{} {}", text["source"], text["language"]))
        .collect();
    assert_eq!(texts, ["1 \"en\"", "1 \"sv\"", "2 null"]);
    emulator.clock("2030-01-07T08:30:00Z");
    let mut bodies: Vec<String> = emulator
        .messages()
        .iter()
        .map(|message| format!("{} {}", message["recipient"], message["body"]))
        .collect();
    bodies.sort();
    let expected = ["Hei Kari", "Hej Åsa", "Hi Ann"];
    let expected: Vec<String> = ["46701740610", "46701740611"]
        .iter()
        .flat_map(|tester| expected.map(|body| format!("\"{tester}\" \"{body}\"")))
        .collect();
    assert_eq!(bodies, expected);
}

#[test]
fn a_tester_on_a_suppression_list_gets_no_test_either() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit(
        "campanile.yaml",
        "providers:",
        "testers: testers.csv\nsuppressions: [stop.csv]\nproviders:",
    );
    project.write("testers.csv", "msisdn\n+46701740610\n+46701740611\n");
    project.write("stop.csv", "msisdn\n+46701740611\n");
    project
        .run("test hello --yes")
        .exits(0)
        .says("1 tester is on a suppression list");
    project.write("stop.csv", "msisdn\n+46701740610\n+46701740611\n");
    project.run("test hello --yes").exits(65).says("no tester");
    emulator.clock("2030-01-07T08:30:00Z");
    let messages = emulator.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["recipient"], "46701740610");
}

#[test]
fn a_one_off_that_was_sent_is_listed_as_such() {
    let project = Project::on_sandbox();
    project.run("apply --yes").exits(0);
    let at = "2030-01-08T20:00:00Z";
    let plan = project.run_at(at, "plan -o json").exits(0).json();
    assert_eq!(plan["campaigns"][0]["finished"], true);
    project.run_at(at, "plan").exits(0).says("raise `revision`");
    project.run_at(at, "plan -o markdown").exits(0).says("| sent |");
}

#[test]
fn messages_and_people_are_counted_apart() {
    let project = Project::on_sandbox();
    project.campaign("again", "Hello {{ first_name }}. Stop: acme.example", WINDOW);
    let summary = project.plan()["summary"].clone();
    assert_eq!((&summary["recipients"], &summary["people"]), (&6.into(), &3.into()));
    project.run("plan").exits(0).says("6 messages to 3 people");
    project.run("plan -o markdown").exits(0).says("6 messages to 3 people");
    project
        .run("plan -o html")
        .exits(0)
        .says("6 messages to 3 people would be sent");
    project
        .run("plan --campaign again")
        .exits(0)
        .says("would send to 3 people");
}
