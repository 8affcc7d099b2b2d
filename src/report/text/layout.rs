//! Lines of a terminal: how wide they are, how far in, and what is cut.

use std::fmt::{Arguments, Write as _};

use anstyle::{AnsiColor, Style};

use crate::report::numbers::shortened;
use crate::report::words::{self, Fate, WordRun};

/// How a plan is laid out at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// No line is longer, but for words that cannot be broken.
    pub columns: usize,
    /// Whether texts are shown whole.
    pub is_whole: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            columns: 80,
            is_whole: false,
        }
    }
}

/// Lines beyond this are hard to read, however wide the terminal is.
const WIDEST: usize = 140;
const NARROWEST: usize = 40;

/// What is written so far.
pub(super) struct TextPage {
    layout: Layout,
    text: String,
}

impl TextPage {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout: Layout {
                columns: layout.columns.clamp(NARROWEST, WIDEST),
                ..layout
            },
            text: String::new(),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// One line as it is.
    pub(super) fn line(&mut self, line: Arguments<'_>) {
        let _ = writeln!(self.text, "{line}");
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// On lines of their own, four columns in; what does not fit goes on two columns further.
    pub(super) fn indented(&mut self, text: &str) {
        for (index, line) in wrapped(text, self.layout.columns - 6).iter().enumerate() {
            let further = if index == 0 { "" } else { "  " };
            self.line(format_args!("    {further}{line}"));
        }
    }

    /// A text as it was and as it is, `[-word by-] {+word+}`; whole with `-v`, else cut where nothing changes.
    pub(super) fn words(&mut self, head: &str, runs: &[WordRun]) {
        let short = words::shortened(runs);
        let runs = if self.layout.is_whole { runs } else { &short };
        let text: String = runs.iter().map(marked).collect();
        self.indented(&format!("{head}: {text}"));
    }

    /// A text of the files after its head: on one line, cut where that ends; whole with `-v`.
    pub(super) fn quoted(&mut self, head: &str, text: &str) {
        let text = text.trim_end().replace('\n', " ⏎ ");
        if self.layout.is_whole {
            return self.indented(&format!("{head}: {text}"));
        }
        let room = self.layout.columns.saturating_sub(6 + head.chars().count());
        self.line(format_args!("    {head}: {}", shortened(&text, room.max(20))));
    }
}

/// One run with its marks, each word in its color, so that a line may end after any of them.
fn marked(run: &WordRun) -> String {
    let text = run.text.replace('\n', " ⏎ ");
    let (style, open, close) = match run.fate {
        Fate::Same => return text,
        Fate::Gone => (AnsiColor::Red.on_default().strikethrough(), "[-", "-]"),
        Fate::New => (AnsiColor::Green.on_default(), "{+", "+}"),
    };
    let colored = |word: &str| match word.trim() {
        "" => word.to_owned(),
        _ => format!("{style}{word}{style:#}"),
    };
    let words = format!("{open}{text}{close}");
    words
        .split_inclusive(' ')
        .map(|word| match word.strip_suffix(' ') {
            Some(word) => format!("{} ", colored(word)),
            None => colored(word),
        })
        .collect()
}

/// How many columns a word takes; styling takes none.
fn columns(word: &str) -> usize {
    let mut is_styling = false;
    let shown = word.chars().filter(|c| {
        let is_shown = !is_styling && *c != '\u{1b}';
        is_styling = (is_styling || *c == '\u{1b}') && *c != 'm';
        is_shown
    });
    shown.count()
}

/// Broken at spaces into lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let is_full = lines
            .last()
            .is_some_and(|line| !line.is_empty() && columns(line) + 1 + columns(word) > width);
        if is_full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// One glyph per action.
pub(super) fn glyph(action: &str) -> (&'static str, Style) {
    let color = |color: AnsiColor| color.on_default();
    match action {
        "create" => ("+", color(AnsiColor::Green)),
        "replace" => ("±", color(AnsiColor::Yellow)),
        "update" => ("~", color(AnsiColor::Yellow)),
        "cancel" => ("-", color(AnsiColor::Red)),
        "held" => ("!", color(AnsiColor::Magenta)),
        "keep" => ("=", Style::new()),
        _ => ("…", Style::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(columns: usize, is_whole: bool) -> String {
        let mut page = TextPage::new(Layout { columns, is_whole });
        page.quoted("from ACME", &"word ".repeat(30));
        page.into_text()
    }

    #[test]
    fn a_text_takes_the_room_that_there_is_and_all_of_it_when_asked_to() {
        let short = page(80, false);
        assert!(short.ends_with("…\n") && short.lines().count() == 1, "{short}");
        assert!(page(120, false).len() > short.len());
        assert!(page(1000, false).lines().all(|line| line.chars().count() <= WIDEST));
        let whole = page(80, true);
        assert_eq!(whole.matches("word").count(), 30);
        assert!(whole.lines().all(|line| line.chars().count() <= 80), "{whole}");
    }
}
