-- The tables of the design that Holdfast is measured against: one row lock for each request. Holds have what a hold
-- needs and one index to find the expired, no more, so that the comparison favours it.
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
