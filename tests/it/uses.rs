//! Which file of `src` uses which: a small reader of `use` declarations and of paths in the code.
//!
//! In: files by their path below `src`. Out: an arrow from each file to each file that defines something it names, followed
//! through what `mod.rs` files export again. Tests of the product do not count. Never: a compiler; what macros make and
//! methods that are called without naming their file are not seen.

use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<String>;
pub type Arrows = BTreeMap<String, BTreeSet<String>>;

/// One name of a `use` declaration.
#[derive(Clone)]
struct Used {
    path: Path,
    name: String,
    is_public: bool,
}

struct File {
    name: String,
    module: Path,
    code: String,
    uses: Vec<Used>,
}

/// The lines of a file without what only tests get.
pub fn product_lines(text: &str) -> Vec<&str> {
    let mut lines = text.lines().peekable();
    let mut product = Vec::new();
    while let Some(line) = lines.next() {
        let attribute = line.trim_start();
        if !(attribute.starts_with("#[cfg(test)]") || attribute.starts_with("#[cfg(any(test")) {
            product.push(line);
            continue;
        }
        let indent = &line[..line.len() - attribute.len()];
        while lines.next_if(|line| line.trim_start().starts_with("#[")).is_some() {}
        let Some(item) = lines.next() else { break };
        if item.ends_with([';', ',']) {
            continue;
        }
        let ends = [format!("{indent}}}"), format!("{indent}}};"), format!("{indent}}},")];
        lines.by_ref().find(|line| ends.iter().any(|end| line == end));
    }
    product
}

/// The arrows between these files: path below `src`, and text.
pub fn arrows(sources: &[(String, String)]) -> Arrows {
    let files: Vec<File> = sources.iter().map(|(name, text)| read(name, text)).collect();
    let by_module: BTreeMap<&[String], &File> = files.iter().map(|file| (file.module.as_slice(), file)).collect();
    let mut arrows = Arrows::new();
    for file in &files {
        let exports_again = file.name.ends_with("mod.rs");
        let declared = file.uses.iter().filter(|used| !(used.is_public && exports_again));
        let named = declared.map(|used| used.path.clone()).chain(paths(&file.code));
        let to: BTreeSet<String> = named
            .filter_map(|path| absolute(&path, &file.module, &by_module))
            .filter_map(|path| defined_in(&path, &by_module, 6))
            .filter(|target| target.name != file.name)
            .map(|target| target.name.clone())
            .collect();
        arrows.insert(file.name.clone(), to);
    }
    arrows
}

/// What is left of arrows once every file is removed that is on no circle and on no way between two.
pub fn circles(mut arrows: Arrows) -> Arrows {
    loop {
        let named: BTreeSet<String> = arrows.values().flatten().cloned().collect();
        let before = arrows.len();
        arrows.retain(|file, to| !to.is_empty() && named.contains(file));
        let left: BTreeSet<String> = arrows.keys().cloned().collect();
        for to in arrows.values_mut() {
            to.retain(|file| left.contains(file));
        }
        if arrows.len() == before {
            return arrows;
        }
    }
}

fn read(name: &str, text: &str) -> File {
    let without_comment = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let lines: Vec<String> = product_lines(text).into_iter().map(without_comment).collect();
    let mut module: Path = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let (mut code, mut uses) = (String::new(), Vec::new());
    let mut lines = lines.into_iter();
    while let Some(line) = lines.next() {
        let Some((is_public, rest)) = declaration(&line) else {
            code.push_str(&line);
            code.push('\n');
            continue;
        };
        let mut tree = rest.to_owned();
        while !tree.contains(';') {
            let Some(more) = lines.next() else { break };
            tree.push_str(&more);
        }
        let tree = tree.split(';').next().unwrap_or_default();
        flatten(tree, &[], is_public, &mut uses);
    }
    File {
        name: name.to_owned(),
        module,
        code: without_scopes(&code),
        uses,
    }
}

/// `pub(in crate::plan)` names no file.
fn without_scopes(code: &str) -> String {
    let mut parts = code.split("pub(in ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |code, part| {
        code + "pub " + part.split_once(')').map_or("", |(_, rest)| rest)
    })
}

/// A `use` at the beginning of a line, and what follows it.
fn declaration(line: &str) -> Option<(bool, &str)> {
    if let Some(rest) = line.trim_start().strip_prefix("use ") {
        return Some((false, rest));
    }
    let (visibility, rest) = line.split_once(" use ")?;
    let is_visibility = visibility == "pub" || visibility.starts_with("pub(") && visibility.ends_with(')');
    is_visibility.then_some((true, rest))
}

fn flatten(tree: &str, before: &[String], is_public: bool, found: &mut Vec<Used>) {
    for item in split(tree) {
        let (head, inner) = match item.split_once('{') {
            Some((head, inner)) => (head, inner.strip_suffix('}')),
            None => (item, None),
        };
        let (head, alias) = head
            .split_once(" as ")
            .map_or((head, None), |(head, alias)| (head, Some(alias)));
        let names = head.split("::").map(str::trim).filter(|name| !name.is_empty());
        let mut path: Path = before.iter().cloned().chain(names.map(str::to_owned)).collect();
        if let Some(inner) = inner {
            flatten(inner, &path, is_public, found);
            continue;
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let Some(last) = path.last() else { continue };
        let name = alias.map_or(last.clone(), |alias| alias.trim().to_owned());
        found.push(Used { path, name, is_public });
    }
}

/// At the commas outside braces.
fn split(tree: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, character) in tree.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&tree[start..]);
    items
        .into_iter()
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .collect()
}

/// Paths of at least two names in the code.
fn paths(code: &str) -> Vec<Path> {
    let is_of_a_name = |character: char| character.is_alphanumeric() || character == '_' || character == ':';
    code.split(|character| !is_of_a_name(character))
        .filter(|word| word.contains("::") && !word.starts_with(':'))
        .map(|word| {
            word.split("::")
                .take_while(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .filter(|path: &Path| path.len() > 1)
        .collect()
}

/// From the crate's root; `None` for what is of another crate or of no module.
fn absolute(path: &[String], module: &[String], by_module: &BTreeMap<&[String], &File>) -> Option<Path> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (module, &path[1..]),
        "super" => (&module[..module.len().checked_sub(ups)?], &path[ups..]),
        child => {
            let child: Path = module.iter().cloned().chain([child.to_owned()]).collect();
            by_module.get(child.as_slice())?;
            (module, path)
        }
    };
    Some(base.iter().chain(rest).cloned().collect())
}

/// The file that defines what a path names: through what is exported again, at most `depth` times.
fn defined_in<'f>(path: &[String], by_module: &BTreeMap<&[String], &'f File>, depth: usize) -> Option<&'f File> {
    let (at, file) = (0..=path.len())
        .rev()
        .find_map(|at| Some((at, *by_module.get(&path[..at])?)))?;
    let Some(name) = path.get(at) else {
        return Some(file);
    };
    let exported = file.uses.iter().filter(|used| used.is_public && used.name == *name);
    let further = exported
        .filter_map(|used| absolute(&used.path, &file.module, by_module))
        .map(|target| {
            target
                .into_iter()
                .chain(path[at + 1..].iter().cloned())
                .collect::<Path>()
        })
        .find(|target| depth > 0 && target != path);
    match further {
        Some(target) => defined_in(&target, by_module, depth - 1).or(Some(file)),
        None => Some(file),
    }
}
