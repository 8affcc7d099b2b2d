//! The message of each fault of `delivery`.

use super::{campaign_faults, table, with};

#[test]
fn each_fault_of_a_delivery_is_told() {
    let window = "{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }";
    let cases: &[(&str, &[&str])] = &[
        ("{}", &["C032 `delivery` has neither `windows` nor `cron`"]),
        ("{ windows: [] }", &["C032 `windows` has no window"]),
        (
            "{ windows: [W], cron: '0 10 * * *', open_for: 1h }",
            &["C032 either `windows` or `cron`, not both"],
        ),
        ("{ windows: [W], open_for: 1h }", &["C032 `open_for` goes with `cron`"]),
        ("{ windows: [W], from: 2031-01-01 }", &["C032 `from` goes with `cron`"]),
        (
            "{ windows: [W], until: 2031-01-01 }",
            &["C032 `until` goes with `cron`"],
        ),
        (
            "{ windows: [{ opens: 2031-11-28, closes: 2031-11-28T20:00 }] }",
            &["C030 `2031-11-28` has no time of day; write `2031-11-28T09:00`"],
        ),
        (
            "{ windows: [{ opens: 2031-11-28T09:00:30, closes: 2031-11-28T20:00 }] }",
            &["C030 `2031-11-28T09:00:30`: times are whole minutes"],
        ),
        (
            "{ windows: [{ closes: 2031-11-28T20:00 }] }",
            &["C013 `opens` is missing in `delivery.windows[0]`"],
        ),
        (
            "{ opens: 1, windows: [W] }",
            &["C010 unknown key `opens` (it belongs to an entry of `windows`)"],
        ),
        (
            "{ cron: '0 10 * * *' }",
            &["C013 `open_for` is missing in `delivery` (how long"],
        ),
        (
            "{ cron: '0 10 * * *', open_for: 10s }",
            &["C034 `10s` is too short: at least `1m`"],
        ),
        (
            "{ cron: '0 10 * * *', open_for: 1 hour }",
            &["C034 `1 hour` is not a duration"],
        ),
        ("{ cron: '', open_for: 1h }", &["C032 `cron` is blank"]),
        (
            "{ cron: '0 10 * * *', open_for: 1h, from: 2031-12-02, until: 2031-12-01 }",
            &["C030 `until` is before `from`"],
        ),
        (
            "{ cron: '0 10 * * *', open_for: 1h, from: 2031-13-01 }",
            &["C030 `2031-13-01` is not a date"],
        ),
        (
            "{ cron: '0 10 * * *', open_for: 1h, if_passed: next_day, timezone: recipient, fallback: UTC }",
            &["C033 `if_passed: next_day` does not go with `cron`"],
        ),
        (
            "{ timezone: recipients, windows: [W] }",
            &["C031 `recipients` is not a time zone (did you mean `recipient`?)"],
        ),
        ("{ timezone: Europe Stockholm, windows: [W] }", &["C031"]),
        (
            "{ timezone: recipient, windows: [W] }",
            &["C031 `timezone: recipient` needs a way to tell"],
        ),
        (
            "{ timezone: recipient, fallback: UTC, windows: [{ opens: 2026-11-27T09:00+01:00, closes: 2026-11-27T20:00Z }] }",
            &[
                "C031 with `timezone: recipient` a time has no offset",
                "C031 with `timezone: recipient` a time has no offset",
            ],
        ),
        (
            "{ timezone: recipient, fallback: UTC, windows: [W, W] }",
            &["C031 `timezone: recipient` takes exactly one window"],
        ),
        (
            "{ timezone: recipient, zones: all, windows: [W] }",
            &["C012 `delivery.zones`: expected `auto`, or a mapping"],
        ),
        (
            "{ timezone: recipient, zones: { USA: UTC }, windows: [W] }",
            &["C020 `USA` is not a country"],
        ),
        (
            "{ timezone: recipient, zones: { SE: UTC, se: UTC }, windows: [W] }",
            &["C003 country `SE` is given twice"],
        ),
        ("{ timezone: recipient, zones: auto, windows: [W] }", &[]),
        (
            "{ zones: auto, windows: [W] }",
            &["C031 `zones` goes with `timezone: recipient`"],
        ),
        (
            "{ fallback: UTC, windows: [W] }",
            &["C031 `fallback` goes with `timezone: recipient`"],
        ),
        (
            "{ if_passed: skip, windows: [W] }",
            &["C031 `if_passed` goes with `timezone: recipient`"],
        ),
        (
            "{ if_passed: later, windows: [W] }",
            &["C016 `delivery.if_passed` is `skip` or `next_day`", "C031"],
        ),
        (
            "{ timezone_column: tz, windows: [W] }",
            &["C031 `timezone_column` goes with"],
        ),
        ("{ send_at: x, windows: [W] }", &["C011 `send_at` cannot be set"]),
    ];
    for (delivery, expected) in cases {
        let text = with(&format!("delivery: {}", delivery.replace('W', window)));
        table(|_| campaign_faults(&text), &[(delivery, expected)]);
    }
}

#[test]
fn a_revision_does_not_go_with_a_schedule() {
    let text = with("revision: 2").replace(
        "  windows:\n    - { opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }",
        "  cron: 0 10 * * *\n  open_for: 1h",
    );
    assert!(
        campaign_faults(&text).starts_with("1:11+1 C033 `revision` does not go with `cron`"),
        "{text}"
    );
}
