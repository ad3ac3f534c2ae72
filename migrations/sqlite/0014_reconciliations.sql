-- The state of the reconciliation with each payment provider. One node at a time reconciles, under a lease.
--
-- A server of the version before keeps working beside this schema. It does not reconcile.
CREATE TABLE reconciliations (
    provider     TEXT    NOT NULL PRIMARY KEY CHECK (provider IN ('sandbox', 'stripe')),
    -- The run that is under way, and the end of its lease. Both are empty while there is none.
    claim        BLOB             CHECK (length(claim) = 16),
    leased_until INTEGER,
    -- When the last event was created that was processed.
    cursor_at    INTEGER,
    started_at   INTEGER NOT NULL,
    -- When the last run ended that was finished, and its result.
    ended_at     INTEGER,
    result       TEXT             CHECK (length(result) <= 8192),
    CHECK ((claim IS NULL) = (leased_until IS NULL)),
    CHECK ((ended_at IS NULL) = (result IS NULL))
) STRICT, WITHOUT ROWID;
