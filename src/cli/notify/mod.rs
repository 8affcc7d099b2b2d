//! Sends the outcome of a run to the hooks of `notify`: counts and a link, when something happened or the set of what
//! waits has changed.
//!
//! In: the plan of an apply and how it ended. Out: requests to the hooks, and what they were sent in
//! `.campanile/notified.json`. Never: a number, a text or a token; another exit code.

mod events;
mod message;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use self::events::{Happened, after_apply, after_failure};
use self::message::{Message, body, signature};
use super::context::{Context, write_file};
use super::environment::variable;
use super::exit::Exit;
use super::hosts::require_tls;
use super::runtime::runtime;
use super::state;
use super::workspace::{self, Workspace};
use crate::campaign::{Notify, NotifyFormat};
use crate::provider::http_client;
use crate::report::PlanView;

/// A hook has this long to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What each hook was sent last, by the variable of its address and the event: lines without anything personal.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Notified {
    hooks: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// Sends the outcome of an apply.
pub(super) async fn applied(context: &Context, workspace: &Workspace, plan: &PlanView, done: usize, exit: Exit) {
    if !workspace.project.notify.is_empty() {
        tell(context, workspace, &after_apply(plan, done, exit)).await;
    }
}

/// Sends that an apply failed before it had a plan. A project that cannot be read has no hooks.
pub(super) fn failed(context: &Context, exit: Exit) {
    if let (Ok(workspace), Ok(runtime)) = (workspace::open(context), runtime())
        && !workspace.project.notify.is_empty()
    {
        runtime.block_on(tell(context, &workspace, &after_failure(exit)));
    }
}

async fn tell(context: &Context, workspace: &Workspace, happened: &[Happened]) {
    let file = workspace.root().join(".campanile").join("notified.json");
    let mut notified = read(&file);
    for hook in &workspace.project.notify {
        let known = notified.hooks.entry(hook.url_env.clone()).or_default();
        for happened in happened.iter().filter(|happened| hook.on.contains(&happened.event)) {
            let event = happened.event.as_str();
            if !happened.is_news(known.get(event)) {
                continue;
            }
            let message = Message {
                namespace: workspace.project.namespace.as_str(),
                now: context.clock.now(),
                happened,
                link: run_link(),
            };
            match send(hook, &message).await {
                Ok(()) => {
                    known.insert(event.to_owned(), happened.things.clone());
                }
                Err(error) => context.warn(&format!("`notify` ({}): {error:#}", hook.url_env)),
            }
        }
    }
    let kept = serde_json::to_string_pretty(&notified).unwrap_or_default();
    let written = state::folder(workspace.root()).and_then(|_| write_file(&file, kept.as_bytes()));
    if let Err(failed) = written {
        context.warn(&failed.message);
    }
}

#[expect(clippy::disallowed_methods, reason = "a file of the program's own")]
fn read(file: &Path) -> Notified {
    std::fs::read(file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Posts a message. An event without a message makes no request.
async fn send(hook: &Notify, message: &Message<'_>) -> anyhow::Result<()> {
    if message.happened.is_over() {
        return Ok(());
    }
    let address = variable(&hook.url_env).filter(|address| !address.is_empty());
    let address = address.context("the variable is not set")?;
    let url = Url::parse(&address).map_err(|_| anyhow::anyhow!("the variable holds no address"))?;
    require_tls(&url)?;
    let text = body(hook.format, message);
    let mut request = http_client(PATIENCE)?
        .post(url)
        .header("content-type", "application/json");
    if let (NotifyFormat::Json, Some(name)) = (hook.format, &hook.secret_env) {
        let key = variable(name).filter(|key| !key.is_empty());
        let key = key.with_context(|| format!("`{name}` is not set: nothing is sent unsigned"))?;
        request = request.header("x-campanile-signature", signature(&key, &text));
    }
    let answer = request.body(text).send().await.map_err(reqwest::Error::without_url)?;
    let status = answer.status();
    anyhow::ensure!(status.is_success(), "the hook answered {}", status.as_u16());
    Ok(())
}

/// Where this run can be read, when CI says so.
fn run_link() -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let github = || {
        let (server, repository) = (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", set("GITHUB_RUN_ID")?))
    };
    github().or_else(|| set("CI_JOB_URL"))
}
