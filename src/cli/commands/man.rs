//! `campanile man DIR`: manual pages for packagers.

use std::path::Path;

use clap::CommandFactory;
use serde_json::json;

use crate::cli::args::Cli;
use crate::cli::context::{Context, Failed, pretty, write_file};
use crate::cli::exit::Exit;
use crate::cli::version::{DATE, TOOL};

/// Writes one page per command.
pub(crate) fn run(context: &Context, directory: &Path) -> Result<Exit, Failed> {
    std::fs::create_dir_all(directory).map_err(|error| {
        Failed::new(
            Exit::Failed,
            format!("could not make `{}`: {error}", directory.display()),
        )
    })?;
    let command = Cli::command();
    let mut pages = vec![("campanile".to_owned(), command.clone())];
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let name = format!("campanile-{}", sub.get_name());
        pages.push((name.clone(), sub.clone().name(&*Box::leak(name.into_boxed_str()))));
    }
    let mut files = Vec::new();
    for (name, command) in pages {
        let mut page = Vec::new();
        clap_mangen::Man::new(command)
            .title(name.to_uppercase())
            .date(DATE)
            .source(TOOL)
            .manual("Campanile Manual")
            .render(&mut page)
            .map_err(anyhow::Error::from)?;
        let page = tidy(&String::from_utf8_lossy(&page));
        write_file(&directory.join(format!("{name}.1")), page.as_bytes())?;
        files.push(format!("{name}.1"));
    }
    let document = || {
        let directory = directory.display().to_string();
        pretty(&json!({ "format_version": "1.0", "directory": directory, "files": files }))
    };
    let told = || format!("wrote manual pages to `{}`\n", directory.display());
    context.emit_text(&document, &told)?;
    Ok(Exit::Done)
}

/// Without what `mandoc -Tlint` complains about: blanks at line ends, breaks beside empty lines.
fn tidy(page: &str) -> String {
    let lines: Vec<&str> = page.lines().map(str::trim_end).collect();
    let is_space = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_some_and(|line| line.is_empty());
    let mut out = String::with_capacity(page.len());
    for (at, line) in lines.iter().enumerate() {
        if *line == ".br" && (is_space(at.checked_sub(1)) || is_space(Some(at + 1))) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
