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
    LoseJournal,
    Stop,
    /// Somebody who knows the truth allows what is held.
    Allow,
}

/// A history by its seed, and what is left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub seed: u64,
    pub calm: bool,
    pub without: BTreeSet<usize>,
    /// Steps without faults.
    pub smooth: BTreeSet<usize>,
}

impl Script {
    pub fn hostile(seed: u64) -> Self {
        Self {
            seed,
            calm: false,
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

    /// All steps, those left out included.
    pub fn steps(&self) -> Vec<Step> {
        let mut chance = Chance::of(self.seed, 1);
        let many = 5 + chance.below(12);
        let mut steps = vec![Step::Apply { runs: 1 }];
        while steps.len() < many {
            let step = if self.calm {
                calm_step(&mut chance)
            } else {
                hostile_step(&mut chance)
            };
            steps.extend(step);
        }
        steps
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
        10..25 => vec![Step::WaitForEdge(chance.pick(&EDGES))],
        25..45 => vec![edit(chance), Step::Apply { runs: 1 }],
        45..52 => vec![edit(chance), edit(chance), Step::Apply { runs: 1 }],
        52..60 => vec![edit(chance)],
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
        95..98 => vec![Step::Review],
        _ => vec![Step::ApplyReviewed],
    }
}

/// Many edits, an apply after each, and scheduled applies; no faults, nobody's hand at the provider.
fn calm_step(chance: &mut Chance) -> Vec<Step> {
    match chance.below(100) {
        0..50 => {
            let kinds: Vec<Edit> = Edit::ANY
                .into_iter()
                .filter(|edit| !matches!(edit, Edit::Pause))
                .collect();
            vec![Step::Edit(chance.pick(&kinds)), Step::Apply { runs: 1 }]
        }
        50..75 => vec![Step::Wait(chance.pick(&WAITS)), Step::Apply { runs: 1 }],
        _ => vec![Step::WaitForEdge(chance.pick(&EDGES)), Step::Apply { runs: 1 }],
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |steps: &BTreeSet<usize>| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        write!(f, "{}{}", self.seed, if self.calm { "c" } else { "" })?;
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
        Ok(Self {
            seed: text.trim_end_matches('c').parse()?,
            calm: text.ends_with('c'),
            without: list(without)?,
            smooth: list(smooth)?,
        })
    }
}
