//! The settled half of a list, and how a later reading of the same run builds on it. Pure.
//!
//! Its query has a fixed end, so each page shows the same batches again. Read again are the pages with anything unfinished,
//! or the smallest one where there is none: each must hold the ids that were there, and come with the same `count`. What
//! came late into this half, or went, changes the count. Any difference, and everything is read anew.

use std::collections::BTreeMap;

use super::paging::{Broken, Identified, PageCut};
use crate::model::{ExistingBatch, Instant};

/// The pages of a list that was proved complete, newest first.
pub struct SettledPages<T> {
    count: u64,
    pages: Vec<SettledPage<T>>,
}

struct SettledPage<T> {
    number: u64,
    size: u64,
    items: Vec<T>,
}

impl<T: Identified + Clone> SettledPages<T> {
    /// Of items oldest first, and of their pages, newest first.
    pub fn new(items: &[T], cuts: &[PageCut]) -> Self {
        let mut newest_first = items.iter().rev().cloned();
        let pages = cuts.iter().map(|(number, size, length)| SettledPage {
            number: *number,
            size: *size,
            items: newest_first.by_ref().take(*length).collect(),
        });
        Self {
            pages: pages.collect(),
            count: u64::try_from(items.len()).unwrap_or(u64::MAX),
        }
    }

    /// What is to be asked before they count again.
    pub fn again(&self, is_finished: impl Fn(&T) -> bool) -> SettledAgain<'_, T> {
        let is_open = |page: &SettledPage<T>| !page.items.iter().all(&is_finished);
        let open = (0..self.pages.len()).filter(|n| self.pages.get(*n).is_some_and(is_open));
        let mut asked: Vec<usize> = open.rev().collect();
        if asked.is_empty() {
            let smallest = (0..self.pages.len()).min_by_key(|n| self.pages.get(*n).map(|page| page.items.len()));
            asked.extend(smallest);
        }
        SettledAgain {
            is_proved: false,
            settled: self,
            asked,
            read: BTreeMap::new(),
        }
    }
}

/// A settled half that is being read again.
pub struct SettledAgain<'s, T> {
    settled: &'s SettledPages<T>,
    /// The next one last.
    asked: Vec<usize>,
    read: BTreeMap<usize, Vec<T>>,
    /// A count was seen.
    is_proved: bool,
}

impl<T: Identified + Clone> SettledAgain<'_, T> {
    /// Number and size of the page to ask for now; the first one of an empty half, whose count is asked for.
    pub fn page(&self, size: u64) -> Option<(u64, u64)> {
        match self.asked.last().and_then(|n| self.settled.pages.get(*n)) {
            Some(page) => Some((page.number, page.size)),
            None => (!self.is_proved).then_some((0, size)),
        }
    }

    /// Takes in that page and the `count` that came with it.
    pub fn take(&mut self, items: Vec<T>, count: Option<u64>) -> Result<(), Broken> {
        if count.ok_or(Broken::Nameless)? != self.settled.count {
            return Err(Broken::Moved);
        }
        self.is_proved = true;
        let Some(place) = self.asked.pop() else {
            return if items.is_empty() { Ok(()) } else { Err(Broken::Moved) };
        };
        let before = self.settled.pages.get(place).map_or(&[][..], |page| &page.items);
        let is_same = items.len() == before.len() && items.iter().zip(before).all(|(now, then)| now.id() == then.id());
        if !is_same {
            return Err(Broken::Moved);
        }
        self.read.insert(place, items);
        Ok(())
    }

    /// All of the half, oldest first.
    pub fn into_items(mut self) -> Vec<T> {
        let pages = self.settled.pages.iter().enumerate();
        let mut items: Vec<T> = pages
            .flat_map(|(n, page)| self.read.remove(&n).unwrap_or_else(|| page.items.clone()))
            .collect();
        items.reverse();
        items
    }
}

/// The settled half as this run has read it, and by which query.
pub(super) struct SettledList {
    pub(super) start: String,
    pub(super) end: String,
    pub(super) read_at: Instant,
    pub(super) pages: SettledPages<ExistingBatch>,
}

#[cfg(test)]
mod tests {
    use super::super::paging::{Paging, Turn};
    use super::*;

    /// An id, and whether anything may still come of it.
    #[derive(Debug, Clone, PartialEq)]
    struct Item(u64, bool);

    impl Identified for Item {
        fn id(&self) -> Option<String> {
            Some(self.0.to_string())
        }
    }

    fn page(list: &[Item], number: u64, size: u64) -> Vec<Item> {
        let start = usize::try_from(number * size).unwrap();
        list.iter()
            .skip(start)
            .take(usize::try_from(size).unwrap())
            .cloned()
            .collect()
    }

    fn settled(list: &[Item]) -> SettledPages<Item> {
        let mut paging = Paging::new();
        paging.shrink();
        paging.shrink();
        paging.shrink();
        let count = Some(list.len() as u64);
        while paging.take(page(list, paging.page(), paging.size()), count).unwrap() == Turn::More {}
        let cuts = paging.cuts().to_vec();
        SettledPages::new(&paging.into_items(), &cuts)
    }

    /// The half as it is read again from `list`, newest first, and how many pages were asked for.
    fn again(settled: &SettledPages<Item>, list: &[Item]) -> Result<(Vec<Item>, usize), Broken> {
        let mut again = settled.again(|item| !item.1);
        let mut asked = 0;
        while let Some((number, size)) = again.page(100) {
            asked += 1;
            again.take(page(list, number, size), Some(list.len() as u64))?;
        }
        let mut items = again.into_items();
        items.reverse();
        Ok((items, asked))
    }

    fn finished(ids: std::ops::RangeInclusive<u64>) -> Vec<Item> {
        ids.rev().map(|id| Item(id, false)).collect()
    }

    #[test]
    fn of_finished_pages_one_is_read_again_and_of_others_each() {
        let list = finished(1..=23);
        assert_eq!(again(&settled(&list), &list), Ok((list.clone(), 1)));
        assert_eq!(again(&settled(&[]), &[]), Ok((vec![], 1)));
        let mut open = list.clone();
        open[2].1 = true;
        open[22].1 = true;
        let before = settled(&open);
        // What was unfinished is as it is now.
        assert_eq!(again(&before, &list), Ok((list, 2)));
    }

    #[test]
    fn whatever_came_or_went_is_seen() {
        let list = finished(1..=23);
        let before = settled(&list);
        for gone in 0..list.len() {
            let mut fewer = list.clone();
            fewer.remove(gone);
            assert_eq!(again(&before, &fewer), Err(Broken::Moved), "{gone}");
        }
        for place in 0..=list.len() {
            let mut more = list.clone();
            more.insert(place, Item(99, false));
            assert_eq!(again(&before, &more), Err(Broken::Moved), "{place}");
        }
        assert_eq!(again(&settled(&[]), &list), Err(Broken::Moved));
        let mut open = list.clone();
        open[0].1 = true;
        let mut other = list.clone();
        other[3] = Item(99, false);
        assert_eq!(again(&settled(&open), &other), Err(Broken::Moved));
        let mut nameless = before.again(|_| true);
        assert_eq!(nameless.take(vec![], None), Err(Broken::Nameless));
    }
}
