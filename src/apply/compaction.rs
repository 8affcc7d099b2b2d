//! A shorter journal that says the same: batches whose story is over are kept in a row each, in the place of their
//! lines.
//!
//! In: all lines, the clock. Out: lines from which every run draws the same facts. Never: a line that anything may
//! still follow. A story is over when the batch was created and answered, all its windows are a day past, and nothing
//! else was ever asked under its reference or of its id but one cancel that was answered. Whatever is not exactly so
//! keeps its lines.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::journal::{Call, CallOutcome, Event, Finished, FinishedCancel, Line};
use crate::model::{Instant, Reference};

/// So long after its last window nothing more is to come of a batch.
const OVER: Duration = Duration::from_hours(24);
/// So many rows a line: a torn line costs only these.
const ROWS: usize = 500;

/// Whose batches a line of finished ones holds.
type Owner = (String, Option<String>, String);

/// The same in fewer lines; `None` when nothing is to be gained.
pub fn compacted(lines: &[Line], now: Instant) -> Option<Vec<Line>> {
    let stories = Stories::of(lines);
    let over: BTreeMap<&str, Finished> = (stories.by_reference.iter())
        .filter(|(reference, _)| stories.is_alone(reference))
        .filter_map(|(reference, story)| Some((*reference, story.finished(reference, now)?)))
        .collect();
    let is_told =
        |line: &&Line| over.contains_key(line.reference.as_str()) && !matches!(line.event, Event::ReferenceKept { .. });
    if !lines.iter().any(|line| is_told(&line)) {
        return None;
    }
    let mut rows: BTreeMap<Owner, Vec<Finished>> = BTreeMap::new();
    for line in lines {
        if let Event::Finished { batches } = &line.event {
            let kept = batches
                .iter()
                .filter(|batch| !over.contains_key(batch.reference.as_str()));
            rows.entry(owner(line, &line.reference))
                .or_default()
                .extend(kept.cloned());
        }
    }
    for (reference, finished) in &over {
        let (Some(first), Ok(parsed)) = (stories.first_line(reference), Reference::parse(reference)) else {
            continue;
        };
        let owner = owner(first, parsed.namespace.as_str());
        rows.entry(owner).or_default().push(finished.clone());
    }
    let short = rows
        .into_iter()
        .flat_map(|(owner, batches)| finished_lines(&owner, &batches, now));
    let rest = (lines.iter()).filter(|line| !is_told(line) && !matches!(line.event, Event::Finished { .. }));
    Some(short.chain(rest.cloned()).collect())
}

fn owner(line: &Line, namespace: &str) -> Owner {
    (line.provider.clone(), line.account.clone(), namespace.to_owned())
}

fn finished_lines(owner: &Owner, batches: &[Finished], now: Instant) -> Vec<Line> {
    let (provider, account, namespace) = owner;
    let line = |batches: &[Finished]| Line {
        at_ms: now.unix_millis(),
        provider: provider.clone(),
        account: account.clone(),
        reference: namespace.clone(),
        event: Event::Finished {
            batches: batches.to_vec(),
        },
    };
    batches.chunks(ROWS).map(line).collect()
}

/// Everything that was ever said under each reference.
struct Stories<'a> {
    by_reference: BTreeMap<&'a str, Story<'a>>,
    /// References under which each id is named.
    references_of: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// What was said under one reference, oldest first.
#[derive(Default)]
struct Story<'a> {
    /// Rows of it that were short before.
    short: Vec<(&'a Line, &'a Finished)>,
    lines: Vec<&'a Line>,
}

impl<'a> Stories<'a> {
    fn of(lines: &'a [Line]) -> Self {
        let mut stories = Self {
            by_reference: BTreeMap::new(),
            references_of: BTreeMap::new(),
        };
        for line in lines {
            if let Event::Finished { batches } = &line.event {
                for batch in batches {
                    stories.story(&batch.reference).short.push((line, batch));
                    stories.name(&batch.batch_id, &batch.reference);
                }
                continue;
            }
            stories.story(&line.reference).lines.push(line);
            if let Some(id) = id_of(&line.event) {
                stories.name(id, &line.reference);
            }
        }
        stories
    }

    fn story(&mut self, reference: &'a str) -> &mut Story<'a> {
        self.by_reference.entry(reference).or_default()
    }

    fn name(&mut self, id: &'a str, reference: &'a str) {
        self.references_of.entry(id).or_default().insert(reference);
    }

    /// Whether no id of this story is named in another one.
    fn is_alone(&self, reference: &str) -> bool {
        let Some(story) = self.by_reference.get(reference) else {
            return false;
        };
        let told = story.lines.iter().filter_map(|line| id_of(&line.event));
        let short = story.short.iter().map(|(_, batch)| batch.batch_id.as_str());
        told.chain(short).all(|id| {
            self.references_of
                .get(id)
                .is_some_and(|references| references.len() == 1)
        })
    }

    fn first_line(&self, reference: &str) -> Option<&'a Line> {
        let story = self.by_reference.get(reference)?;
        let short = story.short.first().map(|(line, _)| *line);
        short.or(story.lines.first().copied())
    }
}

impl Story<'_> {
    /// The row of a story that is over and has lines to spare.
    fn finished(&self, reference: &str, now: Instant) -> Option<Finished> {
        Reference::parse(reference).ok()?;
        let mut lines = self.lines.iter().peekable();
        lines.peek()?;
        let (owner, mut row) = match self.short.as_slice() {
            [] => {
                let asked = lines.next()?;
                (*asked, created(asked, lines.next()?)?)
            }
            [(line, batch)] => (*line, (*batch).clone()),
            [_, _, ..] => return None,
        };
        let mut asked: Option<Call> = None;
        for line in lines {
            if (&line.provider, &line.account) != (&owner.provider, &owner.account)
                || id_of(&line.event) != Some(&row.batch_id)
            {
                return None;
            }
            match (&line.event, asked, &mut row.cancel) {
                (Event::ReferenceKept { .. } | Event::OtherPeople { .. }, _, _) => {}
                (Event::Missing { .. }, _, _) => row.missed_at_ms = row.missed_at_ms.or(Some(line.at_ms)),
                (
                    Event::Intent {
                        call: call @ (Call::Cancel | Call::Stop),
                        ..
                    },
                    None,
                    None,
                ) => asked = Some(*call),
                (
                    Event::Answer {
                        call: Call::Cancel | Call::Stop,
                        outcome: CallOutcome::Done,
                        ..
                    },
                    Some(call),
                    None,
                ) => {
                    row.cancel = Some(FinishedCancel {
                        by_stop: call == Call::Stop,
                        answered_at_ms: line.at_ms,
                        proved_silent: false,
                    });
                }
                (Event::ProvedSilent { .. }, _, Some(cancel)) => cancel.proved_silent = true,
                _ => return None,
            }
        }
        let is_answered = asked.is_none() || row.cancel.is_some();
        let closes = row.windows.iter().map(|(_, closes)| *closes).max()?;
        let is_over = Instant::from_unix_seconds(closes) + OVER < now;
        (is_answered && is_over).then_some(row)
    }
}

/// A create and its answer, next to each other under their reference.
fn created(asked: &Line, told: &Line) -> Option<Finished> {
    match (&asked.event, &told.event) {
        (
            Event::Intent {
                call: Call::Create,
                batch_id: None,
                windows,
                ..
            },
            Event::Answer {
                call: Call::Create,
                outcome: CallOutcome::Done,
                batch_id: Some(id),
            },
        ) if (&asked.provider, &asked.account) == (&told.provider, &told.account) => Some(Finished {
            reference: asked.reference.clone(),
            batch_id: id.clone(),
            windows: windows.clone(),
            cancel: None,
            missed_at_ms: None,
        }),
        _ => None,
    }
}

fn id_of(event: &Event) -> Option<&str> {
    match event {
        Event::Intent { batch_id, .. } | Event::Answer { batch_id, .. } => batch_id.as_deref(),
        Event::ProvedSilent { batch_id }
        | Event::Missing { batch_id }
        | Event::OtherPeople { batch_id, .. }
        | Event::ReferenceKept { batch_id } => Some(batch_id),
        Event::Recognized | Event::List { .. } | Event::Finished { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cancels::{canceled_by_apply, unanswered_cancels};
    use super::super::facts::facts;
    use super::super::testing;
    use super::*;
    use crate::model::{AccountId, ExistingBatch, Namespace, ProviderName, ReportedState};
    use crate::plan::{Observed, Policy};

    const ACCOUNTS: [&str; 2] = ["ip1-1", "ip1-2"];

    fn account(of: usize) -> AccountId {
        AccountId::new("ip1", Some(ACCOUNTS[of]), "https://api.ip1sms.com")
    }

    fn reference(n: usize) -> String {
        let namespace = if n == 3 { "old" } else { "acme" };
        format!("{namespace}.black-friday.0000100000{n:08}")
    }

    fn line(at: i64, n: usize, account_of: Option<usize>, event: Event) -> Line {
        Line {
            at_ms: at * 1_000,
            provider: "ip1".to_owned(),
            account: account_of.map(|of| account(of).as_str().to_owned()),
            reference: reference(n),
            event,
        }
    }

    /// What one call leaves behind: an intent and, mostly, its answer.
    fn story() -> impl Strategy<Value = Vec<Line>> {
        let account_of = prop_oneof![8 => Just(Some(0)), 1 => Just(Some(1)), 1 => Just(None)];
        (0_usize..4, account_of, 0_usize..4, 0_usize..8, 0_i64..3, 0_usize..6).prop_map(
            |(n, account_of, other, kind, day, ending)| {
                let id = if ending == 0 {
                    format!("id-{other}")
                } else {
                    format!("id-{n}")
                };
                let at = day * 86_400;
                let windows = vec![(at + 3_600, at + 7_200)];
                let intent = |call, batch_id| Event::Intent {
                    call,
                    reason: "new".to_owned(),
                    batch_id,
                    windows: windows.clone(),
                    says: None,
                };
                let answer = |call, outcome, batch_id| Event::Answer {
                    call,
                    outcome,
                    batch_id,
                };
                let told = match ending {
                    0..=3 => CallOutcome::Done,
                    4 => CallOutcome::Unknown,
                    _ => CallOutcome::NotSent,
                };
                let one = Some(id.clone());
                let created = (told == CallOutcome::Done).then(|| id.clone());
                let events = match kind {
                    0..=2 => vec![intent(Call::Create, None), answer(Call::Create, told, created)],
                    3 => vec![intent(Call::Cancel, one.clone()), answer(Call::Cancel, told, one)],
                    4 => vec![
                        intent(Call::Stop, one.clone()),
                        answer(Call::Stop, told, one),
                        Event::ProvedSilent { batch_id: id },
                    ],
                    5 => vec![Event::Missing { batch_id: id }],
                    6 => vec![
                        Event::ReferenceKept { batch_id: id.clone() },
                        Event::OtherPeople {
                            batch_id: id,
                            added: 1,
                            missing: 2,
                        },
                    ],
                    _ => vec![intent(Call::Update, one.clone()), answer(Call::Update, told, one)],
                };
                let cut = if ending == 5 && day == 2 { 1 } else { events.len() };
                (events.into_iter().take(cut))
                    .map(|event| line(at, n, account_of, event))
                    .collect()
            },
        )
    }

    fn observed() -> impl Strategy<Value = Observed> {
        let shown = (0_usize..4, 0_usize..4, any::<bool>()).prop_map(|(n, id, is_canceled)| ExistingBatch {
            state: if is_canceled {
                ReportedState::Canceled
            } else {
                ReportedState::Sent
            },
            ..testing::batch("ip1", &format!("id-{id}"), &reference(n))
        });
        proptest::collection::vec(shown, 0..4).prop_map(|batches| Observed {
            batches,
            complete: true,
        })
    }

    fn policy() -> Policy {
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        let name = ProviderName::parse("ip1").unwrap();
        policy.providers.insert(name, testing::ip1("ip1", account(0)));
        policy
    }

    fn assert_same(long: &[Line], short: &[Line], observed: &Observed) -> Result<(), TestCaseError> {
        let policy = policy();
        let facts = |lines: &[Line]| format!("{:#?}", facts(Some(lines), observed, &policy));
        prop_assert_eq!(facts(long), facts(short));
        let open = |lines: &[Line]| unanswered_cancels(lines, observed, &policy);
        prop_assert_eq!(open(long), open(short));
        prop_assert_eq!(canceled_by_apply(long), canceled_by_apply(short));
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        /// Whatever was written down, and whatever the lists show, nothing is concluded from the short lines that the
        /// long ones did not say; and what is written down afterwards means the same behind both.
        #[test]
        fn a_short_journal_says_what_the_long_one_said(
            stories in proptest::collection::vec(story(), 0..8),
            later in proptest::collection::vec(story(), 0..3),
            observed in observed(),
            day in 0_i64..6,
        ) {
            let long: Vec<Line> = stories.concat();
            let now = Instant::from_unix_seconds(day * 86_400);
            if let Some(short) = compacted(&long, now) {
                assert_same(&long, &short, &observed)?;
                // A create of which nothing more is to come gets no second answer.
                let later: Vec<Line> = later.concat().into_iter()
                    .filter(|line| !matches!(line.event, Event::Answer { call: Call::Create | Call::Update, .. }))
                    .collect();
                let (long, short) = ([long, later.clone()].concat(), [short, later].concat());
                assert_same(&long, &short, &observed)?;
                let again = compacted(&short, now + Duration::from_hours(48)).unwrap_or_else(|| short.clone());
                assert_same(&long, &again, &observed)?;
            }
        }

        #[test]
        fn a_row_comes_back_as_it_was_written(stories in proptest::collection::vec(story(), 0..8)) {
            let now = Instant::from_unix_seconds(9 * 86_400);
            for line in compacted(&stories.concat(), now).unwrap_or_default() {
                let text = serde_json::to_string(&line).unwrap();
                prop_assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
            }
        }
    }

    #[test]
    fn what_is_over_becomes_a_row_a_day_after_its_last_window() {
        let lines = [
            line(
                0,
                0,
                Some(0),
                Event::Intent {
                    call: Call::Create,
                    reason: "new".to_owned(),
                    batch_id: None,
                    windows: vec![(10, 20)],
                    says: None,
                },
            ),
            line(
                1,
                0,
                Some(0),
                Event::Answer {
                    call: Call::Create,
                    outcome: CallOutcome::Done,
                    batch_id: Some("a".to_owned()),
                },
            ),
        ];
        assert_eq!(compacted(&lines, Instant::from_unix_seconds(86_420)), None);
        let short = compacted(&lines, Instant::from_unix_seconds(86_421)).unwrap();
        let [
            Line {
                event: Event::Finished { batches },
                ..
            },
        ] = &short[..]
        else {
            panic!("{short:?}");
        };
        assert_eq!((batches.len(), &batches[0].batch_id), (1, &"a".to_owned()));
        assert_eq!(
            compacted(&short, Instant::from_unix_seconds(900_000)),
            None,
            "nothing more to gain"
        );
        assert_eq!(
            compacted(&lines[..1], Instant::from_unix_seconds(900_000)),
            None,
            "no answer"
        );
    }
}
