-- Consequences of commits outside the database: mail, webhooks, and calls of the payment provider
-- (docs/decisions/payments-and-messages.md). A commit writes rows of the kind `event`; a worker turns each into jobs. No row
-- contains contact data.
--
-- A server of the version before keeps working beside this schema, and announces nothing. Refunds that it makes due are found
-- by the reconciliation with the payment provider; its orders get no mail and no webhooks.
CREATE TABLE outbox (
    id          uuid        NOT NULL PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('event', 'mail', 'webhook', 'close_payment', 'send_refund')),
    topic       text        NOT NULL CHECK (topic <> ''),
    order_id    uuid,
    refund_id   uuid,
    product_id  uuid,
    -- That of the order, refund or product when it happened.
    version     bigint      NOT NULL,
    -- The receiver of a webhook.
    endpoint_id uuid,
    -- The receiver of a mail to the shop's own people.
    operator_id uuid,
    -- At most one job of this meaning.
    unique_key  text                 UNIQUE,
    -- The body to send, byte for byte, where it was made in advance.
    body        text                 CHECK (length(body) <= 65536),
    state       text        NOT NULL CHECK (state IN ('pending', 'done', 'dead')),
    -- When it may be claimed next. A claim moves it to the end of its lease.
    due_at      timestamptz NOT NULL,
    claim       uuid,
    attempts    bigint      NOT NULL CHECK (attempts >= 0),
    last_error  text                 CHECK (length(last_error) <= 1000),
    created_at  timestamptz NOT NULL,
    done_at     timestamptz,
    CHECK ((kind = 'webhook') = (endpoint_id IS NOT NULL)),
    CHECK ((kind = 'event') = (unique_key IS NULL)),
    CHECK ((state = 'pending') = (done_at IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- The claims, and the count of what waits, which reads nothing but the index.
CREATE INDEX outbox_due ON outbox (kind, due_at, created_at) WHERE state = 'pending';
CREATE INDEX outbox_due_of_endpoint ON outbox (endpoint_id, due_at) WHERE state = 'pending' AND kind = 'webhook';
-- The purge, which keeps dead jobs for longer.
CREATE INDEX outbox_done ON outbox (done_at) WHERE state = 'done';
CREATE INDEX outbox_dead ON outbox (done_at) WHERE state = 'dead';
-- The lists, in the order of the ids.
CREATE INDEX outbox_state ON outbox (state, kind, id) WHERE kind <> 'event';
CREATE INDEX outbox_order ON outbox (order_id, id) WHERE kind <> 'event';
CREATE INDEX outbox_endpoint ON outbox (endpoint_id, state, id) WHERE kind = 'webhook';
