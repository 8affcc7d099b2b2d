//! Prefixes of a national number: a trunk prefix, a carrier's, or the exit code of the country.
//!
//! In: digits as they are dialed in a region. Out: the number itself, by the patterns of libphonenumber and in its
//! order. Never: an answer for digits that are a number already; those are judged first.

use std::sync::OnceLock;

use regex::Regex;

/// The patterns of one region; compiled when first asked.
pub(super) struct Prefixes {
    /// Dialed before an international number.
    international: Lazy,
    national: Lazy,
    /// What replaces the national prefix when its last group matched.
    transform: &'static str,
    /// Every number of the region.
    general: Lazy,
    lengths: Vec<usize>,
}

/// A pattern, and the same compiled.
struct Lazy {
    text: &'static str,
    is_whole: bool,
    regex: OnceLock<Option<Regex>>,
}

impl Lazy {
    fn new(text: &'static str, is_whole: bool) -> Self {
        Self {
            text,
            is_whole,
            regex: OnceLock::new(),
        }
    }

    fn get(&self) -> Option<&Regex> {
        let compile = || {
            let end = if self.is_whole { "$" } else { "" };
            Regex::new(&format!("^(?:{}){end}", self.text)).ok()
        };
        if self.text.is_empty() {
            return None;
        }
        self.regex.get_or_init(compile).as_ref()
    }
}

impl Prefixes {
    /// The tab-separated fields of a line.
    pub(super) fn read(fields: &'static str) -> Self {
        let mut fields = fields.split('\t').skip(1);
        let mut next = || fields.next().unwrap_or_default();
        Self {
            international: Lazy::new(next(), false),
            national: Lazy::new(next(), false),
            transform: next(),
            general: Lazy::new(next(), true),
            lengths: next().split(',').filter_map(|length| length.parse().ok()).collect(),
        }
    }

    /// Whether a 0 is the national prefix, and the only one.
    pub(super) fn is_zero(&self) -> bool {
        self.national.text == "0"
    }

    /// The digits after an international prefix, unless they go on with a zero: no calling code does.
    pub(super) fn after_international<'d>(&self, digits: &'d str) -> Option<&'d str> {
        let prefix = self.international.get()?.find(digits)?;
        digits.get(prefix.end()..).filter(|rest| !rest.starts_with('0'))
    }

    /// The number without its national prefix; `None` where nothing is taken off.
    pub(super) fn taken_off(&self, national: &[u8]) -> Option<String> {
        let national = std::str::from_utf8(national).ok()?;
        let found = self.national.get()?.captures(national)?;
        let end = found.get(0)?.end();
        let rest = national.get(end..)?;
        let is_transformed = !self.transform.is_empty() && found.iter().skip(1).last().flatten().is_some();
        let without = if is_transformed {
            let mut number = String::new();
            found.expand(self.transform, &mut number);
            number + rest
        } else {
            rest.to_owned()
        };
        let is_number = |digits: &str| self.general.get().is_some_and(|general| general.is_match(digits));
        let is_worse = is_number(national) && !is_number(&without);
        (!is_worse && without != national && self.lengths.contains(&without.len())).then_some(without)
    }
}
