//! What payment providers send. Each scheme of signing is a file of its own: it turns a raw request into a
//! [`checkout::Delivery`], verified, or says no.

pub mod payment;
pub mod signature;
