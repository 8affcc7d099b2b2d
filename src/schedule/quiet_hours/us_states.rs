//! The state of a number of the United States, by its area code, where that state has quiet hours of its own.
//!
//! People who move keep their number: an area code says where the number was issued. Some statutes take it for where
//! its bearer lives until the contrary is known.

use std::sync::LazyLock;

use super::super::Zone;
use super::RULES;
use crate::model::Msisdn;

static SOURCE: &str = include_str!("us_area_codes.txt");

/// By area code; states without rules of their own are none.
static STATES: LazyLock<Vec<Option<&'static str>>> = LazyLock::new(|| {
    let mut states = vec![None; 1000];
    for (state, codes) in SOURCE.lines().filter_map(|line| line.split_once('\t')) {
        if !RULES.iter().any(|rule| rule.state == Some(state)) {
            continue;
        }
        for code in codes.split(' ').filter_map(|code| code.parse::<usize>().ok()) {
            if let Some(place) = states.get_mut(code) {
                *place = Some(state);
            }
        }
    }
    states
});

/// `TX` for a number with an area code of Texas.
pub fn us_state_of(number: Msisdn) -> Option<&'static str> {
    let digits = number.as_u64();
    if digits / 10_000_000_000 != 1 {
        return None;
    }
    let area = usize::try_from(digits / 10_000_000 % 1000).ok()?;
    STATES.get(area).copied().flatten()
}

/// Where people of a state may live.
pub fn zones_of_us_state(state: &str) -> Vec<Zone> {
    let names: &[&str] = match state {
        "AL" | "LA" | "MS" => &["America/Chicago"],
        "CT" | "MD" => &["America/New_York"],
        "FL" => &["America/New_York", "America/Chicago"],
        "OK" => &["America/Chicago", "America/Denver"],
        "TX" => &["America/Chicago", "America/Denver"],
        _ => &[],
    };
    names.iter().filter_map(|name| Zone::of_name(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_code_tells_a_state_with_hours_of_its_own() {
        for (number, expected) in [
            (12_145_550_123, Some("TX")),
            (13_055_550_123, Some("FL")),
            (18_605_550_123, Some("CT")),
            (12_035_550_123, Some("CT")),
            (17_135_550_123, Some("TX")),
            (14_055_550_123, Some("OK")),
            (14_105_550_123, Some("MD")),
            (16_015_550_123, Some("MS")),
            (12_255_550_123, Some("LA")),
            (12_055_550_123, Some("AL")),
            (12_125_550_123, None),
            (14_165_550_123, None),
            (46_701_740_605, None),
            (2_145_550_123, None),
        ] {
            assert_eq!(us_state_of(Msisdn::from_u64(number).unwrap()), expected, "{number}");
        }
        for state in RULES.iter().filter_map(|rule| rule.state) {
            assert!(!zones_of_us_state(state).is_empty(), "{state}");
        }
    }
}
