//! The page around the documentation, and how words become HTML. No script: a page is read with any browser, and under the
//! strictest policy.

use pulldown_cmark::{Options, Parser};

/// A text as HTML shows it, also within quotes.
pub fn text(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Markdown as HTML.
pub fn prose(markdown: &str) -> String {
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(markdown, Options::ENABLE_TABLES));
    // What scrolls sideways can be reached by keyboard.
    html.replace("<pre>", r#"<pre tabindex="0">"#)
}

/// Words of the catalogue, in which addresses of calls and `members` stand as code.
pub fn words(plain: &str) -> String {
    let mut html = String::with_capacity(plain.len() + 64);
    for (n, part) in plain.split('`').enumerate() {
        let part = text(part);
        if n % 2 == 1 {
            html.extend(["<code>", &part, "</code>"]);
        } else {
            html.push_str(&part);
        }
    }
    html
}

/// A whole page.
pub fn page(title: &str, navigation: &str, main: &str) -> String {
    let places = [("/api/docs", "Calls"), ("/problems", "Problems"), ("/api/openapi.json", "OpenAPI"), ("/", "Shop")];
    let places = places.map(|(address, name)| {
        let here = if name == title { " aria-current=\"page\"" } else { "" };
        format!("<li><a href=\"{address}\"{here}>{name}</a></li>\n")
    });
    let (title, places) = (text(title), places.concat());
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Holdfast API</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/api/docs/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/api/docs"><img src="/favicon.svg" alt="" width="32" height="32"> Holdfast <span>API</span></a>
<nav aria-label="Documentation"><ul>
{places}</ul></nav>
</header>
<div class="page">
{navigation}<main id="main" tabindex="-1">
{main}</main>
</div>
</body>
</html>
"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_html_is_shown_and_not_meant() {
        assert_eq!(text(r#"<a href="x">&'"#), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
        assert_eq!(words("at most `a<b` units"), "at most <code>a&lt;b</code> units");
    }

    #[test]
    fn a_page_has_nothing_that_its_policy_forbids() {
        let page = page("Title", "", "");
        for forbidden in ["<script", "style=", "onclick", "http://", "https://", "//cdn"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn a_page_says_where_it_is() {
        let here = |title| page(title, "", "").matches("aria-current").count();
        assert_eq!((here("Calls"), here("Problems"), here("Not enough stock")), (1, 1, 0));
        assert!(page("Problems", "", "").contains(r#"<a href="/problems" aria-current="page">"#));
    }
}
