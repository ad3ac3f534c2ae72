-- Tables of the baseline: one row lock per request. Holds have only the necessary columns and one index, so the comparison
-- favours the baseline.
CREATE TABLE products (
    id        integer PRIMARY KEY,
    total     integer NOT NULL,
    available integer NOT NULL CHECK (available >= 0),
    held      integer NOT NULL CHECK (held >= 0)
);
CREATE TABLE holds (
    id         uuid        PRIMARY KEY,
    product_id integer     NOT NULL REFERENCES products (id),
    qty        integer     NOT NULL CHECK (qty > 0),
    status     text        NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX holds_due ON holds (expires_at) WHERE status = 'active';
INSERT INTO products VALUES (1, 1000000000, 1000000000, 0);
