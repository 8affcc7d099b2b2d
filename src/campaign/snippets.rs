//! `{% include "snippets/footer.txt" %}`: a piece of text of the project's own, put in when the file is read, so that
//! it is checked, counted and shown like the rest.
//!
//! In: a template, and a way to get the text of a file by its path from the project's root. Out: the template with
//! every include in it replaced, each piece with its place. Never: a file outside of the project, a name that is
//! computed, or an include that includes itself.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::files::FileReader;
use super::reading::Reading;
use super::wording::clip;
use super::{diagnostics, paths};
use crate::model::{Diagnostic, Piece, Place, Text};

/// How deep snippets may include each other.
const MAX_DEPTH: usize = 8;
/// Includes of one template, those within others too.
const MAX_INCLUDES: usize = 100;

/// The template with its snippets; faults are recorded, and leave it as it was.
pub(super) fn with_snippets(reading: &mut Reading<'_>, text: Text, files: FileReader<'_>) -> Text {
    if includes(&text.text).is_empty() {
        return text;
    }
    let mut assembly = Assembly {
        files,
        open: Vec::new(),
        count: 0,
        faults: Vec::new(),
        out: Text {
            text: String::new(),
            pieces: Vec::new(),
            ..text.clone()
        },
    };
    assembly.add(&text);
    if assembly.faults.is_empty() {
        assembly.out
    } else {
        reading.found.append(&mut assembly.faults);
        text
    }
}

struct Assembly<'f> {
    files: FileReader<'f>,
    /// Files that are being put in.
    open: Vec<PathBuf>,
    count: usize,
    faults: Vec<Diagnostic>,
    out: Text,
}

impl Assembly<'_> {
    fn add(&mut self, text: &Text) {
        let mut from = 0;
        for include in includes(&text.text) {
            let mut before = text.text.get(from..include.span.start).unwrap_or_default();
            if include.trims.0 {
                before = before.trim_end();
            }
            self.piece(text, from, before);
            self.include(text, &include);
            from = include.span.end;
            if include.trims.1 {
                let rest = text.text.get(from..).unwrap_or_default();
                from += rest.len() - rest.trim_start().len();
            }
        }
        self.piece(text, from, text.text.get(from..).unwrap_or_default());
    }

    /// Appends bytes of a text, with their place in it.
    fn piece(&mut self, text: &Text, from: usize, piece: &str) {
        if piece.is_empty() {
            return;
        }
        let whole_file = (text.place.line, text.place.column) == (1, 1);
        self.out.pieces.push(Piece {
            start: self.out.text.len(),
            place: Place {
                length: 0,
                ..text.place_of(&(from..from + piece.len()))
            },
            indent: (text.indent > 0 || whole_file).then_some(text.indent),
        });
        self.out.text.push_str(piece);
    }

    fn include(&mut self, text: &Text, include: &Include) {
        let place = text.place_of(&include.span);
        let mut fault = |message: String, hint: &str| {
            let fault = Diagnostic::error(&diagnostics::BODY, message).at(place.clone());
            self.faults.push(if hint.is_empty() { fault } else { fault.hint(hint) });
        };
        let Some(name) = &include.name else {
            return fault(
                "`include` takes the name of one file in quotes".to_owned(),
                "write `{% include \"snippets/footer.txt\" %}`; it is put in when the campaign is read",
            );
        };
        let path = match paths::resolve(Path::new(""), name, &[]) {
            Ok(path) => path,
            Err(why) => return fault(why.0, "snippets are files of the project, with paths from its root"),
        };
        if self.open.contains(&path) {
            return fault(format!("`{}` includes itself", clip(name)), "");
        }
        self.count += 1;
        if self.open.len() >= MAX_DEPTH || self.count > MAX_INCLUDES {
            let message = format!("more than {MAX_INCLUDES} snippets, or {MAX_DEPTH} within each other");
            return fault(message, "");
        }
        match (self.files)(&path) {
            Ok(found) => {
                let found = found
                    .strip_prefix('\u{feff}')
                    .unwrap_or(&found)
                    .replace("\r\n", "\n")
                    .replace('\r', "\n");
                let found = found.trim_end_matches(['\n', '\r']).to_owned();
                if found.trim().is_empty() {
                    return fault(format!("`{}` is blank", clip(name)), "");
                }
                let place = Place {
                    column: 1,
                    ..Place::line(&path, 1)
                };
                self.open.push(path);
                self.add(&Text {
                    text: found,
                    place,
                    ..Text::default()
                });
                self.open.pop();
            }
            Err(why) => {
                let message = format!("`{}` cannot be read: {}", clip(name), clip(&why.0));
                fault(message, "snippets are named from the project's root");
            }
        }
    }
}

/// An `include` tag.
#[derive(Debug, PartialEq, Eq)]
struct Include {
    span: Range<usize>,
    /// Nothing where it is anything but one text in quotes.
    name: Option<String>,
    /// Whether it takes the blanks before and after it.
    trims: (bool, bool),
}

/// All in a template, outside of comments and raw blocks.
fn includes(source: &str) -> Vec<Include> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = source.get(at..).and_then(|rest| rest.find('{')).map(|open| at + open) {
        let rest = source.get(open..).unwrap_or_default();
        let end_of = |mark: &str| rest.find(mark).map_or(source.len(), |end| open + end + mark.len());
        if rest.starts_with("{#") {
            at = end_of("#}");
        } else if let Some(inside) = rest.strip_prefix("{%") {
            let end = end_of("%}");
            let inside = inside.get(..end.saturating_sub(open + 4)).unwrap_or_default();
            let trims = (inside.starts_with('-'), inside.ends_with('-'));
            let inside = inside.strip_prefix('-').unwrap_or(inside);
            let inside = inside.strip_suffix('-').unwrap_or(inside).trim();
            at = end;
            if inside == "raw" {
                at = source
                    .get(at..)
                    .and_then(|rest| rest.find("endraw"))
                    .map_or(source.len(), |raw| at + raw);
            } else if let Some(name) = inside
                .strip_prefix("include")
                .filter(|name| !name.starts_with(is_of_a_name))
            {
                found.push(Include {
                    span: open..end,
                    name: quoted(name.trim()),
                    trims,
                });
            }
        } else {
            at = open + 1;
        }
    }
    found
}

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn quoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.contains([quote, '\\'])).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PROJECT, show};
    use super::super::{read_campaign, read_project};
    use super::*;

    fn files(path: &Path) -> Result<String, crate::model::WhyNot> {
        match path.to_str() {
            Some("snippets/footer.txt") => Ok("Stop: {{ link }}\r\nBye\n".to_owned()),
            Some("snippets/outer.txt") => Ok("<{% include 'snippets/footer.txt' %}>".to_owned()),
            Some("snippets/loop.txt") => Ok("a {% include \"snippets/loop.txt\" %}".to_owned()),
            Some("snippets/blank.txt") => Ok("\n".to_owned()),
            _ => Err("no such file".into()),
        }
    }

    fn read(body: &str) -> Result<Text, String> {
        let project = read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0;
        let yaml = format!(
            "sender: ACME\nbody: |\n  {}\nrecipients: [{{ csv: a.csv }}]\ndelivery:\n  windows:\n    - {{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }}\n",
            body.replace('\n', "\n  ")
        );
        let read = read_campaign(Path::new("campaigns/promo.yaml"), &yaml, &project, &files);
        read.map(|(campaign, _)| campaign.body).map_err(|faults| show(&faults))
    }

    #[test]
    fn snippets_are_put_in_where_they_are_included() {
        for (body, text) in [
            ("Hi {% include \"snippets/footer.txt\" %}!", "Hi Stop: {{ link }}\nBye!"),
            (
                "Hi \n{%- include 'snippets/footer.txt' -%} \n!",
                "HiStop: {{ link }}\nBye!",
            ),
            ("{% include \"snippets/outer.txt\" %}", "<Stop: {{ link }}\nBye>"),
            ("{# {% include \"x\" %} #}a", "{# {% include \"x\" %} #}a"),
            (
                "{% raw %}{% include \"x\" %}{% endraw %}",
                "{% raw %}{% include \"x\" %}{% endraw %}",
            ),
            ("{{ included }}", "{{ included }}"),
        ] {
            assert_eq!(read(body).unwrap().text, text, "{body}");
        }
    }

    #[test]
    fn each_piece_knows_its_place() {
        let text = read("Hi {{ a }} {% include \"snippets/footer.txt\" %} {{ b }}\n{{ c }}").unwrap();
        let at = |name: &str| {
            let start = text.text.find(name).unwrap();
            let place = text.place_of(&(start..start + name.len()));
            (place.file.display().to_string(), place.line, place.column)
        };
        assert_eq!(at("a }}"), ("campaigns/promo.yaml".to_owned(), 3, 9));
        assert_eq!(at("link"), ("snippets/footer.txt".to_owned(), 1, 10));
        assert_eq!(at("Bye"), ("snippets/footer.txt".to_owned(), 2, 1));
        assert_eq!(at("b }}"), ("campaigns/promo.yaml".to_owned(), 3, 53));
        assert_eq!(at("c }}"), ("campaigns/promo.yaml".to_owned(), 4, 6));
    }

    #[test]
    fn what_cannot_be_included_is_told_at_the_tag() {
        for (name, fault) in [
            (
                "\"snippets/none.txt\"",
                "3:3+33 C025 `snippets/none.txt` cannot be read: no such file",
            ),
            ("\"../secret.txt\"", "leaves the project"),
            ("\"/etc/hosts\"", "leaves the project"),
            ("name", "`include` takes the name of one file in quotes"),
            ("[\"a\", \"b\"]", "`include` takes the name of one file in quotes"),
            ("\"snippets/loop.txt\"", "`snippets/loop.txt` includes itself"),
            ("\"snippets/blank.txt\"", "`snippets/blank.txt` is blank"),
        ] {
            let told = read(&format!("{{% include {name} %}}")).unwrap_err();
            assert!(told.contains(fault), "{name}: {told}");
        }
    }
}
