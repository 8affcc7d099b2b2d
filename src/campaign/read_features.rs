//! What one provider can do and the other cannot: a setting that would be dropped is refused instead.

use super::campaign_file::{CampaignFile, ReportFile};
use super::diagnostics;
use super::project::Project;
use super::reading::Reading;
use crate::model::{Diagnostic, ProviderName};
use crate::profile::Profile;

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
    let profile = Profile::of(config.api());
    let elsewhere = |key: &str, has: fn(&Profile) -> bool| {
        let whose = Profile::vendors(has);
        format!("`{key}` is for {whose} only; `{name}` speaks {}'s API", profile.vendor)
    };
    if let (Some(2), false, Some(id)) = (priority, profile.takes_priority, typed.priority.id()) {
        let message = elsewhere("priority: 2", |profile| profile.takes_priority);
        reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
    }
    if profile.chooses_reports {
        reports_and_their_address(reading, typed);
    } else if let Some(id) = typed.delivery_report.id()
        // What the provider does anyway: a report for each recipient and status.
        && typed.delivery_report.given() != Some(&ReportFile::PerRecipient)
    {
        let message = elsewhere("delivery_report", |profile| profile.chooses_reports);
        reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
    }
    if let (Some(true), false, Some(id)) = (typed.feedback.given(), profile.takes_feedback, typed.feedback.id()) {
        let message = elsewhere("feedback", |profile| profile.takes_feedback);
        reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
    }
}

/// Reports that go nowhere, and an address for none.
fn reports_and_their_address(reading: &mut Reading<'_>, typed: &CampaignFile) {
    let Some(report) = typed.delivery_report.given() else {
        return;
    };
    if let (false, true, Some(id)) = (
        *report == ReportFile::None,
        typed.delivery_report_url.is_absent(),
        typed.delivery_report.id(),
    ) {
        let message = "`delivery_report` asks for reports, but no `delivery_report_url` says where to";
        reading.error(id, &diagnostics::PROVIDER_FEATURE, message);
    }
    if let (ReportFile::None, Some(_), Some(id)) = (
        report,
        typed.delivery_report_url.given(),
        typed.delivery_report_url.id(),
    ) {
        let message = "`delivery_report_url` has no effect with `delivery_report: none`";
        reading.push(id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
    }
}
