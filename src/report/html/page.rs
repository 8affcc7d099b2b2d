//! What the page says, in order and in words; the template only lays it out.

use serde::Serialize;

use super::attention::{Attention, attention, diagnostics};
use super::cards::{Card, CountryRow, cards, countries, near};
use super::rows::{
    ChangeRow, GuardRow, LaterRow, MAX_KEPT, OperationRow, UnchangedRow, changes, guards, kept, later, operations,
};
use super::timeline::{Timeline, in_words, timeline};
use crate::model::{counted, grouped};
use crate::report::amount::AmountView;
use crate::report::batch_view::HeldView;
use crate::report::headline::{held_headline, held_line};
use crate::report::numbers::{amounts, exact_amounts, summed};
use crate::report::said::messages_to_people;
use crate::report::view::PlanView;

/// The page.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Page {
    pub(super) namespace: String,
    pub(super) headline: String,
    pub(super) subline: String,
    pub(super) badges: Vec<Badge>,
    pub(super) facts: Vec<Fact>,
    pub(super) counts: Vec<FateCount>,
    pub(super) attention: Vec<Attention>,
    pub(super) notes: Vec<Attention>,
    pub(super) timeline: Option<Timeline>,
    pub(super) cards: Vec<Card>,
    pub(super) short_cards: Vec<Card>,
    pub(super) countries: Vec<CountryRow>,
    pub(super) has_country_costs: bool,
    pub(super) changes: Vec<ChangeRow>,
    pub(super) operations: Vec<OperationRow>,
    pub(super) operations_counted: String,
    pub(super) more_operations: usize,
    pub(super) kept: Vec<UnchangedRow>,
    pub(super) kept_counted: String,
    pub(super) more_kept: usize,
    pub(super) later: Vec<LaterRow>,
    pub(super) guards: Vec<GuardRow>,
    pub(super) price_lines: Vec<String>,
    pub(super) footer: Vec<Footer>,
}

/// What kind of plan this is, where it is not the usual one.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Badge {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
}

/// A number of the summary; `value` as in the JSON plan.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fact {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    pub(super) shown: String,
    pub(super) value: String,
    pub(super) note: String,
}

/// Batches of one fate.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FateCount {
    pub(super) key: &'static str,
    pub(super) glyph: &'static str,
    pub(super) value: u64,
    pub(super) shown: String,
    pub(super) what: &'static str,
}

/// A fact about the plan itself.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Footer {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// Enough for every plan that somebody reads; the page of a longer one says what it leaves out.
const MAX_ROWS: usize = 2500;

/// Gathers everything.
pub(super) fn page(plan: &PlanView) -> Page {
    let (cards, short_cards) = cards(plan);
    let countries = countries(&near(plan));
    let mut operations = operations(plan);
    let more_operations = operations.len().saturating_sub(MAX_ROWS);
    operations.truncate(MAX_ROWS);
    let (headline, subline) = headline(plan);
    Page {
        namespace: plan.namespace.clone(),
        headline,
        subline,
        badges: badges(plan),
        facts: facts(plan),
        counts: counts(plan),
        attention: attention(plan),
        notes: diagnostics(plan, "note", "note"),
        timeline: timeline(plan),
        has_country_costs: countries.iter().any(|row| !row.estimate.is_empty()),
        cards,
        short_cards,
        countries,
        changes: changes(plan),
        operations_counted: counted(plan.operations.len() as u64, "operation", "operations"),
        operations,
        more_operations,
        kept: kept(plan),
        kept_counted: counted(plan.kept.len() as u64, "batch stays", "batches stay"),
        more_kept: plan.kept.len().saturating_sub(MAX_KEPT),
        later: later(plan),
        guards: guards(plan),
        price_lines: plan.price_lines.clone(),
        footer: footer(plan),
    }
}

fn headline(plan: &PlanView) -> (String, String) {
    let summary = &plan.summary;
    if !plan.complete && !plan.offline {
        let why = "a provider could not be read completely, so nothing would be done";
        return ("Nothing can be planned".to_owned(), why.to_owned());
    }
    if plan.operations.is_empty() {
        return match held_headline(plan) {
            Some(held) => (
                held,
                "nothing would be done until that is settled, see below".to_owned(),
            ),
            None => (
                "Nothing to do".to_owned(),
                "the providers hold what the files say".to_owned(),
            ),
        };
    }
    let held = held_line(plan).map_or_else(String::new, |held| format!("; {held}"));
    if summary.recipients == 0 {
        let canceled = counted(summary.cancel, "batch is canceled", "batches are canceled");
        return ("Nobody is texted".to_owned(), format!("{canceled}{held}"));
    }
    let people = messages_to_people(summary);
    let people = people.trim_start_matches("to ");
    let verb = if people.contains(" to ") { "sent" } else { "texted" };
    let subline = first_window(plan).map_or_else(String::new, |opens| format!("first send {opens}"));
    let subline = format!("{subline}{held}").trim_start_matches("; ").to_owned();
    (format!("{people} would be {verb}"), subline)
}

fn first_window(plan: &PlanView) -> Option<String> {
    plan.operations
        .iter()
        .filter(|operation| operation.recipients.is_some())
        .flat_map(|operation| &operation.windows)
        .min_by_key(|window| &window.opens)
        .map(in_words)
}

fn badges(plan: &PlanView) -> Vec<Badge> {
    [
        (
            plan.offline,
            "offline",
            "assumes that nothing exists at the providers; cannot be applied",
        ),
        (
            plan.partial,
            "some campaigns",
            "narrowed to the campaigns named on the command line",
        ),
        (
            plan.pretended,
            "pretended time",
            "planned as of another instant; cannot be applied to a real provider",
        ),
        (
            !plan.complete && !plan.offline,
            "incomplete",
            "a provider could not be read completely",
        ),
    ]
    .into_iter()
    .filter(|(is_so, _, _)| *is_so)
    .map(|(_, name, meaning)| Badge { name, meaning })
    .collect()
}

fn facts(plan: &PlanView) -> Vec<Fact> {
    let summary = &plan.summary;
    if plan.operations.is_empty() && !plan.held.is_empty() {
        return held_facts(plan);
    }
    let per_message = if summary.recipients == 0 {
        String::new()
    } else {
        let hundredths = u128::from(summary.segments) * 100 / u128::from(summary.recipients);
        format!("{}.{:02} a message", hundredths / 100, hundredths % 100)
    };
    let unpriced: u64 = summary
        .estimate
        .iter()
        .filter_map(|amount| amount.unpriced_segments)
        .sum();
    vec![
        Fact {
            key: "recipients",
            label: if summary.people == summary.recipients {
                "People"
            } else {
                "Messages"
            },
            shown: grouped(summary.recipients),
            value: summary.recipients.to_string(),
            note: if summary.people == summary.recipients || summary.people == 0 {
                counted(plan.operations.len() as u64, "operation", "operations")
            } else {
                format!("to {}", counted(summary.people, "person", "people"))
            },
        },
        Fact {
            key: "segments",
            label: "Segments",
            shown: grouped(summary.segments),
            value: summary.segments.to_string(),
            note: per_message,
        },
        Fact {
            key: "estimate",
            label: "Estimate",
            shown: amounts(&summary.estimate),
            value: exact_amounts(&summary.estimate),
            note: if unpriced > 0 {
                format!("{} without a price", counted(unpriced, "segment", "segments"))
            } else {
                String::new()
            },
        },
    ]
}

/// Totals of what is held, where nothing else is done.
fn held_facts(plan: &PlanView) -> Vec<Fact> {
    let sends: Vec<&HeldView> = plan.held.iter().filter(|held| held.segments.is_some()).collect();
    let people: u64 = sends.iter().filter_map(|held| held.recipients).sum();
    let segments: u64 = sends.iter().filter_map(|held| held.segments).sum();
    let estimates: Vec<&[AmountView]> = sends.iter().map(|held| held.estimate.as_slice()).collect();
    let estimate = summed(&estimates);
    let fact = |key, label, shown: String, value: String| Fact {
        key,
        label,
        shown,
        value,
        note: "held".to_owned(),
    };
    vec![
        Fact {
            note: if plan.summary.held_people == people {
                "held".to_owned()
            } else {
                format!("held, to {}", counted(plan.summary.held_people, "person", "people"))
            },
            ..fact(
                "held-recipients",
                if plan.summary.held_people == people {
                    "People"
                } else {
                    "Messages"
                },
                grouped(people),
                people.to_string(),
            )
        },
        fact("held-segments", "Segments", grouped(segments), segments.to_string()),
        fact(
            "held-estimate",
            "Estimate",
            amounts(&estimate),
            exact_amounts(&estimate),
        ),
    ]
}

fn counts(plan: &PlanView) -> Vec<FateCount> {
    let summary = &plan.summary;
    [
        ("create", "+", summary.create, "to create"),
        ("replace", "±", summary.replace, "to replace"),
        ("update", "~", summary.update, "to update"),
        ("cancel", "−", summary.cancel, "to cancel"),
        ("held", "!", summary.held, "held"),
        ("keep", "=", summary.keep, "kept"),
        ("later", "…", summary.later, "later"),
        ("foreign", "·", summary.foreign, "foreign"),
    ]
    .into_iter()
    .filter(|(_, _, count, _)| *count > 0)
    .map(|(key, glyph, count, what)| FateCount {
        key,
        glyph,
        value: count,
        shown: grouped(count),
        what,
    })
    .collect()
}

fn footer(plan: &PlanView) -> Vec<Footer> {
    let next = plan.next_apply_by_local.as_ref().or(plan.next_apply_by.as_ref());
    [
        ("Planned as of", plan.now_local.as_ref().unwrap_or(&plan.now).clone()),
        ("Made", plan.created_at.clone()),
        ("Expires", plan.expires_at.clone()),
        ("Next apply needed by", next.cloned().unwrap_or_default()),
        ("Digest", plan.digest.clone()),
        ("Allowed", plan.allow.join(", ")),
        ("Tool", plan.tool.clone()),
        ("Time zone data", plan.tzdb.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| Footer { label, value })
    .collect()
}
