//! What the page says, in order and in words; the template only lays it out.

use serde::Serialize;

use super::cards::{Card, CountryRow, cards, countries, near};
use super::prose::Prose;
use super::rows::{GuardRow, KeptRow, LaterRow, MAX_KEPT, OperationRow, guards, kept, later, operations};
use super::timeline::{Timeline, in_words, timeline};
use crate::model::{counted, grouped};
use crate::report::bundles::held_bundles;
use crate::report::numbers::amounts;
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
    pub(super) counts: Vec<Count>,
    pub(super) attention: Vec<Attention>,
    pub(super) notes: Vec<Attention>,
    pub(super) timeline: Option<Timeline>,
    pub(super) cards: Vec<Card>,
    pub(super) short_cards: Vec<Card>,
    pub(super) countries: Vec<CountryRow>,
    pub(super) has_country_costs: bool,
    pub(super) operations: Vec<OperationRow>,
    pub(super) operations_counted: String,
    pub(super) more_operations: usize,
    pub(super) kept: Vec<KeptRow>,
    pub(super) kept_counted: String,
    pub(super) more_kept: usize,
    pub(super) later: Vec<LaterRow>,
    pub(super) guards: Vec<GuardRow>,
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
pub(super) struct Count {
    pub(super) key: &'static str,
    pub(super) glyph: &'static str,
    pub(super) value: u64,
    pub(super) shown: String,
    pub(super) what: &'static str,
}

/// Something that somebody should read.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Attention {
    /// `error`, `guard`, `held`, `warning`, `note`.
    pub(super) kind: &'static str,
    pub(super) title: Prose,
    pub(super) text: Prose,
    pub(super) place: String,
    pub(super) hints: Vec<Prose>,
    pub(super) allow: String,
}

/// A fact about the plan itself.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Footer {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// Enough for every plan that somebody reads; the page of a longer one says what it leaves out.
const MAX_ROWS: usize = 2500;
const MAX_ATTENTION: usize = 200;

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
        operations_counted: counted(plan.operations.len() as u64, "operation", "operations"),
        operations,
        more_operations,
        kept: kept(plan),
        kept_counted: counted(plan.kept.len() as u64, "batch stays", "batches stay"),
        more_kept: plan.kept.len().saturating_sub(MAX_KEPT),
        later: later(plan),
        guards: guards(plan),
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
        let why = if summary.held > 0 {
            "what would be logical is held, see below"
        } else {
            "the providers hold what the files say"
        };
        return ("Nothing to do".to_owned(), why.to_owned());
    }
    if summary.recipients == 0 {
        let canceled = counted(summary.cancel, "batch is canceled", "batches are canceled");
        return ("Nobody is texted".to_owned(), canceled);
    }
    let people = messages_to_people(summary);
    let people = people.trim_start_matches("to ");
    let verb = if people.contains(" to ") { "sent" } else { "texted" };
    let subline = first_window(plan).map_or_else(String::new, |opens| format!("first send {opens}"));
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
            value: amounts(&summary.estimate),
            note: if unpriced > 0 {
                format!("{} without a price", counted(unpriced, "segment", "segments"))
            } else {
                String::new()
            },
        },
    ]
}

fn counts(plan: &PlanView) -> Vec<Count> {
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
    .map(|(key, glyph, count, what)| Count {
        key,
        glyph,
        value: count,
        shown: grouped(count),
        what,
    })
    .collect()
}

/// Errors, guards that stop something, what needs a person, warnings, what is held without needing anybody.
fn attention(plan: &PlanView) -> Vec<Attention> {
    let mut all: Vec<Attention> = (plan.alarms.iter())
        .map(|alarm| Attention {
            kind: "guard",
            title: "read this first".into(),
            text: alarm.as_str().into(),
            place: String::new(),
            hints: Vec::new(),
            allow: String::new(),
        })
        .collect();
    all.extend(diagnostics(plan, "error", "error"));
    for guard in plan.guards.iter().filter(|guard| guard.tripped) {
        all.push(Attention {
            kind: "guard",
            title: format!("{} {}", guard.rule, guard.subject).trim().into(),
            text: format!("{} against a limit of {}", guard.actual, guard.limit).into(),
            ..Attention::default()
        });
    }
    all.extend(held(plan, true));
    all.extend(diagnostics(plan, "warning", "warning"));
    all.extend(held(plan, false));
    let more = all.len().saturating_sub(MAX_ATTENTION);
    all.truncate(MAX_ATTENTION);
    if more > 0 {
        all.push(Attention {
            kind: "note",
            title: format!("and {more} more").into(),
            text: "see the JSON plan".into(),
            ..Attention::default()
        });
    }
    all
}

fn held(plan: &PlanView, needs_person: bool) -> Vec<Attention> {
    (held_bundles(plan).into_iter())
        .filter(|bundle| bundle.held.needs_person == needs_person)
        .map(|bundle| {
            let held = bundle.held;
            let name = named(&held.campaign, held.occurrence.as_deref());
            Attention {
                kind: "held",
                title: format!("{name}{}: {}", bundle.count(), held.reason.replace('_', " ")).into(),
                text: Prose::from(&held.message),
                allow: held.allow.clone().unwrap_or_default(),
                ..Attention::default()
            }
        })
        .collect()
}

fn diagnostics(plan: &PlanView, severity: &str, kind: &'static str) -> Vec<Attention> {
    plan.diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == severity)
        .take(MAX_ATTENTION)
        .map(|diagnostic| Attention {
            kind,
            title: Prose::from(&diagnostic.message),
            text: Prose::default(),
            place: match (&diagnostic.file, diagnostic.line) {
                (Some(file), Some(line)) => format!("{file}:{line} · {}", diagnostic.code),
                (Some(file), None) => format!("{file} · {}", diagnostic.code),
                (None, _) => diagnostic.code.clone(),
            },
            hints: diagnostic.hints.iter().map(Prose::from).collect(),
            allow: String::new(),
        })
        .collect()
}

fn footer(plan: &PlanView) -> Vec<Footer> {
    let next = plan.next_apply_by.clone().unwrap_or_default();
    [
        ("Planned as of", plan.now.clone()),
        ("Made", plan.created_at.clone()),
        ("Expires", plan.expires_at.clone()),
        ("Next apply needed by", next),
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

fn named(campaign: &str, occurrence: Option<&str>) -> String {
    occurrence.map_or_else(
        || campaign.to_owned(),
        |occurrence| format!("{campaign}, {}", occurrence.replace('T', " ")),
    )
}
