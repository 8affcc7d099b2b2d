//! What segments cost. In: the price list of one provider, the campaign's priority. Out: for each recipient a price
//! class, and for sums of segments per class an estimate: summed as whole numbers, multiplied once, in decimals. Never: a
//! price of zero for what nobody has priced, a float, or two currencies added.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::campaign::{Price, PriceScope};
use crate::model::{Api, Country, Estimate, Money, Msisdn, ProviderName};
use crate::profile::Profile;

/// Index of a price in its table; zero is "no price known".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PriceClass(u16);

/// The prices of one provider at one priority.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTable {
    /// What a segment of class n+1 costs; more than one amount when a surcharge is in another currency.
    classes: Vec<Vec<Money>>,
    /// Per length of prefix, longest first: prefixes as numbers, sorted.
    prefixes: Vec<(u32, Vec<(u64, PriceClass)>)>,
    /// Sorted by country.
    countries: Vec<(Country, PriceClass)>,
    everywhere: PriceClass,
}

impl PriceTable {
    /// The prices for messages through this provider. Of two prices for the same numbers the first counts (the files are
    /// checked for that before).
    pub fn new(prices: &[Price], provider: &ProviderName, api: Api, priority: u8) -> Self {
        let mut table = Self {
            classes: Vec::new(),
            prefixes: Vec::new(),
            countries: Vec::new(),
            everywhere: PriceClass(0),
        };
        let mut prefixes: BTreeMap<u32, BTreeMap<u64, PriceClass>> = BTreeMap::new();
        for price in prices.iter().filter(|price| price.provider == *provider) {
            let class = table.class_of(price, api, priority);
            match &price.scope {
                PriceScope::Everywhere if table.everywhere == PriceClass(0) => table.everywhere = class,
                PriceScope::Everywhere => {}
                PriceScope::Country(country) => table.countries.push((country.clone(), class)),
                PriceScope::Prefix(digits) => {
                    if let (Ok(length), Ok(value)) = (u32::try_from(digits.len()), digits.parse()) {
                        prefixes.entry(length).or_default().entry(value).or_insert(class);
                    }
                }
            }
        }
        table.countries.sort_by(|a, b| a.0.cmp(&b.0));
        table.countries.dedup_by(|b, a| a.0 == b.0);
        table.prefixes = prefixes
            .into_iter()
            .rev()
            .map(|(length, values)| (length, values.into_iter().collect()))
            .collect();
        table
    }

    fn class_of(&mut self, price: &Price, api: Api, priority: u8) -> PriceClass {
        let mut cost = Estimate::default();
        cost.add(Money {
            amount: price.per_segment,
            currency: price.currency,
        });
        if let (Some(surcharge), true) = (&Profile::of(api).surcharge, priority >= 2) {
            cost.add(surcharge.by_segment(price.currency));
        }
        let cost: Vec<Money> = cost.amounts().collect();
        let found = self.classes.iter().position(|class| *class == cost);
        let index = found.unwrap_or_else(|| {
            self.classes.push(cost);
            self.classes.len() - 1
        });
        u16::try_from(index + 1).map_or(PriceClass(0), PriceClass)
    }

    /// Whether numbers of one country cost the same.
    pub fn is_by_country(&self) -> bool {
        self.prefixes.is_empty()
    }

    /// The price of this number: the longest prefix, else its country, else the price for all others.
    pub fn class(&self, recipient: Msisdn, country: Option<&Country>) -> PriceClass {
        // Most tables have no prefixes, and then nothing is asked of the number.
        let by_prefix = if self.prefixes.is_empty() {
            None
        } else {
            self.class_by_prefix(recipient)
        };
        by_prefix
            .or_else(|| {
                let country = country?;
                let found = self.countries.binary_search_by(|(name, _)| name.cmp(country)).ok()?;
                self.countries.get(found).map(|(_, class)| *class)
            })
            .unwrap_or(self.everywhere)
    }

    fn class_by_prefix(&self, recipient: Msisdn) -> Option<PriceClass> {
        let number = recipient.as_u64();
        let length = number.checked_ilog10().unwrap_or(0) + 1;
        for (prefix, values) in &self.prefixes {
            let Some(cut) = length.checked_sub(*prefix) else {
                continue;
            };
            let head = number / 10_u64.pow(cut);
            if let Ok(found) = values.binary_search_by_key(&head, |(value, _)| *value)
                && let Some((_, class)) = values.get(found)
            {
                return Some(*class);
            }
        }
        None
    }

    /// What these segments cost.
    pub fn estimate(&self, segments: &SegmentsByClass) -> Estimate {
        let mut estimate = Estimate::default();
        for (class, count) in segments.iter() {
            let price = class
                .0
                .checked_sub(1)
                .and_then(|index| self.classes.get(usize::from(index)));
            match price {
                None => estimate.add_unpriced(count),
                Some(amounts) => {
                    for money in amounts {
                        estimate.add(Money {
                            amount: money.amount.checked_mul(Decimal::from(count)).unwrap_or(Decimal::MAX),
                            currency: money.currency,
                        });
                    }
                }
            }
        }
        estimate
    }
}

/// Segments per price class: all that has to be kept while rows stream by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentsByClass(Vec<u64>);

impl SegmentsByClass {
    /// Adds segments of one class.
    pub fn add(&mut self, class: PriceClass, segments: u64) {
        let index = usize::from(class.0);
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        if let Some(count) = self.0.get_mut(index) {
            *count = count.saturating_add(segments);
        }
    }

    /// Adds the segments of others, class by class.
    pub fn merge(&mut self, other: &Self) {
        other.iter().for_each(|(class, segments)| self.add(class, segments));
    }

    /// Takes segments out again that were added.
    pub fn remove(&mut self, other: &Self) {
        for (sum, fewer) in self.0.iter_mut().zip(&other.0) {
            *sum = sum.saturating_sub(*fewer);
        }
    }

    /// Segments of all classes.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn iter(&self) -> impl Iterator<Item = (PriceClass, u64)> + '_ {
        (0..=u16::MAX)
            .map(PriceClass)
            .zip(self.0.iter().copied())
            .filter(|(_, segments)| *segments > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;
    use proptest::prelude::*;

    fn price(currency: &str, scope: PriceScope, per_segment: &str) -> Price {
        Price {
            provider: ProviderName::parse("ip1").unwrap(),
            currency: Currency::parse(currency).unwrap(),
            scope,
            per_segment: per_segment.parse().unwrap(),
            as_of: None,
        }
    }

    fn prefix(digits: &str) -> PriceScope {
        PriceScope::Prefix(digits.into())
    }

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    fn shown(estimate: &Estimate) -> Vec<String> {
        estimate.amounts().map(|money| money.to_string()).collect()
    }

    fn table(prices: &[Price], priority: u8) -> PriceTable {
        PriceTable::new(prices, &ProviderName::parse("ip1").unwrap(), Api::Ip1, priority)
    }

    fn cost(table: &PriceTable, number: u64, of: Option<&str>, segments: u64) -> (Vec<String>, u64) {
        let country = of.map(country);
        let mut sum = SegmentsByClass::default();
        sum.add(
            table.class(Msisdn::from_u64(number).unwrap(), country.as_ref()),
            segments,
        );
        let estimate = table.estimate(&sum);
        (shown(&estimate), estimate.unpriced_segments())
    }

    #[test]
    fn the_longest_prefix_beats_the_country_and_both_beat_everywhere() {
        let prices = [
            price("SEK", PriceScope::Country(country("SE")), "0.349"),
            price("SEK", prefix("4670"), "0.30"),
            price("EUR", prefix("467012"), "0.05"),
            price("SEK", PriceScope::Everywhere, "1"),
        ];
        let table = table(&prices, 1);
        let of = |number, code| cost(&table, number, code, 1000).0;
        assert_eq!(of(46_731_234_567, Some("SE")), ["349.000 SEK"]);
        assert_eq!(of(46_702_234_567, Some("SE")), ["300.00 SEK"]);
        assert_eq!(of(46_701_234_567, Some("SE")), ["50.00 EUR"]);
        assert_eq!(of(4_912_345_678, Some("DE")), ["1000 SEK"]);
        assert_eq!(of(4_912_345_678, None), ["1000 SEK"]);
        assert_eq!(of(46_701, None), ["300.00 SEK"]);
    }

    #[test]
    fn what_has_no_price_is_counted_and_never_free() {
        let table = table(&[price("SEK", PriceScope::Country(country("SE")), "0.349")], 1);
        assert_eq!(cost(&table, 4_912_345_678, Some("DE"), 7), (vec![], 7));
        let other = PriceTable::new(
            &[price("SEK", PriceScope::Everywhere, "1")],
            &ProviderName::parse("sinch").unwrap(),
            Api::Sinch,
            1,
        );
        assert_eq!(cost(&other, 4_912_345_678, Some("DE"), 7), (vec![], 7));
    }

    #[test]
    fn priority_2_costs_more_at_ip1_only() {
        let prices = [
            price("SEK", prefix("46"), "0.349"),
            price("EUR", prefix("49"), "0.07"),
            price("USD", prefix("1"), "0.01"),
        ];
        let of = |table: &PriceTable, number| cost(table, number, None, 10).0;
        let urgent = table(&prices, 2);
        assert_eq!(of(&urgent, 46_701_234_567), ["4.490 SEK"]);
        assert_eq!(of(&urgent, 4_912_345_678), ["0.80 EUR"]);
        assert_eq!(of(&urgent, 12_025_550_123), ["0.10 EUR", "0.10 USD"]);
        let elsewhere = PriceTable::new(&prices, &ProviderName::parse("ip1").unwrap(), Api::Sinch, 2);
        assert_eq!(of(&elsewhere, 46_701_234_567), ["3.490 SEK"]);
    }

    proptest! {
        #[test]
        fn summing_first_and_multiplying_once_equals_adding_up(
            messages in prop::collection::vec((0_u64..3, 1_u64..5), 0..60), split in 0_usize..60,
        ) {
            let prices = [price("SEK", prefix("46"), "0.349"), price("EUR", prefix("49"), "0.0713")];
            let table = table(&prices, 1);
            let number = |kind: u64| Msisdn::from_u64([46_701_234_567, 4_912_345_678, 12_025_550_123][usize::try_from(kind).unwrap()]).unwrap();
            let (mut one_by_one, mut first, mut rest) = (Estimate::default(), SegmentsByClass::default(), SegmentsByClass::default());
            for (index, (kind, segments)) in messages.iter().enumerate() {
                let class = table.class(number(*kind), None);
                let mut single = SegmentsByClass::default();
                single.add(class, *segments);
                one_by_one.merge(&table.estimate(&single));
                if index < split { first.add(class, *segments) } else { rest.add(class, *segments) }
            }
            first.merge(&rest);
            prop_assert_eq!(table.estimate(&first), one_by_one);
            prop_assert_eq!(first.total(), messages.iter().map(|(_, segments)| segments).sum::<u64>());
        }
    }
}
