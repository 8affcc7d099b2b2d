//! Workbooks as programs write them, where the reader cannot follow.

use crate::test_project::TestProject;

/// `sheetjs.ods` was written by `SheetJS` 0.18.5; `findings/ods-with-line-ends-between-cells.sh` makes another.
#[test]
fn an_ods_with_line_ends_between_its_cells_is_named_with_a_way_on() {
    let project = TestProject::new();
    project
        .write(
            "campanile.yaml",
            "namespace: acme\ntimezone: UTC\nproviders: { sandbox: { kind: sandbox } }\n",
        )
        .write("people.ods", include_bytes!("../data/sheetjs.ods"))
        .write(
            "campaigns/hello.yaml",
            "sender: ACME\nbody: \"Hi {{ first_name }}. STOP: reply STOP\"\nrecipients: [{ xlsx: ../people.ods }]\n\
             delivery: { windows: [{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }] }\n",
        );
    let ran = project.run(&["validate"]);
    assert!(
        ran.stderr
            .contains("error[C706]: `people.ods` has line ends between its cells"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("let it write .xlsx"), "{ran:?}");
}
