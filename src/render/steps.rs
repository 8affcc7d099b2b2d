//! Filters that the fast path does itself: those that marketing texts use, on text, without a way to fail.
//!
//! In: a filter, slice or fallback of a template. Out: the same as a step on text; or nothing, and Tera does it. Never:
//! another text than Tera's, which the property test of the fast path watches.

use std::borrow::Cow;

use super::syntax::{Expr, ExprKind, Filter};

/// Something done to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextStep {
    Trim,
    TrimStart,
    TrimEnd,
    Upper,
    Lower,
    Capitalize,
    Title,
    /// This instead of an empty text.
    Or(String),
    /// Characters from the first to before the second.
    Slice(usize, usize),
}

/// The steps of a filter; none for one that leaves text as it is.
pub(super) fn filter_steps(filter: &Filter) -> Option<Vec<TextStep>> {
    if filter.name == "default" {
        return default_steps(filter);
    }
    if !filter.arguments.is_empty() {
        return None;
    }
    let step = match filter.name.as_str() {
        "trim" => TextStep::Trim,
        "trim_start" => TextStep::TrimStart,
        "trim_end" => TextStep::TrimEnd,
        "upper" => TextStep::Upper,
        "lower" => TextStep::Lower,
        "capitalize" => TextStep::Capitalize,
        "title" => TextStep::Title,
        "str" | "safe" => return Some(Vec::new()),
        _ => return None,
    };
    Some(vec![step])
}

/// `default(value='x')` does nothing to text that is there; with `boolean=true` it covers the empty one.
fn default_steps(filter: &Filter) -> Option<Vec<TextStep>> {
    let mut instead = None;
    let mut covers_empty = false;
    for argument in &filter.arguments {
        match (argument.name.as_str(), &argument.value.kind) {
            ("value", ExprKind::Text(text)) => instead = Some(text.clone()),
            ("boolean", ExprKind::Bool(covers)) => covers_empty = *covers,
            _ => return None,
        }
    }
    let instead = instead?;
    Some(if covers_empty {
        vec![TextStep::Or(instead)]
    } else {
        Vec::new()
    })
}

/// `[from:to]` with literal bounds from the front.
pub(super) fn slice_step(bounds: &[Option<Expr>; 3]) -> Option<TextStep> {
    let [from, to, step] = bounds;
    let bound = |bound: &Option<Expr>, absent: usize| match bound.as_ref().map(|expr| &expr.kind) {
        None => Some(absent),
        Some(ExprKind::Integer(number)) => usize::try_from(*number).ok(),
        Some(_) => None,
    };
    match step {
        None => Some(TextStep::Slice(bound(from, 0)?, bound(to, usize::MAX)?)),
        Some(_) => None,
    }
}

/// Does all steps, in order.
pub(super) fn apply<'t>(steps: &'t [TextStep], text: &'t str) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(text);
    for step in steps {
        text = match text {
            Cow::Borrowed(text) => step.apply(text),
            Cow::Owned(text) => Cow::Owned(step.apply(&text).into_owned()),
        };
    }
    text
}

impl TextStep {
    fn apply<'t>(&'t self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::Trim => text.trim().into(),
            Self::TrimStart => text.trim_start().into(),
            Self::TrimEnd => text.trim_end().into(),
            Self::Upper => text.to_uppercase().into(),
            Self::Lower => text.to_lowercase().into(),
            Self::Capitalize => {
                let mut rest = text.chars();
                let first: String = rest.next().map(char::to_uppercase).into_iter().flatten().collect();
                (first + &rest.as_str().to_lowercase()).into()
            }
            Self::Title => title(text).into(),
            Self::Or(instead) if text.is_empty() => instead.into(),
            Self::Or(_) => text.into(),
            Self::Slice(from, to) => {
                let at = |index: usize| text.char_indices().nth(index).map_or(text.len(), |(at, _)| at);
                text.get(at(*from)..at(*to)).unwrap_or_default().into()
            }
        }
    }
}

/// A capital after every space and mark but the apostrophe, small letters elsewhere.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for character in text.chars() {
        if character.is_whitespace() || character.is_ascii_punctuation() {
            begins |= character != '\'';
            out.push(character);
        } else if std::mem::take(&mut begins) {
            out.extend(character.to_uppercase());
        } else {
            out.extend(character.to_lowercase());
        }
    }
    out
}
