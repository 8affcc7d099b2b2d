//! The account's blacklist: who may not be texted any more, in the order of being blocked.
//!
//! Kept sorted, because a page of a list of a million entries must not cost a sort of all of them.

use std::collections::BTreeMap;

use crate::emulator::clock::Instant;

/// What a handset answers to be blocked (A10: "by recipient replying `STOP`"); other words are not documented.
const STOP: &str = "STOP";

/// Blocked numbers with the instant of their blocking.
#[derive(Debug, Default)]
pub(super) struct Blacklist {
    since: BTreeMap<String, Instant>,
    order: Vec<String>,
}

impl Blacklist {
    /// Blocks a number, or changes since when it is blocked.
    pub(super) fn block(&mut self, msisdn: String, since: Instant) {
        if self.since.insert(msisdn.clone(), since).is_none() {
            self.order.push(msisdn);
        }
    }

    /// Lets a number go.
    pub(super) fn release(&mut self, msisdn: &str) {
        if self.since.remove(msisdn).is_some() {
            self.order.retain(|blocked| blocked != msisdn);
        }
    }

    /// Since when a number is blocked.
    pub(super) fn since(&self, msisdn: &str) -> Option<Instant> {
        self.since.get(msisdn).copied()
    }

    /// All numbers, first blocked first.
    pub(super) fn order(&self) -> &[String] {
        &self.order
    }
}

/// Whether a text from a handset blocks its sender: the whole text, in any case.
pub(super) fn is_stop(body: &str) -> bool {
    body.trim().eq_ignore_ascii_case(STOP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_the_order_of_their_blocking() {
        let at = Instant::from_unix_millis;
        let mut blacklist = Blacklist::default();
        for (number, millis) in [("46703541190", 1), ("46701234567", 2), ("46703541190", 3)] {
            blacklist.block(number.to_owned(), at(millis));
        }
        assert_eq!(blacklist.order(), ["46703541190", "46701234567"]);
        assert_eq!(blacklist.since("46703541190"), Some(at(3)));
        blacklist.release("46703541190");
        assert_eq!(blacklist.order(), ["46701234567"]);
        assert!(is_stop(" stop\n") && !is_stop("stop it"));
    }
}
