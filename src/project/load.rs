//! A folder to the project and its campaigns, with every fault of every file in one run.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::diagnostics;
use super::inside::{PathError, real_file};
use super::sources::Sources;
use crate::campaign::{
    Campaign, MAX_BYTES, Project, check_set, path_in, possible_references, read_campaign_among, read_project,
};
use crate::model::{CampaignRef, Diagnostic, Place, ZoneName};

/// The file whose folder is a project's root.
pub const PROJECT_FILE: &str = "campanile.yaml";

/// The folder of campaign files.
const CAMPAIGNS: &str = "campaigns";

/// A project whose `campanile.yaml` could be read.
#[derive(Debug)]
pub struct Loaded {
    /// Its folder.
    pub root: PathBuf,
    /// Its settings.
    pub project: Project,
    /// Those that could be read, by file name.
    pub campaigns: Vec<Campaign>,
    /// Those that could not: they are there, and must not be treated as removed.
    pub unreadable: Vec<Unreadable>,
    /// Faults, warnings and notes of all files.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of every file read, for excerpts.
    pub texts: BTreeMap<PathBuf, String>,
    /// Opens CSV files.
    pub sources: Sources,
}

/// A campaign file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Relative to the root.
    pub file: PathBuf,
    /// Which campaigns it may be: by its name and by any `reference:` line. Empty when nothing is known.
    pub references: Vec<CampaignRef>,
}

/// A project of which nothing can be planned.
#[derive(Debug)]
pub struct LoadFailed {
    /// At least one error.
    pub diagnostics: Vec<Diagnostic>,
    /// The text of every file read, for excerpts.
    pub texts: BTreeMap<PathBuf, String>,
}

/// The nearest folder at or above `start` that holds `campanile.yaml`.
pub fn find_root(start: &Path) -> Result<PathBuf, Diagnostic> {
    let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    let found = absolute.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file());
    found.map(Path::to_owned).ok_or_else(|| {
        let message = format!("no `{PROJECT_FILE}` in `{}` or above", absolute.display());
        Diagnostic::error(&diagnostics::NO_PROJECT, message)
            .hint("go to the project's folder or name it with `-C DIR`")
            .hint("`campanile init DIR` starts a new project")
    })
}

/// The time zone of the project's settings alone.
pub fn timezone_of(root: &Path) -> Result<Option<ZoneName>, Vec<Diagnostic>> {
    let file = Path::new(PROJECT_FILE);
    let text = read_text(root, file).map_err(|fault| vec![fault])?;
    Ok(read_project(file, &text)?.0.timezone)
}

/// Reads `campanile.yaml` and every campaign below `campaigns/`.
pub fn load(root: &Path) -> Result<Loaded, LoadFailed> {
    let mut texts = BTreeMap::new();
    let file = Path::new(PROJECT_FILE);
    let (project, mut diagnostics) = match read_text(root, file) {
        Err(fault) => Err(vec![fault]),
        Ok(text) => {
            let outcome = read_project(file, &text);
            texts.insert(file.to_owned(), text);
            outcome
        }
    }
    .map_err(|diagnostics| LoadFailed {
        diagnostics,
        texts: texts.clone(),
    })?;
    let mut files = Vec::new();
    if let Err(fault) = campaign_files(root, Path::new(CAMPAIGNS), 0, &mut files, &mut diagnostics) {
        diagnostics.push(fault);
        return Err(LoadFailed { diagnostics, texts });
    }
    files.sort();
    if files.is_empty() && root.join(CAMPAIGNS).is_dir() {
        let message = format!("there are no campaigns in `{CAMPAIGNS}`: each is a file that ends in `.yaml` or `.yml`");
        diagnostics.push(Diagnostic::note(&diagnostics::NOT_READ, message));
    }
    let mut loaded = Loaded {
        root: root.to_owned(),
        sources: Sources::new(root, &project.allow_paths),
        project,
        campaigns: Vec::new(),
        unreadable: Vec::new(),
        diagnostics,
        texts,
    };
    for file in &files {
        campaign(&mut loaded, file.clone(), &files);
    }
    loaded.diagnostics.extend(check_set(&loaded.campaigns));
    Ok(loaded)
}

fn campaign(loaded: &mut Loaded, file: PathBuf, all: &[PathBuf]) {
    let text = match read_text(&loaded.root, &file) {
        Ok(text) => text,
        Err(fault) => {
            loaded.diagnostics.push(fault);
            let references = possible_references(&file, "");
            loaded.unreadable.push(Unreadable { file, references });
            return;
        }
    };
    let bodies = std::cell::RefCell::new(Vec::new());
    let read_body = |path: &Path| match read_text(&loaded.root, path) {
        Ok(text) => {
            bodies.borrow_mut().push((path.to_owned(), text.clone()));
            Ok(text)
        }
        Err(fault) => Err(fault.message.into()),
    };
    match read_campaign_among(&file, &text, &loaded.project, &read_body, all) {
        Ok((campaign, warnings)) => {
            loaded.campaigns.push(campaign);
            loaded.diagnostics.extend(warnings);
        }
        Err(faults) => {
            loaded.diagnostics.extend(faults);
            let references = possible_references(&file, &text);
            loaded.unreadable.push(Unreadable {
                file: file.clone(),
                references,
            });
        }
    }
    loaded.texts.extend(bodies.into_inner());
    loaded.texts.insert(file, text);
}

/// Collects campaign files below a folder. A folder that cannot be listed ends it all: its campaigns would look
/// removed.
fn campaign_files(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    const MAX_DEPTH: usize = 16;
    const MAX_FILES: usize = 100_000;
    let fault = |code, path: &Path, why: &str| {
        Diagnostic::error(code, format!("`{}` {why}", path.display())).at(Place::file(path))
    };
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && depth == 0 => {
            let message = format!("there is no folder `{CAMPAIGNS}`, so there are no campaigns");
            diagnostics.push(Diagnostic::warning(&diagnostics::MISSING_FILE, message));
            return Ok(());
        }
        Err(error) => {
            let why = format!("cannot be listed ({})", error.kind());
            return Err(fault(&diagnostics::UNREADABLE, folder, &why));
        }
    };
    if depth > MAX_DEPTH {
        return Err(fault(&diagnostics::UNREADABLE, folder, "is too deep below `campaigns`"));
    }
    for entry in entries {
        let entry = entry.map_err(|error| {
            let why = format!("cannot be listed ({})", error.kind());
            fault(&diagnostics::UNREADABLE, folder, &why)
        })?;
        let path = path_in(folder, entry.file_name());
        let kind = entry.file_type().map_err(|error| {
            fault(
                &diagnostics::UNREADABLE,
                &path,
                &format!("cannot be read ({})", error.kind()),
            )
        })?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_yaml = ends_in_yaml(&path);
        if is_hidden {
            if is_yaml {
                let message = format!("`{}` is not read: hidden files are no campaigns", path.display());
                diagnostics.push(Diagnostic::note(&diagnostics::NOT_READ, message));
            }
        } else if kind.is_dir() {
            campaign_files(root, &path, depth + 1, files, diagnostics)?;
        } else if kind.is_symlink() && root.join(&path).is_dir() {
            return Err(fault(
                &diagnostics::LEAVES,
                &path,
                "is a link to a folder, which is not followed",
            ));
        } else if is_yaml {
            files.push(path);
        } else if [".yaml", ".yml"].iter().any(|end| path.to_string_lossy().contains(end)) {
            let message = format!(
                "`{}` is not read: a campaign's file ends in `.yaml` or `.yml`",
                path.display()
            );
            diagnostics.push(Diagnostic::note(&diagnostics::NOT_READ, message));
        }
        if files.len() > MAX_FILES {
            return Err(fault(
                &diagnostics::UNREADABLE,
                folder,
                "holds more than 100000 campaigns",
            ));
        }
    }
    Ok(())
}

/// `.yaml` and `.yml`, in any case: on some systems `A.YML` and `a.yml` are one file.
fn ends_in_yaml(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml"))
}

/// A text file of the project, at most a megabyte.
fn read_text(root: &Path, path: &Path) -> Result<String, Diagnostic> {
    let fault = |code, why: String| Diagnostic::error(code, why).at(Place::file(path));
    let failed = |reason: PathError| {
        let code = match reason {
            PathError::Missing => &diagnostics::MISSING_FILE,
            PathError::Leaves => &diagnostics::LEAVES,
            PathError::NotAFile | PathError::Io(_) => &diagnostics::UNREADABLE,
        };
        fault(code, format!("`{}` cannot be used: {reason}", path.display()))
    };
    let real = real_file(root, &[], path).map_err(failed)?;
    let file = fs::File::open(real).map_err(|error| failed(error.into()))?;
    // One byte more than is allowed, so that a longer file is seen to be longer.
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(error.into()))?;
    if bytes.len() > MAX_BYTES {
        let why = format!("`{}` is larger than {MAX_BYTES} bytes", path.display());
        return Err(fault(&diagnostics::UNREADABLE, why));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Diagnostic::error(
            &diagnostics::NOT_UTF8,
            format!("`{}` is not UTF-8 text", path.display()),
        )
        .at(Place::line(path, line))
        .hint("save it as UTF-8")
    })
}
