//! The occurrences to decide and to count: all marketing occurrences that the files declare, and begun ones of others.

use std::time::Duration;

use crate::campaign::Rule;
use crate::desired::{DesiredCampaign, DesiredGroup, Presence};
use crate::model::{Group, OccurrenceKey};

use super::super::super::classify::Role;
use super::super::super::table::lead;
use super::super::as_filed;
use super::super::moment::Moment;
use super::Round;
use super::turn::{SentBefore, SkipTurn};

impl<'a> Round<'_, 'a> {
    pub(super) fn declared(&mut self, campaign: &'a DesiredCampaign) {
        for occurrence in &campaign.occurrences {
            for wanted in occurrence
                .groups
                .iter()
                .filter(|group| !group.content.buckets.is_empty())
            {
                let opens = wanted.windows.opens();
                let turn = SkipTurn {
                    campaign,
                    key: occurrence.key,
                    group: wanted.group,
                    opens,
                    moment: Moment::new(opens, wanted.group),
                    list: self.lists.of(&wanted.content.numbers),
                    wanted: Some(wanted),
                    counts: true,
                    begun: Vec::new(),
                };
                let counts = self.is_by_files || self.counts(&turn, wanted);
                self.turns.push(SkipTurn { counts, ..turn });
            }
        }
    }

    /// Whether anybody gets it: what was stopped reaches nobody, nor does what was never created in time.
    fn counts(&self, turn: &SkipTurn<'a>, wanted: &DesiredGroup) -> bool {
        let world = self.world;
        let of_group = world.of_occurrence(turn.campaign, turn.key).into_iter();
        let of_group = of_group.filter(|i| world.batch(*i).reference.slot.group == turn.group);
        let (canceled, others): (Vec<usize>, Vec<usize>) = of_group.partition(|i| world.is_reported_canceled(*i));
        let is_live = |i: &usize| matches!(world.role(*i), Role::Planned | Role::Begun | Role::Unsettled);
        if others.iter().any(is_live) {
            return true;
        }
        let closes = wanted.windows.closes();
        if closes <= world.now {
            let memory = world
                .facts(&turn.campaign.provider)
                .and_then(|facts| facts.can().list_memory);
            let is_forgotten = memory.is_some_and(|memory| closes + memory <= world.now);
            return is_forgotten || canceled.iter().any(|i| self.is_recent(*i) && is_live(i));
        }
        let mut all = canceled.iter().chain(&others);
        let is_brake = |i: &&usize| {
            world.role(**i) == Role::Stopped && !world.is_allowed(Rule::Resume, world.batch(**i).reference)
        };
        canceled.iter().any(is_live) || !all.any(|i| is_brake(&i))
    }

    /// Begun batches of occurrences and groups that the files no longer declare; of a file that cannot be read, planned
    /// ones too.
    pub(super) fn no_longer_declared(&mut self, campaign: &'a DesiredCampaign) {
        if campaign.presence == Presence::Tombstone {
            return;
        }
        for i in self.batches_of(campaign) {
            let batch = self.world.batch(i);
            let group = batch.reference.slot.group;
            let is_declared = self.turn_of(campaign, batch.key(), group).is_some();
            let Some(opens) = batch.opens().filter(|_| !is_declared && self.is_recent(i)) else {
                continue;
            };
            if !self.is_fixed(campaign, i) {
                continue;
            }
            let people = as_filed(self.world, campaign, i).or_else(|| self.world.people(i));
            // What nobody can read holds what is near it.
            let Some(people) = people else { continue };
            let list = self.lists.of(people);
            self.turns.push(SkipTurn {
                campaign,
                key: batch.key(),
                group,
                opens,
                moment: Moment::new(opens, group),
                list,
                wanted: None,
                counts: true,
                begun: vec![(batch.reference.slot.part, SentBefore::Whole)],
            });
        }
    }

    fn batches_of(&self, campaign: &DesiredCampaign) -> Vec<usize> {
        let keys = self.world.by_occurrence.keys();
        let keys = keys.filter(|(name, _)| **name == campaign.reference);
        keys.flat_map(|(_, key)| self.world.of_occurrence(campaign, *key))
            .collect()
    }

    fn turn_of(&self, campaign: &DesiredCampaign, key: OccurrenceKey, group: Group) -> Option<usize> {
        self.turns.iter().position(|turn| {
            let is_same = (turn.key, turn.group) == (key, group) && turn.wanted.is_some();
            is_same && turn.campaign.reference == campaign.reference
        })
    }

    /// Whether a limit can still count it.
    pub(super) fn is_recent(&self, i: usize) -> bool {
        let longest = self.limits.iter().map(|limit| limit.within.at_most()).max();
        let opens = self.world.batch(i).opens();
        opens.is_some_and(|opens| opens + longest.unwrap_or(Duration::ZERO) > self.world.now)
    }

    /// Whether it goes out, or went out, as it is.
    pub(super) fn is_fixed(&self, campaign: &DesiredCampaign, i: usize) -> bool {
        match self.world.role(i) {
            Role::Begun | Role::Unsettled => true,
            Role::Planned => campaign.presence == Presence::Unreadable || !self.world.opens_in(i, lead(self.world)),
            Role::Silent | Role::Stopped => false,
        }
    }
}
