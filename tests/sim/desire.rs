//! A commit as the planner sees it: what its files want, its policy, and the texts and people of an operation. Stands in
//! for CSV files and templates alone; parts, digests and fingerprints are the real ones.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use campanile::apply::PayloadSource;
use campanile::campaign::{Category, ContactLimit, ContactPeriod, DatacodingChoice, OnPressure};
use campanile::desired::{
    Buckets, CronSchedule, Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, GroupContent, PayloadError,
    Presence, Settings, Suppressions, Totals, WatchedList, Without,
};
use campanile::model::{
    AccountId, Api, CampaignRef, Datacoding, Group, Instant, LocalTime, MessageType, Msisdn, Namespace, NumberSet,
    OccurrenceKey, Pace, Part, Payload, PayloadRecipients, ProviderName, Sender, Split, Window, Windows, ZoneName,
    row_digest,
};
use campanile::plan::{Operation, Policy, ProviderFacts};
use campanile::provider::NewBatch;
use campanile::schedule::{Cron, Zone};

use super::account::{DAY, MINUTE, Ms};
use super::repo::{Campaign, FREEZE, LAG, Label, PERIOD, Repo, State, UNKNOWN_HOLD, When};

/// What is known of each account.
#[derive(Debug, Clone)]
pub struct AccountFacts {
    pub name: ProviderName,
    pub api: Api,
    pub limit: u32,
    pub is_sandbox: bool,
}

/// Everything a run takes from its commit.
pub struct Wanted {
    pub desired: Desired,
    pub policy: Policy,
    /// What each occurrence is meant to be.
    pub labels: BTreeMap<(CampaignRef, OccurrenceKey), Label>,
}

pub fn instant(ms: Ms) -> Instant {
    Instant::from_unix_millis(ms)
}

pub fn windows_of(spans: &[(Ms, Ms)]) -> Windows {
    let windows = spans
        .iter()
        .map(|(o, c)| Window::new(instant(*o), instant(*c)).unwrap());
    Windows::new(windows.collect()).unwrap()
}

pub fn spans(windows: &[Window]) -> Vec<(Ms, Ms)> {
    windows
        .iter()
        .map(|w| (w.opens().unix_millis(), w.closes().unix_millis()))
        .collect()
}

pub fn body_of(campaign: &Campaign) -> String {
    format!("intent {} version {}", campaign.intent, campaign.body)
}

/// What one person gets: a variant's text, in a language.
pub fn text_for(campaign: &Campaign, number: Msisdn) -> String {
    let weights = [("a", 1), ("b", campaign.weight)];
    let variant = (campaign.weight > 0).then(|| Split::new("sim", weights).choose(number.into()));
    let language = (campaign.languages && number.as_u64() % 2 == 1).then_some("nb");
    let mut text = body_of(campaign);
    if let Some(variant) = variant.flatten() {
        text += [" variant a", " variant b"][variant];
    }
    if let Some(language) = language {
        text += " in ";
        text += language;
    }
    text
}

fn settings(campaign: &Campaign) -> Settings {
    Settings {
        sender: Sender::parse(&format!("SHOP{}", campaign.sender)).unwrap(),
        message_type: MessageType::Sms,
        datacoding: DatacodingChoice::Auto,
        priority: 1,
        report_url: None,
        extra: String::new(),
        tags: Vec::new(),
    }
}

/// One firing: its label, its name, and each group's windows.
pub struct Firing {
    pub label: Label,
    pub key: OccurrenceKey,
    pub nominal: Option<LocalTime>,
    pub groups: Vec<(Group, Vec<(Ms, Ms)>, Vec<u64>)>,
}

/// Every firing of a campaign that can matter at `now`.
pub fn firings(repo: &Repo, campaign: &Campaign, now: Ms) -> Vec<Firing> {
    match &campaign.when {
        When::Once { revision, windows } => vec![Firing {
            label: campaign.label_of_revision(*revision),
            key: OccurrenceKey::revision(*revision).unwrap(),
            nominal: None,
            groups: groups(repo, campaign, windows),
        }],
        When::Cron {
            minute, days, open_for, ..
        } => {
            let today = now.div_euclid(DAY);
            let mut found = Vec::new();
            for day in today - 2..today + 6 {
                let minutes = day * 1440 + minute;
                // 1970-01-01 was a Thursday.
                if !has_day(*days, (day + 4).rem_euclid(7)) {
                    continue;
                }
                let nominal = local(minutes);
                let windows = vec![(minutes * MINUTE, minutes * MINUTE + open_for)];
                let groups = groups(repo, campaign, &windows);
                let closes = groups.iter().map(|g| g.1[0].1).max().unwrap_or(windows[0].1);
                let opens = groups.iter().map(|g| g.1[0].0).min().unwrap_or(windows[0].0);
                if closes <= now {
                    continue;
                }
                found.push(Firing {
                    label: campaign.label_of_nominal(minutes),
                    key: OccurrenceKey::nominal(nominal).unwrap(),
                    nominal: Some(nominal),
                    groups,
                });
                if opens > now + repo.horizon {
                    break;
                }
            }
            found
        }
    }
}

/// Whether a schedule names a nominal time.
pub fn is_named(minute: i64, days: u8, nominal: LocalTime) -> bool {
    let time = nominal.naive().and_utc().timestamp() / 60;
    time.rem_euclid(1440) == minute && has_day(days, (time.div_euclid(1440) + 4).rem_euclid(7))
}

fn has_day(days: u8, weekday: i64) -> bool {
    match days {
        0 => true,
        1 => weekday % 2 == 0,
        _ => weekday % 2 == 1,
    }
}

fn local(minutes_since_epoch: i64) -> LocalTime {
    const MINUTES_TO_2020: i64 = 1_577_836_800 / 60;
    LocalTime::from_reference_minutes(u32::try_from(minutes_since_epoch - MINUTES_TO_2020).unwrap()).unwrap()
}

fn groups(repo: &Repo, campaign: &Campaign, windows: &[(Ms, Ms)]) -> Vec<(Group, Vec<(Ms, Ms)>, Vec<u64>)> {
    let audience = campaign.audience(repo);
    let windows = if repo.one_window[campaign.account] {
        &windows[..1]
    } else {
        windows
    };
    if !campaign.zones {
        let numbers = audience.into_iter().map(|(number, _)| number).collect();
        return vec![(Group::Single, windows.to_vec(), numbers)];
    }
    let offsets: BTreeSet<i8> = audience.iter().map(|(_, offset)| *offset).collect();
    offsets
        .into_iter()
        .map(|offset| {
            let shift = i64::from(offset) * 15 * MINUTE;
            // Recipients' own zones take one window.
            let (opens, closes) = windows[0];
            let numbers = audience.iter().filter(|(_, o)| *o == offset).map(|(number, _)| *number);
            (
                Group::Offset(offset),
                vec![(opens - shift, closes - shift)],
                numbers.collect(),
            )
        })
        .collect()
}

thread_local! {
    static SCHEDULES: RefCell<BTreeMap<String, (Cron, Duration)>> = const { RefCell::new(BTreeMap::new()) };
    static UTC: Zone = Zone::find(&ZoneName::parse("UTC").unwrap()).unwrap();
}

fn schedule(campaign: &Campaign) -> Option<Arc<CronSchedule>> {
    let When::Cron { minute, days, .. } = &campaign.when else {
        return None;
    };
    let days = ["*", "0,2,4,6", "1,3,5"][usize::from(*days)];
    let text = format!("{} {} * * {days}", minute % 60, minute / 60);
    let (cron, smallest_interval) = SCHEDULES.with_borrow_mut(|known| {
        let fresh = || {
            let cron = Cron::parse(&text).unwrap();
            let interval = cron.smallest_interval();
            (cron, interval)
        };
        known.entry(text.clone()).or_insert_with(fresh).clone()
    });
    Some(Arc::new(CronSchedule {
        cron,
        from: None,
        until: None,
        zone: (!campaign.zones).then(|| UTC.with(Zone::clone)),
        smallest_interval,
    }))
}

fn content(campaign: &Campaign, numbers: &[u64]) -> GroupContent {
    let mut scratch = Vec::new();
    let numbers: Vec<Msisdn> = numbers.iter().map(|n| Msisdn::from_u64(*n).unwrap()).collect();
    let totals = numbers.iter().map(|number| {
        (
            Part::bucket(*number),
            totals(*number, &text_for(campaign, *number), &mut scratch),
        )
    });
    GroupContent {
        buckets: Buckets::new(totals.collect::<Vec<_>>()),
        numbers: Arc::new(NumberSet::new(numbers.iter().copied())),
        without: without(campaign, numbers.clone()),
        ..GroupContent::default()
    }
}

fn without(campaign: &Campaign, numbers: Vec<Msisdn>) -> Without {
    let campaign = campaign.clone();
    let one = move |people: &NumberSet| {
        let rest = numbers.iter().filter(|number| !people.contains(**number));
        let rest: Vec<u64> = rest.map(|number| number.as_u64()).collect();
        Ok(content(&campaign, &rest))
    };
    let make = move |asked: &[(usize, &NumberSet)]| asked.iter().map(|(_, people)| one(people)).collect();
    Without::new(Arc::new(make), 0)
}

fn totals(number: Msisdn, body: &str, scratch: &mut Vec<u8>) -> Totals {
    let mut totals = Totals {
        recipients: 1,
        messages_gsm7: 1,
        segments: 1,
        max_segments_per_message: 1,
        ..Totals::default()
    };
    totals.digest.add(row_digest(number, body, scratch));
    totals
}

/// A commit at an instant (of the machine's own clock).
pub fn want(repo: &Repo, accounts: &[AccountFacts], now: Ms) -> Wanted {
    let mut labels = BTreeMap::new();
    let mut campaigns = Vec::new();
    for campaign in &repo.campaigns {
        let reference = CampaignRef::parse(&campaign.name).unwrap();
        let account = &accounts[campaign.account];
        let is_empty = campaign.audience(repo).is_empty();
        let presence = match campaign.state {
            State::Active => Presence::Active,
            State::Tombstone => Presence::Tombstone,
            State::Unreadable => Presence::Unreadable,
        };
        let mut occurrences = Vec::new();
        if presence == Presence::Active {
            for firing in firings(repo, campaign, now) {
                labels.insert((reference.clone(), firing.key), firing.label);
                let groups = firing.groups.iter().filter(|(_, _, numbers)| !numbers.is_empty());
                occurrences.push(DesiredOccurrence {
                    key: firing.key,
                    nominal: firing.nominal,
                    groups: groups
                        .map(|(group, windows, numbers)| DesiredGroup {
                            group: *group,
                            windows: windows_of(windows),
                            opens_before_move: None,
                            content: Arc::new(content(campaign, numbers)),
                        })
                        .collect(),
                });
            }
        }
        campaigns.push(DesiredCampaign {
            reference,
            file: format!("campaigns/{}.yaml", campaign.name).into(),
            presence,
            provider: account.name.clone(),
            api: account.api,
            sandbox: account.is_sandbox,
            category: if repo.skips {
                Category::Marketing
            } else {
                Category::Service
            },
            rank: 0,
            pace: campaign.pace.map(|(messages, per)| Pace {
                messages,
                per: Duration::from_millis(u64::try_from(per).unwrap()),
            }),
            settings: settings(campaign),
            max_recipients_per_batch: account.limit,
            schedule: schedule(campaign),
            allow: Vec::new(),
            occurrences,
            templates: vec![body_of(campaign)],
            timezone: "UTC".to_owned(),
            filtered: 0,
            suppressed: taken_out(repo, campaign),
            duplicates: 0,
            invalid: campanile::model::InvalidRows::default(),
            emptied_by_suppression: is_empty,
        });
    }
    Wanted {
        desired: Desired {
            campaigns,
            ..Desired::default()
        },
        policy: policy(repo, accounts),
        labels,
    }
}

fn taken_out(repo: &Repo, campaign: &Campaign) -> u64 {
    let taken = campaign.people.len() - campaign.audience(repo).len();
    u64::try_from(taken).unwrap()
}

/// The project's suppression list, as an earlier run's journal lets it be compared.
pub fn watched(repo: &Repo) -> WatchedList {
    let campaigns = (repo.campaigns.iter()).map(|campaign| CampaignRef::parse(&campaign.name).unwrap());
    let numbers = repo.list.iter().map(|n| Msisdn::from_u64(*n).unwrap());
    WatchedList::new(LIST.to_owned(), campaigns.collect(), numbers.collect())
}

/// The file of the project's suppression list.
pub const LIST: &str = "stop.csv";

fn policy(repo: &Repo, accounts: &[AccountFacts]) -> Policy {
    let mut policy = Policy::new(Namespace::parse(&repo.namespace).unwrap());
    let millis = |ms: Ms| Duration::from_millis(u64::try_from(ms).unwrap());
    policy.horizon = millis(repo.horizon);
    policy.freeze_before = millis(FREEZE);
    policy.paused = repo.paused;
    if repo.skips {
        policy.guards.on_pressure = OnPressure::Skip;
        policy.guards.max_per_person = vec![ContactLimit {
            messages: 1,
            within: ContactPeriod::Time(millis(PERIOD)),
        }];
    }
    let set = |numbers: &BTreeSet<u64>| NumberSet::new(numbers.iter().map(|n| Msisdn::from_u64(*n).unwrap()));
    let mut everywhere = repo.suppressed.clone();
    for campaign in &repo.campaigns {
        everywhere.extend(&campaign.suppressed);
        let all: BTreeSet<u64> = repo.suppressed.union(&campaign.suppressed).copied().collect();
        let reference = CampaignRef::parse(&campaign.name).unwrap();
        policy.suppressions.by_campaign.insert(reference, Arc::new(set(&all)));
    }
    policy.suppressions = Suppressions {
        everywhere: Arc::new(set(&everywhere)),
        ..policy.suppressions
    };
    for (i, (account, _)) in (accounts.iter().zip(&repo.configured).enumerate()).filter(|(_, (_, is_there))| **is_there)
    {
        if let Some(blocked) = repo.blocked.get(&i) {
            policy
                .suppressions
                .blocked
                .insert(account.name.clone(), Arc::new(set(blocked)));
        }
        let facts = ProviderFacts {
            name: account.name.clone(),
            account: AccountId::new(account.api.as_str(), None, &format!("https://{}.example", account.name)),
            api: account.api,
            sandbox: account.is_sandbox,
            list_lag: millis(LAG),
            unknown_hold: millis(UNKNOWN_HOLD),
        };
        policy.providers.insert(account.name.clone(), facts);
    }
    policy
}

/// Texts and people of a commit's operations.
pub struct Files<'a> {
    pub repo: &'a Repo,
    pub now: Ms,
}

impl PayloadSource for Files<'_> {
    fn batch(&self, operation: &Operation, windows: Windows) -> Result<NewBatch, PayloadError> {
        let slot = &operation.reference.slot;
        let gone = || PayloadError::NotDesired(operation.reference.clone());
        let campaign = self.repo.campaigns.iter().find(|c| c.name == slot.campaign.as_str());
        let campaign = campaign.ok_or_else(gone)?;
        let firing = firings(self.repo, campaign, self.now)
            .into_iter()
            .find(|f| f.key == slot.occurrence);
        let firing = firing.ok_or_else(gone)?;
        let group = firing.groups.into_iter().find(|(group, _, _)| *group == slot.group);
        let (_, _, numbers) = group.ok_or_else(gone)?;
        let people = numbers.iter().map(|n| Msisdn::from_u64(*n).unwrap());
        let left_out = operation.content.as_ref().map(|content| content.left_out.clone());
        let left_out = left_out.unwrap_or_default();
        let people = people.filter(|number| slot.part.contains_bucket(Part::bucket(*number)));
        let people = people.filter(|number| !left_out.contains(*number));
        let people = people.map(|number| (number, vec![("text".to_owned(), text_for(campaign, number))]));
        let people = people.collect();
        let datacoding = operation
            .content
            .as_ref()
            .map_or(Datacoding::Gsm, |content| content.datacoding);
        Ok(NewBatch {
            reference: operation.reference.clone(),
            sender: settings(campaign).sender,
            payload: Payload {
                body: "{text}".to_owned(),
                recipients: PayloadRecipients::Personalized(people),
            },
            message_type: MessageType::Sms,
            datacoding,
            priority: 1,
            windows,
            report_url: None,
            tags: Vec::new(),
            extra: BTreeMap::new(),
        })
    }
}

/// The fingerprint that a batch with this content must carry.
pub fn fingerprint_of(
    repo: &Repo,
    api: Api,
    batch: &NewBatch,
    declared: &Windows,
) -> Option<campanile::model::Fingerprint> {
    let name = batch.reference.slot.campaign.as_str();
    let campaign = repo.campaigns.iter().find(|c| c.name == name)?;
    let mut scratch = Vec::new();
    let mut sum = Totals::default();
    let PayloadRecipients::Personalized(people) = &batch.payload.recipients else {
        return None;
    };
    for (number, values) in people {
        sum.merge(&totals(*number, &values[0].1, &mut scratch));
    }
    Some(settings(campaign).fingerprint(api, &sum, declared))
}

/// The fingerprint that a batch for these people must carry.
pub fn fingerprint_for(
    campaign: &Campaign,
    api: Api,
    numbers: &[Msisdn],
    windows: &[(Ms, Ms)],
) -> campanile::model::Fingerprint {
    let (mut scratch, mut sum) = (Vec::new(), Totals::default());
    for number in numbers {
        sum.merge(&totals(*number, &text_for(campaign, *number), &mut scratch));
    }
    settings(campaign).fingerprint(api, &sum, &windows_of(windows))
}
