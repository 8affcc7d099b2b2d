//! How a reader gets the text of a file that another names.

use std::path::Path;

use crate::model::WhyNot;

/// Gets the text of a file by its path relative to the project root.
pub type FileReader<'a> = &'a dyn Fn(&Path) -> Result<String, WhyNot>;
