//! A sheet of a workbook: .xlsx and .ods.
//!
//! In: a file, a sheet, the row of its heads. Out: its rows as the text that they show. What a reader of the sheet
//! would not see is reported: hidden sheets, merged cells, formulas without a computed value. Never: digits that a
//! float has lost.

mod cell;
mod sheet;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, DataRef, Ods, OdsError, Reader, SheetVisible, Xlsx, open_workbook_from_rs};

use super::opened::{About, Stamp};
use super::spool::Spool;
use super::{OpenError, OpenedSource, SourceKind, Sources, Trouble};
use crate::campaign::{Sheet, alternatives, did_you_mean};
use crate::model::Diagnostic;
use crate::project::diagnostics;
use crate::project::inside::real_file;

use sheet::{Copying, cell_name};

/// Bytes of a workbook: it is unpacked in memory.
const MOST: u64 = 64 << 20;

impl SourceKind for &Sheet {
    fn open(&self, sources: &Sources) -> Result<OpenedSource, OpenError> {
        let path = self.path.as_path();
        let failed = |reason| OpenError::Path {
            path: path.to_owned(),
            reason,
            similar: None,
        };
        let real = real_file(&sources.root, &sources.allowed, path).map_err(failed)?;
        let key = format!("{}\n{:?}\n{:?}", path.display(), self.name, self.header_row);
        sources.once(Path::new(&key), || {
            let file = File::open(&real).map_err(|error| failed(error.into()))?;
            let stamp = Stamp::of(&file.metadata().map_err(|error| failed(error.into()))?);
            if stamp.size > MOST {
                let why = format!("is larger than is read ({} bytes of {MOST})", stamp.size);
                return Err(Trouble::new(path, &diagnostics::TOO_MUCH, why)
                    .hint("save the sheet as CSV")
                    .into());
            }
            let buffered = BufReader::new(file);
            let is_ods = path
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("ods"));
            let mut source = if is_ods {
                self.ods(buffered)
            } else {
                self.xlsx(buffered)
            }?;
            source.original = Some((real.clone(), stamp));
            if source.unchanged().unwrap_or(false) {
                Ok(source)
            } else {
                Err(OpenError::Changed { path: path.to_owned() })
            }
        })
    }
}

impl Sheet {
    fn broken(&self) -> OpenError {
        Trouble::new(&self.path, &diagnostics::CORRUPT, "is no workbook that can be read")
            .hint("is it open, or protected by a password? save it again, as .xlsx or .ods")
            .into()
    }

    /// calamine 0.38 takes white space between two elements for an element
    /// (`findings/ods-with-line-ends-between-cells.sh`).
    fn broken_ods(&self, error: &OdsError) -> OpenError {
        if !matches!(error, OdsError::Mismatch { found, .. } if found.starts_with("Text(")) {
            return self.broken();
        }
        Trouble::new(
            &self.path,
            &diagnostics::CORRUPT,
            "has line ends between its cells, which is not read",
        )
        .hint("SheetJS writes .ods so: let it write .xlsx, or open the file in LibreOffice and save it again")
        .into()
    }

    fn xlsx(&self, file: BufReader<File>) -> Result<OpenedSource, OpenError> {
        let mut book: Xlsx<_> = open_workbook_from_rs(file).map_err(|_| self.broken())?;
        let (name, mut warnings) = self.choose(book.sheets_metadata())?;
        let merged = book.merge_cells_by_sheet_name(&name).map_err(|_| self.broken())?;
        if let Some(first) = merged.first() {
            let range = format!("{}:{}", cell_name(first.start), cell_name(first.end));
            warnings.push(self.warning(
                &name,
                &format!("has {} merged ranges (the first: {range})", merged.len()),
                "only the first cell of a merged range has its value: fill the others",
            ));
        }
        // Two passes: a formula whose value is nowhere looks like an empty cell.
        let mut formulas = BTreeSet::new();
        let mut cells = book.worksheet_cells_reader(&name).map_err(|_| self.broken())?;
        while let Some(cell) = cells.next_formula().map_err(|_| self.broken())? {
            if !cell.get_value().is_empty() {
                formulas.insert(cell.get_position());
            }
        }
        drop(cells);
        let mut copying = Copying::new(&self.path, &name, self.header_row)?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(|_| self.broken())?;
        while let Some(cell) = cells.next_cell().map_err(|_| self.broken())? {
            if !matches!(cell.get_value(), DataRef::Empty) {
                formulas.remove(&cell.get_position());
                copying.cell(cell.get_position(), &Data::from(cell.get_value().clone()))?;
            }
        }
        if let Some(first) = formulas.first() {
            warnings.push(self.warning(
                &name,
                &format!(
                    "has {} formulas without a value (the first: {})",
                    formulas.len(),
                    cell_name(*first)
                ),
                "they are read as empty cells; open the workbook and save it, and the program computes them",
            ));
        }
        Self::finish(copying.finish()?, warnings)
    }

    fn ods(&self, file: BufReader<File>) -> Result<OpenedSource, OpenError> {
        let mut book: Ods<_> = open_workbook_from_rs(file).map_err(|error| self.broken_ods(&error))?;
        let (name, warnings) = self.choose(book.sheets_metadata())?;
        let range = book.worksheet_range(&name).map_err(|error| self.broken_ods(&error))?;
        let mut copying = Copying::new(&self.path, &name, self.header_row)?;
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            let at = |start: u32, offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            copying.cell((at(first_row, row), at(first_column, column)), value)?;
        }
        Self::finish(copying.finish()?, warnings)
    }

    fn finish(spool: Spool<'_>, warnings: Vec<Diagnostic>) -> Result<OpenedSource, OpenError> {
        spool.finish(About {
            warnings,
            ..About::default()
        })
    }

    fn warning(&self, sheet: &str, what: &str, hint: &str) -> Diagnostic {
        let message = format!("`{}`, sheet `{sheet}`, {what}", self.path.display());
        Diagnostic::warning(&diagnostics::CELLS, message).hint(hint)
    }

    /// The sheet that is named, or the only one that is visible.
    fn choose(&self, sheets: &[calamine::Sheet]) -> Result<(String, Vec<Diagnostic>), OpenError> {
        let is_visible = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
        let visible: Vec<&str> = sheets
            .iter()
            .filter(is_visible)
            .map(|sheet| sheet.name.as_str())
            .collect();
        let wrong = |why: String| Trouble::new(&self.path, &diagnostics::CELLS, why);
        let Some(wanted) = &self.name else {
            return match visible[..] {
                [only] => {
                    let hidden = sheets.len() - 1;
                    let message = format!(
                        "`{}` has hidden sheets, which are not read ({hidden})",
                        self.path.display()
                    );
                    let note = (hidden > 0).then(|| Diagnostic::warning(&diagnostics::CELLS, message));
                    Ok((only.to_owned(), note.into_iter().collect()))
                }
                [] => Err(wrong("has no visible sheet".to_owned())
                    .hint("name one: `sheet: Kunder`")
                    .into()),
                [..] => Err(wrong(format!("has {} sheets", visible.len()))
                    .hint(format!("name one: `sheet: {}`", alternatives(visible.iter().copied())))
                    .into()),
            };
        };
        match sheets.iter().find(|sheet| sheet.name == *wanted) {
            Some(sheet) if sheet.visible == SheetVisible::Visible => Ok((wanted.clone(), Vec::new())),
            Some(_) => {
                let hint = "a person who opens the workbook does not see who is in it";
                Ok((wanted.clone(), vec![self.warning(wanted, "is hidden", hint)]))
            }
            None => {
                let trouble = wrong(format!("has no sheet `{wanted}`"));
                let names = || sheets.iter().map(|sheet| sheet.name.as_str());
                Err(match did_you_mean(wanted, names()) {
                    Some(hint) => trouble.hint(hint),
                    None => trouble.hint(format!("it has {}", alternatives(names()))),
                }
                .into())
            }
        }
    }
}
