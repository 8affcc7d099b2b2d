//! What one thread finds in the blocks that it reads: of each row once for all readers, and then for each of them.
//!
//! A row is parsed and its number judged once. Where several campaigns read a list, some rows are gathered first and
//! each campaign goes through them in turn, so that what it counts in stays in the processor's cache.

use std::sync::{Mutex, PoisonError};

use super::blocks::{Block, Cutter};
use super::counts::Counts;
use super::entry::IndexEntry;
use super::number_forms::Forms;
use super::numbering::Number;
use super::numbers::{NumberFault, find};
use super::order::Pile;
use super::reread::{fit, people_of};
use super::row_bits::RowBits;
use super::row_faults::{Faults, RowFault};
use super::rows::{RawRow, each_row};
use super::settings::ListSettings;
use super::swallowed::{holds_a_row, joins_rows};
use super::table::Table;
use super::visitor::{ListRow, Visitor};
use crate::model::{Diagnostic, InvalidRow, NumberSet, Part, Person};

/// What a thread has found in the rows, the same for every reader.
pub(super) struct RowsHarvest {
    /// Rows that a reader keeps.
    pub(super) entries: Pile,
    /// The place of every row with a number, in ascending order; empty for a single reader.
    pub(super) places: Vec<u64>,
    /// By table.
    pub(super) rows: Vec<u64>,
    pub(super) forms: Vec<Forms>,
    pub(super) faults: Vec<Faults>,
    pub(super) broken: Vec<Diagnostic>,
}

/// What a thread has found for one reader.
pub(super) struct OwnHarvest<V> {
    pub(super) visitor: V,
    pub(super) left_out: Vec<Person>,
    /// By table, but for the rows.
    pub(super) counts: Vec<Counts>,
    /// By table: kinds of numbers.
    pub(super) forms: Vec<Forms>,
    pub(super) faults: Vec<Faults>,
    /// Which of the thread's rows with numbers it keeps; empty for a single reader.
    pub(super) kept: RowBits,
}

impl RowsHarvest {
    fn new(tables: usize) -> Self {
        Self {
            entries: Pile::new(),
            places: Vec::new(),
            rows: vec![0; tables],
            forms: vec![Forms::default(); tables],
            faults: vec![Faults::default(); tables],
            broken: Vec::new(),
        }
    }
}

impl<V> OwnHarvest<V> {
    fn new(visitor: V, tables: usize) -> Self {
        Self {
            visitor,
            left_out: Vec::new(),
            counts: vec![Counts::default(); tables],
            forms: vec![Forms::default(); tables],
            faults: vec![Faults::default(); tables],
            kept: RowBits::default(),
        }
    }
}

/// One reader's tables, in the order of the pass, and whom it leaves out.
#[derive(Clone, Copy)]
pub(super) struct RowJudge<'a> {
    pub(super) tables: &'a [Table],
    pub(super) suppressed: &'a [&'a NumberSet],
    pub(super) settings: &'a ListSettings,
}

/// One pass over some tables for all who read them alike; the first one's tables are read.
pub(super) struct ListPass<'a> {
    pub(super) readers: Vec<RowJudge<'a>>,
    pub(super) tables: &'a [Table],
    pub(super) settings: &'a ListSettings,
}

/// A row with its number judged.
struct JudgedRow {
    source: usize,
    line: u64,
    offset: u64,
    number: Result<Subscriber, NumberFault>,
}

/// Whose row it is.
#[derive(Clone, Copy)]
struct Subscriber {
    number: Number,
    person: Person,
    bucket: u16,
}

impl JudgedRow {
    fn entry(&self) -> Option<IndexEntry> {
        let of = self.number.as_ref().ok()?;
        Some(IndexEntry::new(of.bucket, of.person, self.source, self.offset))
    }
}

/// Rows gathered for several readers.
#[derive(Default)]
struct RowBatch {
    rows: Vec<JudgedRow>,
    /// Cells, one after the other.
    text: String,
    ends: Vec<usize>,
}

/// So many rows and what is counted of them stay in a cache.
const BATCH: usize = 512;

impl ListPass<'_> {
    /// Reads blocks until there are no more.
    pub(super) fn work<V: Visitor>(
        &self,
        cutter: &Mutex<Cutter<'_>>,
        visitors: impl Iterator<Item = V>,
    ) -> (RowsHarvest, Vec<OwnHarvest<V>>) {
        let tables = self.tables.len();
        let mut rows = RowsHarvest::new(tables);
        let mut own: Vec<OwnHarvest<V>> = visitors.map(|visitor| OwnHarvest::new(visitor, tables)).collect();
        let mut batch = RowBatch::default();
        let mut memory = Vec::new();
        loop {
            let next = cutter.lock().unwrap_or_else(PoisonError::into_inner).next(memory);
            memory = match next {
                None => return (rows, own),
                Some(Ok(block)) => {
                    self.read_block(&block, &mut rows, &mut own, &mut batch);
                    block.bytes
                }
                Some(Err(fault)) => {
                    rows.broken.push(fault);
                    Vec::new()
                }
            };
        }
    }

    fn read_block<V: Visitor>(
        &self,
        block: &Block,
        rows: &mut RowsHarvest,
        own: &mut [OwnHarvest<V>],
        batch: &mut RowBatch,
    ) {
        let Some(table) = self.tables.get(block.source) else {
            return;
        };
        let has_nul = memchr::memchr(0, &block.bytes).is_some();
        if let ([reader], [own]) = (self.readers.as_slice(), &mut *own) {
            each_row(block, &table.dialect, &mut |raw| {
                let Some((row, cells)) = self.judge(table, block.source, raw, has_nul, rows) else {
                    return;
                };
                if let (true, Some(entry)) = (reader.take(&row, cells, own), row.entry()) {
                    rows.entries.push(entry);
                }
            });
            return;
        }
        each_row(block, &table.dialect, &mut |raw| {
            if let Some((row, cells)) = self.judge(table, block.source, raw, has_nul, rows) {
                batch.push(row, cells);
                if batch.rows.len() == BATCH {
                    self.give(batch, table.columns.len(), rows, own);
                }
            }
        });
        self.give(batch, table.columns.len(), rows, own);
    }

    /// Gives gathered rows to all readers, one after the other.
    fn give<V: Visitor>(
        &self,
        batch: &mut RowBatch,
        columns: usize,
        rows: &mut RowsHarvest,
        own: &mut [OwnHarvest<V>],
    ) {
        let mut from = 0;
        let ends = batch.ends.iter();
        let cells: Vec<&str> = ends
            .map(|end| {
                let cell = batch.text.get(std::mem::replace(&mut from, *end)..*end);
                cell.unwrap_or_default()
            })
            .collect();
        let first = rows.places.len();
        let mut is_kept = vec![false; batch.rows.len()];
        for (reader, own) in self.readers.iter().zip(own) {
            let mut place = first;
            let rows = batch.rows.iter().zip(cells.chunks(columns));
            for ((row, cells), is_kept) in rows.zip(&mut is_kept) {
                if reader.take(row, cells, own) {
                    own.kept.set(place);
                    *is_kept = true;
                }
                place += usize::from(row.number.is_ok());
            }
        }
        for (row, is_kept) in batch.rows.iter().zip(is_kept) {
            if let Some(entry) = row.entry() {
                rows.places.push(entry.place_bits());
                if is_kept {
                    rows.entries.push(entry);
                }
            }
        }
        batch.rows.clear();
        batch.text.clear();
        batch.ends.clear();
    }

    /// What a row is, the same for every reader; `None`: no reader takes it.
    fn judge<'c>(
        &self,
        table: &Table,
        source: usize,
        raw: &RawRow<'c>,
        has_nul: bool,
        found: &mut RowsHarvest,
    ) -> Option<(JudgedRow, &'c [&'c str])> {
        let listed = self.settings.listed_rows;
        let (Some(rows), Some(forms), Some(faults)) = (
            found.rows.get_mut(source),
            found.forms.get_mut(source),
            found.faults.get_mut(source),
        ) else {
            return None;
        };
        *rows += 1;
        if has_nul && raw.has_nul() {
            faults.add(raw.line, RowFault::Nul, listed);
            return None;
        }
        let plan = self.settings.national_plan.as_ref();
        let holds_rows =
            |cells| (raw.has_line_ends && holds_a_row(cells, table, plan)) || joins_rows(cells, table, plan);
        if raw.cells.is_some_and(holds_rows) {
            faults.add(raw.line, RowFault::HoldsRows, listed);
        }
        let cells = match cells_of_row(raw, table) {
            Ok(cells) => cells,
            Err(fault) => {
                faults.add(raw.line, fault, listed);
                return None;
            }
        };
        if table.is_list {
            for person in people_of(table, cells, self.settings) {
                match person {
                    Ok(person) => {
                        let entry = IndexEntry::new(Part::bucket(person), person, source, raw.offset);
                        found.entries.push(entry);
                    }
                    Err(fault) => {
                        faults.add(raw.line, RowFault::Number(fault), listed);
                        break;
                    }
                }
            }
            return None;
        }
        let text = cells.get(table.number).copied().unwrap_or_default();
        let home = table.home(cells, self.settings);
        let number = home.and_then(|home| find(text, home, table.form)).map(|number| {
            let number = forms.take(number, raw.line, listed);
            let person = Person::from(number.msisdn);
            Subscriber {
                number,
                person,
                bucket: Part::bucket(person),
            }
        });
        let row = JudgedRow {
            source,
            line: raw.line,
            offset: raw.offset,
            number,
        };
        Some((row, cells))
    }
}

fn cells_of_row<'c>(raw: &RawRow<'c>, table: &Table) -> Result<&'c [&'c str], RowFault> {
    let cells = raw.cells.ok_or(RowFault::NotUtf8)?;
    fit(cells, table.columns.len()).ok_or(RowFault::Ragged {
        cells: cells.len(),
        columns: table.columns.len(),
    })
}

impl RowBatch {
    fn push(&mut self, row: JudgedRow, cells: &[&str]) {
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        self.rows.push(row);
    }
}

impl RowJudge<'_> {
    /// Whether the reader keeps the row; what else becomes of it is counted.
    fn take<V: Visitor>(&self, row: &JudgedRow, cells: &[&str], own: &mut OwnHarvest<V>) -> bool {
        let outcome = self.outcome(row, cells, own);
        let counts = own.counts.get_mut(row.source);
        match (outcome, counts) {
            (Ok(RowOutcome::Kept), _) => return true,
            (Ok(RowOutcome::Filtered), Some(counts)) => counts.filtered += 1,
            (Ok(RowOutcome::Suppressed(person)), Some(counts)) => {
                counts.suppressed += 1;
                own.left_out.push(person);
            }
            (Ok(RowOutcome::SetApart), Some(counts)) => counts.set_apart += 1,
            (Err(fault), _) => {
                if let Some(faults) = own.faults.get_mut(row.source) {
                    faults.add(row.line, fault, self.settings.listed_rows);
                }
            }
            (Ok(RowOutcome::Filtered | RowOutcome::Suppressed(_) | RowOutcome::SetApart), None) => {}
        }
        false
    }

    fn outcome<V: Visitor>(
        &self,
        row: &JudgedRow,
        cells: &[&str],
        own: &mut OwnHarvest<V>,
    ) -> Result<RowOutcome, RowFault> {
        let visitor = &mut own.visitor;
        let of = match &row.number {
            Ok(of) => *of,
            // Who takes no part anyway needs no number.
            Err(_) if visitor.leaves_out(row.source, cells) => return Ok(RowOutcome::Filtered),
            Err(fault) => return Err(RowFault::Number(*fault)),
        };
        let list_row = ListRow {
            source: row.source,
            line: row.line,
            offset: row.offset,
            number: of.number.msisdn,
            person: of.person,
            bucket: of.bucket,
            country: of.number.country,
            cells,
        };
        if !visitor.admits(&list_row)? {
            return Ok(RowOutcome::Filtered);
        }
        if self.suppressed.iter().any(|numbers| numbers.contains(of.person)) {
            return Ok(RowOutcome::Suppressed(of.person));
        }
        let kind = of.number.kind;
        if self.settings.refuses(kind) {
            let table = self.tables.get(row.source);
            if table.is_some_and(|table| table.on_invalid.skips(InvalidRow::WrongType)) {
                return Err(RowFault::WrongType(kind));
            }
        }
        if visitor.sets_apart(&list_row) {
            return Ok(RowOutcome::SetApart);
        }
        if let Some(forms) = own.forms.get_mut(row.source) {
            forms.recipient(kind);
        }
        visitor.add(&list_row);
        Ok(RowOutcome::Kept)
    }
}

/// What becomes of a row without faults.
enum RowOutcome {
    Kept,
    Filtered,
    Suppressed(Person),
    SetApart,
}
