//! `campanile init`: a project that plans and applies at once on the sandbox.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::campaign::{OptOuts, campaign_schema, project_schema, read_project};
use crate::cli::context::{Context, Failed, pretty, write_file};
use crate::cli::exit::Exit;
use crate::cli::repository::{self, with_ignored};
use crate::cli::workflows::{Approve, Form, REPOSITORY, Workflows, WrittenFiles};
use crate::model::{Instant, Namespace, WhyNot, ZoneName};
use crate::schedule::{Zone, weekday_and_date};

/// Make a project that plans and applies at once on the sandbox
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile init shop\n  campanile init --namespace acme .\n  campanile init --workflows      # only the CI files, over those that are there"
)]
pub(crate) struct InitArgs {
    /// Where; made if missing
    #[arg(id = "where", default_value = ".", value_name = "DIR")]
    pub directory: PathBuf,
    /// 1-4 of a-z and 0-9 that mark this project's batches [default: four characters at random]
    #[arg(long, value_parser = |text: &str| Namespace::parse(text))]
    pub namespace: Option<Namespace>,
    /// Where Campanile's source and releases are, for the CI files [default: where this program comes from, if known]
    #[arg(long, value_name = "URL", value_parser = parse_repository)]
    pub repository: Option<String>,
    /// Let the CI files download this release [default: this program's version, if it is a release]
    #[arg(long, value_name = "VERSION", conflicts_with = "from_source", value_parser = parse_version)]
    pub release: Option<String>,
    /// Let the CI files build Campanile from source, at the commit of this program, instead of downloading a release
    #[arg(long)]
    pub from_source: bool,
    /// What the CI files apply on merge: what was merged, planned again, or the plan that the pull request showed
    #[arg(long, value_enum, default_value_t = Approve::Merge)]
    pub approve: Approve,
    /// Write only the CI files of a project that is there, over those that are there
    #[arg(long, conflicts_with = "namespace")]
    pub workflows: bool,
}

/// The name of a file from the project's root, and its text.
type File = (String, String);

const IGNORED: &str = include_str!("scaffold/gitignore");

const FILES: [(&str, &str); 6] = [
    ("campanile.yaml", include_str!("scaffold/campanile.yaml")),
    ("campaigns/welcome.yaml", include_str!("scaffold/welcome.yaml")),
    ("recipients/customers.csv", include_str!("scaffold/customers.csv")),
    ("suppressions/stop.csv", include_str!("scaffold/stop.csv")),
    ("testers.csv", include_str!("scaffold/testers.csv")),
    (
        ".campanile-schema/README",
        "JSON Schemas for editors, written by `campanile init`; refresh with `campanile schema`.\n",
    ),
];

/// Writes every file that is not there yet; refuses a folder that is a project already.
pub(crate) fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failed> {
    let root = match &context.global.directory {
        Some(base) => base.join(&args.directory),
        None => args.directory.clone(),
    };
    let is_project = root.join("campanile.yaml").exists();
    if is_project && !args.workflows {
        let message = format!("`{}` is a project already", root.display());
        return Err(Failed::new(Exit::Failed, message).hint(
            "nothing was written; try `campanile plan` there, or `campanile init --workflows` for its CI files",
        ));
    }
    if args.workflows && !is_project {
        return Err(
            Failed::new(Exit::Failed, format!("`{}` is no project yet", root.display()))
                .hint("nothing was written; leave `--workflows` out to make one"),
        );
    }
    let namespace =
        (args.namespace.clone()).unwrap_or_else(|| random_namespace(RandomState::new().hash_one("namespace")));
    let mut kept = Vec::new();
    let mut made = Vec::new();
    if !args.workflows {
        for (name, text) in project_files(context, &namespace) {
            write(&root, name, &text, false, &mut made, &mut kept)?;
        }
        ignore(&root, &mut made)?;
    }
    for (name, text) in workflow_files(context, &root, args) {
        write(&root, name, &text, args.workflows, &mut made, &mut kept)?;
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
            "namespace": (!args.workflows).then(|| namespace.as_str()),
            "made": made,
            "kept": kept,
        }))
    };
    let told = || {
        if args.workflows {
            return format!("wrote the CI files of `{}`\n", root.display());
        }
        format!(
            "made a project in `{}`\n\nnext:\n  {place}campanile plan     # what would be sent, to whom, when, for how much\n  campanile apply    # on the embedded sandbox: nothing leaves this machine\n",
            root.display()
        )
    };
    context.emit_text(&document, &told)?;
    Ok(Exit::Done)
}

/// The project itself: all but what CI and git need.
fn project_files(context: &Context, namespace: &Namespace) -> Vec<File> {
    let (opens, closes) = first_window(context.clock.now());
    let now = context.clock.now().to_string();
    let fill = |text: &str| {
        text.replace("@NAMESPACE@", namespace.as_str())
            .replace("@TODAY@", now.get(..10).unwrap_or("2026-01-01"))
            .replace("@OPENS@", &opens)
            .replace("@CLOSES@", &closes)
    };
    let mut files: Vec<File> = FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), fill(text)))
        .collect();
    files.push((".campanile-schema/project.json".to_owned(), pretty(&project_schema())));
    files.push((".campanile-schema/campaign.json".to_owned(), pretty(&campaign_schema())));
    files
}

/// The CI files, where the hosts look for them: at the root of the repository around the project.
fn workflow_files(context: &Context, root: &Path, args: &InitArgs) -> Vec<File> {
    let place = repository::place(root);
    let written = written(root);
    let address = args.repository.as_deref().unwrap_or(REPOSITORY);
    let workflows = Workflows {
        directory: &place.directory,
        branch: &repository::branch(place.root.as_deref()),
        repository: address,
        form: Form::choose(args.release.as_deref(), args.from_source),
        approve: args.approve,
        written: &written,
    };
    if address.is_empty() {
        context.note(
            "the CI files lack the address of Campanile's source: write it at their top, or give `--repository URL`",
        );
    }
    let up = "../".repeat(place.directory.split('/').filter(|part| !part.is_empty()).count());
    let mut files = vec![
        (
            format!("{up}.github/workflows/{}.yml", workflows.name()),
            workflows.github(),
        ),
        (".gitlab-ci.yml".to_owned(), workflows.gitlab()),
    ];
    if let (Some(top), false) = (&place.root, up.is_empty()) {
        let include = format!("include: [{{ local: {} }}]\n", workflows.gitlab_file());
        if top.join(".gitlab-ci.yml").exists() {
            context.note(&format!(
                "for GitLab, add to `{up}.gitlab-ci.yml`: {}",
                include.trim_end()
            ));
        } else {
            files.push((format!("{up}.gitlab-ci.yml"), include));
        }
    }
    files
}

/// The files that an apply writes down, as the project has them now; none of one that cannot be read.
#[expect(
    clippy::disallowed_methods,
    reason = "the project's own file, to see what its CI files are to do"
)]
fn written(root: &Path) -> WrittenFiles {
    let file = root.join("campanile.yaml");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let Ok((project, _)) = read_project(&file, &text) else {
        return WrittenFiles::default();
    };
    let mut opt_outs: Vec<String> = (project.providers.values())
        .filter_map(|config| match &config.opt_outs {
            OptOuts::Incoming { file: Some(file) } => Some(file.display().to_string()),
            OptOuts::Incoming { file: None } | OptOuts::Blacklist | OptOuts::Group { .. } | OptOuts::Off => None,
        })
        .collect();
    opt_outs.sort();
    opt_outs.dedup();
    WrittenFiles {
        opt_outs,
        undeliverable: project.undeliverable.map(|rule| rule.file.display().to_string()),
    }
}

/// Writes a file, or keeps the one that is there.
fn write(
    root: &Path,
    name: String,
    text: &str,
    over: bool,
    made: &mut Vec<String>,
    kept: &mut Vec<String>,
) -> Result<(), Failed> {
    let file = root.join(&name);
    if file.exists() && !over {
        kept.push(name);
        return Ok(());
    }
    make_folder(file.parent().unwrap_or(root))?;
    write_file(&file, text.as_bytes())?;
    made.push(name);
    Ok(())
}

/// What must never be committed is ignored by git, in a file that is there too.
#[expect(clippy::disallowed_methods, reason = "a file of the folder that becomes a project")]
fn ignore(root: &Path, made: &mut Vec<String>) -> Result<(), Failed> {
    let file = root.join(".gitignore");
    let text = match std::fs::read_to_string(&file) {
        Ok(known) => with_ignored(&known, IGNORED),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(IGNORED.to_owned()),
        Err(error) => {
            let message = format!("could not read `{}`: {error}", file.display());
            return Err(Failed::new(Exit::Failed, message));
        }
    };
    if let Some(text) = text {
        write_file(&file, text.as_bytes())?;
        made.push(".gitignore".to_owned());
    }
    Ok(())
}

/// An https address with nothing in it that YAML or a shell would read otherwise.
fn parse_repository(text: &str) -> Result<String, WhyNot> {
    let address = text.trim_end_matches('/').trim_end_matches(".git");
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'~' | b'/' | b':');
    match address.strip_prefix("https://") {
        Some(rest) if rest.contains('/') && rest.bytes().all(is_plain) => Ok(address.to_owned()),
        Some(_) | None => Err("expected an address like https://HOST/OWNER/campanile".into()),
    }
}

fn parse_version(text: &str) -> Result<String, WhyNot> {
    let version = text.strip_prefix('v').unwrap_or(text);
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    if version.starts_with(|c: char| c.is_ascii_digit()) && version.bytes().all(is_plain) {
        Ok(version.to_owned())
    } else {
        Err("expected a version like 1.2.3".into())
    }
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
            let (read, _) = read_project(Path::new("campanile.yaml"), &project).unwrap();
            assert_eq!(read.namespace.as_str(), namespace);
            seen.insert(namespace);
        }
        assert!(seen.len() > 1000, "{}", seen.len());
    }
}
