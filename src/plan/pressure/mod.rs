//! Contact pressure: how many marketing texts of the project a person gets within a period.
//!
//! In: all marketing occurrences that the files declare, with what became of each so far; those that have begun, as the
//! providers hold them. Out: later occurrences held where somebody would get more than `guards.max_per_person` allows;
//! without that setting a note. Never: a text counted that was stopped, or one of a batch whose people are not known
//! counted as nobody's.
//!
//! What is planned at a provider or was sent comes first, then what is to be created, in the order rank, opens,
//! reference: each is decided once. With `on_pressure: skip` they were left out before (`skip`), and only what nobody
//! can read is left to hold.

mod crowds;
mod filed;
mod gone;
mod moment;
mod over;
mod skip;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use self::crowds::{CrowdLists, Crowds, crowds};
use self::moment::{Moment, most_within};
pub(super) use self::over::{Over, told};
use super::classify::Role;
use super::draft::{Draft, Status};
use super::guard_messages;
use super::held::HeldReason;
use super::plan::GuardLine;
use super::world::World;
use super::{diagnostics, scope};
use crate::campaign::{Category, ContactLimit, Rule};
use crate::desired::{DesiredCampaign, Presence};
use crate::model::{CampaignRef, Diagnostic, Group, Instant, NumberSet, OccurrenceKey, Part, Windows, counted};

pub use self::filed::without_skipped;
pub use self::skip::SkippedPeople;
pub(super) use self::skip::{Skipped, leave_out};

/// Marketing texts that somebody gets at one moment.
struct Entry<'a> {
    campaign: &'a DesiredCampaign,
    key: OccurrenceKey,
    opens: Instant,
    moment: Moment,
    lists: BTreeSet<usize>,
    /// Whether nobody knows all who are in it.
    is_unknown: bool,
    /// Wanted batches of it that would be created or replaced.
    sending: Vec<usize>,
    /// Whether it is planned at a provider or was sent.
    is_there: bool,
    /// Whether a batch of it stays where what is wanted is held.
    stays: bool,
}

/// By what they are of.
type Entries<'a> = BTreeMap<(&'a CampaignRef, OccurrenceKey, Group), Entry<'a>>;

/// Holds what would be too much; notes it where nothing is set.
pub(super) fn judge<'a>(world: &World<'a>, draft: &mut Draft<'a>) {
    let limits = &world.policy.guards.max_per_person;
    draft.diagnostics.extend(gone::notes(world));
    for sandbox in [false, true] {
        if limits.is_empty() {
            note(world, draft, sandbox);
        } else {
            refuse(world, draft, limits, sandbox);
        }
    }
}

fn refuse<'a>(world: &World<'a>, draft: &mut Draft<'a>, limits: &[ContactLimit], sandbox: bool) {
    let (entries, lists) = entries(world, draft, limits, sandbox);
    let crowds = crowds_if_needed(&entries, &lists, limits);
    let mut accepted: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.is_there).collect();
    for entry in entries.iter().filter(|entry| !entry.is_there) {
        let excess = limits
            .iter()
            .find_map(|limit| excess(entry, &accepted, &crowds, limit).map(|people| (limit, people)));
        let Some((limit, people)) = excess else {
            accepted.push(entry);
            continue;
        };
        let (mut tripped, mut allowed) = (false, false);
        let mut scope = None;
        for w in &entry.sending {
            let want = draft.want(*w);
            scope.get_or_insert(scope::scope(want));
            if world.is_allowed(Rule::Pressure, &want.reference) {
                allowed = true;
            } else {
                let hold = guard_messages::pressure(want, people.as_ref(), limit);
                tripped |= draft.hold(*w, hold);
            }
        }
        if !tripped || entry.stays {
            accepted.push(entry);
        }
        if tripped || allowed {
            draft.guards.push(GuardLine {
                rule: Rule::Pressure,
                scope,
                actual: match &people {
                    Some(Over { people, .. }) => format!("{} over", counted(*people, "person", "people")),
                    None => "not known".to_owned(),
                },
                limit: limit.to_string(),
                tripped,
                allowed,
            });
        }
    }
}

/// Who would get more than a limit allows if this were sent too; `Some(None)` where that is unknown.
#[expect(
    clippy::option_option,
    reason = "no excess, an excess, and one that nobody can count"
)]
fn excess(entry: &Entry<'_>, accepted: &[&Entry<'_>], crowds: &Crowds, limit: &ContactLimit) -> Option<Option<Over>> {
    let near: Vec<&Entry<'_>> = accepted
        .iter()
        .copied()
        .filter(|other| entry.moment.is_within(other.moment, limit.within))
        .collect();
    let mut over = Over {
        people: 0,
        messages: 0,
        campaigns: BTreeSet::new(),
    };
    for (lists, people) in crowds.iter().filter(|(lists, _)| entry.has(lists)) {
        let theirs: Vec<&Entry<'_>> = near.iter().copied().filter(|other| other.has(lists)).collect();
        let most = together(entry, &theirs, limit);
        if most.len() > limit.messages {
            over.people += people;
            over.messages = over.messages.max(most.len());
            over.campaigns
                .extend(most.iter().map(|other| other.campaign.reference.clone()));
        }
    }
    let is_unknown = || near.iter().any(|other| other.is_unknown) && near.len() >= limit.messages;
    match over.people {
        0 if is_unknown() => Some(None),
        0 => None,
        _ => Some(Some(over)),
    }
}

impl<'a> Entry<'a> {
    fn at(campaign: &'a DesiredCampaign, key: OccurrenceKey, opens: Instant, group: Group) -> Self {
        Self {
            campaign,
            key,
            opens,
            moment: Moment::new(opens, group),
            lists: BTreeSet::new(),
            is_unknown: false,
            sending: Vec::new(),
            is_there: false,
            stays: false,
        }
    }

    /// Whether the people of these lists get it.
    fn has(&self, lists: &[usize]) -> bool {
        lists.iter().any(|list| self.lists.contains(list))
    }
}

/// The most of these, this one among them, that are within one period.
fn together<'e, 'a>(entry: &'e Entry<'a>, others: &[&'e Entry<'a>], limit: &ContactLimit) -> Vec<&'e Entry<'a>> {
    let moments: Vec<Moment> = others.iter().map(|other| other.moment).collect();
    let most = most_within(entry.moment, &moments, limit.within);
    let most = most.into_iter().filter_map(|i| others.get(i).copied());
    most.chain([entry]).collect()
}

/// Every marketing occurrence that counts, in the order in which they are decided.
fn entries<'a>(
    world: &World<'a>,
    draft: &Draft<'a>,
    limits: &[ContactLimit],
    sandbox: bool,
) -> (Vec<Entry<'a>>, Vec<NumberSet>) {
    let mut lists = CrowdLists::default();
    let mut entries = Entries::new();
    for (w, want, status) in draft.each() {
        let (campaign, group) = (want.campaign, want.group);
        if campaign.category != Category::Marketing || campaign.sandbox != sandbox {
            continue;
        }
        let (counts, is_there) = match status {
            Status::Keep { .. } | Status::Done => (true, true),
            Status::Create { .. } | Status::Replace(_) | Status::Later { .. } | Status::Narrowed => (true, false),
            Status::Passed { .. } => (false, false),
            // What has begun with other people is read below; what was stopped reaches nobody.
            Status::Held(hold) => (
                !matches!(
                    hold.reason,
                    HeldReason::AlreadySent | HeldReason::WindowPassed | HeldReason::CanceledAtProvider
                ),
                false,
            ),
        };
        if !counts {
            continue;
        }
        let list = lists.of(&group.content.numbers);
        let entry = entries
            .entry((&campaign.reference, want.occurrence.key, group.group))
            .or_insert_with(|| Entry::at(campaign, want.occurrence.key, group.windows.opens(), group.group));
        entry.lists.insert(list);
        entry.is_there |= is_there;
        entry.stays |= matches!(status, Status::Replace(_));
        if status.sends() {
            entry.sending.push(w);
        }
    }
    begun(world, draft, limits, sandbox, &mut lists, &mut entries);
    let mut entries: Vec<Entry<'a>> = entries.into_values().collect();
    entries.sort_by(|a, b| {
        let key = |entry: &Entry<'a>| (Reverse(entry.campaign.rank), entry.opens);
        (key(a), &a.campaign.reference, a.key).cmp(&(key(b), &b.campaign.reference, b.key))
    });
    (entries, lists.all)
}

/// Begun batches of campaigns with a file that the files do not, or no longer, want as they are.
fn begun<'a>(
    world: &World<'a>,
    draft: &Draft<'a>,
    limits: &[ContactLimit],
    sandbox: bool,
    lists: &mut CrowdLists<'a>,
    entries: &mut Entries<'a>,
) {
    // A note is worth no reading.
    let Some(longest) = limits.iter().map(|limit| limit.within.at_most()).max() else {
        return;
    };
    let is_counted = |campaign: &&DesiredCampaign| {
        campaign.presence == Presence::Active && campaign.category == Category::Marketing && campaign.sandbox == sandbox
    };
    // Of a list of which some parts were sent, only their people count.
    let mut sent: BTreeMap<_, (&'a NumberSet, Vec<Part>)> = BTreeMap::new();
    for (campaign, key) in world.by_occurrence.keys() {
        let Some(campaign) = world.campaign(campaign).filter(is_counted) else {
            continue;
        };
        for i in world.of_occurrence(campaign, *key) {
            let batch = world.batch(i);
            let Some(opens) = batch.opens().filter(|opens| *opens + longest > world.now) else {
                continue;
            };
            if draft.is_wanted_exactly(batch.reference) || world.role(i) != Role::Begun {
                continue;
            }
            let (group, part) = (batch.reference.slot.group, batch.reference.slot.part);
            let filed = as_filed(world, campaign, i);
            let people = if filed.is_some() { None } else { world.people(i) };
            let entry = entries
                .entry((&campaign.reference, *key, group))
                .or_insert_with(|| Entry::at(campaign, *key, opens, group));
            entry.is_there = true;
            entry.is_unknown |= filed.is_none() && people.is_none();
            entry.lists.extend(people.map(|people| lists.of(people)));
            if let Some(filed) = filed {
                let name = (&campaign.reference, *key, group);
                let of_list = sent
                    .entry((name, std::ptr::from_ref(filed)))
                    .or_insert((filed, Vec::new()));
                of_list.1.push(part);
            }
        }
    }
    for ((name, _), (list, parts)) in sent {
        if let Some(entry) = entries.get_mut(&name) {
            entry.lists.insert(lists.of_parts(list, &parts));
        }
    }
}

/// The list whose part a batch is, where the files still give its fingerprint, at another time.
fn as_filed<'a>(world: &World<'a>, campaign: &'a DesiredCampaign, i: usize) -> Option<&'a NumberSet> {
    let batch = world.batch(i);
    let windows = Windows::new(batch.windows.to_vec()).ok()?;
    let mut groups = campaign.occurrences.iter().flat_map(|occurrence| &occurrence.groups);
    groups
        .find(|group| {
            let totals = group.content.buckets.part(batch.reference.slot.part);
            campaign.settings.fingerprint(campaign.api, &totals, &windows) == batch.reference.fingerprint
        })
        .map(|group| group.content.numbers.as_ref())
}

/// People by the lists that they are in; nobody where no limit can be exceeded.
fn crowds_if_needed(entries: &[Entry<'_>], lists: &[NumberSet], limits: &[ContactLimit]) -> Crowds {
    let moments: Vec<Moment> = entries.iter().map(|entry| entry.moment).collect();
    // Each entry is one of its own others.
    let is_possible = moments.iter().any(|own| {
        limits
            .iter()
            .any(|limit| most_within(*own, &moments, limit.within).len() > limit.messages)
    });
    if is_possible { crowds(lists) } else { Crowds::new() }
}

/// What is reported where no limit is set: more than one text within a day, or three within a week.
fn note<'a>(world: &World<'a>, draft: &mut Draft<'a>, sandbox: bool) {
    let limits = ContactLimit::NOTED;
    let (entries, lists) = entries(world, draft, &[], sandbox);
    let crowds = crowds_if_needed(&entries, &lists, &limits);
    let all: Vec<&Entry<'_>> = entries.iter().collect();
    for limit in &limits {
        let mut over = Over {
            people: 0,
            messages: 0,
            campaigns: BTreeSet::new(),
        };
        for (lists, people) in &crowds {
            let theirs: Vec<&Entry<'_>> = all.iter().copied().filter(|entry| entry.has(lists)).collect();
            let ahead = theirs.iter().copied().filter(|entry| entry.opens > world.now);
            let most = ahead
                .map(|entry| {
                    let others: Vec<&Entry<'_>> = theirs
                        .iter()
                        .copied()
                        .filter(|other| !std::ptr::eq(*other, entry))
                        .collect();
                    together(entry, &others, limit)
                })
                .max_by_key(Vec::len)
                .unwrap_or_default();
            if most.len() > limit.messages {
                over.people += people;
                over.messages = over.messages.max(most.len());
                over.campaigns
                    .extend(most.iter().map(|entry| entry.campaign.reference.clone()));
            }
        }
        if over.people > 0 {
            let note = Diagnostic::note(&diagnostics::PRESSURE, told(&over, limit));
            draft
                .diagnostics
                .push(note.hint("`guards.max_per_person` in campanile.yaml makes a limit of it"));
        }
    }
}
