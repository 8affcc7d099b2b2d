//! The project as people keep it: campaigns, audiences, lists - and what they do to it. Every intent keeps its label
//! through rename, edit, new parts, another namespace, another provider.

use std::collections::{BTreeMap, BTreeSet};

use super::account::{DAY, HOUR, MINUTE, Ms, SECOND};
use super::chance::Chance;

/// What one message is meant to be: two messages of one label to one person are one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The campaign, whatever it is called. Others' batches have 0.
    pub intent: u32,
    /// Grows when the schedule moves so far that it is another schedule.
    pub series: u32,
    /// The revision, or the day that it was meant for when the series began.
    pub firing: i64,
}

/// Added to the intents of what is rehearsed.
const REHEARSED: u32 = 1000;

impl Label {
    /// What people get of a message that is rehearsed; `None`: it is no rehearsal.
    pub fn rehearses(self) -> Option<Self> {
        let intent = self.intent.checked_sub(REHEARSED)?;
        Some(Self { intent, ..self })
    }
}

pub const FOREIGN: Label = Label {
    intent: 0,
    series: 0,
    firing: 0,
};

/// A commit.
#[derive(Debug, Clone, PartialEq)]
pub struct Repo {
    pub namespace: String,
    pub paused: bool,
    pub campaigns: Vec<Campaign>,
    /// Out of the repository, and remembered by people.
    pub removed: Vec<Campaign>,
    /// The project's suppression list.
    pub suppressed: BTreeSet<u64>,
    pub next_name: u32,
    /// `horizon`.
    pub horizon: Ms,
    /// Which accounts take one window only.
    pub one_window: Vec<bool>,
    /// The numbers of that list in their order.
    pub list: Vec<u64>,
    /// Which accounts `campanile.yaml` names.
    pub configured: Vec<bool>,
    /// Whether nobody gets more than one text within [`PERIOD`]: who would is left out of the later one.
    pub skips: bool,
    /// Whom accounts block themselves, as far as a run has heard: in no commit.
    pub blocked: BTreeMap<usize, BTreeSet<u64>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    pub intent: u32,
    pub name: String,
    /// Which account.
    pub account: usize,
    /// That account is a sandbox: nobody gets anything, and what was rehearsed is no reason not to send it.
    pub rehearses: bool,
    pub state: State,
    pub when: When,
    pub body: u32,
    pub sender: u32,
    /// The audience, with the UTC offset of each in quarter hours.
    pub people: Vec<(u64, i8)>,
    /// Recipients' own zones.
    pub zones: bool,
    /// This campaign's own suppression list.
    pub suppressed: BTreeSet<u64>,
    /// The weight of the second of two variants, the first having 1; 0: one text for all.
    pub weight: u32,
    /// Whether there is a text for each of two languages.
    pub languages: bool,
    /// At most so many messages in so much time.
    pub pace: Option<(u64, Ms)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    Tombstone,
    Unreadable,
}

#[derive(Debug, Clone, PartialEq)]
pub enum When {
    Once {
        revision: u32,
        /// Local times, which are UTC when the campaign has one zone.
        windows: Vec<(Ms, Ms)>,
    },
    Cron {
        /// Minute of the day.
        minute: i64,
        /// 0: every day; else every second day of the week (0 2 4 6 or 1 3 5).
        days: u8,
        open_for: Ms,
        series: u32,
        /// Days by which the nominal date has moved since the series began.
        day_shift: i64,
        /// Minutes by which the time has moved since the series began.
        moved: i64,
    },
}

impl Campaign {
    /// Whom it texts, by these lists.
    pub fn audience(&self, repo: &Repo) -> Vec<(u64, i8)> {
        let all = self.people.iter().copied();
        all.filter(|(number, _)| !self.leaves_out(repo, *number)).collect()
    }

    /// Whether a list, or its account, takes somebody out.
    pub fn leaves_out(&self, repo: &Repo, number: u64) -> bool {
        let is_blocked = repo
            .blocked
            .get(&self.account)
            .is_some_and(|blocked| blocked.contains(&number));
        is_blocked || repo.suppressed.contains(&number) || self.suppressed.contains(&number)
    }

    /// What is rehearsed is another message than the one that people get.
    fn label_intent(&self) -> u32 {
        self.intent + if self.rehearses { REHEARSED } else { 0 }
    }

    pub fn label_of_revision(&self, revision: u32) -> Label {
        Label {
            intent: self.label_intent(),
            series: 0,
            firing: i64::from(revision),
        }
    }

    /// The label of a nominal time, given in minutes since the epoch.
    pub fn label_of_nominal(&self, minutes: i64) -> Label {
        let (series, day_shift) = match self.when {
            When::Cron { series, day_shift, .. } => (series, day_shift),
            When::Once { .. } => (0, 0),
        };
        Label {
            intent: self.label_intent(),
            series: series + 1,
            firing: minutes.div_euclid(1440) - day_shift,
        }
    }

    fn windows_mut(&mut self) -> Option<&mut Vec<(Ms, Ms)>> {
        match &mut self.when {
            When::Once { windows, .. } => Some(windows),
            When::Cron { .. } => None,
        }
    }
}

/// What a project may begin with.
pub struct Setting {
    pub accounts: usize,
    /// Which of them is a sandbox.
    pub sandbox: Option<usize>,
    pub one_window: Vec<bool>,
    pub pool: Vec<u64>,
}

impl Repo {
    pub fn new(now: Ms, setting: &Setting, chance: &mut Chance) -> Self {
        let mut repo = Self {
            namespace: "acme".to_owned(),
            paused: false,
            campaigns: Vec::new(),
            removed: Vec::new(),
            suppressed: BTreeSet::new(),
            next_name: 1,
            horizon: HORIZON,
            one_window: setting.one_window.clone(),
            list: Vec::new(),
            configured: vec![true; setting.accounts],
            skips: false,
            blocked: BTreeMap::new(),
        };
        for _ in 0..=chance.below(2) {
            repo.add(now, setting, chance);
        }
        repo
    }

    pub fn add(&mut self, now: Ms, setting: &Setting, chance: &mut Chance) {
        let intent = self.next_name;
        let name = self.fresh_name();
        let many = 2 + chance.below(5);
        let mut people: Vec<(u64, i8)> = Vec::new();
        while people.len() < many {
            let person = (chance.pick(&setting.pool), chance.pick(&[0, 0, 4, -20]));
            if people.iter().all(|(number, _)| *number != person.0) {
                people.push(person);
            }
        }
        let when = if chance.in_thousand(600) {
            When::Once {
                revision: 1,
                windows: some_windows(now, chance),
            }
        } else {
            When::Cron {
                minute: (now / MINUTE + chance.between(5, 1435)).rem_euclid(1440),
                days: chance.pick(&[0, 0, 1, 2]),
                open_for: chance.pick(&[15, 30, 120]) * MINUTE,
                series: 0,
                day_shift: 0,
                moved: 0,
            }
        };
        let account = chance.below(setting.accounts);
        self.campaigns.push(Campaign {
            intent,
            name,
            account,
            rehearses: setting.sandbox == Some(account),
            state: State::Active,
            when,
            body: 1,
            sender: 1,
            people,
            zones: chance.in_thousand(300),
            suppressed: BTreeSet::new(),
            weight: 0,
            languages: false,
            pace: None,
        });
    }

    fn fresh_name(&mut self) -> String {
        let name = format!("c{}", self.next_name);
        self.next_name += 1;
        name
    }

    pub fn edit(&mut self, edit: Edit, now: Ms, setting: &Setting, chance: &mut Chance) {
        self.change(edit, now, setting, chance);
        let first = self
            .configured
            .iter()
            .position(|is_there| *is_there)
            .unwrap_or_default();
        for campaign in &mut self.campaigns {
            if !self.configured[campaign.account] {
                campaign.account = first;
            }
            campaign.rehearses = setting.sandbox == Some(campaign.account);
        }
    }

    /// An account is swapped for another one, or put back.
    fn swap_account(&mut self, chance: &mut Chance) {
        let gone = self.configured.iter().position(|is_there| !is_there);
        if let Some(gone) = gone {
            self.configured[gone] = true;
        } else if self.configured.len() > 1 {
            let which = chance.below(self.configured.len());
            self.configured[which] = false;
        }
    }

    fn change(&mut self, edit: Edit, now: Ms, setting: &Setting, chance: &mut Chance) {
        if edit == Edit::Add || self.campaigns.is_empty() && edit.needs_campaign() {
            if self.campaigns.len() < 3 {
                self.add(now, setting, chance);
            }
            return;
        }
        let which = chance.below(self.campaigns.len().max(1));
        match edit {
            Edit::Add => {}
            Edit::Horizon => self.horizon = HORIZON + WIDER - self.horizon,
            Edit::Skip => self.skips = !self.skips,
            Edit::SwapAccount => self.swap_account(chance),
            Edit::CutList => {
                self.list.truncate(self.list.len().div_ceil(2));
                self.suppressed = self.list.iter().copied().collect();
            }
            Edit::Pause => self.paused = !self.paused,
            Edit::OptOut => {
                let number = chance.pick(&setting.pool);
                if self.suppressed.insert(number) {
                    self.list.push(number);
                }
            }
            Edit::Namespace => self.namespace = if self.namespace == "acme" { "shop" } else { "acme" }.to_owned(),
            Edit::Readd => {
                if let Some(back) = self.removed.pop() {
                    self.campaigns.push(back);
                }
            }
            Edit::Remove => {
                let gone = self.campaigns.remove(which);
                self.removed.push(gone);
            }
            Edit::Rename => self.campaigns[which].name = self.fresh_name(),
            _ => edit_campaign(&mut self.campaigns[which], edit, now, setting, chance),
        }
    }
}

/// One or two windows, near or far.
fn some_windows(now: Ms, chance: &mut Chance) -> Vec<(Ms, Ms)> {
    let start = now / MINUTE * MINUTE + MINUTE * chance.pick(&[5, 12, 15, 20, 30, 45, 60, 90, 180, 600, 1500, 2900]);
    let first = (start, start + chance.pick(&[10, 30, 60, 240]) * MINUTE);
    if chance.in_thousand(250) {
        let again = first.1 + chance.pick(&[10, 60, 600]) * MINUTE;
        vec![first, (again, again + chance.pick(&[20, 60]) * MINUTE)]
    } else {
        vec![first]
    }
}

fn edit_campaign(campaign: &mut Campaign, edit: Edit, now: Ms, setting: &Setting, chance: &mut Chance) {
    match edit {
        Edit::Body => campaign.body += 1,
        Edit::Sender => campaign.sender += 1,
        Edit::MovePast => {
            if let Some(windows) = campaign.windows_mut() {
                let shift = windows[0].0 - (now / MINUTE * MINUTE - 2 * DAY);
                windows.iter_mut().for_each(|w| *w = (w.0 - shift, w.1 - shift));
            }
        }
        Edit::MoveWindows => {
            if let Some(windows) = campaign.windows_mut() {
                *windows = some_windows(now, chance);
            } else {
                edit_schedule(campaign, chance);
            }
        }
        Edit::ShiftWindows => {
            let by = chance.pick(&[-60, -20, -5, 5, 20, 60, 1440, 3000]) * MINUTE;
            if let Some(windows) = campaign.windows_mut() {
                windows.iter_mut().for_each(|w| *w = (w.0 + by, w.1 + by));
            } else {
                edit_schedule(campaign, chance);
            }
        }
        Edit::Schedule => edit_schedule(campaign, chance),
        Edit::Revision => {
            if let When::Once { revision, windows } = &mut campaign.when {
                *revision += 1;
                if chance.in_thousand(600) {
                    *windows = some_windows(now, chance);
                }
            }
        }
        Edit::Tombstone => {
            campaign.state = if campaign.state == State::Tombstone {
                State::Active
            } else {
                State::Tombstone
            };
        }
        Edit::Break => {
            campaign.state = if campaign.state == State::Unreadable {
                State::Active
            } else {
                State::Unreadable
            };
        }
        Edit::MoveProvider => campaign.account = (campaign.account + 1) % setting.accounts,
        Edit::Zones => {
            if chance.in_thousand(400) {
                campaign.zones = !campaign.zones;
            } else {
                for person in &mut campaign.people {
                    if chance.in_thousand(400) {
                        person.1 = chance.pick(&[0, 4, -20]);
                    }
                }
            }
        }
        Edit::AddPeople => {
            for _ in 0..=chance.below(4) {
                let person = (chance.pick(&setting.pool), chance.pick(&[0, 0, 4, -20]));
                if campaign.people.iter().all(|(number, _)| *number != person.0) {
                    campaign.people.push(person);
                }
            }
        }
        Edit::DropPerson => {
            if campaign.people.len() > 1 {
                let gone = chance.below(campaign.people.len());
                campaign.people.remove(gone);
            }
        }
        Edit::Weights => campaign.weight = chance.pick(&[0, 1, 2, 5]),
        Edit::Languages => campaign.languages = !campaign.languages,
        Edit::Pace => {
            let messages = chance.pick(&[1, 1, 2, 3]);
            let per = chance.pick(&[1, 2, 5, 10]) * MINUTE;
            campaign.pace = chance.in_thousand(700).then_some((messages, per));
        }
        Edit::Fill => {
            for number in &setting.pool {
                if campaign.people.iter().all(|(other, _)| other != number) {
                    campaign.people.push((*number, 0));
                }
            }
        }
        Edit::CutPeople => campaign.people.truncate(campaign.people.len().div_ceil(5)),
        Edit::OwnOptOut => {
            let number = chance.pick(&campaign.people).0;
            campaign.suppressed.insert(number);
        }
        Edit::Add
        | Edit::Remove
        | Edit::Readd
        | Edit::Rename
        | Edit::Pause
        | Edit::OptOut
        | Edit::Namespace
        | Edit::SwapAccount
        | Edit::Skip
        | Edit::CutList
        | Edit::Horizon => {}
    }
}

/// Moves a schedule by less than half its interval, or to other days. What moves farther is another schedule.
fn edit_schedule(campaign: &mut Campaign, chance: &mut Chance) {
    let When::Cron {
        minute,
        days,
        series,
        day_shift,
        moved,
        ..
    } = &mut campaign.when
    else {
        return;
    };
    if chance.in_thousand(250) {
        *days = chance.pick(&[0, 1, 2]);
        return;
    }
    // To any time of the same day: it stays that day's text, however far it moves.
    let by = if chance.in_thousand(250) {
        chance.between(5, 1435) - *minute
    } else {
        chance.pick(&[-300, -60, -15, 15, 60, 300])
    };
    let time = *minute + by;
    *minute = time.rem_euclid(1440);
    *day_shift += time.div_euclid(1440);
    *moved += by;
    if *day_shift == 0 && moved.abs() < 1440 && time.rem_euclid(1440) == time {
        return;
    }
    if moved.abs() > 5 * 60 + 30 {
        *series += 1;
        *moved = 0;
        *day_shift = 0;
    }
}

/// What people do to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    Add,
    Body,
    Sender,
    Rename,
    Remove,
    Readd,
    Tombstone,
    Break,
    MoveWindows,
    ShiftWindows,
    MovePast,
    Schedule,
    Revision,
    MoveProvider,
    Zones,
    AddPeople,
    DropPerson,
    OptOut,
    OwnOptOut,
    Pause,
    Namespace,
    /// An account leaves `campanile.yaml`, or comes back; its campaigns go to another one.
    SwapAccount,
    /// The project's suppression list loses its second half, by accident.
    CutList,
    /// Everybody is in a campaign's audience.
    Fill,
    /// A campaign's audience loses most of its people, by accident.
    CutPeople,
    /// `horizon` is widened, or narrowed again.
    Horizon,
    /// Variants come, go, or get other weights.
    Weights,
    /// A second language comes or goes.
    Languages,
    /// A pace comes, goes or changes.
    Pace,
    /// A limit on the texts of one person comes or goes.
    Skip,
}

impl Edit {
    /// As often as each is listed.
    pub const ANY: [Self; 37] = [
        Self::Add,
        Self::Body,
        Self::Body,
        Self::Body,
        Self::Sender,
        Self::Rename,
        Self::Rename,
        Self::Rename,
        Self::Remove,
        Self::Remove,
        Self::Readd,
        Self::Readd,
        Self::Tombstone,
        Self::Break,
        Self::MoveWindows,
        Self::MoveWindows,
        Self::ShiftWindows,
        Self::ShiftWindows,
        Self::ShiftWindows,
        Self::MovePast,
        Self::Schedule,
        Self::Schedule,
        Self::Schedule,
        Self::Revision,
        Self::MoveProvider,
        Self::MoveProvider,
        Self::Zones,
        Self::Zones,
        Self::AddPeople,
        Self::AddPeople,
        Self::AddPeople,
        Self::DropPerson,
        Self::OptOut,
        Self::OwnOptOut,
        Self::Pause,
        Self::Namespace,
        Self::Horizon,
    ];

    /// What audiences bring: only in histories of their own, so that the others stay as they were found.
    pub const TEXTS: [Self; 8] = [
        Self::Skip,
        Self::Skip,
        Self::Weights,
        Self::Weights,
        Self::Languages,
        Self::Pace,
        Self::Pace,
        Self::Pace,
    ];

    fn needs_campaign(self) -> bool {
        !matches!(
            self,
            Self::Readd
                | Self::Pause
                | Self::OptOut
                | Self::Namespace
                | Self::Horizon
                | Self::SwapAccount
                | Self::Skip
                | Self::CutList
        )
    }
}

/// The horizon of every simulated project: short, so that histories meet it.
pub const HORIZON: Ms = 30 * HOUR;
const WIDER: Ms = 78 * HOUR;
/// Of the limit on the texts of one person.
pub const PERIOD: Ms = 6 * HOUR;
pub const FREEZE: Ms = 10 * MINUTE;
pub const LAG: Ms = 30 * SECOND;
pub const UNKNOWN_HOLD: Ms = 15 * MINUTE;
