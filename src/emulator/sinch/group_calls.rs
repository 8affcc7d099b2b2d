//! The calls about groups.

use serde_json::{Value, json};

use super::super::wire::Answer;
use super::account::Event;
use super::calls::Call;
use super::groups::{Group, GroupChange};
use super::lists::Page;
use super::refusal::Refusal;

impl Call<'_> {
    /// Create a group.
    pub(super) fn create_group(&mut self) -> Result<Answer, Refusal> {
        let id = self.desk.ids.ulid(self.desk.now);
        let group = Group::read(id, &self.request.body, false, self.desk.now)?;
        self.keep_group(201, group)
    }

    /// List groups, newest first.
    pub(super) fn list_groups(&self) -> Result<Answer, Refusal> {
        let page = Page::read(self.request)?;
        let mut groups: Vec<&Group> = self.plan.groups.values().collect();
        groups.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
        let item = |at: usize| groups.get(at).map(|group| self.group_document(group));
        Ok(Answer::json(200, &page.of("groups", groups.len(), item)))
    }

    /// Retrieve a group.
    pub(super) fn get_group(&self, id: &str) -> Result<Answer, Refusal> {
        Ok(Answer::json(200, &self.group_document(self.group(id)?)))
    }

    /// Get phone numbers for a group: a bare array.
    pub(super) fn group_members(&self, id: &str) -> Result<Answer, Refusal> {
        self.group(id)?;
        Ok(Answer::json(200, &self.plan.members(id)))
    }

    /// Update a group.
    pub(super) fn update_group(&mut self, id: &str) -> Result<Answer, Refusal> {
        let mut group = self.group(id)?.clone();
        let change = GroupChange::read(&self.request.body)?;
        let others = |other: &Option<String>| match other {
            Some(other) if self.plan.groups.contains_key(other) => Ok(self.plan.members(other)),
            Some(other) => Err(Refusal::unknown_group(other)),
            None => Ok(Vec::new()),
        };
        let (added, removed) = (others(&change.add_from_group)?, others(&change.remove_from_group)?);
        change.apply(&mut group, &added, &removed, self.desk.now);
        self.keep_group(200, group)
    }

    /// Replace a group.
    pub(super) fn replace_group(&mut self, id: &str) -> Result<Answer, Refusal> {
        let created_at = self.group(id)?.created_at;
        let group = Group::read(id.to_owned(), &self.request.body, true, self.desk.now)?;
        self.keep_group(200, Group { created_at, ..group })
    }

    /// Delete a group.
    pub(super) fn delete_group(&mut self, id: &str) -> Result<Answer, Refusal> {
        self.group(id)?;
        self.happen(Event::GroupDeleted { id: id.to_owned() });
        Ok(Answer::empty(200))
    }

    fn keep_group(&mut self, status: u16, group: Group) -> Result<Answer, Refusal> {
        if let Some(child) = group
            .child_groups
            .iter()
            .find(|child| !self.plan.groups.contains_key(*child))
        {
            return Err(Refusal::unknown_group(child));
        }
        let is_taken = |other: &&Group| other.id != group.id && other.name.is_some() && other.name == group.name;
        if let Some(name) = self
            .plan
            .groups
            .values()
            .find(is_taken)
            .and_then(|other| other.name.as_deref())
        {
            return Err(Refusal::forbidden(
                "conflict_group_name",
                format!("A group named '{name}' already exists"),
            ));
        }
        let id = group.id.clone();
        self.happen(Event::Group(group));
        let document = self.group_document(self.group(&id)?);
        Ok(Answer::json(status, &document))
    }

    fn group(&self, id: &str) -> Result<&Group, Refusal> {
        self.plan.groups.get(id).ok_or_else(Refusal::not_found)
    }

    fn group_document(&self, group: &Group) -> Value {
        group.to_json(self.plan.members(&group.id).len())
    }
}

/// What a control call answers when there is nothing to control.
pub(super) fn no_such_control() -> Answer {
    Answer::json(404, &json!({ "error": "no such control" }))
}
