-- The people who run the shop, with their sign-in. Secrets are stored as hashes, except the key of the authenticator app,
-- which the server needs to compute codes.
CREATE TABLE operators (
    id             uuid        NOT NULL PRIMARY KEY,
    email          text        NOT NULL UNIQUE
                               CHECK (char_length(email) BETWEEN 3 AND 254 AND email = lower(btrim(email))),
    name           text        NOT NULL CHECK (char_length(name) <= 100),
    role           text        NOT NULL CHECK (role IN ('viewer', 'seller', 'money', 'admin')),
    -- NULL until the operator has used the invitation.
    password_hash  text,
    totp_secret    bytea                CHECK (octet_length(totp_secret) >= 16),
    -- The time step of the last code that was used. Each code works once.
    totp_last_step bigint,
    created_at     timestamptz NOT NULL,
    disabled_at    timestamptz
);

CREATE TABLE operator_recovery_codes (
    operator_id uuid        NOT NULL REFERENCES operators ON DELETE CASCADE,
    code_hash   bytea       NOT NULL CHECK (octet_length(code_hash) = 32),
    used_at     timestamptz,
    PRIMARY KEY (operator_id, code_hash)
);

CREATE TABLE operator_sessions (
    id           uuid        NOT NULL PRIMARY KEY,
    token_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    operator_id  uuid        NOT NULL REFERENCES operators ON DELETE CASCADE,
    -- Whether the second factor is given. Until then the session opens no page but the one that asks for it.
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- When the password was last given.
    password_at  timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    address      text        NOT NULL CHECK (char_length(address) <= 64),
    device       text        NOT NULL CHECK (char_length(device) <= 200)
);

CREATE INDEX operator_sessions_operator ON operator_sessions (operator_id);
CREATE INDEX operator_sessions_end ON operator_sessions (ends_at);

CREATE TABLE operator_links (
    token_hash  bytea       NOT NULL PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    operator_id uuid        NOT NULL REFERENCES operators ON DELETE CASCADE,
    purpose     text        NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at  timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    used_at     timestamptz
);

CREATE INDEX operator_links_operator ON operator_links (operator_id);

-- Failed sign-ins in a row, by a hash of the e-mail address that was typed, so that unknown addresses are slowed as well.
CREATE TABLE operator_sign_in_failures (
    email_hash bytea       NOT NULL PRIMARY KEY CHECK (octet_length(email_hash) = 32),
    failures   bigint      NOT NULL CHECK (failures > 0),
    -- Attempts before this time are refused.
    next_at    timestamptz NOT NULL
);
