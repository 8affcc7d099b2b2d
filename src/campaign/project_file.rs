//! `campanile.yaml` as typed: the mirror that serde fills and the JSON Schema describes. What it means is in `project`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::notify::NotifyFile;
use super::origin_file::ConnectionFile;
use super::returns_file::{OptOutsFile, SenderFile, UndeliverableFile};
use super::suppression_file::SuppressionFile;
use super::{schema, schema_rules};

/// Settings of a Campanile project: `campanile.yaml` in the project's root.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["namespace", "providers"]))]
pub(super) struct ProjectFile {
    /// 1 to 4 of a-z and 0-9 that mark this project's batches at the provider. Never change it while something is
    /// planned.
    #[schemars(schema_with = "schema::namespace", example = &"acme")]
    pub namespace: At<String>,
    /// Name of the provider that campaigns use which name none. Not needed when there is only one.
    pub default_provider: At<String>,
    /// IANA time zone of campaigns that name none.
    #[schemars(schema_with = "schema::zone", extend("not" = {"enum": ["recipient"]}), example = &"Europe/Stockholm")]
    pub timezone: At<String>,
    /// Country (ISO 3166-1, two letters) whose national numbers like 070-123 45 67 are read. Without it they are
    /// errors.
    #[schemars(regex(pattern = r"^[A-Za-z]{2}$"), example = &"SE")]
    pub default_country: At<String>,
    /// How far ahead occurrences of a schedule are created; later ones wait for a later apply.
    #[schemars(schema_with = "schema::duration", extend("default" = "7d"))]
    pub horizon: At<String>,
    /// A batch that opens sooner than this is not changed any more.
    #[schemars(schema_with = "schema::duration", extend("default" = "10m"))]
    pub freeze_before: At<String>,
    /// Nothing opens sooner than this after its creation.
    #[schemars(schema_with = "schema::duration", extend("default" = "2m"))]
    pub settle: At<String>,
    /// Occurrences nearer to each other than this may be duplicates after an edit.
    #[schemars(schema_with = "schema::duration", extend("default" = "24h"))]
    pub min_gap: At<String>,
    /// `true`: nothing is created or replaced; cancels and repairs go on.
    #[schemars(extend("default" = false))]
    pub paused: At<bool>,
    /// Accounts by a name of your choice. Every one must be readable, else nothing is created.
    #[schemars(extend("minProperties" = 1, "propertyNames" = {"pattern": "^[a-z0-9_-]{1,32}$"}))]
    pub providers: At<BTreeMap<String, At<ProviderFile>>>,
    /// Databases and web servers that hold audiences, by a name of your choice.
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z0-9_-]{1,32}$"}))]
    pub sources: At<BTreeMap<String, At<ConnectionFile>>>,
    /// Prices per segment, for estimates. Segments without a price are counted as unpriced.
    pub prices: At<Vec<At<PriceFile>>>,
    /// Lists of numbers that are never texted by any campaign of the project.
    pub suppressions: At<Vec<At<SuppressionFile>>>,
    /// List of the people that `campanile test` texts.
    pub testers: At<SuppressionFile>,
    /// Folders outside the project that CSV paths may be in.
    #[schemars(schema_with = "schema::all_written")]
    pub allow_paths: At<Vec<At<String>>>,
    /// What is known about senders: where a name is registered, whether a number receives.
    #[schemars(extend(
        "propertyNames" = {"pattern": schema::SENDER},
        "allOf" = [{"patternProperties": {"[A-Za-z]": {"properties": {"receives": {"enum": [false]}}}}}]
    ))]
    pub senders: At<BTreeMap<String, At<SenderFile>>>,
    /// Numbers that fail again and again become suppressions.
    pub undeliverable: At<UndeliverableFile>,
    /// People who get no marketing text at all, to measure what texts do.
    pub holdout: At<HoldoutFile>,
    /// Limits that stop a plan until they are raised or explicitly allowed.
    pub guards: At<GuardsFile>,
    /// Hooks that get the outcome of an apply.
    pub notify: At<Vec<At<NotifyFile>>>,
}

/// A share of all people that gets no marketing text of any campaign.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["percent", "salt"]))]
#[schemars(rename = "Holdout")]
pub(super) struct HoldoutFile {
    /// How many of a hundred people.
    #[schemars(range(min = 1, max = 50), example = &5)]
    pub percent: At<u32>,
    /// What draws them: another salt is other people.
    #[schemars(schema_with = "schema::salt", example = &"2026")]
    pub salt: At<String>,
}

/// One account at a provider.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["kind"]))]
#[schemars(rename = "Provider", transform = schema_rules::provider)]
pub(super) struct ProviderFile {
    /// `sandbox`: the embedded emulator, no account, nothing is sent. `ip1`: the iP.1 SMS API v2. `sinch`: the Sinch
    /// Batches API.
    pub kind: At<KindFile>,
    /// Sandbox only: whose API it speaks.
    #[schemars(extend("default" = "ip1"))]
    pub emulates: At<ApiFile>,
    /// Where the API is. `https://`, or `http://` to loopback. Default: the provider's own.
    #[schemars(schema_with = "schema::base_url", example = &"https://api.ip1sms.com")]
    pub base_url: At<String>,
    /// Name of the environment variable that holds the token.
    #[schemars(schema_with = "schema::variable", example = &"IP1_API_KEY")]
    pub token_env: At<String>,
    /// File that holds the token, relative to the project root; keep it out of git.
    #[schemars(schema_with = "schema::path")]
    pub token_file: At<String>,
    /// Sinch only: where the account lives. Required unless `base_url` is given.
    pub region: At<RegionFile>,
    /// Sinch only: the service plan's id.
    #[schemars(schema_with = "schema::service_plan_id")]
    pub service_plan_id: At<String>,
    /// Sinch only: name of the environment variable that holds the service plan's id.
    #[schemars(schema_with = "schema::variable")]
    pub service_plan_id_env: At<String>,
    /// At most this many people in a batch; larger audiences are split (Sinch: at most 1000).
    #[schemars(range(min = 1, max = 100_000), extend("default" = 1000))]
    pub max_recipients_per_batch: At<u32>,
    /// Requests are spaced to this rate.
    #[schemars(range(min = 1, max = 1000), extend("default" = 5))]
    pub requests_per_second: At<u32>,
    /// So many operations may be under way at once, of those that depend on nothing of each other and share no person; 1: each
    /// waits for the one before (sandbox: `1`).
    #[schemars(range(min = 1, max = 8), extend("default" = 8))]
    pub requests_in_flight: At<u32>,
    /// What your contract states that the provider sends, in segments a second: a window too short for its texts is
    /// then warned about.
    #[schemars(range(min = 1, max = 100_000))]
    pub segments_per_second: At<u32>,
    /// How long a new batch may be missing from the provider's list (sandbox: `0s`).
    #[schemars(schema_with = "schema::duration", extend("default" = "30s"))]
    pub list_lag: At<String>,
    /// How long an unknown outcome holds its occurrence.
    #[schemars(schema_with = "schema::duration", extend("default" = "15m"))]
    pub unknown_hold: At<String>,
    /// Where opt-outs are found. iP.1: `provider` (its blacklist, the default) or `off`. Sinch: `{ file: ... }`
    /// (incoming texts, written down there), `{ group_id: ... }` (a group that fills itself by keyword) or `off`.
    pub opt_outs: At<OptOutsFile>,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum KindFile {
    Sandbox,
    Ip1,
    Sinch,
}

/// Whose API the sandbox speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum ApiFile {
    Ip1,
    Sinch,
}

/// Regions of Sinch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum RegionFile {
    Us,
    Eu,
    Au,
    Br,
    Ca,
}

/// A price per segment: of a country, of a number prefix, or of everything else at the provider.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["provider", "currency", "per_segment"], "not" = {"required": ["country", "prefix"]}))]
#[schemars(rename = "Price")]
pub(super) struct PriceFile {
    /// A name under `providers`.
    pub provider: At<String>,
    /// ISO 4217 code.
    #[schemars(regex(pattern = r"^[A-Za-z]{3}$"), example = &"SEK")]
    pub currency: At<String>,
    /// For numbers of this country (two letters).
    #[schemars(regex(pattern = r"^[A-Za-z]{2}$"), example = &"SE")]
    pub country: At<String>,
    /// For numbers that begin with these digits; beats `country`, and the longest prefix wins.
    #[schemars(schema_with = "schema::digits", example = &"1684")]
    pub prefix: At<String>,
    /// Price of one segment as a decimal.
    #[schemars(schema_with = "schema::decimal", example = &"0.349")]
    pub per_segment: At<String>,
    /// The date on which the price was looked up.
    #[schemars(extend("format" = "date"), example = &"2026-11-01")]
    pub as_of: At<String>,
}

/// Limits that stop a plan until they are raised or explicitly allowed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Guards")]
pub(super) struct GuardsFile {
    /// People per occurrence.
    #[schemars(range(min = 1))]
    pub max_recipients: At<u64>,
    /// Segments of any one message.
    #[schemars(range(min = 1, max = 255))]
    pub max_segments_per_message: At<u32>,
    /// Money, per run, per occurrence, and planned in total.
    pub max_cost: At<MaxCostFile>,
    /// People planned after this run, in percent of before.
    #[schemars(range(min = 100))]
    pub max_growth_percent: At<u32>,
    /// People of a campaign planned after, in percent fewer than before; applies above 20 people.
    #[schemars(range(min = 0, max = 100), extend("default" = 50))]
    pub max_shrink_percent: At<u32>,
    /// Net loss of planned occurrences in percent; applies above 3 of them.
    #[schemars(range(min = 0, max = 100), extend("default" = 50))]
    pub max_cancel_percent: At<u32>,
    /// Net loss of planned occurrences.
    pub max_cancel: At<u32>,
    /// Marketing texts that one person may get, over all campaigns of the project.
    pub max_per_person: At<Vec<At<ContactLimitFile>>>,
    /// Where somebody would get more: `hold` holds the later occurrence, `skip` leaves those people out of it.
    #[schemars(extend("default" = "hold"))]
    pub on_pressure: At<OnPressureFile>,
    /// Kinds of numbers that are texted. A number that certainly is of another kind holds the campaign, or is left out
    /// with `on_invalid: { wrong_type: skip }`. Default: all, with warnings.
    #[schemars(extend("minItems" = 1), example = &["mobile"])]
    pub number_types: At<Vec<At<NumberTypeFile>>>,
    /// Regular expression that every marketing text must match.
    #[schemars(schema_with = "schema::written", example = &"(?i)stop")]
    pub opt_out_pattern: At<String>,
    /// When marketing may be sent, instead of the built-in hours.
    pub quiet_hours: At<QuietHoursFile>,
    /// Dates per country on which no marketing is sent.
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z]{2}$"}))]
    pub holidays: At<BTreeMap<String, At<Vec<At<DateFile>>>>>,
}

/// At most so many marketing texts to one person within a period.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["messages", "within"]))]
#[schemars(rename = "ContactLimit")]
pub(super) struct ContactLimitFile {
    /// How many.
    #[schemars(range(min = 1, max = 1000), example = &1)]
    pub messages: At<u32>,
    /// `24h` is time on the clock, `30d` are calendar days.
    #[schemars(schema_with = "schema::positive_duration", example = &"24h")]
    pub within: At<String>,
}

/// What becomes of texts that are too many for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum OnPressureFile {
    Hold,
    Skip,
}

/// What a number is given to, as its numbering plan says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum NumberTypeFile {
    Mobile,
    Fixed,
    Premium,
    TollFree,
    SharedCost,
    Voip,
    Personal,
    Pager,
    Company,
    Voicemail,
}

/// Limits of money, each a list of amounts like `5000 SEK`, one per currency.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "MaxCost")]
pub(super) struct MaxCostFile {
    /// What one run may create.
    pub run: At<Vec<At<AmountFile>>>,
    /// What one occurrence may cost.
    pub occurrence: At<Vec<At<AmountFile>>>,
    /// What may be planned in total, new and kept.
    pub planned: At<Vec<At<AmountFile>>>,
}

/// When marketing may be sent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "QuietHours")]
pub(super) struct QuietHoursFile {
    /// Hours in which marketing may be sent, on the recipient's clock.
    #[schemars(schema_with = "schema::hours", example = &"09:00-20:00")]
    pub allowed: At<String>,
    /// Days on which marketing may be sent.
    #[schemars(schema_with = "schema::days", example = &"mon-sat")]
    pub days: At<String>,
    /// The same per country, before the general ones.
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z]{2}$"}))]
    pub countries: At<BTreeMap<String, At<CountryHoursFile>>>,
}

/// When marketing may be sent in one country.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "CountryHours")]
pub(super) struct CountryHoursFile {
    /// Hours in which marketing may be sent, on the recipient's clock.
    #[schemars(schema_with = "schema::hours", example = &"09:00-20:00")]
    pub allowed: At<String>,
    /// Days on which marketing may be sent.
    #[schemars(schema_with = "schema::days", example = &"mon-sat")]
    pub days: At<String>,
}

/// `2026-12-24`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("format" = "date"))]
pub(super) struct DateFile(pub String);

/// `5000 SEK`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("pattern" = r"^[0-9]+(\.[0-9]+)? +[A-Za-z]{3}$", "examples" = ["5000 SEK"]))]
pub(super) struct AmountFile(pub String);
