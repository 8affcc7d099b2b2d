//! Projects on disk, in temporary folders.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::*;
use crate::campaign::Secret;

const PROJECT: &str = "namespace: acme\ntimezone: UTC\nproviders: { sandbox: { kind: sandbox } }\n";
const CAMPAIGN: &str = "sender: ACME\nbody: Hi\nrecipients: [{ csv: ../all.csv }]\ndelivery: { windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }] }\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn told(diagnostics: &[crate::model::Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|fault| {
            let file = fault.place.as_ref().map(|place| place.file.display().to_string());
            format!("{} {} {}", fault.code, file.unwrap_or_default(), fault.message)
        })
        .collect()
}

fn read_all(file: &OpenedSource) -> String {
    let mut bytes = vec![0; usize::try_from(file.size()).unwrap()];
    let mut at = 0;
    while at < bytes.len() {
        let count = file.read_at(u64::try_from(at).unwrap(), &mut bytes[at..]).unwrap();
        assert!(count > 0);
        at += count;
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn campaigns_are_found_in_all_folders_in_order() {
    let folder = folder(&[
        ("campanile.yaml", PROJECT),
        ("campaigns/b.yml", CAMPAIGN),
        ("campaigns/a.yaml", CAMPAIGN),
        (
            "campaigns/se/deep/c.yaml",
            &CAMPAIGN.replace("../all.csv", "../../../all.csv"),
        ),
        ("campaigns/README.md", "not a campaign"),
        ("campaigns/.draft.yaml", "not: read"),
    ]);
    let loaded = load(folder.path()).unwrap();
    let files: Vec<String> = loaded.campaigns.iter().map(|c| c.file.display().to_string()).collect();
    assert_eq!(
        files,
        ["campaigns/a.yaml", "campaigns/b.yml", "campaigns/se/deep/c.yaml"]
    );
    assert_eq!(loaded.campaigns[2].sources[0].origin.name(), Path::new("all.csv"));
    assert_eq!(
        told(&loaded.diagnostics),
        ["C709  `campaigns/.draft.yaml` is not read: hidden files are no campaigns"]
    );
    assert_eq!(loaded.texts.len(), 4);
}

#[test]
fn a_campaign_that_cannot_be_read_is_named_and_the_others_are_read() {
    let folder = folder(&[
        ("campanile.yaml", PROJECT),
        ("campaigns/a.yaml", CAMPAIGN),
        ("campaigns/b.yaml", "reference: summer # old\nsender: [\n"),
        ("campaigns/c.yaml", "sender: A B\n"),
    ]);
    fs::write(folder.path().join("campaigns/d.yaml"), b"sender: \xff\n").unwrap();
    let loaded = load(folder.path()).unwrap();
    assert_eq!(loaded.campaigns.len(), 1);
    let unreadable: Vec<(String, Vec<String>)> = loaded
        .unreadable
        .iter()
        .map(|one| {
            (
                one.file.display().to_string(),
                one.references.iter().map(ToString::to_string).collect(),
            )
        })
        .collect();
    assert_eq!(
        unreadable,
        [
            ("campaigns/b.yaml".to_owned(), vec!["b".to_owned(), "summer".to_owned()]),
            ("campaigns/c.yaml".to_owned(), vec!["c".to_owned()]),
            ("campaigns/d.yaml".to_owned(), vec!["d".to_owned()]),
        ]
    );
    let told = told(&loaded.diagnostics);
    assert!(
        told.iter().any(|line| line.starts_with("C001 campaigns/b.yaml")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|line| line.starts_with("C024 campaigns/c.yaml")),
        "{told:?}"
    );
    assert!(told.contains(&"C704 campaigns/d.yaml `campaigns/d.yaml` is not UTF-8 text".to_owned()));
}

#[test]
fn the_nearest_folder_with_a_project_file_is_the_root() {
    let folder = folder(&[("campanile.yaml", PROJECT), ("campaigns/se/a.yaml", CAMPAIGN)]);
    assert_eq!(find_root(&folder.path().join("campaigns/se")).unwrap(), folder.path());
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(find_root(empty.path()).unwrap_err().code, "C701");
}

#[test]
fn a_faulty_project_file_fails_with_its_text_for_excerpts() {
    let folder = folder(&[("campanile.yaml", "namespace: TOO_LONG\n")]);
    let failed = load(folder.path()).unwrap_err();
    assert_eq!(told(&failed.diagnostics).len(), 2);
    assert_eq!(failed.texts.len(), 1);
    let empty = tempfile::tempdir().unwrap();
    assert!(told(&load(empty.path()).unwrap_err().diagnostics)[0].starts_with("C702 campanile.yaml"));
}

#[test]
fn a_body_file_is_read_from_the_project_only() {
    let named = CAMPAIGN.replace("body: Hi", "body_file: ../texts/hi.txt");
    let folder = folder(&[
        ("campanile.yaml", PROJECT),
        ("campaigns/a.yaml", &named),
        ("texts/hi.txt", "Hello\n"),
    ]);
    let loaded = load(folder.path()).unwrap();
    assert_eq!(loaded.campaigns[0].body.text, "Hello");
    assert_eq!(loaded.texts[Path::new("texts/hi.txt")], "Hello\n");
    fs::remove_file(folder.path().join("texts/hi.txt")).unwrap();
    let loaded = load(folder.path()).unwrap();
    assert!(
        told(&loaded.diagnostics)[0].contains("there is no such file"),
        "{:?}",
        loaded.diagnostics
    );
}

#[test]
fn the_same_reference_in_two_files_names_both() {
    let folder = folder(&[
        ("campanile.yaml", PROJECT),
        ("campaigns/a.yaml", &format!("reference: sale\n{CAMPAIGN}")),
        ("campaigns/sale.yaml", CAMPAIGN),
    ]);
    assert_eq!(
        told(&load(folder.path()).unwrap().diagnostics),
        ["C022 campaigns/sale.yaml `campaigns/a.yaml` and `campaigns/sale.yaml` are both the campaign `sale`"]
    );
}

#[test]
fn sources_are_read_plain_and_unpacked() {
    let folder = folder(&[("a.csv", "msisdn\n1\n")]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(b"msisdn\n2\n").unwrap();
    fs::write(folder.path().join("a.csv.gz"), gz.finish().unwrap()).unwrap();
    let zst =
        |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let frames = [zst("msisdn\n"), zst("3\n")].concat();
    fs::write(folder.path().join("a.csv.zst"), frames).unwrap();
    let sources = Sources::new(folder.path(), &[]);
    for (name, expected) in [
        ("a.csv", "msisdn\n1\n"),
        ("a.csv.gz", "msisdn\n2\n"),
        ("a.csv.zst", "msisdn\n3\n"),
    ] {
        let file = sources.open(&Path::new(name).into()).unwrap();
        assert_eq!(read_all(&file), expected, "{name}");
        assert!(file.unchanged().unwrap(), "{name}");
        fs::write(folder.path().join(name), "longer than it was before, surely\n").unwrap();
        assert!(!file.unchanged().unwrap(), "{name}");
        assert_eq!(file.size(), u64::try_from(expected.len()).unwrap());
    }
}

#[test]
fn a_source_that_cannot_be_opened_says_why() {
    let folder = folder(&[
        ("recipients/all.csv", "msisdn\n"),
        ("cut.csv.gz", "\u{1f}"),
        ("bad.csv.zst", "nonsense"),
    ]);
    let sources = Sources::new(folder.path(), &[]);
    for (name, code, part) in [
        ("recipients/al.csv", "C702", "there is no such file"),
        ("recipients", "C703", "it is not a file"),
        ("cut.csv.gz", "C706", "cannot be unpacked"),
        ("bad.csv.zst", "C706", "cannot be unpacked"),
    ] {
        let fault = sources.open(&Path::new(name).into()).unwrap_err().diagnostic();
        assert!(fault.code == code && fault.message.contains(part), "{fault:?}");
        if name == "recipients/al.csv" {
            assert_eq!(fault.hints, ["did you mean `all.csv`?"]);
        }
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_project_and_refused_outside() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret.csv", "msisdn\n")]);
    let inside = folder(&[
        ("campanile.yaml", PROJECT),
        ("real.csv", "msisdn\n"),
        ("campaigns/a.yaml", CAMPAIGN),
    ]);
    symlink("real.csv", inside.path().join("link.csv")).unwrap();
    symlink(outside.path().join("secret.csv"), inside.path().join("leak.csv")).unwrap();
    symlink(outside.path(), inside.path().join("leak")).unwrap();
    let sources = Sources::new(inside.path(), &[]);
    assert!(sources.open(&Path::new("link.csv").into()).is_ok());
    for name in ["leak.csv", "leak/secret.csv"] {
        assert_eq!(
            sources.open(&Path::new(name).into()).unwrap_err().diagnostic().code,
            "C705"
        );
    }
    let allowing = Sources::new(inside.path(), &[outside.path().to_owned()]);
    assert!(allowing.open(&Path::new("leak.csv").into()).is_ok());

    symlink(
        outside.path().join("secret.csv"),
        inside.path().join("campaigns/b.yaml"),
    )
    .unwrap();
    let loaded = load(inside.path()).unwrap();
    assert_eq!(loaded.unreadable[0].file, PathBuf::from("campaigns/b.yaml"));
    assert_eq!(loaded.diagnostics[0].code, "C705");
    symlink(outside.path(), inside.path().join("campaigns/more")).unwrap();
    assert!(load(inside.path()).is_err());
}

#[test]
fn tokens_come_from_variables_and_files_and_are_never_shown() {
    let folder = folder(&[("token", "file-token\n"), ("empty", "\n"), ("two", "a b\n")]);
    let environment = |name: &str| match name {
        "SET" => Some(" env-token ".to_owned()),
        "EMPTY" => Some(String::new()),
        "LINES" => Some("canary\ncanary".to_owned()),
        _ => None,
    };
    let read = |secret: Secret| read_secret(&secret, folder.path(), &[], &environment);
    let (token, warning) = read(Secret::Env("SET".to_owned())).unwrap();
    assert_eq!((token.expose_secret(), warning), ("env-token", None));
    assert!(!format!("{token:?}").contains("env-token"));
    let (token, warning) = read(Secret::File("token".into())).unwrap();
    assert_eq!(token.expose_secret(), "file-token");
    if cfg!(unix) {
        assert_eq!(warning.unwrap().code, "C708");
    }
    for (secret, part) in [
        (Secret::Env("UNSET".to_owned()), "`UNSET` is not set"),
        (Secret::Env("EMPTY".to_owned()), "`EMPTY` is not set"),
        (Secret::Env("LINES".to_owned()), "holds no usable token"),
        (Secret::File("empty".into()), "holds no usable token"),
        (Secret::File("two".into()), "holds no usable token"),
        (Secret::File("canary".into()), "there is no such file"),
    ] {
        let error = read(secret).unwrap_err().to_string();
        assert!(error.contains(part) && !error.contains("canary"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_token_file_of_ones_own_gives_no_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("token", "file-token\n")]);
    let path = folder.path().join("token");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let (_, warning) = read_secret(&Secret::File("token".into()), folder.path(), &[], &|_| None).unwrap();
    assert_eq!(warning, None);
}

#[test]
fn every_code_has_its_own_number_and_a_page() {
    let mut numbers: Vec<&str> = diagnostics::ALL.iter().map(|code| code.id).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), diagnostics::ALL.len());
    for code in diagnostics::ALL {
        assert!(
            !code.page.is_empty() && code.page.lines().all(|line| line.chars().count() <= 80),
            "{}",
            code.id
        );
    }
}
