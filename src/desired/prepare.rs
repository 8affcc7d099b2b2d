//! What can be known of a campaign before the rows of its lists are read: its times, its opened lists, how it counts.

use std::path::Path;
use std::time::Duration;

use super::aggregate::{AggregateSettings, Occasion, OwnZones};
use super::desired::DesiredCampaign;
use super::diagnostics::{NO_PROVIDER, UNNEEDED};
use super::elsewhere::faults_of_texts;
use super::findings::Suppressions;
use super::from_campaign::{desired_campaign, is_in_force};
use super::occurrences::{Firing, Opening, When, ZoneRule, when};
use super::unread::{NoLists, softened};
use crate::audience::{ListSettings as Reading, Table};
use crate::campaign::{Campaign, CampaignState, Category, Project};
use crate::model::{CampaignRef, Diagnostic, Instant, OccurrenceKey, Place, Severity};
use crate::render::PriceTable;
use regex::Regex;

/// What is asked for: the files as they were read, and the way to a campaign's lists.
pub struct Inputs<'a> {
    /// The project's settings.
    pub project: &'a Project,
    /// The campaigns that are wanted.
    pub campaigns: &'a [Campaign],
    /// Campaign files that cannot be read, with the references that may be theirs.
    pub unreadable: Vec<(&'a Path, &'a [CampaignRef])>,
    /// Numbers that must not be texted.
    pub suppressions: Suppressions,
    /// So much of what a schedule has fired before is wanted too.
    pub past: Duration,
    /// How rows are read.
    pub reading: Reading,
    /// Opens the lists of a campaign, in the order of its sources; every fault of every one.
    pub tables: &'a dyn Fn(&Campaign) -> Result<Vec<Table>, NoLists>,
}

/// What is to be done with a campaign.
pub(super) enum NextStep {
    /// It is canceled: nothing is read.
    Done(Box<DesiredCampaign>),
    /// Its lists cannot be read.
    Hold(Box<HeldLists>),
    /// Its lists are to be read.
    Read(Box<WantedLists>),
}

/// A campaign whose lists cannot be read, which is no fault of its files.
pub(super) struct HeldLists {
    pub(super) desired: DesiredCampaign,
    /// What it would send.
    pub(super) occurrences: Vec<OccurrenceKey>,
    pub(super) told: Vec<Diagnostic>,
    pub(super) is_offline: bool,
}

/// A campaign with its lists opened.
pub(super) struct WantedLists {
    pub(super) desired: DesiredCampaign,
    pub(super) when: When,
    pub(super) tables: Vec<Table>,
    pub(super) settings: AggregateSettings,
}

impl WantedLists {
    /// Its lists cannot be used, for what their rows hold.
    pub(super) fn unusable(self, why: Vec<Diagnostic>) -> HeldLists {
        HeldLists {
            desired: self.desired,
            occurrences: self.when.firings.iter().map(|firing| firing.key).collect(),
            told: softened(why, Severity::Warning),
            is_offline: false,
        }
    }
}

/// Resolves its times and opens its lists; every fault of both. `told` is what its reviewer should know.
pub(super) fn prepare(
    inputs: &Inputs<'_>,
    campaign: &Campaign,
    now: Instant,
    horizon: Instant,
    told: &mut Vec<Diagnostic>,
) -> Result<NextStep, Vec<Diagnostic>> {
    let project = inputs.project;
    let Some(config) = project.providers.get(&campaign.provider) else {
        // A campaign that is passed over would look removed, and its batches would be canceled.
        let message = format!("provider `{}` is not configured", campaign.provider);
        return Err(vec![
            Diagnostic::error(&NO_PROVIDER, message).at(Place::file(&campaign.file)),
        ]);
    };
    let desired = desired_campaign(campaign, config, now);
    if campaign.state == CampaignState::Canceled {
        return Ok(NextStep::Done(Box::new(desired)));
    }
    for allow in campaign.allow.iter().filter(|allow| !is_in_force(allow, now)) {
        let until = allow.until.as_deref().unwrap_or_default();
        let message = format!(
            "`allow: {}` ended with {until}, and lifts nothing any more",
            allow.rule.as_str()
        );
        let warning = Diagnostic::warning(&UNNEEDED, message).at(allow.place.clone());
        told.push(warning.hint("remove it, or set a later `until`"));
    }
    let mut faults = Vec::new();
    let when = when(campaign, now - inputs.past, horizon)
        .map_err(|more| faults.extend(more))
        .ok();
    let read = inputs.suppressions.require_read(&campaign.reference);
    let (tables, when) = match ((inputs.tables)(campaign).and_then(|tables| read.map(|()| tables)), when) {
        (Ok(tables), Some(when)) => (tables, when),
        (Ok(_), None) => return Err(faults),
        (Err(NoLists::Faults(more)), _) => {
            faults.extend(more);
            return Err(faults);
        }
        (Err(NoLists::Held(_) | NoLists::NotConnected(_)), _) if !faults_of_texts(campaign).is_empty() => {
            faults.extend(faults_of_texts(campaign));
            return Err(faults);
        }
        (Err(NoLists::Held(why)), Some(when)) => {
            let why = softened(why, Severity::Warning);
            return Ok(held(desired, &when, why, false));
        }
        (Err(NoLists::NotConnected(why)), Some(when)) => {
            let why = softened(why, Severity::Note);
            return Ok(held(desired, &when, why, true));
        }
        (Err(NoLists::Held(why) | NoLists::NotConnected(why)), None) => {
            faults.extend(why);
            return Err(faults);
        }
    };
    let most = u64::from(config.max_recipients_per_batch);
    let settings = AggregateSettings {
        api: config.api(),
        prices: PriceTable::new(&project.prices, &campaign.provider, config.api(), campaign.priority),
        occasions: when.firings.iter().map(occasion).collect(),
        own_zones: own_zones(campaign, &when.zone),
        opt_out: opt_out(project, campaign),
        holdout: project.holdout.clone(),
        most_per_part: campaign.pace.is_none().then_some(most),
        can_leave_out: campaign.category == Category::Marketing && project.guards.leaves_out(),
    };
    Ok(NextStep::Read(Box::new(WantedLists {
        desired,
        when,
        tables,
        settings,
    })))
}

fn held(desired: DesiredCampaign, when: &When, told: Vec<Diagnostic>, is_offline: bool) -> NextStep {
    NextStep::Hold(Box::new(HeldLists {
        desired,
        occurrences: when.firings.iter().map(|firing| firing.key).collect(),
        told,
        is_offline,
    }))
}

fn occasion(firing: &Firing) -> Occasion {
    Occasion {
        nominal: firing.nominal,
        span: match firing.opening {
            Opening::Fixed(_) => None,
            Opening::Local(span) => Some(span),
        },
    }
}

fn own_zones(campaign: &Campaign, rule: &ZoneRule) -> Option<OwnZones> {
    match rule {
        ZoneRule::One(_) => None,
        ZoneRule::Recipient { zones, column, .. } => Some(OwnZones {
            zones: zones.clone(),
            column: column.clone(),
            place: zone_place(campaign),
        }),
    }
}

pub(super) fn zone_place(campaign: &Campaign) -> Place {
    let place = campaign.places.get("delivery.timezone").cloned();
    place.unwrap_or_else(|| campaign.body.place.clone())
}

pub(super) fn opt_out(project: &Project, campaign: &Campaign) -> Option<Regex> {
    let pattern = project.guards.opt_out_pattern.as_ref()?;
    (campaign.category == Category::Marketing).then(|| Regex::new(pattern).ok())?
}
