-- Consequences of commits outside the database: mail, webhooks, and calls of the payment provider
-- (docs/decisions/payments-and-messages.md). A commit writes rows of the kind `event`; a worker turns each into jobs. No row
-- contains contact data.
--
-- A server of the version before keeps working beside this schema, and announces nothing. Refunds that it makes due are found
-- by the reconciliation with the payment provider; its orders get no mail and no webhooks.
CREATE TABLE outbox (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind        TEXT    NOT NULL CHECK (kind IN ('event', 'mail', 'webhook', 'close_payment', 'send_refund')),
    topic       TEXT    NOT NULL CHECK (topic <> ''),
    order_id    BLOB             CHECK (length(order_id) = 16),
    refund_id   BLOB             CHECK (length(refund_id) = 16),
    product_id  BLOB             CHECK (length(product_id) = 16),
    -- That of the order, refund or product when it happened.
    version     INTEGER NOT NULL,
    -- The receiver of a webhook.
    endpoint_id BLOB             CHECK (length(endpoint_id) = 16),
    -- The receiver of a mail to the shop's own people.
    operator_id BLOB             CHECK (length(operator_id) = 16),
    -- At most one job of this meaning.
    unique_key  TEXT             UNIQUE,
    -- The body to send, byte for byte, where it was made in advance.
    body        TEXT             CHECK (length(body) <= 65536),
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'done', 'dead')),
    -- When it may be claimed next. A claim moves it to the end of its lease.
    due_at      INTEGER NOT NULL,
    claim       BLOB             CHECK (length(claim) = 16),
    attempts    INTEGER NOT NULL CHECK (attempts >= 0),
    last_error  TEXT             CHECK (length(last_error) <= 1000),
    created_at  INTEGER NOT NULL,
    done_at     INTEGER,
    CHECK ((kind = 'webhook') = (endpoint_id IS NOT NULL)),
    CHECK ((kind = 'event') = (unique_key IS NULL)),
    CHECK ((state = 'pending') = (done_at IS NULL))
) STRICT, WITHOUT ROWID;

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
