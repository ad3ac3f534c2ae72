-- Endpoints of the shop's other systems, which receive its webhooks, and the attempts to deliver to them
-- (docs/decisions/payments-and-messages.md).
--
-- A server of the version before keeps working beside this schema. It sends no webhooks.
CREATE TABLE webhook_endpoints (
    id              uuid        NOT NULL PRIMARY KEY,
    url             text        NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    -- Names of topics with spaces between them.
    events          text        NOT NULL CHECK (events <> ''),
    description     text        NOT NULL CHECK (length(description) <= 200),
    -- The secrets sign what is sent, so that they are stored as they are. The previous one signs beside the other until its end.
    secret          text        NOT NULL CHECK (secret <> ''),
    previous_secret text                 CHECK (previous_secret <> ''),
    previous_until  timestamptz,
    is_enabled      boolean     NOT NULL,
    disabled_reason text                 CHECK (disabled_reason IN ('operator', 'failing', 'gone')),
    -- The first failure after the last success.
    failing_since   timestamptz,
    created_at      timestamptz NOT NULL,
    version         bigint      NOT NULL CHECK (version > 0),
    CHECK (is_enabled = (disabled_reason IS NULL)),
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);

-- One row for each attempt. Rows are deleted after 30 days.
CREATE TABLE webhook_deliveries (
    id          uuid        NOT NULL PRIMARY KEY,
    -- The job of the outbox; none for a test event.
    job_id      uuid,
    endpoint_id uuid        NOT NULL,
    topic       text        NOT NULL CHECK (topic <> ''),
    order_id    uuid,
    attempt     bigint      NOT NULL CHECK (attempt > 0),
    started_at  timestamptz NOT NULL,
    duration_ms bigint      NOT NULL CHECK (duration_ms >= 0),
    -- The status and the beginning of the body of the endpoint's response, if it responded.
    status      bigint               CHECK (status BETWEEN 100 AND 999),
    response    text                 CHECK (length(response) <= 1024),
    -- The class of the failure; none if the endpoint accepted it.
    error       text                 CHECK (error <> '')
);

CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (id) WHERE error IS NOT NULL;
CREATE INDEX webhook_deliveries_failed_of_endpoint ON webhook_deliveries (endpoint_id, id) WHERE error IS NOT NULL;
CREATE INDEX webhook_deliveries_order ON webhook_deliveries (order_id) WHERE order_id IS NOT NULL;
