//! Where the rows of a source are, and how new they must be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the rows of a source are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In a CSV file, relative to the project root.
    File(PathBuf),
    /// On standard input.
    StandardInput,
    /// In part files, as engines write them.
    Parts(PartFiles),
    /// In a sheet of a workbook.
    Workbook(Sheet),
    /// In a database, which is asked.
    Query(Query),
    /// In a file on a web server.
    Download(Download),
}

/// Files with the same columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartFiles {
    /// A file, a folder, or a pattern with `*` in its last component; relative to the project root.
    pub path: PathBuf,
    /// What they hold.
    pub format: RowFormat,
}

/// How rows are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowFormat {
    /// Text with delimiters, perhaps compressed.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sheet {
    /// `.xlsx` or `.ods`, relative to the project root.
    pub path: PathBuf,
    /// Its name; `None`: the only one that is visible.
    pub name: Option<String>,
    /// The row of the heads, from 1; `None`: the first that is not empty.
    pub header_row: Option<u32>,
}

/// Rows that a database gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Query {
    /// A name under `sources`.
    pub source: String,
    /// Which rows.
    pub rows: QueryRows,
    /// Values that the query reads with `current_setting('campanile.NAME')`.
    pub params: BTreeMap<String, String>,
    /// Whether it is asked as of now, also by an apply of a saved plan: nobody who opted out since is texted.
    pub is_current: bool,
    /// For messages: `warehouse/audiences/spring.sql`.
    pub name: PathBuf,
}

/// Which rows of a database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueryRows {
    /// Those that the statement in this file gives; relative to the project root.
    Sql(PathBuf),
    /// All of a table or view: `marts.sms_spring`.
    Table(String),
}

/// A file on a web server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Download {
    /// A name under `sources`.
    pub source: String,
    /// Below the source's base URL; empty: the URL itself.
    pub path: String,
    /// What it holds.
    pub format: RowFormat,
    /// For messages: `exports/members/latest.csv.gz`.
    pub name: PathBuf,
}

impl Origin {
    /// What messages call it.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::StandardInput => Path::new("-"),
            Self::Parts(parts) => &parts.path,
            Self::Workbook(sheet) => &sheet.path,
            Self::Query(query) => &query.name,
            Self::Download(download) => &download.name,
        }
    }

    /// The name under `sources` of what must be connected to.
    pub fn connection(&self) -> Option<&str> {
        match self {
            Self::File(_) | Self::StandardInput | Self::Parts(_) | Self::Workbook(_) => None,
            Self::Query(query) => Some(&query.source),
            Self::Download(download) => Some(&download.source),
        }
    }

    /// Whether its rows were written by us, as CSV with commas in UTF-8.
    pub fn is_converted(&self) -> bool {
        match self {
            Self::File(_) | Self::StandardInput => false,
            Self::Parts(PartFiles { format, .. }) | Self::Download(Download { format, .. }) => match format {
                RowFormat::Csv => false,
                RowFormat::Parquet => true,
            },
            Self::Workbook(_) | Self::Query(_) => true,
        }
    }
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::StandardInput
        } else {
            Self::File(path.to_owned())
        }
    }
}

/// How new the newest row must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// The column of instants.
    pub column: String,
    /// The newest one is not older than this.
    pub error_after: Duration,
}
