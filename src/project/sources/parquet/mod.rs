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
use std::sync::{Arc, mpsc};
use std::thread;

use ::parquet::basic::Compression;
use ::parquet::column::page::PageReader;
use ::parquet::column::reader::get_column_reader;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use ::parquet::file::reader::ChunkReader;
use ::parquet::file::serialized_reader::SerializedPageReader;

use super::spool::Spool;
use super::used::UsedColumns;
use super::{OpenError, Trouble};
use crate::project::diagnostics;

use column::{Cells, Column};
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
    let broken = |error: ParquetError| damaged(path, part, &error);
    let file = Arc::new(file);
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&*file).map_err(broken)?;
    let (names, kinds) = columns(path, &metadata)?;
    if heads.is_some_and(|heads| heads != names) {
        return Ok(None);
    }
    spool.header(names.iter().map(String::as_str))?;
    let reading = Reading {
        path,
        part,
        names: &names,
        kinds: &kinds,
        used,
    };
    // What is read ahead is written meanwhile; two batches are under way, so that memory stays flat.
    let (filled, batches) = mpsc::sync_channel::<Batch>(1);
    let (reading, file, metadata) = (&reading, &file, &metadata);
    thread::scope(|scope| {
        let reader = scope.spawn(move || reading.read(file, metadata, &filled));
        let mut row = 0;
        // Once this end is gone, the reading ends too.
        let written = batches.into_iter().try_for_each(|batch| {
            (0..batch.rows).try_for_each(|index| {
                row += 1;
                let cells = batch.columns.iter();
                spool.row(
                    row,
                    cells.map(|cells| cells.as_ref().map_or("", |cells| cells.cell(index))),
                )
            })
        });
        let failed = |_| Err(broken(ParquetError::General("the reading thread failed".to_owned())));
        let read = reader.join().unwrap_or_else(failed);
        written.and(read)
    })?;
    Ok(Some(names))
}

/// Some rows: the cells of each column, none of one that nobody uses.
struct Batch {
    rows: usize,
    columns: Vec<Option<Cells>>,
}

/// A file that is read.
struct Reading<'a> {
    path: &'a Path,
    part: &'a str,
    names: &'a [String],
    kinds: &'a [ColumnKind],
    used: &'a UsedColumns,
}

impl Reading<'_> {
    /// Hands over its rows in batches, as long as somebody takes them.
    fn read<F: ChunkReader + 'static>(
        &self,
        file: &Arc<F>,
        metadata: &ParquetMetaData,
        filled: &mpsc::SyncSender<Batch>,
    ) -> Result<(), OpenError> {
        let mut row = 0;
        for group in metadata.row_groups() {
            let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
            let mut columns = self.columns(file, group, rows)?;
            let mut left = rows;
            while left > 0 {
                let rows = left.min(BATCH);
                let batch = self.batch(&mut columns, rows, row)?;
                if filled.send(batch).is_err() {
                    return Ok(());
                }
                left -= rows;
                row += rows;
            }
        }
        Ok(())
    }

    /// The columns of a row group; `None` for those that nobody uses.
    fn columns<F: ChunkReader + 'static>(
        &self,
        file: &Arc<F>,
        group: &RowGroupMetaData,
        rows: usize,
    ) -> Result<Vec<Option<Column>>, OpenError> {
        let mut columns = Vec::new();
        for (at, (name, kind)) in self.names.iter().zip(self.kinds).enumerate() {
            if !self.used.include(name) {
                columns.push(None);
                continue;
            }
            let pages = pages(self.path, self.names, at, file, group.column(at), rows)?;
            let pages = pages.map_err(|error| self.broken(&error))?;
            let descriptor = group.schema_descr().column(at);
            let levels = descriptor.max_def_level();
            let reader = get_column_reader(descriptor, pages);
            columns.push(Some(Column::new(reader, kind.clone(), levels)));
        }
        Ok(columns)
    }

    /// The next rows, after `before` others.
    fn batch(&self, columns: &mut [Option<Column>], rows: usize, before: usize) -> Result<Batch, OpenError> {
        let mut batch = Batch {
            rows,
            columns: Vec::with_capacity(columns.len()),
        };
        for (name, column) in self.names.iter().zip(columns) {
            let Some(column) = column else {
                batch.columns.push(None);
                continue;
            };
            let mut cells = Cells::default();
            let read = column.read(rows, &mut cells).map_err(|error| self.broken(&error))?;
            if let Err((index, why)) = read {
                let row = before + index + 1;
                let why = format!("has a cell that {why}: column `{name}`, row {row} of `{}`", self.part);
                return Err(Trouble::new(self.path, &diagnostics::CELLS, why)
                    .hint("write the column as text, or leave it out")
                    .into());
            }
            if cells.count() != rows {
                return Err(self.broken(&ParquetError::General("columns of different lengths".to_owned())));
            }
            batch.columns.push(Some(cells));
        }
        Ok(batch)
    }

    fn broken(&self, error: &ParquetError) -> OpenError {
        damaged(self.path, self.part, error)
    }
}

fn damaged(path: &Path, part: &str, error: &ParquetError) -> OpenError {
    let why = format!("cannot be read as Parquet (`{part}`: {})", reason(error));
    OpenError::from(Trouble::new(path, &diagnostics::CORRUPT, why).hint("write it again"))
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
