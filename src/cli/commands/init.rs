//! `campanile init`: a project that plans and applies at once on the sandbox.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::campaign::{campaign_schema, project_schema};
use crate::cli::context::{Context, Failed, pretty, write_file};
use crate::cli::exit::Exit;
use crate::model::{Instant, Namespace, ZoneName};
use crate::schedule::{Zone, weekday_and_date};

/// Make a project that plans and applies at once on the sandbox
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  campanile init shop\n  campanile init --namespace acme .")]
pub struct InitArgs {
    /// Where; made if missing
    #[arg(id = "where", default_value = ".", value_name = "DIR")]
    pub directory: PathBuf,
    /// 1-4 of a-z and 0-9 that mark this project's batches [default: four characters at random]
    #[arg(long, value_parser = |text: &str| Namespace::parse(text))]
    pub namespace: Option<Namespace>,
}

const FILES: [(&str, &str); 9] = [
    ("campanile.yaml", include_str!("scaffold/campanile.yaml")),
    ("campaigns/welcome.yaml", include_str!("scaffold/welcome.yaml")),
    ("recipients/customers.csv", include_str!("scaffold/customers.csv")),
    ("suppressions/stop.csv", include_str!("scaffold/stop.csv")),
    ("testers.csv", include_str!("scaffold/testers.csv")),
    (".gitignore", include_str!("scaffold/gitignore")),
    (".github/workflows/campanile.yml", include_str!("scaffold/github.yml")),
    (".gitlab-ci.yml", include_str!("scaffold/gitlab.yml")),
    (
        ".campanile-schema/README",
        "JSON Schemas for editors, written by `campanile init`; refresh with `campanile schema`.\n",
    ),
];

/// Writes every file that is not there yet; refuses a folder that is a project already.
pub fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failed> {
    let root = match &context.global.directory {
        Some(base) => base.join(&args.directory),
        None => args.directory.clone(),
    };
    if root.join("campanile.yaml").exists() {
        let message = format!("`{}` is a project already", root.display());
        return Err(Failed::new(Exit::Failed, message).hint("nothing was written; try `campanile plan` there"));
    }
    let namespace =
        (args.namespace.clone()).unwrap_or_else(|| random_namespace(RandomState::new().hash_one("namespace")));
    let (opens, closes) = first_window(context.clock.now());
    let mut kept = Vec::new();
    let mut made = Vec::new();
    let mut files: Vec<(String, String)> = FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    files.push((".campanile-schema/project.json".to_owned(), pretty(&project_schema())));
    files.push((".campanile-schema/campaign.json".to_owned(), pretty(&campaign_schema())));
    for (name, text) in files {
        let file = root.join(&name);
        if file.exists() {
            kept.push(name);
            continue;
        }
        make_folder(file.parent().unwrap_or(&root))?;
        let text = text
            .replace("@NAMESPACE@", namespace.as_str())
            .replace(
                "@TODAY@",
                context.clock.now().to_string().get(..10).unwrap_or("2026-01-01"),
            )
            .replace("@OPENS@", &opens)
            .replace("@CLOSES@", &closes);
        write_file(&file, text.as_bytes())?;
        made.push(name);
    }
    for name in &kept {
        context.note(&format!("kept `{name}`, which was there"));
    }
    let place = if args.directory == Path::new(".") {
        String::new()
    } else {
        format!("cd {} && ", args.directory.display())
    };
    let document = || {
        pretty(&json!({
            "format_version": "1.0",
            "directory": root.display().to_string(),
            "namespace": namespace.as_str(),
            "made": made,
            "kept": kept,
        }))
    };
    let told = || {
        format!(
            "made a project in `{}`\n\nnext:\n  {place}campanile plan     # what would be sent, to whom, when, for how much\n  campanile apply    # on the embedded sandbox: nothing leaves this machine\n",
            root.display()
        )
    };
    context.emit_text(&document, &told)?;
    Ok(Exit::Done)
}

fn make_folder(folder: &Path) -> Result<(), Failed> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failed::new(Exit::Failed, format!("could not make `{}`: {error}", folder.display())))
}

/// Four characters at random: an account may hold several projects, and each must know its own batches. A letter comes
/// first and a digit is among them, so that YAML reads a text; vowels are left out, so that no word comes of it.
fn random_namespace(mut random: u64) -> Namespace {
    const LETTERS: &[u8] = b"bcdfghjkmnpqrstvwxz";
    const DIGITS: &[u8] = b"23456789";
    let mut pick = |from: &[u8]| {
        let count = from.len() as u64;
        let index = usize::try_from(random % count).unwrap_or(0);
        random /= count;
        from.get(index).copied().map_or('x', char::from)
    };
    let any: Vec<u8> = [LETTERS, DIGITS].concat();
    let text: String = [pick(LETTERS), pick(DIGITS), pick(&any), pick(&any)].iter().collect();
    Namespace::parse(&text).unwrap_or_else(|_| unreachable!("four letters and digits are a namespace"))
}

/// 10:00 to 18:00 in Stockholm on the first working day at least two days ahead.
fn first_window(now: Instant) -> (String, String) {
    const DAY: u64 = 24 * 3600;
    let zone = ZoneName::parse("Europe/Stockholm")
        .ok()
        .and_then(|name| Zone::find(&name).ok());
    let date = |days: u64| {
        let instant = now + Duration::from_secs(days * DAY);
        let local = zone.as_ref().map(|zone| zone.local(instant));
        let is_weekend = local.is_some_and(|local| weekday_and_date(local).starts_with('S'));
        let date: String = local
            .map_or_else(|| instant.to_string(), |local| local.to_string())
            .chars()
            .take(10)
            .collect();
        (!is_weekend).then_some(date)
    };
    let date = (2..=5).find_map(date).unwrap_or_default();
    (format!("{date}T10:00"), format!("{date}T18:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_at_random_is_a_text_to_yaml_and_no_word() {
        let mut seen = std::collections::BTreeSet::new();
        for random in (0..2000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            let namespace = random_namespace(random).to_string();
            assert_eq!(namespace.len(), 4);
            assert!(namespace.starts_with(|c: char| c.is_ascii_lowercase()), "{namespace}");
            assert!(namespace.contains(|c: char| c.is_ascii_digit()), "{namespace}");
            assert!(!namespace.contains(['a', 'e', 'i', 'o', 'u', 'y']), "{namespace}");
            let project = format!("namespace: {namespace}\nproviders: {{ s: {{ kind: sandbox }} }}\n");
            let (read, _) = crate::campaign::read_project(Path::new("campanile.yaml"), &project).unwrap();
            assert_eq!(read.namespace.as_str(), namespace);
            seen.insert(namespace);
        }
        assert!(seen.len() > 1000, "{}", seen.len());
    }
}
