//! The documentation: the OpenAPI document, made from the table of calls, and the pages that are drawn from it and from the
//! catalogue of problems. All of it is made once, when the server starts.

pub mod call;
pub mod calls;
mod common;
#[cfg(test)]
mod complete;
mod document;
mod examples;
mod guide;
mod html;
pub use html::POLICY;
mod problems;
mod reference;
pub mod routes;
mod schema;
mod served;
mod streams;

pub use served::{PATHS, routes};
