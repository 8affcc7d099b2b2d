//! YAML to campaigns that can be trusted.
//!
//! In: the text of `campanile.yaml` and of each campaign file. Out: [`Project`] and [`Campaign`], or every fault of
//! every file with its place. What was typed (the schema mirrors) and what it means (these types) are two things; past
//! this module nobody takes a string that must be valid. Never: read a file, a clock or the environment.

#[expect(clippy::module_inception, reason = "the file of the type `Campaign`")]
mod campaign;
mod campaign_file;
mod campaign_set;
mod connection;
mod contact;
mod decode;
pub mod diagnostics;
mod notify;
mod on_invalid_file;
mod origin;
mod origin_file;
mod pace;
mod paths;
mod project;
mod project_file;
mod read_allow;
mod read_campaign;
mod read_connections;
mod read_delivery;
mod read_features;
mod read_guards;
mod read_origin;
mod read_project;
mod read_provider;
mod read_returns;
mod read_sources;
mod read_suppressions;
mod read_texts;
mod read_variants;
mod reading;
mod returns_file;
mod schema;
mod schema_rules;
mod snippets;
mod suggested;
mod suppression_file;
mod surrogates;
mod texts;
mod unsupported_keys;
mod urls;
mod variants;
mod wording;
mod yaml;
mod yaml_hints;

pub use campaign::{
    Allow, Campaign, CampaignState, Category, CronDelivery, DatacodingChoice, Delivery, IfPassed, LocalWindow,
    NumberForm, OnFault, OnInvalid, RowRange, Rule, Source, Transliterate, VarValue, WindowDelivery, WrittenTime,
    ZoneChoice, ZoneMap,
};
pub use campaign_set::{check_set, possible_references};
pub use connection::{Connection, ConnectionKind, HttpsBase};
pub use contact::{ContactLimit, ContactPeriod, OnPressure};
pub use notify::{Notify, NotifyEvent, NotifyFormat};
pub use origin::{Download, Freshness, Origin, PartFiles, Query, QueryRows, RowFormat, Sheet};
pub use project::{
    DaySet, Guards, MoneyLimits, NumberList, OptOuts, Price, PriceScope, Project, ProviderConfig, ProviderKind,
    QuietHours, Secret, SenderFacts, SinchRegion, TimeRange, Undeliverable,
};
pub use read_campaign::{Files, read_campaign, read_campaign_among};
pub use read_project::read_project;
pub use schema::{campaign_schema, project_schema};
pub use texts::{CampaignText, LanguageRule};
pub use variants::{Branch, Branches, Holdout, Variant, VariantTexts};
pub use wording::{alternatives, clip, did_you_mean, nearest};
pub use yaml::MAX_BYTES;

#[cfg(test)]
mod tests;
