//! Diagnostic codes of this module, C5xx, with the pages that `campanile explain` prints.

use crate::model::Code;

/// All of them.
pub const ALL: &[Code] = &[
    READ_FAILED,
    LIST_UNTRUSTED,
    ACCESS_REFUSED,
    SENDER_NOT_REGISTERED,
    OPT_OUTS_UNREADABLE,
    LOW_BALANCE,
    UNCONFIRMED_ACCOUNT,
];

/// A provider could not be read.
pub const READ_FAILED: Code = Code {
    id: "C501",
    title: "a provider cannot be read",
    page: "\
Campanile decides by comparing your files with everything that every provider
of the project holds. If one of them does not answer, or not in full, a batch
that is not seen might be created again and its people texted twice. So there
is no plan, and nothing is changed.

Reads are repeated a few times by themselves. What to do:
  - try again in a minute; the provider may be down or busy
  - check `base_url` (and `region`), DNS, proxy and firewall
  - a provider that is not used any more can be taken out of `providers`,
    once nothing of yours is planned there
",
};

/// A list came, but not one that may be believed.
pub const LIST_UNTRUSTED: Code = Code {
    id: "C502",
    title: "a provider's list cannot be trusted",
    page: "\
The provider answered, but its answer is not what its documents promise, or
the list of batches changed each time while it was read. Only a list that is
proved to be complete may be planned against:
  - iP.1: every page begins with the last batch of the page before, and the
    list ends in an empty page
  - Sinch: the number of different batches equals the announced count, and the
    first page read again at the end is the same

What to do: try again when nobody else is sending or canceling on the account.
If it happens every time, the provider's API has changed: please report it.
",
};

/// 401 or 403 on a read.
pub const ACCESS_REFUSED: Code = Code {
    id: "C503",
    title: "a provider refuses access",
    page: "\
The provider answered 401 or 403: it does not accept the token.

What to check:
  - the variable or file named by `token_env` or `token_file` holds the token
    of this account, whole and without quotes
  - iP.1: a token can be restricted to addresses (portal, API tokens); a CI
    runner has another address than your desk
  - Sinch: the token belongs to this service plan, and `region` is the region
    of the account; project access keys do not work, use the plan's API token
",
};

/// A sender that the account does not list.
pub const SENDER_NOT_REGISTERED: Code = Code {
    id: "C504",
    title: "the sender is not registered on the account",
    page: "\
iP.1 sends only from senders that are registered on the account (portal, or
PUT /v2/me/senders/{sender}). The list that the account shows does not hold
this one, letter for letter. The batch may be refused, or accepted and every
message of it rejected (status 403).

Register the sender, or use a registered one. A trial account sends only as
`iP1` and `iP1sms`.
",
};

/// A list of opt-outs could not be read.
pub const OPT_OUTS_UNREADABLE: Code = Code {
    id: "C505",
    title: "the opt-outs at a provider cannot be read",
    page: "\
Some people have told the provider that they want no more texts (by answering
STOP, or through an unsubscribe link), and this time that list could not be
read completely. Nothing is created or replaced at that account until it can,
because one of them might be texted. Cancels go on.

If the list cannot be had at all, say so: `opt_outs: off` at the provider in
`campanile.yaml`, or for once `--allow opt-outs=CAMPAIGN`. Your own suppression
lists count all the same.
",
};

/// The balance is below the estimate.
pub const LOW_BALANCE: Code = Code {
    id: "C506",
    title: "the balance may not be enough",
    page: "\
The account's balance is lower than the estimate of what this plan would send.
Messages that cannot be paid for are not sent and end with status 402; when
exactly a planned batch is charged is not documented.

Top the account up before the first window opens. With invoicing afterwards a
negative balance can be normal: then this warning means nothing.
",
};

/// The account could not be asked.
pub const UNCONFIRMED_ACCOUNT: Code = Code {
    id: "C507",
    title: "the account's settings could not be read",
    page: "\
Registered senders, blacklist and balance are read to warn early. This time
the provider did not answer, so those warnings are missing. The plan itself is
complete.
",
};
