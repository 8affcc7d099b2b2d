//! A key as it was found: given, absent, or faulty, with its node.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::tree::NodeId;

/// A field of a mirror: its value with the node it came from.
#[derive(Debug, Default)]
pub(super) enum At<T> {
    /// The key is not in the file.
    #[default]
    Absent,
    /// It is, and its fault is reported.
    Faulty(NodeId),
    /// As written.
    Given(NodeId, T),
}

impl<T> At<T> {
    pub(super) fn id(&self) -> Option<NodeId> {
        match self {
            Self::Absent => None,
            Self::Faulty(id) | Self::Given(id, _) => Some(*id),
        }
    }

    pub(super) fn given(&self) -> Option<&T> {
        match self {
            Self::Given(_, value) => Some(value),
            Self::Absent | Self::Faulty(_) => None,
        }
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

pub(super) const AT: &str = "$at";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Both<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Both<T> {
            type Value = At<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a node and its value")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<At<T>, A::Error> {
                let id = seq.next_element::<usize>()?.unwrap_or_default();
                // The error itself is recorded by the cursor.
                Ok(match seq.next_element::<T>() {
                    Ok(Some(value)) => At::Given(id, value),
                    Ok(None) | Err(_) => At::Faulty(id),
                })
            }
        }
        deserializer.deserialize_newtype_struct(AT, Both(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
