//! `allow` to overrides: each names a rule and gives the reviewer its reason.

use super::allow::{Allow, Rule};
use super::at::At;
use super::campaign_file::AllowFile;
use super::diagnostics;
use super::reading::Reading;
use super::tree::NodeId;
use super::wording::{alternatives, clip, did_you_mean};
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
        if let Some(rule) = rule {
            require_end(reading, *id, typed, rule);
        }
        let batch = rule.and_then(|rule| batch(reading, *id, typed, rule));
        if let (Some(rule), Some(reason)) = (rule, reason) {
            allows.push(Allow {
                rule,
                until,
                batch,
                reason,
                place: reading.place(typed.rule.id()),
            });
        }
    }
    allows
}

/// What sends must end, or it stays in the file and lifts what nobody meant.
fn require_end(reading: &mut Reading<'_>, id: NodeId, typed: &AllowFile, rule: Rule) {
    if rule.sends() && typed.until.is_absent() {
        let fault = reading.missing_fault(id, "until");
        let hint = format!(
            "`{}` sends: name the last day on which it may, like `until: 2026-11-27`",
            rule.as_str()
        );
        reading.push(id, fault.hint(hint));
    }
}

/// `resume` names what it resumes: one that is left in the file must not undo the next brake.
fn batch(reading: &mut Reading<'_>, id: NodeId, typed: &AllowFile, rule: Rule) -> Option<String> {
    match (rule, typed.batch.id()) {
        (Rule::Resume, None) if typed.batch.is_absent() => {
            let fault = reading.missing_fault(id, "batch");
            reading.push(
                id,
                fault.hint("name the stopped batch by the provider's id: the plan shows it with what is held"),
            );
            None
        }
        (Rule::Resume, _) => reading.parse(&typed.batch, &diagnostics::NO_VALUE, |text| {
            let text = text.trim();
            if text.is_empty() {
                Err("`batch` is blank: name the stopped batch by the provider's id")
            } else {
                Ok(text.to_owned())
            }
        }),
        (_, Some(at)) => {
            let message = format!("`batch` goes with `resume` alone, not with `{}`", rule.as_str());
            reading.push(at, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
            None
        }
        (_, None) => None,
    }
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
