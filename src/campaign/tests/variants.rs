//! Variants and the holdout, as files declare them.

use super::{CAMPAIGN, PROJECT, campaign, campaign_faults, project_faults, table};
use crate::campaign::read_project;
use std::path::Path;

/// The campaign with other keys in place of its body.
fn with_texts(keys: &str) -> String {
    CAMPAIGN.replace("body: Hi {{ first_name }}\n", keys)
}

const VARIANTS: &str = "variants:
  - { name: a, weight: 45, body: Hi }
  - { name: b, weight: 45, body_file: ../texts/hi.txt }
  - { name: control, weight: 10, send: false }
";

#[test]
fn variants_are_read_with_their_texts() {
    let read = campaign(&with_texts(&format!("{VARIANTS}opt_out_text: STOP\n")));
    let told: Vec<String> = read
        .variants
        .iter()
        .map(|variant| {
            let text = variant.texts.as_ref().map(|texts| texts.body.text.as_str());
            format!("{} {} {text:?}", variant.name, variant.weight)
        })
        .collect();
    assert_eq!(
        told,
        [
            "a 45 Some(\"Hi\\nSTOP\")",
            "b 45 Some(\"Hi\\nthere\\nSTOP\")",
            "control 10 None"
        ]
    );
    assert_eq!(read.body.text, "Hi\nSTOP");
    let texts: Vec<Option<usize>> = read.texts(&read.sources[0]).iter().map(|text| text.variant).collect();
    assert_eq!(texts, [Some(0), Some(1)]);
}

#[test]
fn a_variant_may_have_a_text_for_each_language() {
    let keys = "variants:\n  - { name: a, weight: 1, body: { sv: Hej, en: Hi } }\n  - { name: b, weight: 1, body: Hello }\nlanguage: { fallback: sv }\n";
    let read = campaign(&with_texts(keys));
    let texts: Vec<String> = read
        .texts(&read.sources[0])
        .iter()
        .map(|text| {
            format!(
                "{:?} {:?} {}",
                text.variant,
                text.language.map(ToString::to_string),
                text.text.text
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            "Some(0) Some(\"en\") Hi",
            "Some(0) Some(\"sv\") Hej",
            "Some(1) None Hello"
        ]
    );
    assert_eq!(read.body.text, "Hej");
}

#[test]
fn variants_that_do_not_go_together_are_told() {
    let faults = |keys: &str| campaign_faults(&with_texts(keys));
    table(
        faults,
        &[
            (
                "variants: [{ name: a, weight: 1, body: Hi }]\n",
                &["C048 there are at least two variants, and people are split among them"],
            ),
            (
                "variants: [{ name: a, weight: 1, body: Hi }, { name: a, weight: 1, body: Ho }]\n",
                &["C048 two variants have the name `a`"],
            ),
            (
                "variants: [{ name: a, weight: 0, body: Hi }, { name: b, weight: 1, send: false }]\n",
                &["C048 nobody would get a text: no variant that sends has a weight"],
            ),
            (
                "variants: [{ name: a, weight: 1, body: Hi }, { name: b, weight: 1 }]\n",
                &["C048 the variant has no text"],
            ),
            (
                "variants: [{ name: a, weight: 1, body: Hi }, { name: b, weight: 1, send: false, body: Ho }]\n",
                &["C048 `send: false` and a text: nobody would read it"],
            ),
            (
                "variants: [{ name: a b, weight: 1, body: Hi }, { name: b, weight: 10001, body: Ho }]\n",
                &[
                    "C048 `a b` is no name of a variant: 1 to 32 letters, digits, `-` and `_`",
                    "C017 `weight` is a whole number from 0 to 10000, not `10001`",
                ],
            ),
            (
                "body: Hi\nvariants: [{ name: a, weight: 1, body: Hi }, { name: b, weight: 1, body: Ho }]\n",
                &["C048 either `body` or `variants`, not both"],
            ),
            (
                "send_winner: { after: 4h, share: 20% }\nbody: Hi\n",
                &["C011 `send_winner` cannot be set: not needed now"],
            ),
        ],
    );
}

#[test]
fn a_holdout_has_a_share_and_a_salt() {
    let read = |text: &str| read_project(Path::new("campanile.yaml"), text);
    let project = read(&format!("{PROJECT}holdout: {{ percent: 5, salt: \"2026\" }}\n"))
        .unwrap()
        .0;
    let holdout = project.holdout.unwrap();
    assert_eq!((holdout.percent, holdout.salt.as_str()), (5, "2026"));
    let faults = |keys: &str| project_faults(&format!("{PROJECT}{keys}"));
    table(
        faults,
        &[
            (
                "holdout: { percent: 51, salt: x }\n",
                &["C017 `percent` is a whole number from 1 to 50, not `51`"],
            ),
            ("holdout: { percent: 5 }\n", &["`salt` is missing in `holdout`"]),
            (
                "holdout: { percent: 5, salt: ' ' }\n",
                &["C017 a salt is 1 to 64 characters"],
            ),
        ],
    );
}
