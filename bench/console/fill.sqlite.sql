-- Fills an SQLite shop with {orders} orders of the 30 days before {now}, in milliseconds since the epoch, and with the holds,
-- payment events, refunds, stock history and audit log that belong to them. The audit finds no drift. A contract test runs
-- this file too.
PRAGMA foreign_keys = OFF;
PRAGMA cache_size = -400000;
PRAGMA synchronous = OFF;
BEGIN;

-- One row for each order. Half of the orders are of product 0; the others are of one product after the other.
CREATE TEMP TABLE fill (i INTEGER PRIMARY KEY, ms INTEGER, product INTEGER, qty INTEGER, fate TEXT);
INSERT INTO fill
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {orders} - 1),
     drawn AS (SELECT i, (i * 7919 + i / 100) % 100 AS r FROM n)
SELECT i, {now} - 2592000000 + i * 2592000000 / {orders},
       CASE WHEN i % 2 = 0 THEN 0 ELSE 1 + i * 39 / {orders} END, 1 + (i / 2) % 2,
       CASE WHEN i >= {orders} - {orders} / 500 THEN 'pending' WHEN r < 66 THEN 'paid' WHEN r < 69 THEN 'refunded'
            WHEN r < 71 THEN 'part' WHEN r < 86 THEN 'expired' WHEN r < 88 THEN 'late' WHEN r < 89 THEN 'repaid'
            WHEN r < 95 THEN 'shopper' ELSE 'failed' END
FROM drawn;

CREATE TEMP TABLE shelf (k INTEGER PRIMARY KEY, id BLOB);
INSERT INTO shelf
WITH RECURSIVE n (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < 39)
SELECT k, unhex(printf('%012x700a8%015x', {now} - 2592100000, k)) FROM n;

INSERT INTO products (id, slug, name, description, image, price, currency, total, available, held, pending, sold,
    hold_seconds, pay_seconds, version, updated_at)
SELECT id, 'console-' || k, 'Console product ' || k, 'A product of the benchmark.', '', 1999, 'USD', 0, 0, 0, 0, 0, 600, 86400,
       1, {now}
FROM shelf;

-- Each order's hold, half as many holds that ended without one, and a few that are active.
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT unhex(printf('%012x70018%015x', ms - 20000, i)), s.id, unhex(printf('%08x0000400080000000%08x', i / 2, i / 2)),
       printf('%08x-0000-4000-8000-0000%08x', i / 2, i / 2), qty, 1999, ms - 20000, ms + 580000, 0, 'ordered',
       unhex(printf('%012x70028%015x', ms, i))
FROM fill JOIN shelf s ON s.k = product WHERE i % 5 <> 0 ORDER BY i;
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT unhex(printf('%012x70018%015x', ms - 20000, i)), s.id, unhex('000000000000400080000000000000bc'),
       'customer-' || (i % 1000), qty, 1999, ms - 20000, ms + 580000, 0, 'ordered', unhex(printf('%012x70028%015x', ms, i))
FROM fill JOIN shelf s ON s.k = product WHERE i % 5 = 0 ORDER BY i;
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT unhex(printf('%012x70088%015x', ms, i)), s.id, unhex(printf('%08x0000400180000000%08x', i, i)), NULL, 1, 1999, ms,
       ms + 600000, 0, CASE i % 4 WHEN 0 THEN 'expired' ELSE 'released' END, NULL
FROM fill JOIN shelf s ON s.k = product WHERE i % 2 = 0 ORDER BY i;
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT unhex(printf('%012x70098%015x', {now}, i)), s.id, unhex(printf('%08x0000400280000000%08x', i, i)), NULL, 1, 1999, {now},
       {now} + 86400000, 0, 'active', NULL
FROM fill JOIN shelf s ON s.k = i % 40 WHERE i < {orders} / 1000 ORDER BY i;

INSERT INTO orders (id, hold_id, product_id, owner, shopper, qty, amount, currency, created_at, pay_by, status, ended_at,
    transaction_id, cancel_reason, refunds_issued, refunds_returned, number, version)
SELECT h.order_id, h.id, h.product_id, h.owner, h.shopper, h.qty, h.qty * 1999, 'USD', ms, ms + 86400000,
       CASE WHEN fate IN ('paid', 'refunded', 'part') THEN 'paid' WHEN fate = 'pending' THEN fate ELSE 'cancelled' END,
       CASE WHEN fate <> 'pending' THEN ms + 60000 END, CASE WHEN fate IN ('paid', 'refunded', 'part') THEN 'tx-' || i END,
       CASE WHEN fate IN ('expired', 'late', 'repaid') THEN 'expired' WHEN fate = 'shopper' THEN 'by_shopper'
            WHEN fate = 'failed' THEN 'payment_failed' END,
       CASE fate WHEN 'refunded' THEN h.qty * 1999 WHEN 'part' THEN 500 ELSE 0 END,
       CASE WHEN fate = 'refunded' THEN h.qty * 1999 WHEN fate = 'part' AND i % 3 = 2 THEN 500 ELSE 0 END,
       printf('HF-%04X-%04X', i * 2654435761 % 4294967296 / 65536, i * 2654435761 % 65536), 1
FROM fill JOIN holds h ON h.id = unhex(printf('%012x70018%015x', ms - 20000, i)) ORDER BY i;

-- Who bought them: five orders of each buyer on average. Every seventh order has no contact.
INSERT INTO order_contacts (order_id, email, name, country, line1, city, postal_code, given_at)
SELECT unhex(printf('%012x70028%015x', ms, i)), 'buyer-' || (i % (1 + {orders} / 5)) || '@example.com', 'Buyer ' || i, 'DE', 'Street ' || i, 'Berlin', '10117', ms
FROM fill WHERE i % 7 <> 0 OR i < 100 ORDER BY i;

-- What the provider reported: payments, failures, late payments of cancelled orders, progress, and repetitions.
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT unhex(printf('%012x70038%015x', ms + 60000, i)), 'evt-' || i, zeroblob(32), unhex(printf('%012x70028%015x', ms, i)),
       NULL, s.id, 'tx-' || i, CASE fate WHEN 'failed' THEN 'failure' ELSE 'success' END, qty * 1999, 'USD', ms + 60000,
       CASE fate WHEN 'late' THEN 'refund_due' WHEN 'repaid' THEN 'refunded' ELSE 'applied' END,
       CASE WHEN fate IN ('late', 'repaid') THEN 'sold_out' END
FROM fill JOIN shelf s ON s.k = product
WHERE fate IN ('paid', 'refunded', 'part', 'failed', 'late', 'repaid') ORDER BY i;
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT unhex(printf('%012x70048%015x', ms + 30000, i)), 'evt-p-' || i, zeroblob(32), unhex(printf('%012x70028%015x', ms, i)),
       NULL, s.id, 'tx-' || i, 'processing', NULL, NULL, ms + 30000, 'ignored', NULL
FROM fill JOIN shelf s ON s.k = product WHERE i % 10 = 0 AND fate <> 'pending' ORDER BY i;
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT unhex(printf('%012x70058%015x', ms + 90000, i)), 'evt-d-' || i, zeroblob(32), unhex(printf('%012x70028%015x', ms, i)),
       NULL, s.id, 'tx-' || i, 'success', qty * 1999, 'USD', ms + 90000, 'duplicate', NULL
FROM fill JOIN shelf s ON s.k = product WHERE i % 50 = 7 AND fate = 'paid' ORDER BY i;
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT unhex(printf('%012x70068%015x', {now}, i)), 'evt-e-' || i, zeroblob(32), NULL,
       unhex(printf('%012x70098%015x', {now}, i)), s.id, 'tx-e-' || i, 'success', 1999, 'USD', {now}, 'parked', NULL
FROM fill JOIN shelf s ON s.k = i % 40 WHERE i < {orders} / 2000 ORDER BY i;

INSERT INTO refunds (id, order_id, event_id, product_id, transaction_id, amount, currency, reason, restocked, state, attempt,
    provider_reference, note, failure, created_at, updated_at, version)
SELECT unhex(printf('%012x70078%015x', ms + 600000, i)), unhex(printf('%012x70028%015x', ms, i)), NULL, s.id, 'tx-' || i,
       CASE fate WHEN 'part' THEN 500 ELSE qty * 1999 END, 'USD', 'by_operator', 0,
       CASE WHEN fate = 'refunded' OR i % 3 = 2 THEN 'succeeded' WHEN i % 3 = 0 THEN 'due' ELSE 'sending' END, 1,
       CASE WHEN fate = 'refunded' THEN 're_' || i END, NULL, NULL, ms + 600000, ms + 600000, 1
FROM fill JOIN shelf s ON s.k = product WHERE fate IN ('refunded', 'part') ORDER BY i;
INSERT INTO refunds (id, order_id, event_id, product_id, transaction_id, amount, currency, reason, restocked, state, attempt,
    provider_reference, note, failure, created_at, updated_at, version)
SELECT w.id, w.order_id, w.id, w.product_id, w.transaction_id, w.amount, w.currency, w.refund_reason, 0,
       CASE WHEN fate = 'repaid' THEN 'succeeded' WHEN i % 3 = 0 THEN 'due' WHEN i % 3 = 1 THEN 'sending' ELSE 'failed' END, 1,
       NULL, NULL, CASE WHEN fate = 'late' AND i % 3 = 2 THEN 'account closed' END, w.received_at, w.received_at, 1
FROM fill JOIN payment_webhooks w ON w.id = unhex(printf('%012x70038%015x', ms + 60000, i))
WHERE fate IN ('late', 'repaid') ORDER BY i;

-- Counters and a stock history of one row for five orders.
CREATE TEMP TABLE counted (k INTEGER PRIMARY KEY, id BLOB, held INTEGER, pending INTEGER, sold INTEGER, events INTEGER,
    first_ms INTEGER, last_ms INTEGER);
INSERT INTO counted
SELECT s.k, s.id, (SELECT coalesce(sum(qty), 0) FROM holds WHERE product_id = s.id AND status = 'active'),
       coalesce(sum(qty) FILTER (WHERE fate = 'pending'), 0),
       coalesce(sum(qty) FILTER (WHERE fate IN ('paid', 'refunded', 'part')), 0), 1 + count(i) / 5,
       coalesce(min(ms), {now}), coalesce(max(ms), {now})
FROM shelf s LEFT JOIN fill ON product = s.k GROUP BY s.k;
INSERT INTO stock_events (product_id, version, batch, at, total, available, held, pending, sold, moved)
WITH RECURSIVE n (j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM n WHERE j < (SELECT max(events) FROM counted))
SELECT c.id, j, unhex(printf('%012x700b8%07x%08x', first_ms + (last_ms - first_ms) * j / events, c.k, j)),
       first_ms + (last_ms - first_ms) * j / events, 1000 + held + pending + sold, 1000 + sold - sold * j / events, held, pending,
       sold * j / events, '{}'
FROM counted c JOIN n ON j <= events ORDER BY c.id, j;
UPDATE products SET total = 1000 + c.held + c.pending + c.sold, available = 1000, held = c.held, pending = c.pending,
    sold = c.sold, version = c.events FROM counted c WHERE c.id = products.id;

-- The statistics of sales: what was held, ordered and paid up to each row grows evenly. The sums are a table of their own, because
-- SQLite would otherwise count the holds again for each row.
CREATE TEMP TABLE summed (id BLOB PRIMARY KEY, events INTEGER, held INTEGER, ordered INTEGER, paid INTEGER);
INSERT INTO summed
SELECT c.id, c.events, h.held, o.ordered, o.paid
FROM counted c
JOIN (SELECT product_id, sum(qty) AS held FROM holds GROUP BY product_id) h ON h.product_id = c.id
JOIN (SELECT product_id, sum(qty) AS ordered, coalesce(sum(qty) FILTER (WHERE status = 'paid'), 0) AS paid FROM orders
      GROUP BY product_id) o ON o.product_id = c.id;
UPDATE stock_events AS e
SET ever_held = s.held * e.version / s.events, ever_ordered = s.ordered * e.version / s.events,
    ever_paid = s.paid * e.version / s.events
FROM summed s WHERE s.id = e.product_id;

INSERT INTO audit_log (id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after, reason)
SELECT unhex(printf('%012x700c8%015x', ms, i)), ms, 'operator', unhex('000000000000400080000000000000cc'),
       'operator' || (i / 10 % 5) || '@example.com',
       CASE WHEN i < 30 THEN 'client.revoke' WHEN i / 10 % 4 = 0 THEN 'product.stock' WHEN i / 10 % 4 = 1 THEN 'order.cancel'
            WHEN i / 10 % 4 = 2 THEN 'refund.issue' ELSE 'order.export' END,
       CASE i / 10 % 4 WHEN 0 THEN 'product' ELSE 'order' END, 'object-' || (i % 1000), '{"available":1,"total":2}',
       '{"available":2,"total":3}', NULL
FROM fill WHERE i % 10 = 3 ORDER BY i;

COMMIT;
ANALYZE;
