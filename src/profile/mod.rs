//! What a vendor's API allows a text and a batch to be, each by the strictest reading: one file a vendor.
//!
//! Facts alone, each with the date on which the vendor's page was read; what follows from them is computed where it is
//! needed. Never: an account, a file, a decision.

mod capabilities;
mod extra;
mod facts;
mod ip1;
pub(crate) mod sinch;

use crate::model::Api;

pub use capabilities::Capabilities;
pub(crate) use extra::{batch_extra, extra_text, sinch_extra};
pub(crate) use facts::{Profile, Surcharge};

impl Profile {
    /// Of an API.
    pub(crate) fn of(api: Api) -> &'static Self {
        match api {
            Api::Ip1 => &ip1::PROFILE,
            Api::Sinch => &sinch::PROFILE,
        }
    }

    /// The vendors of whose APIs this is true, as a message names them.
    pub(crate) fn vendors(has: impl Fn(&Self) -> bool) -> String {
        let profiles = Api::ALL.map(Self::of);
        let named = profiles.into_iter().filter(|profile| has(profile));
        named.map(|profile| profile.vendor).collect::<Vec<_>>().join(" and ")
    }
}

impl Capabilities {
    /// Of an API.
    pub fn of(api: Api) -> &'static Self {
        &Profile::of(api).can
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    #[test]
    fn every_profile_says_when_it_was_verified() {
        for api in Api::ALL {
            let profile = Profile::of(api);
            assert_eq!(profile.verified.len(), "2026-11-22".len());
            assert!(
                profile
                    .reserved
                    .iter()
                    .any(|mark| profile.placeholder[0].contains(mark))
            );
        }
    }

    #[test]
    fn a_message_names_the_vendors_that_have_something() {
        assert_eq!(Profile::vendors(|profile| profile.takes_feedback), "Sinch");
        assert_eq!(
            Profile::vendors(|profile| !profile.verified.is_empty()),
            "iP.1 and Sinch"
        );
    }

    #[test]
    fn a_surcharge_is_in_the_accounts_currency_where_the_vendor_states_it() {
        let surcharge = Profile::of(Api::Ip1).surcharge.as_ref().unwrap();
        let of = |code: &str| {
            let money = surcharge.by_segment(Currency::parse(code).unwrap());
            format!("{} {}", money.amount, money.currency)
        };
        assert_eq!([of("SEK"), of("EUR"), of("USD")], ["0.10 SEK", "0.01 EUR", "0.01 EUR"]);
    }
}
