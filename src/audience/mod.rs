//! CSV bytes to recipients.

mod numbering;
mod numbers;

pub use numbering::{Home, Number, country_of};
pub use numbers::{NumberFault, normalize};
