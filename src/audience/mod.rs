//! CSV bytes to recipients.
//!
//! In: bytes of CSV files that can be read at any offset ([`ReadAt`]), what the campaign says about them ([`Expect`]),
//! suppressed numbers, and a [`Visitor`] that makes something of each row. Out: an [`Audience`] (everybody once, 16 bytes
//! a person, any part of it readable again) and what the visitors gathered; or every fault with its line. Never: open a
//! file, hold a list in memory, guess an encoding or a number, take half a list for the whole, or repeat a number in a
//! message.
//!
//! ```text
//!  open: head -> encoding, delimiter, columns          Table
//!  read: Cutter (one at a time) -> blocks of whole rows
//!          -> every core: rows -> number -> of each reader: where -> suppressed? -> visitor.add, Entry(number, place)
//!        sort entries; of a number's rows the first stays, the others are read again -> visitor.remove
//! ```

mod blocks;
mod chosen;
mod country_names;
mod counts;
mod cut;
mod delimiters;
mod detect;
pub mod diagnostics;
mod dialect;
mod entry;
mod expect;
#[cfg(test)]
mod exports;
mod guards;
mod harvest;
mod head;
mod index;
mod kinds;
mod measure;
mod missing_column;
mod named_rows;
mod national_plan;
mod number_columns;
mod number_forms;
#[cfg(test)]
mod number_tests;
mod numbering;
mod numbers;
mod open;
mod opt_outs;
mod order;
mod people;
mod prefixes;
#[cfg(test)]
mod properties;
mod quotes;
mod read;
mod read_numbers;
mod removal;
mod repeats;
mod reread;
mod roll;
mod row_bits;
mod row_faults;
mod rows;
mod same_names;
mod settings;
mod source;
mod split;
mod swallowed;
mod table;
mod table_rows;
#[cfg(test)]
mod tests;
mod visitor;
#[cfg(test)]
mod wild;

pub use chosen::{ChosenRows, read_chosen};
pub use counts::Counts;
pub use expect::Expect;
pub use measure::{Measured, measure};
pub use national_plan::NationalPlan;
pub use number_columns::is_usual as is_usual_number;
pub use numbering::{Number, country_of};
pub use numbers::{NumberFault, normalize};
pub use open::{ListBytes, open, open_bytes};
pub use opt_outs::{
    Asked, HEADER as OPT_OUTS_HEADER, Ledger, LedgerEntry as OptOut, UnreadableRow as UnreadableOptOut, WORDS, What,
    Wish, Word, asked, row as opt_out_row,
};
pub use people::Audience;
pub use read::{ListReader, read, read_together, reading_threads};
pub use read_numbers::{read_numbers, read_numbers_in_order};
pub use row_faults::RowFault;
pub use settings::ListSettings;
pub use source::{Input, ReadAt};
pub use table::Table;
pub use visitor::{ListRow, Visitor};
