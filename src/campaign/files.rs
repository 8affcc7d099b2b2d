//! How a reader gets the text of a file that another names.

use std::path::Path;

/// Gets the text of a file by its path relative to the project root; the error is a short reason.
pub type FileReader<'a> = &'a dyn Fn(&Path) -> Result<String, String>;
