//! Faults of names, paths, prices and other values of both files.

use crate::model::Code;

/// Impossible name.
pub const NAME: Code = Code {
    id: "C020",
    title: "impossible name",
    page: "\
A name breaks its rule:

- namespace       1 to 4 of a-z and 0-9
- provider name   1 to 32 of a-z, 0-9, `-` and `_`
- country         two letters (ISO 3166-1), like SE; the United Kingdom is GB
- tag             1 to 100 characters on one line

The namespace is short because the provider stores it with every batch, in a
text of at most 40 characters. Never change it while something is planned:
batches of the old name would be taken for somebody else's.",
};

/// Impossible campaign reference.
pub const REFERENCE: Code = Code {
    id: "C021",
    title: "impossible campaign reference",
    page: "\
A campaign's reference is its identity: a-z, 0-9 and inner `-`, at most 16
characters. Without a `reference:` it is the file's name without its ending, so
a long file name needs one:

    # campaigns/2031-black-friday-second-reminder.yaml
    reference: bf31-reminder-2

The limit comes from iP.1, which stores 40 characters with a batch: 4 for the
namespace, 16 for the campaign, 18 for what tells its occurrences apart, 2 dots.",
};

/// Two campaigns with one reference.
pub const SAME_REFERENCE: Code = Code {
    id: "C022",
    title: "two campaigns with one reference",
    page: "\
Two files claim to be the same campaign. They would take turns in canceling each
other's batches, so neither is planned.

Fix it: give one of them another `reference`. If one is a copy for next year,
keep the old file and raise its `revision` instead, or give the copy a new name.",
};

/// Unknown provider.
pub const UNKNOWN_PROVIDER: Code = Code {
    id: "C023",
    title: "unknown provider",
    page: "\
A campaign, a price or `default_provider` names a provider that campanile.yaml
does not have. The names are yours, the kinds are `sandbox`, `ip1` and `sinch`:

    providers:
      sweden: { kind: ip1, token_env: IP1_API_KEY }
    default_provider: sweden

Every provider listed must be readable, or nothing is created: a batch that is
not seen could be sent a second time.",
};

/// Path outside the project.
pub const PATH: Code = Code {
    id: "C026",
    title: "path outside the project",
    page: "\
What a project reads lies in the project, so that a review sees it and a
campaign file cannot fetch what else lies on the machine. Paths are relative to
the file that names them; `~` and `$HOME` are not expanded.

Fix it: move the file into the project, or allow its folder in campanile.yaml,
spelled the way the path is, seen from the project's root:

    allow_paths: [../exports]        # ../../exports/all.csv in a campaign file
    allow_paths: [/srv/exports]      # /srv/exports/all.csv

Token files (`token_file: /run/secrets/ip1`) need their folder there as well.",
};

/// Unusable URL.
pub const URL: Code = Code {
    id: "C027",
    title: "unusable URL",
    page: "\
A URL must begin with `https://`. Plain `http://` is for loopback only
(`http://127.0.0.1:8080`, `http://localhost`, `http://[::1]`): tokens travel to
`base_url`, and phone numbers to `delivery_report_url`.

A URL holds no user name or password, no spaces, and characters outside ASCII
percent-encoded; a `base_url` has no query. At most 2048 characters.",
};

/// Not an amount of money.
pub const MONEY: Code = Code {
    id: "C035",
    title: "not an amount of money",
    page: "\
Prices are decimals with a point; currencies are ISO 4217 codes:

    prices:
      - { provider: ip1, currency: SEK, country: SE, per_segment: \"0.349\" }

Limits are an amount with its currency, one per currency:

    max_cost: { run: [\"5000 SEK\", \"400 EUR\"] }

Quote prices, or an editor may reformat them. A `prefix` is the beginning of a
number with its country code, digits only.",
};

/// A price given twice.
pub const SAME_PRICE: Code = Code {
    id: "C036",
    title: "a price given twice",
    page: "\
Two prices of one provider are for the same country or the same prefix. Which
one counts would depend on their order, so neither does.

Fix it: keep one. A prefix beats its country, and the longest prefix wins, so
exceptions need no second entry for the same scope.",
};

/// No token, or a token in the wrong place.
pub const SECRET: Code = Code {
    id: "C037",
    title: "no token",
    page: "\
An account needs a token, and a file in git must not hold it. Say where it is:

    token_env: IP1_API_KEY             # name of an environment variable
    token_file: /run/secrets/ip1       # or a file, its folder in allow_paths

If a token was ever committed, it is known: revoke it at the provider and make a
new one. The sandbox needs none.",
};

/// Not a regular expression.
pub const PATTERN: Code = Code {
    id: "C038",
    title: "not a regular expression",
    page: "\
`opt_out_pattern` is a regular expression that every marketing text must match
somewhere, such as `(?i)stop`. This one cannot be compiled, or it matches every
text and so demands nothing.

`(?i)` makes it blind to case; `\\b` is the edge of a word. In YAML, put it in
single quotes: '(?i)\\bstop\\b'. Look-around and back-references do not exist.",
};

/// Not hours or days.
pub const HOURS: Code = Code {
    id: "C039",
    title: "not hours or days",
    page: "\
Hours are `09:00-20:00`, on the recipient's clock, within one day; the end may
be `24:00`. Days are three-letter names, ranges and lists: `mon-sat`,
`mon-fri,sun`.

    quiet_hours:
      allowed: \"09:00-20:00\"
      days: mon-sat
      countries: { US: { allowed: \"10:00-19:00\" } }",
};
