//! The OpenAPI document. The handlers' attributes describe each call; this file adds what calls have in common: components,
//! the problems of every call of a kind, and their examples from the catalogue.

use super::tags::TAGS;
use crate::{
    http::RouteKind,
    problem::{
        Kind,
        catalogue::{Member, Shape},
        examples,
    },
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::openapi::OpenApi;

/// Parameters, headers and security schemes. Attributes refer to them by name.
const COMPONENTS: &str = include_str!("components.json");
const INTRODUCTION: &str = include_str!("introduction.md");

/// Problems of every call.
const COMMON: [Kind; 3] = [Kind::Fault, Kind::Busy, Kind::OutcomeUnknown];
/// Problems of calls that need a token.
const TOKEN: [Kind; 2] = [Kind::Unauthorized, Kind::InsufficientScope];
/// Problems of calls that read a body.
const BODY: [Kind; 3] = [Kind::BrokenBody, Kind::Timeout, Kind::TooLarge];
/// Problems of calls with an idempotency key: those of API clients that change something.
const CHANGE: [Kind; 3] = [Kind::BadIdempotencyKey, Kind::KeyInProgress, Kind::KeyReused];
/// Problems of such calls whose body is JSON. That of an upload is a file.
const JSON: [Kind; 3] = [Kind::MalformedJson, Kind::NotJson, Kind::InvalidBody];

/// The finished document.
pub struct Document {
    value: Value,
    callers: BTreeMap<Kind, Vec<Call>>,
}

/// A call of the API.
#[derive(Debug, Clone)]
pub struct Call {
    /// Lower-case method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Group of the call.
    pub tag: String,
}

impl Document {
    /// Completes the descriptions of all groups of calls.
    pub fn new(groups: Vec<(RouteKind, OpenApi)>) -> Self {
        let tags = TAGS.map(|(name, description)| json!({ "name": name, "description": description }));
        let license = env!("CARGO_PKG_LICENSE");
        let value = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Holdfast",
                "description": INTRODUCTION,
                "license": { "name": license, "identifier": license },
                "version": env!("CARGO_PKG_VERSION"),
            },
            "servers": [{ "url": "/", "description": "This server." }],
            "paths": {},
            "components": serde_json::from_str(COMPONENTS).unwrap_or(Value::Null),
            "tags": tags,
        });
        let mut document = Self { value, callers: BTreeMap::new() };
        document.value["components"]["schemas"] = json!({});
        document.value["components"]["responses"] = json!({});
        for (kind, group) in groups {
            document.add(kind, &group);
        }
        let schemas = &mut document.value["components"]["schemas"];
        for kind in Kind::ALL {
            schemas[schema_name(*kind)] = schema(*kind);
        }
        document
    }

    /// Returns the calls that can fail with a problem.
    pub fn callers(&self, kind: Kind) -> &[Call] {
        self.callers.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the document as JSON.
    pub fn json(&self) -> String {
        self.value.to_string()
    }

    /// Returns the document.
    #[cfg(test)]
    pub fn value(&self) -> &Value {
        &self.value
    }

    fn add(&mut self, kind: RouteKind, group: &OpenApi) {
        let mut group = json!(group);
        let schemas = members(&mut group["components"]["schemas"]);
        members(&mut self.value["components"]["schemas"]).append(schemas);
        for (path, mut item) in std::mem::take(members(&mut group["paths"])) {
            for (method, operation) in members(&mut item) {
                let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
                let call = Call { method: method.clone(), path: path.clone(), tag };
                self.complete(kind, &call, operation);
            }
            self.value["paths"][path] = item;
        }
    }

    fn complete(&mut self, kind: RouteKind, call: &Call, operation: &mut Value) {
        self.complete_parameters(&call.path, operation);
        members(operation).entry("security").or_insert_with(|| json!([]));
        let problems = problems(kind, operation);
        members(operation).remove("x-problems");
        let responses = members(&mut operation["responses"]);
        for response in responses.values_mut() {
            let headers = members(&mut response["headers"]);
            headers.insert("X-Request-Id".to_owned(), Value::Null);
            for (name, header) in headers {
                *header = reference("headers", name);
            }
        }
        for kinds in by_status(&problems).values() {
            let mut problem = response(kinds);
            let status = kinds[0].entry().status.as_str();
            if let Some(response) = responses.get_mut(status) {
                // The call has another response of that status, in another format.
                members(&mut response["content"]).append(members(&mut problem["content"]));
            } else {
                let name = kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join("Or");
                responses.insert(status.to_owned(), reference("responses", &name));
                self.value["components"]["responses"][name] = problem;
            }
        }
        responses.sort_keys();
        for kind in problems {
            self.callers.entry(kind).or_default().push(call.clone());
        }
    }

    /// Adds the parameters of the path and the request id. Replaces each parameter by the component of its name; one with a
    /// description of its own keeps it.
    fn complete_parameters(&self, path: &str, operation: &mut Value) {
        let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let mut parameters: Vec<Value> = in_path.map(|name| reference("parameters", name)).collect();
        parameters.push(reference("parameters", "X-Request-Id"));
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if let Some(description) = parameter["description"].as_str() {
                let mut described = self.value["components"]["parameters"][name].clone();
                described["description"] = json!(description);
                parameters.push(described);
            } else {
                parameters.push(reference("parameters", name));
            }
        }
        operation["parameters"] = json!(parameters);
    }
}

/// Returns the members of an object, which is created where there is none.
fn members(value: &mut Value) -> &mut Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => {
            *other = Value::Object(Map::new());
            members(other)
        }
    }
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// Returns the problems of a call: those that its handler names in `x-problems`, and those of its kind.
fn problems(kind: RouteKind, operation: &Value) -> BTreeSet<Kind> {
    let named = operation["x-problems"].as_array().into_iter().flatten();
    let named = named.filter_map(|slug| Kind::ALL.iter().copied().find(|kind| *slug == kind.entry().slug));
    let takes = |name: &str| {
        let name = reference("parameters", name);
        operation["parameters"].as_array().is_some_and(|parameters| parameters.contains(&name))
    };
    let mut problems: BTreeSet<_> = named.chain(COMMON).collect();
    if kind != RouteKind::Webhook {
        problems.insert(Kind::TooManyRequests);
    }
    if kind == RouteKind::Api || kind.is_admin_api() {
        problems.extend(TOKEN);
    }
    if takes("Idempotency-Key") {
        problems.extend(BODY.into_iter().chain(CHANGE));
        if kind != RouteKind::AdminUpload {
            problems.extend(JSON);
        }
    }
    if operation["requestBody"].is_object() {
        problems.extend(BODY);
        if kind == RouteKind::AdminApi {
            problems.extend(JSON);
        }
    }
    if takes("limit") {
        problems.insert(Kind::BadQuery);
    }
    problems
}

fn by_status(kinds: &BTreeSet<Kind>) -> BTreeMap<u16, Vec<Kind>> {
    let mut sets: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        sets.entry(kind.entry().status.as_u16()).or_default().push(*kind);
    }
    sets
}

/// Returns the response that has one of `kinds`, all of the same status.
fn response(kinds: &[Kind]) -> Value {
    let (mut descriptions, mut examples) = (Vec::new(), json!({}));
    for kind in kinds {
        let entry = kind.entry();
        descriptions.push(format!("- [`{}`]({}): {}", entry.slug, kind.uri(), entry.title));
        examples[entry.slug] = json!({ "summary": entry.title, "value": examples::example(*kind) });
    }
    let special: &[&str] = match kinds[0].entry().status.as_u16() {
        401 => &["WWW-Authenticate"],
        429 => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        503 => &["Retry-After"],
        _ => &[],
    };
    let headers = special.iter().chain(&["X-Request-Id"]).map(|name| ((*name).to_owned(), reference("headers", name)));
    json!({
        "description": descriptions.join("\n"),
        "headers": headers.collect::<Map<_, _>>(),
        "content": { "application/problem+json": { "schema": one_of(kinds), "examples": examples } },
    })
}

fn one_of(kinds: &[Kind]) -> Value {
    let schema = |kind: &Kind| reference("schemas", &schema_name(*kind));
    if let [kind] = kinds {
        return schema(kind);
    }
    let mapping = kinds.iter().map(|kind| (kind.uri(), schema(kind)["$ref"].clone())).collect::<Map<_, _>>();
    let discriminator = json!({ "propertyName": "type", "mapping": mapping });
    json!({ "oneOf": kinds.iter().map(schema).collect::<Vec<_>>(), "discriminator": discriminator })
}

fn schema_name(kind: Kind) -> String {
    format!("{kind:?}Problem")
}

fn schema(kind: Kind) -> Value {
    let entry = kind.entry();
    let mut properties = json!({
        "type": { "type": "string", "format": "uri-reference", "enum": [kind.uri()] },
        "title": { "type": "string", "enum": [entry.title] },
        "status": { "type": "integer", "enum": [entry.status.as_u16()] },
        "detail": { "type": "string", "description": "Describes this occurrence, for people." },
    });
    for member in entry.members {
        properties[member.name] = value_schema(member);
    }
    let required = entry.members.iter().filter(|member| member.required).map(|member| member.name);
    let required: Vec<_> = ["type", "title", "status", "detail"].into_iter().chain(required).collect();
    json!({
        "type": "object",
        "description": format!("{} {}", entry.cause, entry.resolution),
        "required": required,
        "properties": properties,
        "examples": [examples::example(kind)],
    })
}

fn value_schema(member: &Member) -> Value {
    let description = member.description;
    match member.shape {
        Shape::Count => json!({ "type": "integer", "description": description, "minimum": 0 }),
        Shape::Instant => json!({ "type": "string", "format": "date-time", "description": description }),
        Shape::Id => json!({ "type": "string", "format": "uuid", "description": description }),
        Shape::Text => json!({ "type": "string", "description": description }),
        Shape::Edits => edits(description),
        Shape::Fields => fields(description),
    }
}

fn fields(description: &str) -> Value {
    let text = json!({ "type": "string" });
    json!({ "type": "array", "description": description, "minItems": 1, "items": {
        "type": "object",
        "required": ["name", "problem"],
        "properties": { "name": text, "problem": text },
    } })
}

fn edits(description: &str) -> Value {
    let text = json!({ "type": "string" });
    let field =
        json!({ "type": "object", "required": ["name"], "properties": { "name": text, "before": {}, "after": {} } });
    json!({ "type": "array", "description": description, "items": {
        "type": "object",
        "required": ["by", "at", "revision", "fields"],
        "properties": {
            "by": text,
            "at": { "type": "string", "format": "date-time" },
            "reason": { "type": ["string", "null"] },
            "revision": { "type": "integer", "minimum": 1 },
            "fields": { "type": "array", "items": field },
        },
    } })
}
