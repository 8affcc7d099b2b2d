//! A campaign file as typed: the mirror that serde fills and the JSON Schema describes. What it means is in `campaign`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::expect_file::ExpectFile;
use super::forms_file::{TextFile, VarFile, ZonesFile};
use super::on_invalid_file::OnInvalidFile;
use super::origin_file::{FreshnessFile, ParamsFile, RowFormatFile};
use super::suppression_file::SuppressionFile;
use super::{schema, schema_rules};

/// One SMS campaign: a file under `campaigns/`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["sender", "recipients", "delivery"]), transform = schema_rules::campaign)]
pub(super) struct CampaignFile {
    /// The campaign's identity: a-z, 0-9 and inner `-`, at most 16 characters. Default: the file's name without its
    /// ending.
    #[schemars(schema_with = "schema::reference", example = &"black-friday")]
    pub reference: At<String>,
    /// A name under `providers` in campanile.yaml. Default: `default_provider`.
    pub provider: At<String>,
    /// `canceled` is a tombstone: cancels what is planned and creates nothing.
    #[schemars(extend("default" = "active"))]
    pub state: At<StateFile>,
    /// One-offs only: raise it to send again, next year or after a stop.
    #[schemars(range(min = 1, max = 999_999), extend("default" = 1))]
    pub revision: At<u32>,
    /// `service` texts are exempt from quiet hours and the opt-out text.
    #[schemars(extend("default" = "marketing"))]
    pub category: At<CategoryFile>,
    /// Where somebody would get too many marketing texts, the campaign of a higher rank comes first.
    #[schemars(range(min = -1000, max = 1000), extend("default" = 0))]
    pub rank: At<i32>,
    /// At most so many messages in each such time: parts open one step after the other, inside the declared windows.
    pub pace: At<PaceFile>,
    /// Whom recipients see: 3-11 letters and digits with a letter among them, or a number of up to 15 digits.
    #[schemars(schema_with = "schema::sender", example = &"ACME")]
    pub sender: At<String>,
    /// The text, a Tera template: `Hi {{ first_name }}!`; or one for each language: `{ sv: ..., en: ... }`. Either this
    /// or `body_file`.
    #[schemars(schema_with = "schema::text")]
    pub body: At<TextFile>,
    /// File that holds the text, relative to this file; or one for each language.
    #[schemars(schema_with = "schema::text_file")]
    pub body_file: At<TextFile>,
    /// Texts that people are split among, instead of `body`.
    #[schemars(extend("minItems" = 2))]
    pub variants: At<Vec<At<VariantFile>>>,
    /// Who gets which of several languages.
    pub language: At<LanguageFile>,
    /// A line that every marketing text has: put at its end where the text does not hold it already. Or one for each
    /// language.
    #[schemars(schema_with = "schema::text", example = &"STOP: reply STOP")]
    pub opt_out_text: At<TextFile>,
    /// Where the recipients come from, in order; the first row for a number wins.
    #[schemars(extend("minItems" = 1))]
    pub recipients: At<Vec<At<SourceFile>>>,
    /// Lists of numbers that this campaign never texts; paths are relative to this file.
    pub suppressions: At<Vec<At<SuppressionFile>>>,
    /// Constants for the template.
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$"}))]
    pub vars: At<BTreeMap<String, At<VarFile>>>,
    /// What decides how `recipient.bucket` and variants split people. Default: the reference, so that two campaigns
    /// split independently.
    #[schemars(schema_with = "schema::salt", example = &"2026")]
    pub split_salt: At<String>,
    /// Labels for the provider's own reports (kept local at Sinch, which has none).
    #[schemars(schema_with = "schema::tags")]
    pub tags: At<Vec<At<String>>>,
    /// `flash` is shown at once and usually not stored by the phone.
    #[serde(rename = "type")]
    #[schemars(extend("default" = "sms"))]
    pub message_type: At<TypeFile>,
    /// `gsm`: a character outside GSM-7 is an error. `ucs`: UCS-2 is permitted. `auto`: the smallest that fits.
    #[schemars(extend("default" = "auto"))]
    pub datacoding: At<DatacodingFile>,
    /// Replaces characters that would force UCS-2: quotes and dashes, or accented Latin letters too.
    #[schemars(extend("default" = "off"))]
    pub transliterate: At<TransliterateFile>,
    /// 2 is faster and dearer; iP.1 only.
    #[schemars(range(min = 1, max = 2), extend("default" = 1))]
    pub priority: At<u8>,
    /// Where the provider posts delivery reports. `https://`, or `http://` to loopback.
    #[schemars(schema_with = "schema::url", example = &"https://example.com/dlr")]
    pub delivery_report_url: At<String>,
    /// Sinch only: which delivery reports are posted. Default: `per_recipient` with a URL, else `none`.
    pub delivery_report: At<ReportFile>,
    /// Sinch only: this campaign will report conversions with `campanile feedback`.
    #[schemars(extend("default" = false))]
    pub feedback: At<bool>,
    /// Rules that are overridden for this campaign, each with its reason.
    pub allow: At<Vec<At<AllowFile>>>,
    /// When the campaign sends: explicit windows, or a schedule.
    pub delivery: At<DeliveryFile>,
}

/// A source of recipients.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["csv"]}, {"required": ["parquet"]}, {"required": ["xlsx"]}, {"required": ["source"]}
]))]
#[schemars(rename = "Source", transform = schema_rules::origin)]
pub(super) struct SourceFile {
    /// CSV file with a header row, relative to this file; `.gz` and `.zst` are read too, `-` is standard input. A
    /// folder (`members/`) or a pattern (`members/*.csv`) is read as the parts of one list.
    #[schemars(schema_with = "schema::path", example = &"../recipients/vip.csv")]
    pub csv: At<String>,
    /// Parquet file, relative to this file; or a folder or a pattern of part files.
    #[schemars(schema_with = "schema::path", example = &"../exports/members/")]
    pub parquet: At<String>,
    /// Workbook (.xlsx or .ods), relative to this file.
    #[schemars(schema_with = "schema::workbook", example = &"../recipients/vip.xlsx")]
    pub xlsx: At<String>,
    /// With `xlsx`: the sheet. Default: the only visible one.
    #[schemars(schema_with = "schema::written")]
    pub sheet: At<String>,
    /// With `xlsx`: the row of the heads, from 1. Default: the first that is not empty.
    #[schemars(range(min = 1, max = 1000))]
    pub header_row: At<u32>,
    /// A name under `sources` in campanile.yaml.
    #[schemars(example = &"warehouse")]
    pub source: At<String>,
    /// With a database: file that holds one query in its own dialect, relative to this file.
    #[schemars(schema_with = "schema::path", example = &"../audiences/spring.sql")]
    pub sql: At<String>,
    /// With a database: a table or view, all of it.
    #[schemars(schema_with = "schema::table", example = &"marts.sms_spring")]
    pub table: At<String>,
    /// With a web server: the file, below its base URL.
    #[schemars(schema_with = "schema::path_below", example = &"members/latest.csv.gz")]
    pub path: At<String>,
    /// With a web server: what the file holds. Default: by its name.
    pub format: At<RowFormatFile>,
    /// With a database: values that the query reads with `current_setting('campanile.NAME')`.
    #[schemars(extend("propertyNames" = {"pattern": "^[a-z_][a-z0-9_]{0,39}$", "not": {"enum": ["as_of"]}}))]
    pub params: At<ParamsFile>,
    /// How new the newest row must be, else the campaign is held.
    pub freshness: At<FreshnessFile>,
    /// Column of numbers. Default: the one column with a usual name (`msisdn`, `phone`, `Mobile Phone Number`,
    /// `Mobilnummer`, ...).
    #[schemars(schema_with = "schema::written")]
    pub number: At<String>,
    /// Country of the list's national numbers. Default: `default_country`.
    #[schemars(schema_with = "schema::country", example = &"NO")]
    pub country: At<String>,
    /// Column with each row's own country: a code (ISO 3166-1), or its name in English or in its own languages.
    #[schemars(schema_with = "schema::written")]
    pub country_column: At<String>,
    /// How numbers without `+` are written.
    #[schemars(extend("default" = "auto"))]
    pub numbers: At<NumbersFile>,
    /// Tera expression; only rows for which it holds are recipients.
    #[serde(rename = "where")]
    #[schemars(schema_with = "schema::condition", example = &"consent == 'yes' and recipient.country == 'SE'")]
    pub condition: At<String>,
    /// The text for this source, instead of the campaign's; or one for each language.
    #[schemars(schema_with = "schema::text")]
    pub body: At<TextFile>,
    /// Constants for the template; they win over the campaign's.
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$"}))]
    pub vars: At<BTreeMap<String, At<VarFile>>>,
    /// Names for the template of columns whose heads are not names: `{ first_name: "First name" }`.
    #[schemars(schema_with = "schema::columns")]
    pub columns: At<BTreeMap<String, At<String>>>,
    /// Character set of the file. Default: UTF-8, or UTF-16 with a byte order mark.
    #[schemars(schema_with = "schema::encoding", example = &"windows-1252")]
    pub encoding: At<String>,
    /// The character between fields. Default: detected among comma, semicolon, tab and bar.
    #[schemars(schema_with = "schema::delimiter", example = &";")]
    pub delimiter: At<String>,
    /// Cells that say nothing: each cell with one of these words is read as empty.
    #[schemars(schema_with = "schema::all_written", example = &["NULL", "\\N"])]
    pub null_values: At<Vec<At<String>>>,
    /// What a row with a faulty number does: stop the plan, or be counted, listed and left out; for all faults, or by
    /// kind.
    #[schemars(extend("default" = "fail"))]
    pub on_invalid: At<OnInvalidFile>,
    /// What the list must be like, or the campaign is held.
    pub expect: At<ExpectFile>,
}

/// An override that goes through review with the file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["rule", "reason"]))]
#[schemars(rename = "Allow", transform = schema_rules::allow)]
pub(super) struct AllowFile {
    /// Which rule is overridden.
    #[schemars(schema_with = "schema::rule")]
    pub rule: At<String>,
    /// `resume` only: the provider's id of the stopped batch that may be sent after all.
    #[schemars(schema_with = "schema::written")]
    pub batch: At<String>,
    /// Last date on which the override holds (UTC); required for every rule that sends.
    #[schemars(extend("format" = "date"), example = &"2026-11-27")]
    pub until: At<String>,
    /// Why, for the reviewer.
    #[schemars(schema_with = "schema::written")]
    pub reason: At<String>,
}

/// When a campaign sends: `windows`, or `cron` with `open_for`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Delivery", transform = schema_rules::delivery)]
pub(super) struct DeliveryFile {
    /// IANA time zone of the local times, or `recipient` for each recipient's own. Default: the project's.
    #[schemars(schema_with = "schema::zone", example = &"Europe/Stockholm")]
    pub timezone: At<String>,
    /// With `timezone: recipient`: CSV column that holds IANA names.
    #[schemars(schema_with = "schema::written")]
    pub timezone_column: At<String>,
    /// With `timezone: recipient`: zones by country, or `auto` (by number prefix, where that is unambiguous).
    #[schemars(schema_with = "schema::zones")]
    pub zones: At<ZonesFile>,
    /// With `timezone: recipient`: the zone of recipients whose own is not known. Without it they are errors.
    #[schemars(schema_with = "schema::zone", example = &"UTC")]
    pub fallback: At<String>,
    /// With `timezone: recipient`: what happens where the window has passed already.
    #[schemars(extend("default" = "skip"))]
    pub if_passed: At<IfPassedFile>,
    /// Explicit windows: one send, in any of them.
    #[schemars(extend("minItems" = 1))]
    pub windows: At<Vec<At<WindowFile>>>,
    /// A schedule of 5 fields: minute, hour, day of month, month, day of week.
    #[schemars(schema_with = "schema::cron", example = &"0 10 * * Mon-Fri")]
    pub cron: At<String>,
    /// With `cron`: how long each window stays open.
    #[schemars(schema_with = "schema::positive_duration", example = &"2h")]
    pub open_for: At<String>,
    /// With `cron`: first date, inclusive.
    #[schemars(extend("format" = "date"), example = &"2026-12-01")]
    pub from: At<String>,
    /// With `cron`: last date, inclusive.
    #[schemars(extend("format" = "date"), example = &"2026-12-31")]
    pub until: At<String>,
}

/// A window in which the provider may send, in local time.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["opens", "closes"]))]
#[schemars(rename = "Window")]
pub(super) struct WindowFile {
    /// First moment. An offset (`+02:00`) decides a time that exists twice when clocks go back.
    #[schemars(schema_with = "schema::local_time", example = &"2026-11-27T09:00")]
    pub opens: At<String>,
    /// First moment after.
    #[schemars(schema_with = "schema::local_time", example = &"2026-11-27T20:00")]
    pub closes: At<String>,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident $style:literal { $($variant:ident),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = $style)]
        #[schemars(inline)]
        pub(super) enum $name { $($variant),* }
    };
}

choice!(StateFile "lowercase" { Active, Canceled });
choice!(CategoryFile "lowercase" { Marketing, Service });
choice!(TypeFile "lowercase" { Sms, Flash });
choice!(DatacodingFile "lowercase" { Auto, Gsm, Ucs });
choice!(TransliterateFile "lowercase" { Off, Punctuation, Latin });
choice!(ReportFile "snake_case" { None, Summary, Full, PerRecipient, PerRecipientFinal });
choice!(NumbersFile "lowercase" { Auto, National, International });
choice!(IfPassedFile "snake_case" { Skip, NextDay });

impl ReportFile {
    /// As on the wire.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Summary => "summary",
            Self::Full => "full",
            Self::PerRecipient => "per_recipient",
            Self::PerRecipientFinal => "per_recipient_final",
        }
    }
}

/// One of the texts that people are split among: with `body` or `body_file`, or with `send: false`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["name", "weight"]))]
#[schemars(rename = "Variant", transform = schema_rules::variant)]
pub(super) struct VariantFile {
    /// Letters, digits, `-` and `_`. Another name is another variant: its people are drawn anew.
    #[schemars(schema_with = "schema::variant_name", example = &"a")]
    pub name: At<String>,
    /// Its share of the people, in proportion to the other weights.
    #[schemars(range(min = 0, max = 10_000), example = &45)]
    pub weight: At<u32>,
    /// What its people get; or one text for each language.
    #[schemars(schema_with = "schema::text")]
    pub body: At<TextFile>,
    /// File that holds the text, relative to this file; or one for each language.
    #[schemars(schema_with = "schema::text_file")]
    pub body_file: At<TextFile>,
    /// `false`: its people get nothing, so that the others can be compared with them.
    #[schemars(extend("default" = true))]
    pub send: At<bool>,
}

/// Who gets which of several texts: the column, else the number's country, else the fallback.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "LanguageRule")]
pub(super) struct LanguageFile {
    /// Column of language tags like `sv` or `pt-BR`.
    #[schemars(schema_with = "schema::written")]
    pub column: At<String>,
    /// Language by the country of the number: `{ NO: nb }`.
    #[schemars(schema_with = "schema::languages")]
    pub by_country: At<BTreeMap<String, At<String>>>,
    /// Language of all others.
    #[schemars(schema_with = "schema::language", example = &"en")]
    pub fallback: At<String>,
}

/// How many messages go out in how much time.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Pace", extend("required" = ["messages", "per"]))]
pub(super) struct PaceFile {
    /// How many.
    #[schemars(range(min = 1, max = 100_000_000), example = &20_000)]
    pub messages: At<u64>,
    /// In how much time: from `1m` to `24h`.
    #[schemars(schema_with = "schema::pace_step", example = &"1h")]
    pub per: At<String>,
}
