//! The values that occur in the columns that a condition compares: `consent == 'yes'` where most cells say `Yes`.
//!
//! In: a condition, then rows as they are judged, on several threads. Out: warnings where a comparison holds for few
//! rows or passes over a value that differs in case or spaces alone, each with the values that occur. Never: values of
//! a column by which people can be recognized: of many different values, of long ones, of numbers and addresses,
//! nothing is shown.

use std::collections::BTreeMap;

use super::diagnostics::WHERE_SELECTS;
use super::names::Names;
use super::row::Row;
use super::syntax::{Comparison, Expr, ExprKind, Operator};
use crate::model::{Diagnostic, Text};

/// More different values than this say nothing.
const MOST_VALUES: usize = 8;
/// A longer value is somebody's, not a kind.
const LONGEST: usize = 24;
/// Of fewer rows nobody calls a part small.
const FEW_OF: u64 = 20;

/// The values of the compared columns so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occurring(Vec<OccurringColumn>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct OccurringColumn {
    field: usize,
    name: String,
    compared: Vec<(String, Sense)>,
    /// Nothing once there are too many.
    values: Option<BTreeMap<String, u64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Is,
    IsNot,
}

impl Occurring {
    /// For an expression; empty when it compares no column with a text.
    pub(super) fn of(expr: &Expr, names: &Names<'_>) -> Self {
        let mut columns: Vec<OccurringColumn> = Vec::new();
        let mut add = |name: &str, value: &str, sense| {
            let Some(field) = names.column(name) else { return };
            let at = columns
                .iter()
                .position(|column| column.field == field)
                .unwrap_or_else(|| {
                    columns.push(OccurringColumn {
                        field,
                        name: name.to_owned(),
                        compared: Vec::new(),
                        values: Some(BTreeMap::new()),
                    });
                    columns.len() - 1
                });
            if let Some(column) = columns.get_mut(at) {
                column.compared.push((value.to_owned(), sense));
            }
        };
        expr.each(&mut |expr| {
            let ExprKind::Binary(operator, left, right) = &expr.kind else {
                return;
            };
            let sense = match operator {
                Operator::Compare(Comparison::Equal) | Operator::In => Sense::Is,
                Operator::Compare(Comparison::NotEqual) => Sense::IsNot,
                _ => return,
            };
            match (&left.kind, &right.kind) {
                (ExprKind::Name(name), ExprKind::Text(value)) if *operator != Operator::In => add(name, value, sense),
                (ExprKind::Text(value), ExprKind::Name(name)) if *operator != Operator::In => add(name, value, sense),
                (ExprKind::Name(name), ExprKind::Array(items)) if *operator == Operator::In => {
                    for item in items {
                        if let ExprKind::Text(value) = &item.kind {
                            add(name, value, sense);
                        }
                    }
                }
                _ => {}
            }
        });
        Self(columns)
    }

    /// Notes a row, whether it is selected or not.
    pub fn note(&mut self, row: &Row<'_>) {
        for column in &mut self.0 {
            let cell = row.fields.get(column.field).copied().unwrap_or_default();
            let Some(values) = &mut column.values else { continue };
            if let Some(count) = values.get_mut(cell) {
                *count += 1;
            } else if values.len() < MOST_VALUES && cell.len() <= LONGEST && !is_personal(cell) {
                values.insert(cell.to_owned(), 1);
            } else {
                column.values = None;
            }
        }
    }

    /// Adds the rows of another thread.
    pub fn merge(&mut self, other: &Self) {
        for (column, more) in self.0.iter_mut().zip(&other.0) {
            let Some(values) = column.values.as_mut() else { continue };
            let Some(more) = &more.values else {
                column.values = None;
                continue;
            };
            for (value, count) in more {
                *values.entry(value.clone()).or_default() += count;
            }
            if values.len() > MOST_VALUES {
                column.values = None;
            }
        }
    }

    /// What occurs, one hint a column: "`consent` has `Yes` (93), `yes` (1)".
    pub fn hints(&self) -> Vec<String> {
        self.0.iter().filter_map(OccurringColumn::words).collect()
    }

    /// Values that a comparison passes over although they differ in case or spaces alone, and comparisons that hold for
    /// few of these rows.
    pub fn warnings(&self, condition: &Text) -> Vec<Diagnostic> {
        let columns = self
            .0
            .iter()
            .filter_map(|column| Some((column, column.values.as_ref()?, column.words()?)));
        let warned = columns.flat_map(|(column, values, words)| {
            let rows: u64 = values.values().sum();
            let told = move |(wanted, sense): &(String, Sense)| {
                let near =
                    |value: &String| value != wanted && folded(value) == folded(wanted) && !column.compares(value);
                let near: u64 = values
                    .iter()
                    .filter(|(value, _)| near(value))
                    .map(|(_, count)| count)
                    .sum();
                let holds = values.get(wanted).copied().unwrap_or(0);
                let name = &column.name;
                let (operator, passes) = match sense {
                    Sense::Is => ("==", "leaves out"),
                    Sense::IsNot => ("!=", "takes"),
                };
                if near > 0 {
                    let shown = if near == 1 {
                        "1 row that differs".to_owned()
                    } else {
                        format!("{near} rows that differ")
                    };
                    let message = format!("`{name} {operator} '{wanted}'` {passes} {shown} in case or spaces alone");
                    let cure = format!(
                        "`{name} | trim | lower {operator} '{}'` is for all of them",
                        folded(wanted)
                    );
                    return Some(
                        Diagnostic::warning(&WHERE_SELECTS, message)
                            .hint(words.clone())
                            .hint(cure),
                    );
                }
                let is_few = *sense == Sense::Is && rows >= FEW_OF && holds * 100 < rows && !wanted.is_empty();
                let message = format!("`{name} {operator} '{wanted}'` holds for {holds} of {rows} rows");
                is_few.then(|| Diagnostic::note(&WHERE_SELECTS, message).hint(words.clone()))
            };
            column.compared.iter().filter_map(told).collect::<Vec<_>>()
        });
        warned.map(|warning| warning.at(condition.place.clone())).collect()
    }
}

impl OccurringColumn {
    fn compares(&self, value: &str) -> bool {
        self.compared.iter().any(|(compared, _)| compared == value)
    }

    /// The most frequent first.
    fn words(&self) -> Option<String> {
        let values = self.values.as_ref().filter(|values| !values.is_empty())?;
        let mut values: Vec<(&String, &u64)> = values.iter().collect();
        values.sort_by_key(|(value, count)| (std::cmp::Reverse(**count), value.to_owned()));
        let shown = values.into_iter().map(|(value, count)| match value.as_str() {
            "" => format!("nothing ({count})"),
            value => format!("`{}` ({count})", value.replace('`', "'").escape_debug()),
        });
        Some(format!("`{}` has {}", self.name, shown.collect::<Vec<_>>().join(", ")))
    }
}

fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}

/// Digits enough for a number or a date of birth, or an address.
fn is_personal(cell: &str) -> bool {
    cell.contains('@') || cell.chars().filter(char::is_ascii_digit).count() > 4
}

#[cfg(test)]
mod tests {
    use super::super::Predicate;
    use super::super::tests::{Fixture, salt, text};
    use super::*;
    use crate::model::Msisdn;

    fn told(condition: &str, cells: &[(&str, u64)]) -> (Vec<String>, Vec<String>) {
        let fixture = Fixture::one_off();
        let predicate = Predicate::compile(&text(condition), &fixture.names()).unwrap();
        let (mut ahead, mut behind) = (predicate.occurring(), predicate.occurring());
        for (tier, count) in cells {
            for at in 0..*count {
                let fields = ["46", "Ann", "Malmö", tier, "30", ""];
                let row = Row {
                    recipient: Msisdn::parse("46701234567").unwrap(),
                    country: None,
                    fields: &fields,
                    occurrence: None,
                    salt: salt(),
                };
                if at % 2 == 0 {
                    ahead.note(&row);
                } else {
                    behind.note(&row);
                }
            }
        }
        ahead.merge(&behind);
        let warnings = ahead.warnings(&text(condition));
        (warnings.iter().map(|one| one.message.clone()).collect(), ahead.hints())
    }

    #[test]
    fn values_that_differ_in_case_alone_are_told_with_their_counts() {
        let (warnings, hints) = told("tier == 'yes'", &[("Yes", 93), ("yes", 1)]);
        assert_eq!(
            warnings,
            ["`tier == 'yes'` leaves out 93 rows that differ in case or spaces alone"]
        );
        assert_eq!(hints, ["`tier` has `Yes` (93), `yes` (1)"]);
        let (warnings, _) = told("tier != 'no'", &[("yes", 5), ("No ", 1)]);
        assert_eq!(
            warnings,
            ["`tier != 'no'` takes 1 row that differs in case or spaces alone"]
        );
        assert_eq!(
            told("tier in ['yes', 'Yes']", &[("Yes", 93), ("yes", 1)]).0,
            [] as [&str; 0]
        );
    }

    #[test]
    fn a_comparison_that_holds_for_few_rows_is_told() {
        let (notes, hints) = told("tier == 'gold'", &[("silver", 200), ("gold", 1), ("", 3)]);
        assert_eq!(notes, ["`tier == 'gold'` holds for 1 of 204 rows"]);
        assert_eq!(hints, ["`tier` has `silver` (200), nothing (3), `gold` (1)"]);
        assert_eq!(told("tier == 'gold'", &[("silver", 4), ("gold", 6)]).0, [] as [&str; 0]);
    }

    #[test]
    fn values_that_are_somebodys_are_never_shown() {
        let many: Vec<String> = (0..9).map(|n| format!("name {n}")).collect();
        let many: Vec<(&str, u64)> = many.iter().map(|name| (name.as_str(), 1)).collect();
        for cells in [
            &many[..],
            &[("46701234567", 1)],
            &[("ann@example.com", 1)],
            &[("a very long remark about somebody", 1)],
        ] {
            assert_eq!(told("tier == 'x'", cells), (Vec::new(), Vec::new()));
        }
        assert_eq!(told("tier | lower == 'x'", &[("a", 1)]), (Vec::new(), Vec::new()));
    }
}
