//! Expressions, with the precedences of Tera 2.

use super::SyntaxFault;
use super::ast::{Argument, Comparison, Expr, ExprKind, Filter, Operator};
use super::lexer::Token;
use super::parser::{Parsed, Parser};

impl Parser {
    pub(super) fn filter(&mut self) -> Parsed<Filter> {
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

    pub(super) fn expression(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.start();
        let mut left = self.operand(start)?;
        let mut negated = false;
        while let Some(operator) = self.infix() {
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
        let mut parts = [None, None, None];
        let mut colons = 0;
        while !self.take("]") {
            if self.take(":") {
                colons += 1;
            } else {
                let part = self.expression(0)?;
                match parts.get_mut(colons) {
                    Some(place @ None) => *place = Some(part),
                    Some(Some(_)) | None => return self.refuse("expected `:` or `]`"),
                }
            }
        }
        let of = Box::new(of);
        let kind = match (colons, parts) {
            (0, [Some(index), None, None]) => ExprKind::Index(of, Box::new(index)),
            (1 | 2, parts) => ExprKind::Slice(of, Box::new(parts)),
            _ => return self.refuse("expected an index"),
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
