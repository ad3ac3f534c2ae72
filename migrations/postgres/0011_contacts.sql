-- Who bought an order, and where it goes. The rows are apart from the orders, so that erasing them leaves the books alone, and
-- what reads orders reads no personal data. No foreign key to the orders, as on SQLite, which could then never make their table
-- anew.
--
-- A server of the version before keeps working beside this schema. Its orders have no contact.
CREATE TABLE order_contacts (
    order_id    uuid        NOT NULL PRIMARY KEY,
    email       text                 CHECK (length(email) BETWEEN 3 AND 254),
    name        text                 CHECK (length(name) BETWEEN 1 AND 100),
    country     text                 CHECK (length(country) = 2),
    line1       text                 CHECK (length(line1) BETWEEN 1 AND 100),
    line2       text                 CHECK (length(line2) BETWEEN 1 AND 100),
    city        text                 CHECK (length(city) BETWEEN 1 AND 100),
    postal_code text                 CHECK (length(postal_code) BETWEEN 1 AND 20),
    state       text                 CHECK (length(state) BETWEEN 1 AND 100),
    given_at    timestamptz NOT NULL,
    erased_at   timestamptz,
    -- A contact has an address until it is erased, and nothing afterwards.
    CHECK ((email IS NULL) = (erased_at IS NOT NULL)),
    CHECK (email IS NOT NULL OR coalesce(name, country, line1, line2, city, postal_code, state) IS NULL),
    CHECK ((country IS NULL) = (line1 IS NULL) AND (country IS NULL) = (city IS NULL)),
    CHECK (country IS NOT NULL OR coalesce(line2, postal_code, state) IS NULL)
);

CREATE INDEX order_contacts_email ON order_contacts (email, order_id) WHERE email IS NOT NULL;
-- The oldest contacts that are not erased. Ids of orders sort by age.
CREATE INDEX order_contacts_kept ON order_contacts (order_id) WHERE erased_at IS NULL;

-- Whether a product is sent to its buyer, so that the storefront asks for an address.
ALTER TABLE products ADD COLUMN ships boolean NOT NULL DEFAULT false;
