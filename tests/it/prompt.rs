//! A person at a terminal of 80 columns: what is asked, what each answer does, and what is drawn while it lasts.

use std::io::{Read as _, Write as _};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use serde_json::json;

use crate::cli_world::{AT, Emulator, Project};

/// The program at a terminal.
struct Terminal {
    pty: Pty,
    child: std::process::Child,
    /// Everything shown so far, escape codes included.
    shown: String,
}

impl Terminal {
    fn run(project: &Project, words: &str) -> Self {
        Self::with(project, words, &[])
    }

    fn with(project: &Project, words: &str, variables: &[(&str, &str)]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(24, 80)).unwrap();
        let mut command = project.command(AT, words);
        command.env("TERM", "xterm").envs(variables.iter().copied());
        let child = Command::from(command).spawn(pts).unwrap();
        Self {
            pty,
            child,
            shown: String::new(),
        }
    }

    /// One more piece of what is shown; false when the program has ended.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        // A terminal whose last program has ended gives an error instead of an end.
        let count = self.pty.read(&mut bytes).unwrap_or(0);
        self.shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        count > 0
    }

    /// Waits until this is shown.
    fn until(mut self, text: &str) -> Self {
        while !self.shown.contains(text) {
            assert!(self.read(), "`{text}` was never shown:\n{}", self.shown);
        }
        self
    }

    /// Types.
    fn types(mut self, keys: &str) -> Self {
        self.pty.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Until it ends: the exit code as a shell tells it, and everything shown.
    fn ends(mut self) -> (i32, String) {
        use std::os::unix::process::ExitStatusExt as _;
        while self.read() {}
        let status = self.child.wait().unwrap();
        let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap());
        (code, self.shown)
    }
}

/// Everything but `yes`, with the exit code; the last two are Ctrl-D and Ctrl-C.
const REFUSALS: [(&str, i32); 7] = [
    ("no\n", 0),
    ("\n", 0),
    ("y\n", 0),
    ("YES\n", 0),
    ("yes please\n", 0),
    ("\u{4}", 0),
    ("\u{3}", 130),
];

#[test]
fn nothing_is_sent_but_after_yes() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    for (answer, code) in REFUSALS {
        let (ended, shown) = Terminal::run(&project, "apply")
            .until("Carry out 1 operation? Only `yes` is taken: ")
            .types(answer)
            .ends();
        assert_eq!(ended, code, "{answer:?}: {shown}");
        assert!(shown.contains("nothing was changed"), "{answer:?}: {shown}");
        assert_eq!(emulator.changing(), [""; 0], "{answer:?}");
    }
    let (ended, shown) = Terminal::run(&project, "apply")
        .until("Only `yes` is taken: ")
        .types("yes\n")
        .ends();
    assert_eq!(ended, 0, "{shown}");
    assert_eq!(emulator.changing(), ["POST /v2/batches"]);
    let (ended, shown) = Terminal::run(&project, "apply").ends();
    assert_eq!(ended, 0, "nothing to do, nothing to ask: {shown}");
}

#[test]
fn a_file_is_laid_out_alike_at_every_terminal() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    let planned = |columns: &str| {
        let columns = [("COLUMNS", columns)];
        let (ended, shown) = Terminal::with(&project, "plan --offline --write text=plan.txt", &columns).ends();
        assert_eq!(ended, 0, "{shown}");
        (shown, project.read("plan.txt"))
    };
    let (narrow, wide) = (planned("40"), planned("140"));
    assert_ne!(narrow.0, wide.0);
    assert_eq!(narrow.1, wide.1);
    assert!(narrow.1.lines().any(|line| line.len() > 42), "{}", narrow.1);
}

#[test]
fn a_stop_that_is_not_confirmed_cancels_nothing() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    for (answer, code) in REFUSALS {
        let (ended, shown) = Terminal::run(&project, "stop --all")
            .until("Cancel 1 planned batch? Only `yes` is taken: ")
            .types(answer)
            .ends();
        assert_eq!(ended, code, "{answer:?}: {shown}");
        assert_eq!(emulator.changing().len(), 1, "{answer:?}");
    }
    let (ended, _) = Terminal::run(&project, "stop --all")
        .until("Only `yes` is taken: ")
        .types("yes\n")
        .ends();
    assert_eq!((ended, emulator.changing().len()), (0, 2));
}

#[test]
fn a_test_that_is_not_confirmed_is_not_sent() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.edit("campanile.yaml", "providers:", "testers: people.csv\nproviders:");
    for (answer, code) in REFUSALS {
        let (ended, shown) = Terminal::run(&project, "test hello")
            .until("Send this to the testers? Only `yes` is taken: ")
            .types(answer)
            .ends();
        assert_eq!(ended, code, "{answer:?}: {shown}");
        assert_eq!(emulator.changing(), [""; 0], "{answer:?}");
    }
}

#[test]
fn a_refusal_with_json_is_one_document_too() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    let (ended, shown) = Terminal::run(&project, "apply -o json")
        .until("Only `yes` is taken: ")
        .types("no\n")
        .ends();
    let document = &shown[shown.find("{\r\n").expect("a document")..];
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    assert_eq!((ended, &document["exit_code"]), (0, &json!(0)));
    assert_eq!(document["operations"][0]["outcome"], "skipped");
    assert_eq!(emulator.changing(), [""; 0]);
}

/// Four campaigns that the emulator takes its time to create.
fn slow(emulator: &Emulator) -> Project {
    let project = Project::on_ip1(emulator);
    for day in 8..11 {
        let windows = format!("{{ opens: 2030-01-{day:02}T14:00, closes: 2030-01-{day:02}T18:00 }}");
        project.campaign(
            &format!("day{day}"),
            &format!("Text {day}. Stop: acme.example"),
            &windows,
        );
    }
    emulator.faults(json!([{ "match": "POST /v2/batches", "times": 0, "fault": "delay", "ms": 300 }]));
    project
}

#[test]
fn long_work_is_told_at_a_terminal_with_counts_and_rates() {
    let emulator = Emulator::start();
    let project = slow(&emulator);
    let terminal = Terminal::run(&project, "apply --yes")
        .until("reading the batches of p")
        .until("3 of 4 · 6 people, ");
    let (ended, shown) = terminal.ends();
    assert_eq!(ended, 0);
    assert!(shown.contains("/s · create day"), "{shown}");
    // At 80 columns no line of progress is broken, and none is left behind. Notes are as long as what they say.
    assert!(
        shown
            .split(['\r', '\n'])
            .all(|line| console_width(line) <= 80 || line.contains("C423")),
        "{shown}"
    );
    let report = shown.rfind("done").expect("a report");
    assert!(!shown[report..].contains(" of 4 · "), "the line is taken away: {shown}");
}

/// Characters without the escape codes among them.
fn console_width(line: &str) -> usize {
    let mut width = 0;
    let mut is_escape = false;
    for character in line.chars() {
        match character {
            '\u{1b}' => is_escape = true,
            _ if is_escape => is_escape = !character.is_ascii_alphabetic(),
            _ => width += 1,
        }
    }
    width
}

#[test]
fn nothing_moves_when_quiet_in_ci_and_on_a_dumb_terminal() {
    for (words, variable) in [
        ("apply --yes -q", ("LANG", "C")),
        ("apply --yes", ("CI", "true")),
        ("apply --yes", ("TERM", "dumb")),
    ] {
        let emulator = Emulator::start();
        let (ended, shown) = Terminal::with(&slow(&emulator), words, &[variable]).ends();
        assert_eq!(ended, 0);
        assert!(!shown.contains("of 4 · "), "{words} {variable:?}: {shown}");
    }
}

#[test]
fn a_line_without_colors_is_drawn_where_none_are_wanted() {
    let emulator = Emulator::start();
    let (ended, shown) = Terminal::with(&slow(&emulator), "apply --yes", &[("NO_COLOR", "1")]).ends();
    assert_eq!(ended, 0);
    assert!(shown.contains("of 4 · "), "{shown}");
    assert!(
        !shown.contains("\u{1b}[3") && !shown.contains("\u{1b}[9"),
        "a color: {shown}"
    );
}

#[test]
fn watching_draws_one_page_over_the_other_until_ctrl_c() {
    let emulator = Emulator::start();
    let project = Project::on_ip1(&emulator);
    project.converges();
    let (ended, shown) = Terminal::run(&project, "status --watch")
        .until("hello")
        .types("\u{3}")
        .ends();
    assert_eq!(ended, 130);
    assert!(shown.contains("\u{1b}[H\u{1b}[2J2030-01-07 09:00:0"), "{shown:?}");
    assert!(
        shown.split(['\r', '\n']).all(|line| console_width(line) <= 80),
        "{shown}"
    );
}
