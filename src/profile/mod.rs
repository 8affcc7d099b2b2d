//! What a vendor's API allows a text and a batch to be, each by the strictest reading: one file a vendor.
//!
//! Facts alone, each with the date on which the vendor's page was read; what follows from them is computed where it is
//! needed. Never: an account, a file, a decision.

mod extra;
mod facts;
mod ip1;
mod sinch;

use crate::model::Api;

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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    #[test]
    fn every_profile_says_when_it_was_verified() {
        for api in [Api::Ip1, Api::Sinch] {
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
    fn a_surcharge_is_in_the_accounts_currency_where_the_vendor_states_it() {
        let surcharge = Profile::of(Api::Ip1).surcharge.as_ref().unwrap();
        let of = |code: &str| {
            let money = surcharge.by_segment(Currency::parse(code).unwrap());
            format!("{} {}", money.amount, money.currency)
        };
        assert_eq!([of("SEK"), of("EUR"), of("USD")], ["0.10 SEK", "0.01 EUR", "0.01 EUR"]);
    }
}
