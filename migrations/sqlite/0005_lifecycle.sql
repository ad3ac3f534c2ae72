-- Products that are edited, paused and archived; refunds; and short numbers of orders.
--
-- A server of the version before keeps working beside this schema: each new column has a default. Until the last of them is
-- replaced, do not pause products or change prices: the old version knows neither.

ALTER TABLE products ADD COLUMN pictures TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(pictures));
ALTER TABLE products ADD COLUMN status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived'));
ALTER TABLE products ADD COLUMN revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0);

-- The price when the hold was placed. Only holds of an older version have none: then the product's price counts.
ALTER TABLE holds ADD COLUMN unit_price INTEGER CHECK (unit_price >= 0);
UPDATE holds SET unit_price = (SELECT price FROM products WHERE id = holds.product_id) WHERE status = 'active';

CREATE TRIGGER products_price_changed AFTER UPDATE OF price ON products WHEN old.price <> new.price BEGIN
    UPDATE holds SET unit_price = old.price WHERE product_id = new.id AND status = 'active' AND unit_price IS NULL;
END;

ALTER TABLE orders ADD COLUMN number TEXT;
-- The product's version in the last commit that changed the order.
ALTER TABLE orders ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
-- Sums of the refunds of the order's own payment: those that have not failed, those that succeeded, and the units that they
-- have put back on sale.
ALTER TABLE orders ADD COLUMN refunds_issued INTEGER NOT NULL DEFAULT 0
    CHECK (refunds_issued BETWEEN 0 AND amount AND (refunds_issued = 0 OR status = 'paid'));
ALTER TABLE orders ADD COLUMN refunds_returned INTEGER NOT NULL DEFAULT 0
    CHECK (refunds_returned BETWEEN 0 AND refunds_issued);
ALTER TABLE orders ADD COLUMN restocked INTEGER NOT NULL DEFAULT 0
    CHECK (restocked BETWEEN 0 AND qty AND (restocked = 0 OR status = 'paid'));

-- Eight random characters of Crockford's base 32 for the orders that there are.
UPDATE orders SET number = (
    SELECT 'HF-' || substr(code, 1, 4) || '-' || substr(code, 5) FROM (
        SELECT group_concat(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + abs(random() % 32), 1), '') AS code
        FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
              UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8)
        -- The condition depends on the order, so that each order draws its own characters.
        WHERE orders.id IS NOT NULL));
CREATE UNIQUE INDEX orders_number ON orders (number) WHERE number IS NOT NULL;

-- SQLite cannot change a CHECK: the table is made anew, with one more reason of a refund. No other table refers to it.
CREATE TABLE payment_webhooks_new (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key            TEXT    NOT NULL UNIQUE,
    fingerprint    BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    order_id       BLOB             CHECK (length(order_id) = 16),
    hold_id        BLOB             CHECK (length(hold_id) = 16),
    product_id     BLOB             REFERENCES products (id),
    transaction_id TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('success', 'failure', 'processing')),
    amount         INTEGER,
    currency       TEXT             CHECK (length(currency) = 3),
    received_at    INTEGER NOT NULL,
    outcome        TEXT    NOT NULL CHECK (outcome IN ('applied', 'parked', 'duplicate', 'ignored', 'refund_due', 'refunded')),
    refund_reason  TEXT             CHECK (refund_reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit')),
    CHECK ((order_id IS NULL) <> (hold_id IS NULL)),
    CHECK ((outcome IN ('refund_due', 'refunded')) = (refund_reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO payment_webhooks_new
SELECT id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, amount, currency, received_at, outcome,
       refund_reason
FROM payment_webhooks;
DROP TABLE payment_webhooks;
ALTER TABLE payment_webhooks_new RENAME TO payment_webhooks;
CREATE UNIQUE INDEX payment_webhooks_said ON payment_webhooks (transaction_id, status) WHERE outcome <> 'duplicate';
CREATE INDEX payment_webhooks_order ON payment_webhooks (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_webhooks_hold ON payment_webhooks (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX payment_webhooks_parked ON payment_webhooks (received_at) WHERE outcome = 'parked';
CREATE INDEX payment_webhooks_refunds ON payment_webhooks (received_at) WHERE outcome = 'refund_due';

-- Money that goes back to a shopper. A refund with an event returns that event's money in full (P7) and has the event's id;
-- one without returns a part of the order's own payment.
CREATE TABLE refunds (
    id                 BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    order_id           BLOB             CHECK (length(order_id) = 16),
    event_id           BLOB    UNIQUE   CHECK (event_id = id),
    product_id         BLOB             CHECK (length(product_id) = 16),
    transaction_id     TEXT    NOT NULL,
    amount             INTEGER          CHECK (amount >= 0),
    currency           TEXT             CHECK (length(currency) = 3),
    reason             TEXT    NOT NULL CHECK (reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit', 'by_operator')),
    restocked          INTEGER NOT NULL CHECK (restocked >= 0),
    state              TEXT    NOT NULL CHECK (state IN ('due', 'sending', 'succeeded', 'failed', 'withdrawn')),
    attempt            INTEGER NOT NULL CHECK (attempt > 0),
    provider_reference TEXT,
    note               TEXT,
    failure            TEXT,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    version            INTEGER NOT NULL CHECK (version > 0),
    CHECK ((reason = 'by_operator') = (event_id IS NULL)),
    CHECK (event_id IS NOT NULL OR (order_id IS NOT NULL AND amount IS NOT NULL AND currency IS NOT NULL)),
    CHECK (event_id IS NULL OR restocked = 0),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK (state = 'succeeded' OR note IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX refunds_order ON refunds (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX refunds_open ON refunds (created_at) WHERE state IN ('due', 'sending', 'failed');

INSERT INTO refunds
SELECT w.id, coalesce(w.order_id, o.id), w.id, w.product_id, w.transaction_id, w.amount, w.currency, w.refund_reason, 0,
       CASE w.outcome WHEN 'refunded' THEN 'succeeded' ELSE 'due' END, 1, NULL, NULL, NULL, w.received_at, w.received_at, 1
FROM payment_webhooks w LEFT JOIN orders o ON o.hold_id = w.hold_id WHERE w.outcome IN ('refund_due', 'refunded');
