//! Results as one self-contained page: a table, and a bar for each occurrence drawn as SVG. No script, no network.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::text::{accuracy, name, reasons};
use super::view::{CampaignResultView, OutcomeView, ResultsView};
use crate::model::grouped;
use crate::report::{amounts, visible};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid #ccc}\
th:first-child,td:first-child{text-align:left}svg{width:100%;height:1.5rem;display:block}\
.delivered{fill:#2b7a4b}.pending{fill:#b5b5b5}.failed{fill:#b3261e}.key span{margin-right:1.5rem}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}.delivered{fill:#5fbf86}.failed{fill:#ff8a80}}";

/// Width of a bar in its own units.
const WIDTH: u64 = 1000;

/// The page.
pub fn results_to_html(view: &ResultsView) -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'\">\n\
         <title>Campaign results</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Campaign results</h1>\n<p>Read at {}.</p>\n",
        escaped(&view.now)
    );
    page += "<p class=\"key\"><span>■ delivered (green)</span><span>■ pending (grey)</span><span>■ failed (red)</span></p>\n";
    for one in &view.campaigns {
        section(&mut page, one);
    }
    if view.campaigns.is_empty() {
        page += "<p>Nothing of ours was sent yet.</p>\n";
    }
    for line in view.accuracy.iter().map(accuracy).chain(view.unread.iter().cloned()) {
        let _ = writeln!(page, "<p>{}</p>", escaped(&line));
    }
    page + "</main>\n</body>\n</html>\n"
}

fn section(page: &mut String, one: &CampaignResultView) {
    let title = escaped(&name(one));
    let opens = escaped(one.opens.as_deref().unwrap_or("?"));
    let _ = writeln!(
        page,
        "<section>\n<h2>{title}</h2>\n<p>opens {opens}, at {}</p>",
        escaped(&one.provider)
    );
    bar(page, &title, &one.all);
    page.push_str("<table>\n<tr><th scope=\"col\"></th><th scope=\"col\">sent</th><th scope=\"col\">delivered</th><th scope=\"col\">pending</th><th scope=\"col\">failed</th><th scope=\"col\">opted out</th><th scope=\"col\">cost</th></tr>\n");
    row(page, "all", &one.all);
    for (value, outcome) in one.by_country.iter().chain(&one.by_sender).chain(&one.by_variant) {
        row(page, value, outcome);
    }
    page.push_str("</table>\n");
    if !one.all.failed.is_empty() {
        let _ = writeln!(page, "<p>Failed: {}.</p>", escaped(&reasons(&one.all)));
    }
    if !one.estimate.is_empty() {
        let _ = writeln!(page, "<p>Estimated: {}.</p>", escaped(&amounts(&one.estimate)));
    }
    page.push_str("</section>\n");
}

fn row(page: &mut String, head: &str, outcome: &OutcomeView) {
    let cells = [
        outcome.sent,
        outcome.delivered,
        outcome.pending,
        outcome.all_failed(),
        outcome.opted_out,
    ];
    let cells: String = cells
        .iter()
        .map(|count| format!("<td>{}</td>", grouped(*count)))
        .collect();
    let cost = escaped(&amounts(&outcome.cost));
    let _ = writeln!(
        page,
        "<tr><th scope=\"row\">{}</th>{cells}<td>{cost}</td></tr>",
        escaped(head)
    );
}

/// Delivered, pending and failed as shares of what was sent.
fn bar(page: &mut String, title: &str, outcome: &OutcomeView) {
    let total = outcome.sent.max(1);
    let mut x = 0;
    let mut pieces = String::new();
    let parts = [
        ("delivered", outcome.delivered),
        ("pending", outcome.pending),
        ("failed", outcome.all_failed()),
    ];
    for (class, count) in parts {
        let width = count.saturating_mul(WIDTH) / total;
        let _ = write!(
            pieces,
            "<rect class=\"{class}\" x=\"{x}\" y=\"0\" width=\"{width}\" height=\"20\"/>"
        );
        x += width;
    }
    let _ = writeln!(
        page,
        "<svg role=\"img\" aria-label=\"{title}: {} of {} delivered\" viewBox=\"0 0 {WIDTH} 20\" preserveAspectRatio=\"none\">{pieces}</svg>",
        outcome.delivered, outcome.sent
    );
}

fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_provider_becomes_markup_and_bars_fill_no_more_than_their_width() {
        let view = ResultsView {
            campaigns: vec![CampaignResultView {
                campaign: "<script>".to_owned(),
                all: OutcomeView {
                    sent: 3,
                    delivered: 2,
                    failed: [("\"><img>".to_owned(), 1)].into(),
                    ..OutcomeView::default()
                },
                ..CampaignResultView::default()
            }],
            unread: vec!["a & b".to_owned()],
            ..ResultsView::default()
        };
        let page = results_to_html(&view);
        assert!(!page.contains("<script") && !page.contains("<img") && page.contains("a &amp; b"));
        assert!(page.contains("width=\"666\"") && page.contains("x=\"666\"") && page.contains("width=\"333\""));
        assert!(!page.contains("http://") && !page.contains("https://"));
    }
}
