//! When is a list complete? A pure machine that is fed with pages.
//!
//! Pages are numbered from 0, newest batches first, so a new batch pushes all others along while we read. The list is
//! believed when it ended in an *empty* page, the announced `count` never changed and equals the different ids, and the
//! first page read again at the end still holds the same.
//!
//! A batch holds its people, so a page may be larger than any answer we take: then the same place is read in smaller pages.
//! Each size divides the one above, so that the smaller page begins where the larger one would have.

use std::collections::HashSet;

pub use super::super::paged::{Broken, Identified, Turn};

/// The documented maximum.
pub const PAGE_SIZE: u64 = 100;
/// From the largest down.
const SIZES: [u64; 5] = [PAGE_SIZE, 50, 25, 5, 1];
/// An answer that never ends must end: so many items are more than any account has in 14 days.
const MOST_ITEMS: usize = 5_000_000;
/// So many pages in a row with nothing new: the list gets nowhere.
const MOST_FRUITLESS_PAGES: u32 = 8;

/// Number, asked size and length of a page.
pub type PageCut = (u64, u64, usize);

/// A list that is being read.
pub struct Paging<T> {
    items: Vec<T>,
    cuts: Vec<PageCut>,
    ids: HashSet<String>,
    first_page: Vec<String>,
    /// How many the first page was asked for.
    first_size: u64,
    count: Option<u64>,
    page: u64,
    size: u64,
    is_verifying: bool,
    /// The list may grow while it is read: it is the newest end.
    grows: bool,
    was_too_large: bool,
    fruitless: u32,
    most_items: usize,
}

impl<T: Identified> Paging<T> {
    /// Nothing read yet.
    #[expect(clippy::new_without_default, reason = "a list is never made by default")]
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            cuts: Vec::new(),
            ids: HashSet::new(),
            first_page: Vec::new(),
            first_size: PAGE_SIZE,
            count: None,
            page: 0,
            size: PAGE_SIZE,
            is_verifying: false,
            grows: false,
            was_too_large: false,
            fruitless: 0,
            most_items: MOST_ITEMS,
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

    /// The same from its newest entry on: first that one alone, then more at a time.
    pub fn of_the_newest() -> Self {
        Self {
            size: 1,
            ..Self::of_what_is_new()
        }
    }

    /// A single entry, at a place counted from the newest.
    pub fn at(place: u64) -> Self {
        Self {
            page: place,
            size: 1,
            ..Self::of_what_is_new()
        }
    }

    /// The page to ask for now.
    pub fn page(&self) -> u64 {
        self.page
    }

    /// How many to ask for.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many entries of the list have been gone through, by what was asked for.
    pub fn passed(&self) -> u64 {
        self.page * self.size
    }

    /// Whether as many items have been read as were announced.
    pub fn has_all(&self) -> bool {
        let announced = self.count.and_then(|count| usize::try_from(count).ok());
        announced.is_some_and(|announced| self.items.len() >= announced)
    }

    /// The pages of a settled list, newest first.
    pub fn cuts(&self) -> &[PageCut] {
        &self.cuts
    }

    /// All items, oldest first.
    pub fn into_items(mut self) -> Vec<T> {
        self.items.reverse();
        self.items
    }

    /// The page was too large: asks for the same place in smaller ones. False when a single entry is too large.
    pub fn shrink(&mut self) -> bool {
        let Some(smaller) = SIZES.into_iter().find(|size| *size < self.size) else {
            return false;
        };
        self.page *= self.size / smaller;
        self.size = smaller;
        self.was_too_large = true;
        true
    }

    /// Asks for more at a time, unless that was too large before; what of the larger page was read already comes again.
    pub fn widen(&mut self) {
        let larger = SIZES.into_iter().rev().find(|size| *size > self.size);
        if let Some(larger) = larger.filter(|_| !self.was_too_large) {
            self.page = self.passed() / larger;
            self.size = larger;
        }
    }

    /// After a page of so many bytes: asks for larger ones again where the next would fit by far.
    pub fn grow(&mut self, bytes: usize, most_bytes: usize) {
        let Some(larger) = SIZES.into_iter().rev().find(|size| *size > self.size) else {
            return;
        };
        let times = larger / self.size;
        let is_aligned = self.page.is_multiple_of(times);
        let expected = usize::try_from(times * 2).map_or(usize::MAX, |times| bytes.saturating_mul(times));
        if is_aligned && !self.is_verifying && expected <= most_bytes {
            self.page /= times;
            self.size = larger;
        }
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
            return self.verify(&ids);
        }
        if self.page == 0 {
            self.first_page.clone_from(&ids);
            self.first_size = self.size;
        }
        if page.is_empty() {
            return self.begin_to_verify(count);
        }
        self.cuts.push((self.page, self.size, page.len()));
        for (item, id) in page.into_iter().zip(ids) {
            if !self.ids.insert(id) {
                return Err(Broken::Moved);
            }
            self.items.push(item);
        }
        self.page += 1;
        let has_more_than_announced = u64::try_from(self.items.len()).is_ok_and(|items| items > count);
        if has_more_than_announced || self.items.len() > self.most_items {
            Err(Broken::Endless)
        } else {
            Ok(Turn::More)
        }
    }

    fn begin_to_verify(&mut self, count: u64) -> Result<Turn, Broken> {
        if u64::try_from(self.items.len()) != Ok(count) {
            return Err(Broken::Moved);
        }
        self.is_verifying = true;
        self.page = 0;
        self.size = self.first_size;
        Ok(Turn::More)
    }

    fn verify(&self, ids: &[String]) -> Result<Turn, Broken> {
        if self.size == self.first_size && ids == self.first_page {
            Ok(Turn::Complete)
        } else {
            Err(Broken::Moved)
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
        let known = self.items.len();
        for (item, id) in page.into_iter().zip(ids) {
            if self.ids.insert(id) {
                self.items.push(item);
            }
        }
        self.page += 1;
        self.fruitless = if self.items.len() > known {
            0
        } else {
            self.fruitless + 1
        };
        if self.fruitless > MOST_FRUITLESS_PAGES || self.items.len() > self.most_items {
            Err(Broken::Endless)
        } else {
            Ok(Turn::More)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// Reads a still list, newest first, whose entries have these bytes; a page over 100 bytes does not fit. The sizes asked for.
    fn read_heavy(bytes: &[usize]) -> Result<(Vec<u64>, Vec<u64>), Broken> {
        let (mut paging, mut sizes) = (Paging::new(), Vec::new());
        loop {
            let (page, size) = (paging.page(), paging.size());
            sizes.push(size);
            let skipped = usize::try_from(page * size).unwrap();
            let entries = bytes
                .iter()
                .zip(1_u64..)
                .skip(skipped)
                .take(usize::try_from(size).unwrap());
            let (weights, ids): (Vec<usize>, Vec<u64>) = entries.map(|(bytes, id)| (*bytes, id)).unzip();
            let weight = weights.iter().sum();
            if weight > 100 {
                assert!(paging.shrink(), "one entry is too large");
                continue;
            }
            if paging.take(ids, u64::try_from(bytes.len()).ok())? == Turn::Complete {
                return Ok((paging.into_items(), sizes));
            }
            paging.grow(weight, 100);
        }
    }

    #[test]
    fn a_page_that_is_too_large_is_read_in_smaller_ones_and_nothing_is_missed() {
        for heavy_from in (0..260).step_by(7) {
            for weight in [1, 2, 3, 4, 19, 60, 100] {
                let bytes: Vec<usize> = (0..260).map(|at| if at >= heavy_from { weight } else { 0 }).collect();
                let (mut items, sizes) = read_heavy(&bytes).unwrap();
                items.reverse();
                assert_eq!(items, (1..=260).collect::<Vec<u64>>(), "{heavy_from} {weight}");
                assert!(sizes.iter().all(|size| SIZES.contains(size)));
            }
        }
    }

    #[test]
    fn pages_become_large_again_once_they_fit() {
        let bytes: Vec<usize> = (0..1_000).map(|at| if at < 10 { 60 } else { 0 }).collect();
        let (_, sizes) = read_heavy(&bytes).unwrap();
        assert_eq!(
            sizes.iter().filter(|size| **size == 100).count(),
            1 + 9 + 1,
            "{sizes:?}"
        );
    }

    #[test]
    fn an_empty_list_whose_pages_are_too_large_is_read_all_the_same() {
        let mut paging = Paging::<u64>::new();
        assert!(paging.shrink());
        assert_eq!(paging.take(vec![], Some(0)), Ok(Turn::More));
        assert_eq!((paging.page(), paging.size()), (0, 50));
        assert_eq!(paging.take(vec![], Some(0)), Ok(Turn::Complete));
    }

    #[test]
    fn an_entry_that_is_too_large_by_itself_is_no_smaller_page() {
        let mut paging = Paging::<u64>::new();
        let sizes: Vec<u64> = std::iter::from_fn(|| paging.shrink().then(|| paging.size())).collect();
        assert_eq!(sizes, [50, 25, 5, 1]);
    }

    #[test]
    fn a_look_at_the_newest_end_takes_more_at_a_time_and_misses_nothing() {
        for (length, too_large) in [(0, 0), (1, 0), (3, 0), (40, 0), (250, 0), (250, 25), (250, 5)] {
            let newest_first: Vec<u64> = (1..=length).rev().collect();
            let (mut paging, mut sizes) = (Paging::of_the_newest(), Vec::new());
            loop {
                if too_large > 0 && paging.size() >= too_large {
                    assert!(paging.shrink());
                }
                sizes.push(paging.size());
                let skipped = usize::try_from(paging.passed()).unwrap();
                let size = usize::try_from(paging.size()).unwrap();
                let page = newest_first.iter().skip(skipped).take(size).copied().collect();
                let turn = paging.take(page, Some(length)).unwrap();
                if turn == Turn::Complete || paging.has_all() || paging.passed() >= PAGE_SIZE {
                    break;
                }
                paging.widen();
            }
            let items = paging.into_items();
            let seen: Vec<u64> = newest_first.iter().take(items.len()).rev().copied().collect();
            assert_eq!(items, seen, "{sizes:?}");
            assert!(items.len() as u64 >= length.min(PAGE_SIZE), "{sizes:?}");
            assert!(
                sizes.first() == Some(&1) && sizes.len() <= if too_large > 0 { 101 } else { 5 },
                "{sizes:?}"
            );
        }
    }

    #[test]
    fn a_list_has_no_longest_number_of_pages() {
        let newest_first: Vec<u64> = (1..=2_500).rev().collect();
        assert_eq!(read(&[&newest_first], 2).map(|items| items.len()), Ok(2_500));
    }

    #[test]
    fn what_is_new_is_given_up_when_it_gets_nowhere_or_never_ends() {
        let end = |page: &dyn Fn(u64) -> Vec<u64>| {
            let mut paging = Paging {
                most_items: 5_000,
                ..Paging::of_what_is_new()
            };
            loop {
                match paging.take(page(paging.page()), Some(9)) {
                    Ok(Turn::More) => {}
                    other => return other,
                }
            }
        };
        assert_eq!(end(&|_| vec![1, 2]), Err(Broken::Endless));
        assert_eq!(end(&|page| vec![page + 1]), Err(Broken::Endless));
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
