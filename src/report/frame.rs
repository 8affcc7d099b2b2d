//! What a view shows besides the plan, handed in by the caller.

use std::collections::BTreeMap;

use super::campaign_view::{LanguageView, ListView, VariantView};
use crate::model::{CampaignRef, Country, Diagnostic, Estimate, Instant, OccurrenceKey, Reference, Window};

/// What a view shows besides the plan.
pub struct Frame<'a> {
    /// `campanile 0.1.0`.
    pub tool: &'a str,
    /// Version of the zone data.
    pub tzdb: &'a str,
    /// The machine's clock.
    pub created_at: Instant,
    /// When a saved plan ends.
    pub expires_at: Instant,
    /// Campaigns it is narrowed to.
    pub selected: &'a [CampaignRef],
    /// `--allow`, as given.
    pub allow: &'a [String],
    /// Made with `--at`.
    pub pretended: bool,
    /// Codes of the people whom suppressions and opt-outs left out, per campaign.
    pub left_out: BTreeMap<String, String>,
    /// A window in a campaign's local time, and the clock changes between now and then.
    pub spell: &'a dyn Fn(&CampaignRef, &Reference, Window) -> (Option<String>, Vec<String>),
    /// Facts per campaign and occurrence that the plan does not carry.
    pub details: &'a dyn Fn(&CampaignRef, OccurrenceKey) -> Details,
    /// Diagnostics of earlier stages.
    pub diagnostics: &'a [Diagnostic],
}

/// Facts of an occurrence for showing.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// As declared, per group, with its reference for spelling.
    pub windows: Vec<Window>,
    /// People by country.
    pub countries: BTreeMap<Option<Country>, u64>,
    /// Segments and price by country, when counted.
    pub country_costs: BTreeMap<Option<Country>, (u64, Estimate)>,
    /// Messages by encoding: GSM-7, UCS-2.
    pub encodings: (u64, u64),
    /// With recipients' own zones: people by the level their zone came from.
    pub zone_levels: BTreeMap<String, u64>,
    /// Who is held out of all marketing, where the project has a holdout.
    pub holdout: Option<u64>,
    /// Who falls to which variant.
    pub variants: Vec<VariantView>,
    /// Who gets which text, where there are several languages.
    pub languages: BTreeMap<String, LanguageView>,
    /// Its lists, each with its people and its templates.
    pub lists: Vec<ListView>,
}
