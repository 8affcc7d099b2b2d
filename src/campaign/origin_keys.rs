//! The keys that say where a list comes from: of a source, and of a suppression list.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::at::At;
use super::campaign_file::SourceFile;
use super::connection::SourceConnection;
use super::origin_file::{ParamsFile, RowFormatFile};
use super::project::Project;
use super::suppression_file::SuppressionListFile;
use super::tree::NodeId;

/// The keys, once: both mirrors have each of them under the same name.
macro_rules! origin_keys {
    ($($key:ident: $typed:ty),* $(,)?) => {
        /// The keys of a source that say where its rows are.
        pub(super) struct OriginKeys<'a> {
            $(pub $key: &'a At<$typed>,)*
        }

        impl<'a> From<&'a SourceFile> for OriginKeys<'a> {
            fn from(typed: &'a SourceFile) -> Self {
                Self { $($key: &typed.$key,)* }
            }
        }

        impl<'a> From<&'a SuppressionListFile> for OriginKeys<'a> {
            fn from(typed: &'a SuppressionListFile) -> Self {
                Self { $($key: &typed.$key,)* }
            }
        }
    };
}

origin_keys! {
    csv: String,
    parquet: String,
    xlsx: String,
    sheet: String,
    header_row: u32,
    source: String,
    sql: String,
    table: String,
    path: String,
    format: RowFormatFile,
    params: ParamsFile,
}

impl OriginKeys<'_> {
    /// Where the source's place is: at the key that names it.
    pub(super) fn id(&self) -> Option<NodeId> {
        let [csv, parquet, xlsx, source] = self.main().map(|(_, field)| field.id());
        csv.or(parquet).or(xlsx).or(source)
    }

    pub(super) fn main(&self) -> [(&'static str, &At<String>); 4] {
        [
            ("csv", self.csv),
            ("parquet", self.parquet),
            ("xlsx", self.xlsx),
            ("source", self.source),
        ]
    }
}

/// What a reader of origins needs to know of the project.
pub(super) struct Surroundings<'a> {
    pub folder: &'a Path,
    pub allow_paths: &'a [PathBuf],
    pub connections: &'a BTreeMap<String, SourceConnection>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(folder: &'a Path, project: &'a Project) -> Self {
        Self {
            folder,
            allow_paths: &project.allow_paths,
            connections: &project.sources,
        }
    }
}
