//! Results of campaigns: one view, as JSON, text, CSV and a page with plots.
//!
//! In: counts by campaign and occurrence. Out: texts without a number of anybody.

mod page;
mod rows;
mod text;
mod view;

pub use page::results_to_html;
pub use rows::results_to_csv;
pub use text::results_to_text;
pub use view::{AccuracyView, CampaignResultView, OutcomeView, ResultsView, SegmentsView};
