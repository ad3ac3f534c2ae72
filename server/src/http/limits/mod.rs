//! Limits on what one client, and all clients together, may take of the server. A request beyond a limit is rejected at
//! once, and told when to retry.

mod client_ip;
mod pending_bodies;
mod rate;

pub use pending_bodies::PendingBodies;
pub use rate::RateLimiter;
