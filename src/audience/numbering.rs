//! Which numbers exist, whose they are and of what kind: libphonenumber's patterns as automata.
//!
//! In: ASCII digits in international form. Out: a [`Verdict`]. `numbering.txt` has an automaton for each calling code,
//! made by `tests/tables/numbering.py` from the patterns of all regions and kinds at once, so that one walk over a
//! number's digits (15 steps at most, nanoseconds) says what the library needs a dozen regular expressions for. Digits
//! that are not a number are tried once more without their national prefix (`prefixes`). Never: guess.

use std::sync::{LazyLock, OnceLock};

use super::prefixes::Prefixes;
use crate::model::{Country, Msisdn, NumberKind};

/// `+code regions`, a `=` line of prefixes for each region, then the automaton's nodes from 1; the last is where it
/// begins.
const TABLE: &str = include_str!("numbering.txt");

/// The longest text of digits that is looked at, a calling code in front of it included.
pub(super) const MAX_DIGITS: usize = 24;

/// A number that exists, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub msisdn: Msisdn,
    /// Its country; `None` for numbers of no country (satellite, international toll-free).
    pub country: Option<&'static Country>,
    /// What it is given to.
    pub kind: NumberKind,
}

/// What is known of digits in international form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are a number already.
    Valid(Number),
    /// They are a number once a national prefix is taken out.
    Rewritten(Number),
    /// No such number.
    Invalid,
    /// No country has this calling code.
    NoCallingCode,
}

/// One calling code, as far as it has been read.
pub(super) struct Calling {
    code: u16,
    text: &'static str,
    plan: OnceLock<CallingCodePlan>,
}

pub(super) struct CallingCodePlan {
    /// In the library's order; `None` for those of no country.
    countries: Vec<Option<Country>>,
    /// Of each region.
    prefixes: Vec<Prefixes>,
    nodes: Vec<AutomatonNode>,
}

/// A place in an automaton. The first is a dead end.
#[derive(Clone, Copy, Default)]
struct AutomatonNode {
    end: Option<End>,
    next: [u16; 10],
    /// So many digits lead to the same place, whatever they are.
    any: u8,
    after_any: u16,
}

/// What a number is that ends here.
#[derive(Clone, Copy)]
struct End {
    region: u8,
    kind: NumberKind,
}

static CALLING: LazyLock<Vec<Option<Calling>>> = LazyLock::new(|| {
    let mut all: Vec<Option<Calling>> = (0..1000).map(|_| None).collect();
    for text in TABLE.split("\n+").skip(1) {
        let (code, _) = text.split_once(' ').unwrap_or((text, ""));
        if let Ok(code) = code.parse::<u16>()
            && let Some(slot) = all.get_mut(usize::from(code))
        {
            *slot = Some(Calling {
                code,
                text,
                plan: OnceLock::new(),
            });
        }
    }
    all
});

/// The calling code of every three leading digits; 0 where no country has one. Codes are prefix-free, so the shortest
/// that exists is the one.
static CODES: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let code_of = |lead: u16| {
        [lead / 100, lead / 10, lead]
            .into_iter()
            .find(|code| calling(*code).is_some())
    };
    (0..1000)
        .map(|lead| if lead < 100 { 0 } else { code_of(lead).unwrap_or(0) })
        .collect()
});

pub(super) fn calling(code: u16) -> Option<&'static Calling> {
    CALLING.get(usize::from(code))?.as_ref()
}

/// The calling code of a region and its place among the code's regions.
pub(super) fn region(name: &str) -> Option<(&'static Calling, usize)> {
    CALLING.iter().flatten().find_map(|calling| {
        let head = calling.text.lines().next()?;
        let at = head.split(' ').skip(1).position(|region| region == name)?;
        Some((calling, at))
    })
}

/// Every region by name, those of no country left out.
pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    let heads = CALLING
        .iter()
        .flatten()
        .filter_map(|calling| calling.text.lines().next());
    heads
        .flat_map(|head| head.split(' ').skip(1))
        .filter(|name| *name != "001")
}

impl Calling {
    pub(super) fn plan(&self) -> &CallingCodePlan {
        self.plan.get_or_init(|| CallingCodePlan::read(self.text))
    }

    /// What national digits are, unchanged: ASCII digits.
    pub(super) fn judge(&'static self, national: &[u8]) -> Option<Number> {
        let plan = self.plan();
        let end = plan.end(national)?;
        Some(Number {
            msisdn: msisdn(self.code, national)?,
            country: plan.countries.get(usize::from(end.region)).and_then(Option::as_ref),
            kind: end.kind,
        })
    }

    /// The prefixes of a region, by its place.
    pub(super) fn prefixes(&self, region: usize) -> Option<&Prefixes> {
        self.plan().prefixes.get(region)
    }
}

impl CallingCodePlan {
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let countries = head.split(' ').skip(1).map(|name| Country::parse(name).ok()).collect();
        let mut plan = Self {
            countries,
            prefixes: Vec::new(),
            nodes: vec![AutomatonNode::default()],
        };
        for line in lines {
            match line.strip_prefix('=') {
                Some(fields) => plan.prefixes.push(Prefixes::read(fields)),
                None => plan.nodes.push(AutomatonNode::read(line)),
            }
        }
        let ahead: Vec<(u8, u16)> = (0..).take(plan.nodes.len()).map(|at| plan.any_after(at)).collect();
        for (node, (any, after_any)) in plan.nodes.iter_mut().zip(ahead) {
            (node.any, node.after_any) = (any, after_any);
        }
        plan
    }
}

impl CallingCodePlan {
    /// Where these ASCII digits end. Most numbers are told by their first digits, and any may follow: those are passed at
    /// once.
    fn end(&self, digits: &[u8]) -> Option<End> {
        let (mut node, mut rest) = (self.nodes.last()?, digits);
        loop {
            let next = match rest.split_at_checked(usize::from(node.any)) {
                Some((_, more)) if node.any > 0 => {
                    rest = more;
                    node.after_any
                }
                _ => {
                    let Some((digit, more)) = rest.split_first() else {
                        return node.end;
                    };
                    rest = more;
                    *node.next.get(usize::from(digit.wrapping_sub(b'0')))?
                }
            };
            if next == 0 {
                return None;
            }
            node = self.nodes.get(usize::from(next))?;
        }
    }

    /// How many digits after a place may be any, and where they lead.
    fn any_after(&self, mut at: u16) -> (u8, u16) {
        let mut any = 0;
        while let Some([first, rest @ ..]) = self.nodes.get(usize::from(at)).map(|node| node.next)
            && first != 0
            && rest.iter().all(|next| *next == first)
            && usize::from(any) < MAX_DIGITS
        {
            any += 1;
            at = first;
        }
        (any, at)
    }
}

impl AutomatonNode {
    fn read(line: &str) -> Self {
        let mut words = line.split(' ');
        let mut node = Self {
            end: words.next().and_then(End::read),
            ..Self::default()
        };
        for (digits, next) in words.filter_map(|word| word.split_once(':')) {
            let (first, last) = digits.split_once('-').unwrap_or((digits, digits));
            let (Ok(first), Ok(last), Ok(next)) = (first.parse::<usize>(), last.parse::<usize>(), next.parse()) else {
                continue;
            };
            node.next
                .iter_mut()
                .take(last + 1)
                .skip(first)
                .for_each(|to| *to = next);
        }
        node
    }
}

impl End {
    fn read(word: &str) -> Option<Self> {
        let kind = match word.get(..1)? {
            "m" => NumberKind::Mobile,
            "f" => NumberKind::Fixed,
            "b" => NumberKind::MobileOrFixed,
            "p" => NumberKind::Premium,
            "t" => NumberKind::TollFree,
            "s" => NumberKind::SharedCost,
            "v" => NumberKind::Voip,
            "n" => NumberKind::Personal,
            "g" => NumberKind::Pager,
            "u" => NumberKind::Company,
            "c" => NumberKind::Voicemail,
            _ => return None,
        };
        let region = word.get(1..)?.parse().ok()?;
        Some(Self { region, kind })
    }
}

/// Splits digits after their calling code. Fewer than three are nobody's number.
pub(super) fn split(digits: &[u8]) -> Option<(&'static Calling, &[u8])> {
    let lead = digits.first_chunk::<3>()?;
    let lead = lead.iter().fold(0, |lead, digit| lead * 10 + usize::from(digit - b'0'));
    let code = *CODES.get(lead)?;
    let length = match code {
        0 => return None,
        1..10 => 1,
        10..100 => 2,
        _ => 3,
    };
    Some((calling(code)?, digits.get(length..)?))
}

/// Judges ASCII digits in international form, without `+`.
pub(super) fn judge(digits: &[u8]) -> Verdict {
    let Some((calling, national)) = split(digits) else {
        return Verdict::NoCallingCode;
    };
    if let Some(number) = calling.judge(national) {
        return Verdict::Valid(number);
    }
    // The first region speaks for the calling code, as it does in the library.
    let without = calling.prefixes(0).and_then(|prefixes| prefixes.taken_off(national));
    match without.and_then(|national| calling.judge(national.as_bytes())) {
        Some(number) => Verdict::Rewritten(number),
        None => Verdict::Invalid,
    }
}

fn msisdn(code: u16, national: &[u8]) -> Option<Msisdn> {
    if national.len() > 14 {
        return None;
    }
    let value = national
        .iter()
        .fold(u64::from(code), |value, digit| value * 10 + u64::from(digit - b'0'));
    Msisdn::from_u64(value).ok()
}

/// What a number is; `None` when it does not exist.
pub(super) fn known(number: Msisdn) -> Option<Number> {
    match judge(number.digits().as_bytes()) {
        Verdict::Valid(number) => Some(number),
        Verdict::Rewritten(_) | Verdict::Invalid | Verdict::NoCallingCode => None,
    }
}

/// The country of a number; `None` for numbers of no country and for numbers that do not exist.
pub fn country_of(number: Msisdn) -> Option<&'static Country> {
    known(number)?.country
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The library's own answers, by `tests/tables/numbering_sample.py`: code, numbers that exist, digest.
    const SAMPLE: &str = include_str!("numbering_sample.txt");

    /// A linear congruential generator, the same as in the script.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }
    }

    fn draw(code: &str, chance: &mut Chance) -> String {
        let length = 4 + chance.below(12 - code.len() as u64);
        let digits = (0..length).map(|_| char::from(b'0' + u8::try_from(chance.below(10)).unwrap()));
        code.chars().chain(digits).collect()
    }

    fn letter(kind: NumberKind) -> char {
        let at = NumberKind::ALL.iter().position(|one| *one == kind).unwrap();
        "mfbptsvnguc".chars().nth(at).unwrap()
    }

    #[test]
    fn the_table_says_what_the_library_says_of_half_a_million_numbers() {
        let mut lines = 0;
        for line in SAMPLE.lines().filter(|line| !line.starts_with('#')) {
            let [code, valid, digest] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("three words, please: {line}");
            };
            let mut chance = Chance(code.parse().unwrap());
            let (mut count, mut value) = (0, 0xcbf2_9ce4_8422_2325_u64);
            for _ in 0..2000 {
                let answer = match judge(draw(code, &mut chance).as_bytes()) {
                    Verdict::Valid(number) | Verdict::Rewritten(number) => {
                        count += 1;
                        let country = number.country.map_or("001", Country::as_str);
                        format!("{} {country} {}\n", number.msisdn.digits(), letter(number.kind))
                    }
                    Verdict::Invalid | Verdict::NoCallingCode => "-\n".to_owned(),
                };
                for byte in answer.bytes() {
                    value = (value ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                }
            }
            assert_eq!(
                (count.to_string().as_str(), format!("{value:016x}").as_str()),
                (valid, digest),
                "+{code}"
            );
            lines += 1;
        }
        let codes = CALLING.iter().flatten().count();
        assert_eq!(
            lines, codes,
            "numbering.txt and numbering_sample.txt are of different versions"
        );
        assert!(codes > 200);
    }

    #[test]
    fn validity_is_that_of_this_year() {
        let is_valid = |digits: &str| matches!(judge(digits.as_bytes()), Verdict::Valid(_));
        assert!(is_valid("593931234567"), "Ecuador, 93x");
        for dropped in ["2632001940", "2632089234", "2631300123"] {
            assert!(!is_valid(dropped), "Zimbabwe");
        }
    }

    #[test]
    fn kinds_are_told_where_the_plan_tells_them() {
        let kind = |digits: &str| known(Msisdn::parse(digits).unwrap()).map(|number| number.kind);
        assert_eq!(kind("46701234567"), Some(NumberKind::Mobile));
        assert_eq!(kind("46812345678"), Some(NumberKind::Fixed));
        assert_eq!(kind("493012345678"), Some(NumberKind::Fixed));
        assert_eq!(kind("449098790000"), Some(NumberKind::Premium));
        assert_eq!(kind("12025550123"), Some(NumberKind::MobileOrFixed));
        assert_eq!(kind("18005550100"), Some(NumberKind::TollFree));
    }

    /// One digit after the other.
    fn slow_end(plan: &CallingCodePlan, digits: &[u8]) -> Option<(u8, NumberKind)> {
        let mut node = plan.nodes.last()?;
        for digit in digits {
            node = plan.nodes.get(usize::from(node.next[usize::from(digit - b'0')]))?;
        }
        node.end.map(|end| (end.region, end.kind))
    }

    proptest! {
        #[test]
        fn digits_passed_at_once_lead_where_they_lead_one_by_one(
            code in prop::sample::select(vec![1_u16, 7, 20, 44, 46, 47, 49, 52, 54, 55, 86, 91, 225, 234, 358, 599]), national in "[1-9][0-9]{2,14}",
        ) {
            let plan = calling(code).unwrap().plan();
            for length in 0..=national.len() {
                let digits = &national.as_bytes()[..length];
                prop_assert_eq!(plan.end(digits).map(|end| (end.region, end.kind)), slow_end(plan, digits));
            }
        }

        #[test]
        fn digits_of_no_calling_code_are_no_number(digits in "(0|210|999)[0-9]{5,10}") {
            prop_assert_eq!(judge(digits.as_bytes()), Verdict::NoCallingCode);
        }

        #[test]
        fn what_is_rewritten_stands_as_it_is_afterwards(digits in "[1-9][0-9]{5,14}") {
            if let Verdict::Valid(number) | Verdict::Rewritten(number) = judge(digits.as_bytes()) {
                prop_assert_eq!(judge(number.msisdn.digits().as_bytes()), Verdict::Valid(number));
            }
        }
    }
}
