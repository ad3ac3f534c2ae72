//! The page of all calls, drawn from the document itself: what programs read and what people read cannot differ.

use super::{
    html::{page, prose, text},
    schema::{Names, range},
};
use serde_json::Value;
use std::fmt::Write as _;

/// A call as it stands in the document.
struct Placed<'a> {
    path: &'a str,
    method: String,
    said: &'a Value,
}

/// The page.
pub fn page_of(document: &Value) -> String {
    let names = Names(document);
    let calls = calls(document);
    let mut main =
        format!("<h1>The API</h1>\n<div class=\"prose\">{}</div>\n", prose(word(&document["info"]["description"])));
    let mut contents =
        String::from("<nav class=\"contents\" aria-label=\"Calls\">\n<details>\n<summary>All calls</summary>\n");
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = word(&tag["name"]);
        let _ = write!(
            main,
            "<section class=\"group\" id=\"{}\">\n<h2>{}</h2>\n{}",
            text(&name.to_lowercase()),
            text(name),
            prose(word(&tag["description"]))
        );
        let _ = write!(contents, "<p><a href=\"#{}\">{}</a></p>\n<ul>\n", text(&name.to_lowercase()), text(name));
        for call in calls.iter().filter(|call| call.said["tags"][0] == tag["name"]) {
            main.push_str(&article(call, names));
            let _ = writeln!(
                contents,
                "<li><a href=\"#{}\">{} <span>{}</span></a></li>",
                text(word(&call.said["operationId"])),
                badge(&call.method),
                text(word(&call.said["summary"]))
            );
        }
        main.push_str("</section>\n");
        contents.push_str("</ul>\n");
    }
    page("Calls", &(contents + "</details>\n</nav>\n"), &main)
}

fn calls(document: &Value) -> Vec<Placed<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let placed = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(|(method, said)| Placed { path, method: method.to_uppercase(), said })
    });
    placed.collect()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn badge(method: &str) -> String {
    format!("<span class=\"method {}\">{method}</span>", method.to_lowercase())
}

fn article(call: &Placed<'_>, names: Names<'_>) -> String {
    let said = call.said;
    format!(
        "<article class=\"call\" id=\"{id}\">\n<h3><a href=\"#{id}\">{summary}</a></h3>\n\
         <p class=\"address\">{badge} <code>{path}</code></p>\n<div class=\"columns\">\n<div class=\"told\">\n\
         {description}{security}{parameters}{body}{answers}</div>\n<div class=\"shown\">\n{samples}</div>\n</div>\n</article>\n",
        id = text(word(&said["operationId"])),
        summary = text(word(&said["summary"])),
        badge = badge(&call.method),
        path = text(call.path),
        description = prose(word(&said["description"])),
        security = security(said),
        parameters = parameters(said, names),
        body = body(said, names),
        answers = answers(said, names),
        samples = samples(said, names),
    )
}

fn security(said: &Value) -> String {
    let ways: Vec<_> = said["security"].as_array().into_iter().flatten().filter_map(Value::as_object).collect();
    let named = |name: &String| match name.as_str() {
        "oauth2" | "bearer" => "an access token",
        "clientSecret" => "the client's id and secret",
        _ => "the provider's signature",
    };
    let way = ways.iter().find_map(|way| way.keys().next()).map_or("nothing: anybody may call it", named);
    format!("<p class=\"needs\">Needs {way}.</p>\n")
}

fn parameters(said: &Value, names: Names<'_>) -> String {
    let mut html = String::new();
    for parameter in said["parameters"].as_array().into_iter().flatten() {
        let parameter = names.resolve(parameter);
        let need = if parameter["required"] == true { "" } else { " <span class=\"need\">optional</span>" };
        let _ = writeln!(
            html,
            "<div><dt><code>{}</code> <span class=\"type\">{}, {}</span>{need}</dt><dd>{}{}</dd></div>",
            text(word(&parameter["name"])),
            text(word(&parameter["in"])),
            text(&names.kind(&parameter["schema"])),
            prose(word(&parameter["description"])),
            range(&parameter["schema"]),
        );
    }
    if html.is_empty() { html } else { format!("<h4>Parameters</h4>\n<dl class=\"fields\">\n{html}</dl>\n") }
}

fn body(said: &Value, names: Names<'_>) -> String {
    let contents = said["requestBody"]["content"].as_object().into_iter().flatten();
    contents.fold(String::new(), |html, (media_type, content)| {
        let fields = names.schema(&content["schema"]);
        format!("{html}<h4>Body <code>{}</code></h4>\n{fields}", text(media_type))
    })
}

fn answers(said: &Value, names: Names<'_>) -> String {
    let mut html = String::from("<h4>Answers</h4>\n");
    for (status, answer) in said["responses"].as_object().into_iter().flatten() {
        let answer = names.resolve(answer);
        let class = status.get(..1).unwrap_or_default();
        let badge = format!("<span class=\"status s{class}\">{}</span>", text(status));
        let says = prose(word(&answer["description"]));
        let problem = answer["content"].as_object().is_some_and(|all| all.keys().all(|t| t.ends_with("problem+json")));
        let fields: String = answer["content"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(media_type, _)| !media_type.ends_with("problem+json"))
            .map(|(_, content)| names.schema(streamed(&content["schema"])))
            .collect();
        if problem || fields.is_empty() {
            let _ = writeln!(html, "<div class=\"answer\">{badge}<div>{says}</div></div>");
        } else {
            let _ = writeln!(
                html,
                "<details class=\"answer\"><summary>{badge}<div>{says}</div></summary>\n{headers}{fields}</details>",
                headers = headers(answer, names)
            );
        }
    }
    html
}

/// What the text of a stream carries, or the schema itself.
fn streamed(schema: &Value) -> &Value {
    if schema["contentSchema"].is_object() { &schema["contentSchema"] } else { schema }
}

fn headers(answer: &Value, names: Names<'_>) -> String {
    let rows = answer["headers"].as_object().into_iter().flatten().fold(String::new(), |html, (name, header)| {
        let says = prose(word(&names.resolve(header)["description"]));
        format!(
            "{html}<div><dt><code>{}</code> <span class=\"type\">header</span></dt><dd>{says}</dd></div>\n",
            text(name)
        )
    });
    if rows.is_empty() { rows } else { format!("<dl class=\"fields\">\n{rows}</dl>\n") }
}

/// What is sent and what comes back; the first of each is open.
fn samples(said: &Value, names: Names<'_>) -> String {
    let mut html = examples_of("Send", &said["requestBody"]["content"]);
    for (status, answer) in said["responses"].as_object().into_iter().flatten() {
        if status.starts_with('2') {
            html.push_str(&examples_of(status, &names.resolve(answer)["content"]));
        }
    }
    html
}

fn examples_of(what: &str, contents: &Value) -> String {
    let mut html = String::new();
    for (media_type, content) in contents.as_object().into_iter().flatten() {
        if media_type.ends_with("problem+json") {
            continue;
        }
        let named = content["examples"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, example)| (word(&example["summary"]), &example["value"]));
        let plain = Some(("", &content["example"])).filter(|(_, value)| !value.is_null());
        for (says, value) in named.chain(plain) {
            let open = if html.is_empty() { " open" } else { "" };
            let _ = writeln!(
                html,
                "<details{open}><summary><b>{}</b> {}</summary><pre tabindex=\"0\"><code>{}</code></pre></details>",
                text(what),
                text(says),
                text(&sent(media_type, value))
            );
        }
    }
    html
}

/// A value as it goes over the wire, with room to read it.
fn sent(media_type: &str, value: &Value) -> String {
    match value {
        Value::String(stream) => stream.clone(),
        Value::Object(fields) if media_type.ends_with("x-www-form-urlencoded") => {
            let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", word(value))).collect();
            pairs.join("\n&")
        }
        // What was JSON is JSON.
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}
