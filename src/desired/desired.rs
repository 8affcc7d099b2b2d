//! What the files want, ready to be compared. The number of parts is not decided here: an n already in use at the
//! provider is kept while it fits, so content is kept in buckets from which any part can be summed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::group_content::GroupContent;
use super::totals::Totals;
use super::unread::UnreadAudience;
use crate::campaign::{Allow, Category, DatacodingChoice};
use crate::model::{
    Api, CampaignRef, Datacoding, Diagnostic, Estimate, Fingerprint, Group, Header, Instant, InvalidRows, LocalTime,
    MessageType, OccurrenceKey, Pace, ProviderName, Sender, Windows,
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

impl Desired {
    /// Sums of parts that had to be counted anew and could not be: nothing can be decided.
    pub fn faults(&self) -> Vec<Diagnostic> {
        let occurrences = self.campaigns.iter().flat_map(|campaign| &campaign.occurrences);
        let groups = occurrences.flat_map(|occurrence| &occurrence.groups);
        let faults = groups.filter_map(|group| group.content.buckets.fault());
        let mut faults: Vec<Diagnostic> = faults.cloned().collect();
        faults.dedup();
        faults
    }
}

/// Whether a campaign's file exists and can be relied on.
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

/// The totals of a variant of a campaign, on one occasion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariantSums {
    /// Who falls to it, whether it sends or not.
    pub people: u64,
    /// Of its messages.
    pub segments: u64,
    /// What they would cost.
    pub estimate: Estimate,
}
