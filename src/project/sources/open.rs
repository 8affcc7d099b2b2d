//! Which kind of source opens what a file names.

#[cfg(not(all(feature = "postgres", feature = "xlsx")))]
use super::absent;
use super::file::LocalFile;
use super::standard_input::StandardInput;
use super::{OpenError, OpenedSource, SourceKind, Sources};
use crate::campaign::Origin;

impl Sources {
    /// Opens a source; standard input is read whole at the first call.
    pub fn open(&self, origin: &Origin) -> Result<OpenedSource, OpenError> {
        match origin {
            Origin::File(path) => LocalFile(path).open(self),
            Origin::StandardInput => StandardInput.open(self),
            #[cfg(feature = "postgres")]
            Origin::Query(query) => query.open(self),
            #[cfg(not(feature = "postgres"))]
            Origin::Query(query) => Err(absent::without(&query.name, "postgres")),
            Origin::Parts(parts) => parts.open(self),
            #[cfg(feature = "xlsx")]
            Origin::Workbook(sheet) => sheet.open(self),
            #[cfg(not(feature = "xlsx"))]
            Origin::Workbook(sheet) => Err(absent::without(&sheet.path, "xlsx")),
            Origin::Download(download) => download.open(self),
        }
    }
}
