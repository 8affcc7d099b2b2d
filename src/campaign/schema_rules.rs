//! Rules between the keys of a mapping, for the JSON Schemas: which keys belong to a kind, which exclude each other.
//!
//! In: a schema as the mirror gives it. Out: the same with `allOf`. The readers (`read_*`) decide; this repeats what
//! they refuse, and `tests/schemas/cases.txt` compares both.

use schemars::Schema;
use serde_json::{Value, json};

use super::allow::Rule;

/// Adds rules that must all hold.
fn require(schema: &mut Schema, rules: impl IntoIterator<Item = Value>) {
    schema.insert("allOf".to_owned(), rules.into_iter().collect());
}

/// None of these keys.
fn without(keys: &[&str]) -> Value {
    let any: Vec<Value> = keys.iter().map(|key| json!({"required": [key]})).collect();
    json!({"not": {"anyOf": any}})
}

/// Exactly one of two keys.
fn either(one: &str, other: &str) -> Value {
    json!({"oneOf": [{"required": [one]}, {"required": [other]}]})
}

/// Not both keys.
fn not_both(one: &str, other: &str) -> Value {
    json!({"not": {"required": [one, other]}})
}

/// One key needs another.
fn beside(key: &str, other: &str) -> Value {
    json!({"if": {"required": [key]}, "then": {"required": [other]}})
}

/// Where a key has one of these values.
fn when(key: &str, values: &[&str], then: &Value) -> Value {
    json!({"if": {"required": [key], "properties": {key: {"enum": values}}}, "then": then})
}

pub(super) fn provider(schema: &mut Schema) {
    let of_accounts = ["base_url", "token_env", "token_file"];
    let of_sinch = ["region", "service_plan_id", "service_plan_id_env"];
    let of_real = [&of_accounts[..], &of_sinch[..]].concat();
    require(
        schema,
        [
            when("kind", &["sandbox"], &without(&of_real)),
            when("kind", &["ip1", "sinch"], &without(&["emulates"])),
            when("kind", &["ip1", "sinch"], &either("token_env", "token_file")),
            when("kind", &["ip1"], &without(&of_sinch)),
            when(
                "kind",
                &["ip1"],
                &json!({"properties": {"opt_outs": {"not": {"type": "object"}}}}),
            ),
            when("kind", &["sinch"], &either("service_plan_id", "service_plan_id_env")),
            when(
                "kind",
                &["sinch"],
                &json!({"anyOf": [{"required": ["region"]}, {"required": ["base_url"]}]}),
            ),
            when(
                "kind",
                &["sinch"],
                &json!({"properties": {
                    "max_recipients_per_batch": {"maximum": 1000},
                    "opt_outs": {"not": {"enum": ["provider"]}}
                }}),
            ),
        ],
    );
}

pub(super) fn connection(schema: &mut Schema) {
    let of_https = ["base_url", "token_env", "token_file", "timeout"];
    require(
        schema,
        [
            when("kind", &["postgres"], &json!({"required": ["url_env"]})),
            when("kind", &["postgres"], &without(&of_https)),
            when("kind", &["https"], &without(&["statement_timeout"])),
            when("kind", &["https"], &either("base_url", "url_env")),
            when("kind", &["https"], &not_both("token_env", "token_file")),
        ],
    );
}

/// `json`, which is the default, is signed.
pub(super) fn notify(schema: &mut Schema) {
    let is_json = json!({"properties": {"format": {"enum": ["json"]}}});
    require(schema, [json!({"if": is_json, "then": {"required": ["secret_env"]}})]);
}

/// A source or a suppression list: each key beside the one that it belongs to.
pub(super) fn origin(schema: &mut Schema) {
    let of_bytes = ["encoding", "delimiter"];
    let mut rules: Vec<Value> = ["sql", "table", "path", "format", "params"]
        .map(|key| beside(key, "source"))
        .into();
    rules.extend(["sheet", "header_row"].map(|key| beside(key, "xlsx")));
    rules.push(not_both("sql", "table"));
    rules.extend(["xlsx", "parquet"].map(|key| json!({"if": {"required": [key]}, "then": without(&of_bytes)})));
    require(schema, rules);
}

pub(super) fn campaign(schema: &mut Schema) {
    let has_several = |key: &str| json!({"required": [key], "properties": {key: {"type": "object"}}});
    let all_sources_have_one = json!({
        "required": ["recipients"],
        "properties": {"recipients": {"items": {"required": ["body"]}}}
    });
    let text = json!({"anyOf": [
        {"required": ["body"]}, {"required": ["body_file"]}, {"required": ["variants"]}, all_sources_have_one
    ]});
    let has_cron =
        json!({"required": ["delivery"], "properties": {"delivery": {"type": "object", "required": ["cron"]}}});
    let no_own_texts = json!({"properties": {"recipients": {"items": {"not": {"required": ["body"]}}}}});
    require(
        schema,
        [
            text,
            not_both("body", "body_file"),
            not_both("body", "variants"),
            not_both("body_file", "variants"),
            json!({"if": {"required": ["variants"]}, "then": no_own_texts}),
            json!({
                "if": {"anyOf": [has_several("body"), has_several("body_file")]},
                "then": {"required": ["language"]}
            }),
            json!({"if": has_cron, "then": without(&["revision"])}),
        ],
    );
}

pub(super) fn allow(schema: &mut Schema) {
    let sends: Vec<&str> = Rule::ALL
        .into_iter()
        .filter(|rule| rule.sends())
        .map(Rule::as_str)
        .collect();
    require(
        schema,
        [
            when("rule", &sends, &json!({"required": ["until"]})),
            when("rule", &[Rule::Resume.as_str()], &json!({"required": ["batch"]})),
        ],
    );
}

/// `send: false` and no text, or a text.
pub(super) fn variant(schema: &mut Schema) {
    let is_silent = json!({"required": ["send"], "properties": {"send": {"enum": [false]}}});
    let texts = ["body", "body_file"];
    require(
        schema,
        [json!({"if": is_silent, "then": without(&texts), "else": either("body", "body_file")})],
    );
}

pub(super) fn delivery(schema: &mut Schema) {
    let of_schedules = ["cron", "open_for", "from", "until"];
    let of_own_zones = ["timezone_column", "zones", "fallback", "if_passed"];
    let has_own_zones = json!({"required": ["timezone"], "properties": {"timezone": {"enum": ["recipient"]}}});
    let no_offset = json!({"pattern": ":[0-9]{2}$", "not": {"pattern": "[+-][0-9]{2}:[0-9]{2}$"}});
    let one_window = json!({
        "maxItems": 1,
        "items": {"properties": {"opens": no_offset, "closes": no_offset}}
    });
    let ways = json!({
        "anyOf": [{"required": ["timezone_column"]}, {"required": ["zones"]}, {"required": ["fallback"]}],
        "properties": {"windows": one_window}
    });
    require(
        schema,
        [
            json!({"if": {"required": ["windows"]}, "then": without(&of_schedules), "else": {"required": ["cron", "open_for"]}}),
            json!({"if": has_own_zones, "then": ways, "else": without(&of_own_zones)}),
            json!({"if": {"required": ["cron"]}, "then": {"properties": {"if_passed": {"enum": ["skip"]}}}}),
        ],
    );
}
