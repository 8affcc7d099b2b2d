//! YAML to checked campaigns.
//!
//! In: the text of `campanile.yaml` and of each campaign file. Out: [`Project`] and [`Campaign`], or every fault of
//! every file with its place. What was typed (the schema mirrors) and what it means (these types) are two sets of
//! types; past this module nobody takes a string that must be valid. Never: read a file, a clock or the environment.

mod allow;
mod at;
mod branches;
#[expect(clippy::module_inception, reason = "the file of the type `Campaign`")]
mod campaign;
mod campaign_file;
mod campaign_set;
mod connection;
mod contact;
mod decode;
mod delivery;
pub mod diagnostics;
mod expect_file;
mod files;
mod forms_file;
mod invalid_value;
mod json_schema;
mod language_rule;
mod notify;
mod number_list;
mod on_invalid;
mod on_invalid_file;
mod origin;
mod origin_file;
mod origin_keys;
mod pace;
mod paths;
mod project;
mod project_file;
mod read_allow;
mod read_campaign;
mod read_cells;
mod read_connections;
mod read_contact;
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
mod read_vars;
mod reading;
mod returns_file;
mod scalar;
mod schema;
mod schema_rules;
mod secret;
mod snippets;
mod source;
mod suggested;
mod suppression_file;
mod surrogates;
mod texts;
mod tree;
mod unsupported_keys;
mod urls;
mod var_value;
mod variants;
mod wording;
mod written_texts;
mod yaml;
mod yaml_hints;

pub use allow::{Allow, Rule};
pub use branches::{Branch, Branches};
pub use campaign::{Campaign, CampaignState, Category, DatacodingChoice, Transliterate};
pub use campaign_set::{check_set, possible_references};
pub use connection::{ConnectionKind, HttpsBase, SourceConnection};
pub use contact::{ContactLimit, ContactPeriod, OnPressure};
pub use delivery::{CronDelivery, Delivery, IfPassed, LocalWindow, WindowDelivery, WrittenTime, ZoneChoice, ZoneMap};
pub use files::FileReader;
pub use json_schema::{campaign_schema, project_schema};
pub use language_rule::LanguageRule;
pub use notify::{Notify, NotifyEvent, NotifyFormat};
pub use number_list::NumberList;
pub use on_invalid::{OnFault, OnInvalid};
pub use origin::{Download, Freshness, Origin, PartFiles, Query, QueryRows, RowFormat, Sheet};
pub use paths::path_in;
pub use project::{
    DaySet, Guards, MoneyLimits, OptOuts, Price, PriceScope, Project, ProviderConfig, ProviderKind, QuietHours,
    SenderFacts, SinchRegion, TimeRange, Undeliverable,
};
pub use read_campaign::{read_campaign, read_campaign_among};
pub use read_project::read_project;
pub use secret::Secret;
pub use source::{NumberForm, RowRange, Source};
pub use texts::CampaignText;
pub use var_value::VarValue;
pub use variants::{Holdout, Variant, VariantTexts};
pub use wording::{alternatives, clip, did_you_mean, nearest};
pub use yaml::MAX_BYTES;

#[cfg(test)]
mod tests;
