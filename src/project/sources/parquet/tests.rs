//! What is read of a file: the columns that somebody uses, and no byte of the others.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::errors::Result;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::reader::{ChunkReader, Length};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use bytes::Bytes;

use super::super::opened::About;
use super::super::spool::Spool;
use super::super::used::UsedColumns;
use super::{PartFile, copy};

/// Counts the bytes that are read of it.
#[derive(Clone)]
struct Counted(Bytes, Arc<AtomicU64>);

/// Counts on while it is read.
struct CountedRead<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for CountedRead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Length for Counted {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

impl ChunkReader for Counted {
    type T = CountedRead<<Bytes as ChunkReader>::T>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(CountedRead(self.0.get_read(start)?, Arc::clone(&self.1)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.1.fetch_add(length as u64, Ordering::Relaxed);
        self.0.get_bytes(start, length)
    }
}

/// So many columns of text, and rows, all different.
fn written(columns: usize, rows: usize) -> Bytes {
    let fields: String = (0..columns)
        .map(|at| format!("required binary c{at} (UTF8);"))
        .collect();
    let schema = Arc::new(parse_message_type(&format!("message m {{ {fields} }}")).unwrap());
    let properties = WriterProperties::builder().set_dictionary_enabled(false).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut at = 0;
    while let Some(mut column) = group.next_column().unwrap() {
        let cells = (0..rows).map(|row| ByteArray::from(format!("{at}-{row:020}").into_bytes()));
        let cells: Vec<ByteArray> = cells.collect();
        column.typed::<ByteArrayType>().write_batch(&cells, None, None).unwrap();
        column.close().unwrap();
        at += 1;
    }
    group.close().unwrap();
    writer.into_inner().unwrap().into()
}

/// The copy, and how many bytes were read for it.
fn read(file: &Bytes, used: &UsedColumns) -> (String, u64) {
    let read = Arc::new(AtomicU64::new(0));
    let mut spool = Spool::new(Path::new("x"), u64::MAX).unwrap();
    let file = PartFile {
        path: Path::new("x"),
        part: "x",
        file: Counted(file.clone(), Arc::clone(&read)),
    };
    copy(file, None, used, &mut spool).unwrap();
    let source = spool.finish(About::default()).unwrap();
    let mut text = vec![0; usize::try_from(source.size()).unwrap()];
    source.read_at(0, &mut text).unwrap();
    (String::from_utf8(text).unwrap(), read.load(Ordering::Relaxed))
}

#[test]
fn of_forty_columns_the_three_that_are_used_are_read() {
    let wide = written(40, 20_000);
    let three = UsedColumns::those(|head| ["c0", "c7", "c39"].contains(&head));
    let (text, some) = read(&wide, &three);
    let (_, all) = read(&wide, &UsedColumns::all());
    let (_, alone) = read(&written(3, 20_000), &UsedColumns::all());
    assert!(all > wide.len() as u64 * 9 / 10, "{all} of {}", wide.len());
    // What is more than those three columns alone is the longer footer.
    assert!(some < alone + alone / 10, "{some}, {alone} alone, {all} in all");
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap().split(',').count(), 40);
    let cells: Vec<&str> = lines.nth(4).unwrap().split(',').collect();
    assert_eq!(
        (cells[0], cells[7], cells[39]),
        (
            "0-00000000000000000004",
            "7-00000000000000000004",
            "39-00000000000000000004"
        )
    );
    assert!(cells.len() == 40 && cells[1].is_empty());
}
