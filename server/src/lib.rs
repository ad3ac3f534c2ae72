//! The HTTP edge of the shop and the `holdfast` command. A request comes by `passage` and `router` to a handler in `api`, `webhooks` or
//! the storefront, which parses it, asks [`checkout::Checkout`], and maps the answer; `problem` has all the "no"s.

pub mod api;
mod apology;
pub mod auth;
pub mod boot;
pub mod cli;
pub mod commands;
mod compression;
pub mod config;
mod cors;
mod docs;
pub mod extract;
mod health;
mod in_progress;
mod limits;
mod listen;
mod live;
mod metrics;
mod object;
mod passage;
mod problem;
mod router;
mod sandbox;
pub mod secret;
mod security;
mod seed;
mod sessions;
mod site;
mod sse;
mod state;
mod storefront;
mod telemetry;
pub mod webhooks;
