//! Counts and amounts as people read them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::amount::AmountView;
use crate::model::{counted, money_digits as money};

/// `1,844.90 SEK + 12.00 EUR, 30 segments unpriced`; `unpriced` when no price is known at all.
pub fn amounts(estimate: &[AmountView]) -> String {
    told(estimate, spelled)
}

/// The same without commas, for programs.
pub(super) fn exact_amounts(estimate: &[AmountView]) -> String {
    told(estimate, str::to_owned)
}

/// A decimal as people read it: thousands apart. What is no decimal stays as it is.
fn spelled(amount: &str) -> String {
    let Ok(value) = amount.parse::<Decimal>() else {
        return amount.to_owned();
    };
    money(value)
}

fn told(estimate: &[AmountView], digits: fn(&str) -> String) -> String {
    let priced: Vec<String> = estimate
        .iter()
        .filter(|amount| !amount.currency.is_empty())
        .map(|amount| format!("{} {}", digits(&amount.amount), amount.currency))
        .collect();
    let unpriced: u64 = estimate.iter().filter_map(|amount| amount.unpriced_segments).sum();
    match (priced.is_empty(), unpriced) {
        (true, 0) => "0".to_owned(),
        (true, _) => "unpriced".to_owned(),
        (false, 0) => priced.join(" + "),
        (false, _) => format!(
            "{}, {} unpriced",
            priced.join(" + "),
            counted(unpriced, "segment", "segments")
        ),
    }
}

/// Sums decimals as they are written; every amount has a currency of its own.
pub(super) fn summed(estimates: &[&[AmountView]]) -> Vec<AmountView> {
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    let mut unpriced = 0;
    for amount in estimates.iter().copied().flatten() {
        if !amount.currency.is_empty() {
            let value = amount.amount.parse().unwrap_or_default();
            let sum = sums.entry(&amount.currency).or_default();
            *sum = sum.checked_add(value).unwrap_or(Decimal::MAX);
        }
        unpriced += amount.unpriced_segments.unwrap_or(0);
    }
    let mut views: Vec<AmountView> = sums
        .into_iter()
        .map(|(currency, amount)| AmountView {
            currency: currency.to_owned(),
            amount: amount.to_string(),
            unpriced_segments: None,
        })
        .collect();
    if unpriced > 0 {
        views.push(AmountView {
            unpriced_segments: Some(unpriced),
            ..AmountView::default()
        });
    }
    views
}

/// Cut to this many characters, with an ellipsis.
pub fn shortened(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let head: String = text.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpriced_is_never_zero() {
        let unpriced = AmountView {
            unpriced_segments: Some(3),
            ..AmountView::default()
        };
        let sek = AmountView {
            currency: "SEK".into(),
            amount: "1.50".into(),
            unpriced_segments: Some(0),
        };
        assert_eq!(amounts(std::slice::from_ref(&unpriced)), "unpriced");
        assert_eq!(amounts(&[unpriced, sek.clone()]), "1.50 SEK, 3 segments unpriced");
        assert_eq!(amounts(&[sek]), "1.50 SEK");
    }

    #[test]
    fn people_read_thousands_apart_and_programs_do_not() {
        let amount = AmountView {
            currency: "SEK".into(),
            amount: "12345.678".into(),
            unpriced_segments: None,
        };
        let estimate = std::slice::from_ref(&amount);
        assert_eq!(amounts(estimate), "12,345.678 SEK");
        assert_eq!(exact_amounts(estimate), "12345.678 SEK");
        assert_eq!(spelled("odd"), "odd");
    }
}
