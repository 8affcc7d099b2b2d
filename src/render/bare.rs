//! Columns that a template prints without asking whether there is anything in them.
//!
//! In: a template's text and a name. Out: whether any tag, `or`, `if` or `default` looks at the name first. Never: a
//! fault: this decides only whether empty cells are worth a note.

use super::syntax::{Token, tokenize};

/// Whether some condition or filter of the template is about the name.
pub(super) fn is_asked_for(source: &str, name: &str) -> bool {
    let mut is_here = false;
    let mut is_asking = false;
    for lexed in tokenize(source).unwrap_or_default() {
        match lexed.token {
            Token::TagStart(_) => (is_here, is_asking) = (false, true),
            Token::PrintStart(_) => (is_here, is_asking) = (false, false),
            Token::TagEnd(_) | Token::PrintEnd(_) => {
                if is_here && is_asking {
                    return true;
                }
            }
            Token::Name(word) => {
                is_here |= word == name;
                is_asking |= matches!(word.as_str(), "or" | "if" | "default");
            }
            Token::Content(_)
            | Token::Comment(..)
            | Token::Raw(..)
            | Token::Text(_)
            | Token::Integer(_)
            | Token::Float
            | Token::Bool(_)
            | Token::Operator(_) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_asks_before_it_prints_or_does_not() {
        for (source, is_asked) in [
            ("Hi {{ name }}!", false),
            ("Hi {{ name | upper }}!", false),
            ("Hi{% if name != '' %} {{ name }}{% endif %}!", true),
            ("{% if tier == 'gold' %}Hi {{ name }}{% endif %}", false),
            ("Hi {{ name or 'friend' }}!", true),
            ("Hi {{ name | default(value='friend', boolean=true) }}!", true),
            ("Hi {{ tier or 'friend' }} {{ name }}", false),
        ] {
            assert_eq!(is_asked_for(source, "name"), is_asked, "{source}");
        }
    }
}
