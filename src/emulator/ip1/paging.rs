//! Pages of a collection: `start`, `limit`, `order`, and the `Link` header.
//!
//! Defaults are 0, 50 and ASC. A limit above the account's cap is lowered to it; anything that is no number is refused.

use serde_json::Value;

use super::problem::problem;
use crate::emulator::wire::{Answer, Request};

/// What page was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    start: usize,
    limit: usize,
    is_descending: bool,
}

impl Page {
    /// Reads the parameters; the answer is the refusal.
    pub(super) fn read(request: &Request, cap: usize) -> Result<Page, Answer> {
        let number = |name: &str, default: usize, least: usize| match request.parameter(name) {
            None => Ok(default),
            Some(text) => match text.parse::<usize>() {
                Ok(number) if number >= least => Ok(number),
                _ => Err(problem(400, &format!("Pagination or path parameters invalid: {name}."))),
            },
        };
        let is_descending = match request.parameter("order").map(str::to_ascii_uppercase).as_deref() {
            None | Some("ASC") => false,
            Some("DESC") => true,
            Some(_) => return Err(problem(400, "Pagination or path parameters invalid: order.")),
        };
        let limit = number("limit", 50, 1)?.min(cap.max(1));
        Ok(Page {
            start: number("start", 0, 0)?,
            limit,
            is_descending,
        })
    }

    /// Answers with this page of a collection that is in the order of creation.
    pub(super) fn answer<T>(self, request: &Request, all: &[T], document: impl Fn(&T) -> Value) -> Answer {
        let picked: Vec<Value> = if self.is_descending {
            all.iter()
                .rev()
                .skip(self.start)
                .take(self.limit)
                .map(document)
                .collect()
        } else {
            all.iter().skip(self.start).take(self.limit).map(document).collect()
        };
        Answer::json(200, &picked).with_header("link", self.links(request, all.len()))
    }

    fn links(self, request: &Request, total: usize) -> String {
        let host = request.header("host").unwrap_or("127.0.0.1");
        let order = if self.is_descending { "DESC" } else { "ASC" };
        let link = |start: usize, relation: &str| {
            let path = &request.path;
            let limit = self.limit;
            format!("<http://{host}{path}?start={start}&limit={limit}&order={order}>; rel=\"{relation}\"")
        };
        let mut links = vec![link(self.start, "self"), link(0, "first")];
        if self.start > 0 {
            links.push(link(self.start.saturating_sub(self.limit), "prev"));
        }
        let next = self.start.saturating_add(self.limit);
        if next < total {
            links.push(link(next, "next"));
        }
        links.push(link(total.saturating_sub(1) / self.limit * self.limit, "last"));
        links.join(", ")
    }
}
