//! A test bench: campaigns, a provider that remembers everything, and an `apply` without network or faults.

mod edited;
mod first_contact;
mod guards;
mod in_place;
mod journal;
mod other_account;
mod pace;
mod pressure;
mod properties;
mod renamed;
mod repair;
mod rows;
mod sharing;
mod shrink;
mod silence;
mod skip;
mod suppressed;
mod unreadable;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::campaign::{Allow, Category, DatacodingChoice, Rule};
use crate::desired::{
    Buckets, CronSchedule, DesiredCampaign, DesiredGroup, DesiredOccurrence, Finding, GroupContent, Presence, Settings,
    Totals, Without,
};
use crate::model::{
    AccountId, Api, AudienceDigest, BatchId, CampaignRef, ExistingBatch, Group, Headcount, LocalTime, MessageType,
    Msisdn, Namespace, NumberSet, OccurrenceKey, Part, Place, Proof, ProviderName, Recipients, Reference,
    ReportedState, Sender, Visible, Window, Windows, row_digest,
};
use crate::schedule::{Cron, Zone};

/// Minutes from the laboratory's beginning, a Friday morning.
fn at(minutes: i64) -> Instant {
    Instant::from_unix_seconds(1_795_766_400 + 60 * minutes)
}

const DAY: i64 = 24 * 60;

fn window(opens: i64, closes: i64) -> Window {
    Window::new(at(opens), at(closes)).unwrap()
}

fn person(n: u64) -> Msisdn {
    Msisdn::from_u64(46_700_000_000 + n).unwrap()
}

fn people(numbers: impl IntoIterator<Item = u64>) -> NumberSet {
    NumberSet::new(numbers.into_iter().map(person))
}

fn provider(name: &str) -> ProviderName {
    ProviderName::parse(name).unwrap()
}

fn content(numbers: impl IntoIterator<Item = u64>, body: &str) -> Arc<GroupContent> {
    Arc::new(content_of(people(numbers), body))
}

fn content_of(numbers: NumberSet, body: &str) -> GroupContent {
    let (all, text) = (numbers.clone(), body.to_owned());
    let buckets = Buckets::new(numbers.iter().map(|number| {
        let mut digest = AudienceDigest::default();
        digest.add(row_digest(number, body, &mut Vec::new()));
        let totals = Totals {
            recipients: 1,
            messages_gsm7: 1,
            segments: 1,
            max_segments_per_message: 1,
            digest,
            ..Totals::default()
        };
        (Part::bucket(number), totals)
    }));
    let one = move |people: &NumberSet| {
        let rest = all.iter().filter(|number| !people.contains(*number));
        Ok(content_of(NumberSet::new(rest), &text))
    };
    let without = Without::new(
        Arc::new(move |asked| asked.iter().map(|(_, people)| one(people)).collect()),
        0,
    );
    GroupContent {
        buckets,
        numbers: Arc::new(numbers),
        without,
        ..GroupContent::default()
    }
}

fn group(group: Group, windows: Window, content: Arc<GroupContent>) -> DesiredGroup {
    DesiredGroup {
        group,
        windows: Windows::one(windows),
        opens_before_move: None,
        content,
    }
}

/// A one-off at `ip1` with one window of two hours.
fn campaign(name: &str, numbers: impl IntoIterator<Item = u64>, body: &str, opens: i64) -> DesiredCampaign {
    let groups = vec![group(Group::Single, window(opens, opens + 120), content(numbers, body))];
    DesiredCampaign {
        reference: CampaignRef::parse(name).unwrap(),
        file: format!("campaigns/{name}.yaml").into(),
        presence: Presence::Active,
        provider: provider("ip1"),
        api: Api::Ip1,
        sandbox: false,
        category: Category::Marketing,
        rank: 0,
        pace: None,
        settings: Settings {
            sender: Sender::parse("ACME").unwrap(),
            message_type: MessageType::Sms,
            datacoding: DatacodingChoice::Auto,
            priority: 1,
            report_url: None,
            extra: String::new(),
            tags: Vec::new(),
        },
        max_recipients_per_batch: 4,
        schedule: None,
        allow: Vec::new(),
        occurrences: vec![DesiredOccurrence {
            key: OccurrenceKey::revision(1).unwrap(),
            nominal: None,
            groups,
        }],
        templates: vec![body.to_owned()],
        timezone: "UTC".to_owned(),
        filtered: 0,
        suppressed: 0,
        duplicates: 0,
        invalid: crate::model::InvalidRows::default(),
        emptied_by_suppression: false,
    }
}

/// The same campaign in two zones: each group with its own hour.
fn zoned(mut campaign: DesiredCampaign, groups: &[(i8, &[u64], i64)], body: &str) -> DesiredCampaign {
    campaign.occurrences[0].groups = (groups.iter())
        .map(|(quarters, numbers, opens)| {
            let content = content(numbers.iter().copied(), body);
            group(Group::Offset(*quarters), window(*opens, opens + 120), content)
        })
        .collect();
    campaign
}

fn revised(mut campaign: DesiredCampaign, revision: u32) -> DesiredCampaign {
    campaign.occurrences[0].key = OccurrenceKey::revision(revision).unwrap();
    campaign
}

fn at_sinch(mut campaign: DesiredCampaign) -> DesiredCampaign {
    campaign.provider = provider("sinch");
    campaign.api = Api::Sinch;
    campaign
}

/// A schedule in UTC, with its next few occurrences as `desire` would list them: up to the horizon, and one beyond.
fn scheduled(
    name: &str,
    cron: &str,
    numbers: impl IntoIterator<Item = u64>,
    body: &str,
    now: Instant,
) -> DesiredCampaign {
    let mut campaign = campaign(name, [], body, 0);
    let zone = Zone::find(&crate::model::ZoneName::parse("UTC").unwrap()).unwrap();
    let cron = Cron::parse(cron).unwrap();
    let content = content(numbers, body);
    let horizon = now + Duration::from_hours(7 * 24);
    let open_for = Duration::from_hours(1);
    campaign.occurrences.clear();
    for occurrence in cron.occurrences(
        &zone,
        None,
        None,
        now - open_for,
        horizon + Duration::from_hours(40 * 24),
    ) {
        let windows = Window::new(occurrence.opens, occurrence.opens + open_for).unwrap();
        campaign.occurrences.push(DesiredOccurrence {
            key: OccurrenceKey::nominal(occurrence.nominal).unwrap(),
            nominal: Some(occurrence.nominal),
            groups: vec![group(Group::Single, windows, Arc::clone(&content))],
        });
        if occurrence.opens > horizon {
            break;
        }
    }
    campaign.schedule = Some(Arc::new(CronSchedule {
        smallest_interval: cron.smallest_interval(),
        cron,
        from: None,
        until: None,
        zone: Some(zone),
    }));
    campaign
}

fn ip1() -> ProviderFacts {
    ProviderFacts {
        name: provider("ip1"),
        account: AccountId::new("ip1", Some("ip1-1"), "https://api.ip1sms.com"),
        api: Api::Ip1,
        sandbox: false,
        list_lag: Duration::from_secs(30),
        unknown_hold: Duration::from_mins(15),
    }
}

fn sinch() -> ProviderFacts {
    ProviderFacts {
        name: provider("sinch"),
        account: AccountId::new("sinch", Some("my-plan"), "https://eu.sms.api.sinch.com"),
        api: Api::Sinch,
        ..ip1()
    }
}

/// Files, providers, journal, clock.
struct Scenario {
    desired: Desired,
    /// What the providers hold, people and proofs included; a plan sees those only after asking.
    truth: Vec<ExistingBatch>,
    journal: JournalFacts,
    now: Instant,
    policy: Policy,
    /// What the last plan asked to read.
    read: Vec<Need>,
    made: u64,
}

impl Scenario {
    fn new(campaigns: impl IntoIterator<Item = DesiredCampaign>) -> Self {
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        for facts in [ip1(), sinch()] {
            policy.providers.insert(facts.name.clone(), facts);
        }
        Self {
            desired: Desired {
                campaigns: campaigns.into_iter().collect(),
                ..Desired::default()
            },
            truth: Vec::new(),
            journal: JournalFacts {
                exists: true,
                accounts: [provider("ip1"), provider("sinch")].into(),
                ..JournalFacts::default()
            },
            now: at(0),
            policy,
            read: Vec::new(),
            made: 0,
        }
    }

    /// The same project, planned and applied: its batches are there.
    fn applied(campaigns: impl IntoIterator<Item = DesiredCampaign>) -> Self {
        let mut scenario = Self::new(campaigns);
        scenario.run();
        scenario
    }

    fn files(&mut self, campaigns: impl IntoIterator<Item = DesiredCampaign>) -> &mut Self {
        self.desired.campaigns = campaigns.into_iter().collect();
        self
    }

    /// The journal is lost, but for the knowledge that the account is this project's.
    fn forget_all_but_the_account(&mut self) {
        self.journal = JournalFacts {
            accounts: std::mem::take(&mut self.journal.accounts),
            ..JournalFacts::default()
        };
    }

    fn allow(&mut self, text: &str) -> &mut Self {
        self.policy.overrides.push(Override::parse(text).unwrap());
        self
    }

    /// What a list shows: nobody's number, no proof.
    fn listed(&self) -> Observed {
        let hidden = |batch: &ExistingBatch| ExistingBatch {
            recipients: Recipients::NotRead,
            proof: Proof::NotRead,
            ..batch.clone()
        };
        Observed {
            batches: self.truth.iter().map(hidden).collect(),
            complete: true,
        }
    }

    fn plan(&mut self) -> Plan {
        let mut observed = self.listed();
        self.read.clear();
        loop {
            let needs = needs(&self.desired, &observed, &self.journal, self.now, &self.policy);
            if needs.is_empty() {
                break;
            }
            for need in needs {
                assert!(!self.read.contains(&need), "asked twice: {need:?}");
                let truth = self
                    .truth
                    .iter()
                    .find(|b| b.provider == need.provider && b.id == need.id)
                    .unwrap();
                let seen = observed
                    .batches
                    .iter_mut()
                    .find(|b| b.provider == need.provider && b.id == need.id)
                    .unwrap();
                match need.what {
                    NeedKind::Proof if truth.state == ReportedState::Planned && truth.proof == Proof::NotRead => {
                        seen.proof = Proof::Provable;
                    }
                    NeedKind::Proof => seen.proof = truth.proof,
                    NeedKind::Headcount => {
                        seen.headcount = match &truth.recipients {
                            Recipients::Read(people) => Headcount::Told(people.len() as u64),
                            Recipients::NotRead | Recipients::Unreadable => Headcount::Untold,
                        }
                    }
                    NeedKind::Recipients => seen.recipients = truth.recipients.clone(),
                }
                self.read.push(need);
            }
        }
        decide(&self.desired, &observed, &self.journal, self.now, &self.policy)
    }

    /// Plans and applies.
    fn run(&mut self) -> Plan {
        let plan = self.plan();
        self.apply(&plan);
        plan
    }

    /// Plans, applies, plans again: the second plan must do nothing.
    fn converge(&mut self) -> Plan {
        let plan = self.run();
        let again = self.plan();
        assert_eq!(actions(&again), Vec::<String>::new(), "after {:?}", actions(&plan));
        plan
    }

    fn apply(&mut self, plan: &Plan) {
        let mut done: Vec<&OperationDigest> = Vec::new();
        for operation in &plan.operations {
            assert!(
                operation.after.iter().all(|digest| done.contains(&digest)),
                "{:?} waits for something that does not come before it",
                operation.reference
            );
            assert!(self.now <= operation.deadline.begin_by, "{operation:?}");
            match &operation.how {
                How::Create => self.create(operation),
                How::CancelThenCreate => {
                    self.cancel(operation);
                    self.create(operation);
                }
                How::Cancel => self.cancel(operation),
                How::PutInPlace => self.put(operation),
                How::RemoveInPlace(gone) => {
                    let batch = self.target(operation);
                    let Recipients::Read(there) = &batch.recipients else {
                        panic!()
                    };
                    let left = NumberSet::new(there.iter().filter(|n| !gone.contains(*n)));
                    batch.recipients = Recipients::Read(Arc::new(left));
                }
            }
            done.push(&operation.digest);
        }
    }

    fn target(&mut self, operation: &Operation) -> &mut ExistingBatch {
        let target = operation.target.as_ref().unwrap();
        (self.truth.iter_mut())
            .find(|b| b.provider == target.provider && b.id == target.id)
            .unwrap()
    }

    fn cancel(&mut self, operation: &Operation) {
        let now = self.now;
        let target = operation.target.clone().unwrap();
        let batch = self.target(operation);
        assert_eq!(batch.state, ReportedState::Planned);
        assert!(batch.opens().unwrap() >= now + Duration::from_mins(1));
        batch.state = ReportedState::Canceled;
        batch.proof = Proof::NothingLeft;
        self.journal.cancels.push(OurCancel {
            provider: target.provider,
            id: target.id,
            by_stop: false,
            answered_at: Some(now),
            proved_silent: true,
        });
    }

    fn put(&mut self, operation: &Operation) {
        let people = self.people_of(operation);
        let batch = self.target(operation);
        batch.recipients = Recipients::Read(Arc::new(people));
        batch.reference_text = Some(operation.reference.to_string());
        batch.reference = Some(operation.reference.clone());
    }

    fn people_of(&self, operation: &Operation) -> NumberSet {
        let slot = &operation.reference.slot;
        let left_out = operation.content.as_ref().map(|content| &content.left_out);
        let is_in = |number: &Msisdn| left_out.is_none_or(|people| !people.contains(*number));
        let group = (self.desired.campaigns.iter())
            .filter(|c| c.reference == slot.campaign)
            .flat_map(|c| &c.occurrences)
            .filter(|o| o.key == slot.occurrence)
            .flat_map(|o| &o.groups)
            .find(|g| g.group == slot.group)
            .unwrap();
        NumberSet::new(
            (group.content.numbers.iter()).filter(|n| slot.part.contains_bucket(Part::bucket(*n)) && is_in(n)),
        )
    }

    fn create(&mut self, operation: &Operation) {
        let people = self.people_of(operation);
        assert_eq!(people.len() as u64, operation.content.as_ref().unwrap().recipients);
        let windows = operation.windows_at(self.now).unwrap();
        self.insert(
            &operation.provider,
            operation.reference.clone(),
            windows.as_slice().to_vec(),
            people,
        );
    }

    fn insert(&mut self, at: &ProviderName, reference: Reference, windows: Vec<Window>, people: NumberSet) -> BatchId {
        self.made += 1;
        let facts = &self.policy.providers[at];
        let id = BatchId(format!("batch-{}", self.made));
        self.truth.push(ExistingBatch {
            provider: at.clone(),
            api: facts.api,
            sandbox: facts.sandbox,
            id: id.clone(),
            reference_text: Some(reference.to_string()),
            reference: Some(reference),
            position: self.made,
            created_at: facts.can().list_memory.map(|_| self.now),
            state: ReportedState::Planned,
            windows,
            visible: Visible::default(),
            proof: Proof::NotRead,
            recipients: Recipients::Read(Arc::new(people)),
            headcount: Headcount::NotRead,
        });
        id
    }

    /// Another batch that says the same as one that is there.
    fn duplicate(&mut self, i: usize) -> BatchId {
        let copy = self.truth[i].clone();
        let Recipients::Read(people) = &copy.recipients else {
            panic!()
        };
        self.insert(
            &copy.provider,
            copy.reference.unwrap(),
            copy.windows,
            (**people).clone(),
        )
    }

    /// A person cancels it in the portal.
    fn pull_the_brake(&mut self, i: usize) {
        self.truth[i].state = ReportedState::Canceled;
        self.truth[i].proof = Proof::NothingLeft;
    }

    fn begin(&mut self, i: usize) {
        self.truth[i].state = ReportedState::Ongoing;
    }
}

/// `create acme...` and so on, short enough to compare.
fn actions(plan: &Plan) -> Vec<String> {
    (plan.operations.iter())
        .map(|o| format!("{} {} {}", o.action.as_str(), o.campaign(), o.reason.as_str()))
        .collect()
}

fn reasons(plan: &Plan) -> Vec<HeldReason> {
    plan.held.iter().map(|h| h.reason).collect()
}

fn allow(rule: Rule) -> Allow {
    Allow {
        rule,
        until: None,
        batch: None,
        reason: "a reason".to_owned(),
        place: Place::default(),
    }
}

fn local(text: &str) -> LocalTime {
    LocalTime::parse(text).unwrap()
}
