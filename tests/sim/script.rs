//! A history before it happens: steps made from a seed. Each step draws from its own stream, so that leaving one out
//! leaves the others as they are: that is how a failing history shrinks.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::account::{HOUR, MINUTE, Ms, SECOND};
use super::chance::Chance;
use super::repo::Edit;

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Wait(Ms),
    /// To this long after the next opening or closing (before it when negative).
    WaitForEdge(Ms),
    Edit(Edit),
    /// One run, or several side by side.
    Apply {
        runs: usize,
    },
    /// A plan is saved for review.
    Review,
    /// The reviewed plan is applied.
    ApplyReviewed,
    /// Somebody cancels or erases a batch by hand.
    Person {
        erase: bool,
    },
    /// Somebody changes a batch in the portal.
    Meddle,
    LoseJournal,
    /// An account hands our references back otherwise, or not at all.
    LoseReferences,
    /// The newest commit is taken back.
    Undo,
    /// Runs that meet something in particular.
    ApplyUnder(Plight),
    Stop,
    /// The same while an apply goes on.
    StopBeside,
    /// Somebody answers STOP, or is put on a blacklist.
    AnswerStop,
    /// Somebody who knows the truth allows what is held.
    Allow,
}

/// What a run meets for certain, because it would too seldom by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plight {
    /// Every DELETE is lost before it arrives.
    LosesDeletes,
    /// The machine falls asleep between the last look and a DELETE.
    Dozes,
    /// The same, and what changes something is often not answered.
    DozesUnanswered,
    /// Others' batches come between any two pages of a list.
    Busy,
    /// The account where somebody opted out last does not tell who did.
    Unheard,
    /// Another run goes on beside it, at the commit before.
    Beside,
    /// The same, and both die before they look back.
    DieBeside,
    /// Another run goes on beside it at the same commit, and both die before they look back.
    DieTwins,
    /// It is slow, and its clock jumps.
    Jumps,
    /// Nothing at all.
    Nothing,
}

/// What happens in a history that is made for one rule, because chance leads there too seldom ([`scenes`](super::scenes)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    Race,
    Stop,
}

/// A history by its seed, and what is left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub seed: u64,
    pub calm: bool,
    /// With accounts unlike the documents, accounts swapped, a namespace shared.
    pub edges: bool,
    /// With variants, languages and paces.
    pub texts: bool,
    /// No steps by chance, but these.
    pub scene: Option<Scene>,
    pub without: BTreeSet<usize>,
    /// Steps without faults.
    pub smooth: BTreeSet<usize>,
}

impl Script {
    pub fn hostile(seed: u64) -> Self {
        Self {
            seed,
            calm: false,
            edges: false,
            texts: false,
            scene: None,
            without: BTreeSet::new(),
            smooth: BTreeSet::new(),
        }
    }

    pub fn calm(seed: u64) -> Self {
        Self {
            calm: true,
            ..Self::hostile(seed)
        }
    }

    pub fn edges(seed: u64) -> Self {
        Self {
            edges: true,
            ..Self::hostile(seed)
        }
    }

    pub fn texts(seed: u64) -> Self {
        Self {
            texts: true,
            ..Self::hostile(seed)
        }
    }

    pub fn race(seed: u64) -> Self {
        Self {
            scene: Some(Scene::Race),
            ..Self::calm(seed)
        }
    }

    pub fn stop(seed: u64) -> Self {
        Self {
            scene: Some(Scene::Stop),
            ..Self::calm(seed)
        }
    }

    /// All steps, those left out included.
    pub fn steps(&self) -> Vec<Step> {
        let mut chance = Chance::of(self.seed, 1);
        let many = 5 + chance.below(12);
        let mut steps = vec![Step::Apply { runs: 1 }];
        while steps.len() < many {
            let step = if self.calm {
                calm_step(&mut chance)
            } else if self.edges {
                edge_step(&mut chance)
            } else {
                hostile_step(&mut chance)
            };
            steps.extend(step);
        }
        if self.texts {
            steps.iter_mut().for_each(|step| with_texts(step, &mut chance));
        }
        steps
    }
}

/// Two of three edits become one of variants, languages, a pace or a limit.
fn with_texts(step: &mut Step, chance: &mut Chance) {
    if matches!(step, Step::Edit(_)) && chance.in_thousand(650) {
        *step = Step::Edit(chance.pick(&Edit::TEXTS));
    }
}

const WAITS: [Ms; 9] = [
    20 * SECOND,
    2 * MINUTE,
    5 * MINUTE,
    11 * MINUTE,
    30 * MINUTE,
    HOUR,
    4 * HOUR,
    12 * HOUR,
    25 * HOUR,
];

const EDGES: [Ms; 12] = [
    -30 * MINUTE,
    -12 * MINUTE,
    -11 * MINUTE,
    -9 * MINUTE,
    -4 * MINUTE,
    -150 * SECOND,
    -90 * SECOND,
    -20 * SECOND,
    5 * SECOND,
    2 * MINUTE,
    6 * MINUTE,
    15 * MINUTE,
];

fn hostile_step(chance: &mut Chance) -> Vec<Step> {
    let edit = |chance: &mut Chance| Step::Edit(chance.pick(&Edit::ANY));
    match chance.below(100) {
        0..10 => vec![Step::Wait(chance.pick(&WAITS))],
        10..22 => vec![Step::WaitForEdge(chance.pick(&EDGES))],
        22..30 => trap(chance),
        30..45 => vec![edit(chance), Step::Apply { runs: 1 }],
        45..52 => vec![edit(chance), edit(chance), Step::Apply { runs: 1 }],
        52..58 => vec![edit(chance)],
        58..60 => vec![Step::Meddle, Step::Apply { runs: 1 }],
        60..72 => vec![Step::Apply { runs: 1 }],
        72..80 => vec![Step::Apply {
            runs: 2 + chance.below(2),
        }],
        80..85 => vec![Step::Person {
            erase: chance.in_thousand(350),
        }],
        85..89 => vec![Step::LoseJournal],
        89..92 => vec![Step::Stop],
        92..95 => vec![Step::Allow],
        95..97 => vec![Step::Review],
        97..99 => vec![edit(chance), Step::Review, Step::ApplyReviewed],
        _ => vec![Step::ApplyReviewed],
    }
}

/// As hostile ones, and what happens around the planner's core.
fn edge_step(chance: &mut Chance) -> Vec<Step> {
    let smooth = Step::ApplyUnder(Plight::Nothing);
    let swap = Step::Edit(Edit::SwapAccount);
    match chance.below(100) {
        0..58 => hostile_step(chance),
        58..72 => around_step(chance),
        72..78 => vec![Step::LoseReferences, smooth],
        78..82 => vec![Step::LoseReferences, Step::LoseJournal, smooth],
        82..85 => vec![swap, smooth],
        85..88 => vec![
            Step::Edit(Edit::OptOut),
            Step::Edit(Edit::OptOut),
            smooth,
            Step::Edit(Edit::CutList),
            smooth,
        ],
        88..94 => vec![
            swap,
            Step::Apply { runs: 1 },
            Step::Wait(chance.pick(&WAITS)),
            swap,
            smooth,
        ],
        _ => vec![Step::LoseJournal, Step::Edit(Edit::Body), smooth],
    }
}

/// What people do around the files, and lists that shrink or grow.
fn around_step(chance: &mut Chance) -> Vec<Step> {
    let (apply, smooth) = (Step::Apply { runs: 1 }, Step::ApplyUnder(Plight::Nothing));
    let edit = Step::Edit(chance.pick(&Edit::ANY));
    match chance.below(7) {
        0 => vec![edit, Step::StopBeside, smooth],
        1 => vec![Step::Edit(Edit::Add), Step::StopBeside, Step::Wait(2 * MINUTE), apply],
        2 => vec![Step::AnswerStop, apply],
        3 => vec![Step::AnswerStop, edit, Step::ApplyUnder(Plight::Unheard)],
        4 => vec![
            Step::Edit(Edit::Horizon),
            Step::Edit(Edit::Fill),
            smooth,
            Step::Edit(Edit::CutPeople),
            smooth,
        ],
        5 => vec![
            edit,
            Step::ApplyUnder(Plight::Busy),
            Step::Wait(20 * SECOND),
            Step::ApplyUnder(Plight::Busy),
        ],
        _ => vec![
            Step::WaitForEdge(-100 * SECOND),
            Step::Edit(chance.pick(&[Edit::MovePast, Edit::Remove, Edit::Tombstone])),
            Step::ApplyUnder(Plight::DozesUnanswered),
            smooth,
        ],
    }
}

/// Steps that lead where chance seldom does.
fn trap(chance: &mut Chance) -> Vec<Step> {
    let apply = Step::Apply { runs: 1 };
    let away = [Edit::MovePast, Edit::Remove, Edit::Tombstone];
    let shift = [Edit::ShiftWindows, Edit::MoveWindows, Edit::Zones, Edit::AddPeople];
    let smooth = Step::ApplyUnder(Plight::Nothing);
    match chance.below(14) {
        0 | 10 => vec![
            Step::Edit(Edit::Body),
            Step::ApplyUnder(Plight::LosesDeletes),
            Step::Undo,
            Step::Wait(5 * MINUTE),
            smooth,
            Step::Wait(2 * MINUTE),
            Step::Person { erase: false },
            Step::Wait(2 * MINUTE),
            smooth,
        ],
        1 => vec![
            Step::WaitForEdge(-100 * SECOND),
            Step::Edit(chance.pick(&away)),
            Step::ApplyUnder(Plight::Dozes),
            Step::Undo,
            Step::Edit(Edit::MoveWindows),
            apply,
        ],
        2 => vec![
            Step::Edit(chance.pick(&shift)),
            Step::ApplyUnder(Plight::Beside),
            Step::WaitForEdge(5 * SECOND),
            apply,
        ],
        3 => vec![Step::Edit(chance.pick(&shift)), Step::ApplyUnder(Plight::Beside), apply],
        4 => vec![Step::Edit(chance.pick(&shift)), Step::ApplyUnder(Plight::Jumps)],
        5 => vec![
            Step::Edit(chance.pick(&[Edit::AddPeople, Edit::AddPeople, Edit::Zones])),
            Step::ApplyUnder(Plight::DieBeside),
            Step::Edit(Edit::Break),
            smooth,
        ],
        6 | 11 => vec![
            Step::Edit(chance.pick(&[Edit::ShiftWindows, Edit::MoveWindows])),
            Step::ApplyUnder(Plight::DieBeside),
            Step::WaitForEdge(5 * SECOND),
            smooth,
        ],
        7 => vec![
            Step::Edit(chance.pick(&[Edit::Revision, Edit::Add, Edit::MoveWindows])),
            Step::ApplyUnder(Plight::DieTwins),
            Step::Wait(2 * MINUTE),
            smooth,
        ],
        12 | 13 => vec![Step::Edit(Edit::Zones), smooth],
        8 => vec![Step::Edit(Edit::Horizon), smooth, Step::Edit(Edit::Horizon), smooth],
        _ => vec![
            Step::WaitForEdge(-100 * SECOND),
            Step::Edit(chance.pick(&away)),
            Step::ApplyUnder(Plight::Dozes),
            Step::Undo,
            Step::Edit(Edit::MoveWindows),
            smooth,
        ],
    }
}

/// Many edits, an apply after each, and scheduled applies; no faults, nobody's hand at the provider.
fn calm_step(chance: &mut Chance) -> Vec<Step> {
    match chance.below(100) {
        0..50 => {
            let kinds: Vec<Edit> = Edit::ANY.into_iter().filter(|edit| *edit != Edit::Horizon).collect();
            let edit = chance.pick(&kinds);
            let back = (edit == Edit::Pause && chance.in_thousand(500)).then_some([
                Step::Wait(chance.pick(&WAITS)),
                Step::Edit(Edit::Pause),
                Step::Apply { runs: 1 },
            ]);
            let mut steps = vec![Step::Edit(edit), Step::Apply { runs: 1 }];
            steps.extend(back.into_iter().flatten());
            steps
        }
        50..75 => vec![Step::Wait(chance.pick(&WAITS)), Step::Apply { runs: 1 }],
        _ => vec![Step::WaitForEdge(chance.pick(&EDGES)), Step::Apply { runs: 1 }],
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |steps: &BTreeSet<usize>| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        write!(
            f,
            "{}{}",
            self.seed,
            match (self.scene, self.calm, self.edges, self.texts) {
                (Some(Scene::Race), _, _, _) => "r",
                (Some(Scene::Stop), _, _, _) => "s",
                (None, true, _, _) => "c",
                (None, false, true, _) => "e",
                (None, false, false, true) => "t",
                (None, false, false, false) => "",
            }
        )?;
        if !self.without.is_empty() {
            write!(f, "-{}", list(&self.without))?;
        }
        if !self.smooth.is_empty() {
            write!(f, "+{}", list(&self.smooth))?;
        }
        Ok(())
    }
}

impl FromStr for Script {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let list = |text: &str| -> Result<BTreeSet<usize>, Self::Err> {
            text.split('.').filter(|t| !t.is_empty()).map(str::parse).collect()
        };
        let (text, smooth) = text.split_once('+').unwrap_or((text, ""));
        let (text, without) = text.split_once('-').unwrap_or((text, ""));
        let scene = match text.chars().last() {
            Some('r') => Some(Scene::Race),
            Some('s') => Some(Scene::Stop),
            _ => None,
        };
        Ok(Self {
            seed: text.trim_end_matches(['c', 'e', 't', 'r', 's']).parse()?,
            calm: text.ends_with('c') || scene.is_some(),
            scene,
            edges: text.ends_with('e'),
            texts: text.ends_with('t'),
            without: list(without)?,
            smooth: list(smooth)?,
        })
    }
}
