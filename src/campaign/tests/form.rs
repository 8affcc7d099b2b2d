//! Faults of form, and the places of what is well formed.

use std::path::Path;

use super::super::read_project;
use super::{CAMPAIGN, campaign, campaign_faults, files, project, read, table, with};

#[test]
fn broken_form_is_told_with_its_place() {
    table(
        campaign_faults,
        &[
            ("", &["0:0+0 C002 the file is empty"]),
            ("# nothing\n", &["C002 the file is empty"]),
            ("- a\n", &["C012 the file takes a mapping (`key: value`), not a list"]),
            (
                "hello\n",
                &["C012 the file takes a mapping (`key: value`), not the text `hello`"],
            ),
            ("a: [1\n", &["C001 not YAML"]),
            ("a: b: c\n", &["C001 not YAML"]),
            ("sender: \u{1b}[31m\n", &["1:9+1 C001 control character U+001B"]),
            ("sender: A\n---\nsender: B\n", &["2:1+3 C005 a second document"]),
        ],
    );
}

#[test]
fn a_key_given_twice_is_told_with_both_places() {
    let text = format!("{CAMPAIGN}sender: OTHER\n");
    assert_eq!(
        campaign_faults(&text),
        "8:1+6 C003 `sender` is given twice, first on line 1 (keep one of the two)"
    );
}

#[test]
fn anchors_aliases_merge_keys_and_tags_are_refused() {
    table(
        |text| campaign_faults(&with(text)),
        &[
            ("body: &b Hi", &["C004 an anchor"]),
            ("body: !!str 5", &["C004 a tag"]),
            ("vars: { a: &a x, b: *a }", &["C004 an anchor", "C004 an alias"]),
            ("vars: { <<: { a: 1 } }", &["C004 a merge key"]),
        ],
    );
}

#[test]
fn an_alias_bomb_is_refused_without_being_expanded() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..30 {
        let items = vec![format!("*a{}", n - 1); 9].join(", ");
        text.push_str(&format!("a{n}: &a{n} [{items}]\n"));
    }
    assert!(campaign_faults(&text).contains("C004"));
}

#[test]
fn depth_size_and_number_of_faults_are_bounded() {
    let deep = format!("vars: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let told = campaign_faults(&deep);
    assert!(told.contains("C006 nested more than 24 deep"), "{told}");
    let nested: String = (0..40).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert!(campaign_faults(&nested).contains("C006"));
    let large = format!("body: {}\n", "x".repeat(super::super::MAX_BYTES));
    assert!(campaign_faults(&large).contains("C006 the file has"));
    let many: String = (0..20_000).map(|n| format!("k{n}: 1\n")).collect();
    assert!(campaign_faults(&many).lines().count() < 200);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let text = format!("\u{feff}{}", CAMPAIGN.replace('\n', "\r\n"));
    let (plain, marked) = (campaign(CAMPAIGN), campaign(&text));
    assert_eq!(plain, marked);
}

#[test]
fn a_block_text_knows_where_its_lines_stand() {
    let text = "sender: ACME\nbody: |\n  Hi {{ a }}\n  and {{ b }}\nrecipients: [{ csv: a.csv }]\ndelivery: { windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }] }\n";
    let body = campaign(text).body;
    assert_eq!(body.text, "Hi {{ a }}\nand {{ b }}");
    assert_eq!((body.place.line, body.place.column, body.indent), (3, 3, 2));
    assert_eq!(body.place.length, 10);
}

#[test]
fn other_ways_to_write_a_text_know_where_they_begin() {
    for (line, expected) in [
        ("body: Hi there", ("Hi there", 2, 7, 0)),
        ("body: \"Hi there\"", ("Hi there", 2, 8, 0)),
        ("body: 'Hi there'", ("Hi there", 2, 8, 0)),
        ("body: >\n    Hi\n    there\n", ("Hi there", 3, 5, 0)),
        ("body: |-\n\n     Hi\n       there\n", ("\nHi\n  there", 3, 6, 5)),
        ("body: |2 # why\n    Hi\n  there\n\n\n", ("  Hi\nthere", 3, 3, 2)),
    ] {
        let body = campaign(&with(line)).body;
        let found = (body.text.as_str(), body.place.line, body.place.column, body.indent);
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn a_source_of_its_own_text_is_placed_too() {
    let text = with("recipients:\n  - csv: a.csv\n    where: \"consent == 'yes'\"\n    body: |\n      VIP {{ x }}\n");
    let source = campaign(&text).sources.remove(0);
    let body = source.body.unwrap();
    assert_eq!(
        (body.text.as_str(), body.place.line, body.indent),
        ("VIP {{ x }}", 7, 6)
    );
    let condition = source.condition.unwrap();
    assert_eq!(
        (condition.text.as_str(), condition.place.line, condition.place.column),
        ("consent == 'yes'", 5, 13)
    );
    assert_eq!((source.place.line, source.place.column), (4, 10));
}

#[test]
fn every_key_can_be_pointed_at() {
    let places = campaign(CAMPAIGN).places;
    let at = |key: &str| places.get(key).map(|place| (place.line, place.column, place.length));
    assert_eq!(at("sender"), Some((1, 9, 4)));
    assert_eq!(at("recipients[0].csv"), Some((4, 10, 21)));
    assert_eq!(at("delivery.windows[0].opens"), Some((7, 16, 16)));
    assert_eq!(at("delivery"), Some((5, 1, 8)));
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of YAML that a fuzzer would find in time.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(CAMPAIGN.to_owned()),
            proptest::sample::select(vec![
                "sender",
                "body",
                "recipients",
                "delivery",
                "windows",
                "cron",
                "vars",
                "zones",
                ":",
                ": ",
                "\n",
                "  ",
                "- ",
                "{",
                "}",
                "[",
                "]",
                "|",
                ">",
                "&a",
                "*a",
                "!!int",
                "<<",
                "---",
                "...",
                "\"",
                "'",
                "#",
                "\t",
                "\r",
                "%",
                "?",
                ",",
                "~",
                "null",
                "true",
                "1.5",
                "-1",
                "99999999999999999999",
                "0x1F",
                "2031-01-01T10:00",
                "é",
                "😀",
                "\u{feff}",
                "\u{0}",
                "`",
                "@",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(pieces in proptest::collection::vec(piece(), 0..40)) {
            let text = pieces.concat();
            let _ = read(&text);
            let _ = read_project(Path::new("campanile.yaml"), &text);
        }

        #[test]
        fn a_file_with_one_piece_changed_is_read_or_told_about(at in 0usize..200, piece in piece()) {
            let cut = CAMPAIGN.char_indices().map(|(index, _)| index).nth(at % CAMPAIGN.chars().count()).unwrap_or(0);
            let text = format!("{}{piece}{}", &CAMPAIGN[..cut], &CAMPAIGN[cut..]);
            match super::super::super::read_campaign(Path::new("campaigns/promo.yaml"), &text, &project(), &files) {
                Ok((campaign, warnings)) => {
                    prop_assert!(!campaign.body.text.is_empty());
                    prop_assert!(warnings.iter().all(|fault| !fault.is_error()));
                }
                Err(faults) => prop_assert!(faults.iter().any(crate::model::Diagnostic::is_error)),
            }
        }

        /// The second opinion: what is accepted means to serde_yaml what it means here.
        #[test]
        fn an_accepted_text_is_what_serde_yaml_reads(text in "[ -~äé\n]{0,60}") {
            let yaml = with(&format!("body: {}", text.replace('\n', "\n  ")));
            if let Ok((campaign, _)) = read(&yaml) {
                let other: serde_yaml::Value = serde_yaml::from_str(&yaml).unwrap();
                if let Some(body) = other.get("body").and_then(serde_yaml::Value::as_str) {
                    prop_assert_eq!(campaign.body.text, body.trim_end_matches('\n'));
                }
            }
        }
    }
}

#[test]
fn emoji_as_json_writes_them_are_read() {
    let body = |text: &str| read(text).unwrap().0.body.text;
    let yaml = CAMPAIGN.replace("body:", "body: \"Hi \\ud83d\\ude00, \\ud83c\\udde6\\ud83c\\uddfd\" #");
    assert_eq!(body(&yaml), "Hi 😀, 🇦🇽", "{yaml}");
}
