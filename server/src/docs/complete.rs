//! Is the documentation whole? Each address is in the document and each of the document's is there; each answer and each
//! problem is shown by an example, and each problem has its page.

use super::document::Document;
use crate::{api, problem::Kind, state::AppState};
use axum::{Router, routing::post};
use serde_json::Value;
use std::collections::BTreeSet;

/// What the API serves besides the calls: the documentation of them, and the answer to whoever asks for nothing.
const NO_CALLS: [&str; 6] =
    ["/api", "/api/", "/api/{*nothing}", "/api/docs", "/api/docs/style.css", "/api/openapi.json"];

fn document() -> Document {
    api::calls(post(api::holds::place)).finish().1
}

fn value() -> Value {
    serde_json::to_value(document().finish()).unwrap()
}

/// The addresses of a router, which shows them where it is debugged and nowhere else.
fn addresses(router: &Router<AppState>) -> BTreeSet<String> {
    let shown = format!("{router:?}");
    let quoted = shown.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/'));
    quoted.map(str::to_owned).collect()
}

#[test]
fn the_document_has_each_address_of_the_api_and_no_other() {
    let router = api::routes(post(api::holds::place));
    let served: BTreeSet<_> = addresses(&router).into_iter().filter(|path| path.starts_with("/api")).collect();
    let value = value();
    let described = value["paths"].as_object().unwrap().keys().cloned();
    let told: BTreeSet<_> = described.chain(NO_CALLS.map(str::to_owned)).collect();
    assert_eq!(served, told);
    assert!(served.len() > NO_CALLS.len() + 10, "{served:?}");
}

#[test]
fn each_problem_has_a_page_and_an_example() {
    let (value, router) = (value(), api::routes(post(api::holds::place)));
    let addresses = addresses(&router);
    for kind in Kind::ALL {
        assert!(addresses.contains(&kind.uri()), "{kind:?}");
        let page = super::guide::of(*kind, &document());
        for said in [kind.entry().title, kind.entry().slug, &kind.uri()] {
            assert!(page.contains(&super::html::text(said)), "{kind:?} {said}");
        }
        let example = &value["components"]["schemas"][format!("{kind:?}Problem")]["examples"][0];
        assert_eq!(example["type"], kind.uri(), "{kind:?}");
        assert!(super::guide::index().contains(&format!("href=\"{}\"", kind.uri())), "{kind:?}");
    }
}

#[test]
fn each_body_and_each_answer_is_shown_by_an_example() {
    let value = value();
    let names = super::schema::Names(&value);
    let mut seen = 0;
    for (path, item) in value["paths"].as_object().unwrap() {
        for (method, call) in item.as_object().unwrap() {
            let answers = call["responses"].as_object().unwrap().values().map(|answer| names.resolve(answer));
            for content in
                answers.chain([&call["requestBody"]]).filter_map(|part| part["content"].as_object()).flatten()
            {
                let (media_type, content) = content;
                let shown =
                    content["example"].is_string() || content["examples"].as_object().is_some_and(|e| !e.is_empty());
                assert!(shown, "{method} {path} {media_type}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn each_name_in_the_document_is_the_name_of_something() {
    fn walk<'a>(value: &'a Value, named: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| match value {
                Value::String(name) if key == "$ref" => named.push(name),
                _ => walk(value, named),
            }),
            Value::Array(list) => list.iter().for_each(|value| walk(value, named)),
            _ => {}
        }
    }
    let (value, mut named) = (value(), Vec::new());
    walk(&value, &mut named);
    assert!(named.len() > 100);
    for name in named {
        assert!(value.pointer(name.strip_prefix('#').unwrap()).is_some(), "{name}");
    }
}
