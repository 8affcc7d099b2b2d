//! A plan as one self-contained page.

use super::text::plan_to_text;
use super::view::PlanView;

/// The page.
pub fn plan_to_html(plan: &PlanView) -> String {
    let text = anstream::adapter::strip_str(&plan_to_text(plan)).to_string();
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<!doctype html><meta charset=utf-8><title>Campanile plan</title><pre>{text}</pre>\n")
}
