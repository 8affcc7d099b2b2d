//! When is a list complete? A pure machine that is fed with pages.
//!
//! Pages are numbered from 0, newest batches first, so a new batch pushes all others along while we read. The list is
//! believed when it ended in an *empty* page, the announced `count` never changed and equals the different ids, and the
//! first page read again at the end still holds the same.

use std::collections::HashSet;

use crate::model::{Mutant, mutant};

/// The documented maximum.
pub const PAGE_SIZE: u64 = 100;
/// No account has this many pages in 14 days; an answer that never ends must end.
const MOST_PAGES: u64 = 1_000;

/// Something with an id of its own.
pub trait Identified {
    /// What it is known by; `None` when the answer does not say.
    fn id(&self) -> Option<String>;
}

/// What to do after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Ask for [`Paging::page`].
    More,
    /// Everything has been read.
    Complete,
}

/// Why the list cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Items came or went while it was read, or the count says so: reading it again may help.
    Moved,
    /// It does not end.
    Endless,
    /// It has an item without an id, or no count.
    Nameless,
}

/// A list that is being read.
pub struct Paging<T> {
    items: Vec<T>,
    ids: HashSet<String>,
    first_page: Vec<String>,
    count: Option<u64>,
    page: u64,
    is_verifying: bool,
    /// The list may grow while it is read: it is the newest end.
    grows: bool,
}

impl<T: Identified> Paging<T> {
    /// Nothing read yet.
    #[expect(clippy::new_without_default, reason = "its sibling for the other API takes a limit")]
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            ids: HashSet::new(),
            first_page: Vec::new(),
            count: None,
            page: 0,
            is_verifying: false,
            grows: false,
        }
    }

    /// For the newest end, which has no fixed `end_date`: new batches push others to later pages, so that something may
    /// be seen twice and nothing is missed. What was announced first must be there.
    pub fn of_what_is_new() -> Self {
        Self {
            grows: true,
            ..Self::new()
        }
    }

    /// The page to ask for now.
    pub fn page(&self) -> u64 {
        self.page
    }

    /// All items, oldest first.
    pub fn into_items(mut self) -> Vec<T> {
        self.items.reverse();
        self.items
    }

    /// Takes in the page [`Paging::page`] and the `count` that came with it.
    pub fn take(&mut self, page: Vec<T>, count: Option<u64>) -> Result<Turn, Broken> {
        let ids: Vec<String> = page
            .iter()
            .map(Identified::id)
            .collect::<Option<_>>()
            .ok_or(Broken::Nameless)?;
        let count = count.ok_or(Broken::Nameless)?;
        if self.grows {
            return self.take_new(page, ids, count);
        }
        if self.count.is_some_and(|before| before != count) {
            return Err(Broken::Moved);
        }
        self.count = Some(count);
        if self.is_verifying {
            return if ids == self.first_page {
                Ok(Turn::Complete)
            } else {
                Err(Broken::Moved)
            };
        }
        if page.is_empty() {
            if u64::try_from(self.items.len()) != Ok(count) {
                return Err(Broken::Moved);
            }
            self.is_verifying = true;
            self.page = 0;
            return Ok(Turn::More);
        }
        if self.page == 0 {
            self.first_page.clone_from(&ids);
        }
        let is_short = u64::try_from(page.len()).is_ok_and(|items| items < PAGE_SIZE);
        for (item, id) in page.into_iter().zip(ids) {
            if !self.ids.insert(id) {
                return Err(Broken::Moved);
            }
            self.items.push(item);
        }
        self.page += 1;
        if is_short && mutant(Mutant::ListEndsAtShortPage) {
            return Ok(Turn::Complete);
        }
        if self.page > MOST_PAGES {
            Err(Broken::Endless)
        } else {
            Ok(Turn::More)
        }
    }

    fn take_new(&mut self, page: Vec<T>, ids: Vec<String>, count: u64) -> Result<Turn, Broken> {
        let announced = *self.count.get_or_insert(count);
        if page.is_empty() {
            let has_all = u64::try_from(self.items.len()).is_ok_and(|items| items >= announced);
            return if has_all {
                Ok(Turn::Complete)
            } else {
                Err(Broken::Moved)
            };
        }
        for (item, id) in page.into_iter().zip(ids) {
            if self.ids.insert(id) {
                self.items.push(item);
            }
        }
        self.page += 1;
        if self.page > MOST_PAGES {
            Err(Broken::Endless)
        } else {
            Ok(Turn::More)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Identified for u64 {
        fn id(&self) -> Option<String> {
            (*self != 0).then(|| self.to_string())
        }
    }

    /// Reads a list, newest first, that becomes `versions[i]` before the i-th request and then stays.
    fn read(versions: &[&[u64]], size: usize) -> Result<Vec<u64>, Broken> {
        let mut paging = Paging::new();
        for asked in 0.. {
            let list = versions.get(asked).or(versions.last()).unwrap();
            let skipped = usize::try_from(paging.page()).unwrap() * size;
            let page = list.iter().skip(skipped).take(size).copied().collect();
            if paging.take(page, u64::try_from(list.len()).ok())? == Turn::Complete {
                break;
            }
        }
        Ok(paging.into_items())
    }

    #[test]
    fn a_still_list_is_read_oldest_first() {
        for length in 0..30 {
            let oldest_first: Vec<u64> = (1..=length).collect();
            let newest_first: Vec<u64> = (1..=length).rev().collect();
            for size in 1..7 {
                assert_eq!(read(&[&newest_first], size), Ok(oldest_first.clone()));
            }
        }
    }

    #[test]
    fn a_list_that_moves_is_not_complete() {
        let before: &[u64] = &[5, 4, 3, 2, 1];
        for after in [
            &[6, 5, 4, 3, 2, 1][..],
            &[5, 4, 3, 2],
            &[6, 5, 4, 3, 2],
            &[5, 3, 2, 1],
            &[],
        ] {
            for moved_at in 1..5 {
                let mut versions = vec![before; moved_at];
                versions.push(after);
                assert_eq!(read(&versions, 2), Err(Broken::Moved), "{after:?} at {moved_at}");
            }
        }
    }

    #[test]
    fn what_is_new_may_grow_while_it_is_read_and_must_not_shrink() {
        let read = |versions: &[&[u64]]| {
            let mut paging = Paging::of_what_is_new();
            for asked in 0.. {
                let list = versions.get(asked).or(versions.last()).unwrap();
                let skipped = usize::try_from(paging.page()).unwrap() * 2;
                let page = list.iter().skip(skipped).take(2).copied().collect();
                if paging.take(page, u64::try_from(list.len()).ok())? == Turn::Complete {
                    break;
                }
            }
            Ok(paging.into_items())
        };
        assert_eq!(read(&[&[]]), Ok(vec![]), "one request");
        assert_eq!(read(&[&[3, 2, 1]]), Ok(vec![1, 2, 3]));
        assert_eq!(read(&[&[3, 2, 1], &[4, 3, 2, 1], &[5, 4, 3, 2, 1]]), Ok(vec![1, 2, 3]));
        assert_eq!(read(&[&[3, 2, 1], &[3, 2]]), Err(Broken::Moved));
    }

    #[test]
    fn a_count_that_disagrees_spoils_the_list() {
        let mut paging = Paging::new();
        assert_eq!(paging.take(vec![2_u64, 1], Some(3)), Ok(Turn::More));
        assert_eq!(paging.take(vec![], Some(3)), Err(Broken::Moved));
        assert_eq!(Paging::new().take(vec![1_u64], None), Err(Broken::Nameless));
        assert_eq!(Paging::new().take(vec![0_u64], Some(1)), Err(Broken::Nameless));
    }

    #[test]
    fn a_server_that_ignores_the_page_is_noticed() {
        let mut paging = Paging::new();
        assert_eq!(paging.take(vec![2_u64, 1], Some(2)), Ok(Turn::More));
        assert_eq!(paging.take(vec![2, 1], Some(2)), Err(Broken::Moved));
    }

    #[test]
    fn a_list_that_never_ends_is_given_up() {
        let mut paging = Paging::new();
        let mut next = 0_u64;
        let end = loop {
            next += 1;
            match paging.take(vec![next], Some(9)) {
                Ok(Turn::More) => {}
                other => break other,
            }
        };
        assert_eq!(end, Err(Broken::Endless));
    }
}
