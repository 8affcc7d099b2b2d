//! `-o` and `--write` mean the same in every command: one JSON document, Markdown that is Markdown, a page that is a page.

use serde_json::Value;

use crate::cli_world::{Emulator, Project, Ran, WINDOW};

fn one_document(project: &Project, arguments: &str) -> (i32, Value) {
    let ran = project.run(&format!("{arguments} -o json"));
    let document = serde_json::from_str(&ran.out)
        .unwrap_or_else(|error| panic!("`{arguments}` does not print one document: {error}\n{ran:#?}"));
    (ran.code, document)
}

#[test]
fn every_command_prints_one_document_when_json_is_asked_for() {
    let project = Project::on_sandbox();
    project.write("testers.csv", "msisdn,first_name\n+46701000000,Tess\n");
    project.edit("campanile.yaml", "providers:", "testers: testers.csv\nproviders:");
    project.run("plan --save plan.json").exits(0);
    for (arguments, code, key) in [
        ("init shop", 0, "made"),
        ("init shop", 1, "error"),
        ("validate", 0, "valid"),
        ("preview hello", 0, "messages"),
        ("plan", 0, "operations"),
        ("plan --offline", 0, "operations"),
        ("show plan.json", 0, "operations"),
        ("show none.json", 65, "error"),
        ("calendar", 0, "occurrences"),
        ("calendar --ics", 64, "error"),
        ("segments hej", 0, "units_per_segment"),
        ("explain C014", 0, "page"),
        ("explain all", 0, "codes"),
        ("explain nothing", 64, "error"),
        ("schema plan", 0, "properties"),
        ("completions bash", 0, "script"),
        ("man pages", 0, "files"),
        ("comment github plan.json", 0, "posted"),
        ("comment gitlab plan.json", 0, "posted"),
        ("comment github none.json", 65, "error"),
        ("feedback hello --csv people.csv", 64, "error"),
        ("apply", 64, "error"),
        ("apply plan.json", 0, "operations"),
        ("test hello --yes", 0, "reference"),
        ("status", 0, "batches"),
        ("status --campaign helo", 0, "batches"),
        ("stop helo --yes", 64, "error"),
        ("stop hello --yes", 0, "canceled"),
        ("stop", 64, "error"),
        ("nothing", 64, "error"),
    ] {
        let (exit, document) = one_document(&project, arguments);
        assert_eq!(exit, code, "{arguments}: {document:#}");
        assert!(document.get(key).is_some(), "{arguments}: no `{key}` in {document:#}");
        if code != 0 {
            assert_eq!(document["exit_code"], code, "{arguments}");
        }
    }
}

#[test]
fn results_made_as_text_are_code_in_markdown_and_a_page_in_html() {
    let project = Project::on_sandbox();
    project.run("apply --yes").exits(0);
    for arguments in [
        "validate",
        "preview hello",
        "status",
        "calendar",
        "segments <b>`x`</b>",
        "explain C014",
        "stop hello --yes",
    ] {
        let markdown = project
            .run(&format!(
                "{arguments} -o markdown --write html=page.html --write json=result.json"
            ))
            .exits(0);
        let fence = if arguments.contains('`') { "````" } else { "```" };
        assert!(
            markdown.out.starts_with(&format!("{fence}text\n")),
            "{arguments}: {}",
            markdown.out
        );
        assert!(
            markdown.out.ends_with(&format!("\n{fence}\n")),
            "{arguments}: {}",
            markdown.out
        );
        let page = project.read("page.html");
        assert!(page.starts_with("<!doctype html>"), "{arguments}: {page}");
        assert!(
            page.contains("default-src 'none'") && !page.contains("<b>"),
            "{arguments}: {page}"
        );
        let document: Value = serde_json::from_str(&project.read("result.json")).unwrap();
        assert!(document.is_object(), "{arguments}");
    }
}

#[test]
fn a_comment_that_cannot_be_posted_for_want_of_secrets_never_turns_a_build_red() {
    let project = Project::on_sandbox();
    project.run("plan --save plan.json").exits(0);
    project
        .run("comment github plan.json --repository o/r --number 5")
        .exits(0)
        .says("`GITHUB_TOKEN` is not set");
    project
        .run("comment gitlab plan.json --project 1 --number 5")
        .exits(0)
        .says("`GITLAB_TOKEN` is not set");
    let mut command = project.command(crate::cli_world::AT, "comment github plan.json --repository o/r");
    Ran::of(command.env("GITHUB_TOKEN", "x").output().unwrap())
        .exits(0)
        .says("no pull request");
}

#[test]
fn a_costly_character_is_told_with_its_replacement_and_what_the_text_would_then_be() {
    let project = Project::empty();
    let mut command = project.command(crate::cli_world::AT, "segments");
    command.arg("Today only: 20 % off \u{2013} reply STOP");
    Ran::of(command.output().unwrap())
        .exits(0)
        .says("`\u{2013}` U+2013 is outside GSM-7; write `-` instead")
        .says("with `transliterate: punctuation`: GSM-7, 33 septets, 1 segment [33]");
    project.run("segments x").says("GSM-7, 1 septet, 1 segment [1]");
    project
        .run("segments \u{142}\u{142}")
        .says("U+0142 is outside GSM-7, 2 times; write `l` instead")
        .says("with `transliterate: latin`: GSM-7, 2 septets");
    let lost = project.run("segments \u{1f600}").exits(0);
    assert!(!lost.out.contains("transliterate"), "nothing helps there: {}", lost.out);
}

#[test]
fn status_tells_what_was_expected_beside_what_it_cost() {
    let project = Project::on_sandbox();
    project.run("apply --yes").exits(0);
    let status = project.run("status -o json").exits(0).json();
    let batch = &status["batches"][0];
    assert_eq!(batch["cost"]["amount"], "1.047");
    assert_eq!(batch["estimate"][0]["amount"], "1.047");
    project.run("status").says("ESTIMATE").says("1.047 SEK");
    // Other texts than those that were applied say nothing of its cost.
    project.edit("campaigns/hello.yaml", "Hi", "Hello");
    let status = project.run("status -o json").exits(0).json();
    assert_eq!(status["batches"][0]["estimate"], Value::Null);
    // Nor do files that cannot be read.
    project.write("campaigns/other.yaml", "body: [");
    project.run("status").exits(0).says("hello");
    project
        .run("status --campaign helo")
        .exits(0)
        .says("there is no campaign `helo`")
        .says("did you mean `hello`?");
}

#[test]
fn a_plan_tells_what_changed_since_the_last_applied_state() {
    for project in [Emulator::start(), Emulator::start()]
        .iter()
        .zip([Project::on_ip1, Project::on_sinch])
        .map(|(emulator, project)| project(emulator))
    {
        project.run("apply --yes").exits(0);
        let untouched = project.run("plan -o markdown").exits(0);
        assert!(
            !untouched.out.contains("since the last applied state"),
            "{}",
            untouched.out
        );
        project.edit("campaigns/hello.yaml", "Hi ", "Hello ");
        project.edit("campaigns/hello.yaml", "T14:00", "T15:00");
        project.edit("campaigns/hello.yaml", "ACME", "OTHER");
        let plan = project.plan();
        let before = &plan["operations"][0]["before"];
        assert_eq!(before["sender"], "ACME");
        assert_eq!(before["windows"][0]["opens"], "2030-01-07T13:00:00Z");
        assert_eq!(before["text"], "Hi {{ first_name }}! Stop: acme.example/no");
        let told = project.run("plan -o markdown").exits(0).out;
        let told = told.split("Changed since the last applied state").nth(1).unwrap();
        for part in [
            "<code>OTHER</code> (was <code>ACME</code>)",
            "15&#58;00",
            "14&#58;00",
            "<del><code>Hi</code></del><ins><code>Hello</code></ins>",
            "first&#95;name",
        ] {
            assert!(told.contains(part), "`{part}` is missing: {told}");
        }
        project
            .run("plan")
            .says("sender was: ACME")
            .says("window was: Mon 7 Jan 2030 14:00");
        // One text for everybody may be somebody's rendered message at the provider; the journal knows the template.
        project.campaign("hello", "Same for all. Stop: acme.example", WINDOW);
        project.run("apply --yes").exits(0);
        project.edit("campaigns/hello.yaml", "Same", "Other");
        let plan = project.plan();
        assert_eq!(
            plan["operations"][0]["before"]["text"],
            "Same for all. Stop: acme.example"
        );
        project.run("plan -o markdown").says("<del><code>Same</code></del>");
    }
}

#[test]
fn a_run_that_fails_leaves_no_older_result_in_its_files() {
    let project = Project::on_sandbox();
    let plan = "plan --write json=plan.json --write markdown=plan.md --write html=plan.html --write text=plan.txt";
    project.run(plan).exits(0);
    project.edit("campaigns/hello.yaml", "first_name", "frist_name");
    project.run(plan).exits(65);
    let document: Value = serde_json::from_str(&project.read("plan.json")).unwrap();
    assert_eq!(document["exit_code"], 65);
    assert_eq!(document["diagnostics"][0]["code"], "C202");
    for file in ["plan.md", "plan.html", "plan.txt"] {
        let text = project.read(file);
        assert!(
            text.contains("did you mean") && !text.contains("would send"),
            "{file}: {text}"
        );
        assert!(!text.contains('\u{1b}'), "{file}: a file is no terminal");
    }
}
