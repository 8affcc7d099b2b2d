//! Money in decimals, never in floats; amounts of different currencies are never added together.

use std::fmt;

use rust_decimal::Decimal;

use super::InvalidName;

/// An ISO 4217 code: three letters, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Three letters, either case.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        match text.to_ascii_uppercase().as_bytes() {
            [a, b, c] if text.bytes().all(|x| x.is_ascii_alphabetic()) => Ok(Self([*a, *b, *c])),
            _ => Err(InvalidName {
                text: text.to_owned(),
                what: "currency",
                rule: "three letters like `SEK` (ISO 4217)".to_owned(),
            }),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.0).unwrap_or("???"))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An amount of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// In units of the currency.
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Reads `5000 SEK` or `0.10 EUR`; negative amounts are refused.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let invalid = || InvalidName {
            text: text.to_owned(),
            what: "sum of money",
            rule: "a decimal and a currency like `5000 SEK`".to_owned(),
        };
        let (amount, currency) = text.trim().split_once(' ').ok_or_else(invalid)?;
        let amount: Decimal = amount.parse().map_err(|_| invalid())?;
        if amount.is_sign_negative() {
            return Err(invalid());
        }
        Ok(Self {
            amount,
            currency: Currency::parse(currency.trim())?,
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// A price before sending: an amount per currency, and how many segments no price is known for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estimate {
    /// In order of currency. Nearly always one: a plan holds tens of thousands of estimates.
    amounts: Vec<Money>,
    unpriced_segments: u64,
}

impl Money {
    /// So many parts of it, of a whole; to four places. Nothing of a whole of nothing.
    #[must_use]
    pub fn share(self, parts: u64, whole: u64) -> Self {
        let amount = self.amount.checked_mul(Decimal::from(parts));
        let amount = amount.and_then(|amount| amount.checked_div(Decimal::from(whole)));
        Self {
            amount: amount.unwrap_or_default().round_dp(4),
            ..self
        }
    }

    /// The sum with another amount of its currency. Decimals saturate far beyond any real sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let amount = self.amount.checked_add(other.amount).unwrap_or(Decimal::MAX);
        Self { amount, ..self }
    }

    /// What is left of it after another amount of its currency.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        let amount = self.amount.checked_sub(other.amount).unwrap_or_default();
        Self { amount, ..self }
    }
}

impl Estimate {
    /// Adds an amount to its own currency's sum. Decimals saturate far beyond any real sum.
    pub fn add(&mut self, money: Money) {
        let at = self.amounts.partition_point(|sum| sum.currency < money.currency);
        match self.amounts.get_mut(at) {
            Some(sum) if sum.currency == money.currency => {
                sum.amount = sum.amount.checked_add(money.amount).unwrap_or(Decimal::MAX);
            }
            Some(_) | None => {
                self.amounts.reserve_exact(1);
                self.amounts.insert(at, money);
            }
        }
    }

    /// Counts segments that have no known price.
    pub fn add_unpriced(&mut self, segments: u64) {
        self.unpriced_segments = self.unpriced_segments.saturating_add(segments);
    }

    /// Adds another estimate, currency by currency.
    pub fn merge(&mut self, other: &Self) {
        for money in other.amounts() {
            self.add(money);
        }
        self.add_unpriced(other.unpriced_segments);
    }

    /// One amount per currency, in order of their codes.
    pub fn amounts(&self) -> impl Iterator<Item = Money> + '_ {
        self.amounts.iter().copied()
    }

    /// Segments without a price.
    pub fn unpriced_segments(&self) -> u64 {
        self.unpriced_segments
    }

    /// The sum in one currency; zero when there is none.
    pub fn in_currency(&self, currency: Currency) -> Decimal {
        let mut amounts = self.amounts();
        amounts
            .find(|sum| sum.currency == currency)
            .map_or(Decimal::ZERO, |sum| sum.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_never_added_together() {
        let mut estimate = Estimate::default();
        for text in ["0.349 SEK", "2.10 SEK", "1 EUR"] {
            estimate.add(Money::parse(text).unwrap());
        }
        let shown: Vec<String> = estimate.amounts().map(|m| m.to_string()).collect();
        assert_eq!(shown, ["1 EUR", "2.449 SEK"]);
    }

    #[test]
    fn money_without_a_currency_is_refused() {
        for text in ["5000", "SEK", "-1 SEK", "1,5 SEK", "1 KRONOR", ""] {
            assert!(Money::parse(text).is_err(), "{text}");
        }
    }
}
