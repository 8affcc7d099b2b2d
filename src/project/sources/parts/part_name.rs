//! What the name of a part file shows: the engine that wrote it, and in which run.

use std::cmp::Ordering;

/// Spark and Hadoop: `part-00000-...`, `part-r-00000`; both leave `_SUCCESS` when they have ended.
pub(super) fn is_of_spark(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("part-") else {
        return false;
    };
    let rest = rest.strip_prefix("r-").or(rest.strip_prefix("m-")).unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits >= 5
        && rest
            .get(digits..)
            .is_some_and(|after| after.is_empty() || after.starts_with(['-', '.']))
}

/// The piece of a name by which an engine's runs differ, where there is one.
pub(super) fn run(name: &str) -> Option<&str> {
    if is_of_spark(name) {
        // Databricks: part-00000-tid-7890-UUID-...; Spark: part-00000-UUID-c000...
        if let Some((_, transaction)) = name.split_once("-tid-") {
            return transaction.split('-').next();
        }
        return uuid(name.get("part-00000-".len()..)?);
    }
    // Snowflake with INCLUDE_QUERY_ID: data_UUID_0_0_0.csv.gz
    if let Some(rest) = name.strip_prefix("data_")
        && let Some(query) = uuid(rest)
    {
        return Some(query);
    }
    trino(name).or_else(|| datafusion(name))
}

/// `DataFusion`: sixteen letters and digits that each run draws, and the number of the part. It adds to a folder without a
/// word (`findings/datafusion-copy-adds-to-a-folder.sh`).
fn datafusion(name: &str) -> Option<&str> {
    /// Names that people give change between small letters, capitals and digits less often than what is drawn.
    const CHANGES: usize = 5;
    let (run, number) = name.split('.').next()?.rsplit_once('_')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let kind = |byte: &u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let changes = run.as_bytes().windows(2).filter(|pair| match pair {
        [one, next] => kind(one) != kind(next),
        _ => false,
    });
    let is_drawn =
        run.len() == 16 && run.bytes().all(|byte| byte.is_ascii_alphanumeric()) && changes.count() >= CHANGES;
    (is_number && is_drawn).then_some(run)
}

/// `DuckDB` names the parts of a run by number, and those that it appends to them by an identity of their own.
pub(super) fn is_of_duckdb(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem.strip_prefix("data_")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The same.
pub(super) fn is_appended_by_duckdb(name: &str) -> bool {
    name.split('.').next().is_some_and(|stem| uuid(stem) == Some(stem))
}

fn uuid(text: &str) -> Option<&str> {
    let head = text.get(..36)?;
    let is_uuid = head.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    is_uuid.then_some(head)
}

/// Trino and Athena: `20261130_093000_00012_abcde_...`.
fn trino(name: &str) -> Option<&str> {
    let mut parts = name.split('_');
    let lengths = [8, 6, 5, 5];
    let mut length = 0;
    for wanted in lengths {
        let part = parts.next()?;
        let is_one = part.len() == wanted && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_one {
            return None;
        }
        length += wanted + 1;
    }
    let digits = name.get(..8)?.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| name.get(..length - 1)).flatten()
}

/// `BigQuery`: `members-000000000012.csv` is the part of this number, of this list.
pub(super) fn shard(name: &str) -> Option<(&str, u64)> {
    let stem = name.split('.').next()?;
    let (prefix, digits) = stem.split_at_checked(stem.len().checked_sub(12)?)?;
    let number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())?;
    number.map(|number| (prefix, number))
}

/// A file that is still being written, or was left behind.
pub(super) fn is_temporary(name: &str) -> bool {
    let lower = name.to_lowercase();
    let endings = [
        ".tmp",
        ".temp",
        ".crdownload",
        ".partial",
        ".inprogress",
        ".crswap",
        ".swp",
    ];
    endings.iter().any(|ending| lower.ends_with(ending))
        || lower.contains(".inprogress.")
        || lower.contains(".tmp.")
        || lower.starts_with("tmp_")
        || lower.starts_with("_temporary")
        || lower.starts_with("_tmp")
        || lower.starts_with(".tmp")
        || lower.starts_with('~')
        || lower.ends_with('~')
}

/// `data_2` comes before `data_10`.
pub(super) fn in_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let widths = (digits(left), digits(right));
        let order = if widths.0 > 0 && widths.1 > 0 {
            let number = |text: &str, width: usize| {
                let digits = text.get(..width).unwrap_or_default().trim_start_matches('0');
                (digits.len(), digits.to_owned())
            };
            number(left, widths.0).cmp(&number(right, widths.1))
        } else {
            left.chars().next().cmp(&right.chars().next())
        };
        if order != Ordering::Equal || left.is_empty() {
            return order.then_with(|| a.cmp(b));
        }
        let step = |text: &str, digits: usize| {
            if digits > 0 {
                digits
            } else {
                text.chars().next().map_or(0, char::len_utf8)
            }
        };
        (left, right) = (
            left.get(step(left, widths.0)..).unwrap_or_default(),
            right.get(step(right, widths.1)..).unwrap_or_default(),
        );
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_run() {
        let spark = "part-00003-2b1d4c5e-0000-4abc-8def-0123456789ab-c000.snappy.parquet";
        for (name, expected) in [
            (spark, Some("2b1d4c5e-0000-4abc-8def-0123456789ab")),
            (
                "part-00000-tid-4711-2b1d4c5e-0000-4abc-8def-0123456789ab-1-c000.csv",
                Some("4711"),
            ),
            ("part-r-00000.gz", None),
            (
                "data_01b2c3d4-0000-4abc-8def-0123456789ab_0_0_0.csv.gz",
                Some("01b2c3d4-0000-4abc-8def-0123456789ab"),
            ),
            ("data_0_0_0.csv.gz", None),
            (
                "20261130_093000_00012_abcde_5f0e.gz",
                Some("20261130_093000_00012_abcde"),
            ),
            ("3ILZ8ctw344JT3W4_0.parquet", Some("3ILZ8ctw344JT3W4")),
            ("CustomersExport1_0.parquet", None),
            ("members.csv", None),
        ] {
            assert_eq!(run(name), expected, "{name}");
        }
        assert!(is_of_spark(spark) && is_of_spark("part-r-00000.gz"));
        assert!(is_of_duckdb("data_0.parquet") && !is_of_duckdb("data_0_0_0.csv.gz"));
        assert!(is_appended_by_duckdb("5a85f0e1-f545-4dc2-8304-8b7821c8c365.parquet"));
        assert!(!is_appended_by_duckdb("5a85f0e1-f545-4dc2-8304-8b7821c8c365-0.parquet"));
        assert!(!is_of_spark("part-0.parquet") && !is_of_spark("part.0.parquet"));
        assert_eq!(shard("members-000000000012.csv.gz"), Some(("members-", 12)));
        assert_eq!(shard("data_12.parquet"), None);
    }

    #[test]
    fn parts_stand_in_the_order_of_their_numbers() {
        let mut names = ["data_10.csv", "data_2.csv", "data_1.csv", "data_02.csv", "a.csv"];
        names.sort_by(|a, b| in_order(a, b));
        assert_eq!(
            names,
            ["a.csv", "data_1.csv", "data_02.csv", "data_2.csv", "data_10.csv"]
        );
    }
}
