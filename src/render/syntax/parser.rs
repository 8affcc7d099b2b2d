//! Tokens to tree: text and tags. Nesting is bounded by Tera, which has accepted the template before.

use super::SyntaxFault;
use super::ast::{Expr, SyntaxNode};
use super::lexer::{Lexed, Token, tokenize, tokenize_expression};

pub(super) type Parsed<T> = Result<T, SyntaxFault>;

/// Reads a template.
pub(in crate::render) fn parse_template(source: &str) -> Parsed<Vec<SyntaxNode>> {
    let mut parser = Parser::new(tokenize(source)?, source.len());
    let (nodes, end) = parser.nodes(&[])?;
    match end {
        None => Ok(nodes),
        Some(tag) => parser.refuse(format!("`{tag}` has no beginning")),
    }
}

/// Reads a whole expression.
pub(in crate::render) fn parse_expression(source: &str) -> Parsed<Expr> {
    let mut parser = Parser::new(tokenize_expression(source)?, source.len());
    let expr = parser.expression(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => parser.refuse("the expression should end here"),
    }
}

pub(super) struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Lexed>>,
    /// Where the last token ended.
    pub(super) end: usize,
    length: usize,
}

impl Parser {
    fn new(tokens: Vec<Lexed>, length: usize) -> Self {
        Self {
            tokens: tokens.into_iter().peekable(),
            end: 0,
            length,
        }
    }

    pub(super) fn peek(&mut self) -> Option<&Token> {
        self.tokens.peek().map(|lexed| &lexed.token)
    }

    pub(super) fn start(&mut self) -> usize {
        self.tokens.peek().map_or(self.length, |lexed| lexed.span.start)
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let lexed = self.tokens.next()?;
        self.end = lexed.span.end;
        Some(lexed.token)
    }

    pub(super) fn refuse<T>(&mut self, message: impl Into<String>) -> Parsed<T> {
        let span = self
            .tokens
            .peek()
            .map_or(self.end..self.length, |lexed| lexed.span.clone());
        Err(SyntaxFault::new(&span, message))
    }

    pub(super) fn at(&mut self, operator: &str) -> bool {
        matches!(self.peek(), Some(Token::Operator(found)) if *found == operator)
    }

    pub(super) fn at_word(&mut self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(found)) if found == word)
    }

    pub(super) fn take(&mut self, operator: &str) -> bool {
        let found = self.at(operator);
        if found {
            self.next();
        }
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.next();
        }
        found
    }

    pub(super) fn expect(&mut self, operator: &str) -> Parsed<()> {
        if self.take(operator) {
            Ok(())
        } else {
            self.refuse(format!("expected `{operator}`"))
        }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) {
            Ok(())
        } else {
            self.refuse(format!("expected `{word}`"))
        }
    }

    pub(super) fn name(&mut self) -> Parsed<String> {
        if let Some(Token::Name(name)) = self.peek() {
            let name = name.clone();
            self.next();
            Ok(name)
        } else {
            self.refuse("expected a name")
        }
    }

    fn tag_end(&mut self) -> Parsed<()> {
        if let Some(Token::TagEnd(_)) = self.peek() {
            self.next();
            Ok(())
        } else {
            self.refuse("expected `%}`")
        }
    }

    /// Nodes up to a tag that begins with one of `ends`; that word is taken and returned.
    fn nodes(&mut self, ends: &[&str]) -> Parsed<(Vec<SyntaxNode>, Option<String>)> {
        let mut nodes = Vec::new();
        loop {
            let start = self.start();
            match self.next() {
                None => return Ok((nodes, None)),
                Some(Token::Content(text) | Token::Raw(_, text, _)) => {
                    if !text.is_empty() {
                        nodes.push(SyntaxNode::Text(text));
                    }
                }
                Some(Token::Comment(..)) => {}
                Some(Token::PrintStart(_)) => {
                    let expr = self.expression(0)?;
                    match self.next() {
                        Some(Token::PrintEnd(_)) => nodes.push(SyntaxNode::Print(expr)),
                        _ => return Err(SyntaxFault::new(&expr.span, "expected `}}` after the expression")),
                    }
                }
                Some(Token::TagStart(_)) => {
                    if self.at("<") || self.at("</") {
                        return self.refuse("components are not available in message bodies");
                    }
                    let word = self.name()?;
                    if ends.contains(&word.as_str()) {
                        return Ok((nodes, Some(word)));
                    }
                    nodes.push(self.tag(&word, start)?);
                }
                Some(_) => return Err(SyntaxFault::new(&(start..self.end), "unexpected token")),
            }
        }
    }

    /// Nodes up to `{% end %}`, that tag included.
    fn nodes_until(&mut self, end: &str) -> Parsed<Vec<SyntaxNode>> {
        match self.nodes(&[end])? {
            (nodes, Some(_)) => Ok(nodes),
            (_, None) => self.refuse(format!("expected `{end}`")),
        }
    }

    fn tag(&mut self, word: &str, start: usize) -> Parsed<SyntaxNode> {
        match word {
            "if" => self.if_tag(),
            "for" => self.for_tag(),
            "set" => self.set_tag(false),
            "set_global" => self.set_tag(true),
            "filter" => {
                let mut filters = vec![self.filter()?];
                while self.take("|") {
                    filters.push(self.filter()?);
                }
                self.tag_end()?;
                let body = self.nodes_until("endfilter")?;
                self.tag_end()?;
                Ok(SyntaxNode::FilterSection { filters, body })
            }
            "block" => {
                self.name()?;
                self.tag_end()?;
                let body = self.nodes_until("endblock")?;
                if let Some(Token::Name(_)) = self.peek() {
                    self.next();
                }
                self.tag_end()?;
                Ok(SyntaxNode::Block(body))
            }
            "break" | "continue" => {
                self.tag_end()?;
                Ok(SyntaxNode::Leave)
            }
            "include" | "extends" => Err(SyntaxFault::new(
                &(start..self.end),
                format!("`{word}` is not available: a message body is one template"),
            )),
            "component" => Err(SyntaxFault::new(
                &(start..self.end),
                "components are not available in message bodies",
            )),
            _ => Err(SyntaxFault::new(&(start..self.end), format!("unknown tag `{word}`"))),
        }
    }

    fn if_tag(&mut self) -> Parsed<SyntaxNode> {
        let mut arms = Vec::new();
        loop {
            let condition = self.expression(0)?;
            self.tag_end()?;
            let (body, end) = self.nodes(&["elif", "else", "endif"])?;
            arms.push((condition, body));
            match end.as_deref() {
                Some("elif") => {}
                Some("else") => {
                    self.tag_end()?;
                    let otherwise = Some(self.nodes_until("endif")?);
                    self.tag_end()?;
                    return Ok(SyntaxNode::If { arms, otherwise });
                }
                Some(_) => {
                    self.tag_end()?;
                    return Ok(SyntaxNode::If { arms, otherwise: None });
                }
                None => return self.refuse("expected `endif`"),
            }
        }
    }

    pub(super) fn loop_names(&mut self) -> Parsed<Vec<String>> {
        let mut names = vec![self.name()?];
        if self.take(",") {
            names.push(self.name()?);
        }
        self.expect_word("in")?;
        Ok(names)
    }

    fn for_tag(&mut self) -> Parsed<SyntaxNode> {
        let names = self.loop_names()?;
        let container = self.expression(0)?;
        self.tag_end()?;
        let (body, end) = self.nodes(&["else", "endfor"])?;
        let otherwise = match end.as_deref() {
            Some("else") => {
                self.tag_end()?;
                self.nodes_until("endfor")?
            }
            Some(_) => Vec::new(),
            None => return self.refuse("expected `endfor`"),
        };
        self.tag_end()?;
        Ok(SyntaxNode::For {
            names,
            container,
            body,
            otherwise,
        })
    }

    fn set_tag(&mut self, global: bool) -> Parsed<SyntaxNode> {
        let name = self.name()?;
        if self.take("=") {
            let value = self.expression(0)?;
            self.tag_end()?;
            return Ok(SyntaxNode::Set { name, value, global });
        }
        let mut filters = Vec::new();
        while self.take("|") {
            filters.push(self.filter()?);
        }
        let end = self.end;
        self.tag_end()?;
        let body = self.nodes_until("endset")?;
        self.tag_end()?;
        Ok(SyntaxNode::SetBlock {
            name,
            filters,
            body,
            global,
            end,
        })
    }
}
