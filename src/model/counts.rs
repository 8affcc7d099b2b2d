//! Counts and money as people read them, and cells as programs read them: the one place where they are spelled.

use rust_decimal::Decimal;

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

/// A cell of a CSV file: in quotes where it would not be one cell without them.
pub fn csv_cell(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// `1 person`, `2 people`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `1,234.50`, `3.839`: a sum of money to its last digit, thousands apart, with at least two places.
pub fn money_digits(amount: Decimal) -> String {
    let mut exact = amount.normalize();
    exact.rescale(exact.scale().max(2));
    let text = exact.abs().to_string();
    let (units, rest) = text.split_once('.').unwrap_or((&text, "00"));
    let units = units.parse().map_or_else(|_| units.to_owned(), grouped);
    let sign = if exact.is_sign_negative() && !exact.is_zero() {
        "-"
    } else {
        ""
    };
    format!("{sign}{units}.{rest}")
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
    fn money_is_told_to_its_last_digit() {
        for (amount, expected) in [
            ("1.047", "1.047"),
            ("1138.06", "1,138.06"),
            ("5000", "5,000.00"),
            ("0.3490", "0.349"),
            ("0.5", "0.50"),
            ("0.00004", "0.00004"),
            ("-3.5", "-3.50"),
            ("0", "0.00"),
        ] {
            assert_eq!(money_digits(amount.parse().unwrap()), expected, "{amount}");
        }
    }
}
