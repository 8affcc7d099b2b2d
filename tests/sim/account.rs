//! What a provider really does: batches, people, and when each message leaves. Truth, which the programs under test see
//! only through answers that may be late, lost or wrong.

use std::collections::BTreeSet;

use campanile::model::{Api, Msisdn, Reference};

use super::chance::Chance;
use super::edges::Echo;
use super::repo::Label;

/// Milliseconds since the Unix epoch, by the true clock.
pub type Ms = i64;
pub const SECOND: Ms = 1000;
pub const MINUTE: Ms = 60 * SECOND;
pub const HOUR: Ms = 60 * MINUTE;
pub const DAY: Ms = 24 * HOUR;

/// How far back a Sinch list reaches.
pub const MEMORY: Ms = 14 * DAY;

/// One provider account.
#[derive(Debug)]
pub struct Account {
    pub name: String,
    pub api: Api,
    pub limit: u32,
    pub quirks: Quirks,
    pub batches: Vec<Batch>,
}

/// What the vendor's pages leave open, decided anew for every history.
#[derive(Debug, Clone, Copy)]
pub struct Quirks {
    /// DELETE of a planned batch erases it instead of marking it (iP.1).
    pub cancel_erases: bool,
    /// DELETE of a sent batch erases its history (iP.1).
    pub delete_erases_sent: bool,
    /// DELETE of a batch that is being sent stops the rest, instead of being refused (iP.1).
    pub cancels_rest: bool,
    /// For this long after a cancel, reads may still show the batch as it was.
    pub cancel_shows_after: Ms,
    /// At most this many items in a page, whatever is asked for.
    pub page: usize,
    /// What reads hand back of a reference.
    pub echo: Echo,
    /// The answer to a create repeats it all the same.
    pub repeats: bool,
    /// Reads show nothing of a batch's messages (iP.1).
    pub mute: bool,
}

impl Quirks {
    /// Whether the answer to a create shows the reference that was sent.
    pub fn repeats_reference(&self) -> bool {
        self.echo == Echo::Kept || self.repeats
    }
}

/// Who stopped a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Run(usize),
    Person,
}

#[derive(Debug, Clone)]
pub struct Batch {
    pub id: String,
    pub reference_text: Option<String>,
    pub reference: Option<Reference>,
    /// When its POST left.
    pub posted: Ms,
    /// When it was carried out.
    pub created: Ms,
    /// From then on the list shows it.
    pub listed_from: Ms,
    pub windows: Vec<(Ms, Ms)>,
    pub people: Vec<Person>,
    pub sender: String,
    pub canceled: Option<(Ms, Who)>,
    pub erased: Option<(Ms, Who)>,
    /// The run that posted it; `None`: it was made by somebody else.
    pub run: Option<usize>,
    /// What it was before it was put again: by which run, its reference, its span.
    pub former: Vec<(usize, Reference, Ms, Ms)>,
    /// Whom a run took out of it in place.
    pub taken_out: BTreeSet<(usize, Msisdn)>,
    /// Batches that its run could not know of any more.
    pub unaware: BTreeSet<String>,
}

/// One message.
#[derive(Debug, Clone)]
pub struct Person {
    pub number: Msisdn,
    pub label: Label,
    /// When it leaves if nobody stops it; `None`: no window is left.
    pub leaves: Option<Ms>,
    /// Since when he is in this batch, and by which run.
    pub since: Ms,
    pub by: Option<usize>,
}

/// What a read would say of a batch's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Planned,
    Ongoing,
    Sent,
    Canceled,
}

impl Batch {
    pub fn opens(&self) -> Ms {
        self.windows.first().map_or(0, |w| w.0)
    }

    pub fn closes(&self) -> Ms {
        self.windows.last().map_or(0, |w| w.1)
    }

    /// When nothing more leaves.
    pub fn stopped(&self) -> Option<Ms> {
        [self.canceled, self.erased]
            .into_iter()
            .flatten()
            .map(|(at, _)| at)
            .min()
    }

    /// Who saw to that.
    pub fn stopped_by(&self) -> Option<Who> {
        let first = [self.canceled, self.erased]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at);
        first.map(|(_, who)| who)
    }

    /// People whose message has left by `at`.
    pub fn sent_by(&self, at: Ms) -> impl Iterator<Item = &Person> {
        let stopped = self.stopped().unwrap_or(Ms::MAX);
        self.people
            .iter()
            .filter(move |person| person.leaves.is_some_and(|leaves| leaves <= at && leaves < stopped))
    }

    pub fn has_begun(&self, at: Ms) -> bool {
        self.sent_by(at).next().is_some()
    }

    /// Whether a message may still leave.
    pub fn is_live(&self, at: Ms) -> bool {
        self.stopped().is_none() && self.people.iter().any(|p| p.leaves.is_some_and(|leaves| leaves > at))
    }

    /// Still to be sent as a whole.
    pub fn is_planned(&self, at: Ms) -> bool {
        self.stopped().is_none() && !self.has_begun(at) && self.opens() > at
    }

    pub fn stage(&self, api: Api, at: Ms) -> Stage {
        if self.canceled.is_some_and(|(when, _)| when <= at) {
            return Stage::Canceled;
        }
        if api == Api::Sinch || !self.has_begun(at) {
            return Stage::Planned;
        }
        let is_over = self.people.iter().all(|p| p.leaves.is_none_or(|leaves| leaves <= at));
        if is_over { Stage::Sent } else { Stage::Ongoing }
    }
}

impl Account {
    pub fn find(&mut self, id: &str) -> Option<&mut Batch> {
        self.batches.iter_mut().find(|batch| batch.id == id)
    }

    /// Whether a read at `at` may find it.
    pub fn shows(&self, batch: &Batch, at: Ms) -> bool {
        batch.erased.is_none_or(|(when, _)| when > at)
    }
}

/// When each message of a batch leaves: the even ones in its first window, the others in the next one; within minutes
/// of the opening, at random.
pub fn departures(windows: &[(Ms, Ms)], people: usize, posted: Ms, chance: &mut Chance) -> Vec<Option<Ms>> {
    (0..people)
        .map(|i| {
            let first = i % windows.len();
            windows[first..].iter().chain(windows).find_map(|(opens, closes)| {
                let opens = (*opens).max(posted + SECOND);
                let span = (closes - opens).min(8 * MINUTE);
                (span > 0).then(|| opens + chance.between(0, span - 1))
            })
        })
        .collect()
}
