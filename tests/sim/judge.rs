//! The judgement of a whole history, once everything has been sent: nobody twice, nothing outside its windows, nobody
//! who was suppressed in time.

use std::collections::BTreeMap;

use campanile::model::Msisdn;

use super::account::{Batch, MINUTE, Ms};
use super::oracle::{SETTLED, is_suppressed};
use super::repo::Label;
use super::residues::{Residue, excuse};
use super::world::{Run, World};

/// A message that left.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    pub account: usize,
    pub batch: usize,
    pub at: Ms,
    pub person: (Msisdn, Label),
}

/// Judges a whole history, once everything has been sent.
pub fn judge(world: &World) {
    let mut texts: BTreeMap<(Msisdn, Label), Vec<Text>> = BTreeMap::new();
    for (account, held) in world.accounts.iter().enumerate() {
        let held = held.borrow();
        for (i, batch) in held.batches.iter().enumerate().filter(|(_, batch)| batch.run.is_some()) {
            for person in batch.sent_by(Ms::MAX) {
                let at = person.leaves.unwrap_or_default();
                if !batch.windows.iter().any(|w| w.0 <= at && at < w.1) {
                    world.violate("window", format!("{} left outside its windows", batch.id));
                }
                texts.entry((person.number, person.label)).or_default().push(Text {
                    account,
                    batch: i,
                    at,
                    person: (person.number, person.label),
                });
            }
            // A rehearsal reaches nobody; a campaign that has left the sandbox leaves there what it rehearsed.
            if !world.facts[account].is_sandbox {
                check_suppressed(world, account, batch);
            }
        }
    }
    for ((number, label), mut all) in texts {
        all.sort_by_key(|text| world.accounts[text.account].borrow().batches[text.batch].created);
        for (i, later) in all.iter().enumerate().skip(1) {
            let excuse = all[..i]
                .iter()
                .map(|earlier| excuse(world, *earlier, *later))
                .find(Option::is_none);
            match excuse {
                Some(_) => {
                    let id = |t: &Text| world.accounts[t.account].borrow().batches[t.batch].id.clone();
                    let ids: Vec<String> = all.iter().map(id).collect();
                    world.violate("twice", format!("{number:?} got {label:?} by {}", ids.join(" and ")));
                    return;
                }
                None => {
                    if let Some(residue) = excuse_of_all(world, &all[..i], *later) {
                        world.count(residue);
                    }
                }
            }
        }
    }
}

fn excuse_of_all(world: &World, earlier: &[Text], later: Text) -> Option<Residue> {
    earlier.iter().find_map(|one| excuse(world, *one, later))
}

/// Nobody who was suppressed before a run that went well is texted by a batch that it could still stop.
fn check_suppressed(world: &World, account: usize, batch: &Batch) {
    let Some(reference) = &batch.reference else { return };
    let runs = world.runs.borrow();
    let last = batch.run.unwrap_or_default();
    let could_stop = |run: &Run| {
        run.clean
            && run.repo.configured[account]
            && !world.loses_references(account)
            && run.repo.namespace == reference.namespace.as_str()
            && run.start >= batch.listed_from + SETTLED
            && run.end + 3 * MINUTE <= batch.opens()
    };
    for (_, run) in runs.iter().enumerate().filter(|(i, run)| *i > last && could_stop(run)) {
        let texted = batch
            .sent_by(Ms::MAX)
            .find(|person| is_suppressed(&run.repo, reference, person.number));
        if texted.is_some() {
            world.violate(
                "suppressed",
                format!("{} texts somebody who was suppressed in time", batch.id),
            );
            return;
        }
    }
}
