//! The catalogue of problems in the document: a schema for each kind, and an answer for each set of kinds that some call may
//! answer with.

use super::{call::Schemas, common::Header};
use crate::problem::{
    Kind,
    catalogue::{Member, Shape},
    examples,
};
use http::StatusCode;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::openapi::{
    ContentBuilder, Discriminator, KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Response, ResponseBuilder,
    Schema, SchemaFormat, Type, example::ExampleBuilder,
};

/// The kinds that go with each status.
pub fn by_status(kinds: &BTreeSet<Kind>) -> BTreeMap<u16, Vec<Kind>> {
    let mut sets: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        sets.entry(kind.entry().status.as_u16()).or_default().push(*kind);
    }
    sets
}

/// The name of the answer that is one of `kinds`.
pub fn name(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join("Or")
}

/// The answer that is one of `kinds`, all of one status.
pub fn response(kinds: &[Kind]) -> Response {
    let says = kinds.iter().map(|kind| {
        let entry = kind.entry();
        format!("- [`{}`]({}): {}", entry.slug, kind.uri(), entry.title)
    });
    let examples = kinds.iter().map(|kind| {
        let example = ExampleBuilder::new().summary(kind.entry().title).value(Some(json!(examples::example(*kind))));
        (kind.entry().slug, example.build())
    });
    let content = ContentBuilder::new().schema(Some(one_of(kinds))).examples_from_iter(examples).build();
    let status = kinds.first().map(|kind| kind.entry().status);
    headers(status)
        .fold(ResponseBuilder::new(), |response, header| response.header_ref(header.name(), header.reference()))
        .description(says.collect::<Vec<_>>().join("\n"))
        .content("application/problem+json", content)
        .build()
}

fn headers(status: Option<StatusCode>) -> impl Iterator<Item = Header> {
    let more = match status {
        Some(StatusCode::UNAUTHORIZED) => &[Header::Challenge][..],
        Some(StatusCode::TOO_MANY_REQUESTS) => &[Header::RetryAfter, Header::RateLimit, Header::RateLimitPolicy],
        Some(StatusCode::SERVICE_UNAVAILABLE) => &[Header::RetryAfter],
        _ => &[],
    };
    [Header::RequestId].into_iter().chain(more.iter().copied())
}

fn one_of(kinds: &[Kind]) -> RefOr<Schema> {
    if let [kind] = kinds {
        return Ref::from_schema_name(schema_name(*kind)).into();
    }
    let mapping = kinds.iter().map(|kind| (kind.uri(), format!("#/components/schemas/{}", schema_name(*kind))));
    let any = kinds.iter().fold(OneOfBuilder::new(), |any, kind| any.item(Ref::from_schema_name(schema_name(*kind))));
    any.discriminator(Some(Discriminator::with_mapping("type", mapping))).into()
}

fn schema_name(kind: Kind) -> String {
    format!("{kind:?}Problem")
}

/// The schema of each kind.
pub fn schemas() -> Schemas {
    Kind::ALL.iter().map(|kind| (schema_name(*kind), schema(*kind).into())).collect()
}

fn schema(kind: Kind) -> Schema {
    let entry = kind.entry();
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    let object = ObjectBuilder::new()
        .description(Some(format!("{} {}", entry.happened, entry.remedy)))
        .examples([json!(examples::example(kind))])
        .property(
            "type",
            text().format(Some(SchemaFormat::Custom("uri-reference".to_owned()))).enum_values(Some([kind.uri()])),
        )
        .property("title", text().enum_values(Some([entry.title])))
        .property("status", number.enum_values(Some([entry.status.as_u16()])))
        .property("detail", text().description(Some("What there is to say about this one.")));
    let object = entry.members.iter().fold(object, |object, member| object.property(member.name, value(member)));
    let always = entry.members.iter().filter(|member| member.always).map(|member| member.name);
    ["type", "title", "status", "detail"].into_iter().chain(always).fold(object, ObjectBuilder::required).build().into()
}

fn value(member: &Member) -> ObjectBuilder {
    let text = |format: Option<KnownFormat>| {
        ObjectBuilder::new().schema_type(Type::String).format(format.map(SchemaFormat::KnownFormat))
    };
    let value = match member.shape {
        Shape::Count => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)),
        Shape::Instant => text(Some(KnownFormat::DateTime)),
        Shape::Id => text(Some(KnownFormat::Uuid)),
        Shape::Text => text(None),
    };
    value.description(Some(member.says))
}
