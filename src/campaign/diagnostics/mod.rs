//! The kinds of faults that the two YAML files can have, each with the page that `campanile explain` prints.

mod form;
mod keys;
mod send;
mod sources;
mod texts;
mod values;

pub use form::{ALIAS, DOCUMENTS, DUPLICATE_KEY, EMPTY, SYNTAX, TOO_LARGE};
pub use keys::{
    CONFLICT, MISSING_KEY, NO_EFFECT, NO_VALUE, OUT_OF_RANGE, REFUSED_KEY, UNKNOWN_CHOICE, UNKNOWN_KEY, WRONG_TYPE,
};
pub use send::{BODY, CRON_ONLY, CSV_OPTION, DELIVERY, DURATION, PROVIDER_FEATURE, SENDER, TIME, VARIABLE, ZONE};
pub use sources::SOURCE;
pub use texts::{LANGUAGE, VARIANTS};
pub use values::{
    HOURS, MONEY, NAME, PATH, PATTERN, REFERENCE, SAME_PRICE, SAME_REFERENCE, SECRET, UNKNOWN_PROVIDER, URL,
};

use crate::model::Code;

/// All of this module, by number.
pub const ALL: &[Code] = &[
    SYNTAX,
    EMPTY,
    DUPLICATE_KEY,
    ALIAS,
    DOCUMENTS,
    TOO_LARGE,
    UNKNOWN_KEY,
    REFUSED_KEY,
    WRONG_TYPE,
    MISSING_KEY,
    NO_EFFECT,
    NO_VALUE,
    UNKNOWN_CHOICE,
    OUT_OF_RANGE,
    CONFLICT,
    NAME,
    REFERENCE,
    SAME_REFERENCE,
    UNKNOWN_PROVIDER,
    SENDER,
    BODY,
    PATH,
    URL,
    VARIABLE,
    PROVIDER_FEATURE,
    TIME,
    ZONE,
    DELIVERY,
    CRON_ONLY,
    DURATION,
    MONEY,
    SAME_PRICE,
    SECRET,
    PATTERN,
    HOURS,
    CSV_OPTION,
    LANGUAGE,
    VARIANTS,
    SOURCE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_number_in_order_and_a_page_that_fits_a_terminal() {
        let numbers: Vec<&str> = ALL.iter().map(|code| code.id).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        for code in ALL {
            assert!(code.page.lines().count() >= 4, "{} says too little", code.id);
            for line in code.page.lines() {
                assert!(line.chars().count() <= 80, "{}: {line}", code.id);
            }
        }
    }
}
