//! Project files: what each key means, and the message of each fault.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{PriceScope, ProviderKind, Secret, TimeRange, read_project};
use super::{PROJECT, project, project_faults, project_with, table};
use crate::model::Api;

#[test]
fn defaults_are_filled_in() {
    let read = project();
    assert_eq!(read.horizon, Duration::from_hours(7 * 24));
    assert_eq!(read.freeze_before, Duration::from_mins(10));
    assert_eq!(read.settle, Duration::from_mins(2));
    assert_eq!(read.min_gap, Duration::from_hours(24));
    assert!(!read.paused);
    assert_eq!(read.guards.max_cancel_percent, Some(50));
    assert_eq!(read.guards.max_shrink_percent, Some(50));
    assert_eq!(read.guards.max_recipients, None);
    let of = |name: &str| {
        read.providers
            .iter()
            .find(|(known, _)| known.as_str() == name)
            .unwrap()
            .1
    };
    assert_eq!(
        of("ip1").kind,
        ProviderKind::Ip1 {
            base_url: "https://api.ip1sms.com".to_owned()
        }
    );
    assert_eq!(of("ip1").token, Some(Secret::Env("IP1_API_KEY".to_owned())));
    assert_eq!(
        (of("ip1").max_recipients_per_batch, of("ip1").requests_per_second),
        (1000, 5)
    );
    assert_eq!(
        (of("ip1").list_lag, of("sandbox").list_lag),
        (Duration::from_secs(30), Duration::ZERO)
    );
    assert_eq!(of("sandbox").kind, ProviderKind::Sandbox { emulates: Api::Ip1 });
    assert_eq!(
        of("sinch").kind,
        ProviderKind::Sinch {
            base_url: "https://eu.sms.api.sinch.com".to_owned(),
            service_plan_id: Secret::Literal("plan".to_owned()),
        }
    );
}

#[test]
fn every_key_is_read() {
    let text = r#"
namespace: acme
default_provider: sandbox
timezone: Europe/Stockholm
default_country: se
horizon: 14d
freeze_before: 20m
settle: 3m
min_gap: 12h
paused: true
providers:
  sandbox: { kind: sandbox, emulates: sinch }
  ip1:
    kind: ip1
    base_url: http://127.0.0.1:8080/
    token_file: secrets/ip1
    max_recipients_per_batch: 5000
    requests_per_second: 10
    list_lag: 1m
    unknown_hold: 30m
  sinch:
    kind: sinch
    base_url: https://example.com/base
    service_plan_id_env: PLAN
    token_env: TOKEN
prices:
  - { provider: ip1, currency: SEK, country: SE, per_segment: 0.3490, as_of: 2026-11-01 }
  - { provider: ip1, currency: SEK, prefix: 1684, per_segment: "2.10" }
  - { provider: ip1, currency: SEK, per_segment: 1 }
suppressions: [suppressions/stop.csv]
testers: testers.csv
allow_paths: [../shared, /srv/lists]
guards:
  max_recipients: 100000
  max_segments_per_message: 3
  max_cost: { run: [5000 SEK, 400 EUR], occurrence: ["2000 SEK"], planned: ["20000 SEK"] }
  max_growth_percent: 200
  max_cancel_percent: 0
  max_cancel: 20
  opt_out_pattern: "(?i)stop"
  quiet_hours: { allowed: "09:00-20:00", days: mon-sat, countries: { US: { allowed: "10:00-24:00" } } }
  holidays: { SE: [2026-12-24, 2026-12-25], NO: [2026-12-24] }
"#;
    assert_eq!(project_faults(text), "");
    let (read, _) = read_project(Path::new("campanile.yaml"), text).unwrap();
    assert_eq!(read.default_country.unwrap().as_str(), "SE");
    assert!(read.paused);
    let prices: Vec<(PriceScope, String)> = read
        .prices
        .iter()
        .map(|price| (price.scope.clone(), price.per_segment.to_string()))
        .collect();
    assert_eq!(prices[0].1, "0.3490");
    assert_eq!(prices[1], (PriceScope::Prefix("1684".to_owned()), "2.10".to_owned()));
    assert_eq!(prices[2].0, PriceScope::Everywhere);
    assert_eq!(
        read.allow_paths,
        [PathBuf::from("../shared"), PathBuf::from("/srv/lists")]
    );
    assert_eq!(read.guards.max_cost.run.len(), 2);
    assert_eq!(read.guards.max_cancel_percent, Some(0));
    let hours = &read.guards.quiet_hours;
    assert_eq!(hours.allowed, Some(TimeRange { start: 540, end: 1200 }));
    assert_eq!(
        hours.countries.values().next().unwrap().0,
        Some(TimeRange { start: 600, end: 1440 })
    );
    assert_eq!(read.guards.holidays.len(), 2);
}

#[test]
fn each_fault_of_a_key_is_told() {
    table(
        |line| project_faults(&project_with(line)),
        &[
            (
                "namespace: acme5",
                &["1:12+5 C020 `acme5` is not a namespace: 1 to 4 of a-z and 0-9"],
            ),
            ("namespace: ACME", &["C020"]),
            (
                "namepsace: acme",
                &["C010 unknown key `namepsace` (did you mean `namespace`?)"],
            ),
            (
                "default_provider: ip",
                &["C023 no provider is named `ip` (did you mean `ip1`?)"],
            ),
            ("timezone: 'Europe / Stockholm'", &["C031"]),
            (
                "timezone: recipient",
                &["C031 `recipient` is for a campaign's `delivery`"],
            ),
            (
                "default_country: Sweden",
                &["C020 `Sweden` is not a country: two letters like `SE`"],
            ),
            ("horizon: 1 week", &["C034 `1 week` is not a duration"]),
            ("freeze_before: 10", &["C034 `10` is not a duration"]),
            ("settle: 1h", &["C014 `settle` is longer than `freeze_before`"]),
            ("min_gap: [1h]", &["C012 `min_gap` takes a text, not a list"]),
            (
                "paused: 1",
                &["C012 `paused` takes `true` or `false`, not the number `1`"],
            ),
            (
                "paused: yes",
                &["C012 `paused` takes `true` or `false`, not the text `yes` (write `true`"],
            ),
            ("prices: { a: b }", &["C012 `prices` takes a list, not a mapping"]),
            ("suppressions: [/etc/passwd]", &["C026"]),
            ("testers: ../x.csv", &["C026"]),
            ("allow_paths: ['/']", &["C026 `/` is not a folder outside the project"]),
            ("allow_paths: ['..']", &["C026"]),
            ("allow_paths: ['']", &["C026"]),
            (
                "base_url: x",
                &["C010 unknown key `base_url` (it belongs to an entry of `providers`)"],
            ),
            (
                "max_cost: x",
                &["C010 unknown key `max_cost` (it belongs under `guards`)"],
            ),
            ("sender: x", &["C010 unknown key `sender` (did you mean `senders`?)"]),
        ],
    );
}

#[test]
fn a_project_without_its_required_keys_is_told_so() {
    assert!(project_faults("namespace: acme\nproviders: {}\n").contains("C013 `providers` names no provider"));
    assert_eq!(
        project_faults("timezone: UTC\n"),
        "0:0+0 C013 `namespace` is missing (1 to 4 of a-z and 0-9 that mark this project's batches: `namespace: acme`)\n0:0+0 C013 `providers` is missing (to try things out: `providers: { sandbox: { kind: \
         sandbox } }`)"
    );
}

#[test]
fn each_fault_of_a_provider_is_told() {
    table(
        |entry| project_faults(&format!("namespace: acme\nproviders:\n  one: {entry}\n")),
        &[
            (
                "{}",
                &["C013 `kind` is missing in `providers.one` (`kind` is `sandbox`"],
            ),
            ("ip1", &["C012 `providers.one` takes a mapping"]),
            (
                "{ kind: twilio }",
                &["C016 `providers.one.kind` is `sandbox`, `ip1` or `sinch`, not `twilio`"],
            ),
            (
                "{ kind: ip1 }",
                &["C037 no token: neither `token_env` nor `token_file`"],
            ),
            (
                "{ kind: ip1, token: abc }",
                &["C037", "C011 `token` cannot be set: secrets do not belong into files"],
            ),
            (
                "{ kind: ip1, token_env: A, token_file: b }",
                &["C018 either `token_env` or `token_file`"],
            ),
            (
                "{ kind: ip1, token_env: abc-def }",
                &["C037 this is not the name of an environment variable"],
            ),
            ("{ kind: ip1, token_file: /run/secrets/x }", &["C026"]),
            (
                "{ kind: ip1, token_env: A, base_url: 'http://api.ip1sms.com' }",
                &["C027"],
            ),
            (
                "{ kind: ip1, token_env: A, region: eu }",
                &["C018 `region` is for Sinch only"],
            ),
            (
                "{ kind: ip1, token_env: A, service_plan_id: x }",
                &["C018 `service_plan_id` is for Sinch only"],
            ),
            (
                "{ kind: ip1, token_env: A, emulates: ip1 }",
                &["C018 `emulates` is for the sandbox only"],
            ),
            ("{ kind: ip1, token_env: A, max_recipients_per_batch: 0 }", &["C017"]),
            ("{ kind: ip1, token_env: A, requests_per_second: 0 }", &["C017"]),
            ("{ kind: ip1, token_env: A, list_lag: soon }", &["C034"]),
            ("{ kind: ip1, token_env: A, unknown_hold: 1 }", &["C034"]),
            (
                "{ kind: sandbox, token_env: A }",
                &["C018 `token_env` is for real accounts only"],
            ),
            ("{ kind: sandbox, emulates: twilio }", &["C016"]),
            (
                "{ kind: sinch, token_env: A, region: eu }",
                &["C013 `service_plan_id` is missing"],
            ),
            (
                "{ kind: sinch, token_env: A, service_plan_id: x }",
                &["C013 `region` is missing"],
            ),
            (
                "{ kind: sinch, token_env: A, service_plan_id: x, region: se }",
                &["C016 `providers.one.region` is `us`, `eu`, `au`, `br` or `ca`"],
            ),
            (
                "{ kind: sinch, token_env: A, service_plan_id: a/b, region: eu }",
                &["C020 `a/b` is not a service plan id"],
            ),
            (
                "{ kind: sinch, token_env: A, service_plan_id: x, service_plan_id_env: Y, region: eu }",
                &["C018"],
            ),
            (
                "{ kind: sinch, token_env: A, service_plan_id: x, region: eu, base_url: 'https://a.example' }",
                &["C014 `region` has no effect"],
            ),
            (
                "{ kind: sinch, token_env: A, service_plan_id: x, region: eu, max_recipients_per_batch: 1001 }",
                &["C017 this is a whole number from 1 to 1000"],
            ),
            (
                "{ kind: sinch, key_id: A, token_env: B, service_plan_id: x, region: eu }",
                &["C011 `key_id` cannot be set"],
            ),
        ],
    );
    assert!(project_faults(&PROJECT.replace("  ip1:", "  iP1:")).contains("C020 `iP1` is not a provider name"));
}

#[test]
fn what_may_be_a_token_is_never_repeated() {
    let told = project_faults("namespace: acme\nproviders:\n  one: { kind: ip1, token_env: canary-token-1 }\n");
    assert!(told.contains("C037") && !told.contains("canary"), "{told}");
    let told = project_faults("namespace: acme\nproviders:\n  one: { kind: ip1, token: canary-token-1 }\n");
    assert!(!told.contains("canary"), "{told}");
}

#[test]
fn each_fault_of_a_price_is_told() {
    table(
        |entry| project_faults(&format!("{PROJECT}prices:\n  - {entry}\n")),
        &[
            (
                "{}",
                &[
                    "C013 `provider` is missing in `prices[0]`",
                    "C013 `currency`",
                    "C013 `per_segment`",
                ],
            ),
            (
                "{ provider: ip3, currency: SEK, per_segment: 1 }",
                &["C023 no provider is named `ip3`"],
            ),
            (
                "{ provider: ip1, currency: KRONOR, per_segment: 1 }",
                &["C035 `KRONOR` is not a currency"],
            ),
            (
                "{ provider: ip1, currency: SEK, per_segment: '0,349' }",
                &["C035 `0,349` is not a price like `0.349`"],
            ),
            ("{ provider: ip1, currency: SEK, per_segment: -1 }", &["C035"]),
            ("{ provider: ip1, currency: SEK, per_segment: 1e3 }", &["C035"]),
            (
                "{ provider: ip1, currency: SEK, per_segment: 1, country: SE, prefix: 46 }",
                &["C018 a price has either"],
            ),
            (
                "{ provider: ip1, currency: SEK, per_segment: 1, prefix: '0046' }",
                &["C035 `0046` is not the beginning"],
            ),
            (
                "{ provider: ip1, currency: SEK, per_segment: 1, as_of: today }",
                &["C030 `today` is not a date"],
            ),
            (
                "{ provider: ip1, currency: SEK, per_segment: 1, country: SE }\n  - { provider: ip1, currency: EUR, per_segment: 1, country: se }",
                &["C036 a second price of `ip1` for country `SE`"],
            ),
        ],
    );
}

#[test]
fn each_fault_of_a_guard_is_told() {
    table(
        |guards| project_faults(&format!("{PROJECT}guards: {guards}\n")),
        &[
            ("{ max_recipients: 0 }", &["C017"]),
            ("{ max_recipients: many }", &["C012"]),
            ("{ max_segments_per_message: 300 }", &["C017"]),
            ("{ max_cost: 5000 }", &["C012 `guards.max_cost` takes a mapping"]),
            (
                "{ max_cost: { run: 5000 SEK } }",
                &["C012 `guards.max_cost.run` takes a list"],
            ),
            (
                "{ max_cost: { run: ['5000'] } }",
                &["C035 `5000` is not a sum of money"],
            ),
            ("{ max_cost: { run: [1 SEK, 2 SEK] } }", &["C035 a second limit in SEK"]),
            ("{ max_cost: { total: [1 SEK] } }", &["C010 unknown key `total`"]),
            ("{ max_growth_percent: 50 }", &["C017"]),
            ("{ max_cancel_percent: 101 }", &["C017"]),
            ("{ max_shrink_percent: 101 }", &["C017"]),
            ("{ max_cancel: -1 }", &["C017"]),
            (
                "{ opt_out_pattern: '(stop' }",
                &["C038 `(stop` is not a regular expression: unclosed group"],
            ),
            ("{ opt_out_pattern: '.*' }", &["C038 `.*` matches every text"]),
            ("{ quiet_hours: { allowed: '9-20' } }", &["C039"]),
            (
                "{ number_types: [mobil] }",
                &["C016 `guards.number_types[0]` is `mobile`, `fixed`"],
            ),
            ("{ number_types: [] }", &["`number_types` names no kind"]),
            ("{ number_types: mobile }", &["C012 `guards.number_types` takes a list"]),
            ("{ number_types: [mobile, toll_free] }", &[]),
            ("{ quiet_hours: { days: weekdays } }", &["C039"]),
            ("{ quiet_hours: { countries: { USA: {} } } }", &["C020"]),
            ("{ quiet_hours: { countries: { US: { allowed: x } } } }", &["C039"]),
            (
                "{ quiet_hours: { countries: { US: {}, us: {} } } }",
                &["C003 country `US` is given twice"],
            ),
            (
                "{ holidays: { SE: 2026-12-24 } }",
                &["C012 `guards.holidays.SE` takes a list"],
            ),
            ("{ holidays: { SE: [24/12] } }", &["C030"]),
            (
                "{ holiday: {} }",
                &["C010 unknown key `holiday` (did you mean `holidays`?)"],
            ),
        ],
    );
}
