//! `allow` to overrides: each names a rule and tells its reason to the reviewer.

use super::campaign::{Allow, Rule};
use super::campaign_file::AllowFile;
use super::decode::At;
use super::diagnostics;
use super::reading::Reading;
use super::wording::{alternatives, clip, did_you_mean};
use super::yaml::NodeId;
use crate::model::Diagnostic;

pub(super) fn allows(reading: &mut Reading<'_>, field: &At<Vec<At<AllowFile>>>) -> Vec<Allow> {
    let mut allows = Vec::new();
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let rule = allowed_rule(reading, *id, typed);
        let until = reading.date(&typed.until).and(typed.until.given().cloned());
        let reason = if typed.reason.is_absent() {
            let fault = reading.missing_fault(*id, "reason");
            reading.push(
                *id,
                fault.hint("say for the reviewer why the rule may be broken this once"),
            );
            None
        } else {
            reading.parse(&typed.reason, &diagnostics::NO_VALUE, |text| {
                if text.trim().is_empty() {
                    Err("`reason` is blank: say for the reviewer why the rule may be broken this once")
                } else {
                    Ok(text.trim().to_owned())
                }
            })
        };
        if let (Some(rule), Some(reason)) = (rule, reason) {
            allows.push(Allow {
                rule,
                until,
                reason,
                place: reading.place(typed.rule.id()),
            });
        }
    }
    allows
}

fn allowed_rule(reading: &mut Reading<'_>, id: NodeId, typed: &AllowFile) -> Option<Rule> {
    let At::Given(at, text) = &typed.rule else {
        if typed.rule.is_absent() {
            reading.missing(id, "rule");
        }
        return None;
    };
    let names = || Rule::ALL.into_iter().map(Rule::as_str);
    let rule = Rule::parse(text);
    if rule.is_none() {
        let fault = Diagnostic::error(
            &diagnostics::UNKNOWN_CHOICE,
            format!("no rule is named `{}`", clip(text)),
        );
        let hint = did_you_mean(text, names()).unwrap_or_else(|| format!("rules: {}", alternatives(names())));
        reading.push(*at, fault.hint(hint));
    }
    rule
}
