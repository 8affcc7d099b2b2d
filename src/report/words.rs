//! Two texts word by word: what stays, what goes, what comes. Fields and tags of templates are words of their own.

use serde::Serialize;

/// What becomes of a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    Same,
    Gone,
    New,
}

/// A run of words with one fate; runs put together give both texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct WordRun {
    pub fate: Fate,
    pub text: String,
}

/// More pairs of words than this are not compared one by one: what differs is shown as a whole.
const MOST_PAIRS: usize = 1_000_000;

/// Both texts as runs, what goes before what comes.
pub(super) fn compared(was: &str, now: &str) -> Vec<WordRun> {
    let (was, now) = (words(was), words(now));
    let head = was.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let ends = was.iter().skip(head).rev().zip(now.iter().skip(head).rev());
    let tail = ends.take_while(|(a, b)| a == b).count();
    let middle = |all: &[&str]| -> Vec<String> {
        let inner = all.iter().take(all.len() - tail).skip(head);
        inner.map(|word| (*word).to_owned()).collect()
    };
    let (gone, new) = (middle(&was), middle(&now));
    let mut runs = Runs(Vec::new());
    was.iter().take(head).for_each(|word| runs.push(Fate::Same, word));
    runs.differing(&gone, &new);
    was.iter()
        .skip(was.len() - tail)
        .for_each(|word| runs.push(Fate::Same, word));
    runs.0
}

struct Runs(Vec<WordRun>);

impl Runs {
    fn push(&mut self, fate: Fate, word: &str) {
        match self.0.last_mut() {
            Some(last) if last.fate == fate => last.text.push_str(word),
            Some(_) | None => self.0.push(WordRun {
                fate,
                text: word.to_owned(),
            }),
        }
    }

    fn push_all(&mut self, fate: Fate, words: &[String]) {
        for word in words {
            self.push(fate, word);
        }
    }

    /// By the longest sequence of words that both have.
    fn differing(&mut self, gone: &[String], new: &[String]) {
        if gone.len().saturating_mul(new.len()) > MOST_PAIRS {
            self.push_all(Fate::Gone, gone);
            self.push_all(Fate::New, new);
            return;
        }
        let common = common(gone, new);
        let longest = |i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
        let (mut i, mut j) = (0, 0);
        loop {
            match (gone.get(i), new.get(j)) {
                (Some(a), Some(b)) if a == b => {
                    self.push(Fate::Same, a);
                    (i, j) = (i + 1, j + 1);
                }
                (Some(a), other) if other.is_none() || longest(i + 1, j) >= longest(i, j + 1) => {
                    self.push(Fate::Gone, a);
                    i += 1;
                }
                (_, Some(b)) => {
                    self.push(Fate::New, b);
                    j += 1;
                }
                (_, None) => return,
            }
        }
    }
}

/// Of every two tails, how many words they have in common in one order.
fn common(a: &[String], b: &[String]) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0; b.len() + 1]];
    for word in a.iter().rev() {
        let mut row = vec![0; b.len() + 1];
        let below = table.last().map(Vec::as_slice).unwrap_or_default();
        for (j, other) in b.iter().enumerate().rev() {
            let at = |row: &[u32], j: usize| row.get(j).copied().unwrap_or(0);
            let longest = if word == other {
                at(below, j + 1) + 1
            } else {
                at(below, j).max(at(&row, j + 1))
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = longest;
            }
        }
        table.push(row);
    }
    table.reverse();
    table
}

/// Words, the spaces between them, and whole fields and tags.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at_checked(first_word(rest)).unwrap_or((rest, ""));
        words.push(word);
        rest = after;
    }
    words
}

/// How many bytes the first word has; never none.
fn first_word(text: &str) -> usize {
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("{#", "#}")] {
        if text.starts_with(open)
            && let Some(end) = text.find(close)
        {
            return end + close.len();
        }
    }
    let is_space = text.starts_with(char::is_whitespace);
    let mut characters = text.char_indices();
    characters.next();
    let ends = |(at, c): &(usize, char)| {
        let is_tag = text
            .get(*at..)
            .is_some_and(|rest| ["{{", "{%", "{#"].iter().any(|open| rest.starts_with(open)));
        c.is_whitespace() != is_space || is_tag
    };
    characters.find(ends).map_or(text.len(), |(at, _)| at)
}

/// The same with long runs that stay cut to a few words around what changes.
pub(super) fn shortened(runs: &[WordRun]) -> Vec<WordRun> {
    const AROUND: usize = 9; // words and the spaces between them
    let last = runs.len().saturating_sub(1);
    let cut = |(at, run): (usize, &WordRun)| {
        let all = words(&run.text);
        let (head, tail) = (if at == 0 { 0 } else { AROUND }, if at == last { 0 } else { AROUND });
        if run.fate != Fate::Same || all.len() <= head + tail + 2 {
            return run.clone();
        }
        let first = all.iter().take(head).copied().collect::<String>();
        let end = all.iter().skip(all.len() - tail).copied().collect::<String>();
        WordRun {
            fate: Fate::Same,
            text: format!("{first}…{end}"),
        }
    };
    runs.iter().enumerate().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(runs: &[WordRun]) -> String {
        runs.iter().fold(String::new(), |text, run| {
            text + &match run.fate {
                Fate::Same => run.text.clone(),
                Fate::Gone => format!("[-{}-]", run.text),
                Fate::New => format!("{{+{}+}}", run.text),
            }
        })
    }

    #[test]
    fn what_goes_and_what_comes_is_told_by_words() {
        for (was, now, expected) in [
            (
                "Hi {{ a }}! 20 % off",
                "Hi {{ b }}! 30 % off",
                "Hi [-{{ a }}-]{+{{ b }}+}! [-20-]{+30+} % off",
            ),
            ("one two", "one two", "one two"),
            ("", "new text", "{+new text+}"),
            ("gone", "", "[-gone-]"),
            ("a b c d", "a x c d e", "a [-b-]{+x+} c d{+ e+}"),
        ] {
            assert_eq!(shown(&compared(was, now)), expected);
        }
    }

    #[test]
    fn what_stays_is_cut_around_what_changes() {
        let long = "word ".repeat(40);
        let runs = shortened(&compared(
            &format!("{long}old {long}end"),
            &format!("{long}new {long}end"),
        ));
        assert_eq!(
            shown(&runs),
            "… word word word word [-old-]{+new+} word word word word …"
        );
    }

    proptest! {
        #[test]
        fn runs_put_together_give_both_texts(was in "([a-c ]|\\{\\{ [ab] \\}\\}|[åé\n]){0,40}", now in "([a-c ]|\\{\\{ [ab] \\}\\}|[åé\n]){0,40}") {
            let runs = compared(&was, &now);
            let side = |other: Fate| -> String {
                runs.iter().filter(|run| run.fate != other).map(|run| run.text.as_str()).collect()
            };
            prop_assert_eq!(side(Fate::New), was);
            prop_assert_eq!(side(Fate::Gone), now);
        }
    }
}
