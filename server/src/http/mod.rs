//! HTTP below the routes: the listener, the middleware stack and its parts, and how requests are read.

pub mod assets;
pub mod body;
pub mod conditional;
mod cors;
pub mod error_page;
pub mod extract;
pub mod health;
pub mod limits;
pub mod listener;
pub mod middleware;
mod route_kind;
pub mod security;
pub mod sse;

pub use integrations::strict_object;
pub use route_kind::RouteKind;
