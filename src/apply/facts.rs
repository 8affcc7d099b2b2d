//! What the journal's lines amount to, in the words of `plan`.

use std::collections::BTreeMap;

use super::journal::{Call, Event, Line, Outcome};
use crate::model::{BatchId, ExistingBatch, Instant, ProviderName, Reference, ReportedState, Window};
use crate::plan::{JournalFacts, KnownBatch, Observed, OurCancel, Policy, UnknownCreate};

/// A create as the journal tells it.
struct Create {
    provider: ProviderName,
    reference: Reference,
    windows: Vec<Window>,
    at: Instant,
    /// When its answer was given up: it may have left only just before.
    given_up: Option<Instant>,
    outcome: Option<Outcome>,
    /// The lists did not show it while `list_lag` passed.
    outlasted_lag: bool,
    batch_id: Option<BatchId>,
}

/// Folds lines into facts. `None` is no journal at all. Creates without a known outcome that a list shows are known;
/// lines of providers that are configured no more are passed over.
pub fn facts(lines: Option<&[Line]>, observed: &Observed, policy: &Policy) -> JournalFacts {
    let Some(lines) = lines else {
        return JournalFacts::default();
    };
    let mut creates: Vec<Create> = Vec::new();
    let mut cancels: BTreeMap<(ProviderName, BatchId), OurCancel> = BTreeMap::new();
    let mut missed: BTreeMap<(ProviderName, BatchId), Instant> = BTreeMap::new();
    for line in lines {
        let Ok(provider) = ProviderName::parse(&line.provider) else {
            continue;
        };
        let at = Instant::from_unix_millis(line.at_ms);
        let reference = Reference::parse(&line.reference);
        match &line.event {
            Event::Intent {
                call: Call::Create | Call::Update,
                batch_id,
                windows,
                ..
            } => {
                let Ok(reference) = reference else { continue };
                let batch_id = batch_id.clone().map(BatchId);
                let windows = windows
                    .iter()
                    .filter_map(|(opens, closes)| window(*opens, *closes))
                    .collect();
                creates.push(Create {
                    provider,
                    reference,
                    windows,
                    at,
                    given_up: None,
                    outcome: None,
                    outlasted_lag: false,
                    batch_id,
                });
            }
            Event::Intent {
                call: call @ (Call::Cancel | Call::Stop),
                batch_id: Some(id),
                ..
            } => {
                let id = BatchId(id.clone());
                let cancel = OurCancel {
                    provider: provider.clone(),
                    id: id.clone(),
                    by_stop: matches!(call, Call::Stop),
                    answered_at: None,
                    proved_silent: false,
                };
                cancels.insert((provider, id), cancel);
            }
            Event::Answer {
                call: Call::Create | Call::Update,
                outcome,
                batch_id,
            } => {
                let newest = creates
                    .iter_mut()
                    .rev()
                    .find(|c| c.provider == provider && reference.as_ref() == Ok(&c.reference));
                if let Some(create) = newest {
                    create.outcome = Some(*outcome);
                    if *outcome == Outcome::Unknown {
                        create.given_up = create.given_up.or(Some(at));
                    }
                    create.outlasted_lag |= *outcome == Outcome::Unknown && create.batch_id.is_none();
                    create.batch_id = batch_id.clone().map(BatchId).or(create.batch_id.take());
                }
            }
            Event::Answer {
                call: Call::Cancel | Call::Stop,
                outcome,
                batch_id: Some(id),
            } => {
                let key = (provider, BatchId(id.clone()));
                match outcome {
                    Outcome::Done | Outcome::Unknown => {
                        if let Some(cancel) = cancels.get_mut(&key) {
                            cancel.answered_at = matches!(outcome, Outcome::Done).then_some(at);
                        }
                    }
                    // Refused: whoever cancels it later, it was not this.
                    Outcome::NotSent => {
                        cancels.remove(&key);
                    }
                }
            }
            Event::ProvedSilent { batch_id } => {
                if let Some(cancel) = cancels.get_mut(&(provider, BatchId(batch_id.clone()))) {
                    cancel.proved_silent = true;
                    cancel.answered_at = cancel.answered_at.or(Some(at));
                }
            }
            Event::Missing { batch_id } => {
                missed.entry((provider, BatchId(batch_id.clone()))).or_insert(at);
            }
            Event::Intent { .. } | Event::Answer { .. } => {}
        }
    }
    let mut facts = JournalFacts {
        exists: true,
        cancels: cancels.into_values().collect(),
        ..JournalFacts::default()
    };
    sort_creates(creates, &missed, observed, policy, &mut facts);
    facts
}

/// Cancels of ours without any answer: where, of what, and when they were asked.
pub fn unanswered_cancels(lines: &[Line]) -> Vec<(ProviderName, BatchId, Reference, Instant)> {
    let mut open: BTreeMap<(ProviderName, BatchId), (Reference, Instant)> = BTreeMap::new();
    for line in lines {
        let (Ok(provider), Ok(reference)) = (ProviderName::parse(&line.provider), Reference::parse(&line.reference))
        else {
            continue;
        };
        match &line.event {
            Event::Intent {
                call: Call::Cancel,
                batch_id: Some(id),
                ..
            } => {
                let asked = (reference, Instant::from_unix_millis(line.at_ms));
                open.insert((provider, BatchId(id.clone())), asked);
            }
            Event::Answer {
                call: Call::Cancel,
                outcome: Outcome::Done | Outcome::NotSent,
                batch_id: Some(id),
            }
            | Event::ProvedSilent { batch_id: id } => {
                open.remove(&(provider, BatchId(id.clone())));
            }
            Event::Intent { .. } | Event::Answer { .. } | Event::Missing { .. } => {}
        }
    }
    (open.into_iter())
        .map(|((provider, id), (reference, asked))| (provider, id, reference, asked))
        .collect()
}

fn window(opens: i64, closes: i64) -> Option<Window> {
    Window::new(Instant::from_unix_seconds(opens), Instant::from_unix_seconds(closes)).ok()
}

/// Known ones (an id was told, or the list shows it), unknown ones, and those that certainly never were.
fn sort_creates(
    creates: Vec<Create>,
    missed: &BTreeMap<(ProviderName, BatchId), Instant>,
    observed: &Observed,
    policy: &Policy,
    facts: &mut JournalFacts,
) {
    let mut known: BTreeMap<(ProviderName, BatchId), KnownBatch> = BTreeMap::new();
    for create in creates {
        let Some(provider) = policy.providers.get(&create.provider) else {
            continue;
        };
        let Create {
            provider: name,
            reference,
            windows,
            at,
            given_up,
            outcome,
            outlasted_lag,
            batch_id,
        } = create;
        let was_in_place = batch_id.is_some() && outcome != Some(Outcome::Done);
        let id = match outcome {
            Some(Outcome::NotSent) => continue,
            Some(Outcome::Done) => batch_id,
            // A change in place has no second batch to fear: its target is known by other lines.
            Some(Outcome::Unknown) | None if was_in_place => continue,
            Some(Outcome::Unknown) | None => listed(observed, &name, &reference),
        };
        let is_shown = id.is_some() || listed_canceled(observed, &name, &reference).is_some();
        if id.is_none() || outlasted_lag {
            facts.unknown.push(UnknownCreate {
                provider: name.clone(),
                sandbox: provider.sandbox,
                reference: reference.clone(),
                windows: windows.clone(),
                // A machine may sleep between the journal's line and the POST: what was given up later left later, perhaps.
                hold_until: given_up.map_or(at, |given_up| at.max(given_up)) + provider.unknown_hold,
                found_late: is_shown,
            });
        }
        if let Some(id) = id {
            let missed_at = missed.get(&(name.clone(), id.clone())).copied();
            let batch = KnownBatch {
                provider: name.clone(),
                sandbox: provider.sandbox,
                id: id.clone(),
                reference,
                windows,
                missed_at,
            };
            known.insert((name, id), batch);
        }
    }
    facts.known = known.into_values().collect();
}

/// The batch that a list shows under this reference. What is canceled may be what this create was to replace, or what
/// somebody stopped before it was resumed: that settles nothing.
pub fn listed(observed: &Observed, provider: &ProviderName, reference: &Reference) -> Option<BatchId> {
    under(observed, provider, reference)
        .find(|batch| batch.state != ReportedState::Canceled)
        .map(|batch| batch.id.clone())
}

/// A canceled one under this reference.
pub fn listed_canceled(observed: &Observed, provider: &ProviderName, reference: &Reference) -> Option<BatchId> {
    under(observed, provider, reference)
        .find(|batch| batch.state == ReportedState::Canceled)
        .map(|batch| batch.id.clone())
}

fn under<'a>(
    observed: &'a Observed,
    provider: &ProviderName,
    reference: &Reference,
) -> impl Iterator<Item = &'a ExistingBatch> {
    (observed.batches.iter())
        .filter(move |batch| batch.provider == *provider && batch.reference.as_ref() == Some(reference))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Api, Namespace, Proof, Recipients, Visible};
    use crate::plan::ProviderFacts;

    fn line(event: Event) -> Line {
        Line {
            at_ms: 1,
            provider: "ip1".to_owned(),
            reference: "acme.black-friday.000010000000000000".to_owned(),
            event,
        }
    }

    #[test]
    fn a_delete_that_was_refused_makes_nobody_elses_cancel_ours() {
        let asked = line(Event::Intent {
            call: Call::Cancel,
            reason: "changed".to_owned(),
            batch_id: Some("a".to_owned()),
            windows: Vec::new(),
        });
        let told = |outcome| {
            line(Event::Answer {
                call: Call::Cancel,
                outcome,
                batch_id: Some("a".to_owned()),
            })
        };
        let policy = Policy::new(Namespace::parse("acme").unwrap());
        let ours = |outcome| {
            let lines = [asked.clone(), told(outcome)];
            facts(Some(&lines), &Observed::default(), &policy).cancels.len()
        };
        assert_eq!(
            (ours(Outcome::Done), ours(Outcome::Unknown), ours(Outcome::NotSent)),
            (1, 1, 0)
        );
    }

    #[test]
    fn a_create_that_the_list_shows_only_after_the_lag_stays_unsettled_beside_what_is_shown() {
        let told = |outcome, batch_id: Option<&str>| {
            line(Event::Answer {
                call: Call::Create,
                outcome,
                batch_id: batch_id.map(str::to_owned),
            })
        };
        let asked = line(Event::Intent {
            call: Call::Create,
            reason: "new".to_owned(),
            batch_id: None,
            windows: Vec::new(),
        });
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        policy.providers.insert(ProviderName::parse("ip1").unwrap(), ip1());
        let folded = |answers: &[Line]| {
            let lines: Vec<Line> = [&asked].into_iter().chain(answers).cloned().collect();
            let facts = facts(Some(&lines), &Observed::default(), &policy);
            (
                facts.known.len(),
                facts.unknown.iter().map(|u| u.found_late).collect::<Vec<_>>(),
            )
        };
        assert_eq!(folded(&[]), (0, vec![false]));
        assert_eq!(folded(&[told(Outcome::Done, Some("a"))]), (1, vec![]), "found in time");
        assert_eq!(folded(&[told(Outcome::Unknown, None)]), (0, vec![false]));
        let late = [told(Outcome::Unknown, None), told(Outcome::Done, Some("a"))];
        assert_eq!(folded(&late), (1, vec![true]), "another machine's, perhaps");
        let never = [told(Outcome::Unknown, None), told(Outcome::NotSent, None)];
        assert_eq!(folded(&never), (0, vec![]));
    }

    /// Replaced because somebody had moved it, a batch keeps its reference: the canceled one is not what was created.
    #[test]
    fn a_canceled_batch_under_its_reference_does_not_settle_a_create() {
        let asked = line(Event::Intent {
            call: Call::Create,
            reason: "drift".to_owned(),
            batch_id: None,
            windows: Vec::new(),
        });
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        policy.providers.insert(ProviderName::parse("ip1").unwrap(), ip1());
        let folded = |state| {
            let observed = Observed {
                batches: vec![batch(&asked, state)],
                complete: true,
            };
            let facts = facts(Some(std::slice::from_ref(&asked)), &observed, &policy);
            let unknown: Vec<bool> = facts.unknown.iter().map(|create| create.found_late).collect();
            (facts.known.len(), unknown)
        };
        assert_eq!(folded(ReportedState::Planned), (1, vec![]));
        assert_eq!(
            folded(ReportedState::Canceled),
            (0, vec![true]),
            "held beside what is shown"
        );
    }

    fn batch(line: &Line, state: ReportedState) -> ExistingBatch {
        ExistingBatch {
            provider: ProviderName::parse(&line.provider).unwrap(),
            api: Api::Ip1,
            sandbox: false,
            id: BatchId("a".to_owned()),
            reference_text: Some(line.reference.clone()),
            reference: Reference::parse(&line.reference).ok(),
            position: 1,
            created_at: None,
            state,
            windows: Vec::new(),
            visible: Visible::default(),
            proof: Proof::NotRead,
            recipients: Recipients::NotRead,
        }
    }

    #[test]
    fn the_hold_of_an_unknown_create_counts_from_when_its_answer_was_given_up() {
        let minute = |minute: i64, event| Line {
            at_ms: minute * 60_000,
            ..line(event)
        };
        let asked = |at| {
            minute(
                at,
                Event::Intent {
                    call: Call::Create,
                    reason: "new".to_owned(),
                    batch_id: None,
                    windows: Vec::new(),
                },
            )
        };
        let given_up = |at| {
            minute(
                at,
                Event::Answer {
                    call: Call::Create,
                    outcome: Outcome::Unknown,
                    batch_id: None,
                },
            )
        };
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        policy.providers.insert(ProviderName::parse("ip1").unwrap(), ip1());
        let held_until = |lines: &[Line]| {
            let facts = facts(Some(lines), &Observed::default(), &policy);
            (facts.unknown.iter())
                .map(|create| create.hold_until.unix_millis() / 60_000)
                .collect::<Vec<_>>()
        };
        assert_eq!(held_until(&[asked(100)]), [115], "no answer: from the line before it");
        assert_eq!(
            held_until(&[asked(100), given_up(126)]),
            [141],
            "the machine slept before it left"
        );
        assert_eq!(held_until(&[asked(100), given_up(126), given_up(140)]), [141], "once");
        assert_eq!(held_until(&[asked(100), given_up(90)]), [115], "the clock was set back");
    }

    fn ip1() -> ProviderFacts {
        ProviderFacts {
            name: ProviderName::parse("ip1").unwrap(),
            account: String::new(),
            api: Api::Ip1,
            sandbox: false,
            max_windows: None,
            max_window_span: None,
            max_horizon: None,
            list_memory: None,
            replaces_in_place: false,
            removes_in_place: false,
            repairs_drift: false,
            keeps_tags: true,
            list_lag: Duration::from_secs(30),
            unknown_hold: Duration::from_mins(15),
        }
    }
}
