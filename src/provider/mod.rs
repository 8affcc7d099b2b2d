//! The providers: one trait, one HTTP client, two adapters.
//!
//! In: batches to create, ids to read or cancel. Out: what the provider holds, in the words of `model`, and outcomes
//! that say what is known. Never: a decision, a blind repetition of a POST, a followed redirect, a token in a message.

pub mod answers;
mod any;
mod check;
mod connection;
mod contract;
pub mod diagnostics;
mod glance;
mod http;
mod ip1;
mod paged;
mod returns;
mod scalar;
mod sinch;
mod understood;
mod warnings;

pub use crate::profile::Capabilities;
pub use any::AnyProvider;
pub use connection::{Connection, InvalidConnection};
pub use contract::{
    Account, AccountSettings, BatchProgress, Canceled, CompleteList, Created, DryRun, DryRunMessage, Failure,
    FailureKind, Glance, InPlace, ListStore, NewBatch, OtherPeople, Provider, ReadError, StatusCounts,
};
pub use http::{http_client, is_refusal};
pub use ip1::{Ip1, NOT_CARRIED_OUT as IP1_REFUSALS, kept as ip1_kept, paging as ip1_paging};
pub use returns::{IncomingText, MessageOutcome, MessageResult};
pub use sinch::{NOT_CARRIED_OUT as SINCH_REFUSALS, Sinch, paging as sinch_paging, settled as sinch_settled};
