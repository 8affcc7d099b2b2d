//! What the files want, ready to be compared. The number of parts is not decided here: an n already in use at the
//! provider is kept while it fits, so content is kept in 2^15 buckets from which any part can be summed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::buckets::Buckets;
use super::unread::UnreadAudience;
use super::without::Without;
use crate::campaign::{Allow, Category, DatacodingChoice};
use crate::model::{
    Api, AudienceDigest, CampaignRef, Country, Datacoding, Estimate, Fingerprint, Group, Header, Instant, InvalidRows,
    LocalTime, MessageType, NumberSet, OccurrenceKey, Pace, ProviderName, Sender, Windows,
};
use crate::profile::Profile;
use crate::schedule::{Cron, Zone};

/// All campaigns of the project, tombstones and unreadable ones included.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    /// In order of reference; the plan does not depend on it.
    pub campaigns: Vec<DesiredCampaign>,
    /// Those of them whose audience could not be read.
    pub unread: Vec<UnreadAudience>,
}

/// Whether a campaign's file stands and can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It does: its occurrences are all that is wanted.
    Active,
    /// `state: canceled`: cancel what is planned, create nothing.
    Tombstone,
    /// The file is there and faulty: nothing of it is created, and nothing canceled as removed.
    Unreadable,
}

/// One campaign.
#[derive(Debug, Clone)]
pub struct DesiredCampaign {
    /// Its identity.
    pub reference: CampaignRef,
    /// Its file, relative to the project root.
    pub file: PathBuf,
    /// Whether it wants anything.
    pub presence: Presence,
    /// Where it goes.
    pub provider: ProviderName,
    /// Through which API.
    pub api: Api,
    /// Whether that provider is the embedded emulator.
    pub sandbox: bool,
    /// Whether quiet hours and opt-out text apply.
    pub category: Category,
    /// Where a person would get too many marketing texts, a higher one comes first.
    pub rank: i32,
    /// How many messages go out in how much time; `None`: all of them may at once.
    pub pace: Option<Pace>,
    /// What all its messages share.
    pub settings: Settings,
    /// At most this many people in a batch.
    pub max_recipients_per_batch: u32,
    /// `None` for a one-off; else what decides whether a nominal time is in the current schedule.
    pub schedule: Option<Arc<CronSchedule>>,
    /// Overrides of the file that are in force (expired ones left out).
    pub allow: Vec<Allow>,
    /// Everything wanted, past and later ones included as far as they can matter (a one-off always; of a schedule every
    /// occurrence whose window still has time ahead, up to the horizon, and the first one beyond it).
    pub occurrences: Vec<DesiredOccurrence>,
    /// Every template of the campaign, for showing; never rendered.
    pub templates: Vec<String>,
    /// IANA name of its zone, or `recipient`: for showing.
    pub timezone: String,
    /// Counted once per campaign: rows left out by `where`.
    pub filtered: u64,
    /// Rows left out by suppression lists.
    pub suppressed: u64,
    /// Rows whose number an earlier row had.
    pub duplicates: u64,
    /// Rows left out by `on_invalid`.
    pub invalid: InvalidRows,
    /// The audience is empty because of suppressions alone: what is planned is canceled.
    pub emptied_by_suppression: bool,
}

/// A campaign's current schedule.
#[derive(Debug, Clone)]
pub struct CronSchedule {
    /// Which nominal times.
    pub cron: Cron,
    /// First date, inclusive.
    pub from: Option<LocalTime>,
    /// Last date, inclusive (midnight at its beginning).
    pub until: Option<LocalTime>,
    /// The campaign's zone; `None` when each recipient has their own.
    pub zone: Option<Zone>,
    /// Shortest time between two occurrences.
    pub smallest_interval: Duration,
}

/// What all messages of a campaign share on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whom recipients see.
    pub sender: Sender,
    /// `sms` or `flash`.
    pub message_type: MessageType,
    /// As asked for; what is sent is decided per batch.
    pub datacoding: DatacodingChoice,
    /// 1 or 2.
    pub priority: u8,
    /// Where delivery reports go.
    pub report_url: Option<String>,
    /// Settings of one API alone, in canonical text (part of the fingerprint); empty when all are default.
    pub extra: String,
    /// Labels; not part of the fingerprint.
    pub tags: Vec<String>,
}

impl Settings {
    /// The data coding that a batch with these texts is sent with.
    pub fn datacoding_of(&self, api: Api, totals: &Totals) -> Datacoding {
        match self.datacoding {
            _ if !Profile::of(api).codes_whole_batches => Datacoding::PerMessage,
            DatacodingChoice::Gsm => Datacoding::Gsm,
            DatacodingChoice::Auto if totals.messages_ucs2 == 0 => Datacoding::Gsm,
            DatacodingChoice::Auto | DatacodingChoice::Ucs => Datacoding::Ucs,
        }
    }

    /// The digest of a batch with these settings, texts and windows.
    pub fn fingerprint(&self, api: Api, totals: &Totals, windows: &Windows) -> Fingerprint {
        let header = Header {
            api,
            sender: &self.sender,
            message_type: self.message_type,
            datacoding: self.datacoding_of(api, totals),
            priority: self.priority,
            report_url: self.report_url.as_deref(),
            extra: &self.extra,
        };
        Fingerprint::of(&header, &totals.digest, windows)
    }
}

/// One firing.
#[derive(Debug, Clone)]
pub struct DesiredOccurrence {
    /// Revision or nominal local time.
    pub key: OccurrenceKey,
    /// `None` for a one-off.
    pub nominal: Option<LocalTime>,
    /// One, or one per UTC offset of the recipients.
    pub groups: Vec<DesiredGroup>,
}

/// Recipients of one occurrence who share windows.
#[derive(Debug, Clone)]
pub struct DesiredGroup {
    /// The group of recipients.
    pub group: Group,
    /// As declared and resolved, past ones included.
    pub windows: Windows,
    /// The first `opens` before `if_passed: next_day` moved it, when it did.
    pub opens_before_move: Option<Instant>,
    /// Who gets what; shared between occurrences whose texts are the same.
    pub content: Arc<GroupContent>,
}

/// Who gets what.
#[derive(Debug, Clone, Default)]
pub struct GroupContent {
    /// Counts and digests, from which any part is summed.
    pub buckets: Buckets,
    /// The people.
    pub numbers: Arc<NumberSet>,
    /// Messages by their number of segments.
    pub segments_per_message: BTreeMap<u32, u64>,
    /// What forces UCS-2, costliest first.
    pub ucs2_causes: Vec<UcsCause>,
    /// What replacing all of them would save, where that is more than each alone.
    pub ucs2_together: Option<(u64, Estimate)>,
    /// Counted people per country of their number.
    pub countries: BTreeMap<Option<Country>, u64>,
    /// Those of them with an area code of a state of the United States that has quiet hours of its own.
    pub us_states: BTreeMap<&'static str, u64>,
    /// Segments and their price per country.
    pub country_costs: BTreeMap<Option<Country>, (u64, Estimate)>,
    /// People of the lists who get other texts instead; none of them counts above.
    pub left_out: NumberSet,
    /// The same without further people.
    pub without: Without,
}

/// What a variant of a campaign comes to, on one occasion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariantSums {
    /// Who falls to it, whether it sends or not.
    pub people: u64,
    /// Of its messages.
    pub segments: u64,
    /// What they would cost.
    pub estimate: Estimate,
}

/// A character outside GSM-7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UcsCause {
    /// The character.
    pub character: char,
    /// In how many messages.
    pub messages: u64,
    /// How many segments fewer those messages would need if this character alone were replaced by `replacement`.
    pub extra_segments: u64,
    /// What could stand in its place.
    pub replacement: Option<String>,
    /// What that would save.
    pub saves: Estimate,
}

/// Sums over some messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// People, one message each.
    pub recipients: u64,
    /// Messages that fit GSM-7.
    pub messages_gsm7: u64,
    /// Messages that need UCS-2.
    pub messages_ucs2: u64,
    /// Billed units.
    pub segments: u64,
    /// Most segments of any one message.
    pub max_segments_per_message: u32,
    /// What they would cost.
    pub estimate: Estimate,
    /// Order-independent digest.
    pub digest: AudienceDigest,
}

impl Totals {
    /// Adds other messages' sums.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            recipients,
            messages_gsm7,
            messages_ucs2,
            segments,
            max_segments_per_message,
            estimate,
            digest,
        } = other;
        self.recipients += recipients;
        self.messages_gsm7 += messages_gsm7;
        self.messages_ucs2 += messages_ucs2;
        self.segments += segments;
        self.max_segments_per_message = self.max_segments_per_message.max(*max_segments_per_message);
        self.estimate.merge(estimate);
        self.digest.merge(*digest);
    }
}
