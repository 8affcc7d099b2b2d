//! Names: columns, constants, reserved names and the template's own; and what an unknown name was
//! probably meant to be.

use super::super::diagnostics;
use super::super::names::{RESERVED, closest, written};
use super::super::reserved::{OCCURRENCE_FIELDS, RECIPIENT_FIELDS, VARIANT_FIELDS};
use super::super::syntax::{Expr, ExprKind, Span};
use super::{Checker, NameScope, ValueKind};
use crate::campaign::VarValue;
use crate::model::Diagnostic;

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, span: &Span, scope: &NameScope) -> ValueKind {
        if let Some(kind) = scope.set.get(name) {
            return *kind;
        }
        if name == "loop" && scope.loops > 0 {
            self.error(
                span,
                &diagnostics::UNKNOWN_NAME,
                "`loop` alone is no value",
                "write `loop.index`",
            );
            return ValueKind::Unknown;
        }
        if RESERVED.contains(&name) {
            return self.reserved_alone(name, span);
        }
        if let Some(value) = self.names.vars.get(name) {
            self.checked.uses.vars.insert(name.to_owned());
            return match value {
                VarValue::Text(_) => ValueKind::Text,
                VarValue::Integer(_) => ValueKind::Number,
                VarValue::Bool(_) => ValueKind::Bool,
            };
        }
        if self.names.column(name).is_some() {
            self.checked.uses.columns.insert(name.to_owned());
            return ValueKind::Cell;
        }
        self.unknown_name(name, span, scope);
        ValueKind::Unknown
    }

    fn reserved_alone(&mut self, name: &str, span: &Span) -> ValueKind {
        if self.names.column(name).is_some() {
            self.error(
                span,
                &diagnostics::NAME_TWICE,
                format!("`{name}` is a column of the CSV and a reserved name"),
                format!("rename the column with `columns: {{ other_name: \"{name}\" }}`"),
            );
            return ValueKind::Unknown;
        }
        let fields: &[&str] = match name {
            "recipient" => self.recipient_fields(),
            "occurrence" if self.names.recurring => &OCCURRENCE_FIELDS,
            _ => {
                self.absent_reserved(name, span);
                return ValueKind::Unknown;
            }
        };
        self.error(
            span,
            &diagnostics::UNKNOWN_NAME,
            format!("`{name}` alone is no value"),
            format!("its fields are `{name}.{}`", fields.join(&format!("`, `{name}."))),
        );
        ValueKind::Unknown
    }

    fn recipient_fields(&self) -> &'static [&'static str] {
        if self.names.variant.is_some() {
            &VARIANT_FIELDS
        } else {
            &RECIPIENT_FIELDS
        }
    }

    fn absent_reserved(&mut self, name: &str, span: &Span) {
        let (what, hint) = if name == "loop" {
            ("there is no loop around it", "`loop` exists inside `{% for %}`")
        } else {
            (
                "this campaign is no recurring one",
                "`occurrence` exists in campaigns with `cron`",
            )
        };
        self.error(
            span,
            &diagnostics::UNKNOWN_NAME,
            format!("`{name}` is not known here: {what}"),
            hint,
        );
    }

    fn unknown_name(&mut self, name: &str, span: &Span, scope: &NameScope) {
        if self.somewhere.contains(name) {
            self.error(
                span,
                &diagnostics::MAYBE_UNSET,
                format!("`{name}` is not set on every way to here"),
                "set it before the `if` or loop, or in every branch",
            );
            return;
        }
        let known = self.names.known();
        let locals = scope.set.keys().map(String::as_str);
        let mut diagnostic = Diagnostic::error(
            &diagnostics::UNKNOWN_NAME,
            format!("`{name}` is not a column, a variable or anything else that is known"),
        );
        if let Some(meant) = closest(name, known.iter().map(String::as_str).chain(locals)) {
            diagnostic = diagnostic.hint(format!("did you mean `{meant}`?"));
        } else if let Some(column) = closest(name, self.names.columns.iter().map(String::as_str))
            && written(column).is_none()
        {
            diagnostic = diagnostic.hint(format!(
                "the column `{column}` needs a name for templates: `columns: {{ {name}: \"{column}\" }}`"
            ));
        }
        let listed: Vec<String> = known.iter().take(20).map(|name| format!("`{name}`")).collect();
        let more = if known.len() > listed.len() { ", ..." } else { "" };
        diagnostic = diagnostic.hint(format!("known names: {}{more}", listed.join(", ")));
        self.report(span, diagnostic);
    }

    pub(super) fn attribute(&mut self, of: &Expr, field: &str, span: &Span, scope: &NameScope) -> ValueKind {
        if let ExprKind::Name(name) = &of.kind
            && !scope.set.contains_key(name)
            && RESERVED.contains(&name.as_str())
        {
            return self.reserved_field(name, field, span, scope);
        }
        let kind = self.value(of, scope);
        if kind != ValueKind::Unknown {
            self.error(
                span,
                &diagnostics::UNKNOWN_NAME,
                format!("there is no field `{field}` in {}", kind.words()),
                "columns and variables have no fields",
            );
        }
        ValueKind::Unknown
    }

    pub(super) fn reserved_field(&mut self, name: &str, field: &str, span: &Span, scope: &NameScope) -> ValueKind {
        let fields: &[&str] = match name {
            "recipient" => self.recipient_fields(),
            "occurrence" if self.names.recurring => &OCCURRENCE_FIELDS,
            "loop" if scope.loops > 0 => &["index", "index0", "first", "last", "length"],
            _ => {
                self.absent_reserved(name, span);
                return ValueKind::Unknown;
            }
        };
        if name != "loop" && self.names.column(name).is_some() {
            return self.reserved_alone(name, span);
        }
        match name {
            "recipient" => self.checked.uses.recipient = true,
            "occurrence" => {
                self.checked.uses.occurrence = true;
                self.calendar.note(field, span);
            }
            _ => {}
        }
        if !fields.contains(&field) {
            let mut diagnostic =
                Diagnostic::error(&diagnostics::UNKNOWN_NAME, format!("`{name}` has no field `{field}`"));
            if (name, field) == ("recipient", "variant") {
                diagnostic = diagnostic.hint("only the texts of `variants` have one, and what they include");
            } else if let Some(meant) = closest(field, fields.iter().copied()) {
                diagnostic = diagnostic.hint(format!("did you mean `{name}.{meant}`?"));
            }
            self.report(
                span,
                diagnostic.hint(format!("its fields are `{}`", fields.join("`, `"))),
            );
            return ValueKind::Unknown;
        }
        match field {
            "country" => ValueKind::Cell,
            "date" | "time" | "variant" => ValueKind::Text,
            "first" | "last" => ValueKind::Bool,
            _ => ValueKind::Number,
        }
    }
}
