//! The usual cause of a complaint of the YAML parser, or of an unknown key.
//!
//! In: the parser's complaint and the lines around it. Out: a hint. Never: a guess that changes what is read.

use super::tree::{NodeId, NodeKind, Tree};

/// A text that YAML takes for something else.
const QUOTE_BRACE: &str = "a text that begins with `{` is written in quotes, or in lines of its own below `|`";

/// A hint for a complaint about a line (from 1); empty when nothing is known.
pub(super) fn hint_for(complaint: &str, lines: &[&str], number: usize) -> &'static str {
    let at = |number: usize| lines.get(number.wrapping_sub(1)).copied().unwrap_or_default();
    let line = at(number);
    let above = (1..number)
        .rev()
        .map(at)
        .find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .unwrap_or_default();
    let is = |word: &str| complaint.contains(word);
    if begins_with_brace(line) {
        QUOTE_BRACE
    } else if is("tab") {
        "indent with spaces: YAML takes no tabs there"
    } else if is("Unicode") {
        "an escape here is no character: write the character itself, or one escape like `\\U0001F600`"
    } else if is("quoted scalar") {
        "the quote that opens here is not closed, or what follows it is set in too little"
    } else if is("anchor or alias") {
        "a text that begins with `*` or `&` is written in quotes, like `cron: \"*/30 9 * * Mon\"`"
    } else if is("unexpected character") {
        "a text that begins with this character is written in quotes"
    } else if is("mapping values") && lacks_space(above) {
        "a colon is followed by a space, in the line above too: `sender: ACME`"
    } else if is("mapping values") && is_key(line) && indent(line) > key_column(above) {
        "this line is set in further than the one above: keys of one mapping begin in the same column"
    } else if is("mapping values") {
        "a text with a colon in it is written in quotes, or in lines of its own below `|`"
    } else if is("did not find expected") || is("indentation") {
        "this line begins in another column than those it belongs with: keys of one mapping, and the `-` of one list, are below each other"
    } else {
        ""
    }
}

/// The line (from 1) and column (from 1) of the first tab that a line is set in with: the reader complains of the line
/// above.
pub(super) fn tab(lines: &[&str], from: usize) -> Option<(usize, usize)> {
    (from.max(1)..=lines.len()).find_map(|number| {
        let line = lines.get(number - 1)?;
        let column = line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t')?;
        Some((number, column + 1))
    })
}

/// Where a value begins with `{{`, which YAML takes for a mapping.
fn begins_with_brace(line: &str) -> bool {
    let value = line.split_once(": ").map_or(line, |(_, value)| value);
    value.trim_start().trim_start_matches("- ").starts_with("{{")
}

/// Letters, digits and `_`, then a colon.
fn key_length(line: &str) -> Option<usize> {
    let text = line.trim_start().trim_start_matches("- ");
    let length = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count();
    (length > 0 && text.as_bytes().get(length) == Some(&b':')).then_some(length)
}

fn is_key(line: &str) -> bool {
    key_length(line).is_some()
}

/// `sender:ACME`.
fn lacks_space(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches("- ");
    let after = key_length(line).and_then(|length| text.as_bytes().get(length + 1));
    after.is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'/')
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Where the key of a line begins, behind its `- `.
fn key_column(line: &str) -> usize {
    let text = line.trim_start();
    indent(line) + (text.len() - text.trim_start_matches("- ").len())
}

/// `{ per_segment: 0,349 }` is two entries to YAML: `per_segment: 0`, and the key `349` without a value.
pub(super) fn cut_decimal(tree: &Tree, map: NodeId, key: NodeId) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let fraction = tree.key(key).filter(|key| is_number(key))?;
    let NodeKind::Map(entries) = &tree.node(map)?.kind else {
        return None;
    };
    let before = entries.iter().position(|id| *id == key)?.checked_sub(1)?;
    let before = *entries.get(before)?;
    let NodeKind::Scalar(whole) = &tree.node(before)?.kind else {
        return None;
    };
    let (name, whole) = (tree.key(before)?, &whole.text);
    is_number(whole).then(|| {
        format!(
            "a decimal has a point, and is written in quotes: `{name}: \"{whole}.{fraction}\"`; a comma begins the next entry"
        )
    })
}
