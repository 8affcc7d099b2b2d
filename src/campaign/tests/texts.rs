//! Texts in several languages and opt-out lines, as files declare them.

use super::{CAMPAIGN, campaign, campaign_faults, read, table};

/// The campaign with other keys in place of its body.
fn with_texts(keys: &str) -> String {
    CAMPAIGN.replace("body: Hi {{ first_name }}\n", keys)
}

const RULE: &str = "language: { column: lang, by_country: { NO: nb }, fallback: en }\n";

#[test]
fn a_text_for_each_language_is_read_with_its_rule() {
    let read = campaign(&with_texts(&format!("body: {{ sv: Hej, nb: Hei, EN: 123 }}\n{RULE}")));
    let texts: Vec<String> = read
        .translations
        .iter()
        .map(|(language, text)| format!("{language} {}", text.text))
        .collect();
    assert_eq!(texts, ["en 123", "nb Hei", "sv Hej"]);
    assert_eq!(read.body.text, "123");
    let rule = read.language.unwrap();
    assert_eq!((rule.column.as_deref(), rule.by_country.len()), (Some("lang"), 1));
    let read = campaign(
        &with_texts(&format!(
            "body_file: {{ sv: ../texts/hi.txt, en: ../texts/hi.txt }}\n{RULE}"
        ))
        .replace("by_country: { NO: nb }, ", ""),
    );
    assert_eq!(read.translations.len(), 2);
}

#[test]
fn opt_out_lines_are_put_at_the_end_of_texts_that_lack_them() {
    let texts = "body:\n  sv: |\n    Hej\n  en: Reply STOP to stop\nopt_out_text: { sv: 'STOPP: svara STOPP', en: STOP }\nlanguage: { fallback: en }\n";
    let read = campaign(&with_texts(texts));
    let texts: Vec<&str> = read.translations.values().map(|text| text.text.as_str()).collect();
    assert_eq!(texts, ["Reply STOP to stop", "Hej\nSTOPP: svara STOPP"]);
    let text = &read.translations.values().last().unwrap();
    let at = text.text.find("svara").unwrap();
    assert_eq!(text.place_of(&(at..at + 5)).line, 6);
    let read = campaign(&with_texts("body: Hi\nopt_out_text: STOP\n"));
    assert_eq!(read.body.text, "Hi\nSTOP");
    let (read, warnings) = read_service();
    assert_eq!((read, warnings), ("Hi".to_owned(), 1));
}

fn read_service() -> (String, usize) {
    let (campaign, warnings) = read(&with_texts("category: service\nbody: Hi\nopt_out_text: STOP\n")).unwrap();
    (campaign.body.text, warnings.len())
}

#[test]
fn texts_and_rule_that_do_not_go_together_are_told() {
    let faults = |keys: &str| campaign_faults(&with_texts(keys));
    table(
        faults,
        &[
            (
                "body: { sv: Hej, en: Hi }\n",
                &["C047 there are several languages, and nothing says who gets which"],
            ),
            (
                "body: { sv: Hej }\nlanguage: { fallback: en }\n",
                &["C047 there is no text for `en` (texts are there for `sv`)"],
            ),
            (
                "body: { sv: Hej, en: Hi }\nlanguage: { fallback: en }\nopt_out_text: { en: STOP }\n",
                &["C047 `opt_out_text` has no line for `sv`"],
            ),
            (
                "body: Hi\nopt_out_text: { en: STOP }\n",
                &["C047 `opt_out_text` has a line for each language, and this text has no language"],
            ),
            (
                "body: { Svenska: Hej }\nlanguage: { fallback: sv }\n",
                &["C047 `Svenska` is not a language: a tag like `sv` or `pt-BR`"],
            ),
            (
                "body: { false: Hei, sv: Hej }\nlanguage: { fallback: sv }\n",
                &["C047 `false` is not a language: a tool that reads YAML 1.1 has made `false` of `no`"],
            ),
            (
                "body: { sv: Hej, SV: Hi }\nlanguage: { fallback: sv }\n",
                &["C047 `sv` has two texts"],
            ),
            ("body: {}\n", &["C025 there is no text in it"]),
        ],
    );
}
