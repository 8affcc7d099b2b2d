//! The diagnostics of time, C3xx, each with its page for `campanile explain`.

use crate::model::Code;

/// No zone has this name.
pub const UNKNOWN_ZONE: Code = Code {
    id: "C301",
    title: "unknown time zone",
    page: "A time zone is named as the IANA database names it, capitals included:
`Europe/Stockholm`, `America/New_York`, `UTC`. Abbreviations like `CEST` or
`EDT` are no zones: they do not say when clocks change.

    delivery:
      timezone: Europe/Stockholm

The database is part of the program (`campanile --version` tells its release),
so that every machine resolves a file to the same instants. A zone that is
newer than the program needs a newer program.",
};

/// The text is not five cron fields.
pub const CRON: Code = Code {
    id: "C302",
    title: "unreadable schedule",
    page: "A schedule has five fields: minute, hour, day of the month, month, day of the
week, on the wall clock of the campaign's zone.

    cron: \"0 10 * * MON-FRI\"      # weekdays at 10:00
    cron: \"30 9,17 1 * *\"         # the first of each month, 9:30 and 17:30
    cron: \"0 8-18/2 * * SAT,SUN\"  # every second hour of weekend days

Sunday is 0 and 7; months and days have their three-letter names. A range may
end with the Sunday that ends the week (`FRI-SUN`); any other range that runs
backwards is written as two. There are no seconds, no `@daily`, no `L`, `W`,
`#` or `?`. Restricting both day fields is an error, because cron programs
disagree on whether both or either must match. A step begins anew with each
hour, day or month (`*/40` is minute 0 and minute 40 of every hour), and one
that is longer than its field is refused.",
};

/// The clocks jump over an explicit time.
pub const SKIPPED_TIME: Code = Code {
    id: "C303",
    title: "a time that does not exist",
    page: "When daylight saving time begins, clocks jump forward, and the local times in
between never happen: in Stockholm on 2027-03-28 nothing is 02:30.

An explicit window must say what it means, so this is an error that names the
nearest two times that exist. A schedule's time is moved instead: it opens at
the jump itself (02:30 becomes 03:00).",
};

/// An explicit time that happens twice.
pub const REPEATED_TIME: Code = Code {
    id: "C304",
    title: "a time that happens twice",
    page: "When daylight saving time ends, clocks go back, and an hour happens twice: in
Stockholm on 2026-10-25 there are two 02:30.

Write the offset with the time to choose:

    opens: 2026-10-25T02:30+02:00   # the first
    opens: 2026-10-25T02:30+01:00   # the second

With `timezone: recipient` no offset can be right for everybody: choose
another time. A schedule's time opens the first time.",
};

/// The offset written is not the zone's.
pub const WRONG_OFFSET: Code = Code {
    id: "C305",
    title: "an offset that the zone does not have",
    page: "A time may carry its UTC offset (`2026-11-27T09:00+01:00`), and then the two
must agree in the campaign's zone. The offset is needed only for a time that
happens twice; anywhere else it can be left out.",
};

/// A window that closes before it opens.
pub const WINDOW_ORDER: Code = Code {
    id: "C306",
    title: "a window that closes before it opens",
    page: "A window is `[opens, closes)`: the provider may send from `opens` on and no
longer at `closes`. One that runs past midnight closes on the next date:

    - { opens: 2026-11-27T20:00, closes: 2026-11-28T01:00 }",
};

/// Windows that overlap or touch.
pub const WINDOW_OVERLAP: Code = Code {
    id: "C307",
    title: "windows that overlap",
    page: "All windows of a campaign are one send, in any of them, so they must be apart;
iP.1 refuses overlapping ones, and what it does with touching ones is not
documented. Make them one window.",
};

/// A schedule without any occurrence.
pub const CRON_NEVER: Code = Code {
    id: "C308",
    title: "a schedule that never happens",
    page: "No month that the schedule names has such a day (`0 10 31 2 *`), or `from` and
`until` leave none of its times in between. `0 10 29 2 *` is fine: it happens in
leap years.",
};

/// A recipient without a zone.
pub const NO_ZONE: Code = Code {
    id: "C309",
    title: "recipients without a time zone",
    page: "With `timezone: recipient` each row needs a zone. It is taken from

 1. the column that `timezone_column` names (IANA names; an empty cell is none),
 2. `zones`, a map from the number's country to a zone,
    or `zones: auto`: the number's prefix in libphonenumber's public mapping,
 3. `fallback`.

A prefix may belong to several zones. Where their windows differ, the window
must lie inside all of them; where that leaves nothing, the fallback counts.
Prefixes tell where a number was issued, not where its bearer is. A cell that is
filled and no zone is an error: it is never skipped for the next level.",
};

/// Quiet hours set by law or binding rule.
pub const QUIET_HOURS: Code = Code {
    id: "C310",
    title: "quiet hours",
    page: "A marketing text may reach its recipients at an hour or on a day at which a law,
or a rule that binds all senders of the country, forbids it. The whole window
counts, since the provider may send at any moment in it, and the recipient's
clock counts, not the sender's.

The rules are part of the program, each with its source and date; they are not
legal advice, and not complete. `category: service` is exempt. To go past a
rule, `--allow quiet-hours=REF` or an `allow:` entry with its reason.

The project's own hours are errors too, and take the place of what is merely
recommended:

    guards:
      quiet_hours: { allowed: \"09:00-20:00\", days: mon-sat }
      holidays: { SE: [2026-12-24] }",
};

/// Quiet hours that are customary.
pub const QUIET_HOURS_RECOMMENDED: Code = Code {
    id: "C311",
    title: "recommended quiet hours",
    page: "A marketing text may reach its recipients at an hour that is lawful and
unwelcome: what trade bodies, carriers or the strictest of several states
recommend against. A warning, not legal advice.

Set `guards.quiet_hours` to have the project's own hours instead.",
};

/// A window too short for its recipients.
pub const WINDOW_TOO_SHORT: Code = Code {
    id: "C312",
    title: "a window too short for its recipients",
    page: "At the provider's stated rate the batch needs longer than its window is open, so
some messages may not be sent, or be sent in the next window. Open it for
longer, or split the audience.",
};

/// A zone that people mean otherwise.
pub const FIXED_ZONE: Code = Code {
    id: "C313",
    title: "a zone without summer time that is mostly meant otherwise",
    page: "`EST` and `MST` are names of the IANA database, and never change: `EST` is
-05:00 in summer too, when New York's clocks show -04:00. A text at 09:00 would
come at 10:00. Name the city: `America/New_York`, `America/Denver`.

`Etc/GMT+5` is five hours *behind* Greenwich: the sign of these names is
reversed. They have no summer time either.",
};

/// Every code of this module.
pub const ALL: &[Code] = &[
    UNKNOWN_ZONE,
    CRON,
    SKIPPED_TIME,
    REPEATED_TIME,
    WRONG_OFFSET,
    WINDOW_ORDER,
    WINDOW_OVERLAP,
    CRON_NEVER,
    NO_ZONE,
    QUIET_HOURS,
    QUIET_HOURS_RECOMMENDED,
    WINDOW_TOO_SHORT,
    FIXED_ZONE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_their_pages_fit_the_screen() {
        assert!(ALL.is_sorted_by(|a, b| a.id < b.id));
        for code in ALL {
            assert!(code.id.starts_with("C3") && code.id.len() == 4, "{}", code.id);
            assert!(code.page.lines().all(|line| line.chars().count() <= 80), "{}", code.id);
        }
    }
}
