//! Lines of a journal, and what they amount to.

use super::*;
use crate::apply::testing;
use crate::model::{AccountId, ExistingBatch, Namespace, ProviderName, ReportedState};
use crate::plan::ProviderFacts;

fn line(event: Event) -> Line {
    Line {
        at_ms: 1,
        provider: "ip1".to_owned(),
        account: Some(account().as_str().to_owned()),
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
        says: None,
    });
    let told = |outcome| {
        line(Event::Answer {
            call: Call::Cancel,
            outcome,
            batch_id: Some("a".to_owned()),
        })
    };
    let mut policy = Policy::new(Namespace::parse("acme").unwrap());
    policy.providers.insert(ProviderName::parse("ip1").unwrap(), ip1());
    let ours = |outcome| {
        let lines = [asked.clone(), told(outcome)];
        facts(Some(&lines), &Observed::default(), &policy).cancels.len()
    };
    assert_eq!(
        (
            ours(CallOutcome::Done),
            ours(CallOutcome::Unknown),
            ours(CallOutcome::NotSent)
        ),
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
        says: None,
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
    assert_eq!(
        folded(&[told(CallOutcome::Done, Some("a"))]),
        (1, vec![]),
        "found in time"
    );
    assert_eq!(folded(&[told(CallOutcome::Unknown, None)]), (0, vec![false]));
    let late = [told(CallOutcome::Unknown, None), told(CallOutcome::Done, Some("a"))];
    assert_eq!(folded(&late), (1, vec![true]), "another machine's, perhaps");
    let never = [told(CallOutcome::Unknown, None), told(CallOutcome::NotSent, None)];
    assert_eq!(folded(&never), (0, vec![]));
}

#[test]
fn a_batch_under_nobodys_reference_that_opens_when_a_lost_create_would_may_be_it() {
    let mut policy = Policy::new(Namespace::parse("acme").unwrap());
    policy.providers.insert(ProviderName::parse("ip1").unwrap(), ip1());
    let (opens, closes) = (100_000, 103_600);
    let asked = line(Event::Intent {
        call: Call::Create,
        reason: "new".to_owned(),
        batch_id: None,
        windows: vec![(opens, closes)],
        says: None,
    });
    let answer = |call, id: &str| {
        line(Event::Answer {
            call,
            outcome: CallOutcome::Done,
            batch_id: Some(id.to_owned()),
        })
    };
    let shown = |reference: Option<&str>, opens: i64, state| ExistingBatch {
        state,
        reference_text: reference.map(str::to_owned),
        reference: reference.and_then(|text| Reference::parse(text).ok()),
        windows: read_windows(&[(opens, closes)]),
        ..testing::batch("ip1", "b", "")
    };
    let found = |lines: &[Line], batch: ExistingBatch| {
        let observed = Observed {
            batches: vec![batch],
            complete: true,
        };
        let unknown = facts(Some(lines), &observed, &policy).unknown;
        (
            unknown[0].lookalike.is_some(),
            unknown[0].hold_until == Instant::from_unix_seconds(closes),
        )
    };
    let lines = [asked.clone()];
    let planned = ReportedState::Planned;
    assert_eq!(found(&lines, shown(None, opens, planned)), (true, true));
    assert_eq!(found(&lines, shown(Some("ACME.X"), opens, planned)), (true, true));
    assert_eq!(
        found(&lines, shown(None, opens, ReportedState::Canceled)),
        (true, true),
        "somebody's brake, perhaps"
    );
    assert_eq!(found(&lines, shown(None, opens + 60, planned)), (false, false));
    let others = "shop.spring.000010000000000000";
    assert_eq!(found(&lines, shown(Some(others), opens, planned)), (false, false));
    let mut earlier = asked.clone();
    earlier.reference = "acme.earlier.000010000000000000".to_owned();
    let mut told = answer(Call::Create, "b");
    told.reference.clone_from(&earlier.reference);
    let lines = [earlier, told, asked];
    assert_eq!(
        found(&lines, shown(None, opens, planned)),
        (false, false),
        "it is another create's, by its id"
    );
}

/// Replaced because somebody had moved it, a batch keeps its reference: the canceled one is not what was created.
#[test]
fn a_canceled_batch_under_its_reference_does_not_settle_a_create() {
    let asked = line(Event::Intent {
        call: Call::Create,
        reason: "drift".to_owned(),
        batch_id: None,
        windows: Vec::new(),
        says: None,
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
        state,
        ..testing::batch(&line.provider, "a", &line.reference)
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
                says: None,
            },
        )
    };
    let given_up = |at| {
        minute(
            at,
            Event::Answer {
                call: Call::Create,
                outcome: CallOutcome::Unknown,
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

fn account() -> AccountId {
    AccountId::new("ip1", Some("ip1-1"), "https://api.ip1sms.com")
}

fn ip1() -> ProviderFacts {
    testing::ip1("ip1", account())
}

fn asked(account: Option<&AccountId>, call: Call, id: Option<&str>) -> Line {
    Line {
        account: account.map(|account| account.as_str().to_owned()),
        ..line(Event::Intent {
            call,
            reason: "new".to_owned(),
            batch_id: id.map(str::to_owned),
            windows: Vec::new(),
            says: None,
        })
    }
}

fn told(account: Option<&AccountId>, call: Call, id: &str) -> Line {
    Line {
        account: account.map(|account| account.as_str().to_owned()),
        ..line(Event::Answer {
            call,
            outcome: CallOutcome::Done,
            batch_id: Some(id.to_owned()),
        })
    }
}

fn proved(account: Option<&AccountId>, id: &str) -> Line {
    Line {
        account: account.map(|account| account.as_str().to_owned()),
        ..line(Event::ProvedSilent {
            batch_id: id.to_owned(),
        })
    }
}

/// Known, elsewhere, cancels, accounts.
fn counts(lines: &[Line], observed: &Observed) -> (usize, usize, usize, usize) {
    let mut policy = Policy::new(Namespace::parse("acme").unwrap());
    policy.providers.insert(ProviderName::parse("ip1").unwrap(), ip1());
    let facts = facts(Some(lines), observed, &policy);
    (
        facts.known.len(),
        facts.elsewhere.len(),
        facts.cancels.len(),
        facts.accounts.len(),
    )
}

#[test]
fn lines_of_another_account_are_no_facts_about_this_one() {
    let other = AccountId::new("ip1", Some("ip1-2"), "https://api.ip1sms.com");
    let created = |account| [asked(account, Call::Create, None), told(account, Call::Create, "a")];
    let canceled = |account| {
        [
            asked(account, Call::Cancel, Some("a")),
            told(account, Call::Cancel, "a"),
            proved(account, "a"),
        ]
    };
    let nothing = Observed::default();
    let (here, there) = (account(), other);
    assert_eq!(counts(&created(Some(&here)), &nothing), (1, 0, 0, 1));
    assert_eq!(
        counts(&created(Some(&there)), &nothing),
        (0, 1, 0, 0),
        "held, elsewhere"
    );
    assert_eq!(counts(&created(None), &nothing), (1, 0, 0, 0), "in doubt: it holds");
    let both = |account| [&created(account)[..], &canceled(account)[..]].concat();
    assert_eq!(counts(&both(Some(&here)), &nothing), (1, 0, 1, 1));
    assert_eq!(counts(&both(Some(&there)), &nothing), (0, 0, 0, 0), "canceled there");
    assert_eq!(counts(&both(None), &nothing), (0, 0, 0, 0), "gone, wherever it was");
    assert_eq!(
        counts(&canceled(None), &nothing),
        (0, 0, 0, 0),
        "in doubt: it frees nothing"
    );
    let shown = Observed {
        batches: vec![testing::batch("ip1", "a", "acme.black-friday.000010000000000000")],
        complete: true,
    };
    assert_eq!(
        counts(&both(Some(&there)), &shown),
        (1, 0, 1, 1),
        "the id is here after all"
    );
    assert_eq!(counts(&canceled(None), &shown), (0, 0, 1, 1));
}

#[test]
fn a_create_without_an_answer_at_another_account_holds_too() {
    let there = AccountId::new("sinch", Some("plan"), "https://eu.sms.api.sinch.com");
    let lines = [asked(Some(&there), Call::Create, None)];
    assert_eq!(counts(&lines, &Observed::default()), (0, 1, 0, 0));
}

#[test]
fn a_line_of_another_namespace_does_not_make_an_account_known() {
    let other = Line {
        reference: "shop.black-friday.000010000000000000".to_owned(),
        ..told(Some(&account()), Call::Create, "a")
    };
    assert_eq!(counts(&[other], &Observed::default()).3, 0);
    let recognized = Line {
        reference: "acme".to_owned(),
        ..line(Event::Recognized)
    };
    assert_eq!(counts(&[recognized], &Observed::default()).3, 1);
}
