//! What one client may take of the server, and what all of them may: so that nobody who asks too much is answered at the cost of
//! the others. Who goes beyond is told so at once, and when to come back.

mod address;
mod arrivals;
mod crowd;
mod rate;

pub use address::Peer;
pub use arrivals::Arrivals;
pub use crowd::Crowd;
pub use rate::{Rates, keep_forgetting, of_request};
