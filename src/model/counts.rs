//! Counts and money as people read them: the one place where they are spelled.

use rust_decimal::{Decimal, RoundingStrategy};

/// `1,210,000`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 person`, `2 people`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `1,234.50`: the digits of a sum of money as people read them, rounded to cents; below one unit to four places, without
/// zeros at their end after the second.
pub fn money_digits(amount: Decimal) -> String {
    let is_small = amount.abs() < Decimal::ONE;
    let places = if is_small { 4 } else { 2 };
    let mut rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(if is_small {
        rounded.normalize().scale().max(2)
    } else {
        2
    });
    let text = rounded.abs().to_string();
    let (units, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let units = units.parse().map_or_else(|_| units.to_owned(), grouped);
    let sign = if rounded.is_sign_negative() && !rounded.is_zero() {
        "-"
    } else {
        ""
    };
    format!("{sign}{units}.{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        let shown: Vec<String> = [0, 12, 999, 1000, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(shown, ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "person", "people"), "1 person");
    }

    #[test]
    fn money_is_told_in_cents_and_small_prices_to_four_places() {
        for (amount, expected) in [
            ("1.047", "1.05"),
            ("1138.06", "1,138.06"),
            ("5000", "5,000.00"),
            ("0.349", "0.349"),
            ("0.5", "0.50"),
            ("0.00004", "0.00"),
            ("0.99996", "1.00"),
            ("-3.5", "-3.50"),
            ("-0.001", "-0.001"),
            ("0", "0.00"),
            ("79228162514264337593543950335", "79228162514264337593543950335.00"),
        ] {
            assert_eq!(money_digits(amount.parse().unwrap()), expected, "{amount}");
        }
    }
}
