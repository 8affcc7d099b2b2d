//! Variants, control groups and the holdout, from the files to the phones of the sandbox.

use crate::test_project::TestProject;

const PROJECT: &str = "namespace: acme\ntimezone: Europe/Stockholm\nproviders: { sandbox: { kind: sandbox } }\n";
const CAMPAIGN: &str = "\
sender: ACME
variants:
  - { name: a, weight: 45, body: \"A {{ name }} STOP\" }
  - { name: b, weight: 45, body: \"B {{ name }} STOP\" }
  - { name: control, weight: 10, send: false }
recipients: [{ csv: ../list.csv }]
delivery:
  windows: [{ opens: 2026-11-24T10:00, closes: 2026-11-24T18:00 }]
";

fn project(keys: &str) -> TestProject {
    let rows: String = (0..90).map(|i| format!("+467017406{i:02},x\n")).collect();
    let project = TestProject::new();
    project
        .write("campanile.yaml", format!("{PROJECT}{keys}"))
        .write("campaigns/spring.yaml", CAMPAIGN)
        .write("list.csv", format!("msisdn,name\n{rows}"));
    project
}

fn planned(project: &TestProject) -> serde_json::Value {
    let ran = project.run(&["plan", "-o", "json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|fault| panic!("{fault}: {ran:?}"))
}

#[test]
fn variants_are_applied_and_planned_again_without_an_operation() {
    let project = project("holdout: { percent: 10, salt: \"2026\" }\n");
    let plan = planned(&project);
    let campaign = &plan["campaigns"][0];
    let people: Vec<u64> = (0..3)
        .map(|at| campaign["variants"][at]["people"].as_u64().unwrap())
        .collect();
    let held_out = campaign["holdout"].as_u64().unwrap();
    assert_eq!(people.iter().sum::<u64>() + held_out, 90, "{campaign}");
    assert_eq!(plan["summary"]["recipients"], people[0] + people[1]);
    let applied = project.run(&["apply", "--yes"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    assert_eq!(planned(&project)["operations"], serde_json::json!([]));
    // Another text of one variant replaces the batch; it stays one.
    project.write("campaigns/spring.yaml", CAMPAIGN.replace("B {{", "Bb {{"));
    let plan = planned(&project);
    assert_eq!(plan["summary"]["replace"], 1, "{plan}");
    assert_eq!(plan["summary"]["create"], 0, "{plan}");
}
