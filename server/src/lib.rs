//! The HTTP server and the `holdfast` command. `router` merges the groups of routes; `http::middleware` wraps them; a handler in
//! `api`, `webhooks` or `storefront` parses the request, calls [`checkout::Checkout`] and maps the result; `problem` maps
//! every refusal and error to a response.

pub mod api;
pub mod auth;
pub mod backoffice;
pub mod cards;
pub mod cli;
pub mod clients;
pub mod config;
pub mod console;
mod docs;
pub mod endpoints;
pub mod http;
mod markup;
mod messages;
pub mod operators;
mod payments;
mod pictures;
pub mod problem;
mod router;
pub mod startup;
mod state;
mod storefront;
mod telemetry;
pub mod webhooks;
