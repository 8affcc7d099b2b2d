//! Carries out operations in the plan's order, then reads back and repairs. The report is always whole.

use std::collections::BTreeSet;

use super::facts::facts;
use super::outcome::Report;
use super::progress::Progress;
use super::read_back::read_back;
use super::run_context::{RunClock, RunContext};
use super::walk::Walk;
use crate::model::{Instant, ProviderName};
use crate::plan::{Observed, Operation};
use crate::provider::Provider;

/// What is to be carried out.
#[derive(Debug, Clone)]
pub struct Orders {
    /// In this order.
    pub operations: Vec<Operation>,
    /// Nothing is begun after this instant.
    pub expires_at: Option<Instant>,
}

/// Carries out the orders, then reads back and repairs.
pub async fn carry_out<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>, orders: &Orders) -> Report {
    let mut walk = Walk::among(&orders.operations);
    walk.keeps_references = accounts_that_keep_references(run);
    let mut steps = Vec::new();
    let mut left = orders.operations.as_slice();
    while !left.is_empty() {
        let group = walk.next_group(run, left, orders.expires_at);
        let size = group.map_or(1, |group| group.size).min(left.len());
        let (next, rest) = left.split_at(size);
        for (operation, number) in next.iter().zip(steps.len() + 1..) {
            let all = orders.operations.len();
            (run.progress)(&Progress::Operating { number, all, operation });
        }
        match (group, next) {
            (Some(group), several) => {
                let several = (several, rest.first());
                steps.extend(walk.group(run, group.kind, several, orders.expires_at).await);
            }
            (None, one) => {
                for operation in one {
                    steps.push(walk.step(run, operation, orders.expires_at).await);
                }
            }
        }
        left = rest;
    }
    (run.progress)(&Progress::Operated);
    let mut report = Report {
        steps,
        repairs: Vec::new(),
        remaining: None,
        last_look: None,
        halt: walk.halt,
        diagnostics: Vec::new(),
    };
    if report.halt.is_none() {
        read_back(run, &mut report).await;
    }
    report.diagnostics.append(&mut run.people_differ.take());
    report
}

/// What the journal knows of it.
fn accounts_that_keep_references<P: Provider, C: RunClock>(run: &RunContext<'_, P, C>) -> BTreeSet<ProviderName> {
    let lines = run.journal.borrow().lines();
    facts(lines.as_deref().map(Vec::as_slice), &Observed::default(), run.policy).keeps_references
}
