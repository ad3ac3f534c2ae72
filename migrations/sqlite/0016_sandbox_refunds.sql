-- Refunds that the sandbox has made. The sandbox moves no money; it keeps them so that it answers a repeated request as a
-- provider does.
--
-- A server of the version before keeps working beside this schema. Its sandbox makes no refunds.
CREATE TABLE sandbox_refunds (
    -- The sandbox's id of the refund.
    id             TEXT    NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
    transaction_id TEXT    NOT NULL CHECK (length(transaction_id) BETWEEN 1 AND 255),
    -- The shop's refund and its attempt.
    refund_id      BLOB    NOT NULL CHECK (length(refund_id) = 16),
    attempt        INTEGER NOT NULL CHECK (attempt > 0),
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    currency       TEXT    NOT NULL CHECK (length(currency) = 3),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
    created_at     INTEGER NOT NULL,
    UNIQUE (refund_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE INDEX sandbox_refunds_transaction ON sandbox_refunds (transaction_id, id);
