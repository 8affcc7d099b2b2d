//! Estimates against limits: currency by currency, never added together. A currency without a limit trips as soon as
//! any limit of the kind is set.

use crate::model::{Estimate, Money, money_digits};

/// One amount against its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LimitVerdict {
    pub actual: String,
    pub limit: String,
    pub is_exceeded: bool,
}

impl LimitVerdict {
    /// Why it stops: `subject` is what was counted, `guard` the key that limits it.
    pub(super) fn told(&self, subject: &str, guard: &str) -> String {
        match self.limit.strip_prefix(NO_LIMIT) {
            Some(currency) => format!(
                "{subject} comes to {}, and `{guard}` has no limit in {currency}",
                self.actual
            ),
            None => format!("{subject} comes to {}, and `{guard}` says {}", self.actual, self.limit),
        }
    }
}

/// Before a currency, in place of a limit.
const NO_LIMIT: &str = "none in ";

/// Every amount of an estimate against these limits; empty when no limit is set.
pub(super) fn compare(estimate: &Estimate, limits: &[Money]) -> Vec<LimitVerdict> {
    if limits.is_empty() {
        return Vec::new();
    }
    let mut verdicts: Vec<LimitVerdict> = (limits.iter())
        .map(|limit| {
            let amount = estimate.in_currency(limit.currency);
            LimitVerdict {
                actual: spelled(Money { amount, ..*limit }),
                limit: spelled(*limit),
                is_exceeded: amount > limit.amount,
            }
        })
        .collect();
    let unlimited = estimate
        .amounts()
        .filter(|money| !money.amount.is_zero() && !limits.iter().any(|limit| limit.currency == money.currency));
    verdicts.extend(unlimited.map(|money| LimitVerdict {
        actual: spelled(money),
        limit: format!("{NO_LIMIT}{}", money.currency),
        is_exceeded: true,
    }));
    verdicts
}

/// As people read it.
fn spelled(money: Money) -> String {
    format!("{} {}", money_digits(money.amount), money.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceeded(amounts: &[&str], limits: &[&str]) -> usize {
        let mut estimate = Estimate::default();
        for amount in amounts {
            estimate.add(Money::parse(amount).unwrap());
        }
        let limits: Vec<Money> = limits.iter().map(|m| Money::parse(m).unwrap()).collect();
        (compare(&estimate, &limits).into_iter())
            .filter(|v| v.is_exceeded)
            .count()
    }

    #[test]
    fn each_currency_is_held_against_its_own_limit() {
        assert_eq!(exceeded(&["100 SEK", "5 EUR"], &["100 SEK", "5 EUR"]), 0);
        assert_eq!(exceeded(&["100.01 SEK"], &["100 SEK"]), 1);
    }

    #[test]
    fn a_currency_without_a_limit_trips_once_any_limit_is_set() {
        assert_eq!(exceeded(&["1 EUR"], &["100 SEK"]), 1);
        assert_eq!(exceeded(&["1 EUR"], &[]), 0);
    }
}
