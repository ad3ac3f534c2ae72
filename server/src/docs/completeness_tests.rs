//! Is the documentation whole? Each address is in the document and each of the document's is there; each answer and each
//! problem is shown by an example, and each problem has its page.

use super::document;
use serde_json::Value;

fn value() -> Value {
    serde_json::to_value(document().finish()).unwrap()
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
