//! Streams, formats, colors, wrong usage and wrong input: what scripts rely on.

use std::process::Stdio;

use serde_json::Value;

use crate::cli_world::{AT, Project, Ran, command};

#[track_caller]
fn has(value: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        assert!(value.get(key).is_some(), "`{key}` is missing in {value:#}");
    }
}

#[test]
fn the_documents_have_the_promised_shapes() {
    let project = Project::on_sandbox();
    project.write("people.csv", "msisdn,first_name\n+46701000001,Zoë’s\n+46701000002,Bo\n");
    let plan = project.run("plan -o json").exits(0).json();
    has(
        &plan,
        "format_version tool tzdb now created_at expires_at digest namespace complete offline partial next_apply_by \
         summary operations held kept campaigns guards diagnostics",
    );
    assert_eq!(plan["format_version"], "1.0");
    assert_eq!(plan["namespace"], "acme");
    has(
        &plan["summary"],
        "create replace update cancel keep held later foreign recipients segments estimate",
    );
    has(&plan["summary"]["estimate"][0], "currency amount unpriced_segments");
    let operation = &plan["operations"][0];
    has(
        operation,
        "action campaign occurrence provider reference batch_id after reason changed digest windows starts_now part \
         recipients segments encodings estimate",
    );
    assert_eq!(operation["reason"], "new");
    assert_eq!(operation["part"], serde_json::json!([1, 1]));
    assert_eq!(operation["encodings"], serde_json::json!({ "gsm7": 1, "ucs2": 1 }));
    assert_eq!(operation["estimate"][0]["amount"], "0.698");
    let campaign = &plan["campaigns"][0];
    has(
        campaign,
        "campaign occurrence file sender template timezone operations recipients filtered suppressed duplicates invalid \
         segments segments_per_message ucs2_causes estimate",
    );
    assert_eq!(campaign["file"], "campaigns/hello.yaml");
    has(
        &campaign["ucs2_causes"][0],
        "character code_point messages extra_segments replacement saves",
    );
    assert!(!project.run("plan -o json").out.contains("701000001"), "no number");

    let applied = project.run("apply --yes -o json").exits(0).json();
    has(
        &applied,
        "format_version summary operations remaining exit_code diagnostics",
    );
    has(&applied["summary"], "planned done failed skipped unknown held");
    has(
        &applied["operations"][0],
        "action campaign reference digest outcome batch_id error",
    );
    let kept = &project.plan()["kept"][0];
    has(kept, "campaign reference batch_id");

    let status = project.run("status -o json").exits(0).json();
    has(&status, "format_version batches");
    has(&status["batches"][0], "campaign reference batch_id state messages cost");
    assert_eq!(status["batches"][0]["state"], "planned");
    has(&status["batches"][0]["messages"], "pending delivered failed canceled");

    let calendar = project.run("calendar -o json").exits(0).json();
    has(&calendar, "format_version occurrences");
    has(&calendar["occurrences"][0], "campaign occurrence windows recipients");
    has(&calendar["occurrences"][0]["windows"][0], "opens closes timezone");

    let valid = project.run("validate -o json").exits(0).json();
    assert_eq!(valid["valid"], true);
    has(&valid, "diagnostics");
    has(
        &project.run("segments Hello -o json").exits(0).json(),
        "encoding units segments units_per_segment",
    );
    project.run("preview hello -o json").exits(0).json();
    for schema in ["project", "campaign", "plan"] {
        let schema = project.run(&format!("schema {schema}")).exits(0).json();
        has(&schema, "$schema properties");
    }
}

#[test]
fn held_and_diagnostics_have_the_promised_shapes() {
    let project = Project::on_sandbox();
    project.edit("campanile.yaml", "providers:", "paused: true\nproviders:");
    let plan = project.plan();
    has(
        &plan["held"][0],
        "campaign occurrence provider reference batch_id reason message allow",
    );
    project.edit("campaigns/hello.yaml", "first_name", "frist_name");
    let failed = project.run("plan -o json").exits(65).json();
    has(&failed, "format_version error exit_code diagnostics");
    assert_eq!(failed["exit_code"], 65);
    has(&failed["diagnostics"][0], "severity code message file line column");
    let invalid = project.run("validate -o json").exits(65).json();
    assert_eq!(invalid["valid"], false);
    assert_eq!(invalid["diagnostics"][0]["code"], failed["diagnostics"][0]["code"]);
    let code = invalid["diagnostics"][0]["code"].as_str().unwrap().to_owned();
    project.run(&format!("explain {code}")).exits(0).says(&code);
}

#[test]
fn json_is_exactly_one_document_also_on_failure() {
    let project = Project::on_sandbox();
    let failures = [
        ("plan --no-such-option -o json", 64),
        ("no-such-command -o json", 64),
        ("plan --campaign nobody --output json", 64),
        ("plan -C no-such-folder -ojson", 64),
        ("preview nobody --output=json", 64),
        ("explain no.such.reference -o json", 64),
        ("show missing.json -o json", 65),
        ("init . -o json", 1),
        ("feedback hello --csv missing.csv -o json", 65),
        ("plan --at yesterday -o json", 64),
    ];
    for (arguments, code) in failures {
        let ran = Ran::of(
            command(project.root())
                .args(arguments.split_whitespace())
                .output()
                .unwrap(),
        )
        .exits(code);
        let document = ran.json();
        has(&document, "format_version error exit_code diagnostics");
        assert_eq!(document["exit_code"], code, "{arguments}");
        assert!(!ran.err.is_empty(), "people are told too: {arguments}");
    }
    let incomplete = project.run("preview -o json").exits(64).json();
    assert_eq!(
        incomplete["error"],
        "the following required arguments were not provided: <CAMPAIGN>"
    );
    let nowhere = Project::empty();
    assert_eq!(nowhere.run("plan -o json").exits(65).json()["exit_code"], 65);
}

#[test]
fn results_go_to_stdout_and_everything_else_to_stderr() {
    let project = Project::on_sandbox();
    let plan = project.run("plan").exits(0);
    assert!(plan.out.contains("hello"));
    assert_eq!(plan.err, "");
    project.edit("campaigns/hello.yaml", "sender:", "sendr:");
    let failed = project.run("plan").exits(65);
    assert_eq!(failed.out, "");
    failed.says("did you mean `sender`?").says("campaigns/hello.yaml:1:1");
}

#[test]
fn verbose_tells_requests_and_quiet_leaves_out_notes_alone() {
    let project = Project::on_sandbox();
    let loud = project.run("plan -vv").exits(0);
    assert!(!loud.err.is_empty());
    assert!(!loud.err.contains("701000"), "no numbers in logs");
    let calm = project.run("plan").exits(0);
    let without_clock = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_clock(&loud.out), without_clock(&calm.out));
    project.edit(
        "campaigns/hello.yaml",
        "delivery:",
        "  - csv: ../people.csv\n    where: \"first_name == 'nobody'\"\ndelivery:",
    );
    assert!(project.run("plan").exits(0).err.contains("warning"));
    project.run("plan -q").exits(0).says("warning");
    project
        .run("status --campaign helo -q")
        .exits(0)
        .says("warning: there is no campaign `helo`");
    project
        .run("stop --all --yes")
        .exits(0)
        .says("nothing of ours is planned");
    assert!(
        !project
            .run("stop --all --yes -q")
            .exits(0)
            .err
            .contains("nothing of ours")
    );
    project.remove("people.csv");
    project.run("plan -q").exits(65).says("people.csv");
}

#[test]
fn at_takes_the_local_time_of_the_project_unless_the_clocks_skip_or_repeat_it() {
    let project = Project::on_sandbox();
    let instant = |at: &str| {
        project.run_at(at, "plan -o json").exits(0).json()["now"]
            .as_str()
            .unwrap()[..16]
            .to_owned()
    };
    assert_eq!(instant("2030-01-07 09:00"), "2030-01-07T08:00");
    assert_eq!(instant("2030-01-07T09:00"), "2030-01-07T08:00");
    assert_eq!(instant("2030-01-07T09:00:00+02:00"), "2030-01-07T07:00");
    project
        .run_at("2030-03-31 02:30", "plan")
        .exits(64)
        .says("`2030-03-31T02:30` does not exist in `Europe/Stockholm`")
        .says("`2030-03-31T01:59` and `2030-03-31T03:00`");
    project
        .run_at("2030-10-27 02:30", "plan")
        .exits(64)
        .says("`2030-10-27T02:30` happens twice in `Europe/Stockholm`")
        .says("--at 2030-10-27T02:30:00+02:00");
    assert_eq!(instant("2030-10-27T02:30:00+02:00"), "2030-10-27T00:30");
    let failed = project.run_at("2030-10-27 02:30", "plan -o json").exits(64).json();
    assert_eq!(failed["exit_code"], 64);
    project.edit("campanile.yaml", "timezone: Europe/Stockholm\n", "");
    project
        .run_at("2030-01-07 09:00", "plan")
        .exits(64)
        .says("set `timezone` in `campanile.yaml`");
    let nowhere = Project::empty();
    nowhere
        .run_at("2030-01-07 09:00", "segments Hello")
        .exits(64)
        .says("there is no project here");
}

#[test]
fn colors_come_only_where_they_are_wanted() {
    let project = Project::on_sandbox();
    let escape = '\u{1b}';
    let colored = |arguments: &str, variable: Option<&str>| {
        let mut command = project.command(AT, arguments);
        command.envs(variable.map(|name| (name, "1")));
        let ran = Ran::of(command.output().unwrap());
        ran.out.contains(escape) || ran.err.contains(escape)
    };
    project.edit("campaigns/hello.yaml", "sender: ACME", "sender: A C");
    assert!(!colored("plan", None), "no terminal, no colors");
    assert!(colored("plan --color always", None));
    assert!(!colored("plan --color never", Some("CLICOLOR_FORCE")));
    assert!(!colored("plan", Some("NO_COLOR")));
    assert!(colored("plan", Some("CLICOLOR_FORCE")));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let project = Project::on_sandbox();
    for arguments in [
        "plan",
        "schema project",
        "explain all",
        "completions bash",
        "plan -o json",
    ] {
        let mut child = project
            .command(AT, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let project = Project::on_sandbox();
    for (arguments, code) in [
        ("plan", 1),
        ("plan -o json", 1),
        ("apply --yes -o json", 5),
        ("stop --all --yes", 5),
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut run = project.command(AT, arguments);
        Ran::of(run.stdout(full).output().unwrap())
            .exits(code)
            .says("could not write the result");
    }
}

#[test]
fn a_further_output_that_cannot_be_written_stops_the_run_before_it_does_anything() {
    let project = Project::on_sandbox();
    let refused = project
        .run("apply --yes --write json=no/such/folder/a.json -o json")
        .exits(1);
    assert!(refused.json()["error"].as_str().unwrap().contains("no/such/folder"));
    project.run("plan --detailed-exitcode").exits(2);
}

#[test]
fn what_strict_refuses_stands_in_the_document() {
    let project = Project::on_sandbox();
    project.edit(
        "campaigns/hello.yaml",
        "body: ",
        "allow: [{ rule: cost, until: 2099-12-31, reason: x }]\nbody: ",
    );
    let refused = project.run("apply --yes --strict -o json").exits(3).json();
    assert_eq!(refused["diagnostics"][0]["code"], "C405");
}

#[test]
fn further_outputs_of_one_run_are_written_beside() {
    let project = Project::on_sandbox();
    project
        .run("plan -q --write json=a.json --write markdown=b.md --write html=c.html --write text=d.txt")
        .exits(0);
    assert!(project.read("a.json").starts_with('{'));
    assert!(project.read("b.md").contains("hello"));
    assert!(project.read("c.html").starts_with("<!doctype html>"));
    assert!(project.read("d.txt").contains("create hello"));
    project.run("plan --write pdf=x").exits(64).says("pdf");
    project.run("plan --write json=").exits(64);
    for format in ["markdown", "html"] {
        let shown = project.run(&format!("plan -o {format}")).exits(0);
        assert!(!shown.out.contains("701000"), "no numbers");
        assert!(!shown.out.contains("Hi Name"), "no rendered texts");
    }
}

#[test]
fn the_project_is_found_from_below_and_with_a_directory() {
    let project = Project::on_sandbox();
    let below = Ran::of(
        command(&project.path("campaigns"))
            .args(["plan", "--at", AT])
            .output()
            .unwrap(),
    );
    below.exits(0).says("hello");
    let elsewhere = Project::empty();
    let mut command = elsewhere.command(AT, "plan");
    Ran::of(command.arg("-C").arg(project.root()).output().unwrap())
        .exits(0)
        .says("hello");
    elsewhere.run("plan").exits(65).says("campanile init");
}

#[test]
fn help_and_version_are_results() {
    let project = Project::empty();
    for arguments in ["--help", "-h", "--version", "-V", "plan --help"] {
        let ran = Ran::of(
            command(project.root())
                .args(arguments.split_whitespace())
                .output()
                .unwrap(),
        )
        .exits(0);
        assert!(ran.out.contains("campanile"), "{arguments}");
        assert_eq!(ran.err, "");
    }
    Ran::of(command(project.root()).output().unwrap()).exits(64);
}

#[test]
fn the_help_of_every_command_reads_like_this() {
    let project = Project::empty();
    let help = |arguments: &[&str]| {
        Ran::of(
            command(project.root())
                .args(arguments)
                .env("COLUMNS", "100")
                .output()
                .unwrap(),
        )
        .exits(0)
        .out
    };
    let top = help(&["--help"]);
    let shared: std::collections::BTreeSet<&str> = top.split("\n\n").map(str::trim_end).collect();
    // What every command's help repeats is shown once.
    let own = |text: &str| {
        text.split("\n\n")
            .map(str::trim_end)
            .filter(|block| !shared.contains(block))
            .collect::<Vec<_>>()
            .join("\n\n")
    };
    let mut all = top.clone();
    let commands = top.split("Commands:").nth(1).unwrap().split("ptions:").next().unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names.len(), 20, "the commands of the contract: {names:?}");
    let hosts = [["comment", "github"], ["comment", "gitlab"]];
    let of_commands = names.iter().map(|name| vec![*name]);
    for path in of_commands.chain(hosts.map(Vec::from)) {
        let text = help(&[path.as_slice(), &["--help"]].concat());
        all.push_str(&format!("\n==== campanile {} --help\n{}\n", path.join(" "), own(&text)));
    }
    let all: Vec<&str> = all.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(all.join("\n"));
}
