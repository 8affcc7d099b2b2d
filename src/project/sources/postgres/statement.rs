//! One statement of a file, so that it can be put within parentheses: without the semicolon at its end.
//!
//! Whether it is one statement, and gives rows, is decided by the server, which is asked to prepare exactly this text
//! alone. What is read wrongly here ends in an error of the server, never in another statement.

/// The text with a space in place of a semicolon after which nothing follows but spaces and comments.
pub(super) fn without_semicolon(sql: &str) -> String {
    let bytes = sql.as_bytes();
    let mut at = 0;
    let mut last = None;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, is_token) = piece(rest);
        if rest.first() == Some(&b';') {
            last = last.or(Some(at));
        } else if is_token {
            last = None;
        }
        at += length.max(1);
    }
    match last {
        // Several semicolons at the end are empty statements: only the first is taken out, and the server refuses.
        Some(at) => {
            let (before, after) = (sql.get(..at).unwrap_or_default(), sql.get(at + 1..).unwrap_or_default());
            format!("{before} {after}")
        }
        None => sql.to_owned(),
    }
}

/// Names of the settings of ours that the text reads: `since` of `'campanile.since'`.
pub(super) fn settings(sql: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (_, rest) in sql
        .match_indices("'campanile.")
        .map(|(at, start)| (at, sql.get(at + start.len()..)))
    {
        let name = rest.and_then(|rest| rest.split_once('\'')).map(|(name, _)| name);
        let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        names.extend(name.filter(is_name));
    }
    names
}

/// How long the piece at the beginning is, and whether it says something: comments and spaces do not.
fn piece(rest: &[u8]) -> (usize, bool) {
    match rest {
        [b'-', b'-', ..] => (until(rest, b"\n", 2), false),
        [b'/', b'*', ..] => (comment(rest), false),
        [b'\'', ..] => (until(rest, b"'", 1), true),
        [b'"', ..] => (until(rest, b"\"", 1), true),
        [b'E' | b'e', b'\'', ..] => (escaped(rest), true),
        [b'$', ..] => (dollars(rest), true),
        [first, ..] if first.is_ascii_alphanumeric() || *first == b'_' || *first >= 0x80 => {
            let word = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || **byte >= 0x80);
            (word.count(), true)
        }
        [first, ..] => (1, !first.is_ascii_whitespace()),
        [] => (0, false),
    }
}

/// To the end of `end`, looked for from `from` on; to the end of all where there is none.
fn until(rest: &[u8], end: &[u8], from: usize) -> usize {
    let found = rest
        .get(from..)
        .unwrap_or_default()
        .windows(end.len())
        .position(|window| window == end);
    found.map_or(rest.len(), |at| from + at + end.len())
}

/// Comments nest.
fn comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some([first, second]) = rest.get(at..at + 2) {
        match (first, second) {
            (b'/', b'*') => depth += 1,
            (b'*', b'/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// `E'it\'s'`.
fn escaped(rest: &[u8]) -> usize {
    let mut at = 2;
    loop {
        match rest.get(at) {
            Some(b'\\') => at += 2,
            Some(b'\'') => return at + 1,
            Some(_) => at += 1,
            None => return rest.len(),
        }
    }
}

/// `$$ ... $$`, `$tag$ ... $tag$`; a `$` alone is one character.
fn dollars(rest: &[u8]) -> usize {
    let tag = rest
        .iter()
        .skip(1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80)
        .count();
    match rest.get(..tag + 2) {
        Some(opening) if opening.last() == Some(&b'$') => until(rest, opening, opening.len()),
        Some(_) | None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_where_they_are_read() {
        let sql =
            "SELECT current_setting('campanile.since')::date, current_setting('campanile.as_of', true), 'campanile. x'";
        assert_eq!(settings(sql), ["since", "as_of"]);
        assert!(settings("SELECT * FROM campanile.members").is_empty());
    }

    #[test]
    fn only_a_semicolon_at_the_end_goes() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("SELECT 1;", "SELECT 1 "),
            ("SELECT 1 ; -- done; really\n", "SELECT 1   -- done; really\n"),
            ("SELECT 1; /* a /* b; */ c; */ ", "SELECT 1  /* a /* b; */ c; */ "),
            ("SELECT ';'", "SELECT ';'"),
            ("SELECT 'it''s;'", "SELECT 'it''s;'"),
            ("SELECT E'\\';' , 1;", "SELECT E'\\';' , 1 "),
            ("SELECT $a$ ; $a$", "SELECT $a$ ; $a$"),
            ("SELECT \"a;b\" FROM t -- x;", "SELECT \"a;b\" FROM t -- x;"),
            ("SELECT 1; SELECT 2", "SELECT 1; SELECT 2"),
            ("SELECT 1; SELECT 2;", "SELECT 1; SELECT 2 "),
            ("SELECT 1;;", "SELECT 1 ;"),
            ("SELECT åäö;", "SELECT åäö "),
            ("", ""),
        ] {
            assert_eq!(without_semicolon(sql), expected, "{sql}");
        }
    }
}
