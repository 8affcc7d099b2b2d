//! The zones of a country, from the IANA database's own list: for people of whom only the country is known.

use super::super::zone::Zone;
use crate::model::Country;

static SOURCE: &str = include_str!("country_zones.txt");

/// Every zone that somebody in the country may live in; empty for a country that the list does not know.
pub fn zones_of_country(country: &Country) -> Vec<Zone> {
    SOURCE
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(code, _)| *code == country.as_str())
        .map(|(_, names)| names.split(' ').filter_map(Zone::of_name).collect())
        .unwrap_or_default()
}
