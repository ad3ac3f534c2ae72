//! The tables' columns as the rows of [`crate::store::rows`] read them: instants as milliseconds.

pub(super) const PRODUCT: &str = "p.id, p.slug, p.name, p.description, p.image, p.price, p.currency, p.total, p.available, \
     p.held, p.pending, p.sold, p.per_shopper_limit, ms(p.starts_at) AS starts_at, ms(p.ends_at) AS ends_at, \
     p.hold_seconds, p.pay_seconds, p.extend_seconds, p.version, ms(p.updated_at) AS updated_at";

pub(super) const HOLD: &str = "h.id, h.product_id, h.owner, h.shopper, h.qty, ms(h.created_at) AS created_at, \
     ms(h.expires_at) AS expires_at, h.extended, h.status, h.order_id";

pub(super) const ORDER: &str = "o.id, o.hold_id, o.product_id, o.owner, o.shopper, o.qty, o.amount, o.currency, \
     ms(o.created_at) AS created_at, ms(o.pay_by) AS pay_by, o.status, ms(o.ended_at) AS ended_at, o.transaction_id, \
     o.cancel_reason";

pub(super) const PAYMENT: &str = "w.id, w.key, w.fingerprint, w.order_id, w.hold_id, w.product_id, w.transaction_id, \
     w.status, w.amount, w.currency, ms(w.received_at) AS received_at, w.outcome, w.refund_reason";

pub(super) const CLIENT: &str =
    "c.id, c.name, c.secret_hash, ms(c.created_at) AS created_at, ms(c.revoked_at) AS revoked_at";
