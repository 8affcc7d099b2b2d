//! Rows of a Parquet file as the text that they show.
//!
//! In: a file. Out: its rows in a copy. Read by column, some thousand rows at a time, so that memory stays flat. A
//! column that nobody uses is not read: its cells are empty. Nested and binary columns have no text: they are refused
//! by name.

mod column;
mod kind;
#[cfg(test)]
mod tests;
mod zstd;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::column::page::PageReader;
use ::parquet::column::reader::get_column_reader;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use ::parquet::file::reader::ChunkReader;
use ::parquet::file::serialized_reader::SerializedPageReader;

use super::spool::Spool;
use super::used::UsedColumns;
use super::{OpenError, Trouble};
use crate::project::diagnostics;

use column::Column;
use kind::{ColumnKind, kind_of};
use zstd::ZstdPages;

/// Rows read of each column at a time.
const BATCH: usize = 4096;

/// A file, or bytes that are read as one.
pub(super) struct PartFile<'a, F = File> {
    /// The source, for messages.
    pub(super) path: &'a Path,
    /// The part, for messages.
    pub(super) part: &'a str,
    /// Its bytes.
    pub(super) file: F,
}

/// Copies all rows; the heads come back, or `None` where they are not `heads`.
pub(super) fn copy<F: ChunkReader + 'static>(
    PartFile { path, part, file }: PartFile<'_, F>,
    heads: Option<&[String]>,
    used: &UsedColumns,
    spool: &mut Spool<'_>,
) -> Result<Option<Vec<String>>, OpenError> {
    let broken = |error: ParquetError| {
        let why = format!("cannot be read as Parquet (`{part}`: {})", reason(&error));
        OpenError::from(Trouble::new(path, &diagnostics::CORRUPT, why).hint("write it again"))
    };
    let file = Arc::new(file);
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&*file).map_err(broken)?;
    let (names, kinds) = columns(path, &metadata)?;
    if heads.is_some_and(|heads| heads != names) {
        return Ok(None);
    }
    spool.header(names.iter().map(String::as_str))?;
    let mut row = 0;
    for group in metadata.row_groups() {
        let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
        // Those that nobody uses are `None`.
        let mut columns = Vec::new();
        for (at, (name, kind)) in names.iter().zip(&kinds).enumerate() {
            if !used.include(name) {
                columns.push(None);
                continue;
            }
            let pages = pages(path, &names, at, &file, group.column(at), rows)?.map_err(broken)?;
            let descriptor = group.schema_descr().column(at);
            let levels = descriptor.max_def_level();
            columns.push(Some(Column::new(
                get_column_reader(descriptor, pages),
                kind.clone(),
                levels,
            )));
        }
        let mut left = rows;
        while left > 0 {
            let count = left.min(BATCH);
            for (name, column) in names.iter().zip(&mut columns) {
                let Some(column) = column else { continue };
                let read = column.read(count).map_err(broken)?;
                if let Err((index, why)) = read {
                    let why = format!(
                        "has a cell that {why}: column `{name}`, row {} of `{part}`",
                        row + index + 1
                    );
                    return Err(Trouble::new(path, &diagnostics::CELLS, why)
                        .hint("write the column as text, or leave it out")
                        .into());
                }
            }
            if columns.iter().flatten().any(|column| column.count() != count) {
                return Err(broken(ParquetError::General("columns of different lengths".to_owned())));
            }
            for index in 0..count {
                row += 1;
                let cells = columns
                    .iter()
                    .map(|column| column.as_ref().map_or("", |column| column.cell(index)));
                spool.row(row as u64, cells)?;
            }
            left -= count;
        }
    }
    Ok(Some(names))
}

/// Messages of the decoder may hold values; its kinds do not.
fn reason(error: &ParquetError) -> &'static str {
    match error {
        ParquetError::NYI(_) => "it uses something that is not read yet",
        ParquetError::EOF(_) => "it ends too early",
        _ => "it is damaged, or no such file",
    }
}

fn columns(path: &Path, metadata: &ParquetMetaData) -> Result<(Vec<String>, Vec<ColumnKind>), OpenError> {
    let schema = metadata.file_metadata().schema_descr();
    let mut names = Vec::new();
    let mut kinds = Vec::new();
    for field in schema.root_schema().get_fields() {
        let refused = |why: &str| {
            let why = format!("has a column that cannot be read: `{}` {why}", field.name());
            OpenError::from(
                Trouble::new(path, &diagnostics::CELLS, why)
                    .hint("leave the column out where the file is written, or write it as text"),
            )
        };
        if !field.is_primitive() {
            return Err(refused("is nested"));
        }
        let descriptor = schema.column(names.len());
        if descriptor.max_rep_level() > 0 {
            return Err(refused("is a list"));
        }
        kinds.push(kind_of(&descriptor).map_err(refused)?);
        names.push(field.name().to_owned());
    }
    Ok((names, kinds))
}

/// The pages of a column, unpacked. The decoder's own zstd is C code: such pages are unpacked here and given to it as
/// plain ones.
fn pages<F: ChunkReader + 'static>(
    path: &Path,
    names: &[String],
    at: usize,
    file: &Arc<F>,
    chunk: &ColumnChunkMetaData,
    rows: usize,
) -> Result<Result<Box<dyn PageReader>, ParquetError>, OpenError> {
    let plain = |chunk: &ColumnChunkMetaData| SerializedPageReader::new(Arc::clone(file), chunk, rows, None);
    match chunk.compression() {
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::GZIP(_)
        | Compression::LZ4
        | Compression::LZ4_RAW => Ok(plain(chunk).map(|pages| Box::new(pages) as Box<dyn PageReader>)),
        Compression::ZSTD(_) => {
            let told = chunk
                .clone()
                .into_builder()
                .set_compression(Compression::UNCOMPRESSED)
                .build();
            Ok(told
                .and_then(|chunk| plain(&chunk))
                .map(|pages| Box::new(ZstdPages::new(pages)) as Box<dyn PageReader>))
        }
        Compression::LZO | Compression::BROTLI(_) => {
            let name = names.get(at).map_or("", String::as_str);
            let codec = match chunk.compression() {
                Compression::LZO => "lzo",
                _ => "brotli",
            };
            let why = format!("is packed with {codec} (column `{name}`), which is not read");
            Err(Trouble::new(path, &diagnostics::CELLS, why)
                .hint("write it with snappy, zstd, gzip or lz4")
                .into())
        }
    }
}
