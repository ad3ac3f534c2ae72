-- Refunds that were made at the payment provider, and reports of refunds.
--
-- A server of the version before keeps working beside this schema, but cannot show a refund that was made at the provider, nor
-- its order. Until the last of them is replaced, it also acknowledges the provider's reports of refunds without recording them.

-- SQLite cannot change a CHECK: the table is made anew, with one more reason. No other table refers to it.
CREATE TABLE refunds_new (
    id                 BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    order_id           BLOB             CHECK (length(order_id) = 16),
    event_id           BLOB    UNIQUE   CHECK (event_id = id),
    product_id         BLOB             CHECK (length(product_id) = 16),
    transaction_id     TEXT    NOT NULL,
    amount             INTEGER          CHECK (amount >= 0),
    currency           TEXT             CHECK (length(currency) = 3),
    reason             TEXT    NOT NULL CHECK (reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit', 'by_operator', 'at_provider')),
    restocked          INTEGER NOT NULL CHECK (restocked >= 0),
    state              TEXT    NOT NULL CHECK (state IN ('due', 'sending', 'succeeded', 'failed', 'withdrawn')),
    attempt            INTEGER NOT NULL CHECK (attempt > 0),
    provider_reference TEXT,
    -- A worker carries out the attempt, with the refund's id in the provider's metadata.
    automatic          INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
    note               TEXT,
    failure            TEXT,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    version            INTEGER NOT NULL CHECK (version > 0),
    CHECK ((reason IN ('by_operator', 'at_provider')) = (event_id IS NULL)),
    -- The payment that was returned at the provider may have no order.
    CHECK (event_id IS NOT NULL OR (amount IS NOT NULL AND currency IS NOT NULL AND (order_id IS NOT NULL OR reason = 'at_provider'))),
    CHECK (event_id IS NULL OR restocked = 0),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK (state = 'succeeded' OR note IS NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO refunds_new
SELECT id, order_id, event_id, product_id, transaction_id, amount, currency, reason, restocked, state, attempt,
       provider_reference, 0, note, failure, created_at, updated_at, version
FROM refunds;
DROP TABLE refunds;
ALTER TABLE refunds_new RENAME TO refunds;
CREATE INDEX refunds_order ON refunds (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX refunds_open ON refunds (created_at) WHERE state IN ('due', 'sending', 'failed');
-- Those of the operators' lists.
CREATE INDEX refunds_state ON refunds (state, id, created_at);
CREATE INDEX refunds_product ON refunds (product_id, state, id, created_at) WHERE product_id IS NOT NULL;
CREATE INDEX refunds_transaction ON refunds (transaction_id);
CREATE INDEX refunds_reference ON refunds (provider_reference) WHERE provider_reference IS NOT NULL;

-- A refund that was made at the provider is recorded once, whichever node hears of it first.
CREATE UNIQUE INDEX refunds_at_provider ON refunds (provider_reference) WHERE reason = 'at_provider';

-- Money that the provider has returned beyond an order's amount. It adds to refunds_issued and refunds_returned, which stay within
-- the amount.
ALTER TABLE orders ADD COLUMN issued_beyond INTEGER NOT NULL DEFAULT 0 CHECK (issued_beyond >= 0);
ALTER TABLE orders ADD COLUMN returned_beyond INTEGER NOT NULL DEFAULT 0 CHECK (returned_beyond >= 0);
