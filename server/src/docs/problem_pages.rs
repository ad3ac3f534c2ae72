//! The problem pages: the `type` of each problem is the path of a page that describes it. No scripts.

use super::Document;
use crate::{
    markup::escape,
    problem::{
        Kind,
        catalogue::{Member, Shape, Source},
        examples,
    },
};
use http::StatusCode;

/// Renders the list of all problems.
pub fn index() -> String {
    let groups = Kind::ALL.chunk_by(|a, b| a.entry().status == b.entry().status).map(|kinds| {
        let items = kinds.iter().map(|kind| {
            let (uri, entry) = (kind.uri(), kind.entry());
            let (title, slug) = (escape(entry.title), entry.slug);
            format!("<li><a href=\"{uri}\"><strong>{title}</strong> <code>{slug}</code></a></li>\n")
        });
        let (status, items) = (status(kinds[0].entry().status), items.collect::<String>());
        format!("<section class=\"group\">\n<h2>{status}</h2>\n<ul class=\"list\">\n{items}</ul>\n</section>\n")
    });
    let introduction = "<h1>Problems</h1>\n<p class=\"lead\">Failed API requests return \
                        <code>application/problem+json</code> (RFC 9457). Programs should test <code>type</code>, which \
                        never changes; each type has a page here.</p>\n";
    page("Problems", &(introduction.to_owned() + &groups.collect::<String>()))
}

/// Renders the page of one problem.
pub fn render(kind: Kind, document: &Document) -> String {
    let entry = kind.entry();
    // Serialising texts and numbers cannot fail.
    let example = serde_json::to_string_pretty(&examples::example(kind)).unwrap_or_default();
    let main = format!(
        "<p><a href=\"/problems\">Problems</a></p>\n<h1>{title}</h1>\n\
         <p class=\"quiet\">{status} · <code>{slug}</code></p>\n\
         <h2>Cause</h2>\n<p>{cause}</p>\n<h2>Resolution</h2>\n<p>{resolution}</p>\n\
         {members}<h2>Example</h2>\n<pre tabindex=\"0\"><code>{example}</code></pre>\n<h2>Returned by</h2>\n{source}",
        title = escape(entry.title),
        status = status(entry.status),
        slug = entry.slug,
        cause = with_code(entry.cause),
        resolution = with_code(entry.resolution),
        members = members(entry.members),
        example = escape(&example),
        source = source(kind, document),
    );
    page(entry.title, &main)
}

fn status(status: StatusCode) -> String {
    let (code, reason) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    format!("<span class=\"status s{}\">{code}</span> {reason}", code / 100)
}

fn members(members: &[Member]) -> String {
    if members.is_empty() {
        return String::new();
    }
    let fields = members.iter().map(|member| {
        let shape = match member.shape {
            Shape::Count => "integer",
            Shape::Instant => "date-time",
            Shape::Id => "uuid",
            Shape::Text => "string",
            Shape::Edits => "list of edits",
            Shape::Fields => "list of fields",
        };
        let optional = if member.required { "" } else { ", optional" };
        let (name, description) = (member.name, with_code(member.description));
        format!("<dt><code>{name}</code> <span class=\"quiet\">{shape}{optional}</span></dt>\n<dd>{description}</dd>\n")
    });
    format!("<h2>Fields</h2>\n<dl>\n{}</dl>\n", fields.collect::<String>())
}

fn source(kind: Kind, document: &Document) -> String {
    match kind.entry().source {
        Source::AnyRequest => "<p>Any request, before it reaches a call.</p>\n".to_owned(),
        Source::Storefront => "<p>The storefront's forms. API calls do not return it.</p>\n".to_owned(),
        Source::Calls => {
            let calls = document.callers(kind).iter().map(|call| {
                let (method, path) = (call.method.to_uppercase(), &call.path);
                let anchor = format!("tag/{}/{method}{path}", call.tag.to_lowercase().replace(' ', "-"));
                format!(
                    "<li><a href=\"/api/docs#{}\"><code>{method} {}</code></a></li>\n",
                    escape(&anchor),
                    escape(path)
                )
            });
            format!("<ul class=\"list\">\n{}</ul>\n", calls.collect::<String>())
        }
    }
}

/// Renders a text of the catalogue, with `code` in backticks.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) }).collect()
}

fn page(title: &str, main: &str) -> String {
    let links =
        [("/api/docs", "API reference"), ("/problems", "Problems"), ("/api/openapi.json", "OpenAPI"), ("/", "Shop")];
    let links = links.map(|(path, name)| {
        let current = if name == title { " aria-current=\"page\"" } else { "" };
        format!("<li><a href=\"{path}\"{current}>{name}</a></li>\n")
    });
    let (title, links) = (escape(title), links.concat());
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
<header>
<a class="brand" href="/api/docs"><img src="/favicon.svg" alt="" width="32" height="32"> Holdfast <span class="quiet">API</span></a>
<nav aria-label="Documentation"><ul>
{links}</ul></nav>
</header>
<main id="main" tabindex="-1">
{main}</main>
</body>
</html>
"##
    )
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn html_is_escaped() {
        assert_eq!(escape(r#"<a href="x">&'"#), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
        assert_eq!(with_code("at most `a<b` units"), "at most <code>a&lt;b</code> units");
    }

    #[test]
    fn the_navigation_marks_the_current_page() {
        assert!(index().contains(r#"<a href="/problems" aria-current="page">"#));
        assert!(!page("Not enough stock", "").contains("aria-current"));
    }
}
