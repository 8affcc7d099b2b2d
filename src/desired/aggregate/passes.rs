//! Which campaigns are read together: those whose lists are alike, as many as their sums leave room for.
//!
//! In: campaigns with their opened lists. Out: passes over lists, each for some campaigns. Never: a result that depends on
//! who was read together.

use std::ops::Range;

use super::bucket_sums::CELL_BYTES;
use super::compiled::CompiledCampaign;
use crate::audience::{Table, reading_threads};

/// One campaign in a pass: the renditions of its texts that are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharedPass {
    /// Which campaign.
    pub(super) job: usize,
    pub(super) renditions: Range<usize>,
}

/// Sums of one pass may take so much memory, unless they are those of a single campaign.
const ROOM: u64 = 64 << 20;
/// What else a thread keeps of a campaign.
const REST: u64 = 16 << 10;

/// The passes over all lists; those of one campaign in the order of its renditions.
pub(super) fn shared_passes<'a>(
    campaigns: impl Iterator<Item = (usize, &'a CompiledCampaign, &'a [Table])>,
) -> Vec<Vec<SharedPass>> {
    let mut alike: Vec<(&[Table], Vec<(SharedPass, u64)>)> = Vec::new();
    for (job, compiled, tables) in campaigns {
        let is_like = |other: &[Table]| {
            other.len() == tables.len() && !tables.is_empty() && tables.iter().zip(other).all(|(a, b)| a.is_like(b))
        };
        let at = alike.iter().position(|(other, _)| is_like(other)).unwrap_or_else(|| {
            alike.push((tables, Vec::new()));
            alike.len() - 1
        });
        let renditions = compiled.renditions.len();
        // Where who is meant depends on the occasion, each has an audience of its own.
        let step = if compiled.people_differ() { 1 } else { renditions.max(1) };
        let passes = (0..renditions).step_by(step).map(|first| SharedPass {
            job,
            renditions: first..first + step,
        });
        let passes = passes.map(|pass| (pass, room(compiled, step, tables)));
        if let Some((_, known)) = alike.get_mut(at) {
            known.extend(passes);
        }
    }
    alike.into_iter().flat_map(|(_, passes)| in_rooms(passes)).collect()
}

/// Bytes that a pass takes.
fn room(compiled: &CompiledCampaign, renditions: usize, tables: &[Table]) -> u64 {
    let rows: u64 = tables.iter().map(Table::most_rows).sum();
    let cells = (CELL_BYTES << compiled.bits).min(rows * CELL_BYTES);
    let threads = reading_threads() as u64;
    let sums = cells * renditions as u64 + REST;
    // A bit a row.
    sums * threads + rows / 8
}

fn in_rooms(passes: Vec<(SharedPass, u64)>) -> Vec<Vec<SharedPass>> {
    let mut rooms: Vec<Vec<SharedPass>> = Vec::new();
    let mut left = 0;
    for (pass, bytes) in passes {
        if let Some(room) = rooms.last_mut().filter(|_| bytes <= left) {
            room.push(pass);
            left -= bytes;
        } else {
            rooms.push(vec![pass]);
            left = ROOM.saturating_sub(bytes);
        }
    }
    rooms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_share_a_room_until_it_is_full_and_the_largest_has_its_own() {
        let pass = |job| SharedPass { job, renditions: 0..1 };
        let sizes = [ROOM / 2, ROOM / 2, 1, 3 * ROOM, ROOM, 1];
        let passes = (0..).zip(sizes).map(|(job, bytes)| (pass(job), bytes));
        let rooms: Vec<Vec<usize>> = in_rooms(passes.collect())
            .iter()
            .map(|room| room.iter().map(|pass| pass.job).collect())
            .collect();
        assert_eq!(rooms, [vec![0, 1], vec![2], vec![3], vec![4], vec![5]]);
    }
}
