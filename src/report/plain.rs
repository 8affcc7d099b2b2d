//! Results that are made as text, in the other formats: the same words, shown exactly and interpreted never.
//!
//! In: text. Out: Markdown and HTML that show it. Never: a link, a mention, a tag or a script made of it.

/// As a block of code, fenced by more marks than the text has in a row.
pub fn text_to_markdown(text: &str) -> String {
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

/// As a page of its own that loads nothing.
pub fn text_to_html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.trim_end().chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            other => shown.push(other),
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Campanile</title>\n</head>\n<body>\n\
         <pre>{shown}</pre>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_never_leaves_its_fence(text in "(`{0,6}|[a-z<>&@\n~]){0,20}") {
            let shown = text_to_markdown(&text);
            let fence: String = shown.chars().take_while(|c| *c == '`').collect();
            let closing = shown.lines().skip(1).filter(|line| line.trim_start().starts_with(&fence)).count();
            prop_assert_eq!(closing, 1, "{}", shown);
            prop_assert!(shown.contains(text.trim_end()));
        }

        #[test]
        fn a_text_makes_no_tag(text in "[a-z<>&\"' ]{0,40}") {
            let shown = text_to_html(&text);
            let body = shown.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next()).unwrap_or_default();
            prop_assert!(!body.contains(['<', '>', '"']));
            let back = body
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
            prop_assert_eq!(back, text.trim_end());
        }
    }
}
