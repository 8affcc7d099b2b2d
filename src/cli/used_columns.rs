//! Which columns of its sources a project uses, known before they are read: part files of Parquet are stored by column.
//!
//! In: the campaigns as they are written. Out: for each source, which heads are used. It goes by the words that occur
//! anywhere in a campaign's texts and conditions, so it is too generous rather than too strict: a column that is left
//! out is named nowhere. Never: sources whose rows are kept as a digest in the plan, which must not depend on who else
//! reads them.

use std::collections::{BTreeMap, BTreeSet};

use super::source_checks::Demands;
use super::workspace::Workspace;
use crate::audience::is_usual_number;
use crate::campaign::{Campaign, NumberList, Origin, Source, ZoneChoice};
use crate::model::snake_case;
use crate::project::UsedColumns;

/// Makes the workspace read only the columns it needs.
pub(super) fn read_only_used(workspace: &mut Workspace) {
    let mut used: BTreeMap<Origin, UsedColumns> = BTreeMap::new();
    let mut add = |origin: &Origin, columns: UsedColumns| {
        if let Origin::Parts(_) = origin {
            let both = match used.remove(origin) {
                Some(before) => before.and(columns),
                None => columns,
            };
            used.insert(origin.clone(), both);
        }
    };
    for campaign in &workspace.campaigns {
        for source in &campaign.sources {
            add(&source.origin, of_source(campaign, source));
        }
    }
    let of_campaigns = workspace.campaigns.iter().flat_map(|campaign| &campaign.suppressions);
    for list in workspace.project.suppressions.iter().chain(of_campaigns) {
        add(&list.origin, of_numbers(list));
    }
    workspace.sources.read_only(used);
}

fn of_source(campaign: &Campaign, source: &Source) -> UsedColumns {
    if Demands::from(source).are_any() {
        return UsedColumns::all();
    }
    let texts = campaign.texts(source);
    let texts = texts.iter().map(|text| text.text.text.as_str());
    let zone = match campaign.delivery.zone() {
        ZoneChoice::Recipient { column, .. } => column.as_ref(),
        ZoneChoice::Named(..) => None,
    };
    let language = campaign.language.as_ref().and_then(|rule| rule.column.as_ref());
    let heads = [source.number.as_ref(), source.country_column.as_ref(), zone, language];
    let condition = source.condition.as_ref().map(|text| text.text.as_str());
    let named = source.columns.values();
    let mut words: BTreeSet<String> = texts.chain(condition).flat_map(words_of).collect();
    words.extend(heads.into_iter().flatten().chain(named).map(|head| folded(head)));
    let takes_usual = source.number.is_none();
    UsedColumns::those(move |head| words.contains(&folded(head)) || (takes_usual && is_usual_number(head)))
}

fn of_numbers(list: &NumberList) -> UsedColumns {
    if Demands::from(list).are_any() {
        return UsedColumns::all();
    }
    let number = list.number.as_ref().map(|number| folded(number));
    UsedColumns::those(move |head| match &number {
        Some(number) => folded(head) == *number,
        None => is_usual_number(head),
    })
}

/// Every name that occurs in a text, whatever it means there.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(folded)
}

/// What is the same for a head and for every name that a template may give it.
fn folded(name: &str) -> String {
    let name = snake_case(name).unwrap_or_else(|| name.to_lowercase());
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_and_its_names_in_a_text_are_the_same_word() {
        for (head, text) in [
            ("First Name", "Hi {{ first_name }}!"),
            ("firstName", "Hi {{ firstName }}!"),
            ("Förnamn", "Hej {{ fornamn|upper }}"),
            ("имя", "{{ имя }}"),
            ("Total (SEK)", "{% if total_sek > 5 %}x{% endif %}"),
        ] {
            assert!(words_of(text).any(|word| word == folded(head)), "{head}");
        }
        assert!(words_of("Hi {{ name }}").all(|word| word != folded("first_name")));
    }
}
