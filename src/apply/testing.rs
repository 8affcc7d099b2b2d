//! What the tests of this module share.

use std::time::Duration;

use crate::model::{
    AccountId, Api, BatchId, ExistingBatch, Headcount, Proof, ProviderName, Recipients, Reference, ReportedState,
    Visible,
};
use crate::plan::ProviderFacts;

/// An account of iP.1.
pub(super) fn ip1(name: &str, account: AccountId) -> ProviderFacts {
    ProviderFacts {
        name: ProviderName::parse(name).unwrap(),
        account,
        api: Api::Ip1,
        sandbox: false,
        list_lag: Duration::from_secs(30),
        unknown_hold: Duration::from_mins(15),
    }
}

/// A planned batch as a list shows it.
pub(super) fn batch(provider: &str, id: &str, reference: &str) -> ExistingBatch {
    ExistingBatch {
        provider: ProviderName::parse(provider).unwrap(),
        api: Api::Ip1,
        sandbox: false,
        id: BatchId(id.to_owned()),
        reference_text: Some(reference.to_owned()),
        reference: Reference::parse(reference).ok(),
        position: 1,
        created_at: None,
        state: ReportedState::Planned,
        windows: Vec::new(),
        visible: Visible::default(),
        proof: Proof::NotRead,
        recipients: Recipients::NotRead,
        headcount: Headcount::NotRead,
    }
}
