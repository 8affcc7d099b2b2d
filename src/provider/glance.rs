//! A page of a list, read as far as it can be read. A page that cannot be had in one piece (it breaks, it is too large) is
//! asked for in smaller ones, down to single entries where it is the size; an entry that cannot be read is counted, and the others are read.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Failure, FailureKind, Glance};
use crate::model::ExistingBatch;

/// A page is cut into so many pieces.
pub(super) const PIECES: u64 = 10;

/// Reads page `page`; `read(page, pieces)` gives the entries of one page of a list that is cut `pieces` times finer.
pub(super) async fn glance<W, R>(
    page: u64,
    mut read: impl FnMut(u64, u64) -> R,
    convert: impl Fn(&W) -> Option<ExistingBatch>,
) -> Result<Glance, Failure>
where
    W: DeserializeOwned,
    R: Future<Output = Result<Vec<Value>, Failure>>,
{
    let failure = match read(page, 1).await {
        Ok(entries) => return Ok(of(entries, &convert)),
        Err(failure) if failure.kind == FailureKind::Systemic => return Err(failure),
        Err(failure) => failure,
    };
    let mut glance = Glance::default();
    let mut was_read = false;
    'all: for piece in page * PIECES..(page + 1) * PIECES {
        let entries = match read(piece, PIECES).await {
            Ok(entries) => vec![Ok(entries)],
            // A page that is only too large can be had whole, entry by entry.
            Err(failure) if failure.kind == FailureKind::TooLarge => {
                let mut entries = Vec::new();
                for one in piece * PIECES..(piece + 1) * PIECES {
                    entries.push(read(one, PIECES * PIECES).await);
                }
                entries
            }
            Err(failure) => vec![Err(failure)],
        };
        for read in entries {
            let Ok(entries) = read else {
                glance.strange += 1;
                continue;
            };
            was_read = true;
            let is_last = entries.is_empty();
            let more = of(entries, &convert);
            glance.batches.extend(more.batches);
            glance.strange += more.strange;
            if is_last {
                break 'all;
            }
        }
    }
    if was_read { Ok(glance) } else { Err(failure) }
}

fn of<W: DeserializeOwned>(entries: Vec<Value>, convert: impl Fn(&W) -> Option<ExistingBatch>) -> Glance {
    let is_empty = entries.is_empty();
    let all = entries.len();
    let batches: Vec<ExistingBatch> = (entries.into_iter())
        .filter_map(|entry| convert(&serde_json::from_value(entry).ok()?))
        .collect();
    Glance {
        strange: all - batches.len(),
        batches,
        is_empty,
    }
}
