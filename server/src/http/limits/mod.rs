//! Limits for each client and for all clients together. A request beyond a limit is rejected at once, with `Retry-After`.

mod client_ip;
mod pending_bodies;
mod rate;

pub use client_ip::client_ip;
pub use pending_bodies::PendingBodies;
pub use rate::RateLimiter;
