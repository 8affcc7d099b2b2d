//! National numbers, for projects that say which nation's.

use rlibphonenumber::Region;

use super::numbering::{MAX_DIGITS, Number, Verdict, ZERO_PREFIX, country_of, judge, line_of, parse, with_library};
use crate::model::Country;

/// A country whose national numbers are read too.
#[derive(Debug, Clone)]
pub struct Home {
    region: Region,
    code: u16,
    /// Whether it leads its calling code (the US leads 1): only then does the table speak for national numbers.
    leads: bool,
    /// Whether national numbers begin with a 0 that is not part of them, and with no other prefix.
    has_zero_prefix: bool,
}

impl Home {
    /// `None` when the country has no numbers of its own.
    pub fn new(country: &Country) -> Option<Self> {
        let region = Region::from_code(country.as_str()).ok()?;
        with_library(|library| {
            let code = library.get_country_code_for_region(region)?;
            let leads = library.get_region_for_country_code(code) == Some(region);
            let code = u16::try_from(code).ok()?;
            let has_zero_prefix = line_of(code)?.split(' ').any(|word| word == ZERO_PREFIX);
            Some(Self {
                region,
                code,
                leads,
                has_zero_prefix,
            })
        })
    }

    /// Reads ASCII digits as a national number, with or without its prefix.
    pub fn judge(&self, digits: &[u8]) -> Option<Number> {
        match digits.strip_prefix(b"0") {
            // It may also begin with an international prefix of this country's own.
            Some(rest) if self.leads && self.has_zero_prefix => {
                if let Verdict::Valid(number) = self.judge_national(rest) {
                    return Some(number);
                }
            }
            None if self.leads => {
                return match self.judge_national(digits) {
                    Verdict::Valid(number) | Verdict::Rewritten(number) => Some(number),
                    Verdict::Invalid | Verdict::NoCallingCode => None,
                };
            }
            Some(_) | None => {}
        }
        let (msisdn, _) = parse(std::str::from_utf8(digits).ok()?, Some(self.region))?;
        let country = country_of(msisdn);
        Some(Number { msisdn, country })
    }

    fn judge_national(&self, national: &[u8]) -> Verdict {
        let mut code = [0_u8; 3];
        let mut rest = self.code;
        for digit in code.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        let code = code.iter().copied().skip_while(|digit| *digit == b'0');
        let mut digits = [b'0'; MAX_DIGITS];
        let mut length = 0;
        for (place, digit) in digits.iter_mut().zip(code.chain(national.iter().copied())) {
            *place = digit;
            length += 1;
        }
        digits.get(..length).map_or(Verdict::Invalid, judge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn national_numbers_are_read_as_the_library_reads_them(
            country in prop::sample::select(vec!["SE", "NO", "DE", "GB", "US", "IT", "BR", "RU", "FR", "BS", "JE", "DK", "AU"]), digits in "0?[1-9][0-9]{6,11}",
        ) {
            let country = Country::parse(country).unwrap();
            let home = Home::new(&country).unwrap();
            // There the library would also try the international reading, which `normalize` does on its own.
            if !digits.starts_with(&home.code.to_string()) {
                let ours = home.judge(digits.as_bytes()).map(|number| number.msisdn);
                let theirs = parse(&digits, Region::from_code(country.as_str()).ok()).map(|(number, _)| number);
                prop_assert_eq!(ours, theirs, "{} in {:?}", digits, country);
            }
        }
    }
}
