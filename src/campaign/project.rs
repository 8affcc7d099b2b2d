//! `campanile.yaml`, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;

use super::connection::SourceConnection;
use super::contact::{ContactLimit, OnPressure};
use super::notify::Notify;
use super::number_list::NumberList;
use super::secret::Secret;
use super::variants::Holdout;
use crate::model::{Api, Country, Currency, Money, Namespace, NumberKind, Place, ProviderName, ZoneName};

/// The project's settings; every key of `docs/contract.md` with its default filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Marks this project's batches.
    pub namespace: Namespace,
    /// The provider of campaigns that name none; the only one when there is one.
    pub default_provider: Option<ProviderName>,
    /// Zone of campaigns that name none.
    pub timezone: Option<ZoneName>,
    /// Its place in the file.
    pub timezone_place: Option<Place>,
    /// Lets national numbers be read.
    pub default_country: Option<Country>,
    /// Cron occurrences opening later wait.
    pub horizon: Duration,
    /// No changes to a batch that opens sooner.
    pub freeze_before: Duration,
    /// Nothing opens sooner than this after its creation.
    pub settle: Duration,
    /// Nearer occurrences may be duplicates.
    pub min_gap: Duration,
    /// Cancels and repairs only.
    pub paused: bool,
    /// All must be readable, else nothing is created.
    pub providers: BTreeMap<ProviderName, ProviderConfig>,
    /// Per-segment prices.
    pub prices: Vec<Price>,
    /// Whom no campaign texts.
    pub suppressions: Vec<NumberList>,
    /// The list of the people to whom `campanile test` sends.
    pub testers: Option<NumberList>,
    /// Folders outside the project that CSV paths may be in.
    pub allow_paths: Vec<PathBuf>,
    /// What is known about senders, by sender.
    pub senders: BTreeMap<String, SenderFacts>,
    /// When a number is given up.
    pub undeliverable: Option<Undeliverable>,
    /// Who gets no marketing text at all.
    pub holdout: Option<Holdout>,
    /// Databases and web servers that hold audiences.
    pub sources: BTreeMap<String, SourceConnection>,
    /// Limits that stop a plan.
    pub guards: Guards,
    /// Hooks that get the outcome of an apply.
    pub notify: Vec<Notify>,
}

/// What is known about a sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SenderFacts {
    /// Where it is registered.
    pub registered: BTreeSet<Country>,
    /// Whether texts to it come in at the provider; `None` where nobody says.
    pub receives: Option<bool>,
}

/// When a number is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeliverable {
    /// After so many hard failures in a row.
    pub after: u32,
    /// Where it is written down, relative to the project root.
    pub file: PathBuf,
}

/// Where an account's opt-outs are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptOuts {
    /// The provider's own list (iP.1).
    Blacklist,
    /// Incoming texts (Sinch), written down in a file of the project if there is one.
    Incoming {
        /// Relative to the project root.
        file: Option<PathBuf>,
    },
    /// A group that Sinch fills by keyword.
    Group {
        /// Of the group.
        id: String,
    },
    /// Not read.
    Off,
}

/// One provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderConfig {
    /// Which and where.
    pub kind: ProviderKind,
    /// Where its token comes from; `None` for the sandbox.
    pub token: Option<Secret>,
    /// Where that is written.
    pub token_place: Option<Place>,
    /// Where its service plan is written, or the variable that holds it.
    pub service_plan_place: Option<Place>,
    /// At most this many people in a batch.
    pub max_recipients_per_batch: u32,
    /// Requests are spaced to this rate.
    pub requests_per_second: u32,
    /// So many operations may be under way at once.
    pub requests_in_flight: u32,
    /// What the contract states that the provider sends; a window too short for its texts is then warned about.
    pub segments_per_second: Option<u32>,
    /// How long a new batch may be missing from the list.
    pub list_lag: Duration,
    /// How long an unknown outcome holds its occurrence.
    pub unknown_hold: Duration,
    /// Where its opt-outs are found.
    pub opt_outs: OptOuts,
    /// Whether the file says so: then nothing is created while they cannot be read.
    pub opt_outs_declared: bool,
}

/// Which provider, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKind {
    /// The embedded emulator.
    Sandbox {
        /// Whose API it speaks.
        emulates: Api,
    },
    /// iP.1 at its base URL, without a trailing slash.
    Ip1 {
        /// `https://`, or `http://` to loopback.
        base_url: String,
    },
    /// Sinch, by region or base URL.
    Sinch {
        /// Without a trailing slash and without `/xms/v1`.
        base_url: String,
        /// In the path of every request.
        service_plan_id: Secret,
    },
}

impl ProviderConfig {
    /// Which API it speaks.
    pub fn api(&self) -> Api {
        match &self.kind {
            ProviderKind::Sandbox { emulates } => *emulates,
            ProviderKind::Ip1 { .. } => Api::Ip1,
            ProviderKind::Sinch { .. } => Api::Sinch,
        }
    }

    /// Whether it is the embedded emulator.
    pub fn is_sandbox(&self) -> bool {
        matches!(self.kind, ProviderKind::Sandbox { .. })
    }
}

/// Regions of Sinch; the account lives in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinchRegion {
    /// United States.
    Us,
    /// The European Union (Sinch).
    Eu,
    /// Australia (Sinch).
    Au,
    /// Brazil (Sinch).
    Br,
    /// Canada (Sinch).
    Ca,
}

impl SinchRegion {
    /// Base URL of the region.
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Us => "https://us.sms.api.sinch.com",
            Self::Eu => "https://eu.sms.api.sinch.com",
            Self::Au => "https://au.sms.api.sinch.com",
            Self::Br => "https://br.sms.api.sinch.com",
            Self::Ca => "https://ca.sms.api.sinch.com",
        }
    }
}

/// A price per segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// At which provider.
    pub provider: ProviderName,
    /// In which currency.
    pub currency: Currency,
    /// For which numbers.
    pub scope: PriceScope,
    /// Of one segment.
    pub per_segment: Decimal,
    /// When it was looked up (`2026-11-01`).
    pub as_of: Option<String>,
}

/// Which numbers a price is for: prefix beats country, the longest prefix wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceScope {
    /// Numbers of a country.
    Country(Country),
    /// Numbers that begin with these digits.
    Prefix(String),
    /// All others of the provider.
    Everywhere,
}

/// Limits; `None` is no limit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Guards {
    /// People per occurrence.
    pub max_recipients: Option<u64>,
    /// Segments of any one message.
    pub max_segments_per_message: Option<u32>,
    /// Money; a currency without a limit trips as soon as any limit of that kind is set.
    pub max_cost: MoneyLimits,
    /// People planned after, in percent of before.
    pub max_growth_percent: Option<u32>,
    /// People of a campaign planned after, in percent fewer than before; default 50.
    pub max_shrink_percent: Option<u32>,
    /// Net loss of planned occurrences, in percent; default 50.
    pub max_cancel_percent: Option<u32>,
    /// Net loss of planned occurrences.
    pub max_cancel: Option<u32>,
    /// Marketing texts that one person may get; none: more than usual is noted.
    pub max_per_person: Vec<ContactLimit>,
    /// What becomes of those who would get more.
    pub on_pressure: OnPressure,
    /// Kinds of numbers that are texted; `None`: all.
    pub number_types: Option<BTreeSet<NumberKind>>,
    /// Every marketing text must match (a valid regular expression).
    pub opt_out_pattern: Option<String>,
    /// Overrides of the built-in quiet hours.
    pub quiet_hours: QuietHours,
    /// Dates (`2026-12-24`) per country on which marketing is blocked.
    pub holidays: BTreeMap<Country, BTreeSet<String>>,
}

impl Guards {
    /// Whether people who would get more than a limit allows are left out.
    pub fn leaves_out(&self) -> bool {
        self.on_pressure == OnPressure::Skip && !self.max_per_person.is_empty()
    }
}

/// Money limits, at most one per currency and kind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MoneyLimits {
    /// What one run may create.
    pub run: Vec<Money>,
    /// What one occurrence may cost.
    pub occurrence: Vec<Money>,
    /// What may be planned in total, new and kept.
    pub planned: Vec<Money>,
}

/// Project overrides of quiet hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuietHours {
    /// For all countries.
    pub allowed: Option<TimeRange>,
    /// For all countries.
    pub days: Option<DaySet>,
    /// Per country, before the general ones.
    pub countries: BTreeMap<Country, (Option<TimeRange>, Option<DaySet>)>,
}

/// `09:00-20:00` in minutes since midnight, end exclusive; `end` may be 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// First minute allowed.
    pub start: u16,
    /// First minute no longer allowed.
    pub end: u16,
}

/// Days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySet(pub [bool; 7]);
