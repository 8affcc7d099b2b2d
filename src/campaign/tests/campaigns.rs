//! Campaign files: what each key means, and the message of each fault.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{
    Category, DatacodingChoice, Delivery, IfPassed, OnFault, OnInvalid, Rule, Transliterate, VarValue, ZoneChoice,
    ZoneMap, check_set, possible_references, read_campaign, read_project,
};
use super::{CAMPAIGN, campaign, campaign_faults, files, project, read, show, table, with};
use crate::model::MessageType;

#[test]
fn defaults_are_filled_in() {
    let read = campaign(CAMPAIGN);
    assert_eq!(read.reference.as_str(), "promo");
    assert_eq!(read.provider.as_str(), "ip1");
    assert_eq!((read.revision.get(), read.priority, read.feedback), (1, 1, false));
    assert_eq!(read.category, Category::Marketing);
    assert_eq!(read.datacoding, DatacodingChoice::Auto);
    assert_eq!(read.transliterate, Transliterate::Off);
    assert_eq!(read.sources[0].origin.name(), Path::new("recipients/all.csv"));
    assert_eq!(read.sources[0].on_invalid, OnInvalid::FAIL);
    assert!(matches!(&read.delivery.zone(), ZoneChoice::Named(zone, _) if zone.as_str() == "Europe/Stockholm"));
}

#[test]
fn every_key_is_read() {
    let read = campaign(
        "\
reference: black-friday
provider: sinch
state: canceled
revision: 3
category: service
sender: 46701234567
body_file: ../texts/hi.txt
recipients:
  - csv: ../recipients/vip.csv.gz
    number: Mobile
    where: consent == 'yes'
    body: VIP
    vars: { tier: gold, discount: 20, early: true, code: '007' }
    columns: { name: First name }
    encoding: windows-1252
    delimiter: ';'
    on_invalid: skip
  - { csv: '-', delimiter: tab }
suppressions: [../recipients/buyers.csv]
vars: { shop: Kungsgatan 1 }
tags: [marketing, bf]
type: flash
datacoding: ucs
transliterate: punctuation
delivery_report_url: https://example.com/dlr
delivery_report: full
feedback: true
allow: [{ rule: too-late, until: 2031-11-27, reason: a typo in the price }]
delivery:
  timezone: recipient
  timezone_column: tz
  zones: { us: America/New_York, NO: Europe/Oslo }
  fallback: UTC
  if_passed: next_day
  windows: [{ opens: 2031-11-27T09:00, closes: 2031-11-27T20:00 }]
",
    );
    assert_eq!(read.reference.as_str(), "black-friday");
    assert_eq!(read.sender.as_str(), "46701234567");
    assert_eq!(read.body.text, "Hi\nthere");
    assert_eq!(
        (read.body.place.file.clone(), read.body.place.line),
        (PathBuf::from("texts/hi.txt"), 1)
    );
    assert_eq!((read.revision.get(), read.message_type), (3, MessageType::Flash));
    let [first, second] = &read.sources[..] else { panic!() };
    assert_eq!(first.number.as_deref(), Some("Mobile"));
    assert_eq!(first.vars["discount"], VarValue::Integer(20));
    assert_eq!(first.vars["early"], VarValue::Bool(true));
    assert_eq!(first.vars["code"], VarValue::Text("007".to_owned()));
    assert_eq!(first.columns["name"], "First name");
    assert_eq!((first.delimiter, second.delimiter), (Some(b';'), Some(b'\t')));
    assert_eq!(first.on_invalid, OnInvalid::SKIP);
    assert_eq!(second.origin.name(), Path::new("-"));
    assert_eq!(read.tags, ["marketing", "bf"]);
    assert_eq!((read.delivery_report.as_deref(), read.feedback), (Some("full"), true));
    assert_eq!(
        (read.allow[0].rule, read.allow[0].until.as_deref()),
        (Rule::TooLate, Some("2031-11-27"))
    );
    let Delivery::Windows(delivery) = &read.delivery else {
        panic!()
    };
    assert_eq!(delivery.windows[0].closes.offset_seconds, None);
    let ZoneChoice::Recipient {
        column,
        zones,
        fallback,
        if_passed,
        ..
    } = &delivery.zone
    else {
        panic!()
    };
    let ZoneMap::Countries(zones) = zones else { panic!() };
    assert_eq!(
        (column.as_deref(), zones.len(), *if_passed),
        (Some("tz"), 2, IfPassed::NextDay)
    );
    assert_eq!(fallback.as_ref().unwrap().as_str(), "UTC");
}

#[test]
fn a_schedule_is_read() {
    let text = with(
        "delivery:\n  timezone: Asia/Tokyo\n  cron: 0 10 * * Mon-Fri\n  open_for: 15m\n  from: 2031-12-01\n  until: 2031-12-01",
    );
    let Delivery::Cron(cron) = campaign(&text).delivery else {
        panic!()
    };
    assert_eq!(
        (cron.cron.text.as_str(), cron.cron.place.line, cron.cron.place.column),
        ("0 10 * * Mon-Fri", 7, 9)
    );
    assert_eq!(cron.open_for, Duration::from_mins(15));
    assert_eq!(cron.from, cron.until);
}

#[test]
fn all_faults_of_a_file_are_told_in_one_run() {
    let told = campaign_faults(
        "\
reference: Black Friday
provder: ip1
state: cancelled
revision: two
sender: Twelve Chars
body: ''
recipients:
  - { csv: ../../x.csv, on_invalid: ignore, colums: { a: b } }
  - number: 5
priority: 3
feedback: 'yes'
delivery:
  windows:
    - { opens: 2031-02-30T09:00, closes: 28/11/2031 }
    - { opens: 2031-11-28T09:00 }
",
    );
    assert_eq!(
        told,
        "\
1:12+12 C021 `Black Friday` is not a campaign reference: a-z, 0-9 and inner `-`; did you mean `black-friday`?
2:1+7 C010 unknown key `provder` (did you mean `provider`?)
3:8+9 C016 `state` is `active` or `canceled`, not `cancelled` (did you mean `canceled`?)
4:11+3 C012 `revision` takes a whole number, not the text `two`
5:9+12 C024 `Twelve Chars` is not a sender: it has a space, did you mean `TwelveChars`? 3 to 11 letters and digits with a letter among them, or up to 15 digits
6:1+4 C025 the text is blank
8:12+11 C026 `../../x.csv` leaves the project: copy the file into it, or name its folder in `allow_paths` of campanile.yaml
8:37+6 C016 `recipients[0].on_invalid` is `fail` or `skip`, not `ignore`
8:45+6 C010 unknown key `colums` (did you mean `columns`?)
9:5+1 C013 `csv` is missing in `recipients[1]` (a source has one of `csv`, `parquet`, `xlsx` and `source`)
10:11+1 C017 `priority` is 1 or 2, not `3`
11:12+3 C012 `feedback` takes `true` or `false`, not the text `yes` (write `true`, without quotes)
14:16+16 C030 `2031-02-30T09:00` is not a local time like `2026-11-27T09:00`
14:42+10 C030 `28/11/2031` has no time of day; write `2026-11-27T09:00`
15:7+1 C013 `closes` is missing in `delivery.windows[1]` (both ends are always given, so that a plan can show them)"
    );
}

#[test]
fn each_fault_of_a_key_is_told() {
    table(
        |line| campaign_faults(&with(line)),
        &[
            (
                "reference: seventeen-letters",
                &["C021 `seventeen-letters` is not a campaign reference: at most 16 characters, this has 17"],
            ),
            ("reference: -a", &["C021"]),
            ("reference: [a]", &["C012 `reference` takes a text, not a list"]),
            (
                "reference:",
                &["C015 `reference` has no value (give it a text, or remove the key)"],
            ),
            (
                "provider: ip2",
                &["C023 no provider is named `ip2` (did you mean `ip1`?)"],
            ),
            (
                "provider: twilio",
                &["C023 no provider is named `twilio` (campanile.yaml has `ip1`, `sandbox` or `sinch`)"],
            ),
            ("state: on", &["C016 `state` is `active` or `canceled`, not `on`"]),
            (
                "revision: 0",
                &["C017 `revision` is a whole number from 1 to 999999, not `0`"],
            ),
            ("revision: 999999", &[]),
            (
                "revision: 1000000",
                &["C017 `revision` is a whole number from 1 to 999999, not `1000000`"],
            ),
            ("revision: -1", &["C017"]),
            (
                "revision: 1.5",
                &["C012 `revision` takes a whole number, not the number `1.5`"],
            ),
            (
                "revision: '2'",
                &["C012 `revision` takes a whole number, not the text `2` (remove the quotes)"],
            ),
            ("revision: 99999999999999999999", &["C012"]),
            ("category: promo", &["C016 `category` is `marketing` or `service`"]),
            ("sender: AB", &["C024 `AB` is not a sender: it has 2 characters"]),
            (
                "sender: '1234567890123456'",
                &["C024 `12••••••••••••56` is not a sender: it has 16 digits"],
            ),
            ("sender: AC-ME", &["C024 `AC-ME` is not a sender: it has `-`"]),
            ("body: '  '", &["C025 the text is blank"]),
            (
                "body_file: ../texts/hi.txt",
                &["C025 either `body` or `body_file`, not both"],
            ),
            ("recipients: []", &["C013 `recipients` names no source"]),
            (
                "recipients: all.csv",
                &["C012 `recipients` takes a list, not the text `all.csv`"],
            ),
            (
                "recipients: [all.csv]",
                &["C012 `recipients[0]` takes a mapping (`key: value`), not the text `all.csv`"],
            ),
            (
                "recipients: [{ csv: /etc/passwd }]",
                &["C026 `/etc/passwd` leaves the project"],
            ),
            (
                "recipients: [{ csv: '-' }, { csv: '-' }]",
                &["C018 standard input can be read only once"],
            ),
            (
                "recipients: [{ csv: a.csv }, { csv: ./a.csv }]",
                &["C014 this source repeats an earlier one"],
            ),
            (
                "recipients: [{ csv: a.csv, number: ' ' }]",
                &["C040 the name of a column is blank"],
            ),
            (
                "recipients: [{ csv: a.csv, where: '{{ x }}' }]",
                &["C025 the condition is an expression"],
            ),
            (
                "recipients: [{ csv: a.csv, where: '' }]",
                &["C025 the condition is blank"],
            ),
            ("recipients: [{ csv: a.csv, body: '' }]", &["C025 the text is blank"]),
            ("recipients: [{ csv: a.csv, encoding: 'x y' }]", &["C040"]),
            ("recipients: [{ csv: a.csv, delimiter: ';;' }]", &["C040"]),
            (
                "recipients: [{ csv: a.csv, vars: { recipient: x } }]",
                &["C028 `recipient` cannot be a name in templates: it is reserved"],
            ),
            (
                "recipients: [{ csv: a.csv, columns: { 'a b': c } }]",
                &["C028 `a b` cannot be a name"],
            ),
            (
                "recipients: [{ csv: a.csv, groups: [1] }]",
                &["C011 `groups` cannot be set: groups are evaluated"],
            ),
            ("suppressions: stop.csv", &["C012 `suppressions` takes a list"]),
            (
                "suppressions: ['-']",
                &["C026 suppressions cannot come from standard input"],
            ),
            (
                "suppressions: [a.csv, ./a.csv]",
                &["C014 `campaigns/a.csv` is listed twice"],
            ),
            (
                "vars: { price: 1.50 }",
                &["C012 `vars.price`: a fraction would lose its spelling"],
            ),
            ("vars: { price: }", &["C015 `vars.price` has no value"]),
            ("vars: { list: [1] }", &["C012 `vars.list`"]),
            (
                "vars: { n: 9223372036854775808 }",
                &["C012 `vars.n`: the number is too large; put it in quotes"],
            ),
            ("vars: { occurrence: 1 }", &["C028 `occurrence` cannot be a name"]),
            (
                "vars: { if: 1 }",
                &["C028 `if` cannot be a name in templates: it is a word of the template language"],
            ),
            ("tags: ['']", &["C020 a tag is 1 to 100 characters"]),
            ("tags: [a, a]", &["C014 the tag `a` is given twice"]),
            (
                "type: mms",
                &["C016 `type` is `sms` or `flash`, not `mms` (did you mean `sms`?)"],
            ),
            (
                "datacoding: gsm7",
                &["C016 `datacoding` is `auto`, `gsm` or `ucs`, not `gsm7` (did you mean `gsm`?)"],
            ),
            (
                "transliterate: true",
                &["C016 `transliterate` is `off`, `punctuation` or `latin`, not `true`"],
            ),
            ("priority: 0", &["C017 `priority` is 1 or 2, not `0`"]),
            (
                "priority: high",
                &["C012 `priority` takes a whole number, not the text `high`"],
            ),
            ("delivery_report_url: http://example.com", &["C027"]),
            (
                "delivery_report: full",
                &["C029 `delivery_report` is for Sinch only; `ip1` speaks iP.1's API"],
            ),
            ("delivery_report: per_recipient", &[]),
            (
                "delivery_report: all",
                &[
                    "C016 `delivery_report` is `none`, `summary`, `full`, `per_recipient` or `per_recipient_final`, not `all`",
                    "C029",
                ],
            ),
            ("feedback: true", &["C029 `feedback` is for Sinch only"]),
            ("feedback: false", &[]),
            (
                "allow: [{ rule: too-late, until: 2031-11-27 }]",
                &["C013 `reason` is missing in `allow[0]` (say for the reviewer"],
            ),
            (
                "allow: [{ rule: too-late, reason: x }]",
                &["C013 `until` is missing in `allow[0]` (`too-late` sends: name the last day"],
            ),
            ("allow: [{ rule: mass-cancel, reason: x }]", &[]),
            (
                "allow: [{ rule: resume, until: 2031-11-27, reason: x }]",
                &["C013 `batch` is missing in `allow[0]` (name the stopped batch by the provider's id"],
            ),
            (
                "allow: [{ rule: resume, batch: ' ', until: 2031-11-27, reason: x }]",
                &["C015 `batch` is blank"],
            ),
            (
                "allow: [{ rule: cost, batch: a, until: 2031-11-27, reason: x }]",
                &["C014 `batch` goes with `resume` alone, not with `cost`"],
            ),
            (
                "allow: [{ rule: resume, batch: 0b2e-1, until: 2031-11-27, reason: x }]",
                &[],
            ),
            ("allow: [{ reason: x }]", &["C013 `rule` is missing in `allow[0]`"]),
            (
                "allow: [{ rule: to-late, reason: x }]",
                &["C016 no rule is named `to-late` (did you mean `too-late`?)"],
            ),
            (
                "allow: [{ rule: cost, until: 2031-11-27, reason: ' ' }]",
                &["C015 `reason` is blank"],
            ),
            (
                "allow: [{ rule: cost, reason: x, until: tomorrow }]",
                &["C030 `tomorrow` is not a date"],
            ),
            ("delivery:", &["C015 `delivery` has no value"]),
            (
                "truncate_concat: true",
                &["C011 `truncate_concat` cannot be set: the provider would cut texts"],
            ),
            ("from: ACME", &["C011 `from` cannot be set"]),
            ("from_ton: 1", &["C011"]),
            ("from_npi: 1", &["C011"]),
            ("mt_binary: x", &["C011"]),
            (
                "mt_media: x",
                &[
                    "C011 `mt_media` cannot be set: media messages are priced and shown differently by every phone; send a link in the text",
                ],
            ),
            ("groups: [a]", &["C011 `groups` cannot be set"]),
            ("client_reference: x", &["C011"]),
            (
                "cron: 0 10 * * *",
                &["C010 unknown key `cron` (it belongs under `delivery`)"],
            ),
            (
                "csv: x.csv",
                &["C010 unknown key `csv` (it belongs to an entry of `recipients`)"],
            ),
            (
                "zzzzzzzz: x",
                &["C010 unknown key `zzzzzzzz` (known here: reference, provider, state,"],
            ),
        ],
    );
}

#[test]
fn what_only_one_provider_can_do_is_refused_at_the_other() {
    let at_sinch = |lines: &str| campaign_faults(&format!("provider: sinch\n{lines}{CAMPAIGN}"));
    table(
        |lines| at_sinch(lines),
        &[
            (
                "priority: 2\n",
                &["C029 `priority: 2` is for iP.1 only; `sinch` speaks Sinch's API"],
            ),
            (
                "delivery_report: full\n",
                &["C029 `delivery_report` asks for reports, but no `delivery_report_url`"],
            ),
            ("delivery_report: none\n", &[]),
            (
                "delivery_report: none\ndelivery_report_url: https://example.com\n",
                &["C014"],
            ),
            ("feedback: true\n", &[]),
        ],
    );
    let sandbox = super::PROJECT.replace("{ kind: sandbox }", "{ kind: sandbox, emulates: sinch }");
    let project = read_project(Path::new("campanile.yaml"), &sandbox).unwrap().0;
    let text = format!("provider: sandbox\npriority: 2\n{CAMPAIGN}");
    let faults = read_campaign(Path::new("campaigns/a.yaml"), &text, &project, &files).unwrap_err();
    assert!(show(&faults).contains("`sandbox` speaks Sinch's API"));
}

#[test]
fn the_stem_must_do_as_a_reference() {
    let read = |name: &str| read_campaign(Path::new(name), CAMPAIGN, &project(), &files);
    assert_eq!(
        read("campaigns/se/spring-sale.yml").unwrap().0.reference.as_str(),
        "spring-sale"
    );
    assert_eq!(
        show(&read("campaigns/Black Friday 2031 reminder.yaml").unwrap_err()),
        "0:0+0 C021 the file's name `Black Friday 2031 reminder` cannot be the campaign's reference: at most 16 \
         characters, this has 26 (write `reference: blac-31-reminder` into the file, or rename it)"
    );
    assert_eq!(
        show(&read("campaigns/ö.yaml").unwrap_err()),
        "0:0+0 C021 the file's name `ö` cannot be the campaign's reference: a-z, 0-9 and inner `-` (write \
         `reference: o` into the file, or rename it)"
    );
}

#[test]
fn a_text_may_stand_in_a_file_of_its_own() {
    let from =
        |name: &str| campaign_faults(&CAMPAIGN.replace("body: Hi {{ first_name }}", &format!("body_file: {name}")));
    assert_eq!(from("../texts/hi.txt"), "");
    assert!(from("../texts/blank.txt").contains("C025 `../texts/blank.txt` is blank"));
    assert!(from("../texts/none.txt").contains("C025 `../texts/none.txt` cannot be read: no such file"));
    assert!(from("../../hi.txt").contains("C026"));
}

#[test]
fn without_a_text_of_its_own_every_source_needs_one() {
    let bodies = |first: &str, second: &str| {
        campaign_faults(&CAMPAIGN.replace("body: Hi {{ first_name }}\n", "").replace(
            "  - csv: ../recipients/all.csv\n",
            &format!("  - {{ csv: a.csv{first} }}\n  - {{ csv: b.csv{second} }}\n"),
        ))
    };
    assert_eq!(bodies(", body: one", ", body: two"), "");
    assert!(bodies(", body: one", "").starts_with("0:0+0 C025 `body` is missing"));
}

#[test]
fn a_project_with_several_providers_needs_a_default_or_a_choice() {
    let several = super::PROJECT.replace("default_provider: ip1\n", "");
    let project = read_project(Path::new("campanile.yaml"), &several).unwrap().0;
    let faults = read_campaign(Path::new("campaigns/a.yaml"), CAMPAIGN, &project, &files).unwrap_err();
    assert!(show(&faults).contains("C013 `provider` is missing (name `ip1`, `sandbox` or `sinch` here, or set"));
}

#[test]
fn a_zone_is_needed_somewhere() {
    let zoneless = super::PROJECT.replace("timezone: Europe/Stockholm\n", "");
    let project = read_project(Path::new("campanile.yaml"), &zoneless).unwrap().0;
    let faults = read_campaign(Path::new("campaigns/a.yaml"), CAMPAIGN, &project, &files).unwrap_err();
    assert!(show(&faults).starts_with("5:1+8 C013 `timezone` is missing in `delivery`"));
}

#[test]
fn one_reference_in_two_files_names_both() {
    let read = |name: &str| {
        read_campaign(Path::new(name), &with("reference: sale"), &project(), &files)
            .unwrap()
            .0
    };
    let set = [read("campaigns/b.yaml"), read("campaigns/a.yaml"), campaign(CAMPAIGN)];
    assert_eq!(
        show(&check_set(&set)),
        "1:12+4 C022 `campaigns/a.yaml` and `campaigns/b.yaml` are both the campaign `sale` (give one of the two \
         another `reference`)"
    );
}

#[test]
fn an_unreadable_file_may_still_tell_which_campaign_it_is() {
    let names = |file: &str, text: &str| {
        let found = possible_references(Path::new(file), text);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names("campaigns/a.yaml", "reference: 'b' # c\nsender: ["), ["a", "b"]);
    assert_eq!(names("campaigns/A.yaml", "sender: ["), Vec::<String>::new());
}

#[test]
fn each_kind_of_fault_may_have_its_own_word() {
    let source = |on_invalid: &str| with(&format!("recipients: [{{ csv: a.csv, on_invalid: {on_invalid} }}]"));
    let (read_as, warnings) = read(&source("{ empty: skip, unreadable: fail }")).unwrap();
    let each = read_as.sources[0].on_invalid;
    assert_eq!(
        each,
        OnInvalid {
            empty: OnFault::Skip,
            ..OnInvalid::FAIL
        }
    );
    assert_eq!(show(&warnings), "");
    table(
        campaign_faults,
        &[
            (
                &source("{ wrong_type: skip }"),
                &["C014 `wrong_type: skip` leaves nobody out: campanile.yaml has no `guards.number_types`"],
            ),
            (
                &source("{ empty: ignore }"),
                &["C016 `recipients[0].on_invalid.empty` is `fail` or `skip`, not `ignore`"],
            ),
            (
                &source("{ emtpy: skip }"),
                &["unknown field `emtpy`, expected one of `empty`, `unreadable`"],
            ),
            (
                &source("skp"),
                &["C016 `recipients[0].on_invalid` is `fail` or `skip`, not `skp` (did you mean `skip`?)"],
            ),
            (&source("[skip]"), &["`recipients[0].on_invalid`"]),
        ],
    );
}

#[test]
fn two_texts_to_one_person_are_two_campaigns() {
    table(
        campaign_faults,
        &[
            (
                &with("recipients: [{ csv: a.csv, duplicates: separate }]"),
                &["C011 `duplicates` cannot be set: one person gets one message of a campaign"],
            ),
            (
                &with("duplicates: separate"),
                &["two texts to one person are two campaigns"],
            ),
        ],
    );
}
