//! The look at the newest batches before a create: back to one that is known, and no further than the largest page.
//!
//! A batch at Sinch holds its people, so a page of a hundred may have megabytes, and mostly a single batch shows that nobody
//! else has made one since. A second one, of those that this run has made, shows whether somebody else cancels them: in turn
//! the one that `stop` would take first, and each of the others.

use std::sync::{MutexGuard, PoisonError};

use super::super::{Failure, FailureKind};
use super::calls::Sinch;
use super::listing::why;
use super::paging::{Broken, PAGE_SIZE, Paging, Turn};
use super::seen::Seen;
use super::wire;

impl Sinch {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest batches back to a known one, and one more of this run's own; oldest of them first.
    pub(super) async fn read_newest(&self) -> Result<Vec<wire::Batch>, Failure> {
        let (mut paging, start) = (Paging::of_the_newest(), self.start_date());
        loop {
            let (page, _) = self.read_page(&mut paging, &start, None).await?;
            let count = page.count.and_then(|count| count.count()).unwrap_or(0);
            let reaches_back = self.seen().knows_one_of(&page.batches);
            match paging.take(page.batches, Some(count)) {
                Ok(Turn::More) if !reaches_back && !paging.has_all() && paging.passed() < PAGE_SIZE => paging.widen(),
                // What is left is older: a list that shrinks is no concern of this look.
                Ok(_) | Err(Broken::Moved) => break,
                Err(broken) => return Err(Failure::new(FailureKind::Garbled, why(broken, 1))),
            }
        }
        let passed = paging.passed();
        let mut newest = paging.into_items();
        let own = self.seen().next_own();
        if let Some(place) = own.filter(|place| *place >= passed) {
            let mut one = Paging::at(place);
            let (page, _) = self.read_page(&mut one, &start, None).await?;
            newest.splice(0..0, page.batches);
        }
        self.seen().listed(&newest);
        Ok(newest)
    }
}
