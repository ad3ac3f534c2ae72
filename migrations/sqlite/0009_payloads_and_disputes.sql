-- Disputes of payments, and the payloads of payment events.
--
-- A server of the version before keeps working beside this schema, but cannot show an order whose payment is disputed. Until
-- the last of them is replaced, it also acknowledges disputes without recording them.

-- SQLite cannot change a CHECK: the table is made anew, with two more statuses. No other table refers to it.
CREATE TABLE payment_webhooks_new (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key            TEXT    NOT NULL UNIQUE,
    fingerprint    BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    order_id       BLOB             CHECK (length(order_id) = 16),
    hold_id        BLOB             CHECK (length(hold_id) = 16),
    product_id     BLOB             REFERENCES products (id),
    transaction_id TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('success', 'failure', 'processing', 'dispute_opened', 'dispute_closed')),
    -- The provider's id of the dispute. A transaction may be disputed more than once.
    dispute_id     TEXT             CHECK (dispute_id <> ''),
    amount         INTEGER,
    currency       TEXT             CHECK (length(currency) = 3),
    received_at    INTEGER NOT NULL,
    outcome        TEXT    NOT NULL CHECK (outcome IN ('applied', 'parked', 'duplicate', 'ignored', 'refund_due', 'refunded')),
    refund_reason  TEXT             CHECK (refund_reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit')),
    CHECK ((order_id IS NULL) <> (hold_id IS NULL)),
    CHECK ((outcome IN ('refund_due', 'refunded')) = (refund_reason IS NOT NULL)),
    CHECK (dispute_id IS NULL OR status IN ('dispute_opened', 'dispute_closed')),
    -- Nothing waits for a dispute, and it makes no refund due.
    CHECK (status NOT IN ('dispute_opened', 'dispute_closed') OR outcome IN ('applied', 'duplicate', 'ignored'))
) STRICT, WITHOUT ROWID;
INSERT INTO payment_webhooks_new
SELECT id, key, fingerprint, order_id, hold_id, product_id, transaction_id, status, NULL, amount, currency, received_at,
       outcome, refund_reason
FROM payment_webhooks;
DROP TABLE payment_webhooks;
ALTER TABLE payment_webhooks_new RENAME TO payment_webhooks;
-- A transaction reports a status once, and for each of its disputes once that it was opened and once that it was closed.
CREATE UNIQUE INDEX payment_webhooks_said ON payment_webhooks (transaction_id, status, coalesce(dispute_id, ''))
    WHERE outcome <> 'duplicate';
CREATE INDEX payment_webhooks_order ON payment_webhooks (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_webhooks_hold ON payment_webhooks (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX payment_webhooks_parked ON payment_webhooks (received_at) WHERE outcome = 'parked';
CREATE INDEX payment_webhooks_refunds ON payment_webhooks (received_at) WHERE outcome = 'refund_due';
-- Those of the operators' lists.
CREATE INDEX payment_webhooks_outcome ON payment_webhooks (outcome, status, id)
    WHERE outcome <> 'applied' OR status <> 'success';
CREATE INDEX payment_webhooks_product ON payment_webhooks (product_id, outcome, status, id) WHERE product_id IS NOT NULL;
CREATE INDEX payment_webhooks_repeated ON payment_webhooks (transaction_id) WHERE outcome = 'duplicate';

-- The body of each event as it was first delivered. It may contain personal data, so it is deleted after 90 days. No foreign
-- key to the events, because SQLite could then never make their table anew.
CREATE TABLE payment_payloads (
    event_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(event_id) = 16),
    content_type TEXT             CHECK (length(content_type) <= 255),
    body         BLOB    NOT NULL CHECK (length(body) <= 65536),
    received_at  INTEGER NOT NULL
) STRICT;
