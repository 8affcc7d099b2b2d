//! Tests of templates as a whole: faults and their places, rendering, bounds, the fast path against Tera.

mod fast_path;
mod faults;
mod guarded;
mod names;
mod rendering;

use std::collections::BTreeMap;

use super::{Names, OccurrenceVariable, Predicate, Program, RenderFault, Row};
use crate::campaign::VarValue;
use crate::model::{Country, Diagnostic, LocalTime, Msisdn, Place, SplitSalt, Text};

/// Columns and constants of every test here.
pub(super) struct Fixture {
    columns: Vec<String>,
    vars: BTreeMap<String, VarValue>,
    recurring: bool,
}

impl Fixture {
    pub(super) fn one_off() -> Self {
        let columns = ["msisdn", "first_name", "city", "tier", "age", "First name"];
        Self {
            columns: columns.map(str::to_owned).to_vec(),
            vars: BTreeMap::from([
                ("shop".into(), VarValue::Text("Kungsgatan 1".into())),
                ("percent".into(), VarValue::Integer(20)),
                ("open".into(), VarValue::Bool(true)),
            ]),
            recurring: false,
        }
    }

    pub(super) fn recurring() -> Self {
        Self {
            recurring: true,
            ..Self::one_off()
        }
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names {
            columns: &self.columns,
            vars: &self.vars,
            recurring: self.recurring,
            variant: None,
        }
    }

    pub(super) fn compile(&self, body: &str) -> Result<Program, Vec<Diagnostic>> {
        Program::compile(&text(body), &self.names())
    }

    pub(super) fn predicate(&self, expression: &str) -> Result<Predicate, Vec<Diagnostic>> {
        Predicate::compile(&text(expression), &self.names())
    }

    pub(super) fn render(&self, body: &str, fields: &[&str]) -> Result<String, RenderFault> {
        let program = self.compile(body).unwrap_or_else(|faults| panic!("{body}: {faults:?}"));
        render(&program, fields)
    }
}

/// The text of a block scalar in line 5, set in by 2.
pub(super) fn text(body: &str) -> Text {
    let place = Place {
        line: 5,
        column: 3,
        ..Place::file("campaigns/c.yaml")
    };
    Text {
        text: body.into(),
        place,
        indent: 2,
        pieces: Vec::new(),
    }
}

pub(super) const ANNA: [&str; 6] = ["46701234567", "Anna", "Malmö", "gold", "30", ""];

/// Of the campaign `black-friday`.
pub(super) fn salt() -> SplitSalt {
    SplitSalt::new("black-friday")
}

pub(super) fn render(program: &Program, fields: &[&str]) -> Result<String, RenderFault> {
    let occurrence = OccurrenceVariable::new(LocalTime::parse("2026-12-01T10:00").unwrap());
    let country = Country::parse("SE").unwrap();
    let row = Row {
        recipient: Msisdn::parse("46701234567").unwrap(),
        country: Some(&country),
        fields,
        occurrence: program.uses_occurrence().then_some(&occurrence),
        salt: salt(),
    };
    let mut out = String::from("left over");
    program.renderer().render(&row, &mut out).map(|()| out)
}
