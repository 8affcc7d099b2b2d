//! Many histories on all cores, and what they come to.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::calm::Aggregate;
use super::history::{Verdict, happen};
use super::residues::Residue;
use super::script::Script;

/// Sums over many histories.
#[derive(Debug, Default)]
pub struct Sum {
    pub histories: u64,
    pub messages: u64,
    pub applies: u64,
    pub residues: BTreeMap<Residue, u64>,
    pub withdrawn: u64,
    pub late_missed: u64,
    pub due: u64,
    pub missed: BTreeMap<&'static str, u64>,
    /// Scripts that broke a rule, with the first rule broken.
    pub broken: Vec<(Script, &'static str, String)>,
}

impl Sum {
    fn add(&mut self, script: &Script, verdict: &Verdict) {
        self.histories += 1;
        self.messages += verdict.messages;
        self.applies += verdict.applies;
        for (residue, count) in &verdict.residues {
            *self.residues.entry(*residue).or_default() += count;
        }
        let Aggregate {
            due,
            missed,
            withdrawn,
            late_missed,
            ..
        } = &verdict.aggregate;
        self.due += due;
        self.withdrawn += withdrawn;
        self.late_missed += late_missed;
        for (reason, count) in missed {
            *self.missed.entry(reason).or_default() += count;
        }
        if let Some(first) = verdict.violations.first() {
            self.broken.push((script.clone(), first.rule, first.what.clone()));
        }
    }

    /// Needlessly held, in parts of a hundred thousand of the messages that were meant.
    pub fn missed_per_100_000(&self) -> u64 {
        self.missed.values().sum::<u64>() * 100_000 / self.due.max(1)
    }
}

/// Lets every seed of a range happen; stops early after this many failures.
pub fn all(seeds: Range<u64>, make: fn(u64) -> Script, most_failures: usize) -> Sum {
    let next = AtomicU64::new(seeds.start);
    let sum = Mutex::new(Sum::default());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || sum.lock().unwrap().broken.len() >= most_failures {
                        return;
                    }
                    let script = make(seed);
                    let verdict = happen(&script, false);
                    if let Some(first) = verdict.violations.first() {
                        println!("CAMPANILE_SEED={script} ({}) {}", first.rule, first.what);
                    }
                    sum.lock().unwrap().add(&script, &verdict);
                }
            });
        }
    });
    let mut sum = sum.into_inner().unwrap();
    sum.broken.sort_by_key(|(script, _, _)| script.seed);
    sum
}
