//! Paths that leave the project, links that lead out of it, files that are none, bombs in archives, and who may read
//! what the program writes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::emulated::Emulated;
use crate::test_project::{Ran, TestProject};

const PROJECT: &str = "namespace: acme\ntimezone: Europe/Stockholm\nproviders:\n  sandbox: { kind: sandbox }\n";

fn campaign(csv: &str) -> String {
    format!(
        "sender: ACME\nbody: \"Hello. STOP: reply STOP\"\nrecipients:\n  - {{ csv: \"{csv}\" }}\n\
         delivery:\n  windows:\n    - {{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }}\n"
    )
}

fn project(csv: &str) -> TestProject {
    let project = TestProject::new();
    project
        .write("shop/campanile.yaml", PROJECT)
        .write("shop/campaigns/sale.yaml", campaign(csv))
        .write("shop/recipients/people.csv", "msisdn\n+46701740605\n")
        .write("outside.csv", "msisdn\n+46701740606\n");
    project
}

fn validate(project: &TestProject) -> Ran {
    project.run(&["-C", "shop", "validate", "-o", "json"])
}

#[test]
fn a_path_never_leaves_the_project() {
    let outside = |csv: &str| {
        let project = project(csv);
        let ran = validate(&project);
        assert_eq!(ran.code, Some(65), "{csv}: {ran:?}");
        assert!(!ran.stdout.contains("root:"), "{ran:?}");
    };
    for csv in [
        "../../outside.csv",
        "/etc/passwd",
        "../recipients/../../outside.csv",
        "..",
        "../recipients",
        "/dev/zero",
        "C:\\\\x.csv",
    ] {
        outside(csv);
    }
    assert_eq!(validate(&project("../recipients/people.csv")).code, Some(0));
    let allowed = project("../../outside.csv");
    allowed
        .write("shop/campanile.yaml", format!("{PROJECT}allow_paths: [../lists]\n"))
        .write("shop/campaigns/sale.yaml", campaign("../../lists/outside.csv"))
        .write("lists/outside.csv", "msisdn\n+46701740606\n");
    assert_eq!(validate(&allowed).code, Some(0), "{:?}", validate(&allowed));
}

#[test]
fn a_link_never_leads_out_of_the_project() {
    let project = project("../recipients/linked.csv");
    let link = project.path().join("shop/recipients/linked.csv");
    for target in ["../../outside.csv", "/etc/passwd", "/dev/zero", "linked.csv"] {
        symlink(target, &link).unwrap();
        let ran = validate(&project);
        assert_eq!(ran.code, Some(65), "{target}: {ran:?}");
        assert!(
            !ran.stdout.contains("root:") && !ran.stderr.contains("root:"),
            "{ran:?}"
        );
        fs::remove_file(&link).unwrap();
    }
    symlink("people.csv", &link).unwrap();
    assert_eq!(validate(&project).code, Some(0));
    // Folders are no other way out.
    symlink("../..", project.path().join("shop/recipients/up")).unwrap();
    project.write("shop/campaigns/sale.yaml", campaign("../recipients/up/outside.csv"));
    assert_eq!(validate(&project).code, Some(65));
    project
        .write("shop/campaigns/sale.yaml", campaign("../recipients/people.csv"))
        .write("more/other.yaml", campaign("../recipients/people.csv"));
    symlink("../../more", project.path().join("shop/campaigns/more")).unwrap();
    assert_eq!(validate(&project).code, Some(65));
    fs::remove_file(project.path().join("shop/campaigns/more")).unwrap();
    assert_eq!(validate(&project).code, Some(0));
    // A campaign, a text and a suppression list are files like any other.
    symlink("../../outside.csv", project.path().join("shop/campaigns/more.yaml")).unwrap();
    assert_eq!(validate(&project).code, Some(65));
}

#[test]
fn an_archive_that_grows_without_end_is_refused() {
    use std::io::Write as _;
    // Whichever bound is met first: that of a row, or that of what is unpacked.
    let is_bounded =
        |out: &str| out.contains("a row of more than a megabyte") || out.contains("unpacks to more than is read");
    let project = project("../recipients/bomb.csv.gz");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"msisdn\n").unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..1_100 {
        packed.write_all(&zeros).unwrap();
    }
    project.write("shop/recipients/bomb.csv.gz", packed.finish().unwrap());
    let ran = validate(&project);
    assert_eq!(ran.code, Some(65), "{}", ran.stderr);
    assert!(is_bounded(&ran.stdout), "{ran:?}");
    project
        .write("shop/campaigns/sale.yaml", campaign("../recipients/bomb.csv.zst"))
        .write("shop/recipients/bomb.csv.zst", zst(b'0', 4_000));
    let ran = validate(&project);
    assert_eq!(ran.code, Some(65), "{ran:?}");
    assert!(is_bounded(&ran.stdout), "{ran:?}");
    // Noise, and a frame that asks for a window of 3.75 TiB before it says anything.
    for frame in [
        &b"\x28\xb5\x2f\xfd\x00\xff\xff\xff\xff\xff\xff"[..],
        b"\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00",
    ] {
        project.write("shop/recipients/bomb.csv.zst", frame);
        let ran = validate(&project);
        assert_eq!(ran.code, Some(65), "{ran:?}");
        assert!(ran.stdout.contains("cannot be unpacked"), "{ran:?}");
    }
    // What such a frame holds is read where it is honest.
    project.write(
        "shop/recipients/bomb.csv.zst",
        [zst_of(b"msisdn\n+46701740605\n")].concat(),
    );
    assert_eq!(validate(&project).code, Some(0), "{:?}", validate(&project));
}

/// A Zstandard frame of so many blocks of 128 KiB, each the same byte again and again in four bytes.
fn zst(byte: u8, blocks: u32) -> Vec<u8> {
    const BLOCK: u32 = 128 << 10;
    let mut frame = b"\x28\xb5\x2f\xfd\x00\x38".to_vec();
    for block in 1..=blocks {
        let head = u32::from(block == blocks) | 1 << 1 | BLOCK << 3;
        frame.extend(&head.to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}

/// A Zstandard frame of one block that stands as it is.
fn zst_of(text: &[u8]) -> Vec<u8> {
    let head = 1 | u32::try_from(text.len()).unwrap() << 3;
    [b"\x28\xb5\x2f\xfd\x00\x38", &head.to_le_bytes()[..3], text].concat()
}

#[test]
fn what_is_kept_is_readable_by_its_owner_alone() {
    let project = project("../recipients/people.csv");
    let ran = project.run(&["-C", "shop", "apply", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let state = project.path().join("shop/.campanile");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(&state).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3, "journal, lock and sandbox");
    let ran = project.run(&["emulate", "--state", "own.jsonl", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, Some(64), "{ran:?}");
}

#[test]
fn what_others_could_read_is_closed_to_them() {
    let project = project("../recipients/people.csv");
    project
        .write("shop/.campanile/journal.jsonl", "")
        .write("shop/.campanile/sandbox-sandbox.jsonl", "");
    let state = project.path().join("shop/.campanile");
    let journal = state.join("journal.jsonl");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(project.run(&["-C", "shop", "apply", "--yes"]).code, Some(0));
    for (path, mode) in [
        (&state, 0o700),
        (&journal, 0o600),
        (&state.join("sandbox-sandbox.jsonl"), 0o600),
    ] {
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            mode,
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_link_in_the_place_of_state_chooses_no_file() {
    for name in ["journal.jsonl", "lock", "sandbox-sandbox.jsonl"] {
        let project = project("../recipients/people.csv");
        project.write("precious", "keep me").write("shop/.campanile/notes", "");
        symlink("../../precious", project.path().join("shop/.campanile").join(name)).unwrap();
        for words in [
            &["-C", "shop", "apply", "--yes"] as &[&str],
            &["-C", "shop", "stop", "--all", "--yes"],
        ] {
            let ran = project.run(words);
            assert_eq!(ran.code, Some(1), "{name}: {ran:?}");
            assert!(ran.stderr.contains("is a link"), "{ran:?}");
        }
        assert_eq!(fs::read_to_string(project.path().join("precious")).unwrap(), "keep me");
    }
    let project = project("../recipients/people.csv");
    project.write("elsewhere/notes", "");
    symlink("../elsewhere", project.path().join("shop/.campanile")).unwrap();
    assert_eq!(project.run(&["-C", "shop", "apply", "--yes"]).code, Some(1));
    assert_eq!(fs::read_dir(project.path().join("elsewhere")).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_that_others_can_read_is_warned_about() {
    let provider = Emulated::fresh().await;
    let project = project("../recipients/people.csv");
    let settings = PROJECT.replace(
        "sandbox: { kind: sandbox }",
        &format!(
            "real: {{ kind: ip1, base_url: \"{}\", token_file: token, list_lag: 0s }}",
            provider.running.url()
        ),
    );
    project
        .write("shop/campanile.yaml", settings)
        .write("shop/token", "k4narie\n");
    let token = project.path().join("shop/token");
    for (mode, is_warned) in [(0o644, true), (0o640, true), (0o600, false)] {
        fs::set_permissions(&token, fs::Permissions::from_mode(mode)).unwrap();
        let ran = project.run(&["-C", "shop", "plan"]);
        assert_eq!(
            ran.stderr.contains("can be read by other users"),
            is_warned,
            "{mode:o}: {ran:?}"
        );
        assert!(!ran.stderr.contains("k4narie"), "{ran:?}");
    }
}

#[test]
fn a_link_in_the_place_of_an_output_is_replaced_and_not_followed() {
    let project = project("../recipients/people.csv");
    project.write("precious", "keep me");
    symlink("precious", project.path().join("plan.json")).unwrap();
    let ran = project.run(&[
        "-C",
        "shop",
        "plan",
        "--save",
        "plan.json",
        "--write",
        "markdown=plan.md",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(fs::read_to_string(project.path().join("precious")).unwrap(), "keep me");
}
