//! The keys that say where a list comes from, whatever they stand in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::at::At;
use super::campaign_file::SourceFile;
use super::connection::SourceConnection;
use super::origin_file::{ParamsFile, RowFormatFile};
use super::project::Project;
use super::suppression_file::SuppressionListFile;
use super::tree::NodeId;

/// The keys of a source that say where its rows lie.
pub(super) struct OriginKeys<'a> {
    pub csv: &'a At<String>,
    pub parquet: &'a At<String>,
    pub xlsx: &'a At<String>,
    pub sheet: &'a At<String>,
    pub header_row: &'a At<u32>,
    pub source: &'a At<String>,
    pub sql: &'a At<String>,
    pub table: &'a At<String>,
    pub path: &'a At<String>,
    pub format: &'a At<RowFormatFile>,
    pub params: &'a At<ParamsFile>,
}

impl<'a> From<&'a SourceFile> for OriginKeys<'a> {
    fn from(typed: &'a SourceFile) -> Self {
        Self {
            csv: &typed.csv,
            parquet: &typed.parquet,
            xlsx: &typed.xlsx,
            sheet: &typed.sheet,
            header_row: &typed.header_row,
            source: &typed.source,
            sql: &typed.sql,
            table: &typed.table,
            path: &typed.path,
            format: &typed.format,
            params: &typed.params,
        }
    }
}

impl<'a> From<&'a SuppressionListFile> for OriginKeys<'a> {
    fn from(typed: &'a SuppressionListFile) -> Self {
        Self {
            csv: &typed.csv,
            parquet: &typed.parquet,
            xlsx: &typed.xlsx,
            sheet: &typed.sheet,
            header_row: &typed.header_row,
            source: &typed.source,
            sql: &typed.sql,
            table: &typed.table,
            path: &typed.path,
            format: &typed.format,
            params: &typed.params,
        }
    }
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
