//! Tokens to tree, with the precedences of Tera 2. Nesting is bounded by Tera, which has accepted the template before.

use super::SyntaxFault;
use super::ast::{Argument, Comparison, Expr, ExprKind, Filter, Node, Operator};
use super::lexer::{Lexed, Token, tokenize, tokenize_expression};

type Parsed<T> = Result<T, SyntaxFault>;

/// Reads a template.
pub(in crate::render) fn parse_template(source: &str) -> Parsed<Vec<Node>> {
    let mut parser = Parser::new(tokenize(source)?, source.len());
    let (nodes, end) = parser.nodes(&[])?;
    match end {
        None => Ok(nodes),
        Some(tag) => parser.refuse(format!("`{tag}` has no beginning")),
    }
}

/// Reads an expression that stands alone.
pub(in crate::render) fn parse_expression(source: &str) -> Parsed<Expr> {
    let mut parser = Parser::new(tokenize_expression(source)?, source.len());
    let expr = parser.expression(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => parser.refuse("the expression should end here"),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Lexed>>,
    /// Where the last token ended.
    end: usize,
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

    fn peek(&mut self) -> Option<&Token> {
        self.tokens.peek().map(|lexed| &lexed.token)
    }

    fn start(&mut self) -> usize {
        self.tokens.peek().map_or(self.length, |lexed| lexed.span.start)
    }

    fn next(&mut self) -> Option<Token> {
        let lexed = self.tokens.next()?;
        self.end = lexed.span.end;
        Some(lexed.token)
    }

    fn refuse<T>(&mut self, message: impl Into<String>) -> Parsed<T> {
        let span = self
            .tokens
            .peek()
            .map_or(self.end..self.length, |lexed| lexed.span.clone());
        Err(SyntaxFault::new(&span, message))
    }

    fn at(&mut self, operator: &str) -> bool {
        matches!(self.peek(), Some(Token::Operator(found)) if *found == operator)
    }

    fn at_word(&mut self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(found)) if found == word)
    }

    fn take(&mut self, operator: &str) -> bool {
        let found = self.at(operator);
        if found {
            self.next();
        }
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, operator: &str) -> Parsed<()> {
        if self.take(operator) {
            Ok(())
        } else {
            self.refuse(format!("expected `{operator}`"))
        }
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) {
            Ok(())
        } else {
            self.refuse(format!("expected `{word}`"))
        }
    }

    fn name(&mut self) -> Parsed<String> {
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
    fn nodes(&mut self, ends: &[&str]) -> Parsed<(Vec<Node>, Option<String>)> {
        let mut nodes = Vec::new();
        loop {
            let start = self.start();
            match self.next() {
                None => return Ok((nodes, None)),
                Some(Token::Content(text) | Token::Raw(_, text, _)) => {
                    if !text.is_empty() {
                        nodes.push(Node::Text(text));
                    }
                }
                Some(Token::Comment(..)) => {}
                Some(Token::PrintStart(_)) => {
                    let expr = self.expression(0)?;
                    match self.next() {
                        Some(Token::PrintEnd(_)) => nodes.push(Node::Print(expr)),
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
    fn nodes_until(&mut self, end: &str) -> Parsed<Vec<Node>> {
        match self.nodes(&[end])? {
            (nodes, Some(_)) => Ok(nodes),
            (_, None) => self.refuse(format!("expected `{end}`")),
        }
    }

    fn tag(&mut self, word: &str, start: usize) -> Parsed<Node> {
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
                Ok(Node::FilterSection { filters, body })
            }
            "block" => {
                self.name()?;
                self.tag_end()?;
                let body = self.nodes_until("endblock")?;
                if let Some(Token::Name(_)) = self.peek() {
                    self.next();
                }
                self.tag_end()?;
                Ok(Node::Block(body))
            }
            "break" | "continue" => {
                self.tag_end()?;
                Ok(Node::Leave)
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

    fn if_tag(&mut self) -> Parsed<Node> {
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
                    return Ok(Node::If { arms, otherwise });
                }
                Some(_) => {
                    self.tag_end()?;
                    return Ok(Node::If { arms, otherwise: None });
                }
                None => return self.refuse("expected `endif`"),
            }
        }
    }

    fn loop_names(&mut self) -> Parsed<Vec<String>> {
        let mut names = vec![self.name()?];
        if self.take(",") {
            names.push(self.name()?);
        }
        self.expect_word("in")?;
        Ok(names)
    }

    fn for_tag(&mut self) -> Parsed<Node> {
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
        Ok(Node::For {
            names,
            container,
            body,
            otherwise,
        })
    }

    fn set_tag(&mut self, global: bool) -> Parsed<Node> {
        let name = self.name()?;
        if self.take("=") {
            let value = self.expression(0)?;
            self.tag_end()?;
            return Ok(Node::Set { name, value, global });
        }
        let mut filters = Vec::new();
        while self.take("|") {
            filters.push(self.filter()?);
        }
        let end = self.end;
        self.tag_end()?;
        let body = self.nodes_until("endset")?;
        self.tag_end()?;
        Ok(Node::SetBlock {
            name,
            filters,
            body,
            global,
            end,
        })
    }

    fn filter(&mut self) -> Parsed<Filter> {
        let start = self.start();
        let name = self.name()?;
        let span = start..self.end;
        let arguments = if self.at("(") { self.arguments()? } else { Vec::new() };
        Ok(Filter { name, span, arguments })
    }

    fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.take(")") {
            if !arguments.is_empty() {
                self.expect(",")?;
                if self.take(")") {
                    break;
                }
            }
            let name = self.name()?;
            self.expect("=")?;
            let value = self.expression(0)?;
            arguments.push(Argument { name, value });
        }
        Ok(arguments)
    }

    fn expression(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.start();
        let mut left = self.operand(start)?;
        let mut negated = false;
        loop {
            let Some(operator) = self.infix() else { break };
            match operator {
                Infix::Subscript => {
                    left = self.subscript(left, start)?;
                    continue;
                }
                Infix::Ternary => {
                    if least > 0 {
                        break;
                    }
                    self.next();
                    let condition = self.expression(0)?;
                    self.expect_word("else")?;
                    let otherwise = self.expression(0)?;
                    let kind = ExprKind::Ternary(Box::new(condition), Box::new(left), Box::new(otherwise));
                    return Ok(self.spanned(start, kind));
                }
                Infix::NotIn => {
                    if IN.0 < least {
                        break;
                    }
                    self.next();
                    if !self.at_word("in") {
                        return self.refuse("expected `in` after `not`");
                    }
                    negated = true;
                    continue;
                }
                Infix::Test | Infix::Pipe | Infix::Binary(..) => {}
            }
            let (binds_left, binds_right) = operator.power();
            if binds_left < least {
                break;
            }
            self.next();
            let kind = match operator {
                Infix::Test => {
                    negated |= self.take_word("not");
                    ExprKind::Tested(Box::new(left), self.filter()?)
                }
                Infix::Binary(operator, _) => {
                    let right = self.expression(binds_right)?;
                    ExprKind::Binary(operator, Box::new(left), Box::new(right))
                }
                Infix::Pipe | Infix::Subscript | Infix::Ternary | Infix::NotIn => {
                    ExprKind::Filtered(Box::new(left), self.filter()?)
                }
            };
            left = self.spanned(start, kind);
            if negated {
                left = self.spanned(start, ExprKind::Not(Box::new(left)));
                negated = false;
            }
        }
        Ok(left)
    }

    fn spanned(&self, start: usize, kind: ExprKind) -> Expr {
        Expr {
            span: start..self.end,
            kind,
        }
    }

    fn operand(&mut self, start: usize) -> Parsed<Expr> {
        let kind = match self.next() {
            Some(Token::Integer(number)) => ExprKind::Integer(number),
            Some(Token::Float) => ExprKind::Float,
            Some(Token::Text(text)) => ExprKind::Text(text),
            Some(Token::Bool(value)) => ExprKind::Bool(value),
            Some(Token::Name(name)) => match name.as_str() {
                "none" | "None" | "null" => ExprKind::None,
                "not" => ExprKind::Not(Box::new(self.expression(5)?)),
                _ if self.at("(") => {
                    let span = start..self.end;
                    let arguments = self.arguments()?;
                    ExprKind::Call(Filter { name, span, arguments })
                }
                _ => return self.path(name, start),
            },
            Some(Token::Operator("-")) => {
                let inner = self.expression(20)?;
                match inner.kind {
                    ExprKind::Integer(number) => ExprKind::Integer(number.saturating_neg()),
                    ExprKind::Float => ExprKind::Float,
                    _ => ExprKind::Negative(Box::new(inner)),
                }
            }
            Some(Token::Operator("(")) => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                inner.kind
            }
            Some(Token::Operator("[")) => self.array()?,
            Some(Token::Operator("{")) => self.map()?,
            Some(Token::Operator("<")) => {
                return Err(SyntaxFault::new(
                    &(start..self.end),
                    "components are not available in message bodies",
                ));
            }
            _ => return Err(SyntaxFault::new(&(start..self.end), "expected a value")),
        };
        Ok(self.spanned(start, kind))
    }

    /// A name with its `.field`s and `[subscripts]`.
    fn path(&mut self, name: String, start: usize) -> Parsed<Expr> {
        let mut expr = self.spanned(start, ExprKind::Name(name));
        loop {
            if self.take(".") || self.take("?.") {
                let field = self.name()?;
                expr = self.spanned(start, ExprKind::Attribute(Box::new(expr), field));
            } else if self.at("[") || self.at("?[") {
                expr = self.subscript(expr, start)?;
            } else {
                return Ok(expr);
            }
        }
    }

    fn subscript(&mut self, of: Expr, start: usize) -> Parsed<Expr> {
        self.next();
        let mut parts = Vec::new();
        let mut slice = false;
        while !self.take("]") {
            if self.take(":") {
                slice = true;
            } else {
                parts.push(self.expression(0)?);
            }
        }
        let of = Box::new(of);
        let kind = match (slice, parts.len()) {
            (false, 1) => match parts.pop() {
                Some(index) => ExprKind::Index(of, Box::new(index)),
                None => return self.refuse("expected an index"),
            },
            (true, _) => ExprKind::Slice(of, parts),
            (false, _) => return self.refuse("expected one index"),
        };
        Ok(self.spanned(start, kind))
    }

    fn array(&mut self) -> Parsed<ExprKind> {
        let mut items = Vec::new();
        while !self.take("]") {
            if !items.is_empty() {
                self.expect(",")?;
                if self.take("]") {
                    break;
                }
            }
            self.take("...");
            let item = self.expression(0)?;
            if items.is_empty() && self.take_word("for") {
                return self.comprehension(item);
            }
            items.push(item);
        }
        Ok(ExprKind::Array(items))
    }

    fn comprehension(&mut self, element: Expr) -> Parsed<ExprKind> {
        let names = self.loop_names()?;
        let container = Box::new(self.expression(1)?);
        let condition = if self.take_word("if") {
            Some(Box::new(self.expression(1)?))
        } else {
            None
        };
        self.expect("]")?;
        Ok(ExprKind::Comprehension {
            element: Box::new(element),
            names,
            container,
            condition,
        })
    }

    fn map(&mut self) -> Parsed<ExprKind> {
        let mut values = Vec::new();
        while !self.take("}") {
            if !values.is_empty() {
                self.expect(",")?;
                if self.take("}") {
                    break;
                }
            }
            if !self.take("...") {
                match self.next() {
                    Some(Token::Text(_) | Token::Integer(_) | Token::Bool(_)) => self.expect(":")?,
                    _ => return self.refuse("expected a literal key"),
                }
            }
            values.push(self.expression(0)?);
        }
        Ok(ExprKind::Map(values))
    }

    fn infix(&mut self) -> Option<Infix> {
        let arithmetic = |left, right| Some(Infix::Binary(Operator::Arithmetic, (left, right)));
        let compare = |comparison| Some(Infix::Binary(Operator::Compare(comparison), (7, 8)));
        match self.peek()? {
            Token::Operator(operator) => match *operator {
                "[" => Some(Infix::Subscript),
                "|" => Some(Infix::Pipe),
                "+" | "-" => arithmetic(11, 12),
                "*" | "/" | "//" | "%" => arithmetic(13, 14),
                "**" => arithmetic(16, 15),
                "~" => Some(Infix::Binary(Operator::Concat, (13, 14))),
                "==" => compare(Comparison::Equal),
                "!=" => compare(Comparison::NotEqual),
                "<" => compare(Comparison::Less),
                "<=" => compare(Comparison::LessEqual),
                ">" => compare(Comparison::Greater),
                ">=" => compare(Comparison::GreaterEqual),
                _ => None,
            },
            Token::Name(word) => match word.as_str() {
                "if" => Some(Infix::Ternary),
                "not" => Some(Infix::NotIn),
                "is" => Some(Infix::Test),
                "in" => Some(Infix::Binary(Operator::In, IN)),
                "and" => Some(Infix::Binary(Operator::And, (3, 4))),
                "or" => Some(Infix::Binary(Operator::Or, (1, 2))),
                _ => None,
            },
            _ => None,
        }
    }
}

const IN: (u8, u8) = (5, 6);

/// What may follow an operand.
#[derive(Clone, Copy)]
enum Infix {
    Subscript,
    Ternary,
    NotIn,
    Test,
    Pipe,
    Binary(Operator, (u8, u8)),
}

impl Infix {
    /// How tightly it binds to its left and right (the table of Tera 2).
    fn power(self) -> (u8, u8) {
        match self {
            Self::Subscript => (u8::MAX, u8::MAX),
            Self::Ternary => (0, 0),
            Self::NotIn | Self::Test => IN,
            Self::Pipe => (17, 18),
            Self::Binary(_, power) => power,
        }
    }
}
