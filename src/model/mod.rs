//! The words of the domain as types (`docs/design.md` section 2): parsed once at the edge, true ever after.
//!
//! Nothing here reads a clock, a file or the environment, and nothing here names another module of the crate.

mod account;
mod batch;
mod clock;
mod counts;
mod diagnostic;
mod difference;
mod duration;
mod fingerprint;
mod instant;
mod invalid_rows;
mod language;
mod left_out;
mod list_digest;
mod money;
mod msisdn;
mod mutants;
mod names;
mod near;
mod number_kind;
mod numbers;
mod pace;
mod payload;
mod person;
mod place;
mod plain_name;
mod reference;
mod row_set;
mod sender;
mod split;
mod transport;
mod window;

pub use account::{AccountId, Belongs};
pub use batch::{BatchId, ExistingBatch, Headcount, Proof, Recipients, ReportedState, Visible};
pub use clock::Clock;
pub use counts::{counted, grouped, money_digits};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use difference::smallest_difference;
pub use duration::{InvalidDuration, format_duration, parse_duration};
pub use fingerprint::{AudienceDigest, Fingerprint, Header, InvalidFingerprint, row_digest};
pub use instant::{Instant, InvalidInstant, LocalTime};
pub use invalid_rows::{InvalidRow, InvalidRows};
pub use language::Language;
pub use left_out::{left_out_codes, left_out_since};
pub use list_digest::list_digest;
pub use money::{Currency, Estimate, Money};
pub use msisdn::{InvalidMsisdn, Msisdn};
#[cfg(any(test, feature = "mutants"))]
pub use mutants::set_mutant;
pub use mutants::{Mutant, mutant};
pub use names::{CampaignRef, Country, InvalidName, Namespace, ProviderName, ZoneName};
pub use near::NearMatch;
pub use number_kind::NumberKind;
pub use numbers::NumberSet;
pub use pace::Pace;
pub use payload::{Payload, PayloadRecipients};
pub use person::{Person, SplitSalt};
pub use place::{Piece, Place, Text};
pub use plain_name::{snake_case, without_diacritics};
pub use reference::{Group, InvalidReference, OccurrenceKey, Part, Reference, Revision, Slot};
pub use row_set::RowSet;
pub use sender::{InvalidSender, Sender};
pub use split::Split;
pub use transport::{Api, Datacoding, Encoding, MessageType};
pub use window::{InvalidWindow, Window, Windows};
