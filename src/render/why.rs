//! Why a condition cannot be computed for a row, and what helps.
//!
//! In: the condition's expression, and the row that it failed on. Out: the column, what kind of cell it has there, and a
//! cure. Never: the cell; its shape alone is shown, with `0` for every digit and `x` for every letter.

use super::filters::is_date;
use super::names::Names;
use super::row::Row;
use super::syntax::{Expr, ExprKind};

/// A column that a condition makes a number or a date of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypedColumn {
    field: usize,
    column: String,
    filter: String,
}

/// What is wrong with a cell, and a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellFault {
    pub(super) message: String,
    pub(super) hint: String,
}

/// All such columns of an expression.
pub(super) fn needs(expr: &Expr, names: &Names<'_>) -> Vec<TypedColumn> {
    let mut needs = Vec::new();
    expr.each(&mut |expr| {
        if let ExprKind::Filtered(on, filter) = &expr.kind
            && matches!(filter.name.as_str(), "int" | "float" | "number" | "date")
            && let Some(column) = column_under(on)
            && let Some(field) = names.column(column)
        {
            needs.push(TypedColumn {
                field,
                column: column.to_owned(),
                filter: filter.name.clone(),
            });
        }
    });
    needs
}

/// The column that filters are put on, as far as they leave its form alone.
fn column_under(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Filtered(on, filter) if filter.name.starts_with("trim") => column_under(on),
        _ => None,
    }
}

/// The first column whose cell is none of what is needed.
pub(super) fn why(needs: &[TypedColumn], row: &Row<'_>) -> Option<CellFault> {
    needs.iter().find_map(|need| {
        let cell = row.fields.get(need.field).copied().unwrap_or_default().trim();
        need.is_broken_by(cell).then(|| need.explained(cell))
    })
}

impl TypedColumn {
    fn is_broken_by(&self, cell: &str) -> bool {
        match self.filter.as_str() {
            "date" => !is_date(cell),
            _ => cell.parse::<f64>().is_err(),
        }
    }

    fn explained(&self, cell: &str) -> CellFault {
        let Self { column, filter, .. } = self;
        if cell.is_empty() {
            return CellFault {
                message: format!("`{column}` is empty"),
                hint: format!("ask for a filled cell first: `{column} != '' and ...`"),
            };
        }
        let shape = shape(cell);
        if filter == "date" {
            return CellFault {
                message: format!("`{column}` has `{shape}`, which is no date like `2026-12-01`"),
                hint: "correct these cells, or export them as `2026-12-01`".to_owned(),
            };
        }
        let message = format!("`{column}` has `{shape}`, which is no number like `1250.50`");
        let spaces: Vec<char> = cell.chars().filter(|c| c.is_whitespace()).collect();
        let without: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
        let hint = match (
            without.replace(',', ".").parse::<f64>(),
            spaces.iter().find(|c| **c != ' '),
        ) {
            (Ok(_), Some(space)) => format!(
                "the space in it is U+{:04X}: export the column as plain numbers, with a point and without spaces",
                u32::from(*space)
            ),
            (Ok(_), None) => {
                let spaces = if spaces.is_empty() {
                    ""
                } else {
                    " | replace(from=' ', to='')"
                };
                let comma = if cell.contains(',') {
                    " | replace(from=',', to='.')"
                } else {
                    ""
                };
                format!("make a number of it with `{column}{spaces}{comma} | {filter}`")
            }
            (Err(_), _) => "correct these cells, or leave such rows out by another column".to_owned(),
        };
        CellFault { message, hint }
    }
}

/// A cell without what it says.
fn shape(cell: &str) -> String {
    const LONGEST: usize = 16;
    let mut shape: String = cell
        .chars()
        .take(LONGEST)
        .map(|character| match character {
            _ if character.is_numeric() => '0',
            _ if character.is_alphabetic() => 'x',
            _ if character.is_whitespace() => ' ',
            _ if character.is_ascii() && !character.is_control() => character,
            _ => '?',
        })
        .collect();
    if cell.chars().count() > LONGEST {
        shape.push('…');
    }
    shape.replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Fixture, salt, text};
    use super::super::{OccurrenceVariable, Predicate};
    use super::*;
    use crate::model::Msisdn;

    fn told(condition: &str, age: &str) -> Option<(String, String)> {
        let fields = ["46", "Ann", "Malmö", "gold", age, ""];
        let row = Row {
            recipient: Msisdn::parse("46701234567").unwrap(),
            country: None,
            fields: &fields,
            occurrence: None::<&OccurrenceVariable>,
            salt: salt(),
        };
        let predicate = Predicate::compile(&text(condition), &Fixture::one_off().names()).unwrap();
        let mut matcher = predicate.matcher();
        let fault = matcher.matches(&row).err()?;
        let diagnostic = matcher.refused(&row, &fault);
        Some((diagnostic.message, diagnostic.hints.concat()))
    }

    #[test]
    fn the_cell_is_masked_and_the_cure_is_told() {
        let cases = [
            (
                "age | int > 10",
                "",
                "`where` cannot be computed: `age` is empty",
                "ask for a filled cell first: `age != '' and ...`",
            ),
            (
                "age | float > 100",
                "1 250,50",
                "`where` cannot be computed: `age` has `0 000,00`, which is no number like `1250.50`",
                "make a number of it with `age | replace(from=' ', to='') | replace(from=',', to='.') | float`",
            ),
            (
                "age | trim | int > 10",
                "Anna",
                "`where` cannot be computed: `age` has `xxxx`, which is no number like `1250.50`",
                "correct these cells, or leave such rows out by another column",
            ),
            (
                "age | date(format='%m') == '12'",
                "3/12",
                "`where` cannot be computed: `age` has `0/00`, which is no date like `2026-12-01`",
                "correct these cells, or export them as `2026-12-01`",
            ),
        ];
        for (condition, cell, message, hint) in cases {
            assert_eq!(
                told(condition, cell),
                Some((message.to_owned(), hint.to_owned())),
                "{condition}"
            );
        }
        assert!(told("age | int > 10", "1\u{a0}000").unwrap().1.contains("U+00A0"));
    }

    #[test]
    fn the_cures_work() {
        for (condition, cell) in [
            ("age != '' and age | int > 10", ""),
            (
                "age | replace(from=' ', to='') | replace(from=',', to='.') | float > 100",
                "1 250,50",
            ),
        ] {
            assert_eq!(told(condition, cell), None, "{condition}");
        }
    }
}
