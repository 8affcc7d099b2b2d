//! What one provider can do and the other cannot: a setting that would be dropped is refused instead.

use super::campaign_file::{CampaignFile, ReportFile};
use super::diagnostics;
use super::project::Project;
use super::reading::Reading;
use crate::model::{Api, Diagnostic, ProviderName};

/// What one provider can do and the other cannot.
pub(super) fn provider_features(
    reading: &mut Reading<'_>,
    typed: &CampaignFile,
    provider: Option<&ProviderName>,
    project: &Project,
) {
    let priority = reading.parse(&typed.priority, &diagnostics::OUT_OF_RANGE, |value| {
        if (1..=2).contains(value) {
            Ok(*value)
        } else {
            Err(format!("`priority` is 1 or 2, not `{value}`"))
        }
    });
    let Some((name, config)) = provider.and_then(|name| project.providers.get_key_value(name)) else {
        return;
    };
    match config.api() {
        Api::Sinch => {
            if let (Some(2), Some(id)) = (priority, typed.priority.id()) {
                let message = format!("`priority: 2` is for iP.1 only; `{name}` speaks Sinch's API");
                reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
            }
            if let (Some(report), true, Some(id)) = (
                typed.delivery_report.given(),
                typed.delivery_report_url.is_absent(),
                typed.delivery_report.id(),
            ) && *report != ReportFile::None
            {
                let message = "`delivery_report` asks for reports, but no `delivery_report_url` says where to";
                reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
            }
            if let (Some(ReportFile::None), Some(_), Some(id)) = (
                typed.delivery_report.given(),
                typed.delivery_report_url.given(),
                typed.delivery_report_url.id(),
            ) {
                let message = "`delivery_report_url` has no effect with `delivery_report: none`";
                reading.push(id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
            }
        }
        Api::Ip1 => {
            let only_sinch = [
                // `per_recipient` is what iP.1 does anyway: a report for each recipient and status.
                (
                    "delivery_report",
                    typed
                        .delivery_report
                        .id()
                        .filter(|_| typed.delivery_report.given() != Some(&ReportFile::PerRecipient)),
                ),
                (
                    "feedback",
                    typed.feedback.id().filter(|_| typed.feedback.given() == Some(&true)),
                ),
            ];
            for (key, id) in only_sinch {
                if let Some(id) = id {
                    let message = format!("`{key}` is for Sinch only; `{name}` speaks iP.1's API");
                    reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
                }
            }
        }
    }
}
