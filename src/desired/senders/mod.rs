//! Senders and texts checked against what is known of the countries they go to.
//!
//! In: a campaign, its counts by country, what the project says of its senders. Out: warnings with counts per country.
//! Never: a verdict about a country of which nothing is known, or about a text's placeholders.

mod rules;
mod texts;

use std::collections::BTreeMap;

use regex::Regex;

use super::desired::DesiredCampaign;
use super::diagnostics::{CANNOT_ANSWER, LINKS, NAME_NOT_SHOWN, NOT_REGISTERED, STOP_WORD};
use crate::campaign::{Campaign, Category, Project, SenderFacts};
use crate::model::{Country, Diagnostic, Text, counted};

pub use rules::{GENERAL_NAMES, NamesRule, SENDER_RULES, SenderRule, sender_rule};

/// Everything that the campaign's sender and texts meet in the countries they go to.
pub(super) fn sender_warnings(project: &Project, campaign: &Campaign, desired: &DesiredCampaign) -> Vec<Diagnostic> {
    let none = SenderFacts::default();
    let facts = project.senders.get(campaign.sender.as_str());
    let told = SenderNotes {
        campaign,
        facts: facts.unwrap_or(&none),
        people: people(desired),
        is_number: campaign.sender.is_number(),
    };
    let place = campaign
        .places
        .get("sender")
        .cloned()
        .unwrap_or_else(|| campaign.body.place.clone());
    let mut warnings: Vec<Diagnostic> = told
        .names()
        .into_iter()
        .map(|warning| warning.at(place.clone()))
        .collect();
    let marketing = campaign.category == Category::Marketing;
    for body in bodies(campaign) {
        if texts::asks_for_reply(&body.text) {
            warnings.extend(told.unanswerable(body));
        }
        warnings.extend(links(body));
        if marketing {
            warnings.extend(told.stop_words(body));
        }
    }
    warnings
}

/// Every template of the campaign.
fn bodies(campaign: &Campaign) -> Vec<&Text> {
    let own = campaign
        .sources
        .iter()
        .flat_map(|source| source.body.iter().chain(source.translations.values()));
    let mut bodies: Vec<&Text> = campaign.translations.values().chain(own).collect();
    if campaign.translations.is_empty() {
        bodies.push(&campaign.body);
    }
    bodies
}

/// People by country in the occurrence that comes next.
fn people(desired: &DesiredCampaign) -> BTreeMap<Country, u64> {
    let mut people: BTreeMap<Country, u64> = BTreeMap::new();
    for group in desired.occurrences.first().into_iter().flat_map(|next| &next.groups) {
        for (country, count) in &group.content.countries {
            if let Some(country) = country {
                *people.entry(country.clone()).or_default() += count;
            }
        }
    }
    people
}

struct SenderNotes<'a> {
    campaign: &'a Campaign,
    facts: &'a SenderFacts,
    people: BTreeMap<Country, u64>,
    is_number: bool,
}

impl SenderNotes<'_> {
    fn rows(&self) -> impl Iterator<Item = (&Country, u64, &'static SenderRule)> {
        let rows = self.people.iter();
        rows.filter_map(|(country, people)| Some((country, *people, sender_rule(country.as_str())?)))
    }

    fn names(&self) -> Vec<Diagnostic> {
        let sender = &self.campaign.sender;
        let mut warnings = Vec::new();
        for (country, people, rule) in self.rows() {
            let whom = counted(people, "recipient", "recipients");
            let source = format!("source: {} (read {}; not legal advice)", rule.source, rule.as_of);
            let is_general = GENERAL_NAMES.contains(&sender.as_str().to_uppercase().as_str());
            let is_declared = self.facts.registered.contains(country);
            if is_declared {
                continue;
            }
            let concerned = !self.is_number || rule.numbers_too;
            match rule.names {
                NamesRule::Refused if !self.is_number => {
                    let message = format!(
                        "{whom} in `{country}` will not see `{sender}`: names are not shown there, people see {}",
                        rule.otherwise
                    );
                    warnings.push(Diagnostic::warning(&NAME_NOT_SHOWN, message).hint(source));
                }
                NamesRule::Registered if concerned => {
                    let since = if rule.since.is_empty() {
                        String::new()
                    } else {
                        format!(" since {}", rule.since)
                    };
                    let message = format!(
                        "`{sender}` is not declared as registered in `{country}`, where {whom} would see {}{since}",
                        rule.otherwise
                    );
                    let hint = format!("registered there: `senders: {{ {sender}: {{ registered: [{country}] }} }}`");
                    warnings.push(Diagnostic::warning(&NOT_REGISTERED, message).hint(hint).hint(source));
                }
                NamesRule::Shown | NamesRule::Registered | NamesRule::Refused => {}
            }
            if is_general && matches!(country.as_str(), "ES" | "SG") {
                let message = format!("`{sender}` is too general a name in `{country}`: {whom} get nothing");
                warnings.push(Diagnostic::warning(&NAME_NOT_SHOWN, message));
            }
        }
        warnings
    }

    /// A name cannot be answered, nor can a number of which the project says that nothing comes in there.
    fn unanswerable(&self, body: &Text) -> Option<Diagnostic> {
        let sender = &self.campaign.sender;
        let found = match (self.is_number, self.facts.receives) {
            (true, Some(true)) => return None,
            (true, None) => {
                let message = format!("the text asks for a reply, and nobody says that `{sender}` receives");
                Diagnostic::note(&CANNOT_ANSWER, message)
            }
            (false, _) | (true, Some(false)) => {
                let message = format!("the text asks for a reply and the sender `{sender}` cannot be answered");
                Diagnostic::warning(&CANNOT_ANSWER, message)
            }
        };
        let found = found
            .at(body.place.clone())
            .hint("send from a number that receives (`senders: { \"46101606060\": { receives: true } }`)")
            .hint("or put a link into the text, like `Stop texts: acme.example/stop`");
        Some(found)
    }

    fn stop_words(&self, body: &Text) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        for (country, people, rule) in self.rows() {
            let Some(pattern) = Regex::new(rule.must_hold).ok().filter(|_| !rule.must_hold.is_empty()) else {
                continue;
            };
            if !pattern.is_match(&body.text) {
                let message = format!(
                    "{} in `{country}` get a text without {}",
                    counted(people, "recipient", "recipients"),
                    rule.must_hold_told
                );
                warnings.push(
                    Diagnostic::warning(&STOP_WORD, message)
                        .at(body.place.clone())
                        .hint(format!(
                            "source: {} (read {}; not legal advice)",
                            rule.source, rule.as_of
                        )),
                );
            }
        }
        warnings
    }
}

fn links(body: &Text) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    if let Some(name) = texts::shortener(&body.text) {
        let message = format!("`{name}` is a public link shortener: carriers refuse texts with one");
        warnings.push(Diagnostic::warning(&LINKS, message).hint("link to a domain of your own"));
    }
    if texts::has_bare_http(&body.text) {
        let message = "a link begins with `http://`: it is shown as unsafe, and some carriers refuse it";
        warnings.push(Diagnostic::warning(&LINKS, message).hint("write `https://`, or leave it out"));
    }
    warnings
        .into_iter()
        .map(|warning| warning.at(body.place.clone()))
        .collect()
}
