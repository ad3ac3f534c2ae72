-- Attempts to pay at a payment provider. Each is on disk before the provider is called, and its id is the idempotency key of
-- the call.
--
-- A server of the version before keeps working beside this schema. It makes no attempts.
CREATE TABLE payment_attempts (
    id         uuid        NOT NULL PRIMARY KEY,
    order_id   uuid        NOT NULL,
    provider   text        NOT NULL CHECK (provider IN ('sandbox', 'stripe')),
    state      text        NOT NULL CHECK (state IN ('opening', 'open', 'completed', 'closed', 'failed')),
    -- The provider's id and address of the payment page.
    session_id text                 UNIQUE CHECK (length(session_id) BETWEEN 1 AND 255),
    url        text                 CHECK (length(url) BETWEEN 1 AND 4096),
    -- The request as it was first sent. It contains no contact data.
    request    text        NOT NULL CHECK (length(request) <= 8192),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (state <> 'open' OR (session_id IS NOT NULL AND url IS NOT NULL))
);

-- An order has at most one attempt that may still lead to a payment.
CREATE UNIQUE INDEX payment_attempts_live ON payment_attempts (order_id) WHERE state IN ('opening', 'open', 'completed');
CREATE INDEX payment_attempts_order ON payment_attempts (order_id, id);
CREATE INDEX payment_attempts_to_look_up ON payment_attempts (provider, id) WHERE state IN ('opening', 'open', 'completed');
