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

/// An occurrence that no reference can name.
pub const OUT_OF_CALENDAR: Code = Code {
    id: "C420",
    title: "an occurrence is outside of the years of references",
    page: "A reference names an occurrence by the minutes since the beginning of 2020, in
five characters: times from 2021-11-26 to 2083-10-17. A schedule that fires
outside of them cannot be kept apart from others, so it is not planned.

Check the machine's clock and `--at`, or limit the schedule with `from` and
`until`.",
};

/// The campaign's provider is not configured.
pub const NO_PROVIDER: Code = Code {
    id: "C410",
    title: "the campaign's provider is not configured",
    page: "The campaign names a provider that `providers` in `campanile.yaml` does not
have.",
};

/// A list with more or fewer rows than it must have.
pub const UNEXPECTED_ROWS: Code = Code {
    id: "C422",
    title: "a list has not as many rows as expected",
    page: "`expect: { rows: 900.. }` of a source says how many rows it must have. It has
more or fewer: an export that was cut, a filter that went wrong, a list of
somebody else. Nothing of the campaign is created or canceled.

Export the list again. If it is right, change `expect`.",
};

/// A marketing text without a way out.
pub const OPT_OUT: Code = Code {
    id: "C752",
    title: "no way to opt out",
    page: "\
`guards.opt_out_pattern` says what every marketing text must match, and some
rendered texts of this campaign do not. In most countries a marketing text must
tell how to stop getting them.

Add it to the template: `Stop texts: acme.example/stop`, or `Reply STOP to opt
out` where the sender is a number that receives. Messages that are no marketing
(a receipt, a code) say `category: service`.",
};

/// A column says who has agreed, and nothing reads it.
pub const CONSENT: Code = Code {
    id: "C756",
    title: "nothing asks for consent",
    page: "\
A list has a column that by its name says who has agreed to be texted, and
neither `where` nor the text of this source reads it. So everybody in the list is
texted.

Ask for it: `where: \"consent == 'yes'\"`. If the list holds only people who
agreed, nothing is wrong: this is a note, and `--strict` does not mind it.",
};

/// People see another sender, or nothing.
pub const NAME_NOT_SHOWN: Code = Code {
    id: "C481",
    title: "the sender's name is not shown there",
    page: "\
In this country a sender that is a name is replaced by a number, or its texts are
not delivered. `campanile explain senders` lists what is known, with its sources.

Send to these people from a number that works there (a campaign of their own with
`where: \"recipient.country == 'US'\"`).",
};

/// Nobody says that the sender is registered.
pub const NOT_REGISTERED: Code = Code {
    id: "C482",
    title: "the sender is not declared as registered there",
    page: "\
In this country a sender must be registered before people see it. The project does
not say that this one is: `campanile explain senders` lists what people see
otherwise, with its sources.

Register it with your provider, then say so:
`senders: { ACME: { registered: [FI, ES] } }`.",
};

/// A text asks people to answer a sender that cannot be answered.
pub const CANNOT_ANSWER: Code = Code {
    id: "C483",
    title: "the text asks for a reply and the sender cannot be answered",
    page: "\
A sender that is a name cannot be answered: whoever replies STOP to it stays on the
list and cannot know. A number can be answered only where texts to it come in at
the provider.

Send from a number that receives, and say so
(`senders: { \"46101606060\": { receives: true } }`), or let people stop through a
link: `Stop texts: acme.example/stop`.",
};

/// A link that carriers refuse.
pub const LINKS: Code = Code {
    id: "C484",
    title: "a link that carriers refuse",
    page: "\
Carriers of the US refuse texts with public link shorteners, and guides of other
countries advise against them; a bare `http://` is shown as unsafe. Link to a
domain of your own, with `https://` or without anything before it.",
};

/// The country's stop word is missing.
pub const STOP_WORD: Code = Code {
    id: "C485",
    title: "the country's stop word is missing",
    page: "\
Marketing texts to this country must name a word by which people stop them:
`campanile explain senders` lists which, with its source. Some providers add it
themselves, which changes length and price: then `category` and estimate should
say so.",
};

/// Every code of this module.
pub const ALL: &[Code] = &[
    UNNEEDED,
    TOO_MANY_OCCURRENCES,
    OUT_OF_CALENDAR,
    NO_PROVIDER,
    UNEXPECTED_ROWS,
    OPT_OUT,
    CONSENT,
    NAME_NOT_SHOWN,
    NOT_REGISTERED,
    CANNOT_ANSWER,
    LINKS,
    STOP_WORD,
];
