//! The proof that the proof could fail: every deliberately broken variant of planner and apply must be caught, each within
//! the first seeds. One that survives is a hole in the oracle.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use campanile::model::{Mutant, set_mutant};

use super::history::happen;
use super::script::Script;

/// Caught within this many seeds, or not at all.
const SEEDS: u64 = 2000;

/// The first seed that shows the broken rule, and which promise it broke.
fn catch(mutant: Mutant) -> Option<(u64, &'static str)> {
    set_mutant(Some(mutant));
    let caught = (0..SEEDS).find_map(|seed| {
        let broken = happen(&Script::hostile(seed), false).violations;
        broken.first().map(|violation| (seed, violation.rule))
    });
    set_mutant(None);
    caught
}

/// `CAMPANILE_MUTANT=Name` tries one alone.
#[test]
fn every_broken_variant_is_caught() {
    let wanted = std::env::var("CAMPANILE_MUTANT").ok();
    let all: Vec<Mutant> = (Mutant::ALL.into_iter())
        .filter(|mutant| wanted.as_ref().is_none_or(|name| *name == format!("{mutant:?}")))
        .collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(mutant) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let caught = catch(*mutant);
                    match caught {
                        Some((seed, rule)) => println!("{mutant:?}: caught by seed {seed} ({rule})"),
                        None => println!("{mutant:?}: SURVIVES"),
                    }
                    found.lock().unwrap().push((*mutant, caught));
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let survivors: Vec<Mutant> = found
        .iter()
        .filter(|(_, caught)| caught.is_none())
        .map(|(m, _)| *m)
        .collect();
    println!("{} of {} caught", found.len() - survivors.len(), found.len());
    assert_eq!(survivors, []);
}
