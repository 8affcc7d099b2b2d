//! Faults of keys: unknown, refused, missing, of the wrong type.

use crate::model::Code;

/// Unknown key.
pub const UNKNOWN_KEY: Code = Code {
    id: "C010",
    title: "unknown key",
    page: "\
Nothing in a file is silently ignored: a mistyped `until:` that nobody reads
would send for ever. The hint names the nearest known key, or where the key
belongs.

    delivery:
      windws: [...]      # unknown key `windws`: did you mean `windows`?

All keys: `campanile schema campaign` and `campanile schema project`. Editors
complete them when the file begins with the line

    # yaml-language-server: $schema=PATH-TO-SCHEMA",
};

/// A key that is refused on purpose.
pub const REFUSED_KEY: Code = Code {
    id: "C011",
    title: "a key that is refused on purpose",
    page: "\
The providers know this field; Campanile does not pass it on, for the reason
that the message tells:

- truncate_concat    people would read a text that no plan showed
- groups, contacts   the provider fills them in when it sends: nobody can review
                     who will get the text
- from_ton, from_npi follow from `sender`
- mt_binary, udh     cannot be shown or counted
- mt_media           send a link in the text
- send_at, expire_at use `delivery`
- token, api_key     secrets do not belong into git: `token_env`, `token_file`",
};

/// Wrong type.
pub const WRONG_TYPE: Code = Code {
    id: "C012",
    title: "wrong type",
    page: "\
The value is of another kind than the key takes: a list where a text is meant, a
text where a number is meant, a mapping where a list is meant.

    suppressions: stop.csv        # a list is needed:
    suppressions: [stop.csv]

    revision: \"2\"                 # a number is needed:
    revision: 2

`true` and `false` are the only truth values; `yes`, `no`, `on` and `off` are
texts. Constants in `vars` are texts, whole numbers or truth values: a fraction
must be quoted, or its spelling would be lost (1.50 would be sent as 1.5).",
};

/// Missing key.
pub const MISSING_KEY: Code = Code {
    id: "C013",
    title: "missing key",
    page: "\
A key that has no default is not there. A campaign needs `sender`, a text
(`body` or `body_file`), `recipients` and `delivery`; a project needs
`namespace` and `providers`. The smallest campaign:

    sender: ACME
    body: Hello!
    recipients: [{ csv: ../recipients/all.csv }]
    delivery:
      windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }]",
};

/// Setting without effect.
pub const NO_EFFECT: Code = Code {
    id: "C014",
    title: "setting without effect",
    page: "\
Something is written that changes nothing, because another setting decides or
because it repeats what is there: a `region` beside a `base_url`, a list named
twice, a source that repeats an earlier one.

It is a warning: nothing wrong is sent. But whoever wrote it expected something.
Fix it: remove one of the two.",
};

/// A key without a value.
pub const NO_VALUE: Code = Code {
    id: "C015",
    title: "a key without a value",
    page: "\
A key has nothing after it, often because all lines below it are
comments:

    suppressions:
    #  - ../recipients/buyers.csv

That may mean \"none\" or be a slip, so it is not guessed.
Fix it: give it a value, remove the key, or write an empty list: `[]`.",
};

/// Unknown choice.
pub const UNKNOWN_CHOICE: Code = Code {
    id: "C016",
    title: "unknown choice",
    page: "\
The key takes one of a few words, and this is none of them. The message lists
them; the hint names the nearest.

    state: cancelled      # `state` is `active` or `canceled`

Words are lower case. For `type`, `datacoding` and `priority` they are those of
the providers.",
};

/// Value out of range.
pub const OUT_OF_RANGE: Code = Code {
    id: "C017",
    title: "value out of range",
    page: "\
The number is below or above what the key takes. Where the limit is a
provider's, it is theirs: Sinch takes at most 1000 recipients in a batch. Where
it is ours, a value beyond it is a slip: `max_growth_percent` compares people
after with people before, so less than 100 would demand that every run shrinks.",
};

/// Keys that exclude each other.
pub const CONFLICT: Code = Code {
    id: "C018",
    title: "keys that exclude each other",
    page: "\
Two keys are given of which only one can count, or a key is given that belongs
to another kind of provider:

- `token_env` and `token_file`
- `service_plan_id` and `service_plan_id_env`
- `country` and `prefix` of a price
- `region` of an `ip1` account, a token of the `sandbox`

Fix it: remove one. What is written and not used misleads the next reader.",
};
