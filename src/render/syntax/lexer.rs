//! Tokens of a template, with the whitespace control of Tera 2 applied to its text.

use super::{Span, SyntaxFault};

/// A token and its place.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) struct Lexed {
    pub token: Token,
    pub span: Span,
}

/// Tokens; `true` in a start or end is its `-`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) enum Token {
    Content(String),
    PrintStart(bool),
    PrintEnd(bool),
    TagStart(bool),
    TagEnd(bool),
    Comment(bool, bool),
    Raw(bool, String, bool),
    Name(String),
    Text(String),
    Integer(i64),
    Float,
    Bool(bool),
    Operator(&'static str),
}

/// Longest first, so that a prefix never wins.
const OPERATORS: [&str; 34] = [
    "...", "//", "**", "==", "!=", ">=", "<=", "</", "?.", "?[", "+", "-", "*", "/", "%", "!", ".", ",", ":", "~", "|",
    "=", ">", "<", "(", ")", "[", "]", "{", "}", "@", ";", "&", "?",
];

/// Reads a whole template.
pub(in crate::render) fn tokenize(source: &str) -> Result<Vec<Lexed>, SyntaxFault> {
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::new(),
    };
    while lexer.at < source.len() {
        lexer.template()?;
    }
    trim(&mut lexer.tokens);
    Ok(lexer.tokens)
}

/// Reads a whole expression, as inside `{{ }}`.
pub(super) fn tokenize_expression(source: &str) -> Result<Vec<Lexed>, SyntaxFault> {
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::new(),
    };
    while lexer.skip_whitespace() {
        lexer.inner()?;
    }
    Ok(lexer.tokens)
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    tokens: Vec<Lexed>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, token: Token, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.tokens.push(Lexed { token, span });
    }

    fn fault<T>(&self, message: &str) -> Result<T, SyntaxFault> {
        Err(SyntaxFault::new(&(self.at..self.at + 1), message))
    }

    /// One piece of text, a comment, a raw block, or everything from `{{` or `{%` to its end.
    fn template(&mut self) -> Result<(), SyntaxFault> {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("{{") {
            let dash = inside.starts_with('-');
            self.push(Token::PrintStart(dash), 2 + usize::from(dash));
            return self.until("}}", Token::PrintEnd);
        }
        if let Some(inside) = rest.strip_prefix("{%") {
            let dash = inside.starts_with('-');
            let inside = inside.strip_prefix('-').unwrap_or(inside);
            if let Some((body, trim_start)) = tag(inside, "raw") {
                return self.raw(dash, body, trim_start);
            }
            self.push(Token::TagStart(dash), 2 + usize::from(dash));
            return self.until("%}", Token::TagEnd);
        }
        if let Some(inside) = rest.strip_prefix("{#") {
            let dash = inside.starts_with('-');
            let body = if dash {
                inside.get(1..).unwrap_or_default()
            } else {
                inside
            };
            let Some(end) = body.find("#}") else {
                return self.fault("the comment has no end");
            };
            let end_dash = body.get(..end).is_some_and(|comment| comment.ends_with('-'));
            let length = 2 + usize::from(dash) + end + 2;
            self.push(Token::Comment(dash, end_dash), length);
            return Ok(());
        }
        let length = ["{{", "{%", "{#"]
            .iter()
            .filter_map(|mark| rest.find(mark))
            .min()
            .unwrap_or(rest.len());
        self.push(
            Token::Content(rest.get(..length).unwrap_or_default().to_owned()),
            length,
        );
        Ok(())
    }

    fn raw(&mut self, dash: bool, body: &'s str, trim_start: bool) -> Result<(), SyntaxFault> {
        let mut from = 0;
        while let Some(found) = body.get(from..).and_then(|rest| rest.find("{%")) {
            let end = from + found;
            from = end + 2;
            let after = body.get(from..).unwrap_or_default();
            let trim_end = after.starts_with('-');
            let Some((rest, end_dash)) = tag(after, "endraw") else {
                continue;
            };
            let mut text = body.get(..end).unwrap_or_default();
            if trim_start {
                text = text.trim_start();
            }
            if trim_end {
                text = text.trim_end();
            }
            let length = self.rest().len() - rest.len();
            self.push(Token::Raw(dash, text.to_owned(), end_dash), length);
            return Ok(());
        }
        self.fault("the raw block has no end")
    }

    fn until(&mut self, end: &str, token: fn(bool) -> Token) -> Result<(), SyntaxFault> {
        while self.skip_whitespace() {
            let rest = self.rest();
            if rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(end)) {
                self.push(token(true), 1 + end.len());
                return Ok(());
            }
            if rest.starts_with(end) {
                self.push(token(false), end.len());
                return Ok(());
            }
            self.inner()?;
        }
        self.fault("the tag has no end")
    }

    /// Whether anything is left after it.
    fn skip_whitespace(&mut self) -> bool {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
        self.at < self.source.len()
    }

    fn inner(&mut self) -> Result<(), SyntaxFault> {
        let rest = self.rest();
        let Some(first) = rest.bytes().next() else {
            return Ok(());
        };
        match first {
            b'"' | b'\'' | b'`' => self.string(char::from(first)),
            b'0'..=b'9' => self.number(),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                let length = rest
                    .bytes()
                    .take_while(|byte| *byte == b'_' || byte.is_ascii_alphanumeric())
                    .count();
                let name = rest.get(..length).unwrap_or_default();
                let token = match name {
                    "true" | "True" => Token::Bool(true),
                    "false" | "False" => Token::Bool(false),
                    _ => Token::Name(name.to_owned()),
                };
                self.push(token, length);
                Ok(())
            }
            _ => match OPERATORS.iter().find(|operator| rest.starts_with(**operator)) {
                Some(operator) => {
                    self.push(Token::Operator(operator), operator.len());
                    Ok(())
                }
                None => self.fault("unexpected character"),
            },
        }
    }

    fn number(&mut self) -> Result<(), SyntaxFault> {
        let mut float = false;
        let rest = self.rest();
        let length = rest
            .bytes()
            .take_while(|byte| {
                let point = *byte == b'.' && !float;
                float |= point;
                point || byte.is_ascii_digit()
            })
            .count();
        let token = if float {
            Token::Float
        } else {
            match rest.get(..length).and_then(|digits| digits.parse().ok()) {
                Some(number) => Token::Integer(number),
                None => return self.fault("the number is too large"),
            }
        };
        self.push(token, length);
        Ok(())
    }

    fn string(&mut self, quote: char) -> Result<(), SyntaxFault> {
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    self.push(Token::Text(text), offset + 1);
                    return Ok(());
                }
                '\\' => match characters.next().map(|(_, escaped)| escaped) {
                    Some(escaped @ ('"' | '\'' | '/' | '\\')) => text.push(escaped),
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    _ => return self.fault("unexpected escape"),
                },
                _ => text.push(character),
            }
        }
        self.fault("the string has no end")
    }
}

/// `-? name -? %}` at the front: what follows it, and whether its end has a `-`.
fn tag<'s>(text: &'s str, name: &str) -> Option<(&'s str, bool)> {
    let space = |c: char| c.is_ascii_whitespace();
    let text = text.strip_prefix('-').unwrap_or(text).trim_start_matches(space);
    let text = text.strip_prefix(name)?.trim_start_matches(space);
    let dash = text.starts_with('-');
    let rest = text.strip_prefix('-').unwrap_or(text).strip_prefix("%}")?;
    Some((rest, dash))
}

/// Applies every `-` to the text beside it.
fn trim(tokens: &mut [Lexed]) {
    let mut after_dash = false;
    let mut index = 0;
    while index < tokens.len() {
        let before_dash = matches!(
            tokens.get(index + 1).map(|next| &next.token),
            Some(Token::PrintStart(true) | Token::TagStart(true) | Token::Comment(true, _) | Token::Raw(true, _, _))
        );
        let Some(lexed) = tokens.get_mut(index) else { break };
        let text = match &mut lexed.token {
            Token::Content(text) => Some((text, false)),
            Token::Raw(_, text, end_dash) => Some((text, *end_dash)),
            Token::PrintEnd(true) | Token::TagEnd(true) => {
                after_dash = true;
                None
            }
            Token::Comment(_, end_dash) => {
                after_dash |= *end_dash;
                None
            }
            _ => {
                after_dash = false;
                None
            }
        };
        if let Some((text, end_dash)) = text {
            if after_dash {
                *text = text.trim_start().to_owned();
            }
            after_dash = end_dash;
            if before_dash {
                text.truncate(text.trim_end().len());
            }
        }
        index += 1;
    }
}
