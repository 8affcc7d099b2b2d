//! A plan as one self-contained page: no network, no script, readable on a phone, in the dark, on paper and aloud.
//!
//! In: the view of a plan. Out: HTML that names nothing outside itself; its policy forbids everything but the one style
//! sheet it carries, by its hash. All text is escaped by the template engine. Never: a number or a body of anybody.

mod attention;
mod cards;
mod page;
mod phone;
mod prose;
mod rows;
#[cfg(test)]
mod tests;
mod timeline;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use self::page::page;
use super::view::PlanView;
use super::visible::all_visible;

/// The name ends in `.html`, so that the engine escapes.
const NAME: &str = "page.html";
const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The page.
pub fn plan_to_html(plan: &PlanView) -> String {
    laid_out(plan).unwrap_or_else(|_| {
        // The template is our own and tested; a page that says so beats none.
        "<!doctype html><html lang=en><title>Campanile plan</title><p>this plan cannot be shown as a page\n".to_owned()
    })
}

fn laid_out(plan: &PlanView) -> tera::TeraResult<String> {
    let mut tera = Tera::default();
    tera.add_raw_template(NAME, TEMPLATE)?;
    let mut context = Context::new();
    context.insert("page", &page(&all_visible(plan)));
    context.insert("style", STYLE);
    context.insert("style_hash", &STANDARD.encode(Sha256::digest(STYLE)));
    tera.render(NAME, &context)
}
