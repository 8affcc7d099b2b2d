//! Plays every broken variant. It is compiled only in the tree that `run` builds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use campanile::set_mutant;

use super::{SEEDS, table, variants};
use crate::history::happen;
use crate::script::Script;

struct Caught {
    script: Script,
    rule: &'static str,
    what: String,
}

/// `CAMPANILE_MUTANT=Name` plays one alone.
#[test]
fn every_broken_variant_is_caught() {
    let wanted = std::env::var("CAMPANILE_MUTANT").ok();
    let all: Vec<&'static str> = (variants().into_keys())
        .filter(|name| wanted.as_ref().is_none_or(|wanted| wanted == name))
        .map(|name| &*name.leak())
        .collect();
    assert_ne!(all, Vec::<&str>::new(), "no broken variant is called {wanted:?}");
    let table = table();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(name) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let caught = catch(name, table.get(*name).map(|row| row.script.clone()));
                    match &caught {
                        Some(caught) => println!("{name}: seed {} ({}: {})", caught.script, caught.rule, caught.what),
                        None => println!("{name}: SURVIVES"),
                    }
                    found.lock().unwrap().push((*name, caught));
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let survivors = found.iter().filter(|(_, caught)| caught.is_none()).count();
    println!("{} of {} caught", found.len() - survivors, found.len());
    assert_eq!(survivors, 0);
    let moved = found.iter().filter_map(|(name, caught)| {
        let caught = caught.as_ref()?;
        let row = table.get(*name);
        let is_as_listed = row.is_some_and(|row| row.script == caught.script && row.oracle == caught.rule);
        (!is_as_listed).then(|| format!("`{name}` | .. | {} | `{}`", caught.script, caught.rule))
    });
    assert_eq!(
        moved.collect::<Vec<_>>(),
        Vec::<String>::new(),
        "rows of README.md that have moved"
    );
}

/// The first history that shows the broken rule, and which promise it broke; the one of the table is tried first, then
/// others of its kind.
fn catch(name: &'static str, listed: Option<Script>) -> Option<Caught> {
    set_mutant(Some(name));
    let kind = listed.clone().unwrap_or_else(|| Script::hostile(0));
    let caught = (listed.into_iter().filter(|script| script.seed < SEEDS))
        .chain((0..SEEDS).map(|seed| Script { seed, ..kind.clone() }))
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
