//! Tests that the documentation is complete and true.

use super::{Document, problem_pages};
use crate::{
    api,
    problem::{
        Kind,
        catalogue::{Entry, Source},
    },
    router,
};
use axum::routing::post;
use checkout::model::Scope;
use serde_json::Value;

fn document() -> Document {
    let calls = router::calls(post(api::holds::place));
    Document::new(calls.into_iter().map(|(kind, group)| (kind, group.into_openapi())).collect())
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(m, op)| (format!("{m} {path}"), op)))
}

/// Follows the `$ref` of a value, if it has one.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |name| document.pointer(name.strip_prefix('#').unwrap()).unwrap())
}

#[test]
fn each_body_and_each_response_has_an_example() {
    let document = document();
    let mut contents = 0;
    for (name, operation) in operations(document.value()) {
        let responses = operation["responses"].as_object().unwrap().values();
        for part in responses.map(|response| resolve(document.value(), response)).chain([&operation["requestBody"]]) {
            let contents_of = part["content"].as_object().into_iter().flatten();
            // The bytes of a picture have no example.
            for (media_type, content) in contents_of.filter(|(media_type, _)| !media_type.starts_with("image/")) {
                let several = content["examples"].as_object().is_some_and(|examples| !examples.is_empty());
                assert!(!content["example"].is_null() || several, "{name} {media_type}");
                contents += 1;
            }
        }
    }
    assert!(contents > 100, "{contents}");
}

#[test]
fn each_reference_resolves() {
    fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| match value {
                Value::String(name) if key == "$ref" => references.push(name),
                _ => collect(value, references),
            }),
            Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
            _ => {}
        }
    }
    let (document, mut references) = (document(), Vec::new());
    collect(document.value(), &mut references);
    assert!(references.len() > 100);
    for name in references {
        assert!(document.value().pointer(name.strip_prefix('#').unwrap()).is_some(), "{name}");
    }
}

#[test]
fn each_header_and_parameter_of_a_call_is_a_component() {
    let document = document();
    for (name, operation) in operations(document.value()) {
        for parameter in operation["parameters"].as_array().unwrap() {
            let parameter = resolve(document.value(), parameter);
            assert!(parameter["schema"].is_object() && parameter["description"].is_string(), "{name} {parameter}");
        }
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{name}");
        assert!(operation["x-problems"].is_null(), "{name}");
        assert!(operation["description"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
    }
}

#[test]
fn the_document_lists_the_scopes() {
    let document = document();
    let components = &document.value()["components"];
    let scopes = &components["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"];
    let listed: Vec<_> = scopes.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(listed, Scope::ALL.map(Scope::name));
}

#[test]
fn each_link_names_an_operation() {
    let document = document();
    let ids: Vec<_> = operations(document.value()).map(|(_, operation)| &operation["operationId"]).collect();
    let mut links = 0;
    for (name, operation) in operations(document.value()) {
        for response in operation["responses"].as_object().unwrap().values() {
            for link in response["links"].as_object().into_iter().flat_map(|links| links.values()) {
                assert!(ids.contains(&&link["operationId"]), "{name} {link}");
                links += 1;
            }
        }
    }
    assert!(links > 7, "{links}");
}

#[test]
fn each_problem_is_returned_by_a_call_or_says_where_it_comes_from() {
    let document = document();
    for kind in Kind::ALL {
        let is_returned = !document.callers(*kind).is_empty();
        assert_eq!(is_returned, kind.entry().source == Source::Calls, "{kind:?}");
    }
}

#[test]
fn each_problem_has_a_page_that_the_index_links_to() {
    let (document, index) = (document(), problem_pages::index());
    for kind in Kind::ALL {
        let Entry { slug, status, .. } = kind.entry();
        assert!(index.contains(&format!("<a href=\"/problems/{slug}\">")), "{kind:?}");
        let page = problem_pages::render(*kind, &document);
        assert!(page.contains(&format!(">{}</span>", status.as_u16())) && page.contains(slug), "{kind:?}");
        for forbidden in ["<script", "style=", "onclick", "http://", "https://"] {
            assert!(!page.contains(forbidden), "{kind:?} {forbidden}");
        }
    }
}
