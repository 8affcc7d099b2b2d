//! `plan --verify`: the provider's own dry run against our count, for a sample of each batch that would be sent.

use std::collections::BTreeMap;

use super::clock::SystemClock;
use super::context::Failed;
use super::diagnostics::VERIFY_DIFFERS;
use crate::apply::RunContext;
use crate::model::{Diagnostic, Encoding, Msisdn, Payload, PayloadRecipients};
use crate::plan::{Operation, Plan};
use crate::provider::{AnyProvider, DryRunMessage, NewBatch, Provider};
use crate::render::segment;

/// So many people of a batch are compared.
const SAMPLE: usize = 20;
/// So many batches are asked about.
const BATCHES: usize = 20;

/// A diagnostic for every disagreement, with both values.
pub(super) async fn verify(
    run: &RunContext<'_, AnyProvider, SystemClock>,
    plan: &Plan,
) -> Result<Vec<Diagnostic>, Failed> {
    let mut diagnostics = Vec::new();
    let mut asked = 0;
    for operation in plan
        .operations
        .iter()
        .filter(|operation| operation.sends())
        .take(BATCHES)
    {
        let Some(provider) = run
            .provider(&operation.provider)
            .filter(|provider| provider.capabilities().has_dry_run)
        else {
            continue;
        };
        let Some(content) = &operation.content else { continue };
        let mut batch = run
            .payloads
            .batch(operation, content.declared.clone())
            .map_err(anyhow::Error::from)?;
        batch.payload = sample(&batch.payload);
        let answer = provider.dry_run(&batch).await.map_err(super::accounts::unreadable)?;
        asked += 1;
        diagnostics.extend(
            answer
                .sample
                .iter()
                .filter_map(|theirs| difference(operation, &batch, theirs)),
        );
    }
    if asked == 0 {
        diagnostics.push(Diagnostic::note(
            &VERIFY_DIFFERS,
            "nothing to verify: no batch would be sent through a provider that has a dry run",
        ));
    }
    Ok(diagnostics)
}

fn sample(payload: &Payload) -> Payload {
    let recipients = match &payload.recipients {
        PayloadRecipients::Plain(people) => PayloadRecipients::Plain(people.iter().copied().take(SAMPLE).collect()),
        PayloadRecipients::Personalized(people) => {
            PayloadRecipients::Personalized(people.iter().take(SAMPLE).cloned().collect())
        }
    };
    Payload {
        body: payload.body.clone(),
        recipients,
    }
}

/// Our text for one person: the documented expansion of what we would send.
fn expanded(batch: &NewBatch) -> BTreeMap<Msisdn, String> {
    let body = &batch.payload.body;
    match &batch.payload.recipients {
        PayloadRecipients::Plain(people) => people.iter().map(|number| (*number, body.clone())).collect(),
        PayloadRecipients::Personalized(people) => people
            .iter()
            .map(|(number, values)| {
                let text = values.iter().fold(body.clone(), |text, (key, value)| {
                    text.replace(&format!("${{{key}}}"), value)
                });
                (*number, text)
            })
            .collect(),
    }
}

fn difference(operation: &Operation, batch: &NewBatch, theirs: &DryRunMessage) -> Option<Diagnostic> {
    let ours = expanded(batch).remove(&theirs.recipient);
    let Some(ours) = ours else {
        let message = format!(
            "`{}`: the provider names a recipient ({}) that is not in the batch",
            operation.reference,
            theirs.recipient.masked()
        );
        return Some(Diagnostic::error(&VERIFY_DIFFERS, message));
    };
    let counted = segment(&ours);
    let is_unicode = counted.encoding == Encoding::Ucs2;
    let what = if ours != theirs.body {
        format!(
            "the provider's text has {} characters, ours {}, and they differ",
            theirs.body.chars().count(),
            ours.chars().count()
        )
    } else if counted.segments != theirs.segments {
        format!(
            "the provider counts {} segments, we count {}",
            theirs.segments, counted.segments
        )
    } else if is_unicode != theirs.is_unicode {
        let name = |unicode: bool| if unicode { "UCS-2" } else { "GSM-7" };
        format!(
            "the provider says {}, we say {}",
            name(theirs.is_unicode),
            name(is_unicode)
        )
    } else {
        return None;
    };
    let message = format!(
        "`{}`, recipient {}: {what}",
        operation.reference,
        theirs.recipient.masked()
    );
    Some(
        Diagnostic::warning(&VERIFY_DIFFERS, message)
            .hint("the estimate may be off; ask the provider how it encodes this text"),
    )
}
