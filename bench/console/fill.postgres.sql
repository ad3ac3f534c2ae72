-- Fills a PostgreSQL shop with {orders} orders of the 30 days before {now}, in milliseconds since the epoch, and with the holds,
-- payment events, refunds, stock history and audit log that belong to them. The audit finds no drift. A contract test runs
-- this file too.
SET work_mem = '256MB';
SET synchronous_commit = off;
BEGIN;

CREATE FUNCTION pg_temp.v7(ms bigint, kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(ms), 12, '0') || '7' || kind || '8' || lpad(to_hex(n), 15, '0'))::uuid;
CREATE FUNCTION pg_temp.owner(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(n), 8, '0') || '0000' || kind || '80000000' || lpad(to_hex(n), 8, '0'))::uuid;
CREATE FUNCTION pg_temp.at(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN to_timestamp(ms / 1000.0);

-- One row for each order. Half of the orders are of product 0; the others are of one product after the other.
CREATE TEMP TABLE fill (i bigint PRIMARY KEY, ms bigint, product bigint, qty bigint, fate text) ON COMMIT DROP;
INSERT INTO fill
WITH drawn AS (SELECT i, (i * 7919 + i / 100) % 100 AS r FROM generate_series(0, {orders}::bigint - 1) AS i)
SELECT i, {now}::bigint - 2592000000 + i * 2592000000 / {orders},
       CASE WHEN i % 2 = 0 THEN 0 ELSE 1 + i * 39 / {orders} END, 1 + (i / 2) % 2,
       CASE WHEN i >= {orders} - {orders} / 500 THEN 'pending' WHEN r < 66 THEN 'paid' WHEN r < 69 THEN 'refunded'
            WHEN r < 71 THEN 'part' WHEN r < 86 THEN 'expired' WHEN r < 88 THEN 'late' WHEN r < 89 THEN 'repaid'
            WHEN r < 95 THEN 'shopper' ELSE 'failed' END
FROM drawn;

ANALYZE fill;

CREATE TEMP TABLE shelf (k bigint PRIMARY KEY, id uuid) ON COMMIT DROP;
INSERT INTO shelf SELECT k, pg_temp.v7({now} - 2592100000, '00a', k) FROM generate_series(0::bigint, 39) AS k;

INSERT INTO products (id, slug, name, description, image, price, currency, total, available, held, pending, sold,
    hold_seconds, pay_seconds, version, updated_at)
SELECT id, 'console-' || k, 'Console product ' || k, 'A product of the benchmark.', '', 1999, 'USD', 0, 0, 0, 0, 0, 600, 86400,
       1, pg_temp.at({now})
FROM shelf;

-- Each order's hold, half as many holds that ended without one, and a few that are active.
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT pg_temp.v7(ms - 20000, '001', i), s.id, pg_temp.owner('4000', i / 2),
       pg_temp.owner('4000', i / 2)::text, qty, 1999, pg_temp.at(ms - 20000), pg_temp.at(ms + 580000), false, 'ordered',
       pg_temp.v7(ms, '002', i)
FROM fill JOIN shelf s ON s.k = product WHERE i % 5 <> 0 ORDER BY i;
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT pg_temp.v7(ms - 20000, '001', i), s.id, '00000000-0000-4000-8000-0000000000bc',
       'customer-' || (i % 1000), qty, 1999, pg_temp.at(ms - 20000), pg_temp.at(ms + 580000), false, 'ordered', pg_temp.v7(ms, '002', i)
FROM fill JOIN shelf s ON s.k = product WHERE i % 5 = 0 ORDER BY i;
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT pg_temp.v7(ms, '008', i), s.id, pg_temp.owner('4001', i), NULL, 1, 1999, pg_temp.at(ms),
       pg_temp.at(ms + 600000), false, CASE i % 4 WHEN 0 THEN 'expired' ELSE 'released' END, NULL
FROM fill JOIN shelf s ON s.k = product WHERE i % 2 = 0 ORDER BY i;
INSERT INTO holds (id, product_id, owner, shopper, qty, unit_price, created_at, expires_at, extended, status, order_id)
SELECT pg_temp.v7({now}, '009', i), s.id, pg_temp.owner('4002', i), NULL, 1, 1999, pg_temp.at({now}),
       pg_temp.at({now} + 86400000), false, 'active', NULL
FROM fill JOIN shelf s ON s.k = i % 40 WHERE i < {orders} / 1000 ORDER BY i;

INSERT INTO orders (id, hold_id, product_id, owner, shopper, qty, amount, currency, created_at, pay_by, status, ended_at,
    transaction_id, cancel_reason, refunds_issued, refunds_returned, number, version)
SELECT h.order_id, h.id, h.product_id, h.owner, h.shopper, h.qty, h.qty * 1999, 'USD', pg_temp.at(ms), pg_temp.at(ms + 86400000),
       CASE WHEN fate IN ('paid', 'refunded', 'part') THEN 'paid' WHEN fate = 'pending' THEN fate ELSE 'cancelled' END,
       CASE WHEN fate <> 'pending' THEN pg_temp.at(ms + 60000) END, CASE WHEN fate IN ('paid', 'refunded', 'part') THEN 'tx-' || i END,
       CASE WHEN fate IN ('expired', 'late', 'repaid') THEN 'expired' WHEN fate = 'shopper' THEN 'by_shopper'
            WHEN fate = 'failed' THEN 'payment_failed' END,
       CASE fate WHEN 'refunded' THEN h.qty * 1999 WHEN 'part' THEN 500 ELSE 0 END,
       CASE WHEN fate = 'refunded' THEN h.qty * 1999 WHEN fate = 'part' AND i % 3 = 2 THEN 500 ELSE 0 END,
       overlay(upper('HF-' || lpad(to_hex(i * 2654435761 % 4294967296), 8, '0')) PLACING '-' FROM 8 FOR 0), 1
FROM fill JOIN holds h ON h.id = pg_temp.v7(ms - 20000, '001', i) ORDER BY i;

-- Who bought them: five orders of each buyer on average. Every seventh order has no contact.
INSERT INTO order_contacts (order_id, email, name, country, line1, city, postal_code, given_at)
SELECT pg_temp.v7(ms, '002', i), 'buyer-' || (i % (1 + {orders} / 5)) || '@example.com', 'Buyer ' || i, 'DE', 'Street ' || i, 'Berlin', '10117', pg_temp.at(ms)
FROM fill WHERE i % 7 <> 0 OR i < 100 ORDER BY i;

-- What the provider reported: payments, failures, late payments of cancelled orders, progress, and repetitions.
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT pg_temp.v7(ms + 60000, '003', i), 'evt-' || i, decode(repeat('00', 32), 'hex'), pg_temp.v7(ms, '002', i),
       NULL, s.id, 'tx-' || i, CASE fate WHEN 'failed' THEN 'failure' ELSE 'success' END, qty * 1999, 'USD', pg_temp.at(ms + 60000),
       CASE fate WHEN 'late' THEN 'refund_due' WHEN 'repaid' THEN 'refunded' ELSE 'applied' END,
       CASE WHEN fate IN ('late', 'repaid') THEN 'sold_out' END
FROM fill JOIN shelf s ON s.k = product
WHERE fate IN ('paid', 'refunded', 'part', 'failed', 'late', 'repaid') ORDER BY i;
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT pg_temp.v7(ms + 30000, '004', i), 'evt-p-' || i, decode(repeat('00', 32), 'hex'), pg_temp.v7(ms, '002', i),
       NULL, s.id, 'tx-' || i, 'processing', NULL, NULL, pg_temp.at(ms + 30000), 'ignored', NULL
FROM fill JOIN shelf s ON s.k = product WHERE i % 10 = 0 AND fate <> 'pending' ORDER BY i;
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT pg_temp.v7(ms + 90000, '005', i), 'evt-d-' || i, decode(repeat('00', 32), 'hex'), pg_temp.v7(ms, '002', i),
       NULL, s.id, 'tx-' || i, 'success', qty * 1999, 'USD', pg_temp.at(ms + 90000), 'duplicate', NULL
FROM fill JOIN shelf s ON s.k = product WHERE i % 50 = 7 AND fate = 'paid' ORDER BY i;
INSERT INTO payment_webhooks (id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency,
    received_at, outcome, refund_reason)
SELECT pg_temp.v7({now}, '006', i), 'evt-e-' || i, decode(repeat('00', 32), 'hex'), NULL,
       pg_temp.v7({now}, '009', i), s.id, 'tx-e-' || i, 'success', 1999, 'USD', pg_temp.at({now}), 'parked', NULL
FROM fill JOIN shelf s ON s.k = i % 40 WHERE i < {orders} / 2000 ORDER BY i;

INSERT INTO refunds (id, order_id, event_id, product_id, transaction_id, amount, currency, reason, restocked, state, attempt,
    provider_reference, note, failure, created_at, updated_at, version)
SELECT pg_temp.v7(ms + 600000, '007', i), pg_temp.v7(ms, '002', i), NULL, s.id, 'tx-' || i,
       CASE fate WHEN 'part' THEN 500 ELSE qty * 1999 END, 'USD', 'by_operator', 0,
       CASE WHEN fate = 'refunded' OR i % 3 = 2 THEN 'succeeded' WHEN i % 3 = 0 THEN 'due' ELSE 'sending' END, 1,
       CASE WHEN fate = 'refunded' THEN 're_' || i END, NULL, NULL, pg_temp.at(ms + 600000), pg_temp.at(ms + 600000), 1
FROM fill JOIN shelf s ON s.k = product WHERE fate IN ('refunded', 'part') ORDER BY i;
INSERT INTO refunds (id, order_id, event_id, product_id, transaction_id, amount, currency, reason, restocked, state, attempt,
    provider_reference, note, failure, created_at, updated_at, version)
SELECT w.id, w.order_id, w.id, w.product_id, w.transaction_id, w.amount, w.currency, w.refund_reason, 0,
       CASE WHEN fate = 'repaid' THEN 'succeeded' WHEN i % 3 = 0 THEN 'due' WHEN i % 3 = 1 THEN 'sending' ELSE 'failed' END, 1,
       NULL, NULL, CASE WHEN fate = 'late' AND i % 3 = 2 THEN 'account closed' END, w.received_at, w.received_at, 1
FROM fill JOIN payment_webhooks w ON w.id = pg_temp.v7(ms + 60000, '003', i)
WHERE fate IN ('late', 'repaid') ORDER BY i;

-- Counters and a stock history of one row for five orders.
CREATE TEMP TABLE counted (k bigint PRIMARY KEY, id uuid, held bigint, pending bigint, sold bigint, events bigint,
    first_ms bigint, last_ms bigint) ON COMMIT DROP;
INSERT INTO counted
SELECT s.k, s.id, (SELECT coalesce(sum(qty), 0) FROM holds WHERE product_id = s.id AND status = 'active'),
       coalesce(sum(qty) FILTER (WHERE fate = 'pending'), 0),
       coalesce(sum(qty) FILTER (WHERE fate IN ('paid', 'refunded', 'part')), 0), 1 + count(i) / 5,
       coalesce(min(ms), {now}), coalesce(max(ms), {now})
FROM shelf s LEFT JOIN fill ON product = s.k GROUP BY s.k;
INSERT INTO stock_events (product_id, version, batch, at, total, available, held, pending, sold, moved)
SELECT c.id, j, pg_temp.v7(first_ms + (last_ms - first_ms) * j / events, '00b', c.k * 268435456 + j),
       pg_temp.at(first_ms + (last_ms - first_ms) * j / events), 1000 + held + pending + sold, 1000 + sold - sold * j / events, held, pending,
       sold * j / events, '{}'
FROM counted c CROSS JOIN LATERAL generate_series(1, c.events) AS j ORDER BY c.id, j;
UPDATE products SET total = 1000 + c.held + c.pending + c.sold, available = 1000, held = c.held, pending = c.pending,
    sold = c.sold, version = c.events FROM counted c WHERE c.id = products.id;

-- The statistics of sales: what was held, ordered and paid up to each row grows evenly. The sums are a table of their own, because
-- PostgreSQL would otherwise count the holds again for each row.
CREATE TEMP TABLE summed ON COMMIT DROP AS
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
SELECT pg_temp.v7(ms, '00c', i), pg_temp.at(ms), 'operator', '00000000-0000-4000-8000-0000000000cc',
       'operator' || (i / 10 % 5) || '@example.com',
       CASE WHEN i < 30 THEN 'client.revoke' WHEN i / 10 % 4 = 0 THEN 'product.stock' WHEN i / 10 % 4 = 1 THEN 'order.cancel'
            WHEN i / 10 % 4 = 2 THEN 'refund.issue' ELSE 'order.export' END,
       CASE i / 10 % 4 WHEN 0 THEN 'product' ELSE 'order' END, 'object-' || (i % 1000), '{"available":1,"total":2}',
       '{"available":2,"total":3}', NULL
FROM fill WHERE i % 10 = 3 ORDER BY i;

COMMIT;
ANALYZE;
