//! The problems' pages: each `type` is the address of one, which says what happened, what to do, and what the answer says.

use super::{
    document::Document,
    html::{page, text, words},
};
use crate::problem::{
    Kind,
    catalogue::{Member, Shape},
    examples,
};
use std::fmt::Write as _;

/// The page of all problems.
pub fn index() -> String {
    let mut main = String::from(
        "<h1>Problems</h1>\n<p class=\"lead\">What the API answers when it does not grant a request: \
         <code>application/problem+json</code>, as RFC 9457 has it. Programs go by <code>type</code>, which never changes; \
         each has a page here.</p>\n",
    );
    for kinds in Kind::ALL.chunk_by(|a, b| a.entry().status == b.entry().status) {
        let Some(status) = kinds.first().map(|kind| kind.entry().status) else { continue };
        let (code, reason) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
        let class = code / 100;
        let _ = write!(
            main,
            "<section class=\"group\">\n<h2><span class=\"status s{class}\">{code}</span> {reason}</h2>\n<ul class=\"kinds\">\n"
        );
        for kind in kinds {
            let entry = kind.entry();
            let _ = writeln!(
                main,
                "<li><a href=\"{}\"><strong>{}</strong> <code>{}</code></a></li>",
                kind.uri(),
                text(entry.title),
                entry.slug
            );
        }
        main.push_str("</ul>\n</section>\n");
    }
    page("Problems", "", &main)
}

/// The page of one kind.
pub fn of(kind: Kind, document: &Document) -> String {
    let entry = kind.entry();
    let (code, reason) = (entry.status.as_u16(), entry.status.canonical_reason().unwrap_or_default());
    // A problem is texts and numbers: it always has its JSON.
    let example = serde_json::to_string_pretty(&examples::example(kind)).unwrap_or_default();
    let main = format!(
        "<article class=\"problem\">\n<p class=\"trail\"><a href=\"/problems\">Problems</a></p>\n\
         <h1>{title}</h1>\n<p class=\"address\"><span class=\"status s{class}\">{code}</span> {reason} <code>{slug}</code></p>\n\
         <h2>What happened</h2>\n<p>{happened}</p>\n<h2>What to do</h2>\n<p>{remedy}</p>\n\
         {members}<h2>An answer</h2>\n<pre tabindex=\"0\"><code>{example}</code></pre>\n{calls}</article>\n",
        title = text(entry.title),
        class = code / 100,
        slug = entry.slug,
        happened = words(entry.happened),
        remedy = words(entry.remedy),
        members = members(entry.members),
        example = text(&example),
        calls = calls(kind, document),
    );
    page(entry.title, "", &main)
}

fn members(members: &[Member]) -> String {
    if members.is_empty() {
        return String::new();
    }
    let mut html = String::from("<h2>What it says besides</h2>\n<dl class=\"fields\">\n");
    for member in members {
        let shape = match member.shape {
            Shape::Count => "integer",
            Shape::Instant => "date-time",
            Shape::Id => "uuid",
            Shape::Text => "string",
        };
        let always = if member.always { "" } else { " <span class=\"need\">sometimes</span>" };
        let (name, says) = (member.name, words(member.says));
        let _ = writeln!(
            html,
            "<div><dt><code>{name}</code> <span class=\"type\">{shape}</span>{always}</dt><dd><p>{says}</p></dd></div>"
        );
    }
    html + "</dl>\n"
}

fn calls(kind: Kind, document: &Document) -> String {
    let calls = document.answered_by(kind);
    if calls.is_empty() {
        return String::new();
    }
    let mut html = String::from("<h2>Who answers so</h2>\n<ul class=\"calls\">\n");
    for call in calls {
        let (method, path) = (&call.method, text(&call.path));
        let _ = writeln!(
            html,
            "<li><a href=\"/api/docs#{id}\"><span class=\"method {lower}\">{method}</span> <code>{path}</code></a></li>",
            id = call.id,
            lower = method.as_str().to_lowercase(),
        );
    }
    html + "</ul>\n"
}
