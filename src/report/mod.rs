//! One view model to text, Markdown, HTML, JSON and iCalendar.
//!
//! In: a plan and what a run did. Out: text in each format. Never: an effect, a decision, a phone number or a body.

mod amount;
mod applied;
mod batch_view;
mod bundles;
mod calendar;
mod campaign_view;
mod change;
mod change_view;
mod changes;
mod columns;
mod diagnostics;
mod failed;
mod frame;
mod from_campaign;
mod from_desired;
mod from_plan;
mod github;
mod headline;
mod html;
mod ics;
mod json;
mod kinds;
mod markdown;
mod marks;
mod numbers;
mod plain;
mod results;
mod said;
mod seal;
mod source_view;
mod sums;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod visible;
mod words;

pub use amount::{AmountView, estimate_view};
pub use applied::{AppliedOperation, AppliedSummary, AppliedView, applied_to_markdown, applied_to_text};
pub use batch_view::{BeforeView, EncodingsView, HeldView, KeptView, LaterView, OperationView, WindowView};
pub use calendar::{CalendarView, OccurrenceView, calendar_to_json, calendar_to_text};
pub use campaign_view::{
    CampaignView, CauseView, CountryCostView, LanguageView, ListView, PaceView, SavingView, SkippedView, VariantView,
};
pub use change::coming;
pub use change_view::{ChangeView, ComingView};
pub use columns::in_columns;
pub use diagnostics::{SourceText, diagnostic_to_json, diagnostic_to_view, diagnostics_to_text};
pub use failed::{FailureView, failure_to_markdown};
pub use frame::{Details, Frame};
pub use from_desired::{CalendarFrame, SpelledWindow, calendar_occurrences};
pub use from_plan::{operation_view, plan_view};
pub use github::{exit_reason, github_annotations, github_output, step_summary};
pub use html::plan_to_html;
pub use ics::calendar_to_ics;
pub use json::{document, plan_schema, plan_to_json};
pub use markdown::{escaped, plan_to_markdown};
pub use marks::before_word;
pub use numbers::{amounts, shortened};
pub use plain::{text_to_html, text_to_markdown};
pub use results::{
    AccuracyView, CampaignResultView, OutcomeView, ResultsView, SegmentsView, results_to_csv, results_to_html,
    results_to_text,
};
pub use seal::{is_sealed, seal};
pub use source_view::SourceView;
pub use text::{Layout, plan_to_text};
pub use view::{DiagnosticView, FORMAT_VERSION, GuardView, PlanView, Summary};
pub use visible::{all_visible, visible, visible_line};
