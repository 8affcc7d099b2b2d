//! The country that a cell names: by its code of two or three letters, or by its name in English or in its own languages.
//!
//! In: a cell as somebody wrote it. Out: a country, or nothing where none or several are called so. Never: the nearest one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::model::without_diacritics;

/// From Unicode CLDR; written by `tests/tables/country_names.py`.
const TABLE: &str = include_str!("country_names.txt");

/// By what is the same in all spellings of a name; `None` where several countries share it.
static NAMES: LazyLock<BTreeMap<String, Option<&'static str>>> = LazyLock::new(|| {
    let mut names: BTreeMap<String, Option<&'static str>> = BTreeMap::new();
    for (country, called) in table() {
        for name in called {
            let kept = names.entry(folded(name)).or_insert(Some(country));
            if *kept != Some(country) {
                *kept = None;
            }
        }
    }
    names
});

/// Each country with its codes and names.
fn table() -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut fields = line.split('\t');
        let (country, codes, names) = (fields.next()?, fields.next()?, fields.next()?);
        let names = codes.split(' ').chain(names.split('|'));
        Some((country, std::iter::once(country).chain(names)))
    })
}

/// The country's code of two letters.
pub(super) fn country_named(cell: &str) -> Option<&'static str> {
    NAMES.get(&folded(cell)).copied().flatten()
}

/// Letters and digits without case and accents; `&` is `and`, `Saint` is `St`.
fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        let start = folded.len();
        for character in word.chars() {
            match without_diacritics(character) {
                Some(plain) => folded.push_str(&plain),
                None if character == '&' => folded.push_str("and"),
                None if character.is_alphanumeric() => folded.extend(character.to_lowercase()),
                None => {}
            }
        }
        if folded.get(start..) == Some("saint") {
            folded.truncate(start + 1);
            folded.push('t');
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_codes_and_names() {
        for (cell, expected) in [
            ("SE", "SE"),
            ("swe", "SE"),
            ("Sverige", "SE"),
            ("SWEDEN", "SE"),
            ("Osterreich", "AT"),
            ("Österreich", "AT"),
            ("U.S.A.", "US"),
            ("United States of America", "US"),
            ("UK", "GB"),
            ("Great Britain", "GB"),
            ("Deutschland", "DE"),
            ("日本", "JP"),
            ("Ελλάδα", "GR"),
            ("Україна", "UA"),
            ("Saint Lucia", "LC"),
            ("Trinidad and Tobago", "TT"),
            ("Cote d'Ivoire", "CI"),
            ("Czech Republic", "CZ"),
            ("Suomi", "FI"),
        ] {
            assert_eq!(country_named(cell), Some(expected), "{cell}");
        }
        for cell in ["", "Sweeden", "Congo", "XX", "EU", "46", "?"] {
            assert_eq!(country_named(cell), None, "{cell}");
        }
    }

    #[test]
    fn every_name_of_the_table_means_one_country() {
        for (country, called) in table() {
            for name in called {
                assert_eq!(country_named(name), Some(country), "{name}");
            }
        }
    }
}
