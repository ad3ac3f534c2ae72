-- The people who run the shop, with their sign-in. Secrets are stored as hashes, except the key of the authenticator app,
-- which the server needs to compute codes.
CREATE TABLE operators (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email          TEXT    NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(trim(email))),
    name           TEXT    NOT NULL CHECK (length(name) <= 100),
    role           TEXT    NOT NULL CHECK (role IN ('viewer', 'seller', 'money', 'admin')),
    -- NULL until the operator has used the invitation.
    password_hash  TEXT,
    totp_secret    BLOB             CHECK (length(totp_secret) >= 16),
    -- The time step of the last code that was used. Each code works once.
    totp_last_step INTEGER,
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_recovery_codes (
    operator_id BLOB    NOT NULL REFERENCES operators ON DELETE CASCADE,
    code_hash   BLOB    NOT NULL CHECK (length(code_hash) = 32),
    used_at     INTEGER,
    PRIMARY KEY (operator_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_sessions (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    token_hash   BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    operator_id  BLOB    NOT NULL REFERENCES operators ON DELETE CASCADE,
    -- Whether the second factor is given. Until then the session opens no page but the one that asks for it.
    complete     INTEGER NOT NULL CHECK (complete IN (0, 1)),
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    -- When the password was last given.
    password_at  INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    address      TEXT    NOT NULL CHECK (length(address) <= 64),
    device       TEXT    NOT NULL CHECK (length(device) <= 200)
) STRICT, WITHOUT ROWID;

CREATE INDEX operator_sessions_operator ON operator_sessions (operator_id);
CREATE INDEX operator_sessions_end ON operator_sessions (ends_at);

CREATE TABLE operator_links (
    token_hash  BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    operator_id BLOB    NOT NULL REFERENCES operators ON DELETE CASCADE,
    purpose     TEXT    NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at  INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    used_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX operator_links_operator ON operator_links (operator_id);

-- Failed sign-ins in a row, by a hash of the e-mail address that was typed, so that unknown addresses are slowed as well.
CREATE TABLE operator_sign_in_failures (
    email_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(email_hash) = 32),
    failures   INTEGER NOT NULL CHECK (failures > 0),
    -- Attempts before this time are refused.
    next_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
