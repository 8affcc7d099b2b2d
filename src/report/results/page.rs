//! Results as one self-contained page: a table, and a bar for each occurrence drawn as SVG. No script, no network.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::text::{accuracy, money, name, reasons};
use super::view::{CampaignResultView, OutcomeView, ResultsView};
use crate::model::grouped;
use crate::report::{amounts, visible};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid #ccc}\
th:first-child,td:first-child{text-align:left}svg{width:100%;height:1.5rem;display:block}\
caption{text-align:left;font-weight:600;padding:.6rem 0 .2rem}.wide{overflow-x:auto}.spans td:last-child{width:60%}.spans svg{height:1rem}\
.delivered{fill:#2b7a4b;color:#2b7a4b}.pending{fill:#767676;color:#767676}.failed{fill:#b3261e;color:#b3261e}.key span{margin-right:1.5rem}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}\
.delivered{fill:#5fbf86;color:#5fbf86}.pending{fill:#9a9a9a;color:#9a9a9a}.failed{fill:#ff8a80;color:#ff8a80}}";

/// Width of a bar in its own units.
const WIDTH: u64 = 1000;

/// The page.
pub fn results_to_html(view: &ResultsView) -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'\">\n\
         <title>Campaign results</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Campaign results</h1>\n<p>Read at {}; times are {}.</p>\n",
        escaped(&view.read_at),
        escaped(&view.timezone)
    );
    page += "<p class=\"key\"><span><b class=\"delivered\">■</b> delivered (green)</span><span><b class=\"pending\">■</b> pending (grey)</span><span><b class=\"failed\">■</b> failed (red)</span></p>\n";
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
    let opens = escaped(one.opens_local.as_deref().unwrap_or("?"));
    let _ = writeln!(
        page,
        "<section>\n<h2>{title}</h2>\n<p>opens {opens}, at {}</p>",
        escaped(&one.provider)
    );
    bar(page, &title, &one.all);
    page.push_str("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Messages of ");
    page.push_str(&title);
    page.push_str("\">\n<table>\n<tr><th scope=\"col\">of</th><th scope=\"col\">sent</th><th scope=\"col\">delivered</th><th scope=\"col\">pending</th><th scope=\"col\">failed</th><th scope=\"col\">opted out</th><th scope=\"col\">cost</th></tr>\n");
    row(page, "all", &one.all);
    for (by, outcomes) in [
        ("country", &one.by_country),
        ("sender", &one.by_sender),
        ("variant", &one.by_variant),
    ] {
        for (value, outcome) in outcomes {
            row(page, &format!("{by} {value}"), outcome);
        }
    }
    page.push_str("</table>\n</div>\n");
    time_to_delivery(page, one);
    if !one.all.failed.is_empty() {
        let _ = writeln!(page, "<p>Failed: {}.</p>", escaped(&reasons(&one.all)));
    }
    let segments = match (one.segments.billed, one.segments.estimated) {
        (Some(billed), Some(estimated)) => {
            format!("{} segments billed, {} estimated", grouped(billed), grouped(estimated))
        }
        (Some(billed), None) => format!("{} segments billed", grouped(billed)),
        (None, Some(estimated)) => format!("{} segments estimated", grouped(estimated)),
        (None, None) => String::new(),
    };
    if !segments.is_empty() {
        let _ = writeln!(page, "<p>{segments}.</p>");
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
    let cost = escaped(&money(&outcome.cost));
    let _ = writeln!(
        page,
        "<tr><th scope=\"row\">{}</th>{cells}<td>{cost}</td></tr>",
        escaped(head)
    );
}

/// How many messages were delivered within how long, as far as the provider shows it.
fn time_to_delivery(page: &mut String, one: &CampaignResultView) {
    const SPANS: [(&str, &str); 7] = [
        ("1m", "1 minute"),
        ("5m", "1 to 5 minutes"),
        ("15m", "5 to 15 minutes"),
        ("1h", "15 minutes to 1 hour"),
        ("6h", "1 to 6 hours"),
        ("24h", "6 to 24 hours"),
        ("later", "later"),
    ];
    let total: u64 = one.delivered_within.values().sum();
    if total == 0 {
        return;
    }
    page.push_str("<table class=\"spans\">\n<caption>Time from the opening of the window to delivery</caption>\n<tr><th scope=\"col\">within</th><th scope=\"col\">messages</th><th scope=\"col\">share</th></tr>\n");
    for (span, words) in SPANS {
        let count = one.delivered_within.get(span).copied().unwrap_or(0);
        let width = count.saturating_mul(WIDTH) / total;
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{words}</th><td>{}</td><td><svg aria-hidden=\"true\" viewBox=\"0 0 {WIDTH} 20\" preserveAspectRatio=\"none\"><rect class=\"delivered\" x=\"0\" y=\"0\" width=\"{width}\" height=\"20\"/></svg></td></tr>",
            grouped(count)
        );
    }
    page.push_str("</table>\n");
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
