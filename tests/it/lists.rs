//! Lists as programs write and pack them: the same people, however they come in.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::test_project::{NOW, TestProject};

const PROJECT: &str = "namespace: acme\ntimezone: Europe/Stockholm\nproviders:\n  sandbox: { kind: sandbox }\n";
const LIST: &str = "msisdn,name\n+46701740605,Åsa\n+46701740606,\"Li, Bo\"\n+46701740605,Again\n";

fn project(source: &str, file: &str, bytes: &[u8]) -> TestProject {
    let project = TestProject::new();
    project.write("campanile.yaml", PROJECT).write(file, bytes).write(
        "campaigns/sale.yaml",
        format!(
            "sender: ACME\nbody: \"Hello {{{{ name }}}}. STOP: reply STOP\"\nrecipients:\n  - {source}\n\
             delivery:\n  windows:\n    - {{ opens: 2026-11-27T09:00, closes: 2026-11-27T20:00 }}\n"
        ),
    );
    project
}

/// References and counts of a plan: equal only if all people and texts are.
fn said(json: &str) -> (Value, Value) {
    let plan: Value = serde_json::from_str(json).unwrap();
    let campaign = &plan["campaigns"][0];
    assert_eq!(
        (&campaign["recipients"], &campaign["duplicates"]),
        (&2.into(), &1.into())
    );
    (plan["operations"][0]["reference"].clone(), plan["summary"].clone())
}

fn planned(source: &str, file: &str, bytes: &[u8]) -> (Value, Value) {
    let ran = project(source, file, bytes).run(&["plan", "--offline", "-o", "json"]);
    assert_eq!(ran.code, Some(0), "{file}: {ran:?}");
    said(&ran.stdout)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(to_bytes)
        .collect()
}

#[test]
fn a_list_says_the_same_however_it_is_written_and_packed() {
    let plain = planned("{ csv: ../a.csv }", "a.csv", LIST.as_bytes());
    let windows_1252: Vec<u8> = LIST.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let semicolons = LIST.replace("\"Li, Bo\"", "§").replace(',', ";").replace('§', "Li, Bo");
    let zst = ruzstd::encoding::compress_to_vec(LIST.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    for (source, file, bytes) in [
        ("{ csv: ../a.csv }", "a.csv", format!("\u{feff}{LIST}").into_bytes()),
        ("{ csv: ../a.csv }", "a.csv", LIST.replace('\n', "\r\n").into_bytes()),
        ("{ csv: ../a.csv }", "a.csv", utf16(LIST, u16::to_le_bytes)),
        ("{ csv: ../a.csv }", "a.csv", utf16(LIST, u16::to_be_bytes)),
        ("{ csv: ../a.csv }", "a.csv", semicolons.clone().into_bytes()),
        (
            "{ csv: ../a.csv }",
            "a.csv",
            format!("sep=;\r\n{semicolons}").into_bytes(),
        ),
        ("{ csv: ../a.tsv }", "a.tsv", semicolons.replace(';', "\t").into_bytes()),
        ("{ csv: ../a.csv, encoding: windows-1252 }", "a.csv", windows_1252),
        ("{ csv: ../a.csv.gz }", "a.csv.gz", gz(LIST.as_bytes())),
        ("{ csv: ../a.csv.gz }", "a.csv.gz", gz(&utf16(LIST, u16::to_le_bytes))),
        ("{ csv: ../a.csv.zst }", "a.csv.zst", zst),
    ] {
        assert_eq!(planned(source, file, &bytes), plain, "{source} {:?}", bytes.get(..12));
    }
}

#[test]
fn a_list_comes_through_standard_input() {
    let plain = planned("{ csv: ../a.csv }", "a.csv", LIST.as_bytes());
    let project = project("{ csv: \"-\" }", "unused.csv", b"");
    let mut child = Command::new(env!("CARGO_BIN_EXE_campanile"))
        .current_dir(project.path())
        .env_clear()
        .args(["plan", "--offline", "-o", "json", "--at", NOW])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(LIST.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(said(&String::from_utf8(output.stdout).unwrap()), plain);
}

#[test]
fn a_packed_list_that_was_cut_is_never_half_an_audience() {
    let packed = gz(LIST.as_bytes());
    for kept in [packed.len() - 1, packed.len() - 9, packed.len() / 2, 4] {
        let project = project("{ csv: ../a.csv.gz }", "a.csv.gz", &packed[..kept]);
        let ran = project.run(&["plan", "--offline", "-o", "json"]);
        assert_eq!(ran.code, Some(65), "{kept}: {ran:?}");
    }
}

const KINDS: &str = "msisdn,name\n+46812345678,Åsa\n+449098790000,Bo\n,Cid\n+46701740605,Dan\n";

fn only_mobiles(source: &str) -> TestProject {
    let project = project(source, "a.csv", KINDS.as_bytes());
    project.write(
        "campanile.yaml",
        format!("{PROJECT}guards: {{ number_types: [mobile] }}\n"),
    );
    project
}

#[test]
fn numbers_of_other_kinds_hold_a_campaign_until_they_are_allowed() {
    let project = only_mobiles("{ csv: ../a.csv, on_invalid: { empty: skip } }");
    let held = project.run(&["plan", "--offline", "-o", "json"]);
    assert_eq!(held.code, Some(3), "{held:?}");
    let plan: Value = serde_json::from_str(&held.stdout).unwrap();
    assert_eq!(plan["operations"].as_array().map(Vec::len), Some(0));
    let guard = plan["guards"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["rule"] == "number-types");
    assert_eq!(guard.unwrap()["actual"], "1 fixed, 1 premium");
    assert_eq!(plan["held"][0]["allow"], "number-types=sale");
    let allowed = project.run(&["plan", "--offline", "--allow", "number-types=sale", "-o", "json"]);
    assert_eq!(allowed.code, Some(0), "{allowed:?}");
    let plan: Value = serde_json::from_str(&allowed.stdout).unwrap();
    assert_eq!(plan["summary"]["recipients"], 3);
}

#[test]
fn rows_that_are_left_out_are_counted_by_what_is_wrong_with_them() {
    let project = only_mobiles("{ csv: ../a.csv, on_invalid: { empty: skip, wrong_type: skip } }");
    let ran = project.run(&["plan", "--offline", "-o", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    let campaign = &plan["campaigns"][0];
    assert_eq!((&campaign["recipients"], &campaign["invalid"]), (&1.into(), &3.into()));
    assert_eq!(
        campaign["invalid_by"],
        serde_json::json!({ "empty": 1, "unreadable": 0, "wrong_type": 2 })
    );
    let told = project.run(&["plan", "--offline"]).stdout;
    assert!(told.contains("3 invalid (1 empty, 2 of another type)"), "{told}");
    let fails = only_mobiles("{ csv: ../a.csv, on_invalid: { wrong_type: skip } }").run(&["validate"]);
    assert_eq!(fails.code, Some(65), "{fails:?}");
    assert!(fails.stderr.contains("the number is empty"), "{fails:?}");
}

#[test]
fn two_rows_of_one_number_with_different_texts_are_a_warning() {
    let ran = project("{ csv: ../a.csv }", "a.csv", LIST.as_bytes()).run(&["validate"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = "1 row repeats the number of an earlier row with another text, like line 4 after line 2 of `a.csv`";
    assert!(ran.stderr.contains(told), "{ran:?}");
    let same = LIST.replace("Again", "Åsa");
    let ran = project("{ csv: ../a.csv }", "a.csv", same.as_bytes()).run(&["validate"]);
    assert!(!ran.stderr.contains("repeats"), "{ran:?}");
}

/// Where a list of numbers may be given.
const PLACES: [&str; 5] = ["recipients", "standard input", "suppressions", "testers", "feedback"];

/// The program run on a list in one of these places.
fn taken(place: &str, list: &[u8]) -> crate::test_project::Ran {
    let source = if place == "standard input" {
        "csv: \"-\""
    } else {
        "csv: ../people.csv"
    };
    let project = project(
        source,
        "people.csv",
        if place == "recipients" { list } else { LIST.as_bytes() },
    );
    project.write("list.csv", list);
    let more = match place {
        "suppressions" => "suppressions: [list.csv]\n",
        "testers" => "testers: list.csv\n",
        _ => "",
    };
    project.write("campanile.yaml", format!("{PROJECT}default_country: SE\n{more}"));
    match place {
        "testers" => project.run(&["test", "sale", "--yes"]),
        "feedback" => project.run(&["feedback", "sale", "--csv", "list.csv"]),
        "standard input" => {
            use std::io::Seek as _;
            let mut input = tempfile::tempfile().unwrap();
            input.write_all(list).unwrap();
            input.rewind().unwrap();
            project.run_reading(input, &["plan", "--offline", "-o", "json"])
        }
        _ => project.run(&["plan", "--offline", "-o", "json"]),
    }
}

#[test]
fn what_is_no_list_is_refused_wherever_a_list_is_given() {
    let zipped = gz(LIST.as_bytes());
    let swallowed = "msisdn,name\n46701740605,\"Ann\n46701740606,Bo\n46701740607,\"Cid\"\n";
    let lost = "msisdn,name\n46701740605,\"Ann\n46701740606,Bo\n46701740607,Cid\n";
    let ragged = "msisdn,name\n46701740605,Ann,Bo,46701740606\n";
    for (code, list) in [
        ("C104", swallowed.as_bytes()),
        ("C104", lost.as_bytes()),
        ("C104", ragged.as_bytes()),
        ("C108", b"msisdn,name\n4.6701740605E+10,Ann\n"),
        ("C112", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 46701740605"),
        ("C112", b"%PDF-1.7\n46701740605\n"),
        ("C112", b"[{\"msisdn\": \"46701740605\"}]"),
        ("C112", b"<!doctype html>\n<p>46701740605</p>"),
        ("C112", b"BEGIN:VCARD\nTEL:46701740605\nEND:VCARD\n"),
        (
            "C112",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:46701740605\nsize 9\n",
        ),
        ("C112", &zipped),
    ] {
        for place in PLACES {
            let ran = taken(place, list);
            let told = format!("{}{}", ran.stdout, ran.stderr);
            assert_eq!(ran.code, Some(65), "{place}, {code}: {ran:?}");
            assert!(told.contains(code), "{place}, {code}: {ran:?}");
            assert!(!told.contains("4670174060"), "{place}, {code}: {ran:?}");
        }
    }
}

#[test]
fn guards_and_invisible_marks_are_read_wherever_a_list_is_given() {
    for list in [
        "=\"msisdn\",name\n=\"46701740605\",Ann\n",
        "msisdn,name\n'46701740605,Ann\n",
        "msisdn,name\ntel:+46701740605,Ann\n",
        "\u{200e}msisdn\u{200e},name\n\u{202a}+46\u{a0}70\u{a0}174\u{a0}06\u{a0}05\u{202c},Ann\n",
        "\u{feff}Mobil;name\r\n070-174 06 05;Ann\r\n",
    ] {
        for place in PLACES {
            let ran = taken(place, list.as_bytes());
            match place {
                "testers" => assert!(
                    ran.code == Some(0) && ran.stderr.contains("1 tester"),
                    "{list}: {ran:?}"
                ),
                // Read; what comes after is about the provider.
                "feedback" => assert!(
                    ran.stderr.contains("no delivery feedback") && ran.code == Some(64),
                    "{list}: {ran:?}"
                ),
                _ => {
                    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{place}: {ran:?}"));
                    let campaign = &plan["campaigns"][0];
                    // One of the two people of the other list stays where this one suppresses.
                    let suppressed = u64::from(place == "suppressions") * 2;
                    assert_eq!(campaign["recipients"], 1, "{place}, {list}: {ran:?}");
                    assert_eq!(campaign["suppressed"], suppressed, "{place}, {list}: {ran:?}");
                }
            }
        }
    }
}
