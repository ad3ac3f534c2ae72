//! The audit: its statements, which both databases understand, and the conversion of their counts to drifts (P1, P3,
//! P5, P7). Each statement reads the tables that it needs once, in one snapshot.

use super::{Audit, Drift};
use sqlx::FromRow;

/// For each product: the stored counters, the sums of its rows, and the newest row of its stock history.
pub(super) const PRODUCTS: &str = "
WITH claims AS (
    SELECT h.product_id, count(*) AS holds, CAST(sum(h.qty) AS bigint) AS ever_held,
           CAST(sum(h.qty) FILTER (WHERE h.status = 'active') AS bigint) AS held,
           count(*) FILTER (WHERE h.order_id IS DISTINCT FROM o.id
               OR (o.id IS NOT NULL AND (o.product_id, o.owner, o.shopper, o.qty)
                   IS DISTINCT FROM (h.product_id, h.owner, h.shopper, h.qty))
               OR o.created_at >= h.expires_at) AS mismatched
    FROM holds h LEFT JOIN orders o ON o.hold_id = h.id GROUP BY h.product_id
), sales AS (
    SELECT product_id, count(*) AS orders, CAST(sum(qty) FILTER (WHERE status = 'pending') AS bigint) AS pending,
           CAST(sum(qty - restocked) FILTER (WHERE status = 'paid') AS bigint) AS sold,
           CAST(sum(qty) AS bigint) AS ever_ordered,
           CAST(sum(qty) FILTER (WHERE status = 'paid') AS bigint) AS ever_paid,
           CAST(sum(amount) FILTER (WHERE status = 'paid') AS bigint) AS paid,
           CAST(sum(refunds_returned) FILTER (WHERE status = 'paid') AS bigint) AS returned
    FROM orders GROUP BY product_id
), log AS (
    SELECT product_id, max(version) AS newest, max(version) - min(version) + 1 - count(*) AS missing
    FROM stock_events GROUP BY product_id
)
SELECT p.slug, p.version, p.total, p.available, p.held, p.pending, p.sold,
       coalesce(c.holds, 0) AS holds, coalesce(s.orders, 0) AS orders, coalesce(c.held, 0) AS held_rows,
       coalesce(s.pending, 0) AS pending_rows, coalesce(s.sold, 0) AS sold_rows, coalesce(c.mismatched, 0) AS mismatched,
       coalesce(l.missing, 0) AS missing, coalesce(e.version, -1) AS logged_version, coalesce(e.total, -1) AS logged_total,
       coalesce(e.available, -1) AS logged_available, coalesce(e.held, -1) AS logged_held,
       coalesce(e.pending, -1) AS logged_pending, coalesce(e.sold, -1) AS logged_sold,
       CASE WHEN (coalesce(e.ever_held, 0), coalesce(e.ever_ordered, 0), coalesce(e.ever_paid, 0))
               = (coalesce(c.ever_held, 0), coalesce(s.ever_ordered, 0), coalesce(s.ever_paid, 0)) THEN 0 ELSE 1 END
       + CASE WHEN (coalesce(r.paid, 0), coalesce(r.returned, 0)) = (coalesce(s.paid, 0), coalesce(s.returned, 0))
              THEN 0 ELSE 1 END AS statistics
FROM products p
LEFT JOIN claims c ON c.product_id = p.id
LEFT JOIN sales s ON s.product_id = p.id
LEFT JOIN log l ON l.product_id = p.id
LEFT JOIN stock_events e ON e.product_id = p.id AND e.version = l.newest
LEFT JOIN sale_revenue r ON r.product_id = p.id
ORDER BY p.id";

/// The number of orders, payment events and refunds that break a rule, by product and rule. Usually there are none. The
/// rules are:
///
/// - `paid`: a paid order has exactly one event that paid it, from the order's own transaction.
/// - `applied`: a success that was applied belongs to an order that it paid.
/// - `parked`: a parked payment still waits for an order that may come.
/// - `answers`: a received payment is applied, parked, a duplicate, or due for refund.
/// - `refunds`: a payment event that is refunded or due for refund has a reason.
/// - `order_refunds`: an order's sums are those of the refunds of its own payment, which have no event: those by operators, and
///   those at the provider with its transaction and currency. Failed refunds count only with the units that they have put back
///   on sale.
/// - `refund_rows`: a payment event is due for refund exactly if its refund is due, being sent or failed, and refunded
///   exactly if its refund succeeded. Each refund of an event has that event.
/// - `disputes`: a dispute that had no effect when it was opened was closed before.
/// - `refund_transactions`: a refund by an operator returns the transaction that paid its order, and one that was made at the
///   provider returns a transaction that the shop knows to have succeeded.
pub(super) const BROKEN_RULES: &str = "
WITH applied AS (
    SELECT coalesce(w.order_id, o.id) AS order_id, w.transaction_id, w.product_id
    FROM payment_webhooks w LEFT JOIN orders o ON o.hold_id = w.hold_id
    WHERE w.outcome = 'applied' AND w.status = 'success'
), payers AS (
    SELECT order_id, count(*) AS events, min(transaction_id) AS transaction_id FROM applied GROUP BY order_id
), order_refunds AS (
    SELECT r.order_id, sum(r.amount) FILTER (WHERE r.state IN ('due', 'sending', 'succeeded')) AS issued,
           sum(r.amount) FILTER (WHERE r.state = 'succeeded') AS returned, sum(r.restocked) AS restocked
    FROM refunds r
    JOIN orders o ON o.id = r.order_id
         AND (r.reason = 'by_operator' OR (o.transaction_id, o.currency) = (r.transaction_id, r.currency))
    WHERE r.event_id IS NULL GROUP BY r.order_id
), broken AS (
    SELECT o.product_id, 'paid' AS rule FROM orders o LEFT JOIN payers p ON p.order_id = o.id
    WHERE o.status = 'paid' AND (p.events, p.transaction_id) IS DISTINCT FROM (1, o.transaction_id)
    UNION ALL
    SELECT a.product_id, 'applied' FROM applied a
    LEFT JOIN orders o ON o.id = a.order_id AND o.transaction_id = a.transaction_id
    WHERE o.id IS NULL
    UNION ALL
    SELECT w.product_id, 'parked' FROM payment_webhooks w
    LEFT JOIN holds h ON h.id = w.hold_id LEFT JOIN orders o ON o.id = w.order_id
    WHERE w.outcome = 'parked' AND (h.status <> 'active' OR o.id IS NOT NULL)
    UNION ALL
    SELECT product_id, 'answers' FROM payment_webhooks WHERE outcome = 'ignored' AND status = 'success'
    UNION ALL
    SELECT product_id, 'refunds' FROM payment_webhooks
    WHERE outcome IN ('refund_due', 'refunded') AND refund_reason IS NULL
    UNION ALL
    SELECT o.product_id, 'order_refunds' FROM orders o LEFT JOIN order_refunds r ON r.order_id = o.id
    WHERE (o.refunds_issued + o.issued_beyond, o.refunds_returned + o.returned_beyond, o.restocked)
        IS DISTINCT FROM (coalesce(r.issued, 0), coalesce(r.returned, 0), coalesce(r.restocked, 0))
    UNION ALL
    SELECT w.product_id, 'refund_rows' FROM payment_webhooks w LEFT JOIN refunds r ON r.event_id = w.id
    WHERE CASE WHEN w.outcome IN ('refund_due', 'refunded') THEN w.outcome END IS DISTINCT FROM
          CASE WHEN r.state IN ('due', 'sending', 'failed') THEN 'refund_due' WHEN r.state = 'succeeded' THEN 'refunded' END
    UNION ALL
    SELECT r.product_id, 'refund_rows' FROM refunds r LEFT JOIN payment_webhooks w ON w.id = r.event_id
    WHERE r.event_id IS NOT NULL AND w.id IS NULL
    UNION ALL
    SELECT w.product_id, 'disputes' FROM payment_webhooks w
    LEFT JOIN payment_webhooks c ON c.transaction_id = w.transaction_id AND c.status = 'dispute_closed'
         AND c.outcome <> 'duplicate' AND c.dispute_id IS NOT DISTINCT FROM w.dispute_id
    WHERE w.status = 'dispute_opened' AND w.outcome = 'ignored' AND c.id IS NULL
    UNION ALL
    SELECT r.product_id, 'refund_transactions' FROM refunds r
    LEFT JOIN orders o ON o.id = r.order_id AND o.transaction_id = r.transaction_id
    WHERE r.reason = 'by_operator' AND o.id IS NULL
    UNION ALL
    SELECT r.product_id, 'refund_transactions' FROM refunds r
    LEFT JOIN payment_webhooks w ON w.transaction_id = r.transaction_id AND w.status = 'success'
         AND w.outcome <> 'duplicate'
    WHERE r.reason = 'at_provider' AND w.id IS NULL
)
SELECT coalesce(p.slug, '') AS product, b.rule, count(*) AS times
FROM broken b LEFT JOIN products p ON p.id = b.product_id GROUP BY p.slug, b.rule ORDER BY p.slug, b.rule";

/// The number of payment events, and of refunds that are due or have failed.
pub(super) const PAYMENTS: &str = "
SELECT (SELECT count(*) FROM payment_webhooks) AS events,
       (SELECT count(*) FROM refunds WHERE state IN ('due', 'failed')) AS refunds_due";

/// The number of refunds that are due or have failed. The first condition repeats that of the partial index
/// `refunds_open`, because SQLite uses the index only then.
pub(super) const REFUNDS_DUE: &str = "
SELECT count(*) FROM refunds WHERE state IN ('due', 'sending', 'failed') AND state <> 'sending'";

/// Payment events that are due for refund and have no refund, oldest first. A server of the version before stores such events.
pub(super) const REFUNDS_DUE_WITHOUT_ROW: &str = "
SELECT w.id FROM payment_webhooks w
WHERE w.outcome = 'refund_due' AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.id = w.id)
ORDER BY w.received_at, w.id LIMIT $1";

/// A row of [`PRODUCTS`]. Without a row in the stock history, the `logged_` counters are -1.
#[derive(FromRow)]
#[cfg_attr(test, derive(Default))]
pub(super) struct ProductCounts {
    slug: String,
    version: i64,
    total: i64,
    available: i64,
    held: i64,
    pending: i64,
    sold: i64,
    holds: i64,
    orders: i64,
    held_rows: i64,
    pending_rows: i64,
    sold_rows: i64,
    mismatched: i64,
    missing: i64,
    logged_version: i64,
    logged_total: i64,
    logged_available: i64,
    logged_held: i64,
    logged_pending: i64,
    logged_sold: i64,
    statistics: i32,
}

/// A row of [`BROKEN_RULES`].
#[derive(FromRow)]
pub(super) struct BrokenRule {
    product: String,
    rule: String,
    times: i64,
}

/// The row of [`PAYMENTS`].
#[derive(FromRow)]
pub(super) struct PaymentCounts {
    events: i64,
    refunds_due: i64,
}

impl Audit {
    pub(super) fn of(products: &[ProductCounts], broken: Vec<BrokenRule>, payments: &PaymentCounts) -> Self {
        let counters = products.iter().flat_map(ProductCounts::drift);
        let rules =
            broken.into_iter().map(|b| Drift { product: b.product, counter: b.rule, stored: 0, counted: b.times });
        let drift: Vec<Drift> = counters.chain(rules).collect();
        let sum = |part: fn(&ProductCounts) -> i64| count(products.iter().map(part).sum());
        Self {
            clean: drift.is_empty(),
            products: u64::try_from(products.len()).unwrap_or(u64::MAX),
            holds: sum(|p| p.holds),
            orders: sum(|p| p.orders),
            payments: count(payments.events),
            refunds_due: count(payments.refunds_due),
            drift,
        }
    }
}

impl ProductCounts {
    /// The name, the stored value and the counted value of each check. The names are printed as JSON and must not change.
    /// `trail` is the stock history.
    fn checks(&self) -> [(&'static str, i64, i64); 13] {
        let sum = self.available + self.held + self.pending + self.sold;
        [
            ("total", self.total, sum),
            ("held", self.held, self.held_rows),
            ("pending", self.pending, self.pending_rows),
            ("sold", self.sold, self.sold_rows),
            // The newest row of the stock history has the stored counters.
            ("version", self.version, self.logged_version),
            ("available", self.available, self.logged_available),
            ("trail_total", self.total, self.logged_total),
            ("trail_held", self.held, self.logged_held),
            ("trail_pending", self.pending, self.logged_pending),
            ("trail_sold", self.sold, self.logged_sold),
            // No version is missing between the oldest row of the stock history and the newest.
            ("trail", 0, self.missing),
            // A hold and its order name each other and agree, and the order was placed in time (P3).
            ("claims", 0, self.mismatched),
            // The sums of the stock history, and the revenue, are those of the holds and orders.
            ("statistics", 0, i64::from(self.statistics)),
        ]
    }

    fn drift(&self) -> Vec<Drift> {
        let differ = self.checks().into_iter().filter(|(_, stored, counted)| stored != counted);
        let drift = |(counter, stored, counted)| Drift {
            product: self.slug.clone(),
            counter: String::from(counter),
            stored,
            counted,
        };
        differ.map(drift).collect()
    }
}

pub(super) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The texts between quotes that follow a marker.
    fn quoted<'a>(text: &'a str, marker: &str, quote: char) -> BTreeSet<&'a str> {
        text.split(marker).skip(1).filter_map(|rest| rest.split(quote).next()).collect()
    }

    #[test]
    fn the_documentation_explains_each_counter_and_rule() {
        let checks = ProductCounts::default().checks().map(|(name, ..)| name);
        let rules = quoted(BROKEN_RULES, "product_id, '", '\'');
        assert_eq!((checks.len(), rules.len()), (13, 9));
        let names: BTreeSet<_> = checks.into_iter().chain(rules).collect();

        let document = include_str!("../../../docs/OPERATING.md");
        let table = document.lines().skip_while(|line| !line.starts_with("| counter or rule ")).skip(2);
        let first_cells = table.map_while(|line| line.strip_prefix("| ")?.split(" | ").next());
        let documented: BTreeSet<_> = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        assert_eq!(documented, names);
    }
}
