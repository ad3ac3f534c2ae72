-- Endpoints of the shop's other systems, which receive its webhooks, and the attempts to deliver to them
-- (docs/decisions/payments-and-messages.md).
--
-- A server of the version before keeps working beside this schema. It sends no webhooks.
CREATE TABLE webhook_endpoints (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    url             TEXT    NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    -- Names of topics with spaces between them.
    events          TEXT    NOT NULL CHECK (events <> ''),
    description     TEXT    NOT NULL CHECK (length(description) <= 200),
    -- The secrets sign what is sent, so that they are stored as they are. The previous one signs beside the other until its end.
    secret          TEXT    NOT NULL CHECK (secret <> ''),
    previous_secret TEXT             CHECK (previous_secret <> ''),
    previous_until  INTEGER,
    is_enabled      INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    disabled_reason TEXT             CHECK (disabled_reason IN ('operator', 'failing', 'gone')),
    -- The first failure after the last success.
    failing_since   INTEGER,
    created_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL CHECK (version > 0),
    CHECK (is_enabled = (disabled_reason IS NULL)),
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
) STRICT, WITHOUT ROWID;

-- One row for each attempt. Rows are deleted after 30 days.
CREATE TABLE webhook_deliveries (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- The job of the outbox; none for a test event.
    job_id      BLOB             CHECK (length(job_id) = 16),
    endpoint_id BLOB    NOT NULL CHECK (length(endpoint_id) = 16),
    topic       TEXT    NOT NULL CHECK (topic <> ''),
    order_id    BLOB             CHECK (length(order_id) = 16),
    attempt     INTEGER NOT NULL CHECK (attempt > 0),
    started_at  INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
    -- The status and the beginning of the body of the endpoint's response, if it responded.
    status      INTEGER          CHECK (status BETWEEN 100 AND 999),
    response    TEXT             CHECK (length(response) <= 1024),
    -- The class of the failure; none if the endpoint accepted it.
    error       TEXT             CHECK (error <> '')
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (id) WHERE error IS NOT NULL;
CREATE INDEX webhook_deliveries_failed_of_endpoint ON webhook_deliveries (endpoint_id, id) WHERE error IS NOT NULL;
CREATE INDEX webhook_deliveries_order ON webhook_deliveries (order_id) WHERE order_id IS NOT NULL;
