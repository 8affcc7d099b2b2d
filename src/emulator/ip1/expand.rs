//! The vendor's placeholders: `{key}` in the text becomes the recipient's value.
//!
//! Rules (S2, and V1's fuller text where v2 is silent): keys are case-sensitive; a recipient's own value beats
//! `default`, which beats the empty text; a key that nobody defines stays unchanged. One pass: values are not expanded
//! again.

use std::collections::BTreeSet;

use super::record::{Recipients, Values};

/// The texts of a batch, in the order of its recipients: number and expanded body; none where it is the body itself.
pub(super) fn expand(body: &str, recipients: &Recipients) -> Vec<(String, Option<String>)> {
    match recipients {
        Recipients::Plain(numbers) => numbers.iter().map(|number| (number.clone(), None)).collect(),
        Recipients::Templated { numbers, fallback } => {
            let known: BTreeSet<&str> = numbers
                .values()
                .chain([fallback])
                .flat_map(Values::keys)
                .map(String::as_str)
                .collect();
            let text = |values: &Values| {
                pieces(body, &known).fold(String::new(), |text, piece| match piece {
                    Piece::Text(plain) => text + plain,
                    Piece::Key(key) => text + values.get(key).or(fallback.get(key)).map_or("", String::as_str),
                })
            };
            numbers
                .iter()
                .map(|(number, values)| (number.clone(), Some(text(values))))
                .collect()
        }
    }
}

enum Piece<'a> {
    Text(&'a str),
    Key(&'a str),
}

/// Splits a body at the placeholders whose keys somebody defines.
fn pieces<'a>(body: &'a str, known: &BTreeSet<&str>) -> impl Iterator<Item = Piece<'a>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(brace) = rest.find('{') else {
            return Some(Piece::Text(std::mem::take(&mut rest)));
        };
        if brace > 0 {
            let (text, after) = rest.split_at(brace);
            rest = after;
            return Some(Piece::Text(text));
        }
        let (_, inside) = rest.split_at(1);
        match inside.split_once('}') {
            Some((key, after)) if known.contains(key) => {
                rest = after;
                Some(Piece::Key(key))
            }
            _ => {
                let (brace, after) = rest.split_at(1);
                rest = after;
                Some(Piece::Text(brace))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_key_is_replaced_by_own_value_then_default_then_nothing() {
        let numbers = [
            ("1", values(&[("name", "Bo"), ("only", "x")])),
            ("2", values(&[])),
            ("3", values(&[("name", "")])),
        ];
        let recipients = Recipients::Templated {
            numbers: numbers.map(|(number, own)| (number.to_owned(), own)).into(),
            fallback: values(&[("name", "friend")]),
        };
        let texts = |body: &str| {
            expand(body, &recipients)
                .into_iter()
                .filter_map(|(_, text)| text)
                .collect::<Vec<_>>()
        };
        assert_eq!(texts("Hi {name}{only}!"), ["Hi Box!", "Hi friend!", "Hi !"]);
        assert_eq!(texts("{Name} {nobody} { name} {"), ["{Name} {nobody} { name} {"; 3]);
        assert_eq!(texts("{{name}}")[0], "{Bo}");
        assert_eq!(texts("{name"), ["{name"; 3]);
    }

    #[test]
    fn values_are_not_expanded_again() {
        let recipients = Recipients::Templated {
            numbers: [("1".to_owned(), values(&[("a", "{b}"), ("b", "no")]))].into(),
            fallback: Values::new(),
        };
        assert_eq!(expand("{a}", &recipients)[0].1.as_deref(), Some("{b}"));
    }
}
