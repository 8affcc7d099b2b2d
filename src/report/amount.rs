//! Money as a document shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Estimate;

/// An amount of one currency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AmountView {
    /// ISO 4217; empty when no price is known for any segment.
    pub currency: String,
    /// A decimal.
    pub amount: String,
    /// Segments that no price is known for, in the first amount alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced_segments: Option<u64>,
}

/// One amount per currency; unpriced segments are part of the first, or alone.
pub fn estimate_view(estimate: &Estimate) -> Vec<AmountView> {
    let mut views: Vec<AmountView> = estimate
        .amounts()
        .map(|money| AmountView {
            currency: money.currency.to_string(),
            amount: money.amount.to_string(),
            unpriced_segments: None,
        })
        .collect();
    let unpriced = estimate.unpriced_segments();
    match views.first_mut() {
        Some(first) => first.unpriced_segments = Some(unpriced),
        None if unpriced > 0 => {
            views.push(AmountView {
                unpriced_segments: Some(unpriced),
                amount: "0".to_owned(),
                ..AmountView::default()
            });
        }
        None => {}
    }
    views
}
