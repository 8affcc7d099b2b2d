//! The diagnostics of planning, C4xx, each with its page for `campanile explain`.

use crate::model::Code;

/// A provider's list was not read completely.
pub const INCOMPLETE: Code = Code {
    id: "C401",
    title: "a provider could not be read completely",
    page: "A batch that the list does not show may have been sent. As long as one
configured provider cannot be read to the end, nothing is planned: not even at
the other providers, because a campaign may have moved between them.

Fix the connection, the token or the provider's entry in `campanile.yaml`,
then plan again.",
};

/// Two campaigns want the same batch.
pub const EQUAL: Code = Code {
    id: "C402",
    title: "two batches say the same to the same people at the same time",
    page: "Two campaigns (or two occurrences) have the same sender, the same texts for
the same people and the same delivery windows. Everybody in them would be
texted twice. This happens when a campaign file is copied and nothing in the
copy is edited.

Remove one of the two files, or give one of them another text, other
recipients or another time.",
};

/// The provider shows something else than was sent.
pub const DRIFT: Code = Code {
    id: "C403",
    title: "a planned batch was changed at the provider",
    page: "The batch carries the fingerprint of what is wanted, and the provider shows
other settings for it: somebody changed it in the provider's portal, or the
provider does not keep what it was given.

Where batches can be changed, the next apply puts it right. iP.1's batches
cannot be changed: cancel the batch in the portal and resume it with
`--allow resume=CAMPAIGN`, or leave it as it is.",
};

/// A one-off whose traces the provider will forget.
pub const FORGOTTEN: Code = Code {
    id: "C404",
    title: "the provider will forget that this was sent",
    page: "Some providers list a batch only for some days after its creation (Sinch: 14).
Afterwards nobody can tell from the list that the campaign was sent. It is not
sent again, because its windows have passed; but moving its windows ahead would
then send it to everybody once more.

Remove the campaign's file when it is over, or set `state: canceled`.",
};

/// Suppressed people are being texted.
pub const OUT_OF_REACH: Code = Code {
    id: "C406",
    title: "suppressed people are in a batch that is being sent",
    page: "Somebody was put on a suppression list after a batch with their number had
begun to be sent. Nothing can be taken out of such a batch any more. The count
says how many may still be texted.",
};

/// The provider cannot take these windows.
pub const WINDOWS: Code = Code {
    id: "C407",
    title: "the provider cannot take these delivery windows",
    page: "Sinch sends a batch in one window of at most three days; iP.1 takes several
windows of any length. Cut the campaign's `delivery` accordingly, or send it
through another provider.",
};

/// More people than 2^15 parts can hold.
pub const TOO_MANY: Code = Code {
    id: "C408",
    title: "more recipients than all parts together can hold",
    page: "A group of recipients is cut into at most 32768 parts, each within the
provider's `max_recipients_per_batch`. This group does not fit. Raise that
limit, or divide the campaign.",
};

/// A campaign that cannot be read keeps others from being seen as removed.
pub const UNREADABLE: Code = Code {
    id: "C409",
    title: "a campaign file cannot be read",
    page: "A file that cannot be read is not a file that was removed: nothing of its
campaign is created or canceled. Since such a file may belong to any reference,
batches of campaigns without a file stay as well until it is fixed.",
};

/// Suppressed people in a batch that cannot be stopped any more.
pub const TOO_LATE_TO_SILENCE: Code = Code {
    id: "C411",
    title: "suppressed people are in a batch that opens at once",
    page: "Somebody on a suppression list is in a planned batch that opens in less than a
minute: it cannot be stopped safely any more.",
};

/// Two providers of the project are one account.
pub const ONE_ACCOUNT: Code = Code {
    id: "C412",
    title: "two names for one account",
    page: "Two entries of `providers` in `campanile.yaml` lead to the same account: the
account says the same ID, or the same batch is in both lists. Every batch would
look like its own duplicate, so nothing is decided.

Keep one of the two entries, and name that one in every campaign.",
};

/// A kept batch, or an answer, shows other people than were sent.
pub const OTHER_PEOPLE: Code = Code {
    id: "C413",
    title: "a planned batch holds other people than were sent",
    page: "The provider shows other people in a planned batch than were sent. When people
are missing, it blocks their numbers, or somebody took them out in its portal.
They are not put back, because a blocked number would be put back in every run.

To text them all the same, edit the text or raise `revision`; to leave them out,
add them to a suppression list.

Somebody whom nobody sent is taken out, by the same run when the answer to its
own create or change shows him.",
};

/// People whom the provider blocks, in a batch that stays.
pub const BLOCKED_STAY: Code = Code {
    id: "C414",
    title: "people who opted out at the provider are in a planned batch",
    page: "\
Somebody on the provider's own blacklist is in a planned batch that opens too
soon to be replaced. iP.1 keeps that list itself, but what it does with somebody
who is blocked after the batch was created is not documented. `campanile stop`
cancels the batch for everybody; otherwise it stays as it is.",
};

/// Suppression lists without a memory.
pub const NOTHING_TO_COMPARE: Code = Code {
    id: "C421",
    title: "no earlier run is remembered",
    page: "The journal (`.campanile/journal.jsonl`) keeps how many numbers each suppression
list held, a digest over them, and how many people they took out of each
campaign. A list that loses somebody is then held by a guard of its own
(`suppression-shrink`). Without a journal there is nothing to compare with: a
list that was cut looks like a list that was always so short.

In CI let the job cache `.campanile/`; or say how long a list must be at least
with `expect: { rows: 900.. }`.",
};

/// Many marketing texts to one person.
pub const PRESSURE: Code = Code {
    id: "C423",
    title: "people get many marketing texts",
    page: "Some people are in the lists of several marketing campaigns, or of several
occurrences of one, that lie close together. Without a setting this is a note:
more than one text within 24 hours, or more than three within 7 days.

    guards:
      max_per_person: [{ messages: 1, within: 24h }, { messages: 4, within: 30d }]

makes a limit of it: the later occurrence is held (`pressure`), or with
`on_pressure: skip` those people are left out of it. `rank:` in a campaign file
says whose texts come first.",
};

/// Sent texts that limits no longer count.
pub const NO_LONGER_COUNTED: Code = Code {
    id: "C424",
    title: "texts of a campaign without a file no longer count",
    page: "`guards.max_per_person` counts the texts of campaigns that have a file. This one
was sent within the period that the limit looks back, and its file is gone or
says `state: canceled`: its people may now get as many texts as if they had not
had this one.

Keep the file of a finished campaign until its texts lie further back than the
longest `within`; it costs nothing, and a finished campaign is never sent again.",
};

/// A pace that does not fit, or is exceeded.
pub const PACE: Code = Code {
    id: "C425",
    title: "a pace and its window",
    page: "\
`pace: { messages: 20000, per: 1h }` lets the parts of a campaign open one step
after the other. All steps must fit into the declared windows: the plan says
when the last one would end. Send more messages in a step, or leave the window
open for longer.

As a note: while batches of an occurrence exist its number of steps stays, so
that one more row changes one batch and not all of them. A list that has grown
since may then have up to a quarter more messages in a step than the pace says.",
};

/// Every code of this module.
pub const ALL: &[Code] = &[
    INCOMPLETE,
    EQUAL,
    DRIFT,
    FORGOTTEN,
    OUT_OF_REACH,
    WINDOWS,
    TOO_MANY,
    UNREADABLE,
    TOO_LATE_TO_SILENCE,
    ONE_ACCOUNT,
    OTHER_PEOPLE,
    BLOCKED_STAY,
    NOTHING_TO_COMPARE,
    PRESSURE,
    NO_LONGER_COUNTED,
    PACE,
];
