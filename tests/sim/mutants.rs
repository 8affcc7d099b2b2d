//! The proof that the proof could fail: every deliberately broken variant of planner, apply and paging must be caught,
//! each within the first seeds. One that survives is a hole in the oracle or in the histories.
//!
//! `README.md` beside this file lists them with the seed that catches each. A seed that has moved (histories are made
//! anew whenever the simulation changes) fails the test, which prints the row as it should be.

use std::collections::BTreeMap;
#[cfg(feature = "mutants")]
use std::sync::Mutex;
#[cfg(feature = "mutants")]
use std::sync::atomic::{AtomicUsize, Ordering};

use campanile::model::Mutant;

use super::script::Script;

const TABLE: &str = include_str!("README.md");

/// Seeds and oracle's rules by variant, as the table tells them.
fn table() -> BTreeMap<String, (Script, String)> {
    let (_, table) = TABLE.split_once("## Broken variants").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        (cells[0].to_owned(), (cells[2].parse().unwrap(), cells[3].to_owned()))
    })
    .collect()
}

#[test]
fn every_broken_variant_is_in_the_table() {
    let listed: Vec<String> = table().into_keys().collect();
    let mut all: Vec<String> = Mutant::ALL.iter().map(|mutant| format!("{mutant:?}")).collect();
    all.sort();
    assert_eq!(listed, all);
}

/// `CAMPANILE_MUTANT=Name` tries one alone.
#[cfg(feature = "mutants")]
#[test]
fn every_broken_variant_is_caught() {
    let wanted = std::env::var("CAMPANILE_MUTANT").ok();
    let all: Vec<Mutant> = (Mutant::ALL.into_iter())
        .filter(|mutant| wanted.as_ref().is_none_or(|name| *name == format!("{mutant:?}")))
        .collect();
    let table = table();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(mutant) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let caught = search::catch(*mutant, table.get(&format!("{mutant:?}")).map(|row| row.0.clone()));
                    match &caught {
                        Some(caught) => {
                            println!("{mutant:?}: seed {} ({}: {})", caught.script, caught.rule, caught.what)
                        }
                        None => println!("{mutant:?}: SURVIVES"),
                    }
                    found.lock().unwrap().push((format!("{mutant:?}"), caught));
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let survivors = found.iter().filter(|(_, caught)| caught.is_none()).count();
    println!("{} of {} caught", found.len() - survivors, found.len());
    assert_eq!(survivors, 0);
    let told = |name: &str| table.get(name).cloned();
    let moved = found.iter().filter_map(|(name, caught)| {
        let caught = caught.as_ref()?;
        let now = (caught.script.clone(), caught.rule.to_owned());
        (told(name).as_ref() != Some(&now)).then(|| format!("`{name}` | .. | {} | `{}`", caught.script, caught.rule))
    });
    assert_eq!(
        moved.collect::<Vec<_>>(),
        Vec::<String>::new(),
        "rows of README.md that have moved"
    );
}

#[cfg(feature = "mutants")]
mod search {
    use campanile::model::{Mutant, set_mutant};

    use crate::history::happen;
    use crate::script::Script;

    /// Caught within this many seeds, or not at all.
    const SEEDS: u64 = 2000;

    pub struct Caught {
        pub script: Script,
        pub rule: &'static str,
        pub what: String,
    }

    /// The first history that shows the broken rule, and which promise it broke; the one of the table is tried first, then
    /// others of its kind.
    pub fn catch(mutant: Mutant, told: Option<Script>) -> Option<Caught> {
        set_mutant(Some(mutant));
        let make = match &told {
            Some(script) if script.edges => Script::edges,
            Some(_) | None => Script::hostile,
        };
        let caught = (told.into_iter().filter(|script| script.seed < SEEDS))
            .chain((0..SEEDS).map(make))
            .find_map(|script| {
                let broken = happen(&script, false).violations;
                let first = broken.into_iter().next()?;
                Some(Caught {
                    script,
                    rule: first.rule,
                    what: first.what,
                })
            });
        set_mutant(None);
        caught
    }
}
