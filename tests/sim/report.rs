//! Whether a run's report tells the truth about everything that it sent.

use campanile::apply::{Outcome, Report};
use campanile::plan::How;

use super::account::Ms;
use super::actor::Actor;

/// Whether a report tells the truth about everything that the run sent.
pub fn check_report(actor: &Actor, report: &Report) {
    let world = &actor.world;
    let posts = actor.posts.borrow();
    for step in report.steps.iter().chain(&report.repairs) {
        let operation = &step.operation;
        let reference = operation.reference.to_string();
        let account = world.account_of(&operation.provider);
        let mine = posts
            .iter()
            .filter(|post| post.reference == reference && post.account == account);
        let made = mine.clone().any(|post| post.made.is_some());
        let is_put = !matches!(operation.how, How::Create | How::CancelThenCreate);
        if operation.sends() && !is_put {
            match step.outcome {
                Outcome::Done => {
                    let id = step.batch_id.as_ref().map(|id| id.0.as_str()).unwrap_or_default();
                    let is_mine = mine.clone().any(|post| post.made.as_deref() == Some(id));
                    // Found under this reference, and changed in place by another run since.
                    let is_there = (world.accounts[account].borrow_mut().find(id)).is_some_and(|batch| {
                        batch.reference_text.as_deref() == Some(&reference)
                            || batch.former.iter().any(|former| former.1 == operation.reference)
                    });
                    if !is_mine && !is_there {
                        world.violate("report", format!("{reference} is reported as done, and was not made"));
                    }
                }
                Outcome::Failed | Outcome::Skipped if made => {
                    world.violate("report", format!("{reference} is reported as not sent, and was made"));
                }
                Outcome::Failed | Outcome::Skipped | Outcome::Unknown => {}
            }
        }
        if operation.how == How::PutInPlace && step.outcome == Outcome::Done {
            let id = step.batch_id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
            let is_there = (world.accounts[account].borrow_mut().find(&id)).is_some_and(|batch| {
                batch.former.iter().any(|f| f.1 == operation.reference)
                    || batch.reference.as_ref() == Some(&operation.reference)
            });
            let is_drift = operation
                .target
                .as_ref()
                .is_some_and(|t| t.reference == operation.reference);
            if !actor.puts.borrow().contains(&(id, reference.clone())) && (is_drift || !is_there) {
                world.violate("report", format!("{reference} is reported as put, and was not"));
            }
        }
        if operation.how == How::Cancel && step.outcome == Outcome::Done {
            let id = step.batch_id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
            let at = operation
                .target
                .as_ref()
                .map_or(account, |target| world.account_of(&target.provider));
            let mut held = world.accounts[at].borrow_mut();
            let is_silent = held
                .find(&id)
                .is_none_or(|batch| batch.stopped().is_some() && !batch.has_begun(Ms::MAX));
            drop(held);
            if !is_silent {
                world.violate("report", format!("{id} is reported as canceled, and people got it"));
            }
        }
        if operation.how == How::Cancel && step.outcome == Outcome::Skipped {
            let id = operation
                .target
                .as_ref()
                .map(|target| target.id.0.clone())
                .unwrap_or_default();
            if actor.deletes.borrow().contains(&id) && report.repairs.is_empty() {
                world.violate("report", format!("{id} is reported as skipped, and DELETE was sent"));
            }
        }
    }
}
