//! `campanile comment`: one sticky comment on a pull or merge request, from what `plan --save` left.
//!
//! In: a saved plan, or why there is none, and the variables of CI. Out: the comment posted, updated, or left alone
//! when a newer plan's is there; a plan that is outdated stays below the reason why there is no newer one. Never:
//! another exit code than 0 once the plan was read; a comment is not worth a red build.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::comment_body::{News, marked_instant};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::hosts::require_tls;
use crate::model::Instant;
use crate::provider::http_client;

/// How far the clocks of two runners may differ: a comment from a later instant is nobody's plan.
const SKEW: Duration = Duration::from_mins(5);
/// Bytes of an answer: a page of 100 comments of 65,536 characters has less than 32 MB.
const LARGEST: usize = 32 << 20;

/// Post or update one comment on a pull request from a saved plan
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile comment github plan.json    # GITHUB_TOKEN, and what GitHub Actions sets\n  campanile comment gitlab plan.json    # GITLAB_TOKEN, and what GitLab CI sets\n\nA failed comment is a warning: the exit code stays 0."
)]
pub(crate) struct CommentArgs {
    /// The code host
    #[command(subcommand)]
    pub host: Host,
}

/// Code hosts.
#[derive(Debug, Subcommand)]
pub(crate) enum Host {
    /// A pull request on GitHub
    Github {
        /// From `campanile plan --save`: a plan, or why there is none
        plan: PathBuf,
        /// OWNER/NAME
        #[arg(long, env = "GITHUB_REPOSITORY")]
        repository: Option<String>,
        /// Number of the pull request [default: from the event]
        #[arg(long)]
        number: Option<u64>,
        /// API of the host
        #[arg(long, env = "GITHUB_API_URL", default_value = "https://api.github.com")]
        api_url: String,
        #[arg(long, env = "GITHUB_TOKEN", hide = true, hide_env_values = true)]
        token: Option<SecretString>,
        #[arg(long, env = "GITHUB_EVENT_PATH", hide = true)]
        event: Option<PathBuf>,
    },
    /// A merge request on GitLab
    Gitlab {
        /// From `campanile plan --save`: a plan, or why there is none
        plan: PathBuf,
        /// Project id
        #[arg(long, env = "CI_PROJECT_ID")]
        project: Option<String>,
        /// Number (iid) of the merge request
        #[arg(long, env = "CI_MERGE_REQUEST_IID")]
        number: Option<u64>,
        /// API of the host
        #[arg(long, env = "CI_API_V4_URL", default_value = "https://gitlab.com/api/v4")]
        api_url: String,
        #[arg(long, env = "GITLAB_TOKEN", hide = true, hide_env_values = true)]
        token: Option<SecretString>,
    },
}

/// Posts, updates or skips. Whatever keeps the comment from being posted is a warning: a run's own exit code counts.
pub(crate) fn run(context: &Context, args: &CommentArgs) -> Result<Exit, Failed> {
    let now = context.clock.now();
    let news = News::read(context, args.plan(), now)?;
    let runtime = crate::cli::runtime::runtime()?;
    let done = args
        .thread()
        .and_then(|thread| runtime.block_on(post(&thread, &news, now)));
    let (posted, told) = match done {
        Ok(done) => (true, done.to_owned()),
        Err(error) => {
            context.warn(&format!("the comment was not posted: {error:#}"));
            (false, format!("the comment was not posted: {error:#}"))
        }
    };
    if context.is_json() {
        let document = json!({ "format_version": "1.0", "posted": posted, "message": told, "exit_code": 0 });
        context.print(&pretty(&document));
    } else if posted {
        context.note(&told);
    }
    Ok(Exit::Done)
}

impl CommentArgs {
    fn plan(&self) -> &Path {
        match &self.host {
            Host::Github { plan, .. } | Host::Gitlab { plan, .. } => plan,
        }
    }

    /// Where to, or what is missing to know it. CI without its secrets (a fork) sets variables to nothing.
    fn thread(&self) -> anyhow::Result<Thread> {
        let secret = |value: &Option<SecretString>, missing: &'static str| {
            let value = value.clone().filter(|value| !value.expose_secret().is_empty());
            value.context(missing)
        };
        let given = |value: &Option<String>, missing: &'static str| {
            let value = value.clone().filter(|value| !value.is_empty());
            value.context(missing)
        };
        match &self.host {
            Host::Github {
                repository,
                number,
                api_url,
                token,
                event,
                ..
            } => {
                let token = secret(token, "`GITHUB_TOKEN` is not set")?;
                let repository = given(
                    repository,
                    "no repository: set `GITHUB_REPOSITORY`, or give `--repository`",
                )?;
                let number = number.or_else(|| event_number(event.as_deref()));
                let number = number.context("no pull request: run on a `pull_request` event, or give `--number`")?;
                Ok(Thread::github(api_url, &repository, number, &token))
            }
            Host::Gitlab {
                project,
                number,
                api_url,
                token,
                ..
            } => {
                let token = secret(token, "`GITLAB_TOKEN` is not set")?;
                let project = given(project, "no project: set `CI_PROJECT_ID`, or give `--project`")?;
                let number = number.context("no merge request: set `CI_MERGE_REQUEST_IID`, or give `--number`")?;
                Ok(Thread::gitlab(api_url, &project, number, &token))
            }
        }
    }
}

/// Where comments of a request are read and written.
struct Thread {
    /// List (GET) and create (POST).
    collection: String,
    /// One comment: this, then its id.
    item: String,
    update: Method,
    /// Who we are, where the host says so; else the author's role in the project decides.
    ourselves: Option<String>,
    auth: (&'static str, SecretString),
}

impl Thread {
    fn github(api: &str, repository: &str, number: u64, token: &SecretString) -> Self {
        let base = format!("{}/repos/{repository}/issues", api.trim_end_matches('/'));
        Self {
            collection: format!("{base}/{number}/comments"),
            item: format!("{base}/comments/"),
            update: Method::PATCH,
            ourselves: None,
            auth: ("authorization", format!("Bearer {}", token.expose_secret()).into()),
        }
    }

    fn gitlab(api: &str, project: &str, number: u64, token: &SecretString) -> Self {
        let project = project.replace('/', "%2F");
        let collection = format!(
            "{}/projects/{project}/merge_requests/{number}/notes",
            api.trim_end_matches('/')
        );
        Self {
            item: format!("{collection}/"),
            collection,
            update: Method::PUT,
            ourselves: Some(format!("{}/user", api.trim_end_matches('/'))),
            auth: ("private-token", token.clone()),
        }
    }
}

async fn post(thread: &Thread, news: &News, now: Instant) -> anyhow::Result<&'static str> {
    let client = http_client(Duration::from_secs(30))?;
    let existing = find(&client, thread, &news.namespace).await?;
    let (method, url) = match &existing {
        Some(theirs) if is_newer(&theirs.instant, &news.made_at, now) => {
            return Ok("there is a comment from a newer plan: left alone");
        }
        Some(theirs) => (thread.update.clone(), format!("{}{}", thread.item, theirs.id)),
        None => (Method::POST, thread.collection.clone()),
    };
    let body = news.body(existing.as_ref().map(|theirs| theirs.body.as_str()));
    send(&client, thread, method, &url, Some(&json!({ "body": body }))).await?;
    Ok(if existing.is_some() {
        "updated the comment"
    } else {
        "posted the comment"
    })
}

/// From a plan made after this one, and not from an instant that has not come yet.
fn is_newer(instant: &str, made_at: &str, now: Instant) -> bool {
    let (Ok(theirs), Ok(ours)) = (Instant::parse(instant), Instant::parse(made_at)) else {
        return false;
    };
    theirs > ours && theirs <= now + SKEW
}

async fn find(client: &reqwest::Client, thread: &Thread, namespace: &str) -> anyhow::Result<Option<Theirs>> {
    const PAGES: u32 = 50; // 5,000 comments
    for page in 1..=PAGES {
        let url = format!("{}?per_page=100&page={page}", thread.collection);
        let answer = send(client, thread, Method::GET, &url, None).await?;
        let comments = answer.as_array().cloned().unwrap_or_default();
        for comment in &comments {
            if let Some(marked) = marked(comment, namespace)
                && is_ours(client, thread, comment).await?
            {
                return Ok(Some(marked));
            }
        }
        if comments.len() < 100 {
            return Ok(None);
        }
    }
    Ok(None)
}

/// A comment that bears our mark.
struct Theirs {
    id: u64,
    instant: String,
    body: String,
}

fn marked(comment: &Value, namespace: &str) -> Option<Theirs> {
    let body = comment.get("body")?.as_str()?;
    Some(Theirs {
        id: comment.get("id")?.as_u64()?,
        instant: marked_instant(body, namespace)?.to_owned(),
        body: body.to_owned(),
    })
}

/// Anybody can write our mark. A comment of a stranger stays his, so that he cannot show a plan that is not ours.
async fn is_ours(client: &reqwest::Client, thread: &Thread, comment: &Value) -> anyhow::Result<bool> {
    if let Some(part) = comment.get("author_association").and_then(Value::as_str) {
        let is_bot = comment.pointer("/user/type").and_then(Value::as_str) == Some("Bot");
        return Ok(is_bot || matches!(part, "OWNER" | "MEMBER" | "COLLABORATOR"));
    }
    match (comment.pointer("/author/id"), &thread.ourselves) {
        (Some(author), Some(url)) => {
            let ourselves = send(client, thread, Method::GET, url, None).await?;
            Ok(ourselves.get("id") == Some(author))
        }
        _ => Ok(true),
    }
}

async fn send(
    client: &reqwest::Client,
    thread: &Thread,
    method: Method,
    url: &str,
    body: Option<&Value>,
) -> anyhow::Result<Value> {
    let url = Url::parse(url)?;
    require_tls(&url)?;
    let mut request = client
        .request(method, url)
        .header(thread.auth.0, thread.auth.1.expose_secret())
        .header("user-agent", "campanile");
    if let Some(body) = body {
        request = request.json(body);
    }
    let mut answer = request.send().await.map_err(reqwest::Error::without_url)?;
    let status = answer.status();
    anyhow::ensure!(status.is_success(), "the host answered {}", status.as_u16());
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        text.extend_from_slice(&chunk);
        anyhow::ensure!(
            text.len() <= LARGEST,
            "the host's answer is larger than {LARGEST} bytes"
        );
    }
    Ok(serde_json::from_slice(&text)?)
}

#[expect(clippy::disallowed_methods, reason = "GitHub gives the event in a file")]
fn event_number(event: Option<&Path>) -> Option<u64> {
    let event: Value = serde_json::from_slice(&std::fs::read(event?).ok()?).ok()?;
    ["/pull_request/number", "/issue/number", "/number"]
        .iter()
        .find_map(|path| event.pointer(path)?.as_u64())
}
