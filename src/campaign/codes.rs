//! The kinds of faults that campaign files can have, each with the page that `campanile explain` prints.

use crate::model::Code;

/// Not YAML.
pub const SYNTAX: Code = Code {
    id: "C001",
    title: "not YAML",
    page: "",
};

/// Empty file.
pub const EMPTY: Code = Code {
    id: "C002",
    title: "empty file",
    page: "",
};

/// A key given twice.
pub const DUPLICATE_KEY: Code = Code {
    id: "C003",
    title: "a key given twice",
    page: "",
};

/// Anchor, alias, merge key or tag.
pub const ALIAS: Code = Code {
    id: "C004",
    title: "anchor, alias, merge key or tag",
    page: "",
};

/// More than one document in a file.
pub const DOCUMENTS: Code = Code {
    id: "C005",
    title: "more than one document in a file",
    page: "",
};

/// File too large or nested too deep.
pub const TOO_LARGE: Code = Code {
    id: "C006",
    title: "file too large or nested too deep",
    page: "",
};

/// Unknown key.
pub const UNKNOWN_KEY: Code = Code {
    id: "C010",
    title: "unknown key",
    page: "",
};

/// A key that is refused on purpose.
pub const REFUSED_KEY: Code = Code {
    id: "C011",
    title: "a key that is refused on purpose",
    page: "",
};

/// Wrong type.
pub const WRONG_TYPE: Code = Code {
    id: "C012",
    title: "wrong type",
    page: "",
};

/// Missing key.
pub const MISSING_KEY: Code = Code {
    id: "C013",
    title: "missing key",
    page: "",
};

/// Setting without effect.
pub const NO_EFFECT: Code = Code {
    id: "C014",
    title: "setting without effect",
    page: "",
};

/// A key without a value.
pub const NO_VALUE: Code = Code {
    id: "C015",
    title: "a key without a value",
    page: "",
};

/// Unknown choice.
pub const UNKNOWN_CHOICE: Code = Code {
    id: "C016",
    title: "unknown choice",
    page: "",
};

/// Value out of range.
pub const OUT_OF_RANGE: Code = Code {
    id: "C017",
    title: "value out of range",
    page: "",
};

/// Keys that exclude each other.
pub const CONFLICT: Code = Code {
    id: "C018",
    title: "keys that exclude each other",
    page: "",
};

/// Impossible name.
pub const NAME: Code = Code {
    id: "C020",
    title: "impossible name",
    page: "",
};

/// Impossible campaign reference.
pub const REFERENCE: Code = Code {
    id: "C021",
    title: "impossible campaign reference",
    page: "",
};

/// Two campaigns with one reference.
pub const SAME_REFERENCE: Code = Code {
    id: "C022",
    title: "two campaigns with one reference",
    page: "",
};

/// Unknown provider.
pub const UNKNOWN_PROVIDER: Code = Code {
    id: "C023",
    title: "unknown provider",
    page: "",
};

/// Impossible sender.
pub const SENDER: Code = Code {
    id: "C024",
    title: "impossible sender",
    page: "",
};

/// No usable text.
pub const BODY: Code = Code {
    id: "C025",
    title: "no usable text",
    page: "",
};

/// Path outside the project.
pub const PATH: Code = Code {
    id: "C026",
    title: "path outside the project",
    page: "",
};

/// Unusable URL.
pub const URL: Code = Code {
    id: "C027",
    title: "unusable URL",
    page: "",
};

/// Unusable template name.
pub const VARIABLE: Code = Code {
    id: "C028",
    title: "unusable template name",
    page: "",
};

/// Not available at this provider.
pub const PROVIDER_FEATURE: Code = Code {
    id: "C029",
    title: "not available at this provider",
    page: "",
};

/// Not a time or date.
pub const TIME: Code = Code {
    id: "C030",
    title: "not a time or date",
    page: "",
};

/// Time zone settings.
pub const ZONE: Code = Code {
    id: "C031",
    title: "time zone settings",
    page: "",
};

/// Neither windows nor schedule, or both.
pub const DELIVERY: Code = Code {
    id: "C032",
    title: "neither windows nor schedule, or both",
    page: "",
};

/// Setting that does not fit a schedule.
pub const CRON_ONLY: Code = Code {
    id: "C033",
    title: "setting that does not fit a schedule",
    page: "",
};

/// Not a duration.
pub const DURATION: Code = Code {
    id: "C034",
    title: "not a duration",
    page: "",
};

/// Not an amount of money.
pub const MONEY: Code = Code {
    id: "C035",
    title: "not an amount of money",
    page: "",
};

/// A price given twice.
pub const SAME_PRICE: Code = Code {
    id: "C036",
    title: "a price given twice",
    page: "",
};

/// No token.
pub const SECRET: Code = Code {
    id: "C037",
    title: "no token",
    page: "",
};

/// Not a regular expression.
pub const PATTERN: Code = Code {
    id: "C038",
    title: "not a regular expression",
    page: "",
};

/// Not hours or days.
pub const HOURS: Code = Code {
    id: "C039",
    title: "not hours or days",
    page: "",
};

/// Unusable CSV option.
pub const CSV_OPTION: Code = Code {
    id: "C040",
    title: "unusable CSV option",
    page: "",
};

/// All of this module, by number.
pub const ALL: &[Code] = &[
    SYNTAX,
    EMPTY,
    DUPLICATE_KEY,
    ALIAS,
    DOCUMENTS,
    TOO_LARGE,
    UNKNOWN_KEY,
    REFUSED_KEY,
    WRONG_TYPE,
    MISSING_KEY,
    NO_EFFECT,
    NO_VALUE,
    UNKNOWN_CHOICE,
    OUT_OF_RANGE,
    CONFLICT,
    NAME,
    REFERENCE,
    SAME_REFERENCE,
    UNKNOWN_PROVIDER,
    SENDER,
    BODY,
    PATH,
    URL,
    VARIABLE,
    PROVIDER_FEATURE,
    TIME,
    ZONE,
    DELIVERY,
    CRON_ONLY,
    DURATION,
    MONEY,
    SAME_PRICE,
    SECRET,
    PATTERN,
    HOURS,
    CSV_OPTION,
];
