//! Campaigns, lists and the clock to the batches that the files want: one function, [`desire`].
//!
//! In: a project's settings, its campaigns, opened lists, suppressed numbers, `now` and the horizon. Out: [`DesiredState`]:
//! every occurrence with its groups, their counts, digests and people; what the files say against texting; and for each
//! campaign the way to make a batch's payload again from its rows. Never: a file opened, a clock read, a provider asked, a
//! decision taken.

mod aggregate;
mod buckets;
mod consent;
mod desire;
#[expect(clippy::module_inception, reason = "the file of the type `Desired`")]
mod desired;
pub mod diagnostics;
mod elsewhere;
mod findings;
mod from_campaign;
mod group_content;
mod number_types;
mod occurrences;
mod payload;
mod prepare;
mod quiet_hours;
mod recall;
mod senders;
mod totals;
mod unread;
mod watched_list;
mod zone_cautions;

pub use aggregate::{
    Aggregate, AggregateJob, AggregateSettings, AggregatedGroup, Chosen, ListText, ListTexts, NoText, Occasion,
    OwnZones, Spoken, Unmade, aggregate_all,
};
pub use buckets::Buckets;
pub use desire::{DesiredState, desire, desire_what_is_readable};
pub use desired::{
    CronSchedule, Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, Presence, Settings, VariantSums,
};
pub use findings::{Finding, Suppressions};
pub use from_campaign::settings_of;
pub use group_content::{GroupContent, UcsCause, Without};
pub use occurrences::{Firing, Opening, When, ZoneRule, when};
pub use payload::{CampaignPayloads, PayloadError};
pub use prepare::Inputs;
pub use senders::{GENERAL_NAMES, NamesRule, SENDER_RULES, SenderRule, sender_rule};
pub use totals::Totals;
pub use unread::{NoLists, UnreadAudience};
pub use watched_list::{ListBaseline, WatchedList};
