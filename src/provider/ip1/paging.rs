//! When is a list complete? A pure machine that is fed with pages.
//!
//! Paging is by offset and nothing is said about lists that move meanwhile (`docs/providers/ip1.md` C15-C18), so a page
//! must begin with the last item of the page before, and the end is an *empty* page beyond the last item; a short page
//! ends nothing. `Link` is a second opinion: it can send us to look further, never make us stop.

use std::collections::HashSet;

pub use super::super::paged::{Broken, Identified, Turn};

/// The largest `limit` in the vendor's own examples; a maximum is not documented.
pub const LIMIT: u64 = 200;
/// An answer that never ends must end: so many items are more than any account has, and still fit into memory.
const MOST_ITEMS: usize = 5_000_000;
/// The same of small items: numbers.
const MOST_COMPACT_ITEMS: usize = 100_000_000;
/// An honest list gives something new in one of three pages at least: the overlap and the end repeat what is known.
const MOST_FRUITLESS_PAGES: u32 = 8;

/// A list that is being read.
pub struct Paging<T> {
    items: Vec<T>,
    /// `None`: only neighbors are compared, and items identify themselves.
    ids: Option<HashSet<String>>,
    last: Option<String>,
    /// One beyond the last item read, by the provider's count.
    end: u64,
    start: u64,
    asking: Asking,
    /// Pages in a row with nothing new.
    fruitless: u32,
    most_items: usize,
    limit: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// The page that begins with the last item of the one before (or the very first).
    Overlap,
    /// The page beyond the last item, which should be empty.
    Beyond,
    /// What a `Link` on the empty page pointed to, which should be empty too.
    Linked,
}

impl<T: Identified> Paging<T> {
    /// Nothing read yet. There is no limit of pages: each must bring the end nearer.
    #[expect(clippy::new_without_default, reason = "a list is never made by default")]
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            ids: Some(HashSet::new()),
            last: None,
            end: 0,
            start: 0,
            asking: Asking::Overlap,
            fruitless: 0,
            most_items: MOST_ITEMS,
            limit: LIMIT,
        }
    }

    /// Keeps no ids besides the items: for lists of a million small ones, whose caller takes out what is there twice.
    pub fn compact() -> Self {
        Self {
            ids: None,
            most_items: MOST_COMPACT_ITEMS,
            ..Self::new()
        }
    }

    /// The items behind one that is known and at this place.
    pub fn after(id: String, place: u64) -> Self {
        Self {
            ids: Some(HashSet::from([id.clone()])),
            last: Some(id),
            start: place,
            end: place.saturating_add(1),
            ..Self::new()
        }
    }

    /// With pages of another size.
    #[must_use]
    pub fn by(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// How many items to ask for.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// The offset to ask for now.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// All items, oldest first.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Takes in the page at [`Paging::start`] and the offset of its `next` link, if it had one.
    pub fn take(&mut self, page: Vec<T>, next: Option<u64>) -> Result<Turn, Broken> {
        let known = self.items.len();
        let turn = self.take_in(page, next)?;
        self.fruitless = if self.items.len() > known {
            0
        } else {
            self.fruitless + 1
        };
        if self.fruitless > MOST_FRUITLESS_PAGES || self.items.len() > self.most_items {
            return Err(Broken::Endless);
        }
        Ok(turn)
    }

    fn take_in(&mut self, page: Vec<T>, next: Option<u64>) -> Result<Turn, Broken> {
        let ids: Vec<String> = page
            .iter()
            .map(Identified::id)
            .collect::<Option<_>>()
            .ok_or(Broken::Nameless)?;
        let Some(first) = ids.first() else {
            return self.take_empty(next);
        };
        match (self.asking, &self.last) {
            (Asking::Linked, _) => return Err(Broken::Moved),
            (Asking::Beyond, _) if self.knows(first) => return Err(Broken::Moved),
            (Asking::Beyond, _) => {
                // Something was added since: look again from the last item on.
                self.ask_overlap();
                return Ok(Turn::More);
            }
            (Asking::Overlap, Some(last)) if last != first => {
                return Err(Broken::Moved);
            }
            (Asking::Overlap, _) => {}
        }
        let known = self.items.len();
        self.end = self.start.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
        for (item, id) in page.into_iter().zip(ids) {
            let is_new = match &mut self.ids {
                Some(ids) => ids.insert(id.clone()),
                None => self.last.as_ref() != Some(&id),
            };
            if is_new {
                self.items.push(item);
            }
            self.last = Some(id);
        }
        if self.items.len() > known {
            self.ask_overlap();
        } else {
            self.asking = Asking::Beyond;
            self.start = self.end;
        }
        Ok(Turn::More)
    }

    fn knows(&self, id: &String) -> bool {
        match &self.ids {
            Some(ids) => ids.contains(id),
            None => self.items.iter().any(|item| item.id().as_ref() == Some(id)),
        }
    }

    fn take_empty(&mut self, next: Option<u64>) -> Result<Turn, Broken> {
        match (self.asking, &self.last) {
            // The item that was last is not there any more.
            (Asking::Overlap, Some(_)) => Err(Broken::Moved),
            (Asking::Linked, _) => Ok(Turn::Complete),
            (Asking::Overlap | Asking::Beyond, _) => match next {
                Some(next) if next > self.start => {
                    self.asking = Asking::Linked;
                    self.start = next;
                    Ok(Turn::More)
                }
                Some(_) | None => Ok(Turn::Complete),
            },
        }
    }

    fn ask_overlap(&mut self) {
        self.asking = Asking::Overlap;
        self.start = self.end.saturating_sub(1);
    }
}

/// The `start` of the `next` link, if there is one to this host; the link itself is never followed.
///
/// Read leniently: one edition of the vendor's page lacks the `;` before `rel`, parameters may come unquoted.
pub(in crate::provider) fn next_start(header: &str, host: &str) -> Option<u64> {
    header.split('<').skip(1).find_map(|piece| {
        let (target, parameters) = piece.split_once('>')?;
        let is_next = parameters.split([';', ',']).any(is_next);
        let url = reqwest::Url::parse(target.trim()).ok()?;
        if !is_next || url.host_str() != Some(host) {
            return None;
        }
        let (_, start) = url.query_pairs().find(|(name, _)| name == "start")?;
        start.parse().ok()
    })
}

/// Whether a parameter of a link is `rel` and has `next` among its words.
fn is_next(parameter: &str) -> bool {
    let Some((name, relations)) = parameter.split_once('=') else {
        return false;
    };
    let mut words = relations.trim().trim_matches(['"', '\'']).split_ascii_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && words.any(|word| word.eq_ignore_ascii_case("next"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a list that becomes `versions[i]` before the i-th request and then stays; pages hold at most `limit`.
    fn read(versions: &[&[u64]], limit: usize) -> Result<(Vec<u64>, u32), Broken> {
        let kept = read_by(Paging::new(), versions, limit);
        let compact = read_by(Paging::compact(), versions, limit);
        // Without ids more may be believed, and read twice; never less.
        if let Ok((items, _)) = &kept {
            let mut read = compact.map(|(items, _)| items).unwrap_or_default();
            read.sort_unstable();
            read.dedup();
            let mut items = items.clone();
            items.sort_unstable();
            assert_eq!(read, items);
        }
        kept
    }

    fn read_by(mut paging: Paging<u64>, versions: &[&[u64]], limit: usize) -> Result<(Vec<u64>, u32), Broken> {
        let mut asked = 0;
        loop {
            let list = versions.get(asked).or(versions.last()).unwrap();
            asked += 1;
            let start = usize::try_from(paging.start()).unwrap();
            let page = list.iter().skip(start).take(limit).copied().collect();
            if paging.take(page, None)? == Turn::Complete {
                return Ok((paging.into_items(), u32::try_from(asked).unwrap()));
            }
        }
    }

    #[test]
    fn a_list_ends_in_an_empty_page_and_never_in_a_short_one() {
        assert_eq!(read(&[&[]], 3), Ok((vec![], 1)));
        assert_eq!(read(&[&[7]], 3), Ok((vec![7], 3)));
        assert_eq!(read(&[&[1, 2, 3, 4, 5]], 3), Ok((vec![1, 2, 3, 4, 5], 4)));
        for length in 0..40 {
            let list: Vec<u64> = (100..100 + length).collect();
            for limit in 2..9 {
                assert_eq!(read(&[&list], limit).map(|(items, _)| items), Ok(list.clone()));
            }
        }
    }

    #[test]
    fn what_is_added_while_reading_is_read_too() {
        assert_eq!(
            read(&[&[1, 2, 3], &[1, 2, 3], &[1, 2, 3, 4], &[1, 2, 3, 4]], 3).map(|(items, _)| items),
            Ok(vec![1, 2, 3, 4])
        );
    }

    #[test]
    fn a_list_that_moves_is_not_complete() {
        let before: &[u64] = &[1, 2, 3, 4, 5, 6];
        for after in [
            &[1, 3, 4, 5, 6][..],
            &[9, 1, 2, 3, 4, 5, 6],
            &[1, 2, 9, 3, 4, 5, 6],
            &[6, 5, 4, 3, 2, 1],
            &[1, 2],
            &[],
        ] {
            assert_eq!(read(&[before, after], 3), Err(Broken::Moved), "{after:?}");
        }
    }

    #[test]
    fn a_list_that_never_ends_is_given_up() {
        let mut paging = Paging {
            most_items: 5_000,
            ..Paging::new()
        };
        let mut next = 0_u64;
        let end = loop {
            next += 1;
            let page = vec![next, next + 1];
            match paging.take(page, None) {
                Ok(Turn::More) => {}
                other => break other,
            }
        };
        assert_eq!(end, Err(Broken::Endless));
    }

    #[test]
    fn a_list_has_no_longest_number_of_pages() {
        let list: Vec<u64> = (1..=9_000).collect();
        let (items, pages) = read(&[&list], 4).unwrap();
        assert!(items.len() == 9_000 && pages > 2_900, "{pages}");
    }

    #[test]
    fn an_item_without_an_id_spoils_the_list() {
        assert_eq!(read(&[&[1, 2, 0]], 5), Err(Broken::Nameless));
    }

    #[test]
    fn a_page_size_of_one_gets_nowhere_and_says_so() {
        assert_eq!(read(&[&[1, 2, 3]], 1), Err(Broken::Endless));
    }

    #[test]
    fn a_link_on_the_empty_page_is_looked_at_once() {
        let mut paging = Paging::<u64>::new();
        assert_eq!(paging.take(vec![], Some(50)), Ok(Turn::More));
        assert_eq!(paging.start(), 50);
        assert_eq!(paging.take(vec![], Some(100)), Ok(Turn::Complete));
        let mut paging = Paging::<u64>::new();
        assert_eq!(paging.take(vec![], Some(50)), Ok(Turn::More));
        assert_eq!(paging.take(vec![9], None), Err(Broken::Moved));
    }

    proptest::proptest! {
        #[test]
        fn any_link_header_is_read(header in "[<>;=\"'a-z0-9:/?&. ,]{0,200}") {
            let padded = format!("<https://h/?start=5>; rel=next, {header}");
            proptest::prop_assert_eq!(next_start(&padded, "h"), Some(5));
            proptest::prop_assert!(next_start(&header, "h").is_none() || header.contains("start="));
        }

        /// Whatever the provider does between two requests, a list that is believed holds each item that was there all
        /// the time, once.
        #[test]
        fn a_believed_list_misses_nothing_that_stayed(
            steps in proptest::collection::vec((0_usize..12, proptest::bool::ANY), 0..8),
            limit in 2_usize..5,
        ) {
            let mut versions: Vec<Vec<u64>> = vec![(1..=8).collect()];
            let mut fresh = 100;
            for (place, is_added) in steps {
                let mut next = versions.last().cloned().unwrap_or_default();
                if is_added {
                    fresh += 1;
                    next.push(fresh);
                } else if place < next.len() {
                    next.remove(place);
                }
                versions.push(next);
            }
            let slices: Vec<&[u64]> = versions.iter().map(Vec::as_slice).collect();
            if let Ok((items, _)) = read(&slices, limit) {
                let stayed = (1..=8).filter(|item| versions.iter().all(|version| version.contains(item)));
                for item in stayed {
                    proptest::prop_assert_eq!(items.iter().filter(|read| **read == item).count(), 1);
                }
            }
        }
    }

    #[test]
    fn links_are_read_leniently_and_from_this_host_only() {
        let host = "api.ip1sms.com";
        let table = [
            (
                r#"<https://api.ip1sms.com/v2/batches?start=201&limit=100&order=ASC>; rel="next", <https://api.ip1sms.com/v2/batches?start=4901&limit=100>; rel="last""#,
                Some(201),
            ),
            ("<https://api.ip1sms.com/v2/batches?start=7> rel=\"next\"", Some(7)),
            (
                "<https://api.ip1sms.com/v2/batches?start=4901>; rel=\"last\", <https://api.ip1sms.com/v2/batches?limit=5&start=8>; rel=next",
                Some(8),
            ),
            (
                "<https://api.ip1sms.com/v2/batches?start=9>; title=x; REL = 'last Next'",
                Some(9),
            ),
            ("<https://api.ip1sms.com/v2/batches?start=9>; rel=\"nex\"t", None),
            ("<https://api.ip1sms.com/v2/batches?start=9>; rel=\"nextlast\"", None),
            ("<https://evil.example.com/v2/batches?start=7>; rel=\"next\"", None),
            ("<https://api.ip1sms.com/v2/batches?start=-1>; rel=\"next\"", None),
            ("</v2/batches?start=7>; rel=\"next\"", None),
            ("<<<>>>;;,,", None),
            ("", None),
        ];
        for (header, expected) in table {
            assert_eq!(next_start(header, host), expected, "{header}");
        }
    }
}
