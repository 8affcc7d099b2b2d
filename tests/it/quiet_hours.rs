//! Quiet hours through the program: whom a window would reach at the wrong time, and by whose rule.

use serde_json::Value;

use crate::test_project::TestProject;

#[test]
fn a_sunday_morning_is_quiet_for_area_codes_of_texas_and_a_warning_for_others() {
    let project = TestProject::new();
    project
        .write(
            "campanile.yaml",
            "namespace: acme\ntimezone: America/Chicago\nproviders: { sandbox: { kind: sandbox } }\n",
        )
        .write(
            "people.csv",
            "msisdn\n+12145550123\n+12145550124\n+13055550123\n+12125550123\n",
        )
        .write(
            "campaigns/sale.yaml",
            "sender: \"12025550100\"\nbody: \"Sale. Reply STOP to opt out\"\nrecipients: [{ csv: ../people.csv }]\n\
             delivery: { windows: [{ opens: 2026-11-29T10:00, closes: 2026-11-29T11:00 }] }\n",
        );
    let ran = project.run(&["plan", "-o", "json"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let held = plan["held"][0]["message"].as_str().unwrap_or_else(|| panic!("{plan}"));
    assert!(held.contains("2 recipients in `US`"), "{held}");
    assert!(held.contains("Texas: 9:00-21:00, Sundays from 12:00"), "{held}");
    let told = plan["diagnostics"].to_string();
    assert!(
        told.contains("stricter states together") && !told.contains("Florida"),
        "{told}"
    );
    let allowed = project.run(&["plan", "--allow", "quiet-hours=sale", "-o", "json"]);
    let plan: Value = serde_json::from_str(&allowed.stdout).unwrap();
    assert_eq!(plan["summary"]["recipients"], 4, "{plan}");
}
