//! What a reviewer allows: overrides of the files and of `--allow`, and which of them were needed.

use std::collections::BTreeSet;

use super::parts::Want;
use super::policy::{Override, Scope};
use super::world::World;
use crate::campaign::{Allow, Rule};
use crate::model::{CampaignRef, Reference};

impl World<'_> {
    /// Whether an override lifts this rule for this batch; remembered as needed.
    pub(super) fn is_allowed(&self, rule: Rule, reference: &Reference) -> bool {
        let on_the_command_line = self.is_allowed_by_option(rule, reference);
        let in_the_file = self
            .campaign(&reference.slot.campaign)
            .is_some_and(|campaign| campaign.allow.iter().any(|entry| entry.rule == rule));
        if in_the_file {
            let key = (reference.slot.campaign.clone(), rule);
            self.used_in_files.borrow_mut().insert(key);
        }
        on_the_command_line || in_the_file
    }

    /// Whether somebody has said that the namespace is this project's; remembered as needed.
    pub(super) fn is_adopted(&self) -> bool {
        let is_meant = |scope: &Scope| match scope {
            Scope::Campaign(name) => name.as_str() == self.policy.namespace.as_str(),
            Scope::Occurrence(..) | Scope::Reference(_) | Scope::File(_) => false,
        };
        let adopting: Vec<usize> = (self.policy.overrides.iter().enumerate())
            .filter(|(_, one)| one.rule == Rule::Adopt && is_meant(&one.scope))
            .map(|(i, _)| i)
            .collect();
        let is_adopted = !adopting.is_empty();
        self.used.borrow_mut().extend(adopting);
        is_adopted
    }

    fn is_allowed_by_option(&self, rule: Rule, reference: &Reference) -> bool {
        let lifting: Vec<usize> = (self.policy.overrides.iter().enumerate())
            .filter(|(_, one)| one.rule == rule && one.scope.covers(reference))
            .map(|(i, _)| i)
            .collect();
        let is_allowed = !lifting.is_empty();
        self.used.borrow_mut().extend(lifting);
        is_allowed
    }

    /// Whether the brake on this batch is released for a wanted one: by the command line, or by the file, which must name
    /// the batch, so that what is left in it undoes no later brake.
    pub(super) fn is_resumed(&self, want: &Want<'_>, stopped: usize) -> bool {
        let names_it = |entry: &Allow| {
            let id = self.batch(stopped).id();
            entry.rule == Rule::Resume && entry.batch.as_deref() == id.map(|id| id.0.as_str())
        };
        let in_the_file = want.campaign.allow.iter().any(names_it);
        if in_the_file {
            let key = (want.campaign.reference.clone(), Rule::Resume);
            self.used_in_files.borrow_mut().insert(key);
        }
        self.is_allowed_by_option(Rule::Resume, &want.reference) || in_the_file
    }

    /// Whether `--allow` lifts this rule for a file.
    pub(super) fn is_file_allowed(&self, rule: Rule, file: &str) -> bool {
        let is_meant = |one: &&(usize, &Override)| {
            one.1.rule == rule && matches!(&one.1.scope, Scope::File(named) if is_same_path(named, file))
        };
        let lifting: Vec<usize> = (self.policy.overrides.iter().enumerate())
            .filter(|one| is_meant(&one))
            .map(|(i, _)| i)
            .collect();
        let is_allowed = !lifting.is_empty();
        self.used.borrow_mut().extend(lifting);
        is_allowed
    }

    /// Indices of `--allow` overrides that lifted something, and file overrides that did.
    pub(super) fn overrides_used(&self) -> (BTreeSet<usize>, BTreeSet<(CampaignRef, Rule)>) {
        (self.used.borrow().clone(), self.used_in_files.borrow().clone())
    }

    /// Whether `--campaign` leaves this campaign's operations in the plan.
    pub(super) fn is_selected(&self, campaign: &CampaignRef) -> bool {
        (self.policy.selected.as_ref()).is_none_or(|selected| selected.contains(campaign))
    }
}

/// `./stop.csv` is `stop.csv`.
fn is_same_path(a: &str, b: &str) -> bool {
    a.trim_start_matches("./") == b.trim_start_matches("./")
}
