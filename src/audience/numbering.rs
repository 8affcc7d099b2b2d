//! Which numbers exist: libphonenumber's answers, remembered.
//!
//! The library needs a microsecond a number, most of a row's cost. But its patterns are decided by a number's calling
//! code, its length and its first few national digits: four for nearly all, up to eight in places. `numbering.txt` says
//! where more than four are needed (derived on 2026-11-22 from the metadata in rlibphonenumber 2.2.15 by comparing the
//! automata of its patterns), and where the library would read a national prefix and rewrite the number (`!`). The
//! answers themselves always come from the library, the first time a leading is met. Never: guess. Where the table does
//! not reach, the library is asked every time.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{LazyLock, OnceLock};

use rlibphonenumber::{PhoneNumberFormat, PhoneNumberUtil, Region};

use crate::model::{Country, Msisdn};

/// One line per calling code: the code; `=0` where a 0 before national numbers is a prefix and the only one; `!` before
/// leadings that the library may rewrite; then leadings of more than three digits that do not decide.
const LEADINGS: &str = include_str!("numbering.txt");

pub(super) const ZERO_PREFIX: &str = "=0";

/// National digits that decide unless `numbering.txt` says otherwise.
const BASE_DIGITS: usize = 4;
/// Verdicts are kept by length, at most 15 digits.
const LENGTHS: usize = 16;

/// The longest text of digits that is looked at, a calling code in front of it included.
pub const MAX_DIGITS: usize = 24;

const ASK: u32 = u32::MAX;
const NODE: u32 = 1 << 31;

const UNKNOWN: u8 = 0;
const INVALID: u8 = 1;
const REWRITTEN: u8 = 2;
const FIRST_REGION: u8 = 3;

/// A number that exists, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub msisdn: Msisdn,
    /// Its country; `None` for numbers of no country (satellite, international toll-free).
    pub country: Option<&'static Country>,
}

/// What is known of digits in international form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are a number as they stand.
    Valid(Number),
    /// They are a number once a national prefix is taken out.
    Rewritten(Number),
    /// No such number.
    Invalid,
    /// No country has this calling code.
    NoCallingCode,
}

/// What is remembered about one calling code.
struct Calling {
    /// In the library's order; `None` for those of no country.
    countries: Vec<Option<Country>>,
    /// By the first four national digits: a leaf, a node (`NODE`), or `ASK`.
    base: Vec<u32>,
    nodes: Vec<[u32; 10]>,
    /// By leaf and length.
    verdicts: Vec<AtomicU8>,
}

struct Leadings {
    deep: HashSet<u64>,
    rewritten: HashSet<u64>,
}

static LINES: LazyLock<Vec<Option<&'static str>>> = LazyLock::new(|| {
    let mut lines = vec![None; 1000];
    for line in LEADINGS.lines() {
        let (code, rest) = line.split_once(' ').unwrap_or((line, ""));
        if let Some(slot) = code.parse::<usize>().ok().and_then(|code| lines.get_mut(code)) {
            *slot = Some(rest);
        }
    }
    lines
});

/// The calling code of every three leading digits; 0 where no country has one. Codes are prefix-free, so the shortest that
/// exists is the one.
static CODES: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let code_of = |lead: u16| {
        [lead / 100, lead / 10, lead]
            .into_iter()
            .find(|code| line_of(*code).is_some())
    };
    (0..1000)
        .map(|lead| if lead < 100 { 0 } else { code_of(lead).unwrap_or(0) })
        .collect()
});

static CALLING: LazyLock<Vec<OnceLock<Calling>>> = LazyLock::new(|| (0..1000).map(|_| OnceLock::new()).collect());

thread_local! {
    // One for each thread: the library's own shared one contends for its regular expressions.
    static LIBRARY: OnceCell<Option<PhoneNumberUtil>> = const { OnceCell::new() };
}

pub(super) fn with_library<T>(ask: impl FnOnce(&PhoneNumberUtil) -> Option<T>) -> Option<T> {
    LIBRARY.with(|cell| cell.get_or_init(|| PhoneNumberUtil::new().ok()).as_ref().and_then(ask))
}

/// A leading as an integer that keeps its zeros: its digits after a 1.
fn key(digits: &[u8]) -> u64 {
    digits.iter().fold(1, |key, digit| key * 10 + u64::from(digit - b'0'))
}

impl Leadings {
    fn parse(line: &str) -> Self {
        let mut leadings = Self {
            deep: HashSet::new(),
            rewritten: HashSet::new(),
        };
        for word in line.split(' ').filter(|word| !word.is_empty() && *word != ZERO_PREFIX) {
            let digits = word.trim_start_matches('!').as_bytes();
            if word.starts_with('!') {
                leadings.rewritten.insert(key(digits));
            }
            let last = digits.len() - usize::from(word.starts_with('!'));
            for length in BASE_DIGITS..=last {
                leadings.deep.extend(digits.get(..length).map(key));
            }
        }
        leadings
    }

    fn is_rewritten(&self, leading: u64) -> bool {
        let mut head = leading;
        while head > 1 {
            if self.rewritten.contains(&head) {
                return true;
            }
            head /= 10;
        }
        false
    }
}

impl Calling {
    fn new(code: u16) -> Self {
        let leadings = Leadings::parse(line_of(code).unwrap_or_default());
        let countries = with_library(|library| {
            let regions = library.get_regions_for_country_calling_code(i32::from(code))?;
            Some(regions.map(country_of_region).collect())
        });
        let mut calling = Self {
            countries: countries.unwrap_or_default(),
            base: Vec::with_capacity(10_000),
            nodes: Vec::new(),
            verdicts: Vec::new(),
        };
        let mut leaves = 0;
        for leading in 10_000..20_000 {
            let entry = calling.entry(&leadings, leading, &mut leaves);
            calling.base.push(entry);
        }
        let count = usize::try_from(leaves).unwrap_or(0) * LENGTHS;
        calling.verdicts = (0..count).map(|_| AtomicU8::new(UNKNOWN)).collect();
        calling
    }

    fn entry(&mut self, leadings: &Leadings, leading: u64, leaves: &mut u32) -> u32 {
        if leadings.is_rewritten(leading) {
            return ASK;
        }
        if !leadings.deep.contains(&leading) {
            *leaves += 1;
            return *leaves - 1;
        }
        let mut children = [ASK; 10];
        for (child, digit) in children.iter_mut().zip(0..10) {
            *child = self.entry(leadings, leading * 10 + digit, leaves);
        }
        self.nodes.push(children);
        NODE | u32::try_from(self.nodes.len() - 1).unwrap_or(0)
    }

    /// Where the verdict on these national digits is kept; `None` where the library must be asked.
    fn verdict_of(&self, national: &[u8]) -> Option<&AtomicU8> {
        let (leading, rest) = national.split_at_checked(BASE_DIGITS)?;
        let at = usize::try_from(key(leading)).ok()?.checked_sub(10_000)?;
        let mut entry = *self.base.get(at)?;
        let mut rest = rest.iter();
        while entry != ASK && entry & NODE != 0 {
            let node = self.nodes.get(usize::try_from(entry & !NODE).ok()?)?;
            entry = *node.get(usize::from(rest.next()? - b'0'))?;
        }
        if entry == ASK || national.len() >= LENGTHS {
            return None;
        }
        self.verdicts
            .get(usize::try_from(entry).ok()? * LENGTHS + national.len())
    }

    fn country(&self, region: u8) -> Option<&Country> {
        let at = usize::from(region.checked_sub(FIRST_REGION)?);
        self.countries.get(at).and_then(Option::as_ref)
    }
}

pub(super) fn line_of(code: u16) -> Option<&'static str> {
    LINES.get(usize::from(code)).copied().flatten()
}

fn calling(code: u16) -> Option<&'static Calling> {
    let cell = CALLING.get(usize::from(code))?;
    Some(cell.get().unwrap_or_else(|| {
        // Threads meet a code together, and each will ask a library of its own: it makes that one before it waits for the
        // other, not after. (Making one takes 6 ms, nearly all of it regular expressions.)
        with_library(|_| Some(()));
        cell.get_or_init(|| Calling::new(code))
    }))
}

fn country_of_region(region: Region) -> Option<Country> {
    Country::parse(region.as_region_str().as_str()).ok()
}

/// Splits digits after their calling code. Fewer than three are nobody's number.
fn split(digits: &[u8]) -> Option<(u16, &[u8])> {
    let lead = digits.first_chunk::<3>()?;
    let lead = lead.iter().fold(0, |lead, digit| lead * 10 + usize::from(digit - b'0'));
    let code = *CODES.get(lead)?;
    let length = match code {
        0 => return None,
        1..10 => 1,
        10..100 => 2,
        _ => 3,
    };
    Some((code, digits.get(length..)?))
}

/// Judges ASCII digits in international form, without `+`.
pub fn judge(digits: &[u8]) -> Verdict {
    let Some((code, national)) = split(digits) else {
        return Verdict::NoCallingCode;
    };
    let Some(calling) = calling(code) else {
        return Verdict::NoCallingCode;
    };
    let kept = calling.verdict_of(national);
    // Relaxed: every thread would write the same answer.
    match kept.map_or(UNKNOWN, |verdict| verdict.load(Ordering::Relaxed)) {
        UNKNOWN => {
            let (verdict, answer) = ask(calling, digits);
            if let Some(kept) = kept {
                kept.store(answer, Ordering::Relaxed);
            }
            verdict
        }
        INVALID => Verdict::Invalid,
        REWRITTEN => ask(calling, digits).0,
        region => match msisdn(digits) {
            Some(msisdn) => Verdict::Valid(Number {
                msisdn,
                country: calling.country(region),
            }),
            None => Verdict::Invalid,
        },
    }
}

fn msisdn(digits: &[u8]) -> Option<Msisdn> {
    if digits.len() > 15 {
        return None;
    }
    let value = digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
    Msisdn::from_u64(value).ok()
}

fn ask(calling: &'static Calling, digits: &[u8]) -> (Verdict, u8) {
    let text: String = std::iter::once('+')
        .chain(digits.iter().map(|d| char::from(*d)))
        .collect();
    let Some((found, region)) = parse(&text, None) else {
        return (Verdict::Invalid, INVALID);
    };
    let place = calling
        .countries
        .iter()
        .position(|country| country.as_ref() == country_of_region(region).as_ref())
        .and_then(|at| u8::try_from(at).ok());
    let Some(place) = place.and_then(|at| at.checked_add(FIRST_REGION)) else {
        return (Verdict::Invalid, INVALID);
    };
    let number = Number {
        msisdn: found,
        country: calling.country(place),
    };
    if msisdn(digits) == Some(found) {
        (Verdict::Valid(number), place)
    } else {
        (Verdict::Rewritten(number), REWRITTEN)
    }
}

/// The library's own reading: the slow path, and the truth that the table is tested against.
pub(super) fn parse(text: &str, region: Option<Region>) -> Option<(Msisdn, Region)> {
    with_library(|library| {
        let number = library.parse(text, region).ok()?;
        if !library.is_valid_number(&number) {
            return None;
        }
        let e164 = library.format(&number, PhoneNumberFormat::E164);
        let found = Msisdn::parse(e164.trim_start_matches('+')).ok()?;
        Some((found, library.get_region_for_number(&number)?))
    })
}

/// The country of a number; `None` for numbers of no country and for numbers that do not exist.
pub fn country_of(number: Msisdn) -> Option<&'static Country> {
    match judge(number.digits().as_bytes()) {
        Verdict::Valid(number) => number.country,
        Verdict::Rewritten(_) | Verdict::Invalid | Verdict::NoCallingCode => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the library alone says of `+digits`.
    fn slow(digits: &str) -> Option<(Msisdn, Option<Country>)> {
        parse(&format!("+{digits}"), None).map(|(msisdn, region)| (msisdn, country_of_region(region)))
    }

    fn fast(digits: &str) -> Option<(Msisdn, Option<Country>)> {
        match judge(digits.as_bytes()) {
            Verdict::Valid(number) => {
                assert_eq!(number.msisdn.digits(), digits);
                Some((number.msisdn, number.country.cloned()))
            }
            Verdict::Rewritten(number) => Some((number.msisdn, number.country.cloned())),
            Verdict::Invalid | Verdict::NoCallingCode => None,
        }
    }

    #[test]
    fn every_calling_code_of_the_library_has_a_line() {
        let mut ours: Vec<i32> = (0..1000)
            .filter(|code| line_of(u16::try_from(*code).unwrap()).is_some())
            .collect();
        let mut theirs: Vec<i32> =
            with_library(|library| Some(library.get_supported_calling_codes().collect())).unwrap();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(
            ours, theirs,
            "numbering.txt is of another version of the library: derive it anew"
        );
    }

    #[test]
    fn example_numbers_of_every_country_are_read_as_the_library_reads_them() {
        let examples: Vec<String> = with_library(|library| {
            Some(
                library
                    .get_supported_regions()
                    .filter_map(|region| library.get_example_number(region).ok())
                    .map(|number| {
                        library
                            .format(&number, PhoneNumberFormat::E164)
                            .trim_start_matches('+')
                            .to_owned()
                    })
                    .collect(),
            )
        })
        .unwrap();
        assert!(examples.len() > 200);
        for digits in examples {
            assert_eq!(fast(&digits), slow(&digits), "{digits}");
            assert!(fast(&digits).is_some(), "{digits}");
        }
    }

    #[test]
    fn every_leading_that_needs_more_digits_agrees_with_the_library_below_and_beside_it() {
        for line in LEADINGS.lines() {
            let mut words = line.split(' ');
            let code = words.next().unwrap();
            for word in words.filter(|word| *word != ZERO_PREFIX) {
                let leading = word.trim_start_matches('!');
                for last in ["0", "5", "9"] {
                    for length in [8, 10, 11, 12] {
                        let mut digits = format!("{code}{leading}{last}");
                        while digits.len() < length {
                            digits.push(char::from(b'0' + u8::try_from(digits.len() * 7 % 10).unwrap()));
                        }
                        assert_eq!(fast(&digits), slow(&digits), "{digits}");
                    }
                }
            }
        }
    }

    fn codes() -> Vec<u16> {
        (0..1000).filter(|code| line_of(*code).is_some()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn the_table_says_what_the_library_says(code in prop::sample::select(codes()), national in "[0-9]{2,12}", twin in "[0-9]{4}") {
            let digits = format!("{code}{national}");
            // Beyond 15 digits the library may still find a number; a provider takes none.
            prop_assume!(digits.len() <= 15);
            prop_assert_eq!(fast(&digits), slow(&digits), "{}", digits);
            // A second number with the same leading meets the remembered verdict.
            let keep = digits.len().saturating_sub(4);
            let twin = format!("{}{}", &digits[..keep], &twin[..digits.len() - keep]);
            prop_assert_eq!(fast(&twin), slow(&twin), "{}", twin);
        }

        #[test]
        fn digits_of_no_calling_code_are_no_number(digits in "(0|210|999)[0-9]{5,10}") {
            prop_assert_eq!(judge(digits.as_bytes()), Verdict::NoCallingCode);
            prop_assert_eq!(slow(&digits), None);
        }
    }
}
