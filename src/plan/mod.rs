//! Desired batches, existing batches and the clock to a [`Plan`](types::Plan): a pure function.
//!
//! In: what the files want ([`Desired`]), what every provider holds, `now`, policy. Out: an ordered list of operations,
//! each with a closed-enum reason, and everything that is kept, held or later. Never: an effect, a second clock, a
//! decision left to `apply`.

mod desired;

pub use desired::{
    Buckets, Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, GroupContent, Presence, Settings, Totals,
    UcsCause,
};
