//! YAML to campaigns that can be trusted.
//!
//! In: the text of `campanile.yaml` and of each campaign file. Out: [`Project`] and [`Campaign`], or every fault of
//! every file with its place. What was typed (the schema mirrors) and what it means (these types) are two things; past
//! this module nobody takes a string that must be valid. Never: read a file, a clock or the environment.

mod campaign;
mod project;

pub use campaign::{
    Allow, Campaign, CampaignState, Category, CronDelivery, DatacodingChoice, Delivery, IfPassed, LocalWindow,
    OnInvalid, Rule, Source, Transliterate, VarValue, WindowDelivery, WrittenTime, ZoneChoice, ZoneMap,
};
pub use project::{
    DaySet, Guards, MoneyLimits, Price, PriceScope, Project, ProviderConfig, ProviderKind, QuietHours, Secret,
    SinchRegion, TimeRange,
};
