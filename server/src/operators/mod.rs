//! The people who run the shop: their sign-in, sessions and roles.

mod audit;

pub use audit::Entries;
