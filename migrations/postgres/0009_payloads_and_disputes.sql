-- Disputes of payments, and the payloads of payment events.
--
-- A server of the version before keeps working beside this schema, but cannot show an order whose payment is disputed. Until
-- the last of them is replaced, it also acknowledges disputes without recording them.

ALTER TABLE payment_webhooks
    -- The provider's id of the dispute. A transaction may be disputed more than once.
    ADD COLUMN dispute_id text CHECK (dispute_id <> ''),
    DROP CONSTRAINT payment_webhooks_status_check,
    ADD CONSTRAINT payment_webhooks_status_check
        CHECK (status IN ('success', 'failure', 'processing', 'dispute_opened', 'dispute_closed')),
    ADD CHECK (dispute_id IS NULL OR status IN ('dispute_opened', 'dispute_closed')),
    -- Nothing waits for a dispute, and it makes no refund due.
    ADD CHECK (status NOT IN ('dispute_opened', 'dispute_closed') OR outcome IN ('applied', 'duplicate', 'ignored'));

-- A transaction reports a status once, and for each of its disputes once that it was opened and once that it was closed.
DROP INDEX payment_webhooks_said;
CREATE UNIQUE INDEX payment_webhooks_said ON payment_webhooks (transaction_id, status, coalesce(dispute_id, ''))
    WHERE outcome <> 'duplicate';

-- The body of each event as it was first delivered. It may contain personal data, so it is deleted after 90 days. No foreign
-- key to the events, because SQLite could then never make their table anew.
CREATE TABLE payment_payloads (
    event_id     uuid        NOT NULL PRIMARY KEY,
    content_type text                 CHECK (length(content_type) <= 255),
    body         bytea       NOT NULL CHECK (octet_length(body) <= 65536),
    received_at  timestamptz NOT NULL
);
