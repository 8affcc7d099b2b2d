//! Schemas of single values, which the mirrors of both files name.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::allow::Rule;

pub(super) fn duration(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"})
}

/// A duration that is not zero.
pub(super) fn positive_duration(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^0*[1-9][0-9]*(ms|s|m|h|d)$"})
}

/// The time of one step of a pace: from `1m` to `24h`, in whole seconds.
pub(super) fn pace_step(_: &mut SchemaGenerator) -> Schema {
    let seconds = "([6-9][0-9]|[1-9][0-9]{2,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400)";
    let minutes = "([1-9][0-9]{0,2}|1[0-3][0-9]{2}|14[0-3][0-9]|1440)";
    let pattern = format!("^0*({seconds}(s|000ms)|{minutes}m|([1-9]|1[0-9]|2[0-4])h|1d)$");
    json_schema!({"type": "string", "pattern": pattern})
}

pub(super) fn namespace(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "integer"], "pattern": "^[a-z0-9]{1,4}$", "minimum": 0, "maximum": 9999})
}

pub(super) fn reference(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["string", "integer"],
        "pattern": "^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$",
        "minimum": 0,
        "maximum": 999_999_999_999_999_u64
    })
}

pub(super) fn variant_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "integer"], "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$", "minimum": 0})
}

pub(super) fn digits(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["string", "integer"],
        "pattern": "^\\+?[0-9]{1,15}$",
        "minimum": 0,
        "maximum": 999_999_999_999_999_u64
    })
}

pub(super) fn decimal(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "^[0-9]+(\\.[0-9]+)?$", "minimum": 0})
}

/// 3 to 11 letters and digits, or a number.
pub(super) const SENDER: &str = "^([A-Za-z0-9]{3,11}|\\+?[0-9]{1,15})$";

pub(super) fn sender(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["string", "integer"],
        "pattern": SENDER,
        "minimum": 0,
        "maximum": 999_999_999_999_999_u64
    })
}

/// The name of an environment variable.
pub(super) fn variable(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"})
}

/// A path that is not blank, has no blanks around it and no `\`, and is not one for a shell to expand.
const PATH: &str = "^[^\\s~$\\\\]([^\\\\]*[^\\s\\\\])?$";

pub(super) fn path(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": PATH})
}

/// A plain CSV file to which rows are added.
pub(super) fn list_to_write(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": PATH, "not": {"type": "string", "pattern": "^-$|[^/]\\.(gz|zst)$"}})
}

/// The path of a list, for an entry that is nothing else.
pub(super) fn list_alone() -> Schema {
    json_schema!({"type": "string", "pattern": PATH})
}

/// A path below a base URL.
pub(super) fn path_below(_: &mut SchemaGenerator) -> Schema {
    let part = "[A-Za-z0-9._~=+-]+";
    json_schema!({
        "type": ["string", "number"],
        "pattern": format!("^{part}(/{part})*$"),
        "not": {"type": "string", "pattern": "(^|/)\\.{1,2}(/|$)"},
        "maxLength": 512
    })
}

/// Path of a text; or one for each language.
pub(super) fn text_file(_: &mut SchemaGenerator) -> Schema {
    texts(PATH)
}

/// An expression without the delimiters of a template.
pub(super) fn condition(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "\\S", "not": {"type": "string", "pattern": "\\{[{%]"}})
}

pub(super) fn encoding(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "^[A-Za-z0-9:._-]{1,40}$"})
}

/// Heads of columns by names for the template.
pub(super) fn columns(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$"},
        "additionalProperties": {"type": ["string", "number"], "pattern": "\\S"}
    })
}

/// Texts of which none is blank.
pub(super) fn all_written(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {"type": ["string", "number"], "pattern": "\\S"}})
}

pub(super) fn service_plan_id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$"})
}

/// A text that is not blank.
pub(super) fn written(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "\\S"})
}

pub(super) fn salt(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number"], "pattern": "\\S", "maxLength": 64})
}

/// One tag of a list.
pub(super) fn tags(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "items": {"type": ["string", "number"], "pattern": "^\\S(.*\\S)?$", "maxLength": 100}
    })
}

pub(super) fn country(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[A-Za-z]{2}$"})
}

pub(super) fn countries(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z]{2}$"}})
}

pub(super) fn zone(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": ZONE})
}

/// IANA names begin with a letter.
const ZONE: &str = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$";

/// `https://`, or `http://` to loopback.
pub(super) fn url(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "format": "uri",
        "pattern": "^([Hh][Tt][Tt][Pp][Ss]://[A-Za-z0-9\\[][!-~]*|[Hh][Tt][Tt][Pp]://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?(/[!-~]*)?)$"
    })
}

/// The same without query and fragment.
pub(super) fn base_url(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = url(generator);
    schema.insert("not".to_owned(), serde_json::json!({"pattern": "[?#]"}));
    schema
}

pub(super) fn hours(_: &mut SchemaGenerator) -> Schema {
    let time = "([01][0-9]|2[0-3]):[0-5][0-9]";
    json_schema!({"type": "string", "pattern": format!("^ *{time} *- *({time}|24:00) *$")})
}

pub(super) fn days(_: &mut SchemaGenerator) -> Schema {
    let day = "([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]|[Ss][Uu][Nn])";
    let item = format!(" *{day} *(- *{day} *)?");
    json_schema!({"type": "string", "pattern": format!("^{item}(,{item})*$")})
}

pub(super) fn local_time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:00)?(Z|[+-][01][0-9]:?[0-5][0-9])?$"
    })
}

/// Five fields, each a list of values, names, ranges and steps.
pub(super) fn cron(_: &mut SchemaGenerator) -> Schema {
    let field = |value: &str| {
        let item = format!("(\\*|({value})(-({value}))?)(/[0-9]+)?");
        format!("{item}(,{item})*")
    };
    let fields = [
        field("[0-5]?[0-9]"),
        field("[01]?[0-9]|2[0-3]"),
        field("0?[1-9]|[12][0-9]|3[01]"),
        field("0?[1-9]|1[0-2]|[A-Za-z]{3}"),
        field("0?[0-7]|[A-Za-z]{3}"),
    ];
    json_schema!({"type": "string", "pattern": format!("^\\s*{}\\s*$", fields.join("\\s+"))})
}

pub(super) fn rows(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^([0-9]+\\.\\.[0-9]*|\\.\\.[0-9]+)$"})
}

pub(super) fn delimiter(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": [",", ";", "|", ":", "^", "~", "tab", "\t", "\\t"]})
}

pub(super) fn workbook(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^[^\\s~$\\\\][^\\\\]*\\.([Xx][Ll][Ss][Xx]|[Oo][Dd][Ss])$"})
}

pub(super) fn table(_: &mut SchemaGenerator) -> Schema {
    let part = "[A-Za-z0-9_$]{1,63}";
    json_schema!({"type": ["string", "number"], "pattern": format!("^{part}(\\.{part}){{0,2}}$")})
}

pub(super) fn zones(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"anyOf": [
        {"type": "string", "enum": ["auto"]},
        {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z]{2}$"},
            "additionalProperties": {"type": "string", "pattern": ZONE}
        }
    ]})
}

/// A language tag.
const LANGUAGE: &str = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$";

pub(super) fn language(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": LANGUAGE})
}

pub(super) fn languages(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z]{2}$"},
        "additionalProperties": {"type": "string", "pattern": LANGUAGE}
    })
}

pub(super) fn text(_: &mut SchemaGenerator) -> Schema {
    texts("\\S")
}

/// One text, or one for each language, each of this pattern.
fn texts(pattern: &str) -> Schema {
    json_schema!({"anyOf": [
        {"type": ["string", "number"], "pattern": pattern},
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": LANGUAGE},
            "additionalProperties": {"type": ["string", "number"], "pattern": pattern}
        }
    ]})
}

pub(super) fn rule(_: &mut SchemaGenerator) -> Schema {
    let rules: Vec<&str> = Rule::ALL.into_iter().map(Rule::as_str).collect();
    json_schema!({"type": "string", "enum": rules})
}
