//! Text of a user, a provider or a saved plan for Markdown: shown exactly, interpreted never.

use std::fmt::Write as _;

use crate::report::amount::AmountView;
use crate::report::numbers::amounts;
use crate::report::visible::visible;

/// As code in entities: no table break, mention, link, image or HTML gets through. Empty stays empty.
pub fn escaped(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::from("<code>");
    for character in visible(text).chars() {
        match character {
            '\n' => out.push('⏎'),
            '\t' => out.push(' '),
            '@' => out.push_str("&#64;&#8288;"),
            // The last seven mean nothing inside of a line of code.
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '-' | ',' | ';' | '%' | '+' | '=' | '\'' => out.push(character),
            c if c.is_ascii() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

/// A word of a closed list (an action, a reason, a code): what is not a letter, a digit or a space becomes a space, for a
/// saved plan may come from anywhere.
pub(super) fn word(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    plain.trim().to_owned()
}

/// Amounts as they are, as code when they do not look like amounts.
pub(super) fn money(estimate: &[AmountView]) -> String {
    let is_plain = |amount: &AmountView| {
        amount.currency.len() <= 3
            && amount.currency.chars().all(|c| c.is_ascii_uppercase())
            && amount.amount.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let text = amounts(estimate);
    if estimate.iter().all(is_plain) {
        text
    } else {
        escaped(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_of_a_user_can_act(text in any::<String>()) {
            let shown = escaped(&text);
            let inside = shown.strip_prefix("<code>").and_then(|rest| rest.strip_suffix("</code>")).unwrap_or(&shown);
            let acting = |c: char| c.is_control() || "<>|*_`[]()!@~\\/:.".contains(c);
            prop_assert!(!inside.contains(acting), "{}", inside);
        }

        #[test]
        fn a_word_of_a_forged_plan_cannot_act(text in any::<String>()) {
            prop_assert!(word(&text).chars().all(|c| c.is_ascii_alphanumeric() || c == ' '));
        }
    }
}
