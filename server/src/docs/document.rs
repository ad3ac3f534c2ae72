//! The OpenAPI document, put together from the table of calls.

use super::{
    call::{Call, Schemas},
    calls,
    common::{Header, Parameter, Security},
    problems,
};
use crate::problem::Kind;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::openapi::{
    Components, HttpMethod, InfoBuilder, License, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, ServerBuilder,
    path::PathsMap, tag::TagBuilder,
};

/// Paths, and what they name.
#[derive(Default)]
pub struct Document {
    paths: PathsMap<String, PathItem>,
    schemas: Schemas,
    refusals: BTreeSet<Vec<Kind>>,
    /// Which calls may answer with a problem of that kind.
    answered_by: BTreeMap<Kind, Vec<Address>>,
}

/// Where a call is.
#[derive(Debug, Clone)]
pub struct Address {
    pub method: Method,
    pub path: String,
    /// Its name in the document.
    pub id: String,
}

impl Document {
    /// Adds a call.
    pub fn add(&mut self, path: &str, method: &Method, call: Call) {
        self.refusals.extend(problems::by_status(call.problems()).into_values());
        let address = Address { method: method.clone(), path: path.to_owned(), id: call.id().to_owned() };
        for kind in call.problems() {
            self.answered_by.entry(*kind).or_default().push(address.clone());
        }
        let (operation, schemas) = call.finish(path);
        self.schemas.extend(schemas);
        let item = PathItem::new(http_method(method), operation);
        self.paths.entry(path.to_owned()).or_default().merge_operations(item);
    }

    /// Where there are calls.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.keys().map(String::as_str)
    }

    /// Which calls may answer with a problem of that kind.
    pub fn answered_by(&self, kind: Kind) -> &[Address] {
        self.answered_by.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The document, whole.
    pub fn finish(&self) -> OpenApi {
        let mut paths = PathsBuilder::new().build();
        paths.paths.clone_from(&self.paths);
        let mut license = License::new(env!("CARGO_PKG_LICENSE"));
        license.identifier = Some(env!("CARGO_PKG_LICENSE").to_owned());
        let info = InfoBuilder::new()
            .title("Holdfast")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(calls::INTRODUCTION))
            .license(Some(license));
        let tags = calls::TAGS.map(|(name, says)| TagBuilder::new().name(name).description(Some(says)).build());
        OpenApiBuilder::new()
            .info(info)
            .servers(Some([ServerBuilder::new().url("/").description(Some("This server.")).build()]))
            .paths(paths)
            .components(Some(self.components()))
            .tags(Some(tags))
            .build()
    }

    fn components(&self) -> Components {
        let mut components = Components::new();
        components.schemas.extend(self.schemas.iter().cloned().chain(problems::schemas()));
        for kinds in &self.refusals {
            components.responses.insert(problems::name(kinds), problems::response(kinds).into());
        }
        components.parameters.extend(Parameter::ALL.map(|one| (one.component(), one.object().into())));
        components.headers.extend(Header::ALL.map(|one| (one.component(), one.object().into())));
        components.security_schemes.extend(Security::ALL.map(|one| (one.component().to_owned(), one.object().into())));
        components
    }
}

fn http_method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
