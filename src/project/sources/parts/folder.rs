//! Which files of a folder are the parts of one list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::{OpenError, Sources, Trouble};
use super::part::ListPart;
use super::part_name::{in_order, is_appended_by_duckdb, is_of_duckdb, is_of_spark, is_temporary, run, shard};
use crate::campaign::{PartFiles, RowFormat};
use crate::project::diagnostics;
use crate::project::inside::{PathError, real_file, real_path};

/// Files of a folder that are looked at.
const MOST: usize = 100_000;

/// The parts, in the order of their numbers; at least one.
pub(super) fn list(sources: &Sources, files: &PartFiles) -> Result<Vec<ListPart>, OpenError> {
    let path = files.path.as_path();
    let pattern = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.contains('*'));
    let folder = match &pattern {
        Some(_) => path.parent().unwrap_or(Path::new("")),
        None => path,
    };
    let failed = |reason: PathError| OpenError::Path {
        path: folder.to_owned(),
        reason,
        similar: None,
    };
    let real = real_path(&sources.root, &sources.allowed, folder).map_err(failed)?;
    if pattern.is_none() && real.is_file() {
        let name = path.to_string_lossy().into();
        return Ok(vec![ListPart { real, name }]);
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(&real).map_err(|error| failed(error.into()))? {
        let entry = entry.map_err(|error| failed(error.into()))?;
        if names.len() == MOST {
            return Err(wrong(path, format!("has more than {MOST} files")).into());
        }
        let is_folder = entry.path().is_dir();
        names.push((entry.file_name().to_string_lossy().into_owned(), is_folder));
    }
    names.sort_by(|(a, _), (b, _)| in_order(a, b));
    let chosen = match &pattern {
        Some(pattern) => chosen_by(path, pattern, names)?,
        None => parts_of(path, files.format, &names)?,
    };
    if chosen.is_empty() {
        return Err(wrong(path, "has no part files".to_owned()).into());
    }
    one_run(path, &chosen)?;
    chosen
        .into_iter()
        .map(|name| {
            let within: PathBuf = folder.join(&name);
            let real = real_file(&sources.root, &sources.allowed, &within);
            let real = real.map_err(|reason| OpenError::Path {
                path: within,
                reason,
                similar: None,
            });
            Ok(ListPart {
                real: real?,
                name: name.into(),
            })
        })
        .collect()
}

fn wrong(path: &Path, why: String) -> Trouble {
    Trouble::new(path, &diagnostics::PARTS, why)
}

/// What a pattern names. It may leave files out, and says nothing of a folder that is no list at all.
fn chosen_by(path: &Path, pattern: &str, names: Vec<(String, bool)>) -> Result<Vec<String>, Trouble> {
    for (name, _) in names.iter().filter(|(_, is_folder)| *is_folder) {
        of_no_table(path, name)?;
        of_no_run(path, name)?;
    }
    let files = names.into_iter().filter(|(_, is_folder)| !is_folder);
    Ok(files
        .map(|(name, _)| name)
        .filter(|name| matches(pattern, name))
        .collect())
}

/// A folder of this name is part of a table.
fn of_no_table(path: &Path, name: &str) -> Result<(), Trouble> {
    if !matches!(name, "_delta_log" | "_iceberg" | ".hoodie" | "metadata") {
        return Ok(());
    }
    let why = format!("is a table, not a folder of part files (it has `{name}`)");
    Err(wrong(path, why)
        .hint("a table's folder holds rows that were deleted: query it, and write the result to a new folder"))
}

/// A file or folder of this name is there as long as a run writes, or when one has failed.
fn of_no_run(path: &Path, name: &str) -> Result<(), Trouble> {
    if !is_temporary(name) {
        return Ok(());
    }
    let why = format!("has a temporary file (`{name}`): the run has not ended, or has failed");
    Err(wrong(path, why).hint("run again when it is complete, or remove what a failed run left"))
}

/// Every file of a folder is a part, or is known to be none.
fn parts_of(path: &Path, format: RowFormat, names: &[(String, bool)]) -> Result<Vec<String>, Trouble> {
    let mut parts = Vec::new();
    let mut started = BTreeSet::new();
    let mut has_ended = false;
    for (name, is_folder) in names {
        if *is_folder {
            of_no_table(path, name)?;
        }
        of_no_run(path, name)?;
        if *is_folder {
            return Err(wrong(path, format!("has a folder in it (`{name}`)"))
                .hint("columns that only name folders are in no file: write without partitions, or name one folder"));
        }
        if let Some(id) = name.strip_prefix("_started_") {
            started.insert(id);
        } else if let Some(id) = name.strip_prefix("_committed_") {
            started.remove(id);
            has_ended = true;
        } else if name == "_SUCCESS" {
            has_ended = true;
        } else if is_part(name, format) {
            parts.push(name.clone());
        } else if !is_no_part(name) {
            let kind = match format {
                RowFormat::Csv => "CSV",
                RowFormat::Parquet => "Parquet",
            };
            return Err(wrong(path, format!("has a file that is no part of {kind} (`{name}`)"))
                .hint("keep parts in a folder of their own, or name them with a pattern like `members/*.csv`"));
        }
    }
    let is_unended = parts.iter().any(|name| is_of_spark(name)) && !has_ended;
    if is_unended || !started.is_empty() {
        return Err(wrong(
            path,
            "has no `_SUCCESS`: the run that writes it has not ended, or has failed".to_owned(),
        )
        .hint("run again when it is complete; copy `_SUCCESS` with the parts"));
    }
    Ok(parts)
}

/// By its ending; some engines write none beside that of the packing.
fn is_part(name: &str, format: RowFormat) -> bool {
    let lower = name.to_lowercase();
    if lower.starts_with(['.', '_']) {
        return false;
    }
    let plain = lower
        .strip_suffix(".gz")
        .or(lower.strip_suffix(".zst"))
        .unwrap_or(&lower);
    match format {
        RowFormat::Csv => {
            let is_packed = plain.len() < lower.len();
            [".csv", ".tsv", ".txt"].iter().any(|ending| plain.ends_with(ending)) || (is_packed && !plain.contains('.'))
        }
        RowFormat::Parquet => [".parquet", ".parq"].iter().any(|ending| lower.ends_with(ending)),
    }
}

/// Checksums, manifests and summaries that engines write beside the parts.
fn is_no_part(name: &str) -> bool {
    name.starts_with(['.', '_']) || [".metadata", ".crc"].iter().any(|ending| name.ends_with(ending))
}

/// Names that show their run must all show the same one, and of numbered ones none may be missing.
fn one_run(path: &Path, names: &[String]) -> Result<(), Trouble> {
    let runs: BTreeSet<&str> = names.iter().filter_map(|name| run(name)).collect();
    if runs.len() > 1 {
        return Err(wrong(path, format!("has the parts of {} runs", runs.len()))
            .hint("each run writes a whole list: overwrite the folder, do not append to it"));
    }
    if names.iter().any(|name| is_of_duckdb(name)) && names.iter().any(|name| is_appended_by_duckdb(name)) {
        return Err(
            wrong(path, "has parts that were appended to those of another run".to_owned())
                .hint("each run writes a whole list: `COPY ... (OVERWRITE)` replaces the folder"),
        );
    }
    let shards: Option<Vec<(&str, u64)>> = names.iter().map(|name| shard(name)).collect();
    if let Some(shards) = shards {
        let missing = (0..).zip(&shards).find(|(expected, (_, number))| expected != number);
        if let Some((missing, _)) = missing {
            return Err(wrong(path, format!("has no part {missing}")).hint("copy all of them, from 0 on"));
        }
        if shards
            .iter()
            .any(|(prefix, _)| Some(prefix) != shards.first().map(|(first, _)| first))
        {
            return Err(wrong(path, "has the parts of several lists".to_owned()).hint("name one: `members-*.csv`"));
        }
    }
    Ok(())
}

/// `*` is anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last) && !name.starts_with(['.', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(format: RowFormat, names: &[&str]) -> Result<Vec<String>, String> {
        let names: Vec<(String, bool)> = names
            .iter()
            .map(|name| (name.trim_end_matches('/').to_owned(), name.ends_with('/')))
            .collect();
        let told = |trouble: Trouble| trouble.to_string();
        let parts = parts_of(Path::new("x"), format, &names).map_err(told)?;
        one_run(Path::new("x"), &parts).map_err(told)?;
        Ok(parts)
    }

    #[test]
    fn folders_of_engines_are_read() {
        let uuid = "2b1d4c5e-0000-4abc-8def-0123456789ab";
        let spark = format!("part-00000-{uuid}-c000.snappy.parquet");
        let crc = format!(".part-00000-{uuid}-c000.snappy.parquet.crc");
        for (format, names) in [
            (RowFormat::Parquet, vec!["_SUCCESS", &spark, &crc, "._SUCCESS.crc"]),
            (RowFormat::Parquet, vec!["data_0.parquet", "data_1.parquet"]),
            (RowFormat::Parquet, vec!["part-0.parquet", "_common_metadata"]),
            (
                RowFormat::Csv,
                vec!["members-000000000000.csv.gz", "members-000000000001.csv.gz"],
            ),
            (RowFormat::Csv, vec!["a.csv", "a.csv.metadata"]),
            (
                RowFormat::Csv,
                vec![
                    "20261130_093000_00012_abcde_5f0e.gz",
                    "20261130_093000_00012_abcde_77aa.gz",
                ],
            ),
        ] {
            assert!(parts(format, &names).is_ok_and(|parts| !parts.is_empty()), "{names:?}");
        }
    }

    #[test]
    fn a_folder_that_is_not_one_whole_list_is_refused() {
        let (a, b) = (
            "2b1d4c5e-0000-4abc-8def-0123456789ab",
            "9b1d4c5e-0000-4abc-8def-0123456789ab",
        );
        let (first, second) = (
            format!("part-00000-{a}-c000.parquet"),
            format!("part-00001-{b}-c000.parquet"),
        );
        for (names, why) in [
            (vec![first.as_str()], "_SUCCESS"),
            (vec![first.as_str(), second.as_str(), "_SUCCESS"], "2 runs"),
            (
                vec!["3ILZ8ctw344JT3W4_0.parquet", "4WIP1KJC9ntxyDQO_0.parquet"],
                "2 runs",
            ),
            (vec!["data_0.parquet", &format!("{a}.parquet")], "appended"),
            (vec![first.as_str(), "_started_77", "_committed_66"], "_SUCCESS"),
            (vec!["a.parquet", "_temporary/"], "temporary"),
            (vec!["a.parquet", "tmp_b.parquet"], "temporary"),
            (vec!["a.parquet", "country=SE/"], "folder"),
            (vec!["a.parquet", "_delta_log/"], "table"),
            (vec!["a.parquet", "b.csv"], "no part"),
            (vec!["m-000000000000.parquet", "m-000000000002.parquet"], "no part 1"),
        ] {
            let told = parts(RowFormat::Parquet, &names).expect_err(&names.join(" "));
            assert!(told.contains(why), "{names:?}: {told}");
        }
    }

    #[test]
    fn a_pattern_does_not_make_a_list_of_a_table_or_of_a_run_that_has_not_ended() {
        let chosen = |names: &[(&str, bool)]| {
            let names = names.iter().map(|(name, is_folder)| ((*name).to_owned(), *is_folder));
            chosen_by(Path::new("x/*.parquet"), "*.parquet", names.collect()).map_err(|trouble| trouble.to_string())
        };
        let parts = [("a.parquet", false), ("b.csv", false), ("older", true)];
        assert_eq!(chosen(&parts), Ok(vec!["a.parquet".to_owned()]));
        for (folder, why) in [("_delta_log", "is a table"), ("_temporary", "has not ended")] {
            let told = chosen(&[("a.parquet", false), (folder, true)]).expect_err(folder);
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn a_star_is_anything() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("m-*.csv", "m-1.csv", true),
            ("m-*.csv", "n-1.csv", false),
            ("*a*b", "xaxb", true),
            ("*", ".hidden", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
