//! Diagnostics of what the files want: schedules, overrides, opt-out, consent.

use crate::model::Code;

/// An override that lifts nothing.
pub const UNNEEDED: Code = Code {
    id: "C405",
    title: "an override is not needed",
    page: "An override (`--allow RULE=REF`, or `allow:` in a campaign file) lifts one rule
for one campaign, occurrence or batch. This one lifts nothing in this plan. One
that stays behind may lift something later that nobody meant: remove it.",
};

/// A schedule so dense that it must be a mistake.
pub const TOO_MANY_OCCURRENCES: Code = Code {
    id: "C480",
    title: "too many occurrences",
    page: "\
A schedule fires more than 11,000 times before the horizon: more than one text
a minute for a week. The first field of a schedule is the minute: `* 10 * * *`
fires sixty times every morning, `0 10 * * *` once.",
};

/// A marketing text without a way out.
pub const OPT_OUT: Code = Code {
    id: "C752",
    title: "no way to opt out",
    page: "\
`guards.opt_out_pattern` says what every marketing text must match, and some
rendered texts of this campaign do not. In most countries a marketing text must
tell how to stop getting them.

Add it to the template: `Reply STOP to opt out.` Messages that are no marketing
(a receipt, a code) say `category: service`.",
};

/// A column says who has agreed, and nothing reads it.
pub const CONSENT: Code = Code {
    id: "C754",
    title: "nothing asks for consent",
    page: "\
A list has a column that by its name says who has agreed to be texted, and
neither `where` nor the text of this source reads it. So everybody in the list is
texted.

Ask for it: `where: \"consent == 'yes'\"`. If the list holds only people who
agreed, nothing is wrong: this is a note, and `--strict` does not mind it.",
};

/// Every code of this module.
pub const ALL: &[Code] = &[UNNEEDED, TOO_MANY_OCCURRENCES, OPT_OUT, CONSENT];
