//! A list that says who has agreed, and a campaign that does not use it: the most expensive mistake of a first day.
//!
//! In: a campaign and the heads of its lists. Out: notes. Never: a guess that changes who is texted.

use super::diagnostics::CONSENT;
use crate::audience::Table;
use crate::campaign::{Campaign, Category, Source};
use crate::model::Diagnostic;

/// Heads that say it in one word, without spaces, `_` and `-`.
const HEADS: &[&str] = &[
    "optin",
    "optedin",
    "subscribed",
    "samtycke",
    "samtykke",
    "einwilligung",
    "consentement",
];

/// One note for each list of a marketing campaign whose column nobody asks for.
pub(super) fn unasked(campaign: &Campaign, tables: &[Table]) -> Vec<Diagnostic> {
    if campaign.category != Category::Marketing {
        return Vec::new();
    }
    let lists = campaign.sources.iter().zip(tables);
    lists
        .filter_map(|(source, table)| {
            let column = table.columns().iter().find(|column| says_who_agreed(column))?;
            (!asks_for(campaign, source, column)).then(|| note(source, column))
        })
        .collect()
}

fn says_who_agreed(column: &str) -> bool {
    let head: String = column.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    head.contains("consent") || HEADS.contains(&head.as_str())
}

fn asks_for(campaign: &Campaign, source: &Source, column: &str) -> bool {
    let body = source.body.as_ref().unwrap_or(&campaign.body);
    body.text.contains(column) || source.condition.as_ref().is_some_and(|text| text.text.contains(column))
}

fn note(source: &Source, column: &str) -> Diagnostic {
    let message = format!("nothing asks for `{column}`: everybody in the list is texted, whatever is in it");
    Diagnostic::note(&CONSENT, message)
        .at(source.place.clone())
        .hint(format!("to text those who agreed: `where: \"{column} == 'yes'\"`"))
}
