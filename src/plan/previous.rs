//! What a batch that is replaced, changed or canceled says, as far as the journal remembers it or its provider shows
//! it: for the reviewer, never for a decision.

use std::collections::BTreeSet;

use crate::model::{Estimate, Window};

use super::parts::Want;
use super::world::World;

/// The batch as it is at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Previous {
    /// Whom recipients would have seen.
    pub sender: Option<String>,
    /// The campaign's templates as the journal remembers them; else the provider's text with fields in the place of its
    /// placeholders. Empty where neither shows it: a text without placeholders may be somebody's rendered message.
    pub texts: Vec<String>,
    /// In order of opening.
    pub windows: Vec<Window>,
    /// Its people, where the provider shows how many.
    pub recipients: Option<u64>,
    /// Billed units, where the journal remembers them.
    pub segments: Option<u64>,
    /// What it would have cost, where the journal remembers it.
    pub estimate: Option<Estimate>,
    /// People of the new batch who are not in it.
    pub joined: Option<u64>,
    /// People in it who are not in the new batch.
    pub left: Option<u64>,
}

/// What batch `i` says; with `want`, who joins and who leaves.
pub(super) fn before(world: &World<'_>, i: usize, want: Option<&Want<'_>>) -> Previous {
    let theirs = world.batch(i);
    let visible = theirs.listed().map(|listed| &listed.visible);
    let said = world.journal.said.get(theirs.reference);
    let people = world.people_if_read(i);
    let recipients = world.headcount(i);
    let stays = people.zip(want).and_then(|(people, want)| {
        let stays = people.iter().filter(|number| want.holds(*number)).count();
        Some((u64::try_from(stays).ok()?, want.totals.recipients))
    });
    let shown = || {
        let body = visible.and_then(|visible| visible.body.as_deref())?;
        let template = want.and_then(|want| want.campaign.templates.first());
        is_made_of_columns(body).then(|| with_fields(body, template.map_or("", String::as_str)))
    };
    let remembered = said.map(|said| said.texts.to_vec()).filter(|texts| !texts.is_empty());
    Previous {
        sender: visible.and_then(|visible| visible.sender.clone()),
        texts: remembered.unwrap_or_else(|| shown().into_iter().collect()),
        windows: theirs.windows.to_vec(),
        recipients,
        segments: said.map(|said| said.segments),
        estimate: said.map(|said| said.estimate.clone()),
        joined: stays.map(|(stays, all)| all.saturating_sub(stays)),
        left: stays.zip(recipients).map(|((stays, _), was)| was.saturating_sub(stays)),
    }
}

/// Placeholders of ours in a text, `{v1}` or `${v1}`: between them is what the template says itself.
fn placeholders(body: &str) -> impl Iterator<Item = (std::ops::Range<usize>, usize)> + '_ {
    body.match_indices("{v").filter_map(|(at, _)| {
        let rest = body.get(at + 2..)?;
        let (digits, _) = rest.split_once('}')?;
        let number = digits
            .parse()
            .ok()
            .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))?;
        let is_dollar = body.get(..at).is_some_and(|before| before.ends_with('$'));
        Some((at - usize::from(is_dollar)..at + 3 + digits.len(), number))
    })
}

/// Whether it has placeholders in place of cells: then it is nobody's rendered message.
fn is_made_of_columns(body: &str) -> bool {
    placeholders(body).next().is_some()
}

/// The text with fields in the place of placeholders: those of the template of now where it has as many, else `{{ …
/// }}`.
fn with_fields(body: &str, template: &str) -> String {
    let mut fields: Vec<&str> = Vec::new();
    for piece in template.split("{{").skip(1) {
        if let Some((field, _)) = piece.split_once("}}")
            && !fields.contains(&field.trim())
        {
            fields.push(field.trim());
        }
    }
    let numbers: BTreeSet<usize> = placeholders(body).map(|(_, number)| number).collect();
    let is_known = numbers.len() == fields.len();
    let (mut out, mut end) = (String::new(), 0);
    for (range, number) in placeholders(body) {
        out.push_str(body.get(end..range.start).unwrap_or_default());
        let field = number.checked_sub(1).and_then(|index| fields.get(index));
        let field = field.copied().filter(|_| is_known).unwrap_or("…");
        out.push_str(&format!("{{{{ {field} }}}}"));
        end = range.end;
    }
    out.push_str(body.get(end..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_with_placeholders_of_columns_are_shown() {
        for (body, shown) in [
            ("Hi {v1}, reply STOP", true),
            ("${v12}: today", true),
            ("Hi Ada, reply STOP", false),
            ("{m1}", false),
            ("{v}", false),
            ("{vip1}", false),
            ("", false),
        ] {
            assert_eq!(is_made_of_columns(body), shown, "{body}");
        }
    }

    #[test]
    fn placeholders_are_told_by_the_names_of_the_template() {
        let template = "Hi {{ first_name }}, {{ city }}! {{first_name}}";
        for (body, expected) in [
            ("Hey {v1}, {v2}", "Hey {{ first_name }}, {{ city }}"),
            ("${v2}: ${v1} ${v2}", "{{ city }}: {{ first_name }} {{ city }}"),
            ("Hi {v1}!", "Hi {{ … }}!"),
            ("{v1} {v9}", "{{ first_name }} {{ … }}"),
        ] {
            assert_eq!(with_fields(body, template), expected);
        }
    }
}
