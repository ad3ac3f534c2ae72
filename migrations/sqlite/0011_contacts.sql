-- Who bought an order, and where it goes. The rows are apart from the orders, so that erasing them leaves the books alone, and
-- what reads orders reads no personal data. No foreign key to the orders, because SQLite could then never make their table
-- anew.
--
-- A server of the version before keeps working beside this schema. Its orders have no contact.
CREATE TABLE order_contacts (
    order_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(order_id) = 16),
    email       TEXT             CHECK (length(email) BETWEEN 3 AND 254),
    name        TEXT             CHECK (length(name) BETWEEN 1 AND 100),
    country     TEXT             CHECK (length(country) = 2),
    line1       TEXT             CHECK (length(line1) BETWEEN 1 AND 100),
    line2       TEXT             CHECK (length(line2) BETWEEN 1 AND 100),
    city        TEXT             CHECK (length(city) BETWEEN 1 AND 100),
    postal_code TEXT             CHECK (length(postal_code) BETWEEN 1 AND 20),
    state       TEXT             CHECK (length(state) BETWEEN 1 AND 100),
    given_at    INTEGER NOT NULL,
    erased_at   INTEGER,
    -- A contact has an address until it is erased, and nothing afterwards.
    CHECK ((email IS NULL) = (erased_at IS NOT NULL)),
    CHECK (email IS NOT NULL OR coalesce(name, country, line1, line2, city, postal_code, state) IS NULL),
    CHECK ((country IS NULL) = (line1 IS NULL) AND (country IS NULL) = (city IS NULL)),
    CHECK (country IS NOT NULL OR coalesce(line2, postal_code, state) IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_contacts_email ON order_contacts (email, order_id) WHERE email IS NOT NULL;
-- The oldest contacts that are not erased. Ids of orders sort by age.
CREATE INDEX order_contacts_kept ON order_contacts (order_id) WHERE erased_at IS NULL;

-- Whether a product is sent to its buyer, so that the storefront asks for an address.
ALTER TABLE products ADD COLUMN ships INTEGER NOT NULL DEFAULT 0 CHECK (ships IN (0, 1));
