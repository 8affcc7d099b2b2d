//! Faults of texts and times of sending.

use crate::model::Code;

/// Impossible sender.
pub const SENDER: Code = Code {
    id: "C024",
    title: "impossible sender",
    page: "\
A sender is a name of 3 to 11 letters a-z and digits with at least one letter,
or a number of up to 15 digits. Spaces, hyphens, dots and letters like \u{e5}
or \u{e9} are refused by the networks.

    sender: ACME
    sender: Shop24
    sender: \"46701740605\"       # a number people can reply to

Replies to a name go nowhere: with \"reply STOP\" in the text, use a number. Most
providers want a name registered before it is used.",
};

/// No usable text.
pub const BODY: Code = Code {
    id: "C025",
    title: "no usable text",
    page: "\
A campaign has either `body` or `body_file`, and the text is not blank. Without
either, every source under `recipients` must have a `body` of its own.

    body: |
      Hi {{ first_name }}!
      20 % off today. STOP: reply STOP

`body_file` is relative to the campaign file, UTF-8, at most a megabyte. Line
ends at the very end are dropped. A text without quotes ends before ` #`: YAML
takes what follows for a comment. A `where` is an expression without braces:

    where: \"consent == 'yes'\"",
};

/// Unusable template name.
pub const VARIABLE: Code = Code {
    id: "C028",
    title: "unusable template name",
    page: "\
Keys of `vars` and `columns` become names in templates: letters, digits and `_`,
not beginning with a digit, at most 64. Words of the template language (`and`,
`if`, `true` ...) and the two names that Campanile fills in itself, `occurrence`
and `recipient`, are taken.

A column whose head is no such name gets one by `columns`:

    columns: { first_name: \"First name\" }",
};

/// Not available at this provider.
pub const PROVIDER_FEATURE: Code = Code {
    id: "C029",
    title: "not available at this provider",
    page: "\
The providers differ, and a setting that one of them cannot carry out is refused
rather than dropped:

- `priority: 2`                   iP.1 only
- `delivery_report`, `feedback`   Sinch only
- `delivery_report` other than `none` needs a `delivery_report_url`

Fix it: remove the key, or choose another `provider`. A sandbox counts as the
provider it emulates (`emulates: ip1` or `sinch`).",
};

/// Not a time or date.
pub const TIME: Code = Code {
    id: "C030",
    title: "not a time or date",
    page: "\
Times are local times in whole minutes: `2031-11-28T09:00`. They are read on the
clock of `timezone`, so they carry no zone. When clocks go back, an hour exists
twice; then an offset decides which one is meant: `2031-10-26T02:30+02:00`.

Dates are `2031-12-24`. An `until` must not lie before its `from`.",
};

/// Time zone settings.
pub const ZONE: Code = Code {
    id: "C031",
    title: "time zone settings",
    page: "\
`timezone` is an IANA name like `Europe/Stockholm`, or `recipient`: then every
recipient's own clock counts, and there must be a way to tell it:

    delivery:
      timezone: recipient
      timezone_column: tz               # a CSV column with IANA names, or
      zones: { US: America/New_York }   # by country, or `zones: auto`, or
      fallback: Europe/Stockholm        # for everybody else
      windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }]

These keys go with `timezone: recipient` only, and it takes exactly one window.",
};

/// Neither windows nor schedule, or both.
pub const DELIVERY: Code = Code {
    id: "C032",
    title: "neither windows nor a schedule, or both",
    page: "\
`delivery` has either explicit windows, for one send:

    delivery:
      windows:
        - { opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }

or a schedule, for many:

    delivery:
      cron: \"0 10 * * Mon-Fri\"     # minute, hour, day of month, month, weekday
      open_for: 2h
      from: 2031-12-01              # optional
      until: 2031-12-31             # optional

Several windows are still one send: the provider may use any of them.",
};

/// Setting that does not fit a schedule.
pub const CRON_ONLY: Code = Code {
    id: "C033",
    title: "a setting that does not fit a schedule",
    page: "\
Occurrences of a schedule differ by their nominal time, so `revision`,
which sends a one-off again, means nothing there. `if_passed: next_day` would
move an occurrence onto the next one: some people would get two texts in a day.

Fix it: remove the key. To repeat one occurrence, add a one-off campaign.",
};

/// Not a duration.
pub const DURATION: Code = Code {
    id: "C034",
    title: "not a duration",
    page: "\
A duration is a whole number and a unit, without a space: `500ms`, `90s`, `15m`,
`24h`, `7d`. At most ten years. A day is 24 hours, also when clocks change.

`open_for` is at least `1m`: a provider that gets a shorter window may have no
time to send anything.",
};

/// Unusable CSV option.
pub const CSV_OPTION: Code = Code {
    id: "C040",
    title: "unusable CSV option",
    page: "\
An option of a source cannot be used: `delimiter` is one of `,` `;` `|` `:` `^`
`~` or the word `tab`; `encoding` is a name like `windows-1252`; `number` and
the values of `columns` are heads of columns.

Most files need none of these: the delimiter is detected, UTF-8 and UTF-16 with
a byte order mark are recognized, and the column of numbers is the first of
msisdn, phone, phone_number, number, mobile and tel.",
};
