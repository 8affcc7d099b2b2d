//! A tree to the schema mirrors, through serde: the derived code knows every key, type and choice.
//!
//! In: a [`Tree`] and a mirror type whose fields are [`At`]. Out: the mirror, and a fault for each unknown key, wrong
//! type, unknown choice and empty value. Unlike a parser that stops at the first error, a faulty value leaves its field
//! [`At::Faulty`] and reading goes on, so that one run shows all. Never: converts a type silently.

use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::at::{AT, At};
use super::scalar::{ScalarMeaning, first_line, meaning, scalar_hint};
use super::tree::{NodeId, NodeKind, Tree};
use super::wording::{alternatives, clip, did_you_mean};
use super::yaml_hints::cut_decimal;
use super::{diagnostics, unsupported_keys};
use crate::model::{Code, Diagnostic};

/// Reads the root of a tree.
pub(super) fn decode<T: DeserializeOwned>(tree: &Tree) -> (At<T>, Vec<Diagnostic>) {
    let faults = RefCell::new(Vec::new());
    let cursor = Cursor {
        tree,
        faults: &faults,
        id: 0,
    };
    let root = At::deserialize(cursor).unwrap_or(At::Faulty(0));
    (root, faults.into_inner())
}

/// A fault that is recorded, or a message that still needs its place.
#[derive(Debug)]
enum DecodeFailure {
    Recorded,
    Message(String),
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded => f.write_str("reported"),
            Self::Message(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for DecodeFailure {}

impl serde::de::Error for DecodeFailure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Message(message.to_string())
    }
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    tree: &'a Tree,
    faults: &'a RefCell<Vec<Diagnostic>>,
    id: NodeId,
}

impl<'a> Cursor<'a> {
    fn kind(self) -> &'a NodeKind {
        self.tree.node(self.id).map_or(&NodeKind::Faulty, |node| &node.kind)
    }

    fn child(self, id: NodeId) -> Self {
        Self { id, ..self }
    }

    fn record(self, fault: Diagnostic) -> DecodeFailure {
        self.faults.borrow_mut().push(fault);
        DecodeFailure::Recorded
    }

    fn fault(self, code: &Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.tree.place(self.id))
    }

    fn name(self) -> String {
        match self.tree.path(self.id) {
            path if path.is_empty() => "the file".to_owned(),
            path => format!("`{path}`"),
        }
    }

    fn wrong_type(self, expected: &str) -> DecodeFailure {
        let (code, found) = match self.kind() {
            NodeKind::Faulty => return DecodeFailure::Recorded,
            NodeKind::List(_) => (&diagnostics::WRONG_TYPE, "a list".to_owned()),
            NodeKind::Map(_) => (&diagnostics::WRONG_TYPE, "a mapping".to_owned()),
            NodeKind::Scalar(scalar) => match meaning(scalar) {
                ScalarMeaning::Nothing => {
                    let message = format!("{} has no value", self.name());
                    let fault = self.fault(&diagnostics::NO_VALUE, message);
                    return self.record(fault.hint(format!("give it {expected}, or remove the key")));
                }
                ScalarMeaning::Bool(_) => (&diagnostics::WRONG_TYPE, format!("`{}`", clip(&scalar.text))),
                ScalarMeaning::Integer(_) | ScalarMeaning::Fraction => {
                    (&diagnostics::WRONG_TYPE, format!("the number `{}`", clip(&scalar.text)))
                }
                ScalarMeaning::Text => (
                    &diagnostics::WRONG_TYPE,
                    format!("the text `{}`", clip(first_line(&scalar.text))),
                ),
            },
        };
        let message = format!("{} takes {expected}, not {found}", self.name());
        let mut fault = self.fault(code, message);
        match self.kind() {
            NodeKind::Scalar(scalar) => fault.hints.extend(scalar_hint(scalar, expected)),
            NodeKind::Map(_) if expected == "a list" => {
                fault.hints.push("each item of a list begins with `- `".to_owned());
            }
            NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Faulty => {}
        }
        self.record(fault)
    }

    /// Any scalar but an empty one, spelled as in the file.
    fn text(self, expected: &str) -> Result<&'a str, DecodeFailure> {
        match self.kind() {
            NodeKind::Scalar(scalar) => match meaning(scalar) {
                ScalarMeaning::Nothing => Err(self.wrong_type(expected)),
                ScalarMeaning::Bool(_) | ScalarMeaning::Integer(_) | ScalarMeaning::Fraction | ScalarMeaning::Text => {
                    Ok(&scalar.text)
                }
            },
            NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Faulty => Err(self.wrong_type(expected)),
        }
    }

    fn integer(self, min: i128, max: i128) -> Result<i128, DecodeFailure> {
        let NodeKind::Scalar(scalar) = self.kind() else {
            return Err(self.wrong_type("a whole number"));
        };
        match meaning(scalar) {
            ScalarMeaning::Integer(value) if (min..=max).contains(&value) => Ok(value),
            ScalarMeaning::Integer(value) => {
                let value = clip(&value.to_string());
                let message = format!("{} is a whole number from {min} to {max}, not `{value}`", self.name());
                Err(self.record(self.fault(&diagnostics::OUT_OF_RANGE, message)))
            }
            ScalarMeaning::Nothing | ScalarMeaning::Bool(_) | ScalarMeaning::Fraction | ScalarMeaning::Text => {
                Err(self.wrong_type("a whole number"))
            }
        }
    }

    fn unknown_key(self, child: NodeId, owner: &'static str, known: &'static [&'static str]) {
        /// Beyond, the file is not what it was meant to be, and hints would take long to find.
        const MOST: usize = 1000;
        if self.faults.borrow().len() > MOST {
            return;
        }
        let key = self.tree.key(child).unwrap_or_default();
        let place = self.tree.key_place(child);
        let fault = if let Some(reason) = unsupported_keys::reason(owner, key) {
            Diagnostic::error(
                &diagnostics::REFUSED_KEY,
                format!("`{}` cannot be set: {reason}", clip(key)),
            )
        } else {
            let belongs = unsupported_keys::belongs(owner, key).map(str::to_owned);
            let near = cut_decimal(self.tree, self.id, child).or_else(|| did_you_mean(key, known.iter().copied()));
            let hint = near.or(belongs);
            let hint = hint.unwrap_or_else(|| format!("known here: {}", known.join(", ")));
            Diagnostic::error(&diagnostics::UNKNOWN_KEY, format!("unknown key `{}`", clip(key))).hint(hint)
        };
        self.faults.borrow_mut().push(fault.at(place));
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
            let value = self.integer(i128::from(<$type>::MIN), i128::from(<$type>::MAX))?;
            visitor.$visit(<$type>::try_from(value).unwrap_or_default())
        })*
    };
}

impl<'de> Deserializer<'de> for Cursor<'_> {
    type Error = DecodeFailure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        match self.kind() {
            NodeKind::Faulty => Err(DecodeFailure::Recorded),
            NodeKind::List(_) => self.deserialize_seq(visitor),
            NodeKind::Map(_) => self.deserialize_map(visitor),
            NodeKind::Scalar(scalar) => match meaning(scalar) {
                ScalarMeaning::Nothing => Err(self.wrong_type("a value")),
                ScalarMeaning::Bool(value) => visitor.visit_bool(value),
                ScalarMeaning::Integer(value) => visitor.visit_i128(value),
                ScalarMeaning::Fraction => visitor.visit_f64(0.0),
                ScalarMeaning::Text => visitor.visit_str(&scalar.text),
            },
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeFailure> {
        if name == AT {
            visitor.visit_seq(Pair { cursor: self, next: 0 })
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        if let NodeKind::Scalar(scalar) = self.kind()
            && let ScalarMeaning::Bool(value) = meaning(scalar)
        {
            return visitor.visit_bool(value);
        }
        Err(self.wrong_type("`true` or `false`"))
    }

    integers!(
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    );

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        // A number is read as it is spelled; `true` is a text for nobody.
        if let NodeKind::Scalar(scalar) = self.kind()
            && matches!(meaning(scalar), ScalarMeaning::Bool(_))
        {
            return Err(self.wrong_type("a text"));
        }
        visitor.visit_str(self.text("a text")?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        match self.kind() {
            NodeKind::List(items) => visitor.visit_seq(Items {
                cursor: self,
                items: items.iter(),
            }),
            NodeKind::Scalar(_) | NodeKind::Map(_) | NodeKind::Faulty => Err(self.wrong_type("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        match self.kind() {
            NodeKind::Map(entries) => visitor.visit_map(MapEntries {
                cursor: self,
                left: entries.iter(),
                known: None,
                value: None,
            }),
            NodeKind::Scalar(_) | NodeKind::List(_) | NodeKind::Faulty => {
                Err(self.wrong_type("a mapping (`key: value`)"))
            }
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFailure> {
        match self.kind() {
            NodeKind::Map(entries) => visitor.visit_map(MapEntries {
                cursor: self,
                left: entries.iter(),
                known: Some((name, fields)),
                value: None,
            }),
            NodeKind::Scalar(_) | NodeKind::List(_) | NodeKind::Faulty => {
                Err(self.wrong_type("a mapping (`key: value`)"))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFailure> {
        let choices = alternatives(variants.iter().copied());
        let text = self.text(&format!("one of {choices}"))?;
        if let Some(known) = variants.iter().find(|variant| **variant == text) {
            return visitor.visit_enum(StrDeserializer::<DecodeFailure>::new(known));
        }
        let message = format!("{} is {choices}, not `{}`", self.name(), clip(text));
        let mut fault = self.fault(&diagnostics::UNKNOWN_CHOICE, message);
        fault.hints.extend(did_you_mean(text, variants.iter().copied()));
        Err(self.record(fault))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFailure> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// A node's number, then its value: what [`At`] reads.
struct Pair<'a> {
    cursor: Cursor<'a>,
    next: u8,
}

impl<'de> SeqAccess<'de> for Pair<'_> {
    type Error = DecodeFailure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeFailure> {
        self.next += 1;
        if self.next == 1 {
            return seed.deserialize(self.cursor.id.into_deserializer()).map(Some);
        }
        seed.deserialize(self.cursor)
            .map(Some)
            .map_err(|failure| match failure {
                DecodeFailure::Recorded => DecodeFailure::Recorded,
                DecodeFailure::Message(message) => {
                    let message = format!("{}: {message}", self.cursor.name());
                    self.cursor.record(self.cursor.fault(&diagnostics::WRONG_TYPE, message))
                }
            })
    }
}

struct Items<'a> {
    cursor: Cursor<'a>,
    items: std::slice::Iter<'a, NodeId>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = DecodeFailure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeFailure> {
        self.items
            .next()
            .map(|id| seed.deserialize(self.cursor.child(*id)))
            .transpose()
    }
}

struct MapEntries<'a> {
    cursor: Cursor<'a>,
    left: std::slice::Iter<'a, NodeId>,
    /// Name and keys of the struct; `None` for mappings with free keys.
    known: Option<(&'static str, &'static [&'static str])>,
    value: Option<NodeId>,
}

impl<'de> MapAccess<'de> for MapEntries<'_> {
    type Error = DecodeFailure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeFailure> {
        for id in self.left.by_ref() {
            let key = self.cursor.tree.key(*id).unwrap_or_default();
            if let Some((owner, known)) = self.known
                && !known.contains(&key)
            {
                self.cursor.unknown_key(*id, owner, known);
                continue;
            }
            self.value = Some(*id);
            return seed.deserialize(StrDeserializer::<DecodeFailure>::new(key)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeFailure> {
        let id = self.value.take().unwrap_or_default();
        seed.deserialize(self.cursor.child(id))
    }
}
