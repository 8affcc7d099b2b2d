//! What a plan says to who reads it, in every format, of the real program.

use crate::cli_world::{BODY, Project, WINDOW};

/// The plan in a format.
fn plan(project: &Project, format: &str, code: i32) -> String {
    project.run(&format!("plan -o {format}")).exits(code).out
}

#[test]
fn a_stopped_plan_never_reads_as_if_there_were_nothing_to_do() {
    let project = Project::on_sandbox();
    project.campaign("second", "Good news, {{ first_name }}! Stop: acme.example/no", WINDOW);
    project.edit("campanile.yaml", "prices:", "guards: { max_recipients: 2 }\nprices:");
    for format in ["text", "markdown", "html"] {
        let shown = plan(&project, format, 3);
        assert!(!shown.to_lowercase().contains("nothing to do"), "{shown}");
        assert!(
            shown.contains("Stopped by a guard: 2 campaigns to 3 people held"),
            "{shown}"
        );
        assert!(shown.contains("3 people"), "{shown}");
        assert!(shown.contains("Mon 7 Jan 2030 14"), "the window: {shown}");
        assert!(shown.contains("first") && shown.contains("Stop"), "the text: {shown}");
    }
    let json: serde_json::Value = serde_json::from_str(&plan(&project, "json", 3)).unwrap();
    assert_eq!(json["summary"]["held_people"], 3);
    assert_eq!(
        (
            &json["held"][0]["action"],
            &json["held"][0]["recipients"],
            &json["held"][0]["segments"]
        ),
        (&"send".into(), &3.into(), &3.into())
    );
    assert_eq!(json["held"][0]["windows"][0]["opens"], "2030-01-07T13:00:00Z");
}

#[test]
fn a_country_without_a_price_holds_its_campaign_and_the_line_to_paste_cures_it() {
    let project = Project::on_sandbox();
    project.write("no.csv", "msisdn,first_name\n+4740600001,Kari\n");
    project.campaign("norway", BODY, WINDOW);
    project.edit("campaigns/norway.yaml", "people.csv", "no.csv");
    project.edit(
        "campanile.yaml",
        "prices:",
        "guards: { max_cost: { run: [\"50 SEK\", \"5 EUR\"], planned: [\"50 SEK\"] } }\nprices:",
    );
    let shown = plan(&project, "text", 3);
    assert!(
        shown.contains("1 to create") && shown.contains("1 segment to NO"),
        "{shown}"
    );
    let lines: Vec<&str> = shown.lines().filter(|line| line.contains("per_segment")).collect();
    let [line] = lines.as_slice() else { panic!("{shown}") };
    let line = line.trim();
    project.edit("campanile.yaml", "prices:\n", &format!("prices:\n  {line}\n"));
    project.run("plan").exits(65).says("`?` is not a price");
    project.edit("campanile.yaml", "\"?\"", "\"0.55\"");
    project.run("plan").exits(0).says("2 to create");
}

#[test]
fn an_edited_text_is_shown_word_by_word_in_every_format() {
    let project = Project::on_sandbox();
    project.converges();
    project.edit(
        "campaigns/hello.yaml",
        "Hi {{ first_name }}!",
        "Hello {{ first_name }}, it is on!",
    );
    let text = plan(&project, "text", 0);
    assert!(
        text.contains("text: [-Hi-]{+Hello+} {{ first_name }}[-!-]{+, it is on!+} Stop"),
        "{text}"
    );
    let markdown = plan(&project, "markdown", 0);
    assert!(
        markdown.contains("<del><code>Hi</code></del><ins><code>Hello</code></ins>"),
        "{markdown}"
    );
    let html = plan(&project, "html", 0);
    assert!(html.contains("<del>Hi</del><ins>Hello</ins>"), "{html}");
    assert_eq!(project.plan()["operations"][0]["before"]["text"], BODY);
    // Without the journal what the provider shows is told, with the template's own names.
    std::fs::remove_file(project.path(".campanile/sandbox-p.journal.jsonl")).unwrap();
    let text = plan(&project, "text", 0);
    assert!(!text.contains("{v1}"), "{text}");
}

#[test]
fn a_cancel_shows_people_money_local_time_and_text() {
    let project = Project::on_sandbox();
    project.campaign("second", "Good news, {{ first_name }}! Stop: acme.example/no", WINDOW);
    project.converges();
    project.remove("campaigns/second.yaml");
    let text = plan(&project, "text", 0);
    let cancel = text.split("- cancel second").nth(1).unwrap();
    for part in [
        "3 people, 3 segments, 1.0",
        "Mon 7 Jan 2030 14:00-18:00 Europe/Stockholm",
        "from ACME: Good news, {{ first_name }}!",
    ] {
        assert!(cancel.contains(part), "`{part}`: {text}");
    }
    let markdown = plan(&project, "markdown", 0);
    let row = markdown.lines().find(|line| line.contains("**cancel**")).unwrap();
    assert!(row.contains("| 3 | 3 | 1.0") && row.contains("Europe"), "{row}");
    let html = plan(&project, "html", 0);
    let row = html.split("<tr class=\"k-cancel\">").nth(1).unwrap();
    assert!(
        row.contains("<td class=\"n\">3</td>") && row.contains("Europe/Stockholm"),
        "{row}"
    );
}

#[test]
fn verbose_plans_show_texts_whole() {
    let project = Project::on_sandbox();
    let long = format!(
        "Hi {{{{ first_name }}}}! {}Stop: acme.example/no",
        "One more word. ".repeat(8)
    );
    project.campaign("hello", &long, WINDOW);
    assert!(!project.run("plan").exits(0).out.contains("acme.example/no"));
    let whole = project.run("plan -v").exits(0).out;
    assert!(
        whole.contains("acme.example/no") && whole.matches("One more").count() == 8,
        "{whole}"
    );
}
