//! Texts from handsets: what `GET /inbounds` shows of the last 14 days, and the keywords by which groups fill themselves.

use serde_json::{Value, json};

use super::super::clock::Instant;
use super::super::wire::{Answer, Request};
use super::account::{Event, Plan};
use super::address::{asked_number, sender};
use super::calls::Call;
use super::groups::Group;
use super::inbound::Inbound;
use super::lists::{Page, Span, commas, reach};
use super::refusal::Refusal;

impl Call<'_> {
    /// List incoming messages, newest first.
    pub(super) fn list_inbounds(&self) -> Result<Answer, Refusal> {
        let page = Page::read(self.request)?;
        let span = Span::read(self.request, self.desk.now)?;
        let numbers = commas(self.request, "to").map(|texts| texts.iter().map(|text| asked_number(text)).collect());
        let is_wanted = |to: &String| {
            numbers
                .as_ref()
                .is_none_or(|numbers: &Vec<String>| numbers.contains(to))
        };
        let reference = self.request.parameter("client_reference");
        let mut found: Vec<&Inbound> = self
            .plan
            .inbounds
            .iter()
            .filter(|inbound| span.has(inbound.received_at) && is_wanted(&inbound.to))
            .filter(|inbound| reference.is_none_or(|asked| inbound.client_reference.as_deref() == Some(asked)))
            .collect();
        found.sort_by(|one, other| (other.received_at, &other.id).cmp(&(one.received_at, &one.id)));
        let item = |at: usize| found.get(at).map(|inbound| inbound.to_json());
        Ok(Answer::json(200, &page.of("inbounds", found.len(), item)))
    }

    /// Retrieve an incoming message of the last 14 days.
    pub(super) fn get_inbound(&self, id: &str) -> Result<Answer, Refusal> {
        let is_it = |inbound: &&Inbound| inbound.id == id && inbound.received_at >= reach(self.desk.now);
        let found = self.plan.inbounds.iter().find(is_it);
        found
            .map(|inbound| Answer::json(200, &inbound.to_json()))
            .ok_or_else(Refusal::not_found)
    }

    /// Takes in a text from a handset; groups whose keyword it is change with it.
    pub(super) fn receive(&mut self, order: &Value) -> Result<Answer, &'static str> {
        let inbound = Inbound::ordered(self.desk.ids.ulid(self.desk.now), order, self.desk.now)?;
        let answer = Answer::json(200, &json!({ "id": inbound.id }));
        let changed = changed_groups(self.plan, &inbound, self.desk.now);
        self.happen(Event::Inbound(Box::new(inbound)));
        for group in changed {
            self.happen(Event::Group(group));
        }
        Ok(answer)
    }
}

/// The plan that a control call means: the one it names, else the only one.
pub(super) fn plan_of(request: &Request, plans: &std::collections::BTreeMap<String, Plan>) -> Option<String> {
    let named = request
        .json()
        .ok()?
        .get("plan")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let only = || (plans.len() == 1).then(|| plans.keys().next().cloned()).flatten();
    named.or_else(only)
}

/// The groups that a text changes, as they become.
fn changed_groups(plan: &Plan, inbound: &Inbound, now: Instant) -> Vec<Group> {
    let Some(body) = inbound.body.as_str().filter(|_| inbound.kind == "mo_text") else {
        return Vec::new();
    };
    let heard = |group: &&Group| {
        let keywords = group.auto_update.as_ref()?;
        let is_to = keywords.get("to").and_then(Value::as_str).and_then(sender).as_deref() == Some(&inbound.to);
        let adds = keywords.get("add").is_some_and(|words| is_keyword(words, body));
        let removes = keywords.get("remove").is_some_and(|words| is_keyword(words, body));
        // Additions before removals, as in an update of a group.
        (is_to && (adds || removes)).then_some(!removes)
    };
    let changed = plan.groups.values().filter_map(|group| Some((group, heard(&group)?)));
    changed
        .map(|(group, is_added)| {
            let mut group = group.clone();
            group.members.retain(|member| *member != inbound.from);
            if is_added {
                group.members.push(inbound.from.clone());
            }
            Group {
                modified_at: now,
                ..group
            }
        })
        .collect()
}

/// Whether a text begins with the keyword, in any case; words after it do not matter.
fn is_keyword(words: &Value, body: &str) -> bool {
    let mut heard = body.split_whitespace();
    let mut is_next = |name: &str| match words.get(name).and_then(Value::as_str) {
        Some(word) => heard
            .next()
            .is_some_and(|heard| heard.to_lowercase() == word.to_lowercase()),
        None => name == "second_word",
    };
    is_next("first_word") && is_next("second_word")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_heard_in_any_case_at_the_beginning() {
        let one = json!({ "first_word": "STOP" });
        let two = json!({ "first_word": "stop", "second_word": "club" });
        for (words, body, expected) in [
            (&one, "stop", true),
            (&one, " Stop it", true),
            (&one, "please stop", false),
            (&one, "STOP!", false),
            (&two, "STOP Club", true),
            (&two, "STOP", false),
            (&json!({}), "STOP", false),
        ] {
            assert_eq!(is_keyword(words, body), expected, "{words} {body}");
        }
    }
}
