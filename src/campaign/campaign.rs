//! A campaign file, as it is meant.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::origin::{Freshness, Origin};
use super::project::NumberList;
use super::texts::LanguageRule;
use super::variants::Variant;
use crate::model::{
    CampaignRef, Country, InvalidRow, Language, LocalTime, MessageType, Pace, Place, ProviderName, Revision, Sender,
    SplitSalt, Text, ZoneName,
};

/// One campaign; every key of `docs/contract.md` with its default filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// The file, relative to the project root.
    pub file: PathBuf,
    /// Its identity.
    pub reference: CampaignRef,
    /// Known to exist in the project.
    pub provider: ProviderName,
    /// Active, or a tombstone.
    pub state: CampaignState,
    /// One-offs only; from 1.
    pub revision: Revision,
    /// What rules apply.
    pub category: Category,
    /// Where a person would get too many marketing texts, the campaign of a higher rank comes first.
    pub rank: i32,
    /// How many messages go out in how much time; `None`: all of them may at once.
    pub pace: Option<Pace>,
    /// Whom recipients see.
    pub sender: Sender,
    /// The template, without its trailing newline; of several the one for whom nothing else is known.
    pub body: Text,
    /// The texts by language, where there are several.
    pub translations: BTreeMap<Language, Text>,
    /// Who gets which of them.
    pub language: Option<LanguageRule>,
    /// Texts that people are split among; empty: everybody gets `body`.
    pub variants: Vec<Variant>,
    /// In order; the first row for a number wins.
    pub sources: Vec<Source>,
    /// This campaign's own suppression lists.
    pub suppressions: Vec<NumberList>,
    /// Constants for the template.
    pub vars: BTreeMap<String, VarValue>,
    /// Splits people as another campaign with the same salt does; `None`: the reference.
    pub split_salt: Option<String>,
    /// Labels (Sinch has none: kept local).
    pub tags: Vec<String>,
    /// `sms` or `flash`.
    pub message_type: MessageType,
    /// Which character set.
    pub datacoding: DatacodingChoice,
    /// Whether characters outside GSM-7 are replaced.
    pub transliterate: Transliterate,
    /// 1 or 2 (2 on iP.1 only).
    pub priority: u8,
    /// Where delivery reports go.
    pub delivery_report_url: Option<String>,
    /// Sinch only: as on the wire (`none summary full per_recipient per_recipient_final`).
    pub delivery_report: Option<String>,
    /// Sinch only.
    pub feedback: bool,
    /// Overrides that went through review.
    pub allow: Vec<Allow>,
    /// When it is sent.
    pub delivery: Delivery,
    /// Where single keys stand (`sender`, `delivery.windows[0].opens`, ...), for diagnostics of later stages.
    pub places: BTreeMap<String, Place>,
}

impl Campaign {
    /// What keeps its split of people apart from another campaign's.
    pub fn salt(&self) -> SplitSalt {
        SplitSalt::new(self.split_salt.as_deref().unwrap_or(self.reference.as_str()))
    }
}

/// Whether a campaign sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignState {
    /// It does.
    Active,
    /// What is planned is canceled, nothing is created.
    Canceled,
}

/// What rules apply to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Quiet hours and opt-out text apply.
    Marketing,
    /// They do not.
    Service,
}

/// Which character set is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatacodingChoice {
    /// `gsm` when all texts of a batch fit, else `ucs`.
    Auto,
    /// A character outside is an error.
    Gsm,
    /// UCS-2 permitted.
    Ucs,
}

/// Which characters outside GSM-7 are replaced before counting and sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transliterate {
    /// No character is replaced.
    Off,
    /// Quotes, dashes, spaces and the like.
    Punctuation,
    /// And accented Latin letters.
    Latin,
}

/// A constant for templates. Fractions are refused at `validate` ("quote it"): their spelling would be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VarValue {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}

/// One source of recipients.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Where its rows lie.
    pub origin: Origin,
    /// Where the source begins in the campaign file.
    pub place: Place,
    /// Column of numbers; `None`: the first of the usual names.
    pub number: Option<String>,
    /// Whose national numbers the list has; `None`: the project's `default_country`.
    pub country: Option<Country>,
    /// Column with each row's own country.
    pub country_column: Option<String>,
    /// How numbers without `+` are written.
    pub form: NumberForm,
    /// Tera expression; only rows for which it holds are recipients.
    pub condition: Option<Text>,
    /// Instead of the campaign's body.
    pub body: Option<Text>,
    /// Its texts by language, where there are several.
    pub translations: BTreeMap<Language, Text>,
    /// Win over the campaign's.
    pub vars: BTreeMap<String, VarValue>,
    /// Template name to column head.
    pub columns: BTreeMap<String, String>,
    /// As declared (a WHATWG label); `None`: UTF-8, or UTF-16 with a BOM.
    pub encoding: Option<String>,
    /// As declared; `None`: detected.
    pub delimiter: Option<u8>,
    /// Words for nothing: cells that are read as empty.
    pub null_values: Vec<String>,
    /// What a row with a faulty number does.
    pub on_invalid: OnInvalid,
    /// How many rows there must be.
    pub expected_rows: Option<RowRange>,
    /// How new the newest row must be.
    pub freshness: Option<Freshness>,
}

/// `900..`, `..2000` or `900..2000`, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    /// At least; `None` is no limit.
    pub least: Option<u64>,
    /// At most; `None` is no limit.
    pub most: Option<u64>,
}

impl RowRange {
    /// Reads `900..`, `..2000` or `900..2000`.
    pub fn parse(text: &str) -> Option<Self> {
        let (least, most) = text.split_once("..")?;
        let end = |text: &str| match text.trim() {
            "" => Some(None),
            digits => digits.parse().ok().map(Some),
        };
        let range = Self {
            least: end(least)?,
            most: end(most)?,
        };
        let is_empty = range.least.zip(range.most).is_some_and(|(least, most)| least > most);
        (!is_empty && (range.least.is_some() || range.most.is_some())).then_some(range)
    }

    /// Whether so many rows are as expected.
    pub fn contains(&self, rows: u64) -> bool {
        self.least.is_none_or(|least| rows >= least) && self.most.is_none_or(|most| rows <= most)
    }
}

impl std::fmt::Display for RowRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: Option<u64>| end.map_or_else(String::new, |rows| rows.to_string());
        write!(f, "{}..{}", end(self.least), end(self.most))
    }
}

/// How the numbers of a list are written, where no `+` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberForm {
    /// Each as it can be read; where both ways exist, as the rows that can be read in one way alone.
    #[default]
    Auto,
    /// Without country code.
    National,
    /// With country code.
    International,
}

/// What a faulty row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFault {
    /// It is an error.
    #[default]
    Fail,
    /// It is counted and listed, and left out.
    Skip,
}

/// What a row does by what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnInvalid {
    /// It has no number.
    pub empty: OnFault,
    /// Its number cannot be read.
    pub unreadable: OnFault,
    /// Its number is of a kind that `guards.number_types` does not name.
    pub wrong_type: OnFault,
}

impl OnInvalid {
    /// Every fault is an error.
    pub const FAIL: Self = Self::every(OnFault::Fail);
    /// Every faulty row is left out.
    pub const SKIP: Self = Self::every(OnFault::Skip);

    const fn every(fault: OnFault) -> Self {
        Self {
            empty: fault,
            unreadable: fault,
            wrong_type: fault,
        }
    }

    /// Whether such a row is left out.
    pub fn skips(self, what: InvalidRow) -> bool {
        let fault = match what {
            InvalidRow::Empty => self.empty,
            InvalidRow::Unreadable => self.unreadable,
            InvalidRow::WrongType => self.wrong_type,
        };
        fault == OnFault::Skip
    }
}

/// An override in a campaign file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// Which rule.
    pub rule: Rule,
    /// Last date on which it holds (`2026-11-27`, in UTC to the end of that day).
    pub until: Option<String>,
    /// `resume` only: the provider's name of the stopped batch that may be sent after all.
    pub batch: Option<String>,
    /// Why, for the reviewer.
    pub reason: String,
    /// Where it stands.
    pub place: Place,
}

/// Rules that `--allow RULE=REF` and `allow:` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Row 2.
    StartsNow,
    /// Row 4.
    TooLate,
    /// Row 7.
    Resume,
    /// Row 6.
    Begun,
    /// Creates what looks like a batch under another name (`looks_renamed`).
    Renamed,
    /// Creates what may be a second batch of the same content (`possible_duplicate`).
    Duplicate,
    /// People per occurrence.
    Recipients,
    /// Segments per message.
    Segments,
    /// The limit on cost.
    Cost,
    /// Segments without a price.
    Unpriced,
    /// People planned after and before.
    Growth,
    /// People of a campaign planned before and after.
    Shrink,
    /// People whom a suppression list no longer holds.
    SuppressionShrink,
    /// Share or count of cancels.
    MassCancel,
    /// No campaign file at all.
    EmptyProject,
    /// Quiet hours, blocked days, holidays.
    QuietHours,
    /// `first_contact`: the namespace is this project's.
    Adopt,
    /// `other_account`: the batch there is gone.
    Moved,
    /// Opt-outs that cannot be read.
    OptOuts,
    /// Marketing texts that one person gets.
    Pressure,
    /// Numbers of other kinds than `guards.number_types` names.
    NumberTypes,
}

impl Rule {
    /// All, in the order of `docs/contract.md`.
    pub const ALL: [Self; 21] = [
        Self::StartsNow,
        Self::TooLate,
        Self::Resume,
        Self::Begun,
        Self::Renamed,
        Self::Duplicate,
        Self::Recipients,
        Self::Segments,
        Self::Cost,
        Self::Unpriced,
        Self::Growth,
        Self::Shrink,
        Self::SuppressionShrink,
        Self::MassCancel,
        Self::EmptyProject,
        Self::QuietHours,
        Self::Adopt,
        Self::Moved,
        Self::OptOuts,
        Self::Pressure,
        Self::NumberTypes,
    ];

    /// Whether lifting it can text somebody: then an `allow:` that stays in a file must end.
    pub fn sends(self) -> bool {
        match self {
            Self::MassCancel | Self::EmptyProject => false,
            Self::Adopt | Self::Moved | Self::OptOuts | Self::Pressure => true,
            Self::StartsNow
            | Self::TooLate
            | Self::Resume
            | Self::Begun
            | Self::Renamed
            | Self::Duplicate
            | Self::Recipients
            | Self::Segments
            | Self::Cost
            | Self::Unpriced
            | Self::Growth
            | Self::Shrink
            | Self::SuppressionShrink
            | Self::QuietHours
            | Self::NumberTypes => true,
        }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StartsNow => "starts-now",
            Self::TooLate => "too-late",
            Self::Resume => "resume",
            Self::Begun => "begun",
            Self::Renamed => "renamed",
            Self::Duplicate => "duplicate",
            Self::Recipients => "recipients",
            Self::Segments => "segments",
            Self::Cost => "cost",
            Self::Unpriced => "unpriced",
            Self::Growth => "growth",
            Self::Shrink => "shrink",
            Self::SuppressionShrink => "suppression-shrink",
            Self::MassCancel => "mass-cancel",
            Self::EmptyProject => "empty-project",
            Self::QuietHours => "quiet-hours",
            Self::Adopt => "adopt",
            Self::Moved => "moved",
            Self::OptOuts => "opt-outs",
            Self::Pressure => "pressure",
            Self::NumberTypes => "number-types",
        }
    }

    /// The inverse of [`Rule::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// When a campaign sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// Explicit windows: one send, in any of them.
    Windows(WindowDelivery),
    /// A schedule.
    Cron(CronDelivery),
}

impl Delivery {
    /// The zone setting of either form.
    pub fn zone(&self) -> &ZoneChoice {
        match self {
            Self::Windows(delivery) => &delivery.zone,
            Self::Cron(delivery) => &delivery.zone,
        }
    }
}

/// Explicit windows.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowDelivery {
    /// Whose wall clock.
    pub zone: ZoneChoice,
    /// At least one; exactly one with recipients' own zones.
    pub windows: Vec<LocalWindow>,
}

/// A window as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalWindow {
    /// First moment.
    pub opens: WrittenTime,
    /// First moment after.
    pub closes: WrittenTime,
}

/// A local time as written, with the offset that makes a doubled one unambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTime {
    /// Wall clock.
    pub local: LocalTime,
    /// Seconds east of UTC, if written.
    pub offset_seconds: Option<i32>,
    /// Where it stands.
    pub place: Place,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct CronDelivery {
    /// Whose wall clock.
    pub zone: ZoneChoice,
    /// Five fields, Unix meaning; parsed and judged in `schedule`.
    pub cron: Text,
    /// Length of each window.
    pub open_for: Duration,
    /// First date, inclusive (`2026-12-01`).
    pub from: Option<LocalTime>,
    /// Last date, inclusive; midnight at its beginning.
    pub until: Option<LocalTime>,
}

/// Whose wall clock local times are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneChoice {
    /// One zone for all; that it exists is checked in `schedule`.
    Named(ZoneName, Place),
    /// Each recipient's own.
    Recipient {
        /// CSV column with IANA names.
        column: Option<String>,
        /// By country or by number prefix.
        zones: ZoneMap,
        /// For all others; without it they are errors.
        fallback: Option<ZoneName>,
        /// What a window does that has passed for a recipient.
        if_passed: IfPassed,
        /// Where `timezone: recipient` stands.
        place: Place,
    },
}

/// Zones by country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneMap {
    /// Written out; empty when not given.
    Countries(BTreeMap<Country, ZoneName>),
    /// By number prefix, where that is unambiguous.
    Auto,
}

/// What a window does that has passed in a recipient's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfPassed {
    /// Those recipients are left out, and counted.
    Skip,
    /// They get it a day later.
    NextDay,
}
