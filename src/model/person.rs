//! Who a number reaches, whichever way the number is written.
//!
//! In: a number. Out: its [`Person`], the same for every spelling of one subscriber, and shares of people drawn by
//! hash. De-duplication, suppression, parts and splits ask for the person; what is sent is the number as it was read.
//! Never: one person for two subscribers. A renumbering is in the table only where the old spelling cannot be anybody
//! else's.

use std::ops::Range;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::Msisdn;

/// A subscriber, by one canonical number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(u64);

impl Person {
    /// The number in its canonical spelling: for comparing and hashing, not for sending.
    pub fn number(self) -> Option<Msisdn> {
        Msisdn::from_u64(self.0).ok()
    }

    /// The canonical number read as an integer.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// From what [`Person::as_u64`] gave.
    pub(crate) fn from_canonical(number: u64) -> Self {
        Self(number)
    }

    /// A stable draw for this person, unrelated to draws with another salt and to how batches are cut into parts:
    /// xxh3-64 over the canonical number (eight bytes, little endian), seeded by the salt.
    pub fn draw(self, salt: SplitSalt) -> u64 {
        xxh3_64_with_seed(&self.0.to_le_bytes(), salt.0)
    }
}

impl From<Msisdn> for Person {
    fn from(number: Msisdn) -> Self {
        let mut number = number.as_u64();
        if BETWEEN_PLANS.iter().any(|between| between.contains(&number)) {
            return Self(number);
        }
        // A spelling can be two steps from the canonical one; no spelling is three.
        for _ in 0..2 {
            match PLANS.iter().find(|plan| number.wrapping_sub(plan.low) < plan.width) {
                Some(plan) => number = plan.step(number),
                None => break,
            }
        }
        Self(number)
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.number() {
            Some(number) => f.write_str(&number.masked()),
            None => f.write_str("nobody"),
        }
    }
}

/// What keeps two splits of the same people apart: the seed made of a campaign's reference or its `split_salt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SplitSalt(u64);

impl SplitSalt {
    /// Of a text.
    pub fn new(text: &str) -> Self {
        Self(xxh3_64(text.as_bytes()))
    }
}

/// National numbers of one length that can be an older or another spelling.
struct SpellingPlan {
    low: u64,
    width: u64,
    digits: u32,
    spellings: &'static [Spelling],
}

/// How a spelling becomes the canonical one: `drop` digits at `at` give way to `put`.
struct Spelling {
    /// Leading national digits, `.` for any, with spaces between them.
    leading: &'static str,
    at: u32,
    drop: u32,
    put: &'static str,
}

const fn plan(code: u64, digits: u32, spellings: &'static [Spelling]) -> SpellingPlan {
    let width = 10_u64.pow(digits);
    SpellingPlan {
        low: code * width,
        width,
        digits,
        spellings,
    }
}

const fn put(leading: &'static str, at: u32, put: &'static str) -> Spelling {
    Spelling {
        leading,
        at,
        drop: 0,
        put,
    }
}

const fn drop(leading: &'static str, at: u32, drop: u32) -> Spelling {
    Spelling {
        leading,
        at,
        drop,
        put: "",
    }
}

const fn replace(leading: &'static str, at: u32, drop: u32, put: &'static str) -> Spelling {
    Spelling { leading, at, drop, put }
}

/// The numbering plans in which one subscriber has two spellings, with where that is said. Left out on purpose:
/// Kosovo's old +377 44 and +386 49 (those codes are Monaco's and Slovenia's to give out again) and Brazil's eight
/// digits that begin with 7 (they were trunked radio and got no ninth digit).
const PLANS: [SpellingPlan; 9] = [
    // Argentina: a number is given out once, as a mobile or as a fixed line; the 9 after 54, and the 15 after the area
    // code, only say that a mobile is dialed. Area codes: the national prefix pattern of libphonenumber 9.0.43 (AR).
    plan(54, 10, &[put("11 2 3", 0, "9")]),
    plan(
        54,
        12,
        &[
            drop("1115", 2, 2),
            drop(
                "22015 22115 22315 23015 23615 23715 24915 26015 26115 26315 26415 26615 28015 29115 29415 29715 29815 \
                 29915 33615 34115 34215 34315 34515 34815 35115 35315 35815 36215 36415 37015 37615 37915 38015 38115 \
                 38315 38515 38715 38815",
                3,
                2,
            ),
            drop("2...15 3...15", 4, 2),
        ],
    ),
    // Mexico: until 2019 a 1 after 52 said that a mobile is called; messengers still write it. IFT, plan of 2019-08-03.
    plan(52, 11, &[drop("1", 0, 1)]),
    // Brazil: mobiles got a ninth digit, 9, from 2012 to 2016; messengers still leave it out. Anatel, Resolution
    // 553/2010.
    plan(
        55,
        10,
        &[put(
            ".16 .18 .19 .26 .28 .29 .36 .38 .39 .46 .48 .49 .56 .58 .59 .66 .68 .69 .76 .78 .79 .86 .88 .89 .96 .98 .99",
            2,
            "9",
        )],
    ),
    // Gabon: 7 digits became 8 in 2019 and both rang until 2024-04-06: a 6 (Libertis, Moov) or a 7 (Airtel) in front, a
    // 1 on fixed lines; the 0 that was written after 241 is gone. ARCEP, announced 2019-06-03 and 2024-02-29.
    plan(241, 7, &[put("2 5 6", 0, "6"), put("4 7", 0, "7"), put("1", 0, "1")]),
    plan(
        241,
        8,
        &[
            replace("02 05 06", 0, 1, "6"),
            replace("04 07", 0, 1, "7"),
            replace("01", 0, 1, "1"),
        ],
    ),
    // The Gambia: 7 digits become 9; both ring from 2026-09-04 to 2026-11-30. PURA, public notice on the migration of
    // the national mobile numbering plan; Africell 87, QCell 83, Comium 86, Gamcel unchanged for now.
    plan(
        220,
        7,
        &[
            put("2 7 40 41 45", 0, "87"),
            put("3 50 51 52 53 58 59", 0, "83"),
            put("6", 0, "86"),
        ],
    ),
    // Benin: 8 digits became 10 on 2024-11-30, 01 in front of all. ARCEP Benin.
    plan(229, 8, &[put("2 4 5 6 9", 0, "01")]),
    // Ivory Coast: 8 digits became 10 on 2021-01-31; a mobile's second digit shows its operator (Moov 01, MTN 05,
    // Orange 07). ARTCI, announced 2020-07-28. Fixed lines have other rules and get no texts.
    plan(
        225,
        8,
        &[
            put(
                "00 01 02 03 40 41 42 43 50 51 52 53 60 61 62 63 70 71 72 73 80 81 82 83 90 91 92 93",
                0,
                "01",
            ),
            put(
                "04 05 06 44 45 46 54 55 56 64 65 66 74 75 76 84 85 86 94 95 96",
                0,
                "05",
            ),
            put(
                "07 08 09 47 48 49 57 58 59 67 68 69 77 78 79 87 88 89 97 98 99",
                0,
                "07",
            ),
        ],
    ),
];

/// Numbers below those of one plan and above those of another: most of the world's, told before any plan is asked.
const BETWEEN_PLANS: [Range<u64>; 2] = [24_200_000_000..540_000_000_000, 2_420_000_000..22_500_000_000];

impl SpellingPlan {
    /// One step nearer to the canonical spelling.
    fn step(&self, number: u64) -> u64 {
        let national = number - self.low;
        let spelling = self.spellings.iter().find(|spelling| {
            let mut leadings = spelling.leading.split(' ').filter(|leading| !leading.is_empty());
            leadings.any(|leading| self.begins_with(national, leading))
        });
        spelling.map_or(number, |spelling| spelling.rewrite(number, self.digits))
    }

    fn begins_with(&self, national: u64, leading: &str) -> bool {
        let digit_at = |at: u32| national / 10_u64.pow(self.digits - 1 - at) % 10;
        (0..self.digits)
            .zip(leading.bytes())
            .all(|(at, wanted)| wanted == b'.' || u64::from(wanted - b'0') == digit_at(at))
    }
}

impl Spelling {
    fn rewrite(&self, number: u64, digits: u32) -> u64 {
        let head = number / 10_u64.pow(digits - self.at);
        let rest = 10_u64.pow(digits - self.at - self.drop);
        let head = (self.put.bytes()).fold(head, |head, digit| head * 10 + u64::from(digit - b'0'));
        head * rest + number % rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(digits: &str) -> Person {
        Msisdn::parse(digits).unwrap().into()
    }

    #[test]
    fn every_spelling_of_a_subscriber_is_one_person() {
        for (canonical, others) in [
            ("5491123456789", vec!["541123456789", "54111523456789"]),
            ("5492214567890", vec!["542214567890", "54221154567890"]),
            ("5492901456789", vec!["542901456789", "54290115456789"]),
            ("5492942456789", vec!["542942456789", "54294215456789"]),
            ("5492944456789", vec!["542944456789", "54294154456789"]),
            ("525512345678", vec!["5215512345678"]),
            ("5521987654321", vec!["552187654321"]),
            ("24166123456", vec!["2416123456", "24106123456"]),
            ("24177280150", vec!["2417280150", "24107280150"]),
            ("24111728015", vec!["2411728015", "24101728015"]),
            ("220872123456", vec!["2202123456"]),
            ("220833012345", vec!["2203012345"]),
            ("220866123456", vec!["2206123456"]),
            ("2290197123456", vec!["22997123456"]),
            ("2250708123456", vec!["22508123456"]),
            ("2250545123456", vec!["22545123456"]),
            ("2250101123456", vec!["22501123456"]),
        ] {
            let canonical = person(canonical);
            assert_eq!(canonical.number().map(Person::from), Some(canonical));
            for other in others {
                assert_eq!(person(other), canonical, "{other}");
            }
        }
    }

    #[test]
    fn who_has_one_spelling_is_who_the_number_says() {
        for digits in [
            "46701234567",
            "12025550123",
            "548001234567", // Argentina, toll-free
            "551123456789", // Brazil, fixed
            "551171234567", // Brazil, trunked radio
            "558001234567", // Brazil, toll-free
            "24103123456",  // Gabon, an operator that is gone
            "24166123456",  // Gabon, new
            "2209123456",   // The Gambia, Gamcel
            "2204212345",   // The Gambia, fixed
            "22520212223",  // Ivory Coast, fixed before 2021
            "525512345678", // Mexico
            "528112345678",
        ] {
            assert_eq!(person(digits).as_u64().to_string(), digits);
        }
    }

    #[test]
    fn no_plan_has_a_number_between_plans() {
        for between in BETWEEN_PLANS {
            for plan in PLANS {
                assert!(
                    plan.low + plan.width <= between.start || between.end <= plan.low,
                    "{}",
                    plan.low
                );
            }
        }
    }

    #[test]
    fn draws_are_what_they_were_when_first_released() {
        let draw = |digits: &str, salt: &str| person(digits).draw(SplitSalt::new(salt)) % 100;
        assert_eq!(
            [
                draw("46701234567", "black-friday"),
                draw("46701234567", "welcome"),
                draw("46701234568", "black-friday"),
                draw("541123456789", "black-friday"),
                draw("5491123456789", "black-friday"),
            ],
            [47, 0, 84, 65, 65]
        );
    }

    proptest! {
        #[test]
        fn a_person_is_its_own_canonical_number_and_no_two_subscribers_are_one(
            code in prop::sample::select(vec![54_u64, 52, 55, 241, 220, 229, 225, 46, 1]), digits in 6_u32..=12, one in any::<u64>(), other in any::<u64>(),
        ) {
            let width = 10_u64.pow(digits);
            let of = |n: u64| Msisdn::from_u64(code * width + n % width).ok().map(Person::from);
            if let (Some(a), Some(b)) = (of(one), of(other)) {
                prop_assert_eq!(a.number().map(Person::from), Some(a));
                prop_assert_eq!(a == b, one % width == other % width);
            }
        }

        #[test]
        fn a_split_is_even_and_two_salts_share_nothing(salt in "[a-z]{1,12}", more in "[0-9]{1,4}") {
            let (one, two) = (SplitSalt::new(&salt), SplitSalt::new(&format!("{salt}{more}")));
            let people: Vec<Person> = (46_700_000_000..46_700_020_000).map(Person::from_canonical).collect();
            let half = people.iter().filter(|person| person.draw(one) % 2 == 0);
            let quarter = half.clone().filter(|person| person.draw(two) % 2 == 0);
            prop_assert!((9500..10500).contains(&half.count()));
            prop_assert!((4600..5400).contains(&quarter.count()));
        }
    }
}
