//! A change of the files as a table: before, after, difference.

use super::escape::escaped;
use crate::model::{grouped, money_digits};
use crate::report::change_view::{ChangeView, ComingView};

/// As a table for a comment.
pub(super) fn change_table(change: &ChangeView) -> String {
    let (before, after) = (&change.before, &change.after);
    let mut rows = vec![
        counts("messages", before.messages, after.messages),
        counts("people", before.people, after.people),
        counts("segments", before.segments, after.segments),
    ];
    let mut currencies: Vec<&str> = before
        .estimate
        .iter()
        .chain(&after.estimate)
        .map(|amount| amount.currency.as_str())
        .filter(|currency| !currency.is_empty())
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    rows.extend(currencies.into_iter().map(|currency| cost(currency, before, after)));
    let unpriced = |view: &ComingView| view.estimate.iter().filter_map(|amount| amount.unpriced_segments).sum();
    if unpriced(before) > 0 || unpriced(after) > 0 {
        rows.push(counts("segments without a price", unpriced(before), unpriced(after)));
    }
    format!(
        "| this change | before | after | difference |\n|---|--:|--:|--:|\n{}\n",
        rows.concat()
    )
}

fn counts(name: &str, before: u64, after: u64) -> String {
    let difference = match after.cmp(&before) {
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", grouped(after - before)),
        std::cmp::Ordering::Less => format!("−{}", grouped(before - after)),
    };
    format!("| {name} | {} | {} | {difference} |\n", grouped(before), grouped(after))
}

fn cost(currency: &str, before: &ComingView, after: &ComingView) -> String {
    let of = |view: &ComingView| {
        view.estimate
            .iter()
            .find(|amount| amount.currency == currency)
            .map_or_else(|| "0".to_owned(), |amount| amount.amount.clone())
    };
    let (was, is) = (of(before), of(after));
    let told = |text: &str| text.parse().map_or_else(|_| escaped(text), money_digits);
    format!(
        "| cost, {} | {} | {} | {} |\n",
        harmless(currency),
        told(&was),
        told(&is),
        difference(&was, &is)
    )
}

/// Currencies as they are; anything else comes from a forged plan.
fn harmless(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric()) {
        text.to_owned()
    } else {
        escaped(text)
    }
}

/// The difference of two decimals; nothing where one is none.
fn difference(was: &str, is: &str) -> String {
    let parse = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
    match (parse(was), parse(is)) {
        (Some(was), Some(is)) if is > was => format!("+{}", money_digits(is - was)),
        (Some(was), Some(is)) if is < was => format!("−{}", money_digits(was - is)),
        (Some(_), Some(_)) => "0".to_owned(),
        (None, _) | (_, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::AmountView;

    #[test]
    fn a_change_is_told_by_what_it_adds_and_takes_away() {
        let view = |messages, people, amount: &str| ComingView {
            messages,
            people,
            segments: messages,
            estimate: vec![AmountView {
                currency: "SEK".into(),
                amount: amount.into(),
                unpriced_segments: Some(0),
            }],
        };
        let change = ChangeView {
            before: view(1200, 1000, "418.800"),
            after: view(1100, 1010, "844.90"),
        };
        assert_eq!(
            change_table(&change),
            "| this change | before | after | difference |\n|---|--:|--:|--:|\n\
             | messages | 1,200 | 1,100 | −100 |\n| people | 1,000 | 1,010 | +10 |\n| segments | 1,200 | 1,100 | −100 |\n\
             | cost, SEK | 418.80 | 844.90 | +426.10 |\n\n"
        );
        assert_eq!(difference("2.50", "1"), "−1.50");
        assert_eq!(difference("x", "1"), "");
    }
}
