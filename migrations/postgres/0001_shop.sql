-- The shop on PostgreSQL, in its native types. Ids are UUIDv7, instants are kept to the millisecond, money is integer
-- minor units. The CHECKs make the impossible unstorable: P1 holds in every row, and a state agrees with its columns.

CREATE TABLE products (
    id                uuid        NOT NULL PRIMARY KEY,
    slug              text        NOT NULL UNIQUE,
    name              text        NOT NULL,
    description       text        NOT NULL,
    image             text        NOT NULL,
    price             bigint      NOT NULL CHECK (price >= 0),
    currency          text        NOT NULL CHECK (length(currency) = 3),
    total             bigint      NOT NULL CHECK (total >= 0),
    available         bigint      NOT NULL CHECK (available >= 0),
    held              bigint      NOT NULL CHECK (held >= 0),
    pending           bigint      NOT NULL CHECK (pending >= 0),
    sold              bigint      NOT NULL CHECK (sold >= 0),
    per_shopper_limit bigint               CHECK (per_shopper_limit > 0),
    starts_at         timestamptz,
    ends_at           timestamptz,
    hold_seconds      bigint      NOT NULL CHECK (hold_seconds > 0),
    pay_seconds       bigint      NOT NULL CHECK (pay_seconds > 0),
    extend_seconds    bigint               CHECK (extend_seconds > 0),
    version           bigint      NOT NULL CHECK (version > 0),
    updated_at        timestamptz NOT NULL,
    CHECK (total = available + held + pending + sold),
    CHECK (starts_at < ends_at)
)
-- A hot product's row is written anew by every commit: room on its page lets the old versions be reused at once.
WITH (fillfactor = 20);

-- No foreign key to the product: its check would run once a hold, for what the version of that very product has
-- already guarded once a batch.
CREATE TABLE holds (
    id         uuid        NOT NULL PRIMARY KEY,
    product_id uuid        NOT NULL,
    owner      uuid        NOT NULL,
    shopper    text,
    qty        bigint      NOT NULL CHECK (qty > 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    extended   boolean     NOT NULL,
    status     text        NOT NULL CHECK (status IN ('active', 'ordered', 'expired', 'released')),
    order_id   uuid,
    CHECK ((status = 'ordered') = (order_id IS NOT NULL))
);

-- What is due next, on one product and in all.
CREATE INDEX holds_due ON holds (product_id, expires_at) WHERE status = 'active';
-- What one shopper has of one product, for the limit.
CREATE INDEX holds_shopper ON holds (owner, product_id, shopper)
    WHERE shopper IS NOT NULL AND status IN ('active', 'ordered');

CREATE TABLE orders (
    id             uuid        NOT NULL PRIMARY KEY,
    -- Its hold changes in the same statement, which demands that it is there; a foreign key would look again, row by row.
    hold_id        uuid        NOT NULL UNIQUE,
    product_id     uuid        NOT NULL,
    owner          uuid        NOT NULL,
    shopper        text,
    qty            bigint      NOT NULL CHECK (qty > 0),
    amount         bigint      NOT NULL CHECK (amount >= 0),
    currency       text        NOT NULL CHECK (length(currency) = 3),
    created_at     timestamptz NOT NULL,
    pay_by         timestamptz NOT NULL,
    status         text        NOT NULL CHECK (status IN ('pending', 'paid', 'cancelled')),
    ended_at       timestamptz,
    transaction_id text,
    cancel_reason  text                 CHECK (cancel_reason IN ('payment_failed', 'expired', 'by_shopper', 'by_operator')),
    CHECK ((status = 'pending') = (ended_at IS NULL)),
    CHECK ((status = 'paid') = (transaction_id IS NOT NULL)),
    CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL))
);

CREATE INDEX orders_due ON orders (product_id, pay_by) WHERE status = 'pending';
CREATE INDEX orders_owner ON orders (owner, id);

CREATE TABLE payment_webhooks (
    id             uuid        NOT NULL PRIMARY KEY,
    key            text        NOT NULL CONSTRAINT payment_webhooks_key UNIQUE,
    fingerprint    bytea       NOT NULL CHECK (length(fingerprint) = 32),
    order_id       uuid,
    hold_id        uuid,
    product_id     uuid,
    transaction_id text        NOT NULL,
    status         text        NOT NULL CHECK (status IN ('success', 'failure', 'processing')),
    amount         bigint,
    currency       text                 CHECK (length(currency) = 3),
    received_at    timestamptz NOT NULL,
    outcome        text        NOT NULL CHECK (outcome IN ('applied', 'parked', 'duplicate', 'ignored', 'refund_due', 'refunded')),
    refund_reason  text                 CHECK (refund_reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created')),
    CHECK ((order_id IS NULL) <> (hold_id IS NULL)),
    CHECK ((outcome IN ('refund_due', 'refunded')) = (refund_reason IS NOT NULL))
);

-- A transaction says a thing once, whatever key it is repeated under (P5).
CREATE UNIQUE INDEX payment_webhooks_said ON payment_webhooks (transaction_id, status) WHERE outcome <> 'duplicate';
CREATE INDEX payment_webhooks_order ON payment_webhooks (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_webhooks_hold ON payment_webhooks (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX payment_webhooks_parked ON payment_webhooks (received_at) WHERE outcome = 'parked';
CREATE INDEX payment_webhooks_refunds ON payment_webhooks (received_at) WHERE outcome = 'refund_due';

-- One row for each product and commit: the audit trail.
CREATE TABLE stock_events (
    product_id uuid        NOT NULL REFERENCES products (id),
    version    bigint      NOT NULL,
    batch      uuid        NOT NULL,
    at         timestamptz NOT NULL,
    total      bigint      NOT NULL,
    available  bigint      NOT NULL,
    held       bigint      NOT NULL,
    pending    bigint      NOT NULL,
    sold       bigint      NOT NULL,
    moved      jsonb       NOT NULL,
    PRIMARY KEY (product_id, version),
    CHECK (total = available + held + pending + sold)
);

-- The answer to a request, stored with its effect. Text, so that it comes back byte for byte.
CREATE TABLE idempotency_keys (
    owner       uuid        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL CHECK (length(fingerprint) = 32),
    reply       text        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (owner, key)
);

-- Those that have been kept long enough.
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE api_clients (
    id          uuid        NOT NULL PRIMARY KEY,
    name        text        NOT NULL,
    secret_hash text        NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE TABLE sessions (
    id      uuid        NOT NULL PRIMARY KEY,
    data    bytea       NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE INDEX sessions_ends ON sessions (ends_at);

-- An instant as the program counts it: milliseconds since the epoch.
CREATE FUNCTION ms(at timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (extract(epoch FROM at) * 1000)::bigint;

-- A batch is one statement, and a wrong number of rows must undo all of it. That is a bug and never contention: the
-- product's version guards everything under it.
CREATE FUNCTION demand(touched bigint, expected bigint, what text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF touched <> expected THEN
        RAISE EXCEPTION '%: % rows instead of %', what, touched, expected;
    END IF;
    RETURN true;
END
$$;
