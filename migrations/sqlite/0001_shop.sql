-- The shop on SQLite. Ids are UUIDv7 in 16 bytes, instants are milliseconds since the epoch in UTC, money is integer
-- minor units. The CHECKs make the impossible unstorable: P1 holds in every row, and a state agrees with its columns.

CREATE TABLE products (
    id                BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug              TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    description       TEXT    NOT NULL,
    image             TEXT    NOT NULL,
    price             INTEGER NOT NULL CHECK (price >= 0),
    currency          TEXT    NOT NULL CHECK (length(currency) = 3),
    total             INTEGER NOT NULL CHECK (total >= 0),
    available         INTEGER NOT NULL CHECK (available >= 0),
    held              INTEGER NOT NULL CHECK (held >= 0),
    pending           INTEGER NOT NULL CHECK (pending >= 0),
    sold              INTEGER NOT NULL CHECK (sold >= 0),
    per_shopper_limit INTEGER          CHECK (per_shopper_limit > 0),
    starts_at         INTEGER,
    ends_at           INTEGER,
    hold_seconds      INTEGER NOT NULL CHECK (hold_seconds > 0),
    pay_seconds       INTEGER NOT NULL CHECK (pay_seconds > 0),
    extend_seconds    INTEGER          CHECK (extend_seconds > 0),
    version           INTEGER NOT NULL CHECK (version > 0),
    updated_at        INTEGER NOT NULL,
    CHECK (total = available + held + pending + sold),
    CHECK (starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at)
) STRICT;

CREATE TABLE holds (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    product_id BLOB    NOT NULL REFERENCES products (id),
    owner      BLOB    NOT NULL CHECK (length(owner) = 16),
    shopper    TEXT,
    qty        INTEGER NOT NULL CHECK (qty > 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    extended   INTEGER NOT NULL CHECK (extended IN (0, 1)),
    status     TEXT    NOT NULL CHECK (status IN ('active', 'ordered', 'expired', 'released')),
    order_id   BLOB             CHECK (length(order_id) = 16),
    CHECK ((status = 'ordered') = (order_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What is due next, on one product and in all.
CREATE INDEX holds_due ON holds (product_id, expires_at) WHERE status = 'active';
-- What one shopper has of one product, for the limit.
CREATE INDEX holds_shopper ON holds (owner, product_id, shopper) WHERE shopper IS NOT NULL;

CREATE TABLE orders (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    hold_id        BLOB    NOT NULL UNIQUE REFERENCES holds (id),
    product_id     BLOB    NOT NULL REFERENCES products (id),
    owner          BLOB    NOT NULL CHECK (length(owner) = 16),
    shopper        TEXT,
    qty            INTEGER NOT NULL CHECK (qty > 0),
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    currency       TEXT    NOT NULL CHECK (length(currency) = 3),
    created_at     INTEGER NOT NULL,
    pay_by         INTEGER NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('pending', 'paid', 'cancelled')),
    ended_at       INTEGER,
    transaction_id TEXT,
    cancel_reason  TEXT             CHECK (cancel_reason IN ('payment_failed', 'expired', 'by_shopper', 'by_operator')),
    CHECK ((status = 'pending') = (ended_at IS NULL)),
    CHECK ((status = 'paid') = (transaction_id IS NOT NULL)),
    CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_due ON orders (product_id, pay_by) WHERE status = 'pending';
CREATE INDEX orders_owner ON orders (owner, id);

CREATE TABLE payment_webhooks (
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
    refund_reason  TEXT             CHECK (refund_reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created')),
    CHECK ((order_id IS NULL) <> (hold_id IS NULL)),
    CHECK ((outcome IN ('refund_due', 'refunded')) = (refund_reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A transaction says a thing once, whatever key it is repeated under (P5).
CREATE UNIQUE INDEX payment_webhooks_said ON payment_webhooks (transaction_id, status) WHERE outcome <> 'duplicate';
CREATE INDEX payment_webhooks_order ON payment_webhooks (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_webhooks_hold ON payment_webhooks (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX payment_webhooks_parked ON payment_webhooks (received_at) WHERE outcome = 'parked';
CREATE INDEX payment_webhooks_refunds ON payment_webhooks (received_at) WHERE outcome = 'refund_due';

-- One row for each product and commit: the audit trail.
CREATE TABLE stock_events (
    product_id BLOB    NOT NULL REFERENCES products (id),
    version    INTEGER NOT NULL,
    batch      BLOB    NOT NULL CHECK (length(batch) = 16),
    at         INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    available  INTEGER NOT NULL,
    held       INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    sold       INTEGER NOT NULL,
    moved      TEXT    NOT NULL CHECK (json_valid(moved)),
    PRIMARY KEY (product_id, version),
    CHECK (total = available + held + pending + sold)
) STRICT, WITHOUT ROWID;

-- The answer to a request, stored with its effect, in the order they came: keys are random, and only the small index is
-- written all over the file; and those that have been kept long enough lie together.
CREATE TABLE idempotency_keys (
    nth         INTEGER NOT NULL PRIMARY KEY,
    owner       BLOB    NOT NULL CHECK (length(owner) = 16),
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    reply       TEXT    NOT NULL CHECK (json_valid(reply)),
    created_at  INTEGER NOT NULL,
    UNIQUE (owner, key)
) STRICT;

CREATE TABLE api_clients (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name        TEXT    NOT NULL,
    secret_hash TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    data    BLOB    NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_ends ON sessions (ends_at);
