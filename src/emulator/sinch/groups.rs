//! Groups of numbers, as far as batches can refer to them.
//!
//! Members are a set: a duplicate is ignored, not refused. A group may contain other groups. Names are unique.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::clock::Instant;
use super::address::msisdn;
use super::fields::{Fields, missing};
use super::refusal::Refusal;

const NAME_LIMIT: usize = 20;
const MEMBER_LIMIT: usize = 10_000;
const CHILD_LIMIT: usize = 10;
const KEYWORD_LIMIT: usize = 15;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) members: Vec<String>,
    pub(super) child_groups: Vec<String>,
    pub(super) auto_update: Option<Value>,
    pub(super) created_at: Instant,
    pub(super) modified_at: Instant,
}

impl Group {
    /// Reads a create or replace request; in a replace the members are required.
    pub(super) fn read(id: String, body: &[u8], is_replace: bool, now: Instant) -> Result<Group, Refusal> {
        let fields = Fields::read(body, &["name", "members", "child_groups", "auto_update"])?;
        if is_replace && fields.value("members").is_none() {
            return Err(missing("members"));
        }
        Ok(Group {
            id,
            name: fields.text("name", NAME_LIMIT)?,
            members: members(&fields, "members")?,
            child_groups: fields.texts("child_groups", 0, CHILD_LIMIT)?.unwrap_or_default(),
            auto_update: keywords(&fields)?,
            created_at: now,
            modified_at: now,
        })
    }

    /// The group's document; `size` is the number of members, those of its children included.
    pub(super) fn to_json(&self, size: usize) -> Value {
        let mut document = Map::new();
        let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
        put("id", json!(self.id));
        if let Some(name) = &self.name {
            put("name", json!(name));
        }
        put("size", json!(size));
        put("created_at", json!(self.created_at.with_millis()));
        put("modified_at", json!(self.modified_at.with_millis()));
        put("child_groups", json!(self.child_groups));
        if let Some(auto_update) = &self.auto_update {
            put("auto_update", auto_update.clone());
        }
        document.into()
    }
}

/// An update of a group.
#[derive(Debug)]
pub(super) struct GroupChange {
    add: Vec<String>,
    remove: Vec<String>,
    /// Whether the name changes, to the next field.
    renames: bool,
    name: Option<String>,
    /// Whether the keywords change, to the next field.
    changes_keywords: bool,
    auto_update: Option<Value>,
    pub(super) add_from_group: Option<String>,
    pub(super) remove_from_group: Option<String>,
}

impl GroupChange {
    /// Reads an update request.
    pub(super) fn read(body: &[u8]) -> Result<GroupChange, Refusal> {
        let known = [
            "add",
            "remove",
            "name",
            "add_from_group",
            "remove_from_group",
            "auto_update",
        ];
        let fields = Fields::read(body, &known)?;
        let name = fields.text("name", NAME_LIMIT)?;
        Ok(GroupChange {
            add: members(&fields, "add")?,
            remove: members(&fields, "remove")?,
            renames: fields.names("name"),
            name,
            changes_keywords: fields.names("auto_update"),
            auto_update: keywords(&fields)?,
            add_from_group: fields.text("add_from_group", 64)?,
            remove_from_group: fields.text("remove_from_group", 64)?,
        })
    }

    /// Carries it out: additions first, so that a number in both lists ends outside.
    pub(super) fn apply(self, group: &mut Group, added_from: &[String], removed_from: &[String], now: Instant) {
        for member in self.add.iter().chain(added_from) {
            if !group.members.contains(member) {
                group.members.push(member.clone());
            }
        }
        group
            .members
            .retain(|member| !self.remove.contains(member) && !removed_from.contains(member));
        if self.renames {
            group.name = self.name;
        }
        if self.changes_keywords {
            group.auto_update = self.auto_update;
        }
        group.modified_at = now;
    }
}

/// The keywords by which a group fills itself: a number of ours, and one or two words of up to 15 characters each.
fn keywords(fields: &Fields) -> Result<Option<Value>, Refusal> {
    let Some(value) = fields.value("auto_update") else {
        return Ok(None);
    };
    let object = |value: &Value, known: &[&str]| match value {
        Value::Object(map) => Fields::of(map.clone(), known),
        _ => Err(Refusal::json("Parameter 'auto_update' must be an object")),
    };
    let update = object(value, &["to", "add", "remove"])?;
    update.text("to", 15)?.ok_or_else(|| missing("auto_update.to"))?;
    for name in ["add", "remove"] {
        let Some(words) = update.value(name) else { continue };
        let words = object(words, &["first_word", "second_word"])?;
        words
            .text("first_word", KEYWORD_LIMIT)?
            .ok_or_else(|| missing("first_word"))?;
        for word in ["first_word", "second_word"] {
            let text = words.text(word, KEYWORD_LIMIT)?;
            if text.is_some_and(|text| text.split_whitespace().count() != 1) {
                return Err(Refusal::constraint(format!("Parameter '{word}' must be one word")));
            }
        }
    }
    Ok(Some(value.clone()))
}

/// A list of numbers without duplicates.
fn members(fields: &Fields, name: &str) -> Result<Vec<String>, Refusal> {
    let mut members = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (at, text) in fields
        .texts(name, 0, MEMBER_LIMIT)?
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let member = msisdn(text).ok_or_else(|| {
            Refusal::format(format!(
                "The format of parameter '{name}[{at}]' is invalid; value '{text}' is not a valid MSISDN or group ID."
            ))
        })?;
        if seen.insert(member.clone()) {
            members.push(member);
        }
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_come_before_removals_and_null_takes_the_name() {
        let now = Instant::from_unix_millis(0);
        let body = json!({ "name": "My group", "members": ["+46701234567", "46701234567"] }).to_string();
        let mut group = Group::read("01FC66621VHDBN119Z8PMV1QPU".into(), body.as_bytes(), false, now).unwrap();
        assert_eq!(group.members, ["46701234567"]);
        let change = br#"{"add":["46701234568"],"remove":["46701234568"],"name":null}"#;
        GroupChange::read(change)
            .unwrap()
            .apply(&mut group, &["46701234569".into()], &[], now);
        assert_eq!((group.members.len(), &group.name), (2, &None));
        let keyword = json!({ "to": "15551231234", "add": { "first_word": "JOIN" } });
        let asked = json!({ "auto_update": keyword }).to_string();
        GroupChange::read(asked.as_bytes())
            .unwrap()
            .apply(&mut group, &[], &[], now);
        assert_eq!(group.auto_update, Some(keyword));
        GroupChange::read(b"{}").unwrap().apply(&mut group, &[], &[], now);
        assert!(group.auto_update.is_some(), "what is not named stays");
    }

    #[test]
    fn limits_of_groups_are_kept() {
        let now = Instant::from_unix_millis(0);
        for body in [
            json!({ "name": "x".repeat(21) }),
            json!({ "members": ["+1"] }),
            json!({ "members": vec!["46701234567"; 10_001] }),
            json!({ "child_groups": vec!["01FC66621VHDBN119Z8PMV1QPU"; 11] }),
        ] {
            assert!(Group::read("g".into(), body.to_string().as_bytes(), false, now).is_err());
        }
        assert!(
            Group::read("g".into(), b"{}", true, now).is_err(),
            "a replace needs members"
        );
    }
}
