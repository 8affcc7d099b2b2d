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
