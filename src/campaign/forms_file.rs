//! Keys that take values of several forms, as typed: texts, constants, zones.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::at::At;

/// A text, or one for each language; what it says is read with its place.
#[derive(Debug)]
pub(super) enum TextFile {
    One,
    ByLanguage(BTreeMap<String, At<String>>),
}

impl<'de> Deserialize<'de> for TextFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = TextFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or one for each language like `sv: ...`")
            }
            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<TextFile, E> {
                Ok(TextFile::One)
            }
            fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<TextFile, E> {
                Ok(TextFile::One)
            }
            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<TextFile, E> {
                Ok(TextFile::One)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextFile, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(TextFile::ByLanguage)
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// A constant: text, a whole number, `true` or `false`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(inline, with = "String", extend("type" = ["string", "integer", "boolean"]))]
pub(super) enum VarFile {
    Text(String),
    Integer(i64),
    Bool(bool),
}

impl<'de> Deserialize<'de> for VarFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Var;
        impl Visitor<'_> for Var {
            type Value = VarFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, `true` or `false`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<VarFile, E> {
                Ok(VarFile::Text(text.to_owned()))
            }
            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<VarFile, E> {
                Ok(VarFile::Bool(value))
            }
            fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<VarFile, E> {
                i64::try_from(value)
                    .map(VarFile::Integer)
                    .map_err(|_| E::custom("the number is too large; put it in quotes"))
            }
            fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<VarFile, E> {
                Err(E::custom(
                    "a fraction would lose its spelling (`1.50` becomes `1.5`); put it in quotes",
                ))
            }
        }
        deserializer.deserialize_any(Var)
    }
}

/// Zones by country, or `auto`.
#[derive(Debug)]
pub(super) enum ZonesFile {
    /// By number prefix, where that is unambiguous.
    Auto,
    /// Country to IANA name.
    Countries(BTreeMap<String, At<String>>),
}

impl<'de> Deserialize<'de> for ZonesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Zones;
        impl<'de> Visitor<'de> for Zones {
            type Value = ZonesFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`auto`, or a mapping like `US: America/New_York`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ZonesFile, E> {
                if text == "auto" {
                    Ok(ZonesFile::Auto)
                } else {
                    Err(E::custom("expected `auto`, or a mapping like `US: America/New_York`"))
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ZonesFile, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(ZonesFile::Countries)
            }
        }
        deserializer.deserialize_any(Zones)
    }
}
