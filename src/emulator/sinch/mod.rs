//! The emulated Sinch account (SMS API, "XMS"): requests under `/xms/v1/{service_plan_id}/` in, answers out.
//!
//! It does what Sinch documents, with the documented codes, texts and shapes; what Sinch leaves open is decided in
//! `RULES.md`, which names the test that pins each rule. Time is the desk's. No message leaves the machine.

mod account;
mod address;
mod batch;
mod calls;
mod change;
mod delivery;
mod fields;
mod group_calls;
mod groups;
mod inbound;
mod inbounds;
mod lists;
mod parameters;
mod refusal;
mod reports;
mod terms;

use std::collections::BTreeMap;

use serde_json::Value;

use super::desk::Desk;
use super::store::Unreadable;
use super::wire::{Answer, Request};
use account::{API, Entry, Event, Plan};
use address::may_be_an_id;
use calls::Call;
use group_calls::no_such_control;
use inbounds::plan_of;
use refusal::Refusal;

/// All service plans; a plan exists as soon as somebody asks for it.
#[derive(Debug, Default)]
pub struct Account {
    plans: BTreeMap<String, Plan>,
}

impl Account {
    /// Answers a request of this API.
    pub fn answer(&mut self, request: &Request, desk: &mut Desk) -> Answer {
        let now = desk.now;
        self.call(request, desk)
            .unwrap_or_else(|refusal| refusal.answer(&request.path, now))
    }

    fn call(&mut self, request: &Request, desk: &mut Desk) -> Result<Answer, Refusal> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["xms", "v1", name, rest @ ..] = path.as_slice() else {
            return Err(Refusal::not_found());
        };
        if !desk.admits(request) {
            return Err(Refusal::Bare(401));
        }
        if !is_plan_id(name) {
            return Err(Refusal::Path);
        }
        let route = Route::of(rest)?;
        route.admit(request)?;
        let plan = self.plans.entry((*name).to_owned()).or_default();
        route.run(&mut Call {
            name,
            plan,
            request,
            desk,
        })
    }

    /// Lets everything happen that is due at `desk.now`: called at the start of every turn and after the clock was set.
    pub fn advance(&mut self, desk: &mut Desk) {
        for (name, plan) in &mut self.plans {
            plan.advance(name, desk);
        }
    }

    /// Takes in one event from the state file.
    pub(super) fn replay(&mut self, event: Value, desk: &mut Desk) -> Result<(), Unreadable> {
        let Entry { plan, event } = serde_json::from_value(event).map_err(|_| Unreadable)?;
        self.plans.entry(plan).or_default().apply(event, &desk.settings);
        Ok(())
    }

    /// A person cancels a batch in the portal; whether there is such a batch.
    pub fn cancel_by_hand(&mut self, id: &str, desk: &mut Desk) -> bool {
        let at = desk.now;
        self.by_hand(id, desk, Event::Canceled { id: id.to_owned(), at })
    }

    /// A person deletes a batch in the portal; whether there is such a batch.
    pub fn erase_by_hand(&mut self, id: &str, desk: &mut Desk) -> bool {
        self.by_hand(id, desk, Event::Erased { id: id.to_owned() })
    }

    fn by_hand(&mut self, id: &str, desk: &mut Desk, event: Event) -> bool {
        let Some((name, plan)) = self.plans.iter_mut().find(|(_, plan)| plan.batches.contains_key(id)) else {
            return false;
        };
        let entry = Entry {
            plan: name.clone(),
            event,
        };
        desk.commit(API, &entry);
        plan.apply(entry.event, &desk.settings);
        true
    }

    /// Answers `POST /_emulator/sinch/..`; `path` is the rest.
    pub fn control(&mut self, path: &[&str], request: &Request, desk: &mut Desk) -> Answer {
        let refused = |why: &str| Answer::json(400, &serde_json::json!({ "error": why }));
        if path != ["inbounds"] {
            return no_such_control();
        }
        let Some(name) = plan_of(request, &self.plans).filter(|name| is_plan_id(name)) else {
            return refused("`plan` must name a service plan");
        };
        let plan = self.plans.entry(name.clone()).or_default();
        let mut call = Call {
            name: &name,
            plan,
            request,
            desk,
        };
        let received = call.receive(&request.json().unwrap_or_default());
        received.unwrap_or_else(refused)
    }

    /// The service plan that holds a batch.
    pub fn plan_with(&self, batch: &str) -> Option<&str> {
        let mut plans = self.plans.iter();
        plans
            .find(|(_, plan)| plan.batches.contains_key(batch))
            .map(|(name, _)| name.as_str())
    }
}

/// Whether a path can name a service plan.
fn is_plan_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// What a path is about.
#[derive(Clone, Copy, Debug)]
enum Route<'a> {
    Batches,
    DryRun,
    Batch(&'a str),
    Feedback(&'a str),
    Report(&'a str),
    RecipientReport(&'a str, &'a str),
    Reports,
    Groups,
    Group(&'a str),
    Members(&'a str),
    Inbounds,
    Inbound(&'a str),
}

impl<'a> Route<'a> {
    fn of(path: &[&'a str]) -> Result<Route<'a>, Refusal> {
        let route = match path {
            ["batches"] => Route::Batches,
            ["batches", "dry_run"] => Route::DryRun,
            ["batches", id] => Route::Batch(identifier(id)?),
            ["batches", id, "delivery_feedback"] => Route::Feedback(identifier(id)?),
            ["batches", id, "delivery_report"] => Route::Report(identifier(id)?),
            ["batches", id, "delivery_report", recipient] => Route::RecipientReport(identifier(id)?, recipient),
            ["delivery_reports"] => Route::Reports,
            ["groups"] => Route::Groups,
            ["groups", id] => Route::Group(identifier(id)?),
            ["groups", id, "members"] => Route::Members(identifier(id)?),
            ["inbounds"] => Route::Inbounds,
            ["inbounds", id] => Route::Inbound(identifier(id)?),
            _ => return Err(Refusal::not_found()),
        };
        Ok(route)
    }

    const fn methods(self) -> &'static str {
        match self {
            Route::Batches | Route::Groups => "GET, POST",
            Route::DryRun | Route::Feedback(_) => "POST",
            Route::Batch(_) | Route::Group(_) => "GET, POST, PUT, DELETE",
            Route::Report(_)
            | Route::RecipientReport(..)
            | Route::Reports
            | Route::Members(_)
            | Route::Inbounds
            | Route::Inbound(_) => "GET",
        }
    }

    /// Refuses a method that the path does not have, and a body that is not declared as JSON.
    fn admit(self, request: &Request) -> Result<(), Refusal> {
        let method = request.method.as_str();
        if !self.methods().split(", ").any(|known| known == method) {
            return Err(Refusal::Method(self.methods()));
        }
        let kind = request
            .header("content-type")
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        match method {
            "POST" | "PUT" if !kind.eq_ignore_ascii_case("application/json") => Err(Refusal::Bare(415)),
            _ => Ok(()),
        }
    }

    fn run(self, call: &mut Call<'_>) -> Result<Answer, Refusal> {
        match (self, call.request.method.as_str()) {
            (Route::Batches, "POST") => call.send(),
            (Route::Batches, _) => call.list(),
            (Route::DryRun, _) => call.dry_run(),
            (Route::Batch(id), "POST") => call.update(id),
            (Route::Batch(id), "PUT") => call.replace(id),
            (Route::Batch(id), "DELETE") => call.cancel(id),
            (Route::Batch(id), _) => call.get(id),
            (Route::Feedback(id), _) => call.feedback(id),
            (Route::Report(id), _) => call.delivery_report(id),
            (Route::RecipientReport(id, recipient), _) => call.recipient_report(id, recipient),
            (Route::Reports, _) => call.delivery_reports(),
            (Route::Groups, "POST") => call.create_group(),
            (Route::Groups, _) => call.list_groups(),
            (Route::Group(id), "POST") => call.update_group(id),
            (Route::Group(id), "PUT") => call.replace_group(id),
            (Route::Group(id), "DELETE") => call.delete_group(id),
            (Route::Group(id), _) => call.get_group(id),
            (Route::Members(id), _) => call.group_members(id),
            (Route::Inbounds, _) => call.list_inbounds(),
            (Route::Inbound(id), _) => call.get_inbound(id),
        }
    }
}

/// An id in a path, refused with the vendor's text when it cannot be one.
fn identifier(text: &str) -> Result<&str, Refusal> {
    if may_be_an_id(text) {
        return Ok(text);
    }
    Err(Refusal::format(format!("'{text}' is not a valid identifier")))
}
